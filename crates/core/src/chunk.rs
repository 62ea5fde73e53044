//! Records ⇄ the plain bytes of a chunk: one zstd frame a segment, flushed at each chunk (docs/format.md §8).

use std::io;

use zeroize::Zeroizing;
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::compress_bound;

use crate::error::{Error, ErrorKind, Result};
use crate::scratch::Scratch;
use crate::unzstd::Unzstd;

/// Most decompressed bytes in a chunk.
pub const MAX_RAW: usize = 16 << 20;
/// Most sealed bytes in a chunk.
pub const MAX_SEALED: usize = 17 << 20;
/// Bytes of a chunk's length.
const LENGTH: usize = 4;
/// Room for what a chunk of a few events compresses to.
const LEAST_ROOM: usize = 4 << 10;

/// How much compressing may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Pictures, while more come than can be written.
    Least,
    /// Pictures. What they mostly are is repetition: the window, 4 MiB, holds two screens, so that an application that comes back is found again.
    Usual,
    /// Events: a few bytes each.
    Small,
}

impl Effort {
    fn level(self) -> i32 {
        match self {
            Self::Least => 1,
            Self::Usual => 5,
            Self::Small => 3,
        }
    }

    /// Where zstd's own parameters of the level are not meant.
    fn parameters(self) -> &'static [CParameter] {
        match self {
            Self::Least => &[CParameter::WindowLog(22)],
            // The first match is taken, as level 5 does, but searched for in four times as many places: 1.4 % more bytes than at level 6, and
            // a quarter less time.
            Self::Usual => &[CParameter::WindowLog(22), CParameter::SearchLog(4), CParameter::MinMatch(6)],
            // Three tracks of events need no megabyte of tables each.
            Self::Small => &[CParameter::WindowLog(17), CParameter::HashLog(14), CParameter::ChainLog(14)],
        }
    }
}

/// Compresses the chunks of one segment.
pub struct Compressor {
    encoder: Encoder<'static>,
    /// The chunk that was made last, until it is erased.
    plain: Scratch,
}

impl Compressor {
    /// A compressor at the start of its frame.
    pub fn new(effort: Effort) -> Result<Self> {
        let mut encoder = Encoder::new(effort.level()).map_err(failed)?;
        let frame = [CParameter::ChecksumFlag(false), CParameter::ContentSizeFlag(false)];
        for parameter in frame.iter().chain(effort.parameters()) {
            encoder.set_parameter(*parameter).map_err(failed)?;
        }
        Ok(Self { encoder, plain: Scratch::default() })
    }

    /// The plain bytes of a chunk with these records: here until [`Compressor::erase`], or the next.
    pub fn chunk(&mut self, records: &[u8]) -> Result<&[u8]> {
        self.chunk_with(records, &[])
    }

    /// As [`Compressor::chunk`], the records' end being somewhere else.
    pub(crate) fn chunk_with(&mut self, records: &[u8], end: &[u8]) -> Result<&[u8]> {
        let raw = records.len() + end.len();
        let length = u32::try_from(raw).ok().filter(|_| raw <= MAX_RAW);
        let length = length.ok_or_else(|| Error::new(ErrorKind::Internal, "a chunk over 16 MiB"))?;
        self.begin(length, raw / 8 + LEAST_ROOM);
        let mut inputs = [records, end].map(InBuffer::around);
        self.fill(compress_bound(raw), |encoder, output| {
            match inputs.iter_mut().find(|input| input.pos() < input.src.len()) {
                Some(input) => Ok(encoder.run(input, output)?.max(1)),
                None => encoder.flush(output),
            }
        })
    }

    /// The plain bytes of the final chunk: no records, the end of the frame.
    pub fn finish(&mut self) -> Result<&[u8]> {
        self.begin(0, LEAST_ROOM);
        self.fill(LEAST_ROOM, |encoder, output| encoder.finish(output, true))
    }

    /// Erases the chunk that was made last, which is sealed by now.
    pub fn erase(&mut self) {
        self.plain.erase();
    }

    /// A chunk's length, and room behind it.
    fn begin(&mut self, length: u32, room: usize) {
        self.plain.erase();
        self.plain.make_room(LENGTH + room);
        self.plain.extend_from_slice(&length.to_le_bytes());
    }

    /// Takes what zstd gives until it has no more. Pictures become a tenth; what does not finds room for `most`.
    fn fill(
        &mut self,
        most: usize,
        mut step: impl FnMut(&mut Encoder<'static>, &mut Output<'_>) -> io::Result<usize>,
    ) -> Result<&[u8]> {
        loop {
            let written = self.plain.len();
            let mut output = OutBuffer::around_pos(&mut *self.plain, written);
            let left = step(&mut self.encoder, &mut output).map_err(failed)?;
            if left == 0 {
                return Ok(&self.plain);
            }
            if self.plain.capacity() - self.plain.len() < LEAST_ROOM {
                self.plain.make_room(most.max(LEAST_ROOM));
            }
        }
    }
}

/// What zstd writes to.
type Output<'a> = OutBuffer<'a, Vec<u8>>;

fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("zstd: {error}"))
}

/// Decompresses the chunks of one segment.
pub struct Decompressor(Unzstd);

impl Decompressor {
    /// A decompressor at the start of its frame.
    pub fn new() -> Result<Self> {
        Unzstd::new().map(Self)
    }

    /// The records of a chunk's plain bytes; `last` says whether the frame must end here.
    ///
    /// # Errors
    /// `FormatInvalid` unless the bytes give exactly what their length says.
    pub fn records(&mut self, chunk: &[u8], last: bool) -> Result<Zeroizing<Vec<u8>>> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("a chunk {why}"));
        let (length, compressed) = chunk.split_first_chunk::<4>().ok_or_else(|| invalid("has no length"))?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_RAW || (length == 0) != last {
            return Err(invalid("has a length that is not allowed"));
        }
        self.0.take(compressed, length, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_round_trip_one_by_one() {
        let mut compressor = Compressor::new(Effort::Usual).expect("compressor");
        let mut decompressor = Decompressor::new().expect("decompressor");
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(3_000_000)
        .collect();
        for records in [&noise[..], b"a", &noise[..70_000], &vec![7; 5_000_000]] {
            let chunk = compressor.chunk(records).expect("compresses");
            assert_eq!(*decompressor.records(chunk, false).expect("decompresses"), records);
        }
        let last = compressor.finish().expect("finishes");
        assert!(decompressor.records(last, true).expect("ends").is_empty());
    }

    #[test]
    fn a_chunk_must_give_exactly_its_length() {
        let chunk = |change: i64| {
            let mut bytes =
                Compressor::new(Effort::Usual).expect("compressor").chunk(&[1; 1000]).expect("compresses").to_vec();
            let length = u32::try_from(1000 + change).expect("length");
            bytes[..4].copy_from_slice(&length.to_le_bytes());
            Decompressor::new().expect("decompressor").records(&bytes, false)
        };
        assert!(chunk(0).is_ok());
        assert!(chunk(-1).is_err());
        assert!(chunk(1).is_err());
    }
}

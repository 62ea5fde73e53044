//! Records ⇄ the plain bytes of a chunk: one zstd frame a segment, flushed at each chunk (docs/format.md §8).

use zeroize::Zeroizing;
use zstd::stream::raw::{CParameter, DParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::compress_bound;

use crate::error::{Error, ErrorKind, Result};

/// Most decompressed bytes in a chunk.
pub const MAX_RAW: usize = 16 << 20;
/// Most sealed bytes in a chunk.
pub const MAX_SEALED: usize = 17 << 20;
/// Bytes of a chunk's length.
const LENGTH: usize = 4;
/// Room for what a chunk of a few events compresses to.
const LEAST_ROOM: usize = 4 << 10;
/// The largest window of the zstd frame.
const MAX_WINDOW_LOG: u32 = 23;

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
pub struct Compressor(Encoder<'static>);

impl Compressor {
    /// A compressor at the start of its frame.
    pub fn new(effort: Effort) -> Result<Self> {
        let mut encoder = Encoder::new(effort.level()).map_err(failed)?;
        let frame = [CParameter::ChecksumFlag(false), CParameter::ContentSizeFlag(false)];
        for parameter in frame.iter().chain(effort.parameters()) {
            encoder.set_parameter(*parameter).map_err(failed)?;
        }
        Ok(Self(encoder))
    }

    /// The plain bytes of a chunk with these records.
    pub fn chunk(&mut self, records: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let length = u32::try_from(records.len()).ok().filter(|_| records.len() <= MAX_RAW);
        let length = length.ok_or_else(|| Error::new(ErrorKind::Internal, "a chunk over 16 MiB"))?;
        // Pictures become a tenth; what does not is given more room below.
        let mut bytes = begin(length, compress_bound(records.len()).min(records.len() / 8 + LEAST_ROOM));
        let mut written = LENGTH;
        let mut input = InBuffer::around(records);
        loop {
            let mut output = OutBuffer::around(&mut bytes[written..]);
            let left = if input.pos() < records.len() {
                self.0.run(&mut input, &mut output).map_err(failed)?.max(1)
            } else {
                self.0.flush(&mut output).map_err(failed)?
            };
            written += output.pos();
            if left == 0 {
                break;
            }
            bytes = grow(bytes, written);
        }
        bytes.truncate(written);
        Ok(bytes)
    }

    /// The plain bytes of the final chunk: no records, the end of the frame.
    pub fn finish(&mut self) -> Result<Zeroizing<Vec<u8>>> {
        let mut bytes = begin(0, LEAST_ROOM);
        let mut written = LENGTH;
        loop {
            let mut output = OutBuffer::around(&mut bytes[written..]);
            let left = self.0.finish(&mut output, true).map_err(failed)?;
            written += output.pos();
            if left == 0 {
                break;
            }
            bytes = grow(bytes, written);
        }
        bytes.truncate(written);
        Ok(bytes)
    }
}

/// A chunk's length, and room behind it.
fn begin(length: u32, room: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; LENGTH + room]);
    bytes[..LENGTH].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// Twice the room where it is used up, and what was written; the old bytes are erased, as a vector that grows by itself would not.
fn grow(bytes: Zeroizing<Vec<u8>>, written: usize) -> Zeroizing<Vec<u8>> {
    if bytes.len() - written >= 1024 {
        return bytes;
    }
    let mut grown = Zeroizing::new(vec![0; bytes.len() * 2 + LEAST_ROOM]);
    grown[..written].copy_from_slice(&bytes[..written]);
    grown
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("zstd: {error}"))
}

/// Decompresses the chunks of one segment.
pub struct Decompressor {
    decoder: Decoder<'static>,
    done: bool,
}

impl Decompressor {
    /// A decompressor at the start of its frame.
    pub fn new() -> Result<Self> {
        let mut decoder = Decoder::new().map_err(failed)?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG)).map_err(failed)?;
        Ok(Self { decoder, done: false })
    }

    /// The records of a chunk's plain bytes; `last` says whether the frame must end here.
    ///
    /// # Errors
    /// `FormatInvalid` unless the bytes give exactly what their length says.
    pub fn records(&mut self, chunk: &[u8], last: bool) -> Result<Zeroizing<Vec<u8>>> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("a chunk's compressed bytes {why}"));
        let (length, compressed) = chunk.split_first_chunk::<4>().ok_or_else(|| invalid("have no length"))?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_RAW || (length == 0) != last {
            return Err(invalid("have a length that is not allowed"));
        }
        // One byte more, so that a chunk which yields too much is noticed.
        let mut records = Zeroizing::new(vec![0; length + 1]);
        let (mut input, mut written) = (InBuffer::around(compressed), 0);
        loop {
            let before = (input.pos(), written);
            if self.done && input.pos() < compressed.len() {
                return Err(invalid("go on behind the end of their frame"));
            }
            if self.done {
                break;
            }
            let mut output = OutBuffer::around(&mut records[written..]);
            let left = self.decoder.run(&mut input, &mut output).map_err(|_| invalid("are damaged"))?;
            written += output.pos();
            self.done = left == 0;
            if written > length {
                return Err(invalid("give more than their length"));
            }
            if (input.pos(), written) == before {
                break;
            }
        }
        if written != length || input.pos() != compressed.len() || self.done != last {
            return Err(invalid("do not give what their length says"));
        }
        records.truncate(length);
        Ok(records)
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
            assert_eq!(*decompressor.records(&chunk, false).expect("decompresses"), records);
        }
        let last = compressor.finish().expect("finishes");
        assert!(decompressor.records(&last, true).expect("ends").is_empty());
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

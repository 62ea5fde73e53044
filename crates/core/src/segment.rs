//! A segment file: its name, its header, its chunks' lengths (docs/format.md §8). Parsing does no I/O.

use std::fmt;

use crate::chunk::MAX_SEALED;
use crate::error::{Error, ErrorKind, Result};
use crate::header::RecordingId;
use crate::seal::{OVERHEAD, StreamHeader};
use crate::track::Track;

/// Bytes of a segment's header.
pub const HEADER_BYTES: usize = 52;
/// Bytes of a sealed chunk's length.
pub(crate) const CHUNK_LENGTH: usize = 4;
/// Most bytes of a segment file.
pub const MAX_BYTES: u64 = 1 << 30;
/// Most chunks of a segment.
pub const MAX_CHUNKS: u32 = 1 << 20;
/// The largest segment number.
pub const MAX_NUMBER: u32 = 999_999;
const MAGIC: &[u8; 4] = b"USEG";
const VERSION: u8 = 4;

/// Which segment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId {
    /// Its track.
    pub track: Track,
    /// Its number in the track, from 0.
    pub number: u32,
}

impl SegmentId {
    /// Its file, relative to the recording.
    pub fn path(self) -> String {
        format!("{}/{:06}.seg", self.track, self.number)
    }

    /// Its key file, relative to the recording.
    pub fn key_path(self) -> String {
        format!("{}/{:06}.key", self.track, self.number)
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:06}", self.track, self.number)
    }
}

/// The header of a segment file.
pub fn encode_header(recording: RecordingId, segment: SegmentId, stream: &StreamHeader) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..4].copy_from_slice(MAGIC);
    bytes[4] = VERSION;
    bytes[5] = segment.track.number();
    bytes[8..12].copy_from_slice(&segment.number.to_le_bytes());
    bytes[12..28].copy_from_slice(&recording.0);
    bytes[28..].copy_from_slice(stream);
    bytes
}

/// A chunk of this many sealed bytes as it lies in the file: its length, and room for them.
pub(crate) fn begin_chunk(sealed: usize) -> Result<Vec<u8>> {
    let length = u32::try_from(sealed).ok().filter(|_| sealed <= MAX_SEALED);
    let length = length.ok_or_else(|| Error::new(ErrorKind::Internal, "a sealed chunk over 17 MiB"))?;
    let mut bytes = vec![0; CHUNK_LENGTH + sealed];
    bytes[..CHUNK_LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// Parses a segment file that comes in pieces of any size.
pub struct SegmentParser {
    recording: RecordingId,
    segment: SegmentId,
    stream: Option<StreamHeader>,
    buffer: Vec<u8>,
    chunks: u32,
    /// Bytes given out so far: header and whole chunks.
    whole: u64,
}

impl SegmentParser {
    /// A parser for the file of this segment.
    pub fn new(recording: RecordingId, segment: SegmentId) -> Self {
        Self { recording, segment, stream: None, buffer: Vec::new(), chunks: 0, whole: 0 }
    }

    /// Takes the next piece and calls `each` with every sealed chunk that is now whole.
    ///
    /// # Errors
    /// `FormatInvalid`, `FormatVersion`; `Tampered` when the file is another segment's; whatever `each` answers.
    pub fn push(&mut self, piece: &[u8], mut each: impl FnMut(&StreamHeader, &[u8]) -> Result<()>) -> Result<()> {
        self.buffer.extend_from_slice(piece);
        let mut at = 0;
        if self.stream.is_none() {
            let Some(header) = self.buffer.first_chunk::<HEADER_BYTES>() else { return Ok(()) };
            self.stream = Some(decode_header(header, self.recording, self.segment)?);
            at = HEADER_BYTES;
        }
        let stream = self.stream.unwrap_or_default();
        while let Some(length) = self.buffer[at..].first_chunk::<CHUNK_LENGTH>() {
            let length = u32::from_le_bytes(*length) as usize;
            if !(OVERHEAD..=MAX_SEALED).contains(&length) {
                return Err(self.invalid("a chunk's length is out of range"));
            }
            let Some(sealed) = self.buffer.get(at + CHUNK_LENGTH..at + CHUNK_LENGTH + length) else { break };
            if self.chunks == MAX_CHUNKS {
                return Err(self.invalid("too many chunks"));
            }
            self.chunks += 1;
            at += CHUNK_LENGTH + length;
            each(&stream, sealed)?;
        }
        self.buffer.drain(..at);
        self.whole += at as u64;
        Ok(())
    }

    /// How many whole chunks came so far.
    pub fn chunks(&self) -> u32 {
        self.chunks
    }

    /// How many bytes the header and those chunks are.
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// Whether the header came, and was this segment's.
    pub fn has_header(&self) -> bool {
        self.stream.is_some()
    }

    /// Whether the bytes so far end with a whole chunk, or the header.
    pub fn at_boundary(&self) -> bool {
        self.stream.is_some() && self.buffer.is_empty()
    }

    fn invalid(&self, why: &str) -> Error {
        Error::new(ErrorKind::FormatInvalid, format!("{}: chunk {}: {why}", self.segment.path(), self.chunks))
    }
}

fn decode_header(bytes: &[u8; HEADER_BYTES], recording: RecordingId, segment: SegmentId) -> Result<StreamHeader> {
    let path = segment.path();
    if &bytes[..4] != MAGIC || bytes[6..8] != [0, 0] {
        return Err(Error::new(ErrorKind::FormatInvalid, format!("{path}: is not a segment file")));
    }
    if bytes[4] != VERSION {
        return Err(Error::new(ErrorKind::FormatVersion, format!("{path}: segment version {}", bytes[4])));
    }
    if bytes[..28] != encode_header(recording, segment, &[0; 24])[..28] {
        return Err(Error::new(ErrorKind::Tampered, format!("{path}: belongs to another recording, track or segment")));
    }
    let mut stream = StreamHeader::default();
    stream.copy_from_slice(&bytes[28..]);
    Ok(stream)
}

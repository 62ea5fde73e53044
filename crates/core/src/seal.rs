//! Chunk ⇄ sealed chunk: libsodium's secretstream, each chunk bound to its place (docs/format.md §8).

use dryoc::classic::crypto_secretstream_xchacha20poly1305::{
    State, crypto_secretstream_xchacha20poly1305_init_pull, crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_pull, crypto_secretstream_xchacha20poly1305_push,
};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::header::RecordingId;
use crate::recipient::ContentKey;
use crate::segment::{CHUNK_LENGTH, SegmentId, begin_chunk};

/// The header of a secretstream.
pub type StreamHeader = [u8; 24];
/// Bytes that sealing adds.
pub const OVERHEAD: usize = 17;
const MESSAGE: u8 = 0;
const FINAL: u8 = 3;

/// A sealed chunk, as it lies in its file. Only [`Sealer::seal`] makes one, and a sink takes nothing else for a segment's body.
#[derive(Debug)]
pub struct SealedChunk(Vec<u8>);

impl SealedChunk {
    /// The ciphertext.
    pub fn bytes(&self) -> &[u8] {
        &self.0[CHUNK_LENGTH..]
    }

    /// The ciphertext, behind its length.
    pub fn in_file(&self) -> &[u8] {
        &self.0
    }
}

/// Whether a chunk is its segment's last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// More chunks follow.
    Within,
    /// The segment ends here.
    Last,
}

/// Seals the chunks of one segment, in order.
pub struct Sealer {
    // On the heap, so that moving a sealer leaves no copy of the key behind.
    state: Box<State>,
    place: Place,
}

impl Sealer {
    /// A sealer and the header that its opener needs.
    pub fn new(recording: RecordingId, segment: SegmentId, key: &ContentKey) -> (Self, StreamHeader) {
        let (mut state, mut header) = (Box::new(State::new()), StreamHeader::default());
        crypto_secretstream_xchacha20poly1305_init_push(&mut state, &mut header, key.expose());
        (Self { state, place: Place::new(recording, segment) }, header)
    }

    /// Seals the next chunk.
    pub fn seal(&mut self, chunk: &[u8], position: Position) -> Result<SealedChunk> {
        let mut framed = begin_chunk(chunk.len() + OVERHEAD)?;
        let tag = if position == Position::Last { FINAL } else { MESSAGE };
        let sealed = &mut framed[CHUNK_LENGTH..];
        crypto_secretstream_xchacha20poly1305_push(&mut self.state, sealed, chunk, Some(&self.place.bytes()), tag)
            .map_err(|_| Error::new(ErrorKind::Internal, "sealing a chunk failed"))?;
        self.place.chunk += 1;
        Ok(SealedChunk(framed))
    }
}

/// Opens the chunks of one segment, in order.
pub struct Opener {
    state: Box<State>,
    place: Place,
    done: bool,
}

impl Opener {
    /// An opener for the segment with this stream header.
    pub fn new(recording: RecordingId, segment: SegmentId, key: &ContentKey, header: &StreamHeader) -> Self {
        let mut state = Box::new(State::new());
        crypto_secretstream_xchacha20poly1305_init_pull(&mut state, header, key.expose());
        Self { state, place: Place::new(recording, segment), done: false }
    }

    /// Opens the next chunk.
    ///
    /// # Errors
    /// `OpenFailed` for bytes that were not sealed here under this key, `FormatInvalid` for an unknown tag or a chunk behind the last.
    pub fn open(&mut self, sealed: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Position)> {
        let name = || format!("{}: chunk {}", self.place.segment.path(), self.place.chunk);
        if self.done {
            return Err(Error::new(ErrorKind::FormatInvalid, format!("{}: behind the final chunk", name())));
        }
        let length = sealed.len().checked_sub(OVERHEAD);
        let length = length.ok_or_else(|| Error::new(ErrorKind::FormatInvalid, format!("{}: too short", name())))?;
        let (mut chunk, mut tag) = (Zeroizing::new(vec![0; length]), 0);
        crypto_secretstream_xchacha20poly1305_pull(
            &mut self.state,
            &mut chunk,
            &mut tag,
            sealed,
            Some(&self.place.bytes()),
        )
        .map_err(|_| Error::new(ErrorKind::OpenFailed, format!("{}: does not open", name())))?;
        let position = match tag {
            MESSAGE => Position::Within,
            FINAL => Position::Last,
            _ => return Err(Error::new(ErrorKind::FormatInvalid, format!("{}: unknown tag", name()))),
        };
        self.done = position == Position::Last;
        self.place.chunk += 1;
        Ok((chunk, position))
    }
}

/// Where a chunk belongs: the associated data of its seal.
struct Place {
    recording: RecordingId,
    segment: SegmentId,
    chunk: u32,
}

impl Place {
    fn new(recording: RecordingId, segment: SegmentId) -> Self {
        Self { recording, segment, chunk: 0 }
    }

    fn bytes(&self) -> [u8; 28] {
        let mut bytes = [0; 28];
        bytes[..16].copy_from_slice(&self.recording.0);
        bytes[16] = self.segment.track.number();
        bytes[20..24].copy_from_slice(&self.segment.number.to_le_bytes());
        bytes[24..].copy_from_slice(&self.chunk.to_le_bytes());
        bytes
    }
}

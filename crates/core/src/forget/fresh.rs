//! A segment that is written anew, in memory, under a key of its own.

use crate::chunk::{Compressor, Effort};
use crate::clock::Time;
use crate::error::Result;
use crate::header::RecordingId;
use crate::recipient::ContentKey;
use crate::record::{Record, RecordEncoder};
use crate::scratch::Scratch;
use crate::seal::{Position, SealedChunk, Sealer};
use crate::secret::Secret;
use crate::segment::{SegmentId, encode_header};
use crate::track::Track;
use crate::writer::{CHUNK_BYTES, CHUNK_TIME};

/// A whole segment file, and its key.
pub(super) struct Fresh {
    pub(super) key: ContentKey,
    pub(super) bytes: Vec<u8>,
    pub(super) chunks: u32,
}

/// Writes one.
pub(super) struct FreshWriter {
    fresh: Fresh,
    sealer: Sealer,
    compressor: Compressor,
    encoder: RecordEncoder,
    pending: Scratch,
    since: Time,
}

impl FreshWriter {
    pub(super) fn new(recording: RecordingId, segment: SegmentId) -> Result<Self> {
        let key = Secret::random();
        let (sealer, stream) = Sealer::new(recording, segment, &key);
        let bytes = encode_header(recording, segment, &stream).to_vec();
        let effort = if segment.track == Track::Screen { Effort::Usual } else { Effort::Small };
        Ok(Self {
            fresh: Fresh { key, bytes, chunks: 0 },
            sealer,
            compressor: Compressor::new(effort)?,
            encoder: RecordEncoder::default(),
            pending: Scratch::default(),
            since: Time::ZERO,
        })
    }

    pub(super) fn append(&mut self, time: Time, record: &Record) -> Result<()> {
        let waits = !self.pending.is_empty() || self.encoder.is_waiting();
        if waits && time.since(self.since) >= CHUNK_TIME {
            self.seal()?;
        }
        if self.pending.is_empty() && !self.encoder.is_waiting() {
            self.since = time;
        }
        self.encoder.encode(time, record, &mut self.pending);
        if self.pending.len() >= CHUNK_BYTES { self.seal() } else { Ok(()) }
    }

    /// The segment; `None` when nothing was appended.
    pub(super) fn finish(mut self) -> Result<Option<Fresh>> {
        self.seal()?;
        if self.fresh.chunks == 0 {
            return Ok(None);
        }
        let last = self.sealer.seal(self.compressor.finish()?, Position::Last)?;
        self.take(&last);
        Ok(Some(self.fresh))
    }

    fn seal(&mut self) -> Result<()> {
        self.encoder.flush(&mut self.pending);
        if self.pending.is_empty() {
            return Ok(());
        }
        let sealed = self.sealer.seal(self.compressor.chunk(&self.pending)?, Position::Within)?;
        self.compressor.erase();
        self.pending.erase();
        self.take(&sealed);
        Ok(())
    }

    fn take(&mut self, chunk: &SealedChunk) {
        self.fresh.bytes.extend_from_slice(chunk.in_file());
        self.fresh.chunks += 1;
    }
}

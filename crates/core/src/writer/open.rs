//! A segment that is being written.

use std::time::Duration;

use super::CHUNK_TIME;
use crate::chunk::Compressor;
use crate::clock::Time;
use crate::journal::Extent;
use crate::record::{Record, RecordEncoder, ScreenRecord};
use crate::scratch::Scratch;
use crate::seal::{SealedChunk, Sealer};
use crate::segment::SegmentId;
use crate::sign::Hasher;
use crate::span::{Span, Spans};

/// A segment is ended after this long: what can be forgotten or released at once.
pub(crate) const SEGMENT_TIME: Duration = Duration::from_secs(60);
/// A segment is ended when it takes this many bytes.
const SEGMENT_BYTES: u64 = 64 << 20;

/// When what a segment holds was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Captured {
    pub(super) id: SegmentId,
    pub(super) first: Time,
    pub(super) last: Time,
}

impl Captured {
    pub(super) fn touches(&self, spans: &Spans) -> bool {
        spans.iter().any(|span| self.first < span.to && span.from <= self.last)
    }

    /// From its first record until right behind its last.
    pub(super) fn span(&self) -> Span {
        Span { from: self.first, to: self.last.after(Duration::from_nanos(1)) }
    }
}

/// A segment that is being written.
pub(super) struct OpenSegment {
    pub(super) id: SegmentId,
    pub(super) sealer: Sealer,
    pub(super) compressor: Compressor,
    pub(super) records: RecordEncoder,
    /// Records that were not yet sealed.
    pub(super) pending: Scratch,
    pub(super) pending_since: Time,
    pub(super) pending_records: u64,
    /// When the latest record was captured.
    pub(super) latest: Time,
    /// When what was sealed was captured: the first record, the latest.
    pub(super) sealed: Option<(Time, Time)>,
    pub(super) hasher: Hasher,
    pub(super) chunks: u32,
    pub(super) size: u64,
    pub(super) began: Time,
    /// Whether it has a picture: the next one that stands alone begins another segment.
    pub(super) has_picture: bool,
    /// Chunks that no journal line names yet.
    pub(super) unattested: bool,
}

impl OpenSegment {
    pub(super) fn is_due(&self, now: Time) -> bool {
        now.since(self.began) >= SEGMENT_TIME || self.size >= SEGMENT_BYTES
    }

    /// Whether a record begins another segment. Of the screen a key frame does, which is coded for that, and nothing else can.
    pub(super) fn ends_before(&self, record: &Record, now: Time) -> bool {
        match record {
            Record::Screen(ScreenRecord::Frame(part)) => part.key.is_some() && self.has_picture,
            Record::Screen(_) => false,
            Record::Pointer(_) | Record::Keyboard(_) | Record::Context(_) => self.is_due(now),
        }
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty() || self.records.is_waiting()
    }

    pub(super) fn is_long(&self, now: Time) -> bool {
        self.has_pending() && now.since(self.pending_since) >= CHUNK_TIME
    }

    /// When what was sealed was captured.
    pub(super) fn captured(&self) -> Option<Captured> {
        self.sealed.map(|(first, last)| Captured { id: self.id, first, last })
    }

    pub(super) fn erase_pending(&mut self) {
        self.pending.erase();
        self.pending_records = 0;
    }

    pub(super) fn took(&mut self, chunk: &SealedChunk) -> u64 {
        let bytes = chunk.in_file();
        self.hasher.update(bytes);
        self.chunks += 1;
        self.size += bytes.len() as u64;
        self.unattested = true;
        bytes.len() as u64
    }

    pub(super) fn extent(&self) -> Extent {
        Extent {
            track: self.id.track.into(),
            segment: self.id.number,
            chunks: self.chunks,
            size: self.size,
            hash: self.hasher.finish(),
        }
    }
}

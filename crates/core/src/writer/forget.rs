//! What is taken back of a recording that is being written.

use super::RecordingWriter;
use super::open::{Captured, OpenSegment};
use crate::clock::Time;
use crate::error::Result;
use crate::journal::Entry;
use crate::record::RecordEncoder;
use crate::segment::SegmentId;
use crate::span::Spans;
use crate::track::Track;

/// What was destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destroyed {
    /// How many segments.
    pub segments: usize,
    /// When what they held was captured.
    pub spans: Spans,
}

impl RecordingWriter {
    /// Erases what was not sealed yet of each track of which something there was captured in one of the spans, and ends that track's
    /// segment: differences from what is gone cannot be told. Answers when the first of it was captured, if anything was.
    pub fn discard(&mut self, spans: &Spans) -> Result<Option<Time>> {
        let mut first = None;
        for index in 0..self.tracks.len() {
            let Some(segment) = self.tracks[index].as_mut().filter(|segment| segment.has_pending()) else { continue };
            let pending = Captured { id: segment.id, first: segment.pending_since, last: segment.latest };
            if !pending.touches(spans) {
                continue;
            }
            first = Some(first.map_or(pending.first, |first: Time| first.min(pending.first)));
            self.written[index].records -= segment.pending_records;
            segment.records = RecordEncoder::default();
            segment.erase_pending();
            self.close(index, pending.first)?;
        }
        Ok(first)
    }

    /// Destroys every segment that holds something that was captured in one of the spans, wholly: nobody here could open it, to leave
    /// something of it. What was not sealed of the spans must be discarded before. Answers what went.
    pub fn forget(&mut self, spans: &Spans, now: Time) -> Result<Destroyed> {
        let open = self.tracks.iter().flatten().filter_map(OpenSegment::captured);
        let gone: Vec<Captured> =
            self.past.iter().copied().chain(open).filter(|captured| captured.touches(spans)).collect();
        let mut lines = Vec::new();
        for track in Track::ALL.into_iter().filter(|track| self.recorded.contains(*track)) {
            let of_track = || gone.iter().filter(|captured| captured.id.track == track);
            // The journal tells what really went.
            for span in spans.union(&of_track().map(Captured::span).collect()).iter() {
                let entry = Entry::Forget { track: track.into(), from: span.from.as_nanos(), to: span.to.as_nanos() };
                lines.push(self.journal.line(&self.device, now, entry)?);
            }
            for Captured { id, .. } in of_track() {
                let entry = Entry::Destroy { track: track.into(), segment: id.number };
                lines.push(self.journal.line(&self.device, now, entry)?);
            }
        }
        let ids: Vec<SegmentId> = gone.iter().map(|captured| captured.id).collect();
        for segment in &mut self.tracks {
            segment.take_if(|segment| ids.contains(&segment.id));
        }
        self.past.retain(|captured| !ids.contains(&captured.id));
        if let Some(keyring) = &self.keyring {
            ids.iter().for_each(|id| keyring.lose(*id));
        }
        self.sink.forget(&lines, &ids)?;
        Ok(Destroyed { segments: ids.len(), spans: gone.iter().map(Captured::span).collect() })
    }
}

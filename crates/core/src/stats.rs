//! What a running recorder has done so far. For the host and the contributor; never part of a recording.

use crate::track::Track;

/// Counters of a running recorder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// By track number.
    pub tracks: [TrackStats; 4],
    /// Pictures coded.
    pub frames: u64,
    /// Pixels that had changed without the system saying so, found by the audit.
    pub missed_damage: u64,
    /// Grabs that failed and were made good later.
    pub failed_grabs: u64,
    /// Records that a live tap had no room for.
    pub live_dropped: u64,
}

/// Counters of one track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrackStats {
    /// Records written.
    pub records: u64,
    /// Bytes of sealed segments.
    pub bytes: u64,
    /// Samples withheld by the redactor.
    pub withheld: u64,
    /// Samples that should have been kept and were lost.
    pub dropped: u64,
}

impl Stats {
    /// The counters of a track.
    pub fn track(&self, track: Track) -> &TrackStats {
        &self.tracks[track as usize]
    }

    pub(crate) fn track_mut(&mut self, track: Track) -> &mut TrackStats {
        &mut self.tracks[track as usize]
    }
}

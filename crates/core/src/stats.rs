//! What a running recorder has done so far. For the host and the contributor; never part of a recording.

use std::collections::VecDeque;
use std::time::Duration;

use crate::track::Track;

/// Latencies that percentiles are taken of: the latest.
const LATENCIES: usize = 4096;

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
    /// How long pictures took; `None` before the first was sealed.
    pub latency: Option<Latency>,
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
    /// Spans of which the redactor withheld something, as the journal tells them.
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

/// How long it took from when the screen was seen to have changed until the picture was sealed and handed to the sink; that it waited
/// meanwhile for what was typed to be judged does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Pictures, since the start.
    pub count: u64,
    /// Half of the latest 4,096 took at most this.
    pub p50: Duration,
    /// All but a hundredth of them took at most this.
    pub p99: Duration,
    /// None took longer, since the start.
    pub max: Duration,
}

/// Gathers latencies, within fixed memory.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    latest: VecDeque<Duration>,
    count: u64,
    max: Duration,
}

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        if self.latest.len() == LATENCIES {
            self.latest.pop_front();
        }
        self.latest.push_back(latency);
        self.count += 1;
        self.max = self.max.max(latency);
    }

    pub(crate) fn summary(&self) -> Option<Latency> {
        let mut sorted: Vec<Duration> = self.latest.iter().copied().collect();
        sorted.sort_unstable();
        let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Latency { count: self.count, p50: rank(50)?, p99: rank(99)?, max: self.max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_latest_and_the_longest_is_of_all() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), None);
        let micros = |micros: u64| Duration::from_micros(micros);
        latencies.add(micros(1_000_000));
        (1..=4096).rev().for_each(|at| latencies.add(micros(at)));
        let expected = Latency { count: 4097, p50: micros(2048), p99: micros(4056), max: micros(1_000_000) };
        assert_eq!(latencies.summary(), Some(expected));
    }
}

//! What was withheld, as spans of the journal.

use std::time::Duration;

use super::Notary;
use crate::class_name::ClassName;
use crate::clock::Time;
use crate::detect::Class;
use crate::error::Result;
use crate::journal::{Entry, WithheldReason};
use crate::track::Track;

/// Withheld samples this close together are one span of the journal.
pub(super) const SPAN_GAP: Duration = Duration::from_secs(1);
/// A span is written at the latest after this long, so that a crash does not hide it.
const SPAN_LENGTH: Duration = Duration::from_secs(10);

/// What spans of the journal are kept apart by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Because {
    pub(super) track: Track,
    pub(super) reason: WithheldReason,
    pub(super) class: Option<Class>,
}

impl Notary {
    pub(super) fn withhold(&mut self, track: Track, time: Time, reason: WithheldReason) {
        self.withhold_span(Because { track, reason, class: None }, time, time);
    }

    pub(super) fn withhold_span(&mut self, because: Because, from: Time, to: Time) {
        let span = self.withheld.entry(because).or_insert_with(|| {
            // Spans are counted, not samples: how many keys went to a secret field, a host must not count either.
            self.shared.stats().track_mut(because.track).withheld += 1;
            (from, to)
        });
        span.1 = span.1.max(to);
    }

    /// Writes spans that have ended or run long by `now`; all of them without a `now`.
    pub(super) fn write_spans(&mut self, now: Option<Time>) -> Result<()> {
        let over = |(from, to): &(Time, Time)| {
            now.is_none_or(|now| now.since(*to) >= SPAN_GAP || to.since(*from) >= SPAN_LENGTH)
        };
        let ended: Vec<_> = self.withheld.extract_if(|_, span| over(span)).collect();
        for (Because { track, reason, class }, (from, to)) in ended {
            let time = now.unwrap_or_else(|| self.shared.clock.now());
            // When exactly somebody typed what is not told says something of it.
            let [time, from, to] = match track {
                Track::Keyboard => [time, from, to].map(Time::to_second),
                Track::Screen if !reason.is_of_window() => [time, from, to].map(Time::to_second),
                Track::Pointer | Track::Screen | Track::Context => [time, from, to],
            };
            let (from, to) = (from.as_nanos(), to.as_nanos());
            let entry = Entry::Withheld { track: track.into(), from, to, reason, class: class.map(ClassName::of) };
            self.writer.journal(time, entry)?;
        }
        Ok(())
    }
}

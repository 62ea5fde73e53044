//! May this sample be kept at all? Starts closed, and closes when in doubt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Time, calendar_ms};
use crate::error::Result;
use crate::event::Sample;
use crate::receipt::Receipt;
use crate::track::{Track, Tracks};

/// How many closed spans are remembered: enough for samples that are still on their way.
const REMEMBERED: usize = 64;

/// A sample that may be kept. Only [`Gate::admit`] makes one.
#[derive(Debug)]
pub struct Admitted<T>(Sample<T>);

impl<T> Admitted<T> {
    /// When it happened.
    pub fn time(&self) -> Time {
        self.0.time
    }

    /// What happened.
    pub fn value(&self) -> &T {
        &self.0.value
    }

    /// Gives the sample on, to the next stage.
    pub(crate) fn into_sample(self) -> Sample<T> {
        self.0
    }
}

/// The gate of one recording. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate {
    tracks: Tracks,
    until: Time,
    /// The same in milliseconds since 1970.
    expires: u64,
    spans: Arc<Mutex<Spans>>,
}

/// Why a gate is closed. It may be for both, and opens when neither holds any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was not opened yet, the contributor paused, or the recording has ended.
    Paused,
    /// The contributor cannot see that they are recorded.
    Unseen,
}

#[derive(Debug)]
struct Spans {
    /// Since when it is closed, by cause; `None` where it is not.
    closed_since: [Option<Time>; 2],
    /// Spans during which it was closed, in the order in which they ended.
    closed: Vec<(Time, Time)>,
    /// How often it was closed.
    closings: u64,
}

impl Gate {
    /// A closed gate for these tracks, if the receipt permits them now (milliseconds since 1970).
    ///
    /// # Errors
    /// As [`Receipt::permit`]: `ReceiptExpired`, `ReceiptInvalid`, `ReceiptScope`.
    pub fn new(receipt: &Receipt, tracks: Tracks, now: u64) -> Result<Self> {
        receipt.permit(tracks, now)?;
        let spans = Spans { closed_since: [Some(Time::ZERO), None], closed: Vec::new(), closings: 0 };
        let until = Time::ZERO.after(Duration::from_millis(receipt.expires_ms().saturating_sub(now)));
        Ok(Self { tracks, until, expires: receipt.expires_ms(), spans: Arc::new(Mutex::new(spans)) })
    }

    /// An open gate for everything.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        let spans = Spans { closed_since: [None; 2], closed: Vec::new(), closings: 0 };
        Self { tracks: Tracks::ALL, until: Time::MAX, expires: u64::MAX, spans: Arc::new(Mutex::new(spans)) }
    }

    /// When the receipt expires: from then on nothing is admitted.
    pub fn until(&self) -> Time {
        self.until
    }

    /// Whether the receipt has expired by the calendar, where time is the machine's: the recording's clock stands still while that sleeps.
    pub(crate) fn has_expired(&self, clock: &Clock) -> bool {
        !clock.is_manual() && calendar_ms() >= self.expires
    }

    /// The sample, if it may be kept: its track is covered and it did not happen while the gate was closed.
    pub fn admit<T>(&self, track: Track, sample: Sample<T>) -> Option<Admitted<T>> {
        (self.tracks.contains(track) && sample.time < self.until && self.lock().are_open_at(sample.time))
            .then_some(Admitted(sample))
    }

    /// Of many samples those that may be kept.
    pub fn admit_all<T>(&self, track: Track, samples: Vec<Sample<T>>) -> Vec<Admitted<T>> {
        if !self.tracks.contains(track) {
            return Vec::new();
        }
        let spans = self.lock();
        let may_be_kept = |sample: &Sample<T>| sample.time < self.until && spans.are_open_at(sample.time);
        samples.into_iter().filter(may_be_kept).map(Admitted).collect()
    }

    /// Whether it is there for this track.
    pub fn covers(&self, track: Track) -> bool {
        self.tracks.contains(track)
    }

    /// Whether the gate is open now.
    pub fn is_open(&self) -> bool {
        self.lock().closed_since == [None; 2]
    }

    /// Whether what happened then may be kept, by what is known now.
    pub fn is_open_at(&self, time: Time) -> bool {
        self.lock().are_open_at(time)
    }

    /// How often it was closed: another number says that what was admitted may have to go.
    pub fn closings(&self) -> u64 {
        self.lock().closings
    }

    /// Closes from `since` on, which may be past. What happened before may still come through.
    pub fn close(&self, cause: Cause, since: Time) {
        let mut spans = self.lock();
        spans.closings += 1;
        let closed = &mut spans.closed_since[cause as usize];
        *closed = Some(closed.map_or(since, |before| before.min(since)));
    }

    /// Opens from `now` on, as far as this cause goes. What happened while it was closed stays out.
    pub fn open(&self, cause: Cause, now: Time) {
        let mut spans = self.lock();
        if let Some(since) = spans.closed_since[cause as usize].take() {
            if now > since {
                spans.closed.push((since, now));
            }
            let surplus = spans.closed.len().saturating_sub(REMEMBERED);
            spans.closed.drain(..surplus);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Spans> {
        // A thread that panicked here left the spans as they were: each change is a single step.
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spans {
    fn are_open_at(&self, time: Time) -> bool {
        let closed_now = self.closed_since.iter().flatten().any(|since| time >= *since);
        // What is older than the oldest remembered span cannot be judged any more.
        let forgotten = self.closed.len() == REMEMBERED && time < self.closed[0].0;
        !closed_now && !forgotten && !self.closed.iter().any(|(from, to)| (*from..*to).contains(&time))
    }
}

/// Margin around a change of focus within which keys are judged by both sides: a window manager announces the change after the
/// X server made it, and keys may already go to the new window.
pub const GUARD: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> Time {
        Time::from_nanos(nanos)
    }

    #[test]
    fn it_is_open_when_no_cause_closes_it() {
        let gate = Gate::for_tests();
        gate.close(Cause::Paused, at(10));
        gate.close(Cause::Unseen, at(20));
        gate.open(Cause::Paused, at(30));
        assert!(!gate.is_open() && gate.is_open_at(at(9)));
        assert!(!gate.is_open_at(at(10)) && !gate.is_open_at(at(25)) && !gate.is_open_at(at(35)));
        gate.open(Cause::Unseen, at(40));
        assert!(gate.is_open() && gate.is_open_at(at(40)) && !gate.is_open_at(at(39)));
    }

    #[test]
    fn it_can_be_closed_for_what_is_past_and_says_that_it_was() {
        let gate = Gate::for_tests();
        let before = gate.closings();
        gate.close(Cause::Unseen, at(50));
        gate.close(Cause::Unseen, at(40));
        gate.close(Cause::Unseen, at(60));
        assert!(gate.is_open_at(at(39)) && !gate.is_open_at(at(45)), "the earliest counts");
        assert_ne!(gate.closings(), before);
    }

    #[test]
    fn a_receipt_expires_by_the_calendar_while_the_recordings_clock_stands_still() {
        // The machine slept: by its clock nothing has passed, and the calendar is long behind the end.
        let asleep = Gate { expires: 1, ..Gate::for_tests() };
        assert!(asleep.has_expired(&Clock::start()) && Clock::start().now() < asleep.until());
        assert!(!asleep.has_expired(&Clock::manual()), "what goes by a script goes by no calendar");
        assert!(!Gate::for_tests().has_expired(&Clock::start()));
    }
}

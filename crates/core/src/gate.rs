//! May this sample be kept at all? Starts closed, and closes when in doubt.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Time;
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
    spans: Arc<Mutex<Spans>>,
}

#[derive(Debug)]
struct Spans {
    /// Since when it is closed; `None` while it is open.
    closed_since: Option<Time>,
    /// Spans during which it was closed, oldest first.
    closed: Vec<(Time, Time)>,
}

impl Gate {
    /// A closed gate for these tracks, if the receipt permits them now (milliseconds since 1970).
    ///
    /// # Errors
    /// As [`Receipt::permit`]: `ReceiptExpired`, `ReceiptInvalid`, `ReceiptScope`.
    pub fn new(receipt: &Receipt, tracks: Tracks, now: u64) -> Result<Self> {
        receipt.permit(tracks, now)?;
        let spans = Spans { closed_since: Some(Time::ZERO), closed: Vec::new() };
        let until = Time::ZERO.after(Duration::from_millis(receipt.expires_ms().saturating_sub(now)));
        Ok(Self { tracks, until, spans: Arc::new(Mutex::new(spans)) })
    }

    /// An open gate for everything.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        let spans = Spans { closed_since: None, closed: Vec::new() };
        Self { tracks: Tracks::ALL, until: Time::MAX, spans: Arc::new(Mutex::new(spans)) }
    }

    /// When the receipt expires: from then on nothing is admitted.
    pub fn until(&self) -> Time {
        self.until
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
        self.lock().closed_since.is_none()
    }

    /// Whether what happened then may be kept, by what is known now.
    pub fn is_open_at(&self, time: Time) -> bool {
        self.lock().are_open_at(time)
    }

    /// Closes from `since` on, which may be past. What happened before may still come through.
    pub fn close(&self, since: Time) {
        let closed = &mut self.lock().closed_since;
        *closed = Some(closed.map_or(since, |before| before.min(since)));
    }

    /// Opens from `now` on. What happened while it was closed stays out.
    pub fn open(&self, now: Time) {
        let mut spans = self.lock();
        if let Some(since) = spans.closed_since.take() {
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
        let closed_now = self.closed_since.is_some_and(|since| time >= since);
        // What is older than the oldest remembered span cannot be judged any more.
        let forgotten = self.closed.len() == REMEMBERED && time < self.closed[0].0;
        !closed_now && !forgotten && !self.closed.iter().any(|(from, to)| (*from..*to).contains(&time))
    }
}

/// Margin around a change of focus within which keys are judged by both sides: a window manager announces the change after the
/// X server made it, and keys may already go to the new window.
pub const GUARD: Duration = Duration::from_millis(250);

//! Samples wait here, in memory only, until the redactor has seen enough to judge them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Time;
use crate::gate::Admitted;

/// Holds the samples of one track, in order, for a fixed time since they came and within a fixed number of bytes. What came late waits as
/// long: news that belongs to it may be late as well.
pub struct Hold<T> {
    waiting: VecDeque<Waiting<T>>,
    delay: Duration,
    bytes: usize,
    limit: usize,
}

struct Waiting<T> {
    sample: Admitted<T>,
    due: Time,
    bytes: usize,
}

impl<T> Hold<T> {
    /// A hold that keeps each sample for `delay`, and at most `limit` bytes.
    pub fn new(delay: Duration, limit: usize) -> Self {
        Self { waiting: VecDeque::new(), delay, bytes: 0, limit }
    }

    /// Takes a sample of about `bytes` bytes that came at `now`. What does not fit is given back: it has to be withheld.
    pub fn push(&mut self, sample: Admitted<T>, now: Time, bytes: usize) -> Result<(), Admitted<T>> {
        if self.bytes + bytes > self.limit {
            return Err(sample);
        }
        self.bytes += bytes;
        let due = sample.time().max(now).after(self.delay);
        self.waiting.push_back(Waiting { sample, due, bytes });
        Ok(())
    }

    /// The next sample that has waited long enough by `now`.
    pub fn release(&mut self, now: Time) -> Option<Admitted<T>> {
        if self.next_release()? > now { None } else { self.pop() }
    }

    /// The next sample, however long it has waited: when nothing more can be learned about it.
    pub fn pop(&mut self) -> Option<Admitted<T>> {
        let Waiting { sample, bytes, .. } = self.waiting.pop_front()?;
        self.bytes -= bytes;
        Some(sample)
    }

    /// Erases what `keep` does not want. Answers the time of the first of it.
    pub fn retain(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        let mut first = None;
        self.waiting.retain(|Waiting { sample, bytes, .. }| {
            let kept = keep(sample.time());
            if !kept {
                self.bytes -= bytes;
                first = first.into_iter().chain([sample.time()]).min();
            }
            kept
        });
        first
    }

    /// When the latest that waits happened.
    pub fn latest(&self) -> Option<Time> {
        self.waiting.iter().map(|waiting| waiting.sample.time()).max()
    }

    /// When the next sample will have waited long enough.
    pub fn next_release(&self) -> Option<Time> {
        self.waiting.front().map(|first| first.due)
    }

    /// The time of the next sample.
    pub fn next_time(&self) -> Option<Time> {
        self.waiting.front().map(|first| first.sample.time())
    }
}

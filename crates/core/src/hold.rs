//! Samples wait here, in memory only, until the redactor has seen enough to judge them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Time;
use crate::gate::Admitted;

/// Holds the samples of one track, in order, for a fixed time and within a fixed number of bytes.
pub struct Hold<T> {
    waiting: VecDeque<(Admitted<T>, usize)>,
    delay: Duration,
    bytes: usize,
    limit: usize,
}

impl<T> Hold<T> {
    /// A hold that keeps each sample for `delay`, and at most `limit` bytes.
    pub fn new(delay: Duration, limit: usize) -> Self {
        Self { waiting: VecDeque::new(), delay, bytes: 0, limit }
    }

    /// Takes a sample of about `bytes` bytes. What does not fit is given back: it has to be withheld.
    pub fn push(&mut self, sample: Admitted<T>, bytes: usize) -> Result<(), Admitted<T>> {
        if self.bytes + bytes > self.limit {
            return Err(sample);
        }
        self.bytes += bytes;
        self.waiting.push_back((sample, bytes));
        Ok(())
    }

    /// The next sample that has waited long enough by `now`.
    pub fn release(&mut self, now: Time) -> Option<Admitted<T>> {
        let (first, _) = self.waiting.front()?;
        if first.time().after(self.delay) > now { None } else { self.pop() }
    }

    /// The next sample, however long it has waited: when nothing more can be learned about it.
    pub fn pop(&mut self) -> Option<Admitted<T>> {
        let (sample, bytes) = self.waiting.pop_front()?;
        self.bytes -= bytes;
        Some(sample)
    }

    /// Erases what `keep` does not want. Answers the time of the first of it.
    pub fn retain(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        let mut first = None;
        self.waiting.retain(|(sample, bytes)| {
            let kept = keep(sample.time());
            if !kept {
                self.bytes -= bytes;
                first = first.or(Some(sample.time()));
            }
            kept
        });
        first
    }

    /// When the last that waits happened.
    pub fn latest(&self) -> Option<Time> {
        self.waiting.back().map(|(sample, _)| sample.time())
    }

    /// When the next sample will have waited long enough.
    pub fn next_release(&self) -> Option<Time> {
        self.waiting.front().map(|(sample, _)| sample.time().after(self.delay))
    }
}

//! How much a judgement may look at: counted, since times vary and counts do not.

/// What having the detectors read a character counts for, beside looking at it.
pub(super) const READING: usize = 8;
/// Characters that are moved at the price of one that is looked at.
const MOVED: usize = 2;

/// What was looked at so far: characters, at three or four nanoseconds each.
#[derive(Debug)]
pub(super) struct Work {
    spent: u64,
    budget: u64,
}

/// There was more to look at than a judgement may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exhausted;

impl Work {
    pub(super) fn new(budget: u64) -> Self {
        Self { spent: 0, budget }
    }

    /// For what is done once to each press, and within bounds of its own.
    pub(super) fn unbounded() -> Self {
        Self::new(u64::MAX)
    }

    pub(super) fn spend(&mut self, looked_at: usize) {
        self.spent = self.spent.saturating_add(looked_at as u64);
    }

    pub(super) fn spend_moving(&mut self, moved: usize) {
        self.spend(moved / MOVED);
    }

    pub(super) fn spent(&self) -> u64 {
        self.spent
    }

    pub(super) fn check(&self) -> Result<(), Exhausted> {
        if self.spent > self.budget { Err(Exhausted) } else { Ok(()) }
    }
}

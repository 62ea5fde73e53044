//! When a pause ends by itself.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lock;

/// What one alarm is set to; setting it again wakes whoever waited for it before.
#[derive(Default)]
pub(super) struct Alarm {
    due: Mutex<Option<Instant>>,
    changed: Condvar,
}

impl Alarm {
    pub(super) fn set(&self, due: Option<Instant>) {
        *lock(&self.due) = due;
        self.changed.notify_all();
    }

    /// How long until it is due.
    pub(super) fn left(&self) -> Option<Duration> {
        lock(&self.due).map(|due| due.saturating_duration_since(Instant::now()))
    }

    /// Sleeps until `due`. Whether it is still set to that then; it answers early when it is not.
    pub(super) fn wait(&self, due: Instant) -> bool {
        let mut set = lock(&self.due);
        while *set == Some(due) {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            set = self.changed.wait_timeout(set, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }
}

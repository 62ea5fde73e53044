//! What the threads of a recorder share.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::State;
use super::alarm::Alarm;
use super::direct::Direct;
use super::presence::Presence;
use super::unread::Readings;
use crate::backend::Waker;
use crate::clock::{Clock, Time};
use crate::gate::{Cause, Gate};
use crate::mask::Masks;
use crate::policy::Policy;
use crate::shade::Shades;
use crate::stats::{Latencies, Stats};

/// Why samples are not kept, or not all.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) paused: bool,
    pub(super) unseen: bool,
    /// By who has the focus.
    pub(super) withheld: bool,
}

/// What the threads of a recorder share.
pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) gate: Gate,
    pub(super) presence: Presence,
    pub(super) standing: Mutex<Standing>,
    pub(super) direct: Direct,
    pub(super) policy: Policy,
    pub(super) max_fps: u32,
    pub(super) flush: Duration,
    pub(super) latency: Mutex<Latencies>,
    pub(super) state: Mutex<State>,
    /// Since when, in nanoseconds; changes with `state`.
    pub(super) state_since: AtomicU64,
    /// How often a pause was asked for. Whoever resumes means the pauses that they know of.
    pub(super) pauses: AtomicU64,
    pub(super) alarm: Alarm,
    pub(super) stats: Mutex<Stats>,
    pub(super) on_change: Option<Box<dyn Fn() + Send + Sync>>,
    /// What was left on the screen that must not be seen: also through a pause.
    pub(super) shades: Mutex<Shades>,
    /// Windows that are painted over for what they show: also through a pause.
    pub(super) masks: Mutex<Masks>,
    /// Windows whose text is to be read.
    pub(super) readings: Arc<Readings>,
    /// Pictures that wait may have to be painted over, by what is drawn meanwhile.
    pub(super) recodes: AtomicBool,
    /// The next picture should be a key frame, because a segment is due.
    pub(super) key_frame_wanted: AtomicBool,
    /// Whether sources should end, and a way to hear of it while pacing.
    pub(super) ending: (Mutex<bool>, Condvar),
    /// End the sleep of the sources that run now.
    pub(super) wakers: Mutex<Vec<Waker>>,
    /// Bytes of coded pictures that wait for the writing thread.
    pub(super) waiting_pictures: AtomicUsize,
}

impl Shared {
    /// Closes the gate from then on, for a pause. Answers its number.
    pub(super) fn shut(&self, since: Time) -> u64 {
        let number = self.pauses.fetch_add(1, Ordering::AcqRel) + 1;
        self.gate.close(Cause::Paused, since);
        number
    }

    /// Something of where it stands has changed.
    pub(super) fn stand(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = lock(&self.standing);
        let was_unseen = standing.unseen;
        change(&mut standing);
        let turned = standing.unseen != was_unseen;
        self.set_state(match *standing {
            Standing { paused: true, .. } => State::Paused,
            Standing { unseen: true, .. } | Standing { withheld: true, .. } => State::Withheld,
            Standing { .. } => State::Recording,
        });
        drop(standing);
        // That it is withheld for another reason is news as well.
        if let Some(on_change) = self.on_change.as_ref().filter(|_| turned) {
            on_change();
        }
    }

    pub(super) fn set_state(&self, state: State) {
        let mut current = lock(&self.state);
        if current.is_over() || *current == state {
            return;
        }
        *current = state;
        self.state_since.store(self.clock.now().as_nanos(), Ordering::Release);
        drop(current);
        self.presence.wake();
        if let Some(on_change) = &self.on_change {
            on_change();
        }
    }

    pub(super) fn stats(&self) -> MutexGuard<'_, Stats> {
        lock(&self.stats)
    }

    pub(super) fn is_ending(&self) -> bool {
        *lock(&self.ending.0)
    }

    /// Lets sources run, from now on.
    pub(super) fn begin_sources(&self) {
        *lock(&self.ending.0) = false;
    }

    /// Has the sources end, wherever they sleep.
    pub(super) fn end_sources(&self) {
        *lock(&self.ending.0) = true;
        self.ending.1.notify_all();
        lock(&self.wakers).iter().for_each(Waker::wake);
    }

    /// Changes what is painted over for what it shows. Whoever grabs the screen looks again.
    pub(super) fn mask(&self, change: impl FnOnce(&mut Masks)) {
        let mut masks = lock(&self.masks);
        let before = masks.changes();
        change(&mut masks);
        let changed = masks.changes() != before;
        drop(masks);
        if changed {
            lock(&self.wakers).iter().for_each(Waker::wake);
        }
    }

    /// Sleeps for `duration`, or until sources should end.
    pub(super) fn pace(&self, duration: Duration) {
        let until = Instant::now() + duration;
        let mut ending = lock(&self.ending.0);
        while !*ending {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            ending = self.ending.1.wait_timeout(ending, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A thread that panicked while it held a lock left a value that is whole: each is replaced in one step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

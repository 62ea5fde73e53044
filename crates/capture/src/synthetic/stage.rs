//! Whose turn it is: parts that share one script's time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use understudy_core::clock::{Clock, Time};

use super::{Part, SyntheticOptions};

pub(super) enum Turn {
    /// The part's next sample is due.
    Due,
    /// Woken, waited long enough, or nothing is left.
    Idle,
}

pub(super) struct Stage {
    clock: Clock,
    end: Time,
    lost: Option<Time>,
    /// Which part panics, and when.
    panic: Option<(Part, Time)>,
    parts: Mutex<[Option<Place>; Part::COUNT]>,
    changed: Condvar,
    finished: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    /// When this part has something next; zero until its first poll, so that nobody overtakes it.
    next: Option<Time>,
    polled: bool,
    woken: bool,
}

impl Stage {
    pub(super) fn new(clock: Clock, open: &[Part], options: &SyntheticOptions, finished: Arc<AtomicBool>) -> Self {
        let mut parts = [None; Part::COUNT];
        for part in open {
            parts[*part as usize] = Some(Place { next: Some(Time::ZERO), ..Place::default() });
        }
        let end = Time::ZERO.after(options.duration);
        Self {
            clock,
            end,
            lost: options.fail_at,
            panic: options.panic_at,
            parts: Mutex::new(parts),
            changed: Condvar::new(),
            finished,
        }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn wake(&self, part: Part) {
        if let Some(place) = &mut self.lock()[part as usize] {
            place.woken = true;
        }
        self.changed.notify_all();
    }

    pub(super) fn leave(&self, part: Part) {
        self.lock()[part as usize] = None;
        self.changed.notify_all();
    }

    /// Sleeps until `part` may go on to `next`. With a manual clock that is when no other part has anything before, and the
    /// clock is moved there; `wait` is then by that clock too, but never longer than by the real one.
    pub(super) fn turn(&self, part: Part, next: Option<Time>, wait: Option<Duration>) -> Turn {
        let panic = self.panic.filter(|(who, _)| *who == part).map(|(_, at)| at);
        let next = [next, self.lost, panic].into_iter().flatten().min();
        let manual = self.clock.is_manual();
        let entered = self.clock.now();
        let deadline = wait.map(|wait| Instant::now() + wait);
        let mut parts = self.lock();
        parts[part as usize] =
            Some(Place { next, polled: true, woken: parts[part as usize].is_some_and(|place| place.woken) });
        self.finish(&parts);
        self.changed.notify_all();
        loop {
            let now = self.clock.now();
            if let Some(place) = &mut parts[part as usize]
                && std::mem::take(&mut place.woken)
            {
                return Turn::Idle;
            }
            if let Some(next) = next
                && (next <= now || (manual && is_first(&parts, part, next)))
            {
                self.clock.advance(next);
                self.changed.notify_all();
                return Turn::Due;
            }
            let passed = |wait: Duration| now.since(entered) >= wait;
            if (manual && wait.is_some_and(passed)) || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Turn::Idle;
            }
            let sleep = [
                deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
                next.filter(|_| !manual).map(|next| next.since(now)),
            ];
            parts = match sleep.into_iter().flatten().min() {
                Some(sleep) => self.changed.wait_timeout(parts, sleep).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(parts).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn finish(&self, parts: &[Option<Place>; Part::COUNT]) {
        let over = |place: &Place| place.polled && place.next.is_none();
        if parts.iter().flatten().all(over) && !self.finished.swap(true, Ordering::AcqRel) {
            self.clock.advance(self.end);
        }
    }

    fn lock(&self) -> MutexGuard<'_, [Option<Place>; Part::COUNT]> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether no other part has anything before `next`; at the same time, the parts go in their order.
fn is_first(parts: &[Option<Place>; Part::COUNT], part: Part, next: Time) -> bool {
    parts.iter().enumerate().all(|(index, place)| {
        let other = place.and_then(|place| place.next);
        other.is_none_or(|other| (other, index) >= (next, part as usize))
    })
}

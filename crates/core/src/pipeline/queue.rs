//! The way to the writing thread: bounded, and sparing with wake-ups.
//!
//! A channel wakes its receiver for each message, and typing is some twenty a second. What is not urgent waits here until the
//! receiver has rested for its pace; then all of it is taken at once.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lock;

/// How soon a message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// The receiver is woken for it.
    AtOnce,
    /// It is taken when the receiver has rested.
    Gathered,
}

/// A queue of at most `limit` messages, whose receiver rests for `pace` between two takes.
pub(super) fn queue<T>(limit: usize, pace: Duration) -> (Sender<T>, Receiver<T>) {
    let state = State {
        waiting: VecDeque::new(),
        urgent: false,
        rested: Instant::now(),
        asleep: false,
        senders: 1,
        received: true,
    };
    let shared =
        Arc::new(Shared { limit, pace, state: Mutex::new(state), ready: Condvar::new(), room: Condvar::new() });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

struct Shared<T> {
    limit: usize,
    pace: Duration,
    state: Mutex<State<T>>,
    /// The receiver should look.
    ready: Condvar,
    /// Senders should look.
    room: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    urgent: bool,
    /// Until when the receiver rests.
    rested: Instant,
    asleep: bool,
    senders: usize,
    /// Whether the receiver is still there.
    received: bool,
}

/// Puts messages in. The queue is closed when the last clone is gone.
pub(super) struct Sender<T>(Arc<Shared<T>>);

/// Takes messages out.
pub(super) struct Receiver<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// Waits for a place, for as long as it takes. A message that nobody will receive is dropped.
    pub(super) fn send(&self, message: T, urgency: Urgency) {
        self.put(message, urgency, None);
    }

    /// Waits for a place, but no longer than `patience`. Answers whether it found one.
    pub(super) fn offer(&self, message: T, urgency: Urgency, patience: Duration) -> bool {
        self.put(message, urgency, Instant::now().checked_add(patience))
    }

    fn put(&self, message: T, urgency: Urgency, until: Option<Instant>) -> bool {
        let mut state = lock(&self.0.state);
        while state.received && state.waiting.len() >= self.0.limit {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return false,
                Some(left) => self.0.room.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.0.room.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        if state.received {
            state.waiting.push_back(message);
            state.urgent |= urgency == Urgency::AtOnce;
            if state.asleep && self.0.is_due(&state) {
                state.asleep = false;
                self.0.ready.notify_one();
            }
        }
        true
    }
}

impl<T> Shared<T> {
    /// Whether the receiver should take what is there.
    fn is_due(&self, state: &State<T>) -> bool {
        let pressed = state.urgent || state.waiting.len() >= self.limit / 2;
        pressed || !state.waiting.is_empty() && Instant::now() >= state.rested
    }
}

impl<T> Receiver<T> {
    /// Moves what waits into `taken`: when some of it is urgent or there is much, otherwise when the receiver has rested. Without any
    /// it returns once `wait` is over. Answers, by the clock that `now` reads, since when nothing that was sent may still be on its way: what
    /// was sent before that has been taken. `None` when no more can come.
    pub(super) fn receive<M>(&self, wait: Duration, taken: &mut VecDeque<T>, now: impl FnOnce() -> M) -> Option<M> {
        let deadline = Instant::now().checked_add(wait);
        let mut state = lock(&self.0.state);
        while state.senders > 0 && !self.0.is_due(&state) {
            let now = Instant::now();
            // What is due by the clock is not worth a wake-up of its own either.
            let until = deadline.map(|deadline| deadline.max(state.rested));
            let until = if now < state.rested { Some(state.rested) } else { until };
            let left = until.map(|until| until.saturating_duration_since(now));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            state.asleep = true;
            state = match left {
                Some(left) => self.0.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.0.ready.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.asleep = false;
        }
        taken.append(&mut state.waiting);
        let heard = now();
        state.urgent = false;
        state.rested = Instant::now() + self.0.pace;
        let open = state.senders > 0;
        drop(state);
        self.0.room.notify_all();
        (open || !taken.is_empty()).then_some(heard)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        lock(&self.0.state).senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        lock(&self.0.state).senders -= 1;
        self.0.ready.notify_one();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let left = {
            let mut state = lock(&self.0.state);
            state.received = false;
            std::mem::take(&mut state.waiting)
        };
        self.0.room.notify_all();
        // Outside the lock: what a message holds may end a thread that sends.
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn receive(receiver: &Receiver<u32>, wait: Duration) -> (Vec<u32>, bool) {
        let mut taken = VecDeque::new();
        let open = receiver.receive(wait, &mut taken, || ());
        (taken.into(), open.is_some())
    }

    #[test]
    fn what_is_urgent_comes_at_once_and_brings_the_rest_along() {
        let (sender, receiver) = queue(8, LONG);
        assert_eq!(receive(&receiver, Duration::ZERO), (vec![], true));
        sender.send(1, Urgency::Gathered);
        let thread = thread::spawn(move || receive(&receiver, LONG));
        sender.send(2, Urgency::AtOnce);
        assert_eq!(thread.join().expect("joins"), (vec![1, 2], true));
    }

    #[test]
    fn what_was_sent_before_the_moment_that_is_answered_has_been_taken() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        const COUNT: u32 = 20_000;
        let (sender, receiver) = queue(64, Duration::ZERO);
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let thread = thread::spawn(move || {
            for number in 0..COUNT {
                sender.send(number, Urgency::Gathered);
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        let (mut all, mut batch) = (Vec::new(), VecDeque::new());
        while let Some(heard) = receiver.receive(LONG, &mut batch, || sent.load(Ordering::SeqCst)) {
            all.extend(batch.drain(..));
            assert!(all.len() >= heard, "{} of {heard}", all.len());
        }
        assert!(all.into_iter().eq(0..COUNT));
        thread.join().expect("joins");
    }

    #[test]
    fn the_first_after_a_rest_comes_at_once() {
        let (sender, receiver) = queue(8, Duration::ZERO);
        let thread = thread::spawn(move || receive(&receiver, LONG));
        sender.send(1, Urgency::Gathered);
        assert_eq!(thread.join().expect("joins"), (vec![1], true));
    }

    #[test]
    fn a_queue_that_is_half_full_is_not_left_to_rest() {
        let (sender, receiver) = queue(8, LONG);
        receive(&receiver, Duration::ZERO);
        (0..4).for_each(|number| sender.send(number, Urgency::Gathered));
        assert_eq!(receive(&receiver, LONG), (vec![0, 1, 2, 3], true));
    }

    #[test]
    fn a_full_queue_takes_no_more_until_it_was_emptied() {
        let (sender, receiver) = queue(2, Duration::ZERO);
        sender.send(1, Urgency::Gathered);
        sender.send(2, Urgency::Gathered);
        assert!(!sender.offer(3, Urgency::AtOnce, Duration::from_millis(1)));
        let waits = sender.clone();
        let thread = thread::spawn(move || waits.offer(4, Urgency::Gathered, LONG));
        assert_eq!(receive(&receiver, LONG), (vec![1, 2], true));
        assert!(thread.join().expect("joins"));
        assert_eq!(receive(&receiver, LONG), (vec![4], true));
    }

    #[test]
    fn the_last_messages_come_before_the_end() {
        let (sender, receiver) = queue(8, LONG);
        receive(&receiver, Duration::ZERO);
        sender.send(1, Urgency::Gathered);
        drop(sender);
        assert_eq!(receive(&receiver, LONG), (vec![1], true));
        assert_eq!(receive(&receiver, LONG), (vec![], false));
    }

    #[test]
    fn without_a_receiver_nothing_waits() {
        let (sender, receiver) = queue(1, LONG);
        drop(receiver);
        (0..3).for_each(|number| sender.send(number, Urgency::Gathered));
    }
}

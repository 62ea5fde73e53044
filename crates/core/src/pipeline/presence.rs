//! The recorder's side of the indicator: until when it was seen, and what happens when it is not.
//!
//! ```text
//! content on its way ── ask ── indicator looks ── beat ── what is older may be kept
//!                                    └─ hidden, gone, hung ── lose ── gate closed at the last beat, at once
//! ```
//! Nothing beats while nothing happens: a look is asked for when there is something to keep. The keeper's thread takes the sources down
//! and up again; only the notary, which knows what it dropped, lets beats count again after that.

use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lock;
use crate::backend::Waker;
use crate::clock::{Clock, Time};
use crate::gate::{Cause, Gate};
use crate::presence::{DEADLINE, Heartbeat, Pulse};

/// A look that was asked for and does not come is waited for this long before the indicator counts as gone. What it would vouch for is
/// kept from the recording from the first moment, so that this is only when the journal says so.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a host's heart is listened to while something waits for its next beat.
const LISTEN: Duration = Duration::from_millis(50);

/// What the keeper's thread is to do.
pub(super) enum Command {
    /// The indicator is unseen, since the last beat.
    Unseen(Time),
    /// It is seen again, after this loss.
    Seen(u64),
    /// The contributor pauses, since then.
    Pause(Time),
    /// The contributor resumes, and knows of the pauses up to this one.
    Resume(u64),
    /// The contributor has this much of the time until a click forgotten, and what came since.
    Forget { last: Duration, asked: Time },
    /// The contributor stops it.
    Stop,
    /// Nothing more.
    End,
}

/// Who shows that something is recorded.
pub(super) enum Shower {
    /// Nobody is recorded.
    Nobody,
    /// The platform's indicator, on a thread that this wakes.
    Native(Waker),
    /// The host's.
    Host(Heartbeat),
}

pub(super) struct Presence {
    clock: Clock,
    gate: Gate,
    shower: Shower,
    keeper: Mutex<Sender<Command>>,
    known: Mutex<Known>,
    beaten: Condvar,
}

struct Known {
    /// The last beat that counts.
    seen: Time,
    phase: Phase,
    /// How often it was lost: who speaks of an earlier loss speaks of what is over.
    losses: u64,
    /// Since when a look is wanted.
    asked: Option<Time>,
    /// Whether the indicator's thread sleeps until it is woken; never while a look is wanted.
    asleep: bool,
    /// Whether the notary waits for nothing but a beat.
    awaited: bool,
    over: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Seen,
    /// Beats do not count.
    Unseen,
    /// Seen again, and the notary does not know yet.
    Back,
}

/// What the indicator's thread should do next.
pub(super) struct Orders {
    /// Somebody waits for a look.
    pub(super) asked: bool,
    /// The recording has ended.
    pub(super) over: bool,
}

impl Presence {
    pub(super) fn new(clock: Clock, gate: Gate, shower: Shower, seen: Time, keeper: Sender<Command>) -> Self {
        let known =
            Known { seen, phase: Phase::Seen, losses: 0, asked: None, asleep: false, awaited: false, over: false };
        Self { clock, gate, shower, keeper: Mutex::new(keeper), known: Mutex::new(known), beaten: Condvar::new() }
    }

    /// Until when samples may be kept.
    pub(super) fn seen_until(&self) -> Time {
        if matches!(self.shower, Shower::Nobody) { Time::MAX } else { self.known().seen }
    }

    /// Content is on its way to be kept: whoever shows the indicator should look.
    pub(super) fn ask(&self) {
        let Shower::Native(waker) = &self.shower else { return };
        let mut known = self.known();
        if known.asked.is_none() {
            known.asked = Some(self.clock.now());
        }
        if std::mem::take(&mut known.asleep) {
            drop(known);
            waker.wake();
        }
    }

    /// What the indicator says has changed, or it should end.
    pub(super) fn wake(&self) {
        if let Shower::Native(waker) = &self.shower {
            waker.wake();
        }
    }

    /// For the indicator's thread, which sleeps until it is woken if nothing is asked for and it says so.
    pub(super) fn orders(&self, may_sleep: bool) -> Orders {
        let mut known = self.known();
        known.asleep = may_sleep && known.asked.is_none();
        Orders { asked: known.asked.is_some(), over: known.over }
    }

    /// The indicator could be seen at that time. Answers whether the notary waits for it.
    pub(super) fn beat(&self, time: Time) -> bool {
        let mut known = self.known();
        match known.phase {
            Phase::Seen => {
                known.seen = known.seen.max(time);
                // Who vouches for less than what was asked for, as while a click on it is not decided, is asked again.
                known.asked = known.asked.filter(|asked| time < *asked).map(|_| self.clock.now());
                self.beaten.notify_all();
                std::mem::take(&mut known.awaited)
            }
            Phase::Unseen => {
                known.phase = Phase::Back;
                self.send(Command::Seen(known.losses));
                false
            }
            Phase::Back => false,
        }
    }

    /// It cannot be seen. Nothing that came after the last beat passes the gate any more.
    pub(super) fn lose(&self) {
        let mut known = self.known();
        if known.phase != Phase::Unseen {
            self.become_unseen(&mut known);
        }
    }

    fn become_unseen(&self, known: &mut Known) {
        known.phase = Phase::Unseen;
        known.losses += 1;
        known.asked = None;
        self.gate.close(Cause::Unseen, known.seen.after(Duration::from_nanos(1)));
        self.beaten.notify_all();
        self.send(Command::Unseen(known.seen));
    }

    /// Whether it is back, and still so: what the keeper asks before the gate opens.
    pub(super) fn is_back(&self, loss: u64) -> bool {
        let known = self.known();
        known.phase == Phase::Back && known.losses == loss
    }

    /// Everything that was dropped is dropped: from `time` on beats count again.
    pub(super) fn resume(&self, time: Time, loss: u64) {
        let mut known = self.known();
        if known.phase != Phase::Back || known.losses != loss {
            return;
        }
        known.phase = Phase::Seen;
        known.seen = known.seen.max(time);
        // Whoever asked while no beat counted waits from now on: the indicator was not late for that.
        known.asked = known.asked.map(|_| self.clock.now());
    }

    /// Notices what nobody tells: a host's heart that stopped, an indicator that hangs.
    pub(super) fn check(&self) {
        match &self.shower {
            Shower::Nobody => {}
            Shower::Native(_) => {
                let now = self.clock.now();
                let mut known = self.known();
                let hangs = known.asked.is_some_and(|asked| now.since(asked) >= PATIENCE);
                if hangs && known.phase == Phase::Seen {
                    self.become_unseen(&mut known);
                    // Its thread does not know, and nobody else would have it look again once it goes on. It is not asleep: it was asked.
                    known.asked = Some(now);
                }
            }
            Shower::Host(heartbeat) => match heartbeat.listen(Instant::now()) {
                Pulse::Steady(last) => {
                    self.beat(self.clock.at(last));
                }
                Pulse::Broken(last) => {
                    let last = self.clock.at(last);
                    let mut known = self.known();
                    // A beat that brought it back vouches for nothing behind a gap.
                    match known.phase {
                        Phase::Seen => known.seen = known.seen.max(last),
                        Phase::Back => {}
                        Phase::Unseen => return,
                    }
                    self.become_unseen(&mut known);
                }
                Pulse::Still => self.lose(),
            },
        }
    }

    /// When [`Presence::check`] may find something; `waiting` is whether something waits for a beat.
    pub(super) fn next_check(&self, waiting: bool) -> Option<Time> {
        let mut known = self.known();
        match &self.shower {
            Shower::Nobody => None,
            Shower::Native(_) => {
                known.awaited = waiting;
                known.asked.filter(|_| known.phase == Phase::Seen).map(|asked| asked.after(PATIENCE))
            }
            Shower::Host(_) if waiting => Some(self.clock.now().after(LISTEN)),
            Shower::Host(_) if known.phase != Phase::Seen => Some(self.clock.now().after(DEADLINE)),
            Shower::Host(_) => Some(known.seen.after(DEADLINE + Duration::from_millis(1))),
        }
    }

    /// Waits a little for a beat behind `time`: at the end, for what came last.
    pub(super) fn settle(&self, time: Time) {
        if matches!(self.shower, Shower::Nobody) {
            return;
        }
        self.ask();
        let until = Instant::now() + DEADLINE;
        let mut known = self.known();
        while known.phase == Phase::Seen && known.seen < time {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            if matches!(self.shower, Shower::Host(_)) {
                drop(known);
                std::thread::sleep(left.min(Duration::from_millis(10)));
                self.check();
                known = self.known();
            } else {
                known = self.beaten.wait_timeout(known, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// The recording has ended: what shows it vanishes.
    pub(super) fn end(&self) {
        self.known().over = true;
        self.wake();
        self.send(Command::End);
    }

    pub(super) fn send(&self, command: Command) {
        // When the keeper has ended, nobody is left to be told.
        let _ = lock(&self.keeper).send(command);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::thread::sleep;

    use super::*;

    fn presence(shower: Shower) -> (Presence, Gate, Receiver<Command>) {
        let (keeper, commands) = mpsc::channel();
        let gate = Gate::for_tests();
        (Presence::new(Clock::start(), gate.clone(), shower, Time::ZERO, keeper), gate, commands)
    }

    fn native() -> (Presence, Gate, Receiver<Command>) {
        presence(Shower::Native(Waker::new(|| {})))
    }

    /// What the keeper was told: of which loss it is back, and nothing for a loss.
    fn told(commands: &Receiver<Command>) -> Vec<Option<u64>> {
        let of = |command| match command {
            Command::Unseen(_) => None,
            Command::Seen(loss) => Some(loss),
            _ => panic!("another command"),
        };
        commands.try_iter().map(of).collect()
    }

    #[test]
    fn who_speaks_of_an_earlier_loss_does_not_bring_it_back() {
        let (presence, gate, commands) = native();
        let beat = || presence.beat(presence.clock.now());
        presence.lose();
        beat();
        presence.lose();
        beat();
        assert_eq!(told(&commands), [None, Some(1), None, Some(2)]);
        assert!(!presence.is_back(1) && presence.is_back(2) && !gate.is_open());
        let seen = presence.seen_until();
        presence.resume(presence.clock.now(), 1);
        beat();
        assert_eq!(presence.seen_until(), seen, "no beat counts");
        presence.resume(presence.clock.now(), 2);
        beat();
        assert!(presence.seen_until() > seen);
    }

    #[test]
    fn an_indicator_that_was_late_is_asked_again_and_not_taken_for_late_once_it_is_back() {
        let (presence, gate, commands) = native();
        presence.ask();
        sleep(PATIENCE);
        presence.check();
        assert_eq!(told(&commands), [None]);
        assert!(!gate.is_open() && presence.orders(true).asked, "its thread does not sleep");
        sleep(PATIENCE);
        presence.beat(presence.clock.now());
        presence.resume(presence.clock.now(), 1);
        presence.check();
        assert_eq!(told(&commands), [Some(1)]);
        assert!(presence.orders(true).asked, "what comes behind it waits for a look");
    }

    #[test]
    fn a_heart_that_stops_while_it_comes_back_is_lost_again() {
        let heart = Heartbeat::new();
        let (presence, gate, commands) = presence(Shower::Host(heart.clone()));
        presence.check();
        heart.beat();
        presence.check();
        sleep(DEADLINE + Duration::from_millis(1));
        // It beats again before anybody has said that it is back.
        heart.beat();
        presence.check();
        assert_eq!(told(&commands), [None, Some(1), None]);
        let seen = presence.seen_until();
        presence.resume(presence.clock.now(), 1);
        presence.check();
        assert_eq!(told(&commands), [Some(2)]);
        assert!(presence.seen_until() == seen && !gate.is_open());
    }
}

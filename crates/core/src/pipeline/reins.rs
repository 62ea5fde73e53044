//! What directs a running recording: pausing and resuming it, forgetting, stopping.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::notary::Message;
use super::queue::{Sender, Urgency};
use super::shared::{Shared, lock};
use super::source::Sources;
use super::tap::Tap;
use super::{ForgetLast, ForgottenLast, RecordingAbout, State, Status};
use crate::backend::{Hotkey, Platform};
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::gate::Cause;
use crate::release::DirectOutcome;
use crate::stats::Stats;
use crate::track::{Track, Tracks};

/// A pause, as it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// How long ago the contributor asked for it, at most [`Pause::MAX_AGO`]: what was captured since then and waits in memory goes.
    pub ago: Duration,
    /// After how long it resumes by itself; `None`: not at all.
    pub length: Option<Duration>,
}

impl Pause {
    /// What waits in memory is not older, but for typed text.
    pub const MAX_AGO: Duration = Duration::from_secs(5);
}

/// What directs a running recording, from whichever thread.
pub struct Reins {
    pub(super) shared: Arc<Shared>,
    pub(super) tap: Option<Arc<Tap>>,
    pub(super) about: RecordingAbout,
    pub(super) control: Arc<Mutex<Control>>,
    pub(super) hotkey: Hotkey,
}

impl Reins {
    /// What it is doing now.
    pub fn state(&self) -> State {
        lock(&self.shared.state).clone()
    }

    /// What it is doing, since when, and what is recorded.
    pub fn status(&self) -> Status {
        let unseen = lock(&self.shared.standing).unseen;
        let state = lock(&self.shared.state);
        let unseen = unseen && *state == State::Withheld;
        let since = Time::from_nanos(self.shared.state_since.load(Ordering::Acquire));
        Status {
            state: state.clone(),
            unseen,
            lasts: self.shared.clock.now().since(since),
            resumes: self.shared.alarm.left(),
            masked: lock(&self.shared.masks).count(),
        }
    }

    /// What is recorded, for whom.
    pub fn about(&self) -> &RecordingAbout {
        &self.about
    }

    /// What it has done so far.
    pub fn stats(&self) -> Stats {
        let latency = lock(&self.shared.latency).summary();
        Stats { latency, ..*self.shared.stats() }
    }

    /// The key that pauses and resumes.
    pub fn hotkey(&self) -> &Hotkey {
        &self.hotkey
    }

    /// Keeps nothing from now on. Returns at once; the system's hooks are gone shortly after.
    ///
    /// # Errors
    /// `State` when the recorder has ended. Pausing twice is no error.
    pub fn pause(&self) -> Result<()> {
        self.pause_with(&Pause::default())
    }

    /// As [`Reins::pause`], from the moment at which the contributor asked for it, and maybe for a time. The latest pause holds: one
    /// without a length, behind one with a length, does not end by itself.
    ///
    /// # Errors
    /// As [`Reins::pause`], and `Io` where no thread can be started that resumes: then it is paused without a length.
    pub fn pause_with(&self, pause: &Pause) -> Result<()> {
        let since = self.shared.clock.now().before(pause.ago.min(Pause::MAX_AGO));
        self.pause_from(since, pause.length)
    }

    /// The same, from then on.
    pub(super) fn pause_from(&self, since: Time, length: Option<Duration>) -> Result<()> {
        let shared = &self.shared;
        // First of all, and whoever has the lock.
        let number = shared.shut(since);
        let control = running(shared, &self.control)?;
        shared.alarm.set(None);
        if self.state() != State::Paused {
            control.halt(shared, since);
        }
        drop(control);
        match length.and_then(|length| Instant::now().checked_add(length)) {
            Some(due) => self.resume_at(due, number),
            None => Ok(()),
        }
    }

    /// Keeps samples again. Connects to the system anew, so it may take some ten milliseconds. Whoever pauses meanwhile is heard: it
    /// stays paused then.
    ///
    /// # Errors
    /// `State` when the recorder has ended; what [`Platform::open`] answers, and then it stays paused.
    pub fn resume(&self) -> Result<()> {
        resume(&self.shared, &self.control, self.shared.pauses.load(Ordering::Acquire))
    }

    /// Windows that are painted over because something sensitive was typed or stood there may be seen again, from now on: the contributor
    /// says so. Secret fields stay painted over, and excluded applications.
    ///
    /// # Errors
    /// `State` when the recorder has ended.
    pub fn unmask(&self) -> Result<()> {
        drop(running(&self.shared, &self.control)?);
        let now = self.shared.clock.now();
        self.shared.readings.lock().allow();
        self.shared.mask(|masks| masks.lift(now));
        Ok(())
    }

    /// Forgets the latest of what is recorded: what waits in memory, and on the disk the keys and segments that hold any of it. It is a
    /// pause of some hundred milliseconds, behind which everything is read afresh; what was paused before stays so.
    ///
    /// # Errors
    /// `InvalidArgument`, `State` when the recorder has ended. Whatever else fails ends the recording, and then it was either not begun, or
    /// [`crate::amend::settle`] finishes it.
    pub fn forget(&self, what: &ForgetLast) -> Result<ForgottenLast> {
        self.shared.direct.await_forgetting();
        self.forget_asked(what, self.shared.clock.now())
    }

    /// The same, asked for then, and awaited by what is released by itself: the time that is meant is counted from there, however long others took meanwhile.
    pub(super) fn forget_asked(&self, what: &ForgetLast, asked: Time) -> Result<ForgottenLast> {
        let forgotten = self.forget_since(what, asked);
        // What could not be forgotten is in a recording that nobody looks through: it is awaited for good.
        if forgotten.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::InvalidArgument) {
            self.shared.direct.end_forgetting();
        }
        forgotten
    }

    fn forget_since(&self, what: &ForgetLast, asked: Time) -> Result<ForgottenLast> {
        what.check()?;
        let shared = &self.shared;
        let number = shared.pauses.load(Ordering::Acquire);
        let mut control = running(shared, &self.control)?;
        let was_paused = self.state() == State::Paused;
        let now = shared.clock.now();
        let what = ForgetLast { last: what.last.saturating_add(now.since(asked)), ..what.clone() };
        if !was_paused {
            control.halt(shared, now);
        }
        let settles = control.sources.take().map(Sources::join).is_some();
        if settles {
            // What came last is seen, or goes.
            shared.presence.settle(now);
        }
        let (reply, outcome) = mpsc::channel();
        control.send(Message::Forget(what, now, reply));
        let ended = || Error::new(ErrorKind::State, "the recorder has ended, and nothing was forgotten");
        let forgotten = outcome.recv().map_err(|_| ended())??;
        if !was_paused {
            // Where the system is not there any more, it stays paused; what was forgotten is.
            let _ = control.go_on(shared, number);
        }
        Ok(forgotten)
    }

    /// Resumes then, unless a later pause than `number` was asked for.
    fn resume_at(&self, due: Instant, number: u64) -> Result<()> {
        self.shared.alarm.set(Some(due));
        let (shared, control) = (Arc::clone(&self.shared), Arc::clone(&self.control));
        let wait = move || {
            if shared.alarm.wait(due) {
                // What failed is seen: it stays paused.
                let _ = catch_unwind(AssertUnwindSafe(|| resume(&shared, &control, number)));
            }
        };
        let thread = thread::Builder::new().name("understudy-resume".into()).spawn(wait);
        thread.map(drop).map_err(|e| {
            self.shared.alarm.set(None);
            Error::io("cannot start a thread", &e)
        })
    }

    /// Stops, writes what is left and closes the recording. Takes about a quarter of a second: the last keys wait for their verdict. A
    /// recording that is to be released by itself then is, which takes about as long as releasing it by hand: see [`Reins::released`].
    ///
    /// # Errors
    /// The failure that ended the recording, if one did; nothing is released then. Stopping twice answers the same again.
    pub fn stop(&self) -> Result<()> {
        self.close()?;
        self.shared.direct.release();
        Ok(())
    }

    /// From now on nothing is released by itself when it stops, and the secrets for that are erased: the contributor keeps it.
    ///
    /// # Errors
    /// `State` when it is being released already. Where nothing was to be, this is no error.
    pub fn keep(&self) -> Result<()> {
        self.shared.direct.keep()
    }

    /// What was released by itself, once that is over; `None` where nothing was to be, or the contributor kept it.
    pub fn released(&self) -> Option<DirectOutcome> {
        self.shared.direct.outcome()
    }

    fn close(&self) -> Result<()> {
        let now = self.shared.clock.now();
        // What came at this very moment came before: a clock that goes by script stands still.
        self.shared.gate.close(Cause::Paused, now.after(Duration::from_nanos(1)));
        let mut control = lock(&self.control);
        self.shared.alarm.set(None);
        self.shared.end_sources();
        if let Some(sources) = control.sources.take() {
            sources.join();
            self.shared.presence.settle(now);
        }
        self.shared.presence.end();
        if let Some(indicator) = control.indicator.take() {
            // Its panic was caught.
            let _ = indicator.join();
        }
        if let Some(queue) = control.queue.take() {
            queue.send(Message::Stop(now), Urgency::AtOnce);
        }
        if let Some(notary) = control.notary.take() {
            let outcome = control.outcome.recv();
            let joined = notary.join();
            if joined.is_err() || outcome.is_err() {
                self.shared.set_state(State::Failed(Error::new(ErrorKind::Internal, "the writing thread panicked")));
            }
        }
        match self.state() {
            State::Failed(error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Moves what the live tap holds into `buffer`: whole blocks, oldest first (docs/format.md §15). Says how many bytes they are; 0
    /// when there is none. Works on after the end, until all was taken.
    ///
    /// # Errors
    /// `State` without a live tap; `InvalidArgument` for a buffer of less than [`super::LEAST_BUFFER`].
    pub fn drain_live(&self, buffer: &mut [u8]) -> Result<usize> {
        let tap = self.tap.as_ref();
        tap.ok_or_else(|| Error::new(ErrorKind::State, "the recorder was started without a live tap"))?.drain(buffer)
    }

    /// Ends the live tap, where there is one: what it holds is erased, and nothing gathers any more. The recording goes on.
    pub fn end_live(&self) {
        self.tap.iter().for_each(|tap| tap.end());
    }
}

pub(super) fn running<'a>(shared: &Shared, control: &'a Mutex<Control>) -> Result<MutexGuard<'a, Control>> {
    let control = lock(control);
    if lock(&shared.state).is_over() || control.queue.is_none() {
        return Err(Error::new(ErrorKind::State, "the recorder has ended"));
    }
    Ok(control)
}

/// Ends the pauses up to `number`; a later one stays.
pub(super) fn resume(shared: &Arc<Shared>, control: &Mutex<Control>, number: u64) -> Result<()> {
    let mut control = running(shared, control)?;
    if *lock(&shared.state) != State::Paused || shared.pauses.load(Ordering::Acquire) != number {
        return Ok(());
    }
    shared.alarm.set(None);
    control.go_on(shared, number)
}

/// What only one caller at a time may touch.
pub(super) struct Control {
    pub(super) platform: Box<dyn Platform>,
    pub(super) tracks: Tracks,
    pub(super) sources: Option<Sources>,
    pub(super) queue: Option<Sender<Message>>,
    pub(super) notary: Option<JoinHandle<()>>,
    pub(super) indicator: Option<JoinHandle<()>>,
    pub(super) outcome: Receiver<Result<()>>,
}

impl Control {
    /// Takes the sources down; nothing that was captured from `since` on is written any more.
    fn halt(&self, shared: &Shared, since: Time) {
        // Again: a resume that was under way may have opened it meanwhile.
        shared.gate.close(Cause::Paused, since);
        shared.stand(|standing| standing.paused = true);
        shared.end_sources();
        self.send(Message::Pause(since));
    }

    /// Connects anew, and goes on recording; unless a later pause than `number` was asked for meanwhile. While the indicator is unseen
    /// nothing is connected: the keeper opens what it takes when that is back.
    fn go_on(&mut self, shared: &Arc<Shared>, number: u64) -> Result<()> {
        if let Some(sources) = self.sources.take() {
            sources.join();
        }
        let unseen = lock(&shared.standing).unseen;
        let open = || self.platform.open(needed(self.tracks), &shared.clock);
        let backend = (!unseen).then(open).transpose()?;
        let now = shared.clock.now();
        shared.gate.open(Cause::Paused, now);
        if shared.pauses.load(Ordering::Acquire) != number {
            // Nothing came through: there is no source yet.
            shared.gate.close(Cause::Paused, now);
            return Ok(());
        }
        self.send(Message::Resume(now, unseen));
        shared.stand(|standing| standing.paused = false);
        if let (Some(backend), Some(queue)) = (backend, &self.queue) {
            shared.begin_sources();
            self.sources = Some(Sources::spawn(shared, backend, queue)?);
        }
        Ok(())
    }

    pub(super) fn send(&self, message: Message) {
        if let Some(queue) = &self.queue {
            queue.send(message, Urgency::AtOnce);
        }
    }
}

/// What the system is asked for to record these tracks: where somebody clicks, what they type goes elsewhere.
pub(super) fn needed(tracks: Tracks) -> Tracks {
    let clicks = tracks.contains(Track::Keyboard).then_some(Track::Pointer);
    tracks.iter().chain(clicks).collect()
}

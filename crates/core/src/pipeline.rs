//! Joins the stages: the only place that knows their order.
//!
//! ```text
//! hook ─────────── gate ─ redact (hold) ─┐
//! watcher ──────── gate ─ redact ────────┤
//! accessibility ── gate ─ redact ────────┼─ write (encode, seal) ─ sink
//! capturer ─────── gate ─ mask ─ delta ──┘
//! ```
//! Hook, watcher, accessibility and capturer have a thread each, which sleep in the system; everything behind the queue is one thread more.
//! A pause takes the four down and a resume opens them again: while paused, nothing is connected to the system but the indicator. So it is
//! while that cannot be seen; and what was captured passes the queue's end only when a beat of the indicator came behind it.

mod alarm;
mod budget;
mod focused;
mod indicator;
mod keeper;
mod notary;
mod presence;
mod queue;
mod screen;
mod source;
mod status;
mod tap;

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use self::alarm::Alarm;
pub use self::focused::WhichWindow;
pub use self::notary::{ForgetLast, ForgottenLast};
use self::notary::{Message, Notary};
use self::presence::{Presence, Shower};
use self::queue::{Sender, Urgency};
use self::source::Sources;
pub use self::status::{About as RecordingAbout, Status};
use self::tap::{Feed, Tap};
pub use self::tap::{LEAST_BUFFER, Live};
use crate::backend::{Hotkey, Indicator, Notice, NoticeKind, Platform, Waker};
use crate::clock::{Clock, Time};
use crate::error::{Error, ErrorKind, Result};
use crate::gate::{Cause, Gate};
use crate::policy::Policy;
use crate::presence::{DEADLINE, Heartbeat, Pulse};
use crate::receipt::Receipt;
use crate::sink::Sink;
use crate::stats::{Latencies, Stats};
use crate::track::{Track, Tracks};
use crate::writer::{About, RecordingWriter};

/// Messages that may wait for the writing thread. A message is a batch, so this is seconds of input.
const QUEUE: usize = 256;
/// How long the writing thread rests between two looks at what is not urgent: keys wait longer for their verdict, and what
/// gathers is sealed later anyway.
const PACE: Duration = Duration::from_millis(100);

/// What to record, and how.
pub struct Config {
    /// The contributor's consent.
    pub receipt: Receipt,
    /// What to record; the receipt must cover it.
    pub tracks: Tracks,
    /// What to leave out.
    pub policy: Policy,
    /// Pictures a second, 1 to 240.
    pub max_fps: u32,
    /// How long what was recorded may gather before it is sealed: zero to [`Config::MAX_FLUSH`]. Shorter costs more.
    pub flush: Duration,
    /// The platform's name in the header.
    pub platform: String,
    /// Called from the recorder's threads whenever [`Recorder::state`] may have changed; must not block.
    pub on_change: Option<Box<dyn Fn() + Send + Sync>>,
    /// What the host may read meanwhile.
    pub live: Option<Live>,
    /// The heartbeat of the host's own indicator; `None` shows the platform's.
    pub heartbeat: Option<Heartbeat>,
}

impl Config {
    /// What [`Config::flush`] is for a recording that nobody waits for.
    pub const MAX_FLUSH: Duration = notary::MAX_FLUSH;
}

/// What a recorder is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Samples are kept.
    Recording,
    /// Nothing is kept, because the contributor said so.
    Paused,
    /// Keys are not kept, because of who has the focus, and the rest is; or nothing is, because the indicator cannot be seen.
    Withheld,
    /// Stopped, as it was asked to.
    Stopped,
    /// Stopped by a failure.
    Failed(Error),
}

impl State {
    /// Whether the recorder has ended.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Failed(_))
    }
}

/// Why samples are not kept, or not all.
#[derive(Default)]
struct Standing {
    paused: bool,
    unseen: bool,
    /// By who has the focus.
    withheld: bool,
}

/// What the threads of a recorder share.
struct Shared {
    clock: Clock,
    gate: Gate,
    presence: Presence,
    standing: Mutex<Standing>,
    policy: Policy,
    max_fps: u32,
    flush: Duration,
    latency: Mutex<Latencies>,
    state: Mutex<State>,
    /// Since when, in nanoseconds; changes with `state`.
    state_since: AtomicU64,
    /// How often a pause was asked for. Whoever resumes means the pauses that they know of.
    pauses: AtomicU64,
    alarm: Alarm,
    stats: Mutex<Stats>,
    on_change: Option<Box<dyn Fn() + Send + Sync>>,
    /// The next picture should be a key frame, because a segment is due.
    key_frame_wanted: AtomicBool,
    /// Whether sources should end, and a way to hear of it while pacing.
    ending: (Mutex<bool>, Condvar),
    /// End the sleep of the sources that run now.
    wakers: Mutex<Vec<Waker>>,
    /// Bytes of coded pictures that wait for the writing thread.
    waiting_pictures: AtomicUsize,
}

impl Shared {
    /// Closes the gate from then on, for a pause. Answers its number.
    fn shut(&self, since: Time) -> u64 {
        let number = self.pauses.fetch_add(1, Ordering::AcqRel) + 1;
        self.gate.close(Cause::Paused, since);
        number
    }

    /// Something of where it stands has changed.
    fn stand(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = lock(&self.standing);
        change(&mut standing);
        self.set_state(match *standing {
            Standing { paused: true, .. } => State::Paused,
            Standing { unseen: true, .. } | Standing { withheld: true, .. } => State::Withheld,
            Standing { .. } => State::Recording,
        });
    }

    fn set_state(&self, state: State) {
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

    fn stats(&self) -> MutexGuard<'_, Stats> {
        lock(&self.stats)
    }

    fn is_ending(&self) -> bool {
        *lock(&self.ending.0)
    }

    /// Lets sources run, from now on.
    fn begin_sources(&self) {
        *lock(&self.ending.0) = false;
    }

    /// Has the sources end, wherever they sleep.
    fn end_sources(&self) {
        *lock(&self.ending.0) = true;
        self.ending.1.notify_all();
        lock(&self.wakers).iter().for_each(Waker::wake);
    }

    /// Sleeps for `duration`, or until sources should end.
    fn pace(&self, duration: Duration) {
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
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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

/// A running recording, which stops when this is dropped.
pub struct Recorder(Arc<Reins>);

/// What directs a running recording, from whichever thread.
pub struct Reins {
    shared: Arc<Shared>,
    tap: Option<Arc<Tap>>,
    about: RecordingAbout,
    control: Arc<Mutex<Control>>,
    hotkey: Hotkey,
}

impl Deref for Recorder {
    type Target = Reins;

    fn deref(&self) -> &Reins {
        &self.0
    }
}

/// What only one caller at a time may touch.
struct Control {
    platform: Box<dyn Platform>,
    tracks: Tracks,
    sources: Option<Sources>,
    queue: Option<Sender<Message>>,
    notary: Option<JoinHandle<()>>,
    indicator: Option<JoinHandle<()>>,
    outcome: Receiver<Result<()>>,
}

impl Recorder {
    /// Starts recording. The order is the guarantee: first the receipt is judged, then the system is asked, then a file is written.
    ///
    /// # Errors
    /// `ReceiptExpired`, `ReceiptInvalid`, `ReceiptScope`, `PolicyScope` before anything was touched; `Unsupported`, `DisplayUnavailable`,
    /// `PermissionDenied`, `NoIndicator` before anything was written; whatever `sink` answers; `InvalidArgument`.
    pub fn start(
        platform: Box<dyn Platform>,
        config: Config,
        sink: impl FnOnce() -> Result<Box<dyn Sink>>,
    ) -> Result<Self> {
        if !(1..=240).contains(&config.max_fps) {
            return Err(Error::new(ErrorKind::InvalidArgument, "frames a second must be 1 to 240"));
        }
        let started = wall_clock_ms();
        // The receipt judges what was asked for, before the policy takes from it.
        config.receipt.permit(config.tracks, started)?;
        config.receipt.permit_layers(config.policy.layers())?;
        config.receipt.permit_filter()?;
        let tracks = config.tracks.common(config.policy.tracks());
        if tracks.is_empty() {
            let message = "the policy lets none of the tracks be recorded that were asked for: `understudy policy check` says why";
            return Err(Error::new(ErrorKind::PolicyScope, message));
        }
        let gate = Gate::new(&config.receipt, tracks, started)?;
        if let Some(live) = &config.live {
            config.receipt.permit_live(live.tracks)?;
            if !tracks.covers(live.tracks) {
                return Err(Error::new(ErrorKind::InvalidArgument, "what is read live must be recorded"));
            }
        }
        let policy = config.policy.hash()?;
        let clock = platform.clock();
        // Seen first, then captured.
        let Shown { shower, indicator, since } = show(platform.as_ref(), config.heartbeat, &clock)?;
        let hotkey = indicator.as_ref().map_or(Hotkey::Off, |indicator| indicator.hotkey());
        let backend = platform.open(needed(tracks), &clock)?;
        let about = About { tracks, started, platform: config.platform, policy };
        let writer = RecordingWriter::begin(sink()?, &config.receipt, &about)?;
        let about = RecordingAbout::new(&writer, &config.receipt, tracks, started);

        let (keeper, commands) = mpsc::channel();
        let shared = Arc::new(Shared {
            presence: Presence::new(clock.clone(), gate.clone(), shower, since, keeper),
            standing: Mutex::default(),
            clock,
            gate,
            max_fps: config.max_fps.min(config.policy.max_fps()),
            policy: config.policy,
            flush: config.flush.min(Config::MAX_FLUSH),
            latency: Mutex::default(),
            state: Mutex::new(State::Recording),
            state_since: AtomicU64::new(0),
            pauses: AtomicU64::new(0),
            alarm: Alarm::default(),
            stats: Mutex::default(),
            on_change: config.on_change,
            key_frame_wanted: AtomicBool::new(false),
            ending: (Mutex::new(false), Condvar::new()),
            wakers: Mutex::default(),
            waiting_pictures: AtomicUsize::new(0),
        });
        // Where time goes by script, nothing waits for the time of day.
        let pace = if shared.clock.is_manual() { Duration::ZERO } else { PACE };
        let (queue, messages) = queue::queue(QUEUE, pace);
        let (report, outcome) = mpsc::channel();
        let tap = config.live.map(|live| Arc::new(Tap::new(live)));
        let feed = tap.clone().map(Feed::new);
        let notary = Notary::new(Arc::clone(&shared), tracks, writer, feed).spawn(messages, report)?;
        if matches!(hotkey, Hotkey::Refused(_)) {
            let notice = Notice { time: shared.clock.now(), kind: NoticeKind::NoHotkey };
            queue.send(Message::Notice(notice), Urgency::Gathered);
        }
        let indicator = indicator.map(|indicator| indicator::spawn(&shared, indicator, queue.clone())).transpose()?;
        shared.gate.open(Cause::Paused, Time::ZERO);
        let sources = Sources::spawn(&shared, backend, &queue).inspect_err(|_| shared.presence.end())?;
        let control = Control {
            platform,
            tracks,
            sources: Some(sources),
            queue: Some(queue),
            notary: Some(notary),
            indicator,
            outcome,
        };
        let reins = Arc::new(Reins { shared, tap, about, control: Arc::new(Mutex::new(control)), hotkey });
        let recorder = Self(reins);
        keeper::spawn(Arc::clone(&recorder.0), commands)?;
        Ok(recorder)
    }
}

impl Reins {
    /// What it is doing now.
    pub fn state(&self) -> State {
        lock(&self.shared.state).clone()
    }

    /// What it is doing, since when, and what is recorded.
    pub fn status(&self) -> Status {
        let state = lock(&self.shared.state);
        let since = Time::from_nanos(self.shared.state_since.load(Ordering::Acquire));
        Status { state: state.clone(), lasts: self.shared.clock.now().since(since), resumes: self.shared.alarm.left() }
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
    fn pause_from(&self, since: Time, length: Option<Duration>) -> Result<()> {
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

    /// Forgets the latest of what is recorded: what waits in memory, and on the disk the keys and segments that hold any of it. It is a
    /// pause of some hundred milliseconds, behind which everything is read afresh; what was paused before stays so.
    ///
    /// # Errors
    /// `InvalidArgument`, `State` when the recorder has ended. Whatever else fails ends the recording, and then it was either not begun, or
    /// [`crate::amend::settle`] finishes it.
    pub fn forget(&self, what: &ForgetLast) -> Result<ForgottenLast> {
        what.check()?;
        let shared = &self.shared;
        let number = shared.pauses.load(Ordering::Acquire);
        let mut control = running(shared, &self.control)?;
        let was_paused = self.state() == State::Paused;
        let now = shared.clock.now();
        if !was_paused {
            control.halt(shared, now);
        }
        let settles = control.sources.take().map(Sources::join).is_some();
        if settles {
            // What came last is seen, or goes.
            shared.presence.settle(now);
        }
        let (reply, outcome) = mpsc::channel();
        control.send(Message::Forget(what.clone(), now, reply));
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

    /// Stops, writes what is left and closes the recording. Takes about a quarter of a second: the last keys wait for their verdict.
    ///
    /// # Errors
    /// The failure that ended the recording, if one did. Stopping twice answers the same again.
    pub fn stop(&self) -> Result<()> {
        let now = self.shared.clock.now();
        self.shared.gate.close(Cause::Paused, now);
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
    /// `State` without a live tap; `InvalidArgument` for a buffer of less than [`LEAST_BUFFER`].
    pub fn drain_live(&self, buffer: &mut [u8]) -> Result<usize> {
        let tap = self.tap.as_ref();
        tap.ok_or_else(|| Error::new(ErrorKind::State, "the recorder was started without a live tap"))?.drain(buffer)
    }

    /// Ends the live tap, where there is one: what it holds is erased, and nothing gathers any more. The recording goes on.
    pub fn end_live(&self) {
        self.tap.iter().for_each(|tap| tap.end());
    }
}

fn running<'a>(shared: &Shared, control: &'a Mutex<Control>) -> Result<MutexGuard<'a, Control>> {
    let control = lock(control);
    if lock(&shared.state).is_over() || control.queue.is_none() {
        return Err(Error::new(ErrorKind::State, "the recorder has ended"));
    }
    Ok(control)
}

/// Ends the pauses up to `number`; a later one stays.
fn resume(shared: &Arc<Shared>, control: &Mutex<Control>, number: u64) -> Result<()> {
    let mut control = running(shared, control)?;
    if *lock(&shared.state) != State::Paused || shared.pauses.load(Ordering::Acquire) != number {
        return Ok(());
    }
    shared.alarm.set(None);
    control.go_on(shared, number)
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever drops a recorder without stopping it does not ask how it ended.
        let _ = self.stop();
    }
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
        self.send(Message::Resume(now));
        shared.stand(|standing| standing.paused = false);
        if let (Some(backend), Some(queue)) = (backend, &self.queue) {
            shared.begin_sources();
            self.sources = Some(Sources::spawn(shared, backend, queue)?);
        }
        Ok(())
    }

    fn send(&self, message: Message) {
        if let Some(queue) = &self.queue {
            queue.send(message, Urgency::AtOnce);
        }
    }
}

/// What the system is asked for to record these tracks: where somebody clicks, what they type goes elsewhere.
fn needed(tracks: Tracks) -> Tracks {
    let clicks = tracks.contains(Track::Keyboard).then_some(Track::Pointer);
    tracks.iter().chain(clicks).collect()
}

/// What shows that something is recorded.
struct Shown {
    shower: Shower,
    indicator: Option<Box<dyn Indicator>>,
    /// When it was seen first.
    since: Time,
}

fn show(platform: &dyn Platform, heartbeat: Option<Heartbeat>, clock: &Clock) -> Result<Shown> {
    if let Some(heartbeat) = heartbeat {
        heartbeat.take()?;
        let since = clock.at(first_beat(&heartbeat)?);
        return Ok(Shown { shower: Shower::Host(heartbeat), indicator: None, since });
    }
    let Some(mut indicator) = platform.indicator(clock)? else {
        return Ok(Shown { shower: Shower::Nobody, indicator: None, since: Time::ZERO });
    };
    let since = indicator::appear(indicator.as_mut())?;
    Ok(Shown { shower: Shower::Native(indicator.waker()), indicator: Some(indicator), since })
}

fn first_beat(heartbeat: &Heartbeat) -> Result<Instant> {
    let until = Instant::now() + DEADLINE * 4;
    loop {
        if let Pulse::Steady(last) = heartbeat.listen(Instant::now()) {
            return Ok(last);
        }
        if Instant::now() >= until {
            let message = "the host's indicator does not beat: call `beat` at least every 250 ms while it can be seen";
            return Err(Error::new(ErrorKind::NoIndicator, message));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wall_clock_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

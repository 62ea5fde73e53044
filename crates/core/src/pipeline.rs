//! Joins the stages: the only place that knows their order.
//!
//! ```text
//! hook ─────────── gate ─ redact (hold) ───────────────────┐
//! watcher ──────── gate ─ redact ──────────────────────────┤
//! accessibility ── gate ─ redact ──────────────────────────┼─ write (encode, seal) ─ sink
//! texts ────────── judge ──────────────── ┐                │
//! capturer ─────── gate ─ mask ─ delta ─ hold (late masks) ┘
//! ```
//! Hook, watcher, accessibility, texts and capturer have a thread each, which sleep in the system; everything behind the queue is one thread
//! more. A pause takes the five down and a resume opens them again: while paused, nothing is connected to the system but the indicator. So it is
//! while that cannot be seen; and what was captured passes the queue's end only when a beat of the indicator came behind it.

mod alarm;
mod budget;
mod direct;
mod focused;
mod indicator;
mod keeper;
mod notary;
mod pictures;
mod presence;
mod queue;
mod recoder;
mod reins;
mod screen;
mod shared;
mod shown;
mod source;
mod status;
mod tap;
mod texts;
mod unread;

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

use self::alarm::Alarm;
use self::direct::Direct;
pub use self::focused::WhichWindow;
pub use self::notary::{ForgetLast, ForgottenLast};
use self::notary::{Message, Notary};
use self::presence::Presence;
use self::queue::Urgency;
use self::reins::{Control, needed};
pub use self::reins::{Pause, Reins};
use self::shared::{Shared, lock};
use self::shown::{Shown, show};
use self::source::Sources;
pub use self::status::{About as RecordingAbout, Status};
use self::tap::{Feed, Tap};
pub use self::tap::{LEAST_BUFFER, Live};
use crate::backend::{AtStop, Hotkey, Notice, NoticeKind, Platform};
use crate::clock::{Time, calendar_ms};
use crate::error::{Error, ErrorKind, Result};
use crate::gate::{Cause, Gate};
use crate::policy::Policy;
use crate::presence::Heartbeat;
use crate::receipt::Receipt;
use crate::release::DirectRequest;
use crate::sink::Sink;
use crate::track::Tracks;
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
    /// Memory for coded pictures that wait for what was typed to be judged, in bytes. Where it is full, windows with unjudged text are painted over.
    pub hold_bytes: usize,
    /// The platform's name in the header.
    pub platform: String,
    /// Called from the recorder's threads whenever [`Reins::state`] may have changed; must not block.
    pub on_change: Option<Box<dyn Fn() + Send + Sync>>,
    /// What the host may read meanwhile.
    pub live: Option<Live>,
    /// The heartbeat of the host's own indicator; `None` shows the platform's.
    pub heartbeat: Option<Heartbeat>,
    /// Released by itself when it stops, before anybody has looked through it; `None`: the contributor releases it, or does not.
    pub direct: Option<DirectRequest>,
}

impl Config {
    /// What [`Config::flush`] is for a recording that nobody waits for.
    pub const MAX_FLUSH: Duration = notary::MAX_FLUSH;
    /// What [`Config::hold_bytes`] is where nobody says otherwise: with what is on its way, 64 MiB.
    pub const HOLD_BYTES: usize = 48 << 20;
    /// The most that it may be.
    pub const MAX_HOLD_BYTES: usize = 1 << 30;
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

/// A running recording, which stops when this is dropped.
pub struct Recorder(Arc<Reins>);

impl Deref for Recorder {
    type Target = Reins;

    fn deref(&self) -> &Reins {
        &self.0
    }
}

impl Recorder {
    /// Starts recording. The order is the guarantee: first the receipt is judged, then the system is asked, then a file is written.
    ///
    /// # Errors
    /// `ReceiptExpired`, `ReceiptInvalid`, `ReceiptScope`, `PolicyScope`, `IdentityMismatch` and what opening the identity answers, before
    /// anything was touched; `Unsupported`, `DisplayUnavailable`,
    /// `PermissionDenied`, `NoIndicator` before anything was written; whatever `sink` answers; `InvalidArgument`.
    pub fn start(
        platform: Box<dyn Platform>,
        config: Config,
        sink: impl FnOnce() -> Result<Box<dyn Sink>>,
    ) -> Result<Self> {
        if !(1..=240).contains(&config.max_fps) {
            return Err(Error::new(ErrorKind::InvalidArgument, "frames a second must be 1 to 240"));
        }
        let started = calendar_ms();
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
        let agree = |request: DirectRequest| request.agree(&config.receipt, &config.policy, started);
        let direct = config.direct.map(agree).transpose()?;
        let at_stop = if direct.is_some() { AtStop::Released } else { AtStop::Kept };
        let policy = config.policy.hash()?;
        let clock = platform.clock();
        // Seen first, then captured.
        let Shown { shower, indicator, since } = show(platform.as_ref(), config.heartbeat, at_stop, &clock)?;
        let hotkey = indicator.as_ref().map_or(Hotkey::Off, |indicator| indicator.hotkey());
        let backend = platform.open(needed(tracks), &clock)?;
        let about = About { tracks, started, platform: config.platform, policy };
        let mut writer = RecordingWriter::begin(sink()?, &config.receipt, &about)?;
        let to = direct.as_ref().map(|release| release.recipients()).unwrap_or_default();
        let about = RecordingAbout::new(&writer, &config.receipt, tracks, started, to);
        direct.iter().for_each(|release| writer.hand_keys_to(release.keyring()));

        let (keeper, commands) = mpsc::channel();
        let shared = Arc::new(Shared {
            presence: Presence::new(clock.clone(), gate.clone(), shower, since, keeper),
            standing: Mutex::default(),
            direct: Direct::new(direct),
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
            shades: Mutex::default(),
            masks: Mutex::default(),
            readings: Arc::default(),
            recodes: AtomicBool::new(false),
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
        let notary =
            Notary::new(Arc::clone(&shared), tracks, writer, feed, config.hold_bytes).spawn(messages, report)?;
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

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever drops a recorder without stopping it does not ask how it ended, and nobody said that it may go.
        let _ = self.shared.direct.keep();
        let _ = self.stop();
    }
}

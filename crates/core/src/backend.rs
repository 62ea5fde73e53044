//! What an operating system must provide: a hook for input, a capturer for the screen, a watcher for the context, and accessibility
//! for what is in a window.
//!
//! And an indicator, where a person is recorded.
//!
//! All are pulled: the pipeline gives each a thread and calls `poll`, which sleeps until the system has
//! something. X11 and PipeWire wait on a file descriptor, Windows on `MsgWaitForMultipleObjects`, macOS in its run
//! loop; each of these can be ended from another thread, and that is the [`Waker`].

mod screen;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

pub use self::screen::{Capturer, Patch, Scene, ScreenSink, Shot, Shown};
use crate::called::Called;
use crate::clock::{Clock, Time};
use crate::error::Result;
use crate::event::{ContextEvent, Element, InputEvent, Sample};
use crate::frame::Size;
use crate::track::Tracks;
use crate::typed::Role;

/// A system that can be captured. Making one touches nothing; only `open` connects, and only the pipeline calls it,
/// after the receipt was verified.
pub trait Platform: Send {
    /// The clock that the recording will run on.
    fn clock(&self) -> Clock {
        Clock::start()
    }

    /// Connects what the tracks need; times are by `clock`.
    ///
    /// # Errors
    /// `Unsupported` where this system cannot be captured, `DisplayUnavailable` where no display is reached,
    /// `PermissionDenied` where the system refuses.
    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend>;

    /// Connects what shows the contributor that they are recorded, and what becomes of that. `None` only where nobody is: a script.
    ///
    /// # Errors
    /// As [`Platform::open`].
    fn indicator(&self, clock: &Clock, at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>>;
}

/// Shows the contributor that they are recorded, and takes what they wish. It can vanish at any time, by accident or by
/// somebody's doing, and then it must be able to tell.
pub trait Indicator: Send {
    /// Shows `status`. Then sleeps until something happened to it, the waker was used, or `wait` has passed (`None`: no limit).
    /// Answers whether something happened that may have hidden it.
    ///
    /// # Errors
    /// When it is gone. [`Indicator::reopen`] may bring it back.
    fn poll(&mut self, status: Status, wait: Option<Duration>, out: &mut Vec<Sample<Wish>>) -> Result<bool>;

    /// Asks the system whether the contributor can see it, and brings it back where that is simple, within some ten milliseconds.
    ///
    /// # Errors
    /// As [`Indicator::poll`].
    fn look(&mut self) -> Result<Sight>;

    /// Connects anew, after it was gone.
    ///
    /// # Errors
    /// As [`Platform::open`].
    fn reopen(&mut self) -> Result<()>;

    /// Ends a sleeping `poll` from another thread, and that of what it becomes by [`Indicator::reopen`].
    fn waker(&self) -> Waker;

    /// The key that pauses and resumes, as people call it, where the system gave it.
    fn hotkey(&self) -> Hotkey;
}

/// What an indicator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Samples are kept.
    Recording,
    /// Nothing is kept, because the contributor said so.
    Paused,
    /// Something is not kept, because of what is shown, or because the indicator was not.
    Withheld,
}

/// What becomes of a recording when it stops: an indicator has to say it for as long as it shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtStop {
    /// It is the contributor's, until they release it.
    #[default]
    Kept,
    /// It is released by itself, and nobody looks through it before.
    Released,
}

/// Whether an indicator can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// At this time it could.
    Seen(Time),
    /// Not as it should.
    Hidden,
}

/// What the contributor asked an indicator for, at the time of a key or a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To pause, or to resume, whichever is not so.
    Toggle,
    /// To have the latest of it forgotten.
    Forget(Duration),
    /// To end the recording.
    Stop,
    /// To end the recording, and have nothing released by itself.
    Keep,
}

/// Whether a key pauses and resumes wherever the keyboard is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hotkey {
    /// None was asked for.
    Off,
    /// This one does.
    Ready(String),
    /// This one was asked for, and another program has it, or no key of the keyboard is it.
    Refused(String),
}

/// The opened parts of a platform. The watcher is always there: gate and redactor need to know the focus even when the
/// `context` track is not recorded.
pub struct Backend {
    /// Input; `None` when neither `pointer` nor `keyboard` is recorded.
    pub hook: Option<Box<dyn Hook>>,
    /// The screen; `None` when `screen` is not recorded.
    pub capturer: Option<Box<dyn Capturer>>,
    /// The context.
    pub watcher: Box<dyn Watcher>,
    /// What is in windows; `None` where the system does not tell, and then every field may be a secret one.
    pub accessibility: Option<Box<dyn Accessibility>>,
    /// What windows say that they show; `None` where nobody tells.
    pub texts: Option<Box<dyn Texts>>,
}

/// Listens to pointer and keyboard. Never intercepts, never alters.
pub trait Hook: Send {
    /// Sleeps until there is input, the waker was used, or `wait` has passed (`None`: no limit), then reports all there is.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away.
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<InputEvent>) -> Result<()>;

    /// Ends a sleeping `poll` from another thread.
    fn waker(&self) -> Waker;

    /// Modifiers and layout are read afresh on the next `poll` and reported: after a pause, so that no key sticks.
    fn resync(&mut self);
}

/// Watches which window has the focus, the monitors, the workspace. Event-driven, never by polling.
pub trait Watcher: Send {
    /// As [`Hook::poll`]. The first call reports the state at the start: monitors, workspace, focus.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away.
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ContextEvent>) -> Result<()>;

    /// Ends a sleeping `poll` from another thread.
    fn waker(&self) -> Waker;

    /// The whole state is reported again on the next `poll`: after a pause.
    fn resync(&mut self);
}

/// Learns from applications which of their elements has the keyboard, and which was clicked. They are not to be believed more than
/// necessary, nor waited for: whatever answers late, or not as it should, is unknown.
pub trait Accessibility: Send {
    /// As [`Hook::poll`]. The first call reports what has the keyboard at the start, or that nobody knows.
    ///
    /// # Errors
    /// When it cannot go on. That does not end the recording: from then on every field may be a secret one.
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()>;

    /// Ends a sleeping `poll` from another thread.
    fn waker(&self) -> Waker;

    /// Has it ask soon what has the keyboard, from another thread: something happened that may have moved it on, and an application
    /// does not tell that it did not.
    fn prompter(&self) -> Waker;

    /// Says of these elements, by their numbers and among them alone, when they are no more; whoever cannot tell does not. A field that is
    /// hidden, or does not answer in time, is one that is still there.
    fn watch(&mut self, _fields: &[u64]) {}
}

/// What accessibility reports.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementEvent {
    /// A button was pressed over it.
    Clicked(Element),
    /// Another element has the keyboard.
    Focused {
        /// What kind of field it is.
        role: Role,
        /// The element; `None` where none is known, and then its role is unknown too.
        element: Option<Element>,
    },
    /// It was asked, and the element that was reported last has the keyboard still.
    Stayed {
        /// The element's number.
        id: u64,
        /// What kind of field it is.
        role: Role,
    },
    /// A field that has the keyboard holds this, whoever put it there; told for the detectors alone, and of no secret field.
    Holds {
        /// The element's number.
        id: u64,
        /// Its window.
        window: u64,
        /// What it holds, or some of it around the caret.
        text: Held,
    },
    /// A field that is being watched ([`Accessibility::watch`]) is no more: its window does not show it again.
    Gone {
        /// The element's number.
        id: u64,
    },
    /// What an application calls its windows, or which of them that is, is another than was told before.
    Called(Called),
}

/// What a field holds. It is wiped when dropped, and printed it says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Held(Zeroizing<String>);

impl Held {
    /// Takes what was read of a field.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// Reads what windows say that they show, for the detectors alone. They are believed when they show something sensitive, and are waited for
/// a while.
pub trait Texts: Send {
    /// Whether anybody tells anything, as far as that is known. Where nobody does, nothing waits to be read.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away.
    fn is_there(&mut self) -> Result<bool>;

    /// Reads these windows. What comes back may speak of others, too.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away.
    fn read(&mut self, windows: &[u64]) -> Result<Vec<Reading>>;

    /// Has `read`, on another thread, end soon: whatever was not read by then does not answer.
    fn waker(&self) -> Waker;
}

/// What came of reading windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The windows, by the system's numbers: several where nobody knows which of them it is.
    pub windows: Vec<u64>,
    /// What that is.
    pub said: Said,
}

/// What a window says of what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// This, element by element, a line for each. Of secret fields nothing.
    Text(Held),
    /// Nobody tells of it.
    Nothing,
    /// Nobody does so far: its application may come to it.
    NothingYet,
    /// It does not answer in time.
    Silent,
    /// There is no such window any more.
    Gone,
}

/// What a poll reports.
#[derive(Debug)]
pub struct Batch<T> {
    /// In the order of time.
    pub samples: Vec<Sample<T>>,
    /// Facts for the journal.
    pub notices: Vec<Notice>,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { samples: Vec::new(), notices: Vec::new() }
    }
}

/// A fact about the capture itself, for the journal. Never holds captured content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub time: Time,
    /// What.
    pub kind: NoticeKind,
}

/// The closed list of facts a backend reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoticeKind {
    /// `no-damage`: the system does not say what changed; whole frames are compared.
    NoDamage,
    /// `no-shared-memory`: pixels come through the socket.
    NoSharedMemory,
    /// `no-layout`: the keyboard's layout could not be read; keys have codes, but no text.
    NoLayout,
    /// `no-compose`: no compose table was found; dead keys give no text.
    NoCompose,
    /// `no-hotkey`: another program has the key that would pause, or the keyboard has no such key.
    NoHotkey,
    /// `no-accessibility`: applications do not tell what is in their windows; every field may be a secret one.
    NoAccessibility,
    /// `resized`: the virtual desktop has another size.
    Resized(Size),
    /// `grab-failed`: a grab failed and was given up until the next change.
    GrabFailed,
    /// `missed-damage`: the audit found this many pixels changed that the system had not reported.
    MissedDamage(u64),
    /// `rate-capped`: so much changes that pictures come less often from now on.
    RateCapped,
    /// `rate-restored`: pictures come as often as they were asked for again.
    RateRestored,
    /// `input-lost`: the system dropped this many events before they could be read, where it tells.
    InputLost(u64),
}

impl NoticeKind {
    /// Its name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoDamage => "no-damage",
            Self::NoSharedMemory => "no-shared-memory",
            Self::NoLayout => "no-layout",
            Self::NoCompose => "no-compose",
            Self::NoHotkey => "no-hotkey",
            Self::NoAccessibility => "no-accessibility",
            Self::Resized(_) => "resized",
            Self::GrabFailed => "grab-failed",
            Self::MissedDamage(_) => "missed-damage",
            Self::RateCapped => "rate-capped",
            Self::RateRestored => "rate-restored",
            Self::InputLost(_) => "input-lost",
        }
    }
}

/// Ends a sleeping `poll`. Clones wake the same one. A use before `poll` sleeps is not lost.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// A waker that calls `wake`, which must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// Wakes.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}

//! One connection to an X server: typed errors, sleeping without busy wake-ups, the server's time on our clock.

pub(crate) mod clock;
mod closed;
pub(crate) mod properties;
mod ways;
pub(crate) mod windows;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use understudy_core::backend::{Accessibility, AtStop, Backend, Capturer, Hook, Indicator, Platform, Texts, Waker};
use understudy_core::clock::Clock;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::track::{Track, Tracks};
use x11rb::connection::{Connection, RequestConnection, SequenceNumber};
use x11rb::cookie::Cookie;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, ConnectionExt, Screen, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::x11_utils::TryParse;

use self::clock::ServerClock;
use crate::accessibility::atspi::Atspi;
use crate::accessibility::fields::Fields;
use crate::accessibility::frames::Frames;
use crate::accessibility::texts::AtspiTexts;
use crate::context::ewmh::Ewmh;
use crate::hook::xinput2::XInput2;
use crate::indicator::{Keys, XIndicator};
use crate::screen::xshm::XShm;

/// An X server. Hook, capturer and watcher each have a connection of their own, so that none waits for another.
pub(crate) struct X11 {
    /// Such as `:1`; `None` takes the environment's.
    display: Option<String>,
    /// Pauses and resumes.
    hotkey: Option<Keys>,
    /// Elements, which keep their numbers over a pause.
    fields: Arc<Mutex<Fields>>,
    /// What applications call their windows, which stay what they are over a pause.
    frames: Arc<Mutex<Frames>>,
}

impl X11 {
    pub(crate) fn new(display: Option<String>, hotkey: Option<Keys>) -> Self {
        Self { display, hotkey, fields: Arc::new(Mutex::new(Fields::new())), frames: Arc::default() }
    }
}

impl Platform for X11 {
    fn indicator(&self, clock: &Clock, at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        Ok(Some(Box::new(XIndicator::open(self.display.as_deref(), clock, self.hotkey.clone(), at_stop)?)))
    }

    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend> {
        let display = self.display.as_deref();
        let input = tracks.contains(Track::Pointer) || tracks.contains(Track::Keyboard);
        let hook = match input {
            true => Some(Box::new(XInput2::open(display, clock, tracks)?) as Box<dyn Hook>),
            false => None,
        };
        let capturer = match tracks.contains(Track::Screen) {
            true => Some(Box::new(XShm::open(display, clock)?) as Box<dyn Capturer>),
            false => None,
        };
        // Of the pointer alone, nothing depends on what is in a window.
        let accessibility =
            match [Track::Keyboard, Track::Context, Track::Screen].iter().any(|track| tracks.contains(*track)) {
                true => {
                    let clicks = tracks.contains(Track::Pointer) && tracks.contains(Track::Context);
                    let remembered = (Arc::clone(&self.fields), Arc::clone(&self.frames));
                    let opened = Atspi::open(display, clock, clicks, remembered)?;
                    Some(Box::new(opened) as Box<dyn Accessibility>)
                }
                false => None,
            };
        // What windows say that they show matters where it shows.
        let texts = match tracks.contains(Track::Screen) {
            true => Some(Box::new(AtspiTexts::open(display, clock, Arc::clone(&self.frames))?) as Box<dyn Texts>),
            false => None,
        };
        Ok(Backend { hook, capturer, watcher: Box::new(Ewmh::open(display, clock)?), accessibility, texts })
    }
}

/// Why [`Link::sleep`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// What was waited for beside the server is ready.
    Beside,
    /// The server sent something.
    Server,
    /// The waker was used.
    Waker,
    /// The time is over.
    Timeout,
}

/// A connection with a waker and the server's clock.
pub(crate) struct Link {
    pub(crate) conn: RustConnection,
    pub(crate) clock: ServerClock,
    screen: usize,
    wake: Arc<OwnedFd>,
}

impl Link {
    /// Connects and learns the server's time.
    pub(crate) fn connect(display: Option<&str>, clock: &Clock) -> Result<Self> {
        if names_no_port(display) {
            return Err(unavailable(display, "there is no such number"));
        }
        let (conn, screen) = RustConnection::connect(display).map_err(|error| unavailable(display, error))?;
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|error| Error::io("cannot make an eventfd", &error.into()))?;
        let clock = ServerClock::calibrate(&conn, screen, clock)?;
        Ok(Self { conn, clock, screen, wake: Arc::new(wake) })
    }

    pub(crate) fn screen(&self) -> &Screen {
        &self.conn.setup().roots[self.screen]
    }

    pub(crate) fn screen_number(&self) -> usize {
        self.screen
    }

    /// From now on what wakes `old` wakes this one.
    pub(crate) fn take_waker(&mut self, old: &Self) {
        self.wake = Arc::clone(&old.wake);
    }

    pub(crate) fn root(&self) -> Window {
        self.screen().root
    }

    pub(crate) fn waker(&self) -> Waker {
        let wake = Arc::clone(&self.wake);
        // The counter can only fail to grow when it is full, and then the sleeper wakes anyway.
        Waker::new(move || {
            let _full = rustix::io::write(&wake, &1u64.to_ne_bytes());
        })
    }

    /// The next event that was already received or can be read without waiting, and its place among the requests.
    pub(crate) fn next(&self) -> Result<Option<(Event, SequenceNumber)>> {
        self.conn.poll_for_event_with_sequence().map_err(lost)
    }

    /// The same, as the bytes that came.
    pub(crate) fn next_raw(&self) -> Result<Option<(Vec<u8>, SequenceNumber)>> {
        self.conn.poll_for_raw_event_with_sequence().map_err(lost)
    }

    pub(crate) fn flush(&self) -> Result<()> {
        self.conn.flush().map_err(lost)
    }

    /// Sleeps until the server sent something, the waker was used, or `deadline` has passed. Whoever calls has taken every
    /// event that is already here.
    pub(crate) fn sleep(&self, deadline: Option<Instant>) -> Result<Wake> {
        self.flush()?;
        self.wait(deadline, true, None)
    }

    /// The same, and `other` may end it too.
    pub(crate) fn sleep_beside(&self, deadline: Option<Instant>, other: Option<BorrowedFd<'_>>) -> Result<Wake> {
        self.flush()?;
        self.wait(deadline, true, other)
    }

    /// Lets time pass so that events gather; only the waker ends it early.
    pub(crate) fn rest(&self, until: Instant) -> Result<Wake> {
        self.flush()?;
        self.wait(Some(until), false, None)
    }

    fn wait(&self, deadline: Option<Instant>, server: bool, other: Option<BorrowedFd<'_>>) -> Result<Wake> {
        let stream = self.conn.stream();
        let waiting = if server { PollFlags::IN } else { PollFlags::empty() };
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            let (woken, ready, beside) = {
                let count = if other.is_some() { 3 } else { 2 };
                let other = other.unwrap_or(self.wake.as_fd());
                let mut fds = [
                    PollFd::from_borrowed_fd(self.wake.as_fd(), PollFlags::IN),
                    PollFd::new(stream, waiting),
                    PollFd::from_borrowed_fd(other, PollFlags::IN),
                ];
                match poll(&mut fds[..count], timeout.as_ref()) {
                    Ok(_) => {}
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(error) => {
                        return Err(Error::io("cannot wait for the X server", &error.into()));
                    }
                }
                let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
                (ready(&fds[0]), ready(&fds[1]), count == 3 && ready(&fds[2]))
            };
            if woken {
                let mut count = [0; 8];
                // Empties the counter; an empty one is no failure.
                let _empty = rustix::io::read(&self.wake, &mut count);
                return Ok(Wake::Waker);
            }
            if ready {
                return Ok(Wake::Server);
            }
            if beside {
                return Ok(Wake::Beside);
            }
            if left.is_some_and(|left| left.is_zero()) || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(Wake::Timeout);
            }
        }
    }

    pub(crate) fn atom(&self, name: &str) -> Result<Atom> {
        let cookie = self.conn.intern_atom(false, name.as_bytes()).map_err(lost)?;
        Ok(answer(cookie)?.map_or(x11rb::NONE, |reply| reply.atom))
    }

    /// Whether the server has an extension; afterwards its events are understood.
    pub(crate) fn has(&self, extension: &'static str) -> Result<bool> {
        Ok(self.opcode(extension)?.is_some())
    }

    /// The number of an extension, where the server has it; afterwards its events are understood.
    pub(crate) fn opcode(&self, extension: &'static str) -> Result<Option<u8>> {
        Ok(self.conn.extension_information(extension).map_err(lost)?.map(|extension| extension.major_opcode))
    }

    /// What [`Link::next_raw`] gave.
    pub(crate) fn parse(&self, event: &[u8]) -> Result<Event> {
        self.conn.parse_event(event).map_err(lost)
    }
}

/// The moment after which a caller does not want to wait.
pub(crate) fn deadline(wait: Option<Duration>) -> Option<Instant> {
    wait.and_then(|wait| Instant::now().checked_add(wait))
}

/// A reply; `None` where the server refused, because what was asked about is gone: windows vanish at any time.
pub(crate) fn answer<R: TryParse>(cookie: Cookie<'_, RustConnection, R>) -> Result<Option<R>> {
    match cookie.reply() {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(lost(error)),
    }
}

/// Sends a request whose failure does not matter.
pub(crate) fn send<T>(cookie: std::result::Result<T, ConnectionError>) -> Result<T> {
    cookie.map_err(lost)
}

pub(crate) fn lost(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::DisplayLost, format!("the X server is gone: {error}"))
}

/// What is missing that capturing cannot do without.
pub(crate) fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("this X server has no {what}"))
}

/// Whether a display's number is beyond the last TCP port, which x11rb 0.14 adds up without a check.
fn names_no_port(display: Option<&str>) -> bool {
    let name = display.map(str::to_owned).or_else(|| std::env::var("DISPLAY").ok()).unwrap_or_default();
    let number = name.rsplit(':').next().and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    number.is_some_and(|number| number > u32::from(u16::MAX) - 6000)
}

fn unavailable(display: Option<&str>, error: impl std::fmt::Display) -> Error {
    let name = display.map(str::to_owned).or_else(|| std::env::var("DISPLAY").ok()).filter(|name| !name.is_empty());
    let message = match name {
        Some(name) => format!("cannot connect to the X display {name}: {error}"),
        None => "no X display: DISPLAY is not set, and none was named".to_owned(),
    };
    Error::new(ErrorKind::DisplayUnavailable, message)
}

//! What grabs the screen, and what it says of it: pixels, and how the windows lay that they are of.

use std::time::{Duration, Instant};

use super::{Notice, Waker};
use crate::clock::Time;
use crate::error::Result;
use crate::event::{CursorImage, Window};
use crate::frame::{PixelFormat, Position, Rect, Size};

/// Grabs the screen, where it changed.
pub trait Capturer: Send {
    /// Sleeps until the screen or the pointer's image changed, the waker was used, or `wait` has passed, then grabs what changed.
    /// What changes between two calls is gathered by the system, so that a caller paces frames by calling later.
    /// The first call, and the first after a change of size, gives the whole picture.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away. A resize, an unplugged monitor or a failed grab are no errors:
    /// the capturer recovers and says so in a [`Notice`].
    fn poll(&mut self, wait: Option<Duration>, out: &mut dyn ScreenSink) -> Result<()>;

    /// Nothing is to be grabbed before this moment. The next `poll` sees to it and sleeps as few times as that takes; a capturer that
    /// answers false leaves it to the caller.
    fn pace(&mut self, _until: Instant) -> bool {
        false
    }

    /// Ends a sleeping `poll` from another thread.
    fn waker(&self) -> Waker;

    /// The next `poll` grabs this rectangle too, changed or not.
    fn refresh(&mut self, rect: Rect);

    /// From now on scenes say what was drawn, or no longer: it matters where something must not be seen.
    ///
    /// # Errors
    /// `DisplayLost` when the system went away.
    fn watch(&mut self, _on: bool) -> Result<()> {
        Ok(())
    }
}

/// Takes what a capturer grabbed, in the order of time.
pub trait ScreenSink {
    /// A part of the picture, or all of it. Answers whether the picture has changed by it: only whoever keeps the picture can tell.
    fn shot(&mut self, shot: Shot<'_>) -> bool;
    /// The pointer has another image.
    fn cursor_image(&mut self, time: Time, image: CursorImage);
    /// The pointer is here, at the time of a shot. Hidden pointers have no position.
    fn cursor_position(&mut self, time: Time, position: Option<Position>);
    /// A fact for the journal.
    fn notice(&mut self, notice: Notice);
    /// These windows are no more: they were there at `there` still, and show in the next shot last, or not any more. What has the number of
    /// one of them from then on is another window. Answers whether a shot is needed for that.
    fn gone(&mut self, _there: Time, _windows: &[u64]) -> bool {
        false
    }
    /// The same of windows that show no more, and may again.
    fn hid(&mut self, _there: Time, _windows: &[u64]) -> bool {
        false
    }
}

/// What changed on the screen since the last shot.
#[derive(Debug)]
pub struct Shot<'a> {
    /// When it was grabbed.
    pub time: Time,
    /// When the capturer began, because it had heard of a change: what latency is counted from.
    pub noticed: Time,
    /// The size of the whole virtual desktop now.
    pub size: Size,
    /// How the pixels lie.
    pub format: PixelFormat,
    /// The changed rectangles, all inside `size`. They may hold more than what changed.
    pub patches: &'a [Patch<'a>],
    /// Where the system said that something changed, if this is an audit: the patches are the whole screen then, and what differs
    /// elsewhere was missed.
    pub reported: Option<&'a [Rect]>,
    /// How the windows lay since the shot before, one scene for each way. `None`: not known, and the shot cannot be judged.
    pub scenes: Option<&'a [Scene]>,
    /// How many of them were over when the grab began: what a pixel shows, it shows in one of the others.
    pub passed: usize,
    /// Whether the system leaves on the screen what a window showed, until something else is drawn there.
    pub leaves: bool,
}

/// How the windows lay for a while, and what was drawn meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Every top-level window that could show, bottom first.
    pub windows: Vec<Shown>,
    /// Somebody composes the screen, and may let anything shine through anything.
    pub composed: bool,
    /// Where something was drawn that can be seen, if [`Capturer::watch`] asks for it. A window that moved in this scene may be told to
    /// have been drawn all over.
    pub drawn: Vec<Rect>,
}

/// A window as it lies in a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The window. It lies in the scene once for each title that it may be judged by.
    pub window: Window,
    /// Whether nothing that lies behind it shines through, anywhere within its bounds. In doubt it does not cover.
    pub covers: bool,
    /// Whether it shows what belongs to other windows of its application: a menu, a list of what was typed before, a dialog.
    pub popup: bool,
}

/// One rectangle of a shot.
#[derive(Clone, Copy, Debug)]
pub struct Patch<'a> {
    /// Where it is.
    pub rect: Rect,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// The rows: little-endian `u32` pixels, whose undefined top bits may hold anything.
    pub pixels: &'a [u8],
}

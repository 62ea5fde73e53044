//! What the operating system provides: input hook, screen capturer, focus watcher, accessibility.
//!
//! [`native`] is the one place that chooses between systems; [`synthetic`] runs on all of them, without a display.

#[cfg(target_os = "linux")]
mod accessibility;
#[cfg(target_os = "linux")]
mod context;
#[cfg_attr(not(target_os = "linux"), path = "control/nowhere.rs")]
pub mod control;
#[cfg(target_os = "linux")]
mod dbus;
#[cfg(target_os = "linux")]
pub mod heap;
#[cfg(target_os = "linux")]
mod hook;
pub mod keymap;
pub mod process;
#[cfg(target_os = "linux")]
mod screen;
pub mod synthetic;
#[cfg(target_os = "linux")]
mod x11;

use understudy_core::backend::Platform;

/// The platform of this system: X11 on Linux, elsewhere one whose `open` answers `Unsupported`.
///
/// `display` is an X display such as `:1`; `None` takes the one in the environment.
pub fn native(display: Option<String>) -> Box<dyn Platform> {
    selected::native(display)
}

#[cfg(target_os = "linux")]
mod selected {
    use understudy_core::backend::Platform;

    use crate::x11::X11;

    pub(super) fn native(display: Option<String>) -> Box<dyn Platform> {
        Box::new(X11::new(display))
    }
}

#[cfg(not(target_os = "linux"))]
mod selected {
    use understudy_core::backend::{Backend, Platform};
    use understudy_core::clock::Clock;
    use understudy_core::error::{Error, ErrorKind, Result};
    use understudy_core::track::Tracks;

    pub(super) fn native(_display: Option<String>) -> Box<dyn Platform> {
        Box::new(Nothing)
    }

    struct Nothing;

    impl Platform for Nothing {
        fn open(&self, _tracks: Tracks, _clock: &Clock) -> Result<Backend> {
            let message =
                format!("understudy cannot capture on {} yet; it can on Linux with X11", std::env::consts::OS);
            Err(Error::new(ErrorKind::Unsupported, message))
        }
    }
}

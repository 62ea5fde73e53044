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
#[cfg(target_os = "linux")]
mod indicator;
pub mod keymap;
pub mod process;
#[cfg(target_os = "linux")]
mod screen;
pub mod synthetic;
#[cfg(target_os = "linux")]
mod x11;

use understudy_core::backend::Platform;
use understudy_core::error::Result;

/// Pauses and resumes, where nothing else is asked for.
pub const HOTKEY: &str = "Ctrl+Alt+Shift+P";

/// The platform of this system: X11 on Linux, elsewhere one whose `open` answers `Unsupported`.
///
/// `display` is an X display such as `:1`; `None` takes the one in the environment. `hotkey` is such as [`HOTKEY`]; `None` grabs none.
///
/// # Errors
/// `InvalidArgument` for a hot-key that is none.
pub fn native(display: Option<String>, hotkey: Option<&str>) -> Result<Box<dyn Platform>> {
    selected::native(display, hotkey)
}

#[cfg(target_os = "linux")]
mod selected {
    use understudy_core::backend::Platform;
    use understudy_core::error::Result;

    use crate::indicator::Keys;
    use crate::x11::X11;

    pub(super) fn native(display: Option<String>, hotkey: Option<&str>) -> Result<Box<dyn Platform>> {
        let hotkey = hotkey.map(Keys::parse).transpose()?;
        Ok(Box::new(X11::new(display, hotkey)))
    }
}

#[cfg(not(target_os = "linux"))]
mod selected {
    use understudy_core::backend::{AtStop, Backend, Indicator, Platform};
    use understudy_core::clock::Clock;
    use understudy_core::error::{Error, ErrorKind, Result};
    use understudy_core::track::Tracks;

    pub(super) fn native(_display: Option<String>, _hotkey: Option<&str>) -> Result<Box<dyn Platform>> {
        Ok(Box::new(Nothing))
    }

    struct Nothing;

    impl Platform for Nothing {
        fn indicator(&self, _clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
            Err(unsupported())
        }

        fn open(&self, _tracks: Tracks, _clock: &Clock) -> Result<Backend> {
            Err(unsupported())
        }
    }

    fn unsupported() -> Error {
        let message = format!("understudy cannot capture on {} yet; it can on Linux with X11", std::env::consts::OS);
        Error::new(ErrorKind::Unsupported, message)
    }
}

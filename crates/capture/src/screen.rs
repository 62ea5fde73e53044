//! Capturers, one file an API.

mod cursor;
mod damage;
mod grabber;
pub(crate) mod memory;
pub(crate) mod pixels;
mod rects;
mod watch;
pub(crate) mod xshm;

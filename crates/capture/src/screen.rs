//! Capturers, one file an API.

mod cursor;
mod damage;
mod grabber;
pub(crate) mod memory;
mod pixels;
mod rects;
pub(crate) mod xshm;

//! Capturers, one file an API.

mod cursor;
pub(crate) mod memory;
mod pixels;
mod rects;
pub(crate) mod xshm;

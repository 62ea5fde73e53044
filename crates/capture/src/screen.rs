//! Capturers, one file an API.

pub(crate) mod memory;
mod rects;
pub(crate) mod xshm;

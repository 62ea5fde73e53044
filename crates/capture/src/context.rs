//! Watchers, one file an API.

pub(crate) mod ewmh;

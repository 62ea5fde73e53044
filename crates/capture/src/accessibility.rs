//! Accessibility, one file an API, and what it needs.

pub(crate) mod atspi;
mod bus;
mod owner;
mod pace;
mod role;

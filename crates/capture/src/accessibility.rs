//! Accessibility, one file an API, and what it needs.

pub(crate) mod atspi;
mod bus;
mod change;
mod fate;
pub(crate) mod fields;
mod frame;
pub(crate) mod frames;
mod held;
mod owner;
mod pace;
mod role;
pub(crate) mod texts;
mod tree;

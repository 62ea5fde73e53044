//! Hooks, one file an API.

mod buttons;
mod devices;
mod layout;
mod motion;
mod names;
mod raw;
pub(crate) mod xinput2;

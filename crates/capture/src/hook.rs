//! Hooks, one file an API.

mod buttons;
mod devices;
mod layout;
mod motion;
mod names;
pub(crate) mod xinput2;

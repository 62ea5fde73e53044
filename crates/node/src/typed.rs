//! Typing scripts for the command line: keys in, what a recording would hold of them out.

use napi_derive::napi;
use understudy_core::detect::{Detector, Mode};
use understudy_core::typed::{Role, play_json};

use crate::error::{Code, contain, thrown};

/// What would be sealed of a script once the field has been left: JSON, a list of events in, a list of records out.
///
/// `trusted` says that the field is known and harmless; without it nobody knows what it is. `strict` counts what is possible as well.
#[napi(catch_unwind)]
pub fn redact_events(events: String, trusted: bool, strict: bool) -> Result<String, napi::Error<Code>> {
    let role = if trusted { Role::Known } else { Role::Unknown };
    let mode = if strict { Mode::Strict } else { Mode::Balanced };
    contain(|| play_json(Detector::new(mode), &events, role)).map_err(|error| thrown(&error))
}

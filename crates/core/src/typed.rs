//! Typed text, judged as what it becomes: keys wait until the field that they went to has been left, and then those of them that made something
//! sensitive are replaced by placeholders.
//!
//! ```text
//! key ─ edit ─┐
//! focus ──────┼─ session (waits) ─ judge: replay over the form, detectors on each reading ─ exact keys, placeholders
//! click ──────┘
//! ```
//! One engine for the recorder and for `understudy redact`: [`TypedHold`] takes samples of either.

mod boxes;
mod convention;
mod edit;
mod field;
mod form;
mod gaps;
mod glyph;
mod history;
mod hold;
mod judge;
mod marks;
mod reading;
mod retyped;
mod role;
mod script;
mod session;
mod stand_in;
#[cfg(test)]
mod tests;
mod text;
mod uncertain;
mod value;
mod words;
mod work;

pub use edit::{Chord, Edit, Leave, Motion};
pub use hold::{Limits, TypedHold};
pub use role::{FieldId, Role};
pub use script::{ScriptEvent, ScriptRecord, play, play_json};
pub use session::{Kept, Reason, Stroke, Withheld};
pub use stand_in::{Label, StandIn, Visible};
pub use text::TypedText;

use crate::detect::{Detector, Finding};

/// What finds sensitive values in a text.
pub trait Find {
    /// What is sensitive in `text`, in its order.
    fn find(&self, text: &str) -> Vec<Finding>;

    /// The same of a text beside which there is something else in its field: that it is all of `text` makes it nothing.
    fn find_among(&self, text: &str) -> Vec<Finding> {
        self.find(text)
    }
}

impl Find for Detector {
    fn find(&self, text: &str) -> Vec<Finding> {
        Self::find(self, text)
    }

    fn find_among(&self, text: &str) -> Vec<Finding> {
        Self::find_among(self, text)
    }
}

//! The detector engine for the command line: a text in, what of it may be shown out.

use napi_derive::napi;
use understudy_core::detect::{Detector, Mode, Redaction, Span};

use crate::error::{Code, contain, thrown};

/// Something sensitive, in code points of its text.
#[napi(object, object_from_js = false)]
pub struct RedactedSpan {
    /// The first code point that is not shown.
    pub start: u32,
    /// The first one that is shown again.
    pub end: u32,
    /// What it is: `us_ssn`.
    pub class: &'static str,
}

/// What of a text may be shown.
#[napi(object, object_from_js = false)]
pub struct RedactedText {
    /// What is not.
    pub spans: Vec<RedactedSpan>,
    /// The text with `⟨class⟩` in the place of each.
    pub text: String,
}

/// Finds what is sensitive in `text`, and takes it out. `strict` counts what is possible as well.
#[napi(catch_unwind)]
pub fn redact_text(text: String, strict: bool) -> Result<RedactedText, napi::Error<Code>> {
    let mode = if strict { Mode::Strict } else { Mode::Balanced };
    let redact = || Ok(Redaction::new(&text, &Detector::new(mode).find(&text)));
    let Redaction { spans, text } = contain(redact).map_err(|error| thrown(&error))?;
    // JavaScript's strings are shorter than four billion code points.
    let span = |Span { start, end, class }| RedactedSpan { start: start as u32, end: end as u32, class };
    Ok(RedactedText { spans: spans.into_iter().map(span).collect(), text })
}

//! The detectors (`crates/detect`), as the recording knows them: with the digest that a receipt names.

pub(crate) use understudy_detect::asks_for_secret;
pub use understudy_detect::{Class, Detector, Finding, Likelihood, Mode, Redaction, Span};

use crate::sign::{Hash, Hasher};

/// The digest of what is looked for.
pub fn digest() -> Hash {
    let mut hasher = Hasher::default();
    // Each part ends with what no part holds.
    understudy_detect::tables(|part| hasher.update(&[part.as_bytes(), b"\0"].concat()));
    hasher.finish()
}

//! Text that was typed.

use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

/// Text that was typed: erased from memory when it goes, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedText(Zeroizing<String>);

impl TypedText {
    /// Puts pieces together in one place, so that none is left behind where the text was before it grew.
    pub(super) fn concat<'a>(pieces: impl Iterator<Item = &'a str> + Clone) -> Self {
        let length = pieces.clone().map(str::len).sum();
        let mut text = String::with_capacity(length);
        pieces.for_each(|piece| text.push_str(piece));
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for TypedText {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl From<String> for TypedText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Deref for TypedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TypedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

//! Where words begin and end: applications do not agree.

use super::glyph::Glyph;

/// What counts as a word, and where a motion by words stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Letters and digits; on goes to the next word's start (Windows).
    Starts,
    /// Letters and digits; on goes to the word's end (GTK, Qt, macOS).
    Ends,
    /// As `Ends`, but a dot, a colon, a comma, an apostrophe between two of them is part of the word (UAX 29).
    Joined,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Other,
    Space,
}

impl Words {
    /// The caret one word back from `from`.
    pub(super) fn left(self, text: &[Glyph], from: usize) -> usize {
        let kind = |at: usize| self.kind(text, at);
        let mut at = from;
        match self {
            Self::Starts => {
                while at > 0 && kind(at - 1) == Kind::Space {
                    at -= 1;
                }
                let last = if at > 0 { kind(at - 1) } else { return 0 };
                while at > 0 && kind(at - 1) == last {
                    at -= 1;
                }
            }
            Self::Ends | Self::Joined => {
                while at > 0 && kind(at - 1) != Kind::Word {
                    at -= 1;
                }
                while at > 0 && kind(at - 1) == Kind::Word {
                    at -= 1;
                }
            }
        }
        at
    }

    /// The caret one word on from `from`.
    pub(super) fn right(self, text: &[Glyph], from: usize) -> usize {
        let kind = |at: usize| self.kind(text, at);
        let mut at = from;
        match self {
            Self::Starts => {
                let first = if at < text.len() { kind(at) } else { return at };
                while at < text.len() && kind(at) == first {
                    at += 1;
                }
                while at < text.len() && kind(at) == Kind::Space {
                    at += 1;
                }
            }
            Self::Ends | Self::Joined => {
                while at < text.len() && kind(at) != Kind::Word {
                    at += 1;
                }
                while at < text.len() && kind(at) == Kind::Word {
                    at += 1;
                }
            }
        }
        at
    }

    fn kind(self, text: &[Glyph], at: usize) -> Kind {
        let is_word = |at: usize| text.get(at).is_some_and(|glyph| glyph.char.is_alphanumeric() || glyph.char == '_');
        let joins = self == Self::Joined && matches!(text[at].char, '.' | ':' | ',' | '\'');
        match text[at].char {
            _ if is_word(at) || (joins && at > 0 && is_word(at - 1) && is_word(at + 1)) => Kind::Word,
            c if c.is_whitespace() => Kind::Space,
            _ => Kind::Other,
        }
    }
}

/// The caret behind the white space before `from`, as a terminal's Ctrl+W goes.
pub(super) fn space_left(text: &[Glyph], from: usize) -> usize {
    let mut at = from;
    while at > 0 && text[at - 1].char.is_whitespace() {
        at -= 1;
    }
    while at > 0 && !text[at - 1].char.is_whitespace() {
        at -= 1;
    }
    at
}

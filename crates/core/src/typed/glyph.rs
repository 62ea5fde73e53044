//! Characters with the presses that brought them: erased from memory when they go. There is no way to print them.

use std::ops::{Deref, Range};

use zeroize::{DefaultIsZeroes, Zeroize};

/// Stands for text that nobody knows.
pub(super) const UNKNOWN: char = '\u{fffc}';
/// For characters that no press brought.
pub(super) const NO_PRESS: u64 = u64::MAX;

/// A character and the press that brought it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) char: char,
    pub(super) press: u64,
}

impl DefaultIsZeroes for Glyph {}

/// Characters in a row. A plain vector would leave what it held behind whenever it moves to grow.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Glyphs(Vec<Glyph>);

impl Glyphs {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// What a press brings.
    pub(super) fn of(text: &str, press: u64) -> Self {
        let mut glyphs = Self::with_capacity(text.chars().count());
        text.chars().for_each(|char| glyphs.push(Glyph { char, press }));
        glyphs
    }

    pub(super) fn push(&mut self, glyph: Glyph) {
        self.reserve(1);
        self.0.push(glyph);
    }

    pub(super) fn append(&mut self, glyphs: &[Glyph]) {
        self.reserve(glyphs.len());
        self.0.extend_from_slice(glyphs);
    }

    /// Puts `with` in the place of `range`; answers what stood there.
    pub(super) fn replace(&mut self, range: Range<usize>, with: &[Glyph]) -> Self {
        let removed = Self(self.0[range.clone()].to_vec());
        let (before, tail) = (self.0.len(), range.start + with.len());
        if tail > range.end {
            self.reserve(tail - range.end);
            self.0.resize(before + tail - range.end, Glyph::default());
        }
        self.0.copy_within(range.end..before, tail);
        self.0[range.start..tail].copy_from_slice(with);
        self.truncate(before + with.len() - removed.len());
        removed
    }

    pub(super) fn drop_front(&mut self, count: usize) {
        let from = count.min(self.0.len());
        self.0.copy_within(from.., 0);
        self.truncate(self.0.len() - from);
    }

    fn truncate(&mut self, length: usize) {
        self.0[length..].zeroize();
        self.0.truncate(length);
    }

    fn reserve(&mut self, more: usize) {
        let wanted = self.0.len() + more;
        if wanted > self.0.capacity() {
            let mut grown = Vec::with_capacity(wanted.max(self.0.capacity() * 2));
            grown.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = grown;
        }
    }
}

impl Deref for Glyphs {
    type Target = [Glyph];

    fn deref(&self) -> &[Glyph] {
        &self.0
    }
}

impl Drop for Glyphs {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

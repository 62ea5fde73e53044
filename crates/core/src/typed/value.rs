//! A value that was found, to find pieces of it elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::field::Glyph;
use super::form::NO_PRESS;
use super::placeholder::Label;

/// A found value without what only separates: its letters, in lower case, and digits.
#[derive(Debug)]
pub(super) struct Value {
    significant: Vec<char>,
    label: Label,
}

/// Values, by the shortest pieces of them that tell too much.
pub(super) struct Pieces {
    /// By length.
    by_length: BTreeMap<usize, HashMap<Vec<char>, Label>>,
}

impl Value {
    pub(super) fn of(glyphs: &[Glyph], label: Label) -> Self {
        Self { significant: significant(glyphs).map(|(char, _)| char).collect(), label }
    }

    /// From how many characters in a row on a piece tells too much: well below the 60 % at which it counts as leaked.
    fn piece(&self) -> usize {
        (self.significant.len() * 9).div_ceil(20).max(3)
    }
}

impl Pieces {
    pub(super) fn of(values: &[Value]) -> Self {
        let mut by_length: BTreeMap<usize, HashMap<Vec<char>, Label>> = BTreeMap::new();
        for value in values {
            let length = value.piece();
            let pieces = value.significant.windows(length).map(|piece| (piece.to_vec(), value.label));
            by_length.entry(length).or_default().extend(pieces);
        }
        Self { by_length }
    }

    /// Marks the presses of every piece in `glyphs`.
    pub(super) fn mark(&self, glyphs: &[Glyph], marks: &mut BTreeMap<u64, Label>) {
        let (chars, from): (Vec<char>, Vec<u64>) = significant(glyphs).unzip();
        for (length, pieces) in &self.by_length {
            for (at, piece) in chars.windows(*length).enumerate() {
                let Some(label) = pieces.get(piece) else { continue };
                for press in from[at..at + length].iter().filter(|press| **press != NO_PRESS) {
                    marks.entry(*press).or_insert(*label);
                }
            }
        }
    }
}

/// Letters and digits, in lower case, with their presses.
fn significant(glyphs: &[Glyph]) -> impl Iterator<Item = (char, u64)> {
    let lower = |glyph: &Glyph| glyph.char.to_lowercase().next().unwrap_or(glyph.char);
    glyphs.iter().filter(|glyph| glyph.char.is_alphanumeric()).map(move |glyph| (lower(glyph), glyph.press))
}

/// Whether a word looks drawn by lot: a password, a token.
pub(super) fn is_entropic(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let has = |kind: fn(&char) -> bool| chars.iter().any(kind);
    let kinds =
        [has(|c| c.is_lowercase()), has(|c| c.is_uppercase()), has(|c| c.is_numeric()), has(|c| !c.is_alphanumeric())];
    let kinds = kinds.into_iter().filter(|kind| *kind).count();
    let mixes = has(|c| c.is_alphabetic()) && has(|c| c.is_numeric());
    let long_enough = (chars.len() >= 8 && kinds >= 3 && mixes) || (chars.len() >= 12 && mixes) || chars.len() >= 40;
    long_enough && entropy(&chars) >= 2.75
}

/// Shannon's, in bits a character.
fn entropy(chars: &[char]) -> f64 {
    let distinct: BTreeSet<char> = chars.iter().copied().collect();
    let total = chars.len() as f64;
    distinct
        .iter()
        .map(|char| chars.iter().filter(|other| *other == char).count() as f64 / total)
        .map(|share| -share * share.log2())
        .sum()
}

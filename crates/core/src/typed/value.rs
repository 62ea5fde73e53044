//! A value that was found, to find pieces of it elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use zeroize::Zeroizing;

use super::glyph::{Glyph, NO_PRESS};
use super::marks::Marking;
use super::stand_in::Label;
use super::work::Work;

/// From so many characters in a row on, anything of a value is a piece of it, however long it is.
const PIECE: usize = 24;

/// Values, by the shortest pieces of them that tell too much. Of a piece there is but a number here, which a secret factor made of it.
pub(super) struct Pieces {
    by_length: BTreeMap<usize, HashMap<u64, Label>>,
    values: HashSet<u64>,
    factor: u64,
}

impl Pieces {
    pub(super) fn new() -> Self {
        let factor = RandomState::new().hash_one(0) | 1;
        Self { by_length: BTreeMap::new(), values: HashSet::new(), factor }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_length.is_empty()
    }

    /// Takes a value apart.
    pub(super) fn add(&mut self, value: &[Glyph], label: Label, work: &mut Work) {
        work.spend(value.len());
        let chars: Zeroizing<Vec<char>> = Zeroizing::new(significant(value).map(|(char, _)| char).collect());
        let length = piece(chars.len());
        let whole = self.numbers(&chars, chars.len()).next();
        if whole.is_none_or(|whole| self.values.insert(whole)) {
            let pieces: Vec<u64> = self.numbers(&chars, length).collect();
            work.spend(pieces.len());
            self.by_length.entry(length).or_default().extend(pieces.into_iter().map(|piece| (piece, label)));
        }
    }

    /// Marks the presses of every piece in `glyphs`.
    pub(super) fn mark(&self, glyphs: &[Glyph], marking: &mut Marking<'_>, work: &mut Work) {
        let found = significant(glyphs);
        let mut chars = Zeroizing::new(Vec::with_capacity(glyphs.len()));
        let mut from = Vec::with_capacity(glyphs.len());
        found.for_each(|(char, press)| {
            chars.push(char);
            from.push(press);
        });
        work.spend(glyphs.len() + chars.len() * self.by_length.len());
        for (length, pieces) in &self.by_length {
            for (at, piece) in self.numbers(&chars, *length).enumerate() {
                let Some(label) = pieces.get(&piece) else { continue };
                work.spend(*length);
                for press in from[at..at + length].iter().filter(|press| **press != NO_PRESS) {
                    marking.mark(*press, *label);
                }
            }
        }
    }

    /// The part of `glyphs` around `caret` that holds every piece that a press has just made or come to, `inserted` characters before the caret
    /// being its.
    pub(super) fn around<'a>(&self, glyphs: &'a [Glyph], caret: usize, inserted: usize) -> &'a [Glyph] {
        let longest = self.by_length.keys().next_back().copied().unwrap_or(0);
        let (before, behind) = glyphs.split_at(caret);
        let reach = |glyphs: &mut dyn Iterator<Item = &Glyph>, wanted: usize| {
            let mut left = wanted;
            glyphs
                .take_while(|glyph| {
                    let goes_on = left > 0;
                    left -= usize::from(goes_on && glyph.char.is_alphanumeric());
                    goes_on
                })
                .count()
        };
        let (back, on) = (reach(&mut before.iter().rev(), longest + inserted), reach(&mut behind.iter(), longest));
        &glyphs[caret - back..caret + on]
    }

    /// A number for each run of `length` characters, from that of the run before it.
    fn numbers<'a>(&self, chars: &'a [char], length: usize) -> impl Iterator<Item = u64> + use<'a> {
        let factor = self.factor;
        let gone = (0..length).fold(1_u64, |power, _| power.wrapping_mul(factor));
        let digit = |char: char| u64::from(char) + 1;
        let mut number = 0_u64;
        chars.iter().enumerate().filter_map(move |(at, char)| {
            number = number.wrapping_mul(factor).wrapping_add(digit(*char));
            if at >= length {
                number = number.wrapping_sub(digit(chars[at - length]).wrapping_mul(gone));
            }
            (at + 1 >= length && length > 0).then_some(number)
        })
    }
}

/// From how many of a value's characters in a row on a piece tells too much: well below the 60 % at which it counts as leaked.
fn piece(significant: usize) -> usize {
    (significant * 9).div_ceil(20).clamp(3, PIECE)
}

/// Letters and digits, in lower case, with their presses.
fn significant(glyphs: &[Glyph]) -> impl Iterator<Item = (char, u64)> {
    let lower = |glyph: &Glyph| glyph.char.to_lowercase().next().unwrap_or(glyph.char);
    glyphs.iter().filter(|glyph| glyph.char.is_alphanumeric()).map(move |glyph| (lower(glyph), glyph.press))
}

/// Whether a word looks drawn by lot: a password, a token.
pub(super) fn is_entropic(word: &str) -> bool {
    let length = word.chars().count();
    let has = |kind: fn(char) -> bool| word.chars().any(kind);
    let kinds =
        [has(char::is_lowercase), has(char::is_uppercase), has(char::is_numeric), has(|c| !c.is_alphanumeric())];
    let kinds = kinds.into_iter().filter(|kind| *kind).count();
    let mixes = has(char::is_alphabetic) && has(char::is_numeric);
    let long_enough = (length >= 8 && kinds >= 3 && mixes) || (length >= 12 && mixes) || length >= 40;
    long_enough && entropy(word) >= 2.75
}

/// Shannon's, in bits a character.
fn entropy(word: &str) -> f64 {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    word.chars().for_each(|char| *counts.entry(char).or_default() += 1);
    let total: usize = counts.values().sum();
    counts.values().map(|count| *count as f64 / total as f64).map(|share| -share * share.log2()).sum()
}

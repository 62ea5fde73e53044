//! A value that was found, to find pieces of it elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::mem;

use zeroize::Zeroizing;

use super::glyph::{Glyph, NO_PRESS};
use super::marks::Marking;
use super::stand_in::Label;
use super::work::Work;

/// From so many characters in a row on, anything of a value is a piece of it, however long it is.
const PIECE: usize = 24;

/// Pieces of earlier values that are remembered: a thousand card numbers' worth.
const REMEMBERED: usize = 8192;

/// A value in pieces. Of each there is but a number here, which a secret factor made of it.
#[derive(Clone)]
pub(super) struct Value {
    label: Label,
    /// The last press that brought any of it.
    last: u64,
    whole: u64,
    /// How long the pieces are: as short as tells too much.
    length: usize,
    pieces: Vec<u64>,
}

impl Value {
    /// Whether all of it came before that press.
    pub(super) fn is_before(&self, press: u64) -> bool {
        self.last < press
    }
}

/// Values that were found earlier: what was told of since then is not told the second time, whatever became of the field.
pub(super) struct Known {
    factor: u64,
    values: VecDeque<Value>,
    pieces: usize,
}

impl Default for Known {
    fn default() -> Self {
        Self { factor: RandomState::new().hash_one(0) | 1, values: VecDeque::new(), pieces: 0 }
    }
}

impl Known {
    /// Takes a value in, and lets the oldest go that are too many.
    pub(super) fn add(&mut self, mut value: Value) {
        if self.values.iter().any(|known| (known.whole, known.length) == (value.whole, value.length)) {
            return;
        }
        value.pieces.truncate(REMEMBERED);
        self.pieces += value.pieces.len();
        self.values.push_back(value);
        while self.pieces > REMEMBERED
            && let Some(oldest) = self.values.pop_front()
        {
            self.pieces -= oldest.pieces.len();
        }
    }
}

/// Values, by the shortest pieces of them that tell too much.
pub(super) struct Pieces {
    by_length: BTreeMap<usize, HashMap<u64, Label>>,
    values: HashSet<u64>,
    found: Vec<Value>,
    factor: u64,
}

impl Pieces {
    /// Those of the values that are known already.
    pub(super) fn of(known: &Known, work: &mut Work) -> Self {
        let mut pieces =
            Self { by_length: BTreeMap::new(), values: HashSet::new(), found: Vec::new(), factor: known.factor };
        work.spend(known.pieces);
        known.values.iter().for_each(|value| pieces.index(value));
        pieces
    }

    /// How many values there are.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// The values that were found since.
    pub(super) fn take_found(&mut self) -> Vec<Value> {
        mem::take(&mut self.found)
    }

    /// Takes a value apart.
    pub(super) fn add(&mut self, value: &[Glyph], label: Label, work: &mut Work) {
        work.spend(value.len());
        let chars: Zeroizing<Vec<char>> = Zeroizing::new(significant(value).map(|(char, _)| char).collect());
        let Some(whole) = self.numbers(&chars, chars.len()).next() else { return };
        if self.values.insert(whole) {
            let length = piece(chars.len());
            let pieces: Vec<u64> = self.numbers(&chars, length).collect();
            work.spend(pieces.len());
            let presses = value.iter().map(|glyph| glyph.press).filter(|press| *press != NO_PRESS);
            let value = Value { label, last: presses.max().unwrap_or(0), whole, length, pieces };
            self.index(&value);
            self.found.push(value);
        }
    }

    fn index(&mut self, value: &Value) {
        self.values.insert(value.whole);
        let pieces = value.pieces.iter().map(|piece| (*piece, value.label));
        self.by_length.entry(value.length).or_default().extend(pieces);
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

//! What is read of the fields: what is around the caret after each press, and everything in the orders that may make something of it.

use std::hash::{BuildHasher, RandomState};

use super::field::Field;
use super::form::Form;
use super::glyph::{Glyph, Glyphs, NO_PRESS, UNKNOWN};
use super::judge::Past;

/// Characters on each side of the caret that are read at each press; whole fields are read at the end.
pub(super) const WINDOW: usize = 160;

/// What may stand between lines and fields where they are one thing.
const BETWEEN: [Option<char>; 4] = [None, Some(' '), Some('-'), Some('/')];

/// The part of a field around the caret.
pub(super) fn window(field: &Field) -> &[Glyph] {
    let (from, to) = (field.caret().saturating_sub(WINDOW), field.caret() + WINDOW);
    &field.glyphs()[from..to.min(field.glyphs().len())]
}

/// Characters on each side of the caret that are read over the ends of lines and fields.
const REACH: usize = 64;

/// What is around the caret in one line, however many lines and fields it stands in, with each thing between them that may make something of it.
/// Nothing where there are no digits, or nothing is joined.
pub(super) fn joined(form: &Form) -> impl Iterator<Item = Glyphs> {
    let around = around(form);
    let is_joined = around.iter().any(|glyph| glyph.char == '\n');
    let has_digits = around.iter().any(|glyph| glyph.char.is_numeric());
    let betweens = if is_joined && has_digits { BETWEEN.as_slice() } else { &[] };
    betweens.iter().map(move |between| in_one_line(&around, *between))
}

/// The caret's field and those around it, as far as they reach. Fields end like lines.
fn around(form: &Form) -> Glyphs {
    let (before, field, behind) = form.around();
    let (left, right) = field.glyphs().split_at(field.caret());
    let end = Glyph { char: '\n', press: NO_PRESS };
    let mut back: Vec<&[Glyph]> = vec![left];
    let mut missing = REACH.saturating_sub(left.len());
    for field in before.iter().rev().filter(|field| !field.glyphs().is_empty()) {
        back.push(field.glyphs());
        missing = missing.saturating_sub(field.glyphs().len());
        if missing == 0 {
            break;
        }
    }
    let mut around = Glyphs::with_capacity(4 * REACH);
    for (at, part) in back.into_iter().enumerate().rev() {
        around.append(last(part));
        if at > 0 {
            around.push(end);
        }
    }
    let mut missing = REACH;
    for (at, part) in
        [right].into_iter().chain(behind.iter().map(Field::glyphs).filter(|glyphs| !glyphs.is_empty())).enumerate()
    {
        if at > 0 {
            around.push(end);
        }
        around.append(&part[..part.len().min(REACH)]);
        missing = missing.saturating_sub(part.len());
        if missing == 0 {
            break;
        }
    }
    around
}

fn last(glyphs: &[Glyph]) -> &[Glyph] {
    &glyphs[glyphs.len().saturating_sub(REACH)..]
}

/// Whether the caret is in a word of letters alone: if letters follow, it is read when it is whole.
pub(super) fn is_in_word(field: &Field) -> bool {
    let (before, behind) = field.glyphs().split_at(field.caret());
    let word = |glyph: &&Glyph| !glyph.char.is_whitespace();
    let before = || before.iter().rev().take(WINDOW).take_while(word);
    // What does not begin in the window would have left it before it is whole.
    before().count() < WINDOW && is_word(before().chain(behind.iter().take_while(word)).map(|glyph| glyph.char))
}

pub(super) fn is_word(mut chars: impl Iterator<Item = char>) -> bool {
    chars.all(char::is_alphabetic)
}

/// The readings of all there is: each field, neighbouring fields joined, the order of insertion, and what stayed in the order in which it came.
pub(super) fn whole<E>(now: &Past, mut read: impl FnMut(&[Glyph]) -> Result<(), E>) -> Result<(), E> {
    read(&now.raw)?;
    for form in now.forms.iter() {
        form.fields().iter().try_for_each(|field| read(field.glyphs()))?;
        let joined = form.joined(Some('\n'));
        read(&joined)?;
        for between in BETWEEN {
            read(&in_one_line(&joined, between))?;
        }
        read(&by_time(&in_one_line(&form.joined(None), None)))?;
    }
    Ok(())
}

/// Lines with something else between them: what was typed line by line may be one thing.
fn in_one_line(glyphs: &[Glyph], between: Option<char>) -> Glyphs {
    let mut line = Glyphs::with_capacity(glyphs.len());
    for glyph in glyphs {
        match (glyph.char, between) {
            ('\n', Some(char)) => line.push(Glyph { char, press: NO_PRESS }),
            ('\n', None) | (UNKNOWN, _) => {}
            _ => line.push(*glyph),
        }
    }
    line
}

/// In the order of the presses. The places are sorted and not the characters, of which sorting would leave a copy behind.
fn by_time(glyphs: &[Glyph]) -> Glyphs {
    let mut places: Vec<usize> = (0..glyphs.len()).collect();
    places.sort_by_key(|at| glyphs[*at].press);
    let mut sorted = Glyphs::with_capacity(glyphs.len());
    places.into_iter().for_each(|at| sorted.push(glyphs[at]));
    sorted
}

/// Tells readings apart by what nobody can foresee.
pub(super) struct Fingerprints([u64; 2]);

impl Fingerprints {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self([random.hash_one(0), random.hash_one(1) | 1])
    }

    /// Of characters and the presses that brought them.
    pub(super) fn of(&self, glyphs: &[Glyph]) -> u64 {
        let [seed, factor] = self.0;
        glyphs.iter().fold(seed, |state, glyph| {
            let mixed = u128::from(state ^ (u64::from(glyph.char) << 40) ^ glyph.press) * u128::from(factor);
            (mixed as u64) ^ ((mixed >> 64) as u64).rotate_left(23)
        })
    }
}

//! What is read of the fields: what is around the caret after each press, and everything in the orders that may make something of it.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

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

/// Fields end like lines.
const END: Glyph = Glyph { char: '\n', press: NO_PRESS };

/// Characters on each side of the caret that are read over the ends of lines and fields.
const REACH: usize = 64;

/// How many ends of lines and fields on each side of the caret something may begin or end at.
const ENDS: usize = 4;

/// What is around the caret in one line, however many lines and fields it stands in, with each thing between them that may make something of it:
/// in the order of the fields, and in that in which somebody was in them. Nothing where there are no digits, or nothing is joined.
pub(super) fn joined(form: &Form) -> Vec<(Glyphs, Extent)> {
    [around(form), recent(form)].iter().flat_map(|(around, caret)| in_each_line(around, *caret)).collect()
}

fn in_each_line(around: &[Glyph], caret: usize) -> Vec<(Glyphs, Extent)> {
    if !has_lines(around) || digits(around) == 0 {
        return Vec::new();
    }
    let all = BETWEEN.map(|between| in_one_line(around, between));
    // What another field ends or begins with must not become part of it.
    let apart = pieces(around, caret).into_iter().map(|piece| in_one_line(&around[piece], None));
    all.into_iter().chain(apart).collect()
}

/// The fields that somebody was in last, the caret's at the end.
fn recent(form: &Form) -> (Glyphs, usize) {
    let here = form.field();
    let is_other = |field: &&Field| !std::ptr::eq(*field, here) && !field.glyphs().is_empty();
    let mut others: Vec<&Field> = form.fields().iter().filter(is_other).collect();
    others.sort_by_key(|field| std::cmp::Reverse(field.last()));
    let mut recent = Glyphs::with_capacity((ENDS + 1) * (REACH + 1));
    for field in others.into_iter().take(ENDS).rev() {
        recent.append(last(field.glyphs()));
        recent.push(END);
    }
    recent.append(last(here.glyphs()));
    let caret = recent.len();
    (recent, caret)
}

/// Where lines in a row begin and end, the caret's among them.
fn pieces(around: &[Glyph], caret: usize) -> Vec<Range<usize>> {
    let is_end = |at: &usize| around[*at].char == '\n';
    let starts = (0..caret).rev().filter(is_end).map(|end| end + 1).chain([0]).take(ENDS);
    let ends = (caret..around.len()).filter(is_end).chain([around.len()]).take(ENDS);
    starts
        .flat_map(|start| ends.clone().map(move |end| start..end))
        .filter(|piece| has_lines(&around[piece.clone()]) && digits(&around[piece.clone()]) >= SHORTEST)
        .collect()
}

/// Digits of the shortest number that is asked for in several fields.
const SHORTEST: usize = 6;

fn digits(glyphs: &[Glyph]) -> usize {
    glyphs.iter().filter(|glyph| glyph.char.is_numeric()).count()
}

fn has_lines(glyphs: &[Glyph]) -> bool {
    glyphs.iter().any(|glyph| glyph.char == '\n')
}

/// The caret's field and those around it, as far as they reach, and where the caret is in it.
fn around(form: &Form) -> (Glyphs, usize) {
    let (before, field, behind) = form.around();
    let (left, right) = field.glyphs().split_at(field.caret());
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
            around.push(END);
        }
    }
    let caret = around.len();
    let mut missing = REACH;
    for (at, part) in
        [right].into_iter().chain(behind.iter().map(Field::glyphs).filter(|glyphs| !glyphs.is_empty())).enumerate()
    {
        if at > 0 {
            around.push(END);
        }
        around.append(&part[..part.len().min(REACH)]);
        missing = missing.saturating_sub(part.len());
        if missing == 0 {
            break;
        }
    }
    (around, caret)
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

/// What a reading holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What stands in one field.
    Field,
    /// Things of several fields that only a reader puts beside each other: boxes for the parts of one number are such fields.
    Joined,
    /// The same over the ends of lines. Nobody asks for one thing in two lines, and whoever fills a sheet with numbers types little else: where
    /// two of them make a third by chance, it is nothing for standing alone.
    Lines,
}

/// The readings of all there is: each field, neighbouring fields joined, the order of insertion, and what stayed in the order in which it came.
pub(super) fn whole<E>(now: &Past, mut read: impl FnMut(&[Glyph], Extent) -> Result<(), E>) -> Result<(), E> {
    for form in now.forms.iter() {
        form.fields().iter().try_for_each(|field| read(field.glyphs(), Extent::Field))?;
    }
    let (line, extent) = in_one_line(&now.raw, None);
    read(&line, extent)?;
    for form in now.forms.iter() {
        let joined = form.joined(Some('\n'));
        read(&joined, Extent::Field)?;
        for between in BETWEEN {
            let (line, extent) = in_one_line(&joined, between);
            read(&line, extent)?;
        }
        let (line, extent) = in_one_line(&form.joined(None), None);
        read(&by_time(&line), extent)?;
    }
    Ok(())
}

/// Lines and fields with something else between them: what was typed piece by piece may be one thing.
pub(super) fn in_one_line(glyphs: &[Glyph], between: Option<char>) -> (Glyphs, Extent) {
    let mut line = Glyphs::with_capacity(glyphs.len());
    // Lines end where somebody ended them, fields where a reader says so.
    let is_inner = |glyph: &Glyph| glyph.char != '\n';
    let inner = glyphs.iter().position(is_inner).unwrap_or(0)..glyphs.iter().rposition(is_inner).unwrap_or(0);
    let over_lines = glyphs[inner].iter().any(|glyph| glyph.char == '\n' && glyph.press != NO_PRESS);
    for glyph in glyphs {
        match (glyph.char, between) {
            ('\n', Some(char)) => line.push(Glyph { char, press: NO_PRESS }),
            ('\n', None) | (UNKNOWN, _) => {}
            _ => line.push(*glyph),
        }
    }
    (line, if over_lines { Extent::Lines } else { Extent::Joined })
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

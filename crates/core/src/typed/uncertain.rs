//! What cannot be rebuilt: where it holds six digits, or something without pattern, its numbers and that are sensitive.

use std::collections::BTreeSet;
use std::ops::Range;

use zeroize::Zeroizing;

use super::edit::Edit;
use super::glyph::Glyphs;
use super::marks::{Marking, Press};
use super::stand_in::Label;
use super::text::TypedText;
use super::value::is_entropic;

/// Digits from which on what cannot be rebuilt is sensitive.
const DIGITS: usize = 6;

/// Where clicks put the caret somewhere in between.
#[derive(Debug, Default)]
pub(super) struct Clicks {
    /// Sessions that one ended.
    pub(super) ended: BTreeSet<usize>,
    /// Whether one ended the session before the first, and that may have been a piece.
    pub(super) before: bool,
}

/// Marks the sessions that nobody can rebuild and that may be sensitive. At the end of the `divided` ones the accounts differ. Answers what may be
/// a value in them.
pub(super) fn mark(
    presses: &[Press<'_>],
    clicks: &Clicks,
    divided: &BTreeSet<usize>,
    marking: &mut Marking<'_>,
) -> Vec<Glyphs> {
    let mut values = Vec::new();
    let sessions: Vec<(usize, Range<usize>)> = sessions(presses);
    let mut unit: Option<Range<usize>> = None;
    for (at, (session, places)) in sessions.iter().enumerate() {
        let one = unit.is_none() && !(clicks.before && *session == 0);
        let start = unit.as_ref().map_or(places.start, |unit| unit.start);
        let next = sessions.get(at + 1).filter(|(next, _)| *next == session + 1);
        // A click in between two pieces may have put them together.
        let goes_on = next.is_some_and(|(_, next)| {
            clicks.ended.contains(session) && is_piece(&presses[places.clone()]) && is_piece(&presses[next.clone()])
        });
        if goes_on {
            unit = Some(start..places.end);
            continue;
        }
        let whole = start..places.end;
        let opaque = || presses[places.clone()].iter().any(|press| press.edit.is_opaque());
        let unclear = !one || divided.contains(session) || opaque();
        if unclear && is_suspicious(&presses[whole.clone()]) {
            for part in parts(&presses[whole.clone()]) {
                let places = whole.start + part.start..whole.start + part.end;
                values.push(brought(&presses[places.clone()]));
                marking.mark_all(places, Label::Uncertain);
            }
        }
        unit = None;
    }
    values
}

/// What presses brought, in the order in which it came.
fn brought(presses: &[Press<'_>]) -> Glyphs {
    let mut brought = Glyphs::default();
    for press in presses {
        if let Edit::Insert(text) | Edit::Paste(Some(text)) = press.edit {
            brought.append(&Glyphs::of(text, press.number));
        }
    }
    brought
}

/// Letters in a row from which on a number is another one: more than a slip has.
const LETTERS: usize = 12;

/// Where the numbers are, with all of the words that hold their digits and what stands between them, and the words that look drawn by lot. What
/// else was typed makes nothing of them, wherever it went.
fn parts(presses: &[Press<'_>]) -> Vec<Range<usize>> {
    let mut parts = Parts::default();
    for (place, press) in presses.iter().enumerate() {
        match press.edit {
            Edit::Insert(text) | Edit::Paste(Some(text)) => text.chars().for_each(|char| parts.take(place, char)),
            // What was before is gone, or other than it was; a number may go on.
            Edit::Delete(_) | Edit::Chord(_) => parts.end_token(),
            _ => {}
        }
    }
    parts.end_token();
    parts.end_number();
    parts.found
}

#[derive(Default)]
struct Parts {
    found: Vec<Range<usize>>,
    number: Option<Range<usize>>,
    /// Letters since the number's last digit.
    letters: usize,
    /// Whether no white space came since then.
    in_word: bool,
    /// Where the word began, and what of it came since something was deleted.
    word: Option<usize>,
    token: Option<usize>,
    text: Zeroizing<String>,
    last: usize,
}

impl Parts {
    fn take(&mut self, place: usize, char: char) {
        if char.is_whitespace() {
            self.end_token();
            (self.word, self.in_word) = (None, false);
            return;
        }
        let start = *self.word.get_or_insert(place);
        self.token.get_or_insert(place);
        self.write(char);
        self.last = place;
        if char.is_numeric() {
            let from = self.number.as_ref().map_or(start, |number| number.start);
            (self.number, self.letters, self.in_word) = (Some(from..place + 1), 0, true);
        } else if let Some(number) = &mut self.number {
            self.letters += usize::from(char.is_alphabetic());
            if self.in_word {
                number.end = place + 1;
            }
            if self.letters >= LETTERS {
                self.end_number();
            }
        }
    }

    /// A text that grew would leave a copy behind where it was.
    fn write(&mut self, char: char) {
        if self.text.len() + char.len_utf8() > self.text.capacity() {
            let mut grown = Zeroizing::new(String::with_capacity(self.text.len() * 2 + 64));
            grown.push_str(&self.text);
            self.text = grown;
        }
        self.text.push(char);
    }

    fn end_token(&mut self) {
        if let Some(start) = self.token.take().filter(|_| is_entropic(&self.text)) {
            self.found.push(start..self.last + 1);
        }
        self.text.clear();
    }

    fn end_number(&mut self) {
        self.found.extend(self.number.take());
    }
}

/// Sessions that have presses, and where those are.
fn sessions(presses: &[Press<'_>]) -> Vec<(usize, Range<usize>)> {
    let mut start = 0;
    let chunk = |chunk: &[Press<'_>]| {
        let places = start..start + chunk.len();
        start = places.end;
        (chunk[0].session, places)
    };
    presses.chunk_by(|one, next| one.session == next.session).map(chunk).collect()
}

fn is_piece(presses: &[Press<'_>]) -> bool {
    may_be_piece(&typed(presses))
}

/// Whether what was typed may be a piece of something, put together by clicks.
pub(super) fn may_be_piece(typed: &str) -> bool {
    typed.contains(|typed: char| typed.is_ascii_digit() || typed == '@') || typed.split_whitespace().any(is_entropic)
}

fn is_suspicious(presses: &[Press<'_>]) -> bool {
    let typed = typed(presses);
    let digits = typed.chars().filter(|typed| typed.is_numeric()).count();
    digits >= DIGITS || typed.split_whitespace().any(is_entropic)
}

fn typed(presses: &[Press<'_>]) -> TypedText {
    TypedText::concat(presses.iter().filter_map(|press| match press.edit {
        Edit::Insert(text) | Edit::Paste(Some(text)) => Some(&**text),
        // What was before is gone, or other than it was.
        Edit::Delete(_) | Edit::Chord(_) => Some(" "),
        _ => None,
    }))
}

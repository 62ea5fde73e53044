//! What cannot be rebuilt: where it holds six digits, or something without pattern, it is sensitive.

use std::collections::BTreeSet;
use std::ops::Range;

use super::edit::Edit;
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

/// Marks the sessions that nobody can rebuild and that may be sensitive. At the end of the `divided` ones the accounts differ.
pub(super) fn mark(presses: &[Press<'_>], clicks: &Clicks, divided: &BTreeSet<usize>, marking: &mut Marking<'_>) {
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
            marking.mark_all(whole, Label::Uncertain);
        }
        unit = None;
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

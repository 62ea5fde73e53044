//! What is typed into a row of boxes, as pages have them for a code: the page moves the keyboard on after each by itself, and nothing that is
//! typed says what it is.

use std::collections::{HashSet, VecDeque};

use super::edit::{Edit, Leave};
use super::role::Role;
use super::session::Session;

/// So many boxes are a row.
const BOXES: usize = 3;
/// More characters than this are in no box.
const MOST: usize = 4;
/// And fewer in all of them are nothing.
const LEAST: usize = 4;

/// The presses that went to rows of boxes. With `goes_on`, the first session goes on with a row that was let go.
pub(super) fn in_rows<T>(sessions: &VecDeque<Session<T>>, goes_on: bool) -> Vec<u64> {
    let (mut presses, mut row, mut is_row) = (Vec::new(), Vec::new(), goes_on);
    let mut end = |row: &mut Vec<&Session<T>>, is_row: bool| {
        if is_row || is_long(row) {
            let all = row.iter().flat_map(|session| session.presses());
            presses.extend(
                all.filter(|(_, edit)| matches!(edit, Edit::Insert(_) | Edit::Delete(_))).map(|(number, _)| number),
            );
        }
        row.clear();
    };
    for session in sessions {
        if is_box(session) {
            row.push(session);
        }
        if !moves_on(session) {
            end(&mut row, std::mem::take(&mut is_row));
        }
    }
    end(&mut row, is_row);
    presses
}

/// Whether the keyboard went on from a box to another field with no key that says so.
pub(super) fn moves_on<T>(session: &Session<T>) -> bool {
    let by_itself = matches!(session.ended, Some((_, Leave::Away)));
    let mut done = session.presses().filter(|(_, edit)| !matches!(edit, Edit::Leave(_) | Edit::Modifier));
    is_box(session) && by_itself && done.next_back().is_none_or(|(_, edit)| edit.changes_text())
}

/// Whether it may be one: a field in which a little was typed, or deleted, and nothing else done.
fn is_box<T>(session: &Session<T>) -> bool {
    let is_plain = |edit: &Edit| matches!(edit, Edit::Insert(_) | Edit::Delete(_) | Edit::Leave(_) | Edit::Modifier);
    session.role == Role::Known
        && session.field.is_some()
        && typed(session) <= MOST
        && session.presses().all(|(_, edit)| is_plain(edit))
}

fn is_long<T>(row: &[&Session<T>]) -> bool {
    let filled = || row.iter().filter(|session| typed(session) > 0);
    let fields: HashSet<_> = filled().map(|session| session.field).collect();
    fields.len() >= BOXES && filled().map(|session| typed(session)).sum::<usize>() >= LEAST
}

fn typed<T>(session: &Session<T>) -> usize {
    session.presses().map(|(_, edit)| edit.length()).sum()
}

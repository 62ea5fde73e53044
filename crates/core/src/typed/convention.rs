//! How an application answers the keys that applications answer differently.

use super::edit::{Chord, Edit, Motion};
use super::words::Words;

/// One way of answering. A field is followed under each of them, since nobody tells which one holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Convention {
    pub(super) words: Words,
    /// Whether undo takes back a run of presses, or one.
    pub(super) undoes_runs: bool,
    /// Whether up and down go by lines, or to the ends.
    pub(super) has_lines: bool,
    /// Whether it is a line of a terminal.
    pub(super) is_terminal: bool,
}

/// What becomes of a field.
pub(super) enum Command<'a> {
    Insert(&'a str),
    /// What was cut or copied here, if anything was; something unknown otherwise.
    Paste,
    Move(Motion, bool),
    Delete(Motion),
    SelectAll,
    Copy,
    Cut,
    /// Deletes, and keeps for [`Command::Yank`].
    Kill(Motion),
    Yank,
    Undo,
    Redo,
    Nothing,
}

impl Convention {
    /// The usual one, first, and the others.
    pub(super) const ALL: [Self; 5] = [
        Self { words: Words::Ends, undoes_runs: true, has_lines: false, is_terminal: false },
        Self { words: Words::Starts, undoes_runs: false, has_lines: false, is_terminal: false },
        Self { words: Words::Joined, undoes_runs: true, has_lines: true, is_terminal: false },
        Self { words: Words::Starts, undoes_runs: false, has_lines: true, is_terminal: false },
        Self { words: Words::Ends, undoes_runs: false, has_lines: false, is_terminal: true },
    ];

    /// What an edit is to it.
    pub(super) fn command(self, edit: &Edit) -> Command<'_> {
        match edit {
            Edit::Insert(text) | Edit::Paste(Some(text)) => Command::Insert(text),
            Edit::Paste(None) => Command::Paste,
            Edit::Move { motion, extend } => Command::Move(self.motion(*motion), *extend),
            Edit::Delete(motion) => Command::Delete(*motion),
            Edit::Chord(chord) if self.is_terminal => terminal(*chord),
            Edit::Chord(chord) => desktop(*chord),
            Edit::Leave(_) | Edit::Opaque | Edit::Modifier | Edit::Nothing => Command::Nothing,
        }
    }

    fn motion(self, motion: Motion) -> Motion {
        match motion {
            Motion::Up if !self.has_lines => Motion::LineStart,
            Motion::Down if !self.has_lines => Motion::LineEnd,
            motion => motion,
        }
    }
}

fn desktop(chord: Chord) -> Command<'static> {
    match chord.letter {
        _ if chord.alt => Command::Nothing,
        'a' => Command::SelectAll,
        'c' => Command::Copy,
        'x' => Command::Cut,
        'z' if chord.shift => Command::Redo,
        'z' => Command::Undo,
        'y' => Command::Redo,
        _ => Command::Nothing,
    }
}

/// What readline does, and what zsh and others learned from it.
fn terminal(chord: Chord) -> Command<'static> {
    match (chord.alt, chord.letter) {
        (false, 'a') => Command::Move(Motion::LineStart, false),
        (false, 'e') => Command::Move(Motion::LineEnd, false),
        (false, 'b') => Command::Move(Motion::Left, false),
        (false, 'f') => Command::Move(Motion::Right, false),
        (true, 'b') => Command::Move(Motion::WordLeft, false),
        (true, 'f') => Command::Move(Motion::WordRight, false),
        (false, 'h') => Command::Delete(Motion::Left),
        (false, 'd') => Command::Delete(Motion::Right),
        (true, 'd') => Command::Kill(Motion::WordRight),
        (false, 'w') => Command::Kill(Motion::SpaceLeft),
        (false, 'u') => Command::Kill(Motion::LineStart),
        (false, 'k') => Command::Kill(Motion::LineEnd),
        (false, 'y') => Command::Yank,
        (false, '_') => Command::Undo,
        // Ctrl+C gives the line up: what comes is a new one.
        (false, 'c') => Command::Kill(Motion::LineStart),
        _ => Command::Nothing,
    }
}

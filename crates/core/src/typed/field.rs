//! A text field as its keys leave it: the text, each character with the press that brought it, the caret, the selection, what can be undone.

use super::convention::{Command, Convention};
use super::edit::Motion;
use super::words;

/// Stands for text that nobody knows.
pub(super) const UNKNOWN: char = '\u{fffc}';
/// Presses that can be undone.
const UNDO_LIMIT: usize = 512;

/// A character and the press that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) char: char,
    pub(super) press: u64,
}

/// A text field.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    glyphs: Vec<Glyph>,
    caret: usize,
    /// The selection's other end; at the caret when nothing is selected.
    anchor: usize,
    changes: Vec<Change>,
    undone: Vec<Change>,
    /// Whether the next change begins a run, because the caret went elsewhere.
    broken: bool,
    clipboard: Vec<Glyph>,
}

/// One change of the text, enough to take it back.
#[derive(Clone, Debug)]
struct Change {
    at: usize,
    removed: Vec<Glyph>,
    inserted: Vec<Glyph>,
    begins_run: bool,
    caret: usize,
}

impl Field {
    pub(super) fn glyphs(&self) -> &[Glyph] {
        &self.glyphs
    }

    pub(super) fn caret(&self) -> usize {
        self.caret
    }

    /// Puts the caret somewhere, as a click does.
    pub(super) fn put_caret(&mut self, at: usize) {
        self.caret = at.min(self.glyphs.len());
        self.anchor = self.caret;
        self.broken = true;
    }

    pub(super) fn select_all(&mut self) {
        self.anchor = 0;
        self.caret = self.glyphs.len();
        self.broken = true;
    }

    /// Does what a press says. Answers the presses whose single characters it deleted or went over: their number tells how long
    /// that was.
    pub(super) fn apply(&mut self, command: &Command<'_>, press: u64, convention: Convention) -> Vec<u64> {
        match command {
            Command::Insert(text) => {
                let inserted = text.chars().map(|char| Glyph { char, press }).collect();
                self.replace_selection(inserted);
            }
            Command::Paste if self.clipboard.is_empty() => {
                self.replace_selection(vec![Glyph { char: UNKNOWN, press }]);
            }
            Command::Paste | Command::Yank => self.replace_selection(self.clipboard.clone()),
            Command::Move(motion, extend) => return self.go(*motion, *extend, convention),
            Command::Delete(motion) => return self.delete(*motion, convention),
            Command::Kill(motion) => {
                self.select_to(*motion, convention);
                self.cut();
            }
            Command::Cut => self.cut(),
            Command::Copy => self.copy(),
            Command::SelectAll => self.select_all(),
            Command::Undo => self.undo(convention.undoes_runs),
            Command::Redo => self.redo(convention.undoes_runs),
            Command::Nothing => {}
        }
        Vec::new()
    }

    /// Drops characters from the front, so that what was long ago does not weigh.
    pub(super) fn trim(&mut self, limit: usize) {
        let surplus = self.glyphs.len().saturating_sub(limit);
        if surplus == 0 {
            return;
        }
        self.glyphs.drain(..surplus);
        self.caret = self.caret.saturating_sub(surplus);
        self.anchor = self.anchor.saturating_sub(surplus);
        self.changes.clear();
        self.undone.clear();
    }

    fn selection(&self) -> (usize, usize) {
        (self.caret.min(self.anchor), self.caret.max(self.anchor))
    }

    fn replace_selection(&mut self, inserted: Vec<Glyph>) {
        let (from, to) = self.selection();
        self.replace(from, to, inserted);
    }

    fn replace(&mut self, from: usize, to: usize, inserted: Vec<Glyph>) {
        let begins_run = std::mem::take(&mut self.broken) || self.begins_run(from, to, &inserted);
        let caret = self.caret;
        let length = inserted.len();
        let removed = self.glyphs.splice(from..to, inserted.iter().copied()).collect();
        self.changes.push(Change { at: from, removed, inserted, begins_run, caret });
        if self.changes.len() > UNDO_LIMIT {
            self.changes.remove(0);
        }
        self.undone.clear();
        self.caret = from + length;
        self.anchor = self.caret;
    }

    /// Typing after deleting, and deleting after typing, begin a run; so does what replaces a selection.
    fn begins_run(&self, from: usize, to: usize, inserted: &[Glyph]) -> bool {
        let Some(last) = self.changes.last() else { return true };
        let (deletes, deleted) = (inserted.is_empty(), last.inserted.is_empty());
        deletes != deleted || (!deletes && from != to)
    }

    fn go(&mut self, motion: Motion, extend: bool, convention: Convention) -> Vec<u64> {
        let (from, to) = self.selection();
        let before = self.caret;
        self.caret = match motion {
            Motion::Left if from != to && !extend => from,
            Motion::Right if from != to && !extend => to,
            motion => self.target(motion, convention),
        };
        if !extend {
            self.anchor = self.caret;
        }
        self.broken = true;
        let one = matches!(motion, Motion::Left | Motion::Right);
        let crossed = before.min(self.caret)..before.max(self.caret);
        if one { self.glyphs[crossed].iter().map(|glyph| glyph.press).collect() } else { Vec::new() }
    }

    fn delete(&mut self, motion: Motion, convention: Convention) -> Vec<u64> {
        let (from, to) = self.selection();
        if from != to {
            self.replace(from, to, Vec::new());
            return Vec::new();
        }
        self.select_to(motion, convention);
        let (from, to) = self.selection();
        self.caret = self.anchor;
        if from == to {
            return Vec::new();
        }
        let one = matches!(motion, Motion::Left | Motion::Right);
        let gone = if one { self.glyphs[from..to].iter().map(|glyph| glyph.press).collect() } else { Vec::new() };
        self.replace(from, to, Vec::new());
        gone
    }

    fn select_to(&mut self, motion: Motion, convention: Convention) {
        self.anchor = self.caret;
        self.caret = self.target(motion, convention);
    }

    fn cut(&mut self) {
        let (from, to) = self.selection();
        if from != to {
            self.copy();
            self.replace(from, to, Vec::new());
        }
    }

    fn copy(&mut self) {
        let (from, to) = self.selection();
        if from != to {
            self.clipboard = self.glyphs[from..to].to_vec();
        }
    }

    fn undo(&mut self, runs: bool) {
        while let Some(change) = self.changes.pop() {
            let end = change.at + change.inserted.len();
            self.glyphs.splice(change.at..end, change.removed.iter().copied());
            self.caret = change.caret.min(self.glyphs.len());
            self.anchor = self.caret;
            self.broken = true;
            let begins_run = change.begins_run;
            self.undone.push(change);
            if !runs || begins_run {
                return;
            }
        }
    }

    fn redo(&mut self, runs: bool) {
        while let Some(change) = self.undone.pop() {
            let end = change.at + change.removed.len();
            self.glyphs.splice(change.at..end, change.inserted.iter().copied());
            self.caret = change.at + change.inserted.len();
            self.anchor = self.caret;
            self.changes.push(change);
            if !runs || self.undone.last().is_none_or(|next| next.begins_run) {
                return;
            }
        }
    }

    fn target(&self, motion: Motion, convention: Convention) -> usize {
        let length = self.glyphs.len();
        let by_word = |go: fn(words::Words, &[char], usize) -> usize| go(convention.words, &self.chars(), self.caret);
        match motion {
            Motion::Left => self.caret.saturating_sub(1),
            Motion::Right => (self.caret + 1).min(length),
            Motion::WordLeft => by_word(words::Words::left),
            Motion::WordRight => by_word(words::Words::right),
            Motion::SpaceLeft => words::space_left(&self.chars(), self.caret),
            Motion::LineStart => self.line_start(self.caret),
            Motion::LineEnd => self.line_end(self.caret),
            Motion::Up => self.line_above(),
            Motion::Down => self.line_below(),
            Motion::Start => 0,
            Motion::End => length,
        }
    }

    fn chars(&self) -> Vec<char> {
        self.glyphs.iter().map(|glyph| glyph.char).collect()
    }

    fn line_start(&self, at: usize) -> usize {
        self.glyphs[..at].iter().rposition(|glyph| glyph.char == '\n').map_or(0, |found| found + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.glyphs[at..].iter().position(|glyph| glyph.char == '\n').map_or(self.glyphs.len(), |found| at + found)
    }

    fn line_above(&self) -> usize {
        let start = self.line_start(self.caret);
        if start == 0 {
            return 0;
        }
        let above = self.line_start(start - 1);
        (above + (self.caret - start)).min(start - 1)
    }

    fn line_below(&self) -> usize {
        let end = self.line_end(self.caret);
        if end == self.glyphs.len() {
            return end;
        }
        let column = self.caret - self.line_start(self.caret);
        (end + 1 + column).min(self.line_end(end + 1))
    }
}

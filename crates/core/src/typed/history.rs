//! What of a field can be undone, and done again.

use std::collections::VecDeque;

use super::glyph::Glyphs;

/// Changes that can be undone, and characters that they brought and took: of the field that has the keyboard, and of one that was left.
const CHANGES: usize = 512;
const GLYPHS: usize = 8192;
const RESTING: usize = 512;

/// One change of the text, enough to take it back.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) at: usize,
    pub(super) removed: Glyphs,
    pub(super) inserted: Glyphs,
    pub(super) begins_run: bool,
    pub(super) caret: usize,
}

impl Change {
    fn glyphs(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// The changes of a field.
#[derive(Clone, Default)]
pub(super) struct History {
    done: VecDeque<Change>,
    undone: Vec<Change>,
    /// Characters that both hold.
    glyphs: usize,
    /// Whether something is no longer known that could be undone.
    forgot: bool,
}

impl History {
    /// Takes a change; from then on, what was undone cannot be done again.
    pub(super) fn push(&mut self, change: Change) {
        self.glyphs -= self.undone.drain(..).map(|undone| undone.glyphs()).sum::<usize>();
        self.glyphs += change.glyphs();
        self.done.push_back(change);
        self.limit(CHANGES, GLYPHS);
    }

    /// Whether a change begins a run: typing after deleting does, and deleting after typing, and what replaces a selection.
    pub(super) fn begins_run(&self, removed: usize, inserted: &Glyphs) -> bool {
        let Some(last) = self.done.back() else { return true };
        let (deletes, deleted) = (inserted.is_empty(), last.inserted.is_empty());
        deletes != deleted || (!deletes && removed > 0)
    }

    /// How many changes undo takes back: one, or a run.
    pub(super) fn undoes(&self, runs: bool) -> usize {
        let run =
            self.done.iter().rev().position(|change| change.begins_run).map_or(self.done.len(), |first| first + 1);
        if runs { run } else { self.done.len().min(1) }
    }

    /// How many changes redo does again.
    pub(super) fn redoes(&self, runs: bool) -> usize {
        let next = self.undone.iter().rev().skip(1).position(|change| change.begins_run);
        let run = next.map_or(self.undone.len(), |next| next + 1);
        if runs { run } else { self.undone.len().min(1) }
    }

    /// Whether what undo would take back is no longer known.
    pub(super) fn is_forgotten(&self) -> bool {
        self.forgot && self.done.is_empty()
    }

    /// The last change, which is to be taken back.
    pub(super) fn undo(&mut self) -> Option<&Change> {
        self.undone.push(self.done.pop_back()?);
        self.undone.last()
    }

    /// The last change that was taken back, which is to be done again.
    pub(super) fn redo(&mut self) -> Option<&Change> {
        self.done.push_back(self.undone.pop()?);
        self.done.back()
    }

    pub(super) fn forget(&mut self) {
        let forgot = self.forgot || !self.done.is_empty();
        *self = Self { forgot, ..Self::default() };
    }

    /// Keeps little of the history of a field that was left.
    pub(super) fn rest(&mut self) {
        self.limit(CHANGES, RESTING);
    }

    fn limit(&mut self, changes: usize, glyphs: usize) {
        while self.done.len() > changes || self.glyphs > glyphs {
            // Where even that is too much, it is what can be done again.
            let Some(oldest) = self.done.pop_front() else { return self.forget() };
            self.glyphs -= oldest.glyphs();
            self.forgot = true;
        }
    }
}

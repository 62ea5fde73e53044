//! A text field as its keys leave it: the text, each character with the press that brought it, the caret, the selection, what can be undone.

use super::convention::{Command, Convention};
use super::edit::Motion;
use super::glyph::{Glyph, Glyphs, UNKNOWN};
use super::history::{Change, History};
use super::words::{Words, space_left};
use super::work::Work;

/// A text field.
#[derive(Clone, Default)]
pub(super) struct Field {
    glyphs: Glyphs,
    caret: usize,
    /// The selection's other end; at the caret when nothing is selected.
    anchor: usize,
    history: History,
    /// Whether the next change begins a run, because the caret went elsewhere.
    broken: bool,
    clipboard: Glyphs,
    /// Whether something was undone that was too long ago to be known.
    is_lost: bool,
    /// The last press that did something here.
    last: u64,
}

/// What a command comes to in a field, now that it is known how the application answers it. Where two applications come to the same, one
/// account of the field does for both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect<'a> {
    Insert(&'a str),
    /// Puts in what was cut or copied.
    Paste,
    /// The caret and the selection's other end are there now.
    Go(Caret),
    /// What lies between is gone; `kept` for a later paste or not.
    Remove {
        from: usize,
        to: usize,
        kept: bool,
        one: bool,
    },
    Copy,
    /// So many changes.
    Undo(usize),
    Redo(usize),
    /// What undoing this brings, nobody knows.
    Lose,
    Nothing,
}

/// Where the caret is, and the selection's other end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Caret {
    pub(super) at: usize,
    pub(super) anchor: usize,
    /// Whether it went there one character at a time.
    pub(super) one: bool,
}

impl Field {
    pub(super) fn glyphs(&self) -> &[Glyph] {
        &self.glyphs
    }

    pub(super) fn caret(&self) -> usize {
        self.caret
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Whether caret and selection stand in both alike, and the next change begins a run in both or in neither.
    pub(super) fn stands_as(&self, other: &Self) -> bool {
        (self.caret, self.anchor, self.broken) == (other.caret, other.anchor, other.broken)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// Goes on from what is known.
    pub(super) fn settle(&mut self) {
        self.is_lost = false;
    }

    /// Where the caret is.
    pub(super) fn here(&self) -> Caret {
        Caret { at: self.caret, anchor: self.anchor, one: false }
    }

    /// Where everything is selected.
    pub(super) fn all(&self) -> Caret {
        Caret { at: self.glyphs.len(), anchor: 0, one: false }
    }

    /// Where a click leaves the caret.
    pub(super) fn at(&self, at: usize) -> Caret {
        let at = at.min(self.glyphs.len());
        Caret { at, anchor: at, one: false }
    }

    /// What a command comes to here.
    pub(super) fn effect<'a>(&self, command: &Command<'a>, convention: Convention, work: &mut Work) -> Effect<'a> {
        let (from, to) = self.selection();
        match command {
            Command::Insert(text) => Effect::Insert(text),
            Command::Yank if self.clipboard.is_empty() => Effect::Nothing,
            Command::Paste | Command::Yank => Effect::Paste,
            Command::Move(motion, extend) => Effect::Go(self.moved(*motion, *extend, convention, work)),
            Command::SelectAll => Effect::Go(self.all()),
            Command::Cut | Command::Copy if from == to => Effect::Nothing,
            Command::Cut => Effect::Remove { from, to, kept: true, one: false },
            Command::Copy => Effect::Copy,
            Command::Delete(_) if from != to => Effect::Remove { from, to, kept: false, one: false },
            Command::Delete(motion) => self.removal(*motion, false, convention, work),
            Command::Kill(motion) => self.removal(*motion, true, convention, work),
            Command::Undo if self.history.is_forgotten() => Effect::Lose,
            Command::Undo => match self.history.undoes(convention.undoes_runs) {
                0 => Effect::Nothing,
                changes => Effect::Undo(changes),
            },
            Command::Redo => match self.history.redoes(convention.undoes_runs) {
                0 => Effect::Nothing,
                changes => Effect::Redo(changes),
            },
            Command::Nothing => Effect::Nothing,
        }
    }

    /// Does what a press comes to. Answers the presses whose single characters it deleted or went over: their number tells how long
    /// that was.
    pub(super) fn perform(&mut self, effect: &Effect<'_>, press: u64, work: &mut Work) -> Vec<u64> {
        self.last = press;
        let (from, to) = self.selection();
        match *effect {
            Effect::Insert(text) => self.replace(from, to, Glyphs::of(text, press), work),
            Effect::Paste if self.clipboard.is_empty() => {
                self.replace(from, to, Glyphs::of(UNKNOWN.encode_utf8(&mut [0; 4]), press), work);
            }
            Effect::Paste => self.replace(from, to, self.clipboard.clone(), work),
            Effect::Go(caret) => return self.go(caret),
            Effect::Remove { from, to, kept, one } => {
                let gone = self.presses(from, to, one);
                if kept {
                    self.copy(from, to, work);
                }
                self.replace(from, to, Glyphs::default(), work);
                return gone;
            }
            Effect::Copy => self.copy(from, to, work),
            Effect::Undo(changes) => (0..changes).for_each(|_| self.undo(work)),
            Effect::Redo(changes) => (0..changes).for_each(|_| self.redo(work)),
            Effect::Lose => self.is_lost = true,
            Effect::Nothing => {}
        }
        Vec::new()
    }

    /// Drops characters from the front, so that what was long ago does not weigh.
    pub(super) fn trim(&mut self, limit: usize) {
        let surplus = self.glyphs.len().saturating_sub(limit);
        if surplus == 0 {
            return;
        }
        self.glyphs.drop_front(surplus);
        self.caret = self.caret.saturating_sub(surplus);
        self.anchor = self.anchor.saturating_sub(surplus);
        self.history.forget();
    }

    /// Remembers less of what can be undone, as somebody is somewhere else now.
    pub(super) fn rest(&mut self) {
        self.history.rest();
    }

    fn selection(&self) -> (usize, usize) {
        (self.caret.min(self.anchor), self.caret.max(self.anchor))
    }

    fn replace(&mut self, from: usize, to: usize, inserted: Glyphs, work: &mut Work) {
        work.spend_moving(inserted.len() + self.glyphs.len() - from);
        let begins_run = std::mem::take(&mut self.broken) || self.history.begins_run(to - from, &inserted);
        let caret = self.caret;
        let removed = self.glyphs.replace(from..to, &inserted);
        self.caret = from + inserted.len();
        self.anchor = self.caret;
        self.history.push(Change { at: from, removed, inserted, begins_run, caret });
    }

    fn go(&mut self, to: Caret) -> Vec<u64> {
        let before = self.caret;
        (self.caret, self.anchor, self.broken) = (to.at, to.anchor, true);
        self.presses(before.min(to.at), before.max(to.at), to.one)
    }

    fn presses(&self, from: usize, to: usize, one: bool) -> Vec<u64> {
        if one { self.glyphs[from..to].iter().map(|glyph| glyph.press).collect() } else { Vec::new() }
    }

    fn copy(&mut self, from: usize, to: usize, work: &mut Work) {
        work.spend(to - from);
        let mut copied = Glyphs::with_capacity(to - from);
        copied.append(&self.glyphs[from..to]);
        self.clipboard = copied;
    }

    fn undo(&mut self, work: &mut Work) {
        let Some(change) = self.history.undo() else { return };
        let end = change.at + change.inserted.len();
        work.spend(change.inserted.len() + change.removed.len());
        work.spend_moving(self.glyphs.len() - end);
        self.glyphs.replace(change.at..end, &change.removed);
        self.caret = change.caret.min(self.glyphs.len());
        self.anchor = self.caret;
        self.broken = true;
    }

    fn redo(&mut self, work: &mut Work) {
        let Some(change) = self.history.redo() else { return };
        let end = change.at + change.removed.len();
        work.spend(change.inserted.len() + change.removed.len());
        work.spend_moving(self.glyphs.len() - end);
        self.glyphs.replace(change.at..end, &change.inserted);
        self.caret = change.at + change.inserted.len();
        self.anchor = self.caret;
    }

    fn moved(&self, motion: Motion, extend: bool, convention: Convention, work: &mut Work) -> Caret {
        let (from, to) = self.selection();
        let at = match motion {
            Motion::Left if from != to && !extend => from,
            Motion::Right if from != to && !extend => to,
            motion => self.target(motion, convention, work),
        };
        let one = matches!(motion, Motion::Left | Motion::Right);
        Caret { at, anchor: if extend { self.anchor } else { at }, one }
    }

    fn removal(&self, motion: Motion, kept: bool, convention: Convention, work: &mut Work) -> Effect<'static> {
        let target = self.target(motion, convention, work);
        let one = matches!(motion, Motion::Left | Motion::Right);
        match (self.caret.min(target), self.caret.max(target)) {
            (from, to) if from == to => Effect::Nothing,
            (from, to) => Effect::Remove { from, to, kept, one },
        }
    }

    fn target(&self, motion: Motion, convention: Convention, work: &mut Work) -> usize {
        let (words, length): (Words, _) = (convention.words, self.glyphs.len());
        let target = match motion {
            Motion::Left => self.caret.saturating_sub(1),
            Motion::Right => (self.caret + 1).min(length),
            Motion::WordLeft => words.left(&self.glyphs, self.caret),
            Motion::WordRight => words.right(&self.glyphs, self.caret),
            Motion::SpaceLeft => space_left(&self.glyphs, self.caret),
            Motion::LineStart => self.line_start(self.caret),
            Motion::LineEnd => self.line_end(self.caret),
            Motion::Up => self.line_above(),
            Motion::Down => self.line_below(),
            Motion::Start => return 0,
            Motion::End => return length,
        };
        work.spend_moving(self.caret.abs_diff(target));
        target
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

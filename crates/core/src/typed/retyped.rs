//! What is told, typed again by somebody who knows of no selections, no undo and no clipboard: the text that the keys themselves spell.

use super::convention::Convention;
use super::edit::{Edit, Motion};
use super::field::Field;
use super::work::Work;

/// One field for all that is told.
#[derive(Clone, Default)]
pub(super) struct Retyped(Field);

impl Retyped {
    pub(super) fn field(&self) -> &Field {
        &self.0
    }

    /// Types, deletes one character, or moves, as a press says.
    pub(super) fn press(&mut self, edit: &Edit, number: u64, work: &mut Work) {
        let spells = match edit {
            Edit::Insert(_) => true,
            Edit::Move { motion, extend } => !extend && is_plain(*motion),
            Edit::Delete(motion) => is_plain(*motion),
            _ => false,
        };
        if spells {
            let convention = Convention::ALL[0];
            let effect = self.0.effect(&convention.command(edit), convention, work);
            self.0.perform(&effect, number, work);
        }
    }

    /// Keeps the last characters, and nothing of what was deleted.
    pub(super) fn trim(&mut self, limit: usize) {
        self.0.trim(limit);
        self.0.rest();
    }
}

fn is_plain(motion: Motion) -> bool {
    matches!(motion, Motion::Left | Motion::Right | Motion::LineStart | Motion::LineEnd)
}

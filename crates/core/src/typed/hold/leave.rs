//! How a field is left, and where the keyboard turns out to be then.

use super::super::edit::{Edit, Leave};
use super::super::role::{FieldId, Role};
use super::super::session::{Entry, Session};
use super::super::work::Work;
use super::{ENTRY_BYTES, Find, TypedHold};
use crate::clock::Time;

impl<F: Find, T> TypedHold<F, T> {
    /// The keyboard turns out to be in this field, where nothing was typed yet.
    pub(super) fn arrive(&mut self, time: Time, field: Option<FieldId>) {
        let same = field.is_some() && field == self.field;
        // What was clicked at, or what Enter opened, is another field than that one.
        if !same && matches!(self.left, Some(Leave::Click | Leave::Enter)) {
            let number = self.next_press;
            self.next_press += 1;
            self.judged = None;
            self.left = Some(Leave::Away);
            match self.sessions.iter_mut().rev().nth(1) {
                Some(before) => {
                    before.entries.push(Entry::away(time, number, Leave::Away));
                    self.presses += 1;
                    self.bytes += ENTRY_BYTES;
                }
                None => drop(self.past.pass(&Edit::Leave(Leave::Away), number, &mut Work::unbounded())),
            }
        }
    }

    pub(super) fn leave(&mut self, time: Time, leave: Leave, role: Role) {
        self.judged = None;
        if matches!(leave, Leave::Away | Leave::Click) {
            // No key says so, so it gets a press of its own, which nobody is told.
            let number = self.next_press;
            self.next_press += 1;
            if let Some(session) = self.sessions.back_mut() {
                session.entries.push(Entry::away(time, number, leave));
                self.presses += 1;
                self.bytes += ENTRY_BYTES;
            }
        }
        if let Some(session) = self.sessions.back_mut() {
            session.end(time, leave);
        }
        self.left = Some(leave);
        self.sessions.push_back(Session::new(role));
    }
}

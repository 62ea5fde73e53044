//! What is withheld, because it waited for too long, takes too much, cannot be judged, or is of a secret field.

use super::super::role::{FieldId, Role};
use super::super::session::{Entry, Kept, Reason, Session, Withheld};
use super::{ENTRY_BYTES, Find, TypedHold};
use crate::clock::Time;

impl<F: Find, T> TypedHold<F, T> {
    /// Withholds what has waited for too long or takes too much, and was not left.
    pub(super) fn bound(&mut self, now: Time) {
        if self.is_over(1) {
            // Half of it goes, so that it is not judged again for each press that comes.
            while self.is_over(2) && self.first_is_over(now) {
                self.judge(1);
            }
        }
        while self.is_over(1) || self.waits_too_long(now) {
            match self.first_is_over(now) {
                true => self.judge(1),
                false => self.overflow(now),
            }
        }
    }

    /// Whether more waits than the `part`th of what may.
    fn is_over(&self, part: usize) -> bool {
        self.presses > self.limits.presses / part || self.bytes > self.limits.bytes / part
    }

    fn waits_too_long(&self, now: Time) -> bool {
        self.sessions.front().and_then(Session::began).is_some_and(|began| now.since(began) > self.limits.time)
    }

    fn first_is_over(&self, now: Time) -> bool {
        self.sessions.front().is_some_and(|first| first.is_over(now, self.limits.quiet))
    }

    /// What waits of a field is withheld, because it turned out to be a secret one.
    pub(super) fn withhold_field(&mut self, field: Option<FieldId>) {
        for at in 0..self.sessions.len() {
            if self.sessions[at].field == field {
                self.withhold_session(at, Reason::SecretField);
            }
        }
    }

    /// What was typed at `time` turned out to be a secret: it is withheld with everything that was typed with it.
    pub fn withhold_with(&mut self, time: Time) {
        let holds = |session: &Session<T>| session.entries.iter().any(|entry| entry.time == time);
        if let Some(at) = self.sessions.iter().position(holds) {
            self.withhold_session(at, Reason::SecretField);
        }
    }

    /// A key of then came too late for anybody to say where it went. Without it no check fits what it belongs to: what was typed about then in fields that were
    /// left is withheld, and nobody can rebuild what the one that has the keyboard holds.
    pub fn miss(&mut self, time: Time) {
        let about = |session: &Session<T>| {
            session.began().is_some_and(|began| began <= time.after(self.limits.quiet))
                && session.ended.is_some_and(|(ended, _)| time.before(self.limits.quiet) <= ended)
        };
        let left: Vec<usize> = (0..self.sessions.len()).filter(|at| about(&self.sessions[*at])).collect();
        left.into_iter().for_each(|at| self.withhold_session(at, Reason::Misplaced));
        self.judged = None;
        let number = self.next_press;
        self.next_press += 1;
        if let Some(session) = self.sessions.back_mut() {
            let time = session.entries.last().map_or(time, |last| last.time.max(time));
            session.entries.push(Entry::missing(time, number));
            self.presses += 1;
            self.bytes += ENTRY_BYTES;
        }
    }

    /// What was typed at such times is withheld with everything that was typed with it: its window turned out to be one that leaves nothing.
    pub fn exclude(&mut self, is_excluded: impl Fn(Time) -> bool) {
        for at in 0..self.sessions.len() {
            let mut keys = self.sessions[at].entries.iter().filter(|entry| entry.payload.is_some());
            if keys.any(|entry| is_excluded(entry.time)) {
                self.withhold_session(at, Reason::Excluded);
            }
        }
    }

    /// Withholds all of the first session that waits so far.
    fn overflow(&mut self, now: Time) {
        self.withhold_session(0, Reason::HoldFull);
        // Its field was not left: what comes may go on where this stopped, however long ago that was.
        self.past_until = self.past_until.max(Some(now));
        if self.sessions.front().is_some_and(|session| session.ended.is_some()) {
            self.sessions.pop_front();
        }
    }

    /// What a session holds so far becomes the past, and is told to nobody. A secret is not remembered either.
    fn withhold_session(&mut self, at: usize, reason: Reason) {
        let Some(session) = self.sessions.get_mut(at) else { return };
        let is_secret = matches!(reason, Reason::SecretField | Reason::Excluded);
        self.clicked = !is_secret && session.is_clicked_piece();
        let entries = std::mem::take(&mut session.entries);
        let field = session.field;
        session.is_piece = false;
        self.judged = None;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        let withheld = Withheld { from: first.time, to: last.time, reason, field };
        self.count_out(&entries);
        if !is_secret {
            self.remember(&entries, |_| false);
        }
        self.withhold(withheld);
    }

    /// Nothing of the first sessions is told, because nobody judged them.
    pub(super) fn fail(&mut self, ready: usize, reason: Reason) {
        for _ in 0..ready {
            self.withhold_session(0, reason);
            self.sessions.pop_front();
        }
        if self.sessions.is_empty() {
            self.sessions.push_back(Session::new(Role::Unknown));
        }
    }

    /// Withheld samples of one reason, one after another, are told as one: their number would tell.
    pub(super) fn withhold(&mut self, withheld: Withheld) {
        if let Some(Kept::Withheld(last)) = self.ready.last_mut()
            && last.reason == withheld.reason
        {
            last.to = withheld.to;
            last.field = last.field.filter(|field| withheld.field == Some(*field));
            return;
        }
        self.ready.push(Kept::Withheld(withheld));
    }
}

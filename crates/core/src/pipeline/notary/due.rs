//! When the writing thread has something to do though no message comes.

use super::{Feed, GUARD, MAX_FLUSH, Notary, PACE, SPAN_GAP};
use crate::clock::Time;

impl Notary {
    /// When something is due without a message: at the latest when the receipt expires.
    pub(super) fn next_deadline(&self) -> Time {
        let flush = self.flush_due();
        let spans = self.withheld.values().map(|(_, to)| to.after(SPAN_GAP)).min();
        let feed = self.feed.as_ref().is_some_and(Feed::is_waiting).then(|| self.fed.after(PACE));
        let until = self.shared.gate.until();
        // What is due and was not vouched for waits for that, and for nothing else.
        let seen = self.shared.presence.seen_until().after(GUARD);
        let context = self.contexts.front().map(|first| (first.time().after(GUARD), seen));
        let held = [context, self.keys.next_release().map(|due| (due, self.vouched()))];
        let waits = !self.unvouched.is_empty() || held.iter().flatten().any(|(due, vouched)| due > vouched);
        let check = self.shared.presence.next_check(waits);
        let pictures = self.next_picture();
        let late =
            self.pictures.next_time().and_then(|_| self.shared.readings.lock().next_late(self.shared.clock.now()));
        let held = held.into_iter().flatten().filter(|(due, vouched)| due <= vouched).map(|(due, _)| due);
        [flush, spans, feed, self.cut_due, check, pictures, late]
            .into_iter()
            .flatten()
            .chain(held)
            .fold(until, Time::min)
    }

    /// When what has gathered is sealed; what was sealed waits a little longer for its journal line.
    pub(super) fn flush_due(&self) -> Option<Time> {
        if self.writer.has_unsealed() {
            return Some(self.flushed.after(self.shared.flush));
        }
        self.writer.has_unattested().then(|| self.flushed.after(MAX_FLUSH))
    }
}

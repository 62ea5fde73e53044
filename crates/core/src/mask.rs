//! Windows that are painted over for what is in them: a secret field, or something sensitive that was typed or stands there.
//!
//! A window stays painted over until the field in question is no more, or the contributor says so. When more windows are than can be
//! remembered, every window is.

use crate::clock::Time;
use crate::journal::WithheldReason;
use crate::typed::FieldId;

/// Masks that are remembered.
const LIMIT: usize = 1024;

/// What a window shows, or may, that must not be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The window, by the system's number.
    pub window: u64,
    /// The field that shows it; `None` where nobody knows, and then nobody can tell that it does no longer.
    pub field: Option<FieldId>,
    /// Why it must not be seen.
    pub reason: WithheldReason,
    /// Since when.
    pub since: Time,
}

/// What is painted over, and what was.
#[derive(Default)]
pub(crate) struct Masks {
    all: Vec<Mask>,
    /// Since when there are more than can be remembered.
    full: Option<Time>,
    /// How often it changed what is painted over now.
    changes: u64,
}

struct Mask {
    exposure: Exposure,
    /// Lasts only until what was typed there has been judged.
    pending: bool,
    until: Option<Time>,
}

impl Mask {
    fn lasts(&self) -> bool {
        self.until.is_none()
    }

    fn holds_at(&self, time: Time) -> bool {
        self.exposure.since <= time && self.until.is_none_or(|until| time < until)
    }
}

impl Masks {
    /// Paints over a window from then on.
    pub(crate) fn add(&mut self, exposure: Exposure) {
        self.insert(exposure, false);
    }

    /// Paints over a window because what is typed there has not been judged, and nobody can wait.
    pub(crate) fn add_pending(&mut self, window: u64, since: Time) {
        self.insert(Exposure { window, field: None, reason: WithheldReason::HoldFull, since }, true);
    }

    /// Takes away what waited for a judgement, of windows in which nothing waits for one any more.
    pub(crate) fn judged(&mut self, waits: impl Fn(u64) -> bool, now: Time) {
        self.end(now, |mask| mask.pending && !waits(mask.exposure.window));
    }

    /// This field is no more.
    pub(crate) fn gone(&mut self, field: FieldId, now: Time) {
        self.end(now, |mask| mask.exposure.field == Some(field));
    }

    /// The contributor says that what windows show may be seen, but for secret fields. Where there were more than can be remembered, nobody
    /// knows which have one.
    pub(crate) fn lift(&mut self, now: Time) {
        self.end(now, |mask| mask.exposure.reason != WithheldReason::SecretField);
    }

    /// Why a window must not be seen now.
    pub(crate) fn now(&self, window: u64) -> Option<WithheldReason> {
        let mask = self.all.iter().find(|mask| mask.lasts() && mask.exposure.window == window);
        mask.map(|mask| mask.exposure.reason).or(self.full.map(|_| WithheldReason::HoldFull))
    }

    /// Why a window must not be seen in a picture of then.
    pub(crate) fn at(&self, window: u64, time: Time) -> Option<WithheldReason> {
        let mask = self.all.iter().find(|mask| mask.holds_at(time) && mask.exposure.window == window);
        let full = || self.full.filter(|since| *since <= time).map(|_| WithheldReason::HoldFull);
        mask.map(|mask| mask.exposure.reason).or_else(full)
    }

    /// Whether a window has been painted over since then, and still is.
    pub(crate) fn covers(&self, window: u64, since: Time) -> bool {
        let covers = |mask: &Mask| mask.lasts() && mask.exposure.window == window && mask.exposure.since <= since;
        self.all.iter().any(covers) || self.full.is_some_and(|full| full <= since)
    }

    /// Whether a window was painted over and may be seen now: what it shows is its own again.
    pub(crate) fn lifted(&self, window: u64) -> bool {
        self.now(window).is_none() && self.all.iter().any(|mask| mask.exposure.window == window)
    }

    /// Whether a window was painted over before and may be seen in a picture of then.
    pub(crate) fn lifted_at(&self, window: u64, time: Time) -> bool {
        let before = |mask: &Mask| mask.exposure.window == window && mask.until.is_some_and(|until| until <= time);
        self.at(window, time).is_none() && self.all.iter().any(before)
    }

    /// Whether anything is painted over, or was shortly before.
    pub(crate) fn is_any(&self) -> bool {
        !self.all.is_empty() || self.full.is_some()
    }

    /// Fields whose end would be good to know.
    pub(crate) fn fields(&self) -> Vec<u64> {
        let mut fields: Vec<u64> =
            self.all.iter().filter(|mask| mask.lasts()).filter_map(|mask| Some(mask.exposure.field?.0)).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// How many windows are painted over now.
    pub(crate) fn count(&self) -> usize {
        let mut windows: Vec<u64> =
            self.all.iter().filter(|mask| mask.lasts()).map(|mask| mask.exposure.window).collect();
        windows.sort_unstable();
        windows.dedup();
        windows.len()
    }

    /// How often it changed what is painted over now.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Nobody asks any more for what was painted over only before this.
    pub(crate) fn forget_before(&mut self, time: Time) {
        self.all.retain(|mask| mask.until.is_none_or(|until| until >= time));
    }

    fn insert(&mut self, exposure: Exposure, pending: bool) {
        let same = |mask: &&mut Mask| {
            let Exposure { window, field, .. } = mask.exposure;
            mask.lasts() && (window, field, mask.pending) == (exposure.window, exposure.field, pending)
        };
        if let Some(mask) = self.all.iter_mut().find(same) {
            mask.exposure.since = mask.exposure.since.min(exposure.since);
            // Whatever else it holds: a secret field stays one.
            if exposure.reason == WithheldReason::SecretField {
                mask.exposure.reason = exposure.reason;
            }
            return;
        }
        if self.all.len() < LIMIT {
            self.changes += 1;
            self.all.push(Mask { exposure, pending, until: None });
        } else if self.full.is_none_or(|full| exposure.since < full) {
            self.changes += 1;
            self.full = Some(exposure.since);
        }
    }

    fn end(&mut self, now: Time, ends: impl Fn(&Mask) -> bool) {
        for mask in self.all.iter_mut().filter(|mask| mask.lasts()) {
            if ends(mask) {
                mask.until = Some(now);
                self.changes += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: WithheldReason = WithheldReason::SensitiveContent;

    fn at(seconds: u64) -> Time {
        Time::from_nanos(seconds * 1_000_000_000)
    }

    fn exposure(window: u64, field: Option<u64>, since: u64) -> Exposure {
        Exposure { window, field: field.map(FieldId), reason: REASON, since: at(since) }
    }

    #[test]
    fn a_window_is_painted_over_from_the_first_moment_until_its_fields_are_no_more() {
        let mut masks = Masks::default();
        masks.add(exposure(1, Some(5), 10));
        masks.add(exposure(1, Some(6), 12));
        masks.add(exposure(1, Some(5), 8));
        assert_eq!([7, 8, 12].map(|time| masks.at(1, at(time))), [None, Some(REASON), Some(REASON)]);
        assert_eq!((masks.now(1), masks.now(2), masks.fields()), (Some(REASON), None, vec![5, 6]));
        masks.gone(FieldId(5), at(20));
        assert_eq!((masks.now(1), masks.fields()), (Some(REASON), vec![6]));
        masks.gone(FieldId(6), at(21));
        assert!(masks.now(1).is_none() && masks.lifted(1) && !masks.lifted(2));
        assert_eq!([20, 21].map(|time| masks.at(1, at(time))), [Some(REASON), None]);
        masks.forget_before(at(22));
        assert!(!masks.is_any());
    }

    #[test]
    fn what_nobody_can_tell_of_stays_until_the_contributor_says_so() {
        let mut masks = Masks::default();
        masks.add(exposure(1, None, 10));
        masks.gone(FieldId(5), at(20));
        masks.judged(|_| false, at(20));
        assert_eq!(masks.now(1), Some(REASON));
        masks.lift(at(30));
        assert_eq!((masks.now(1), masks.at(1, at(29))), (None, Some(REASON)));
    }

    #[test]
    fn what_waits_for_its_judgement_is_painted_over_until_then() {
        let mut masks = Masks::default();
        masks.add_pending(1, at(10));
        masks.add_pending(2, at(10));
        masks.judged(|window| window == 2, at(20));
        assert_eq!((masks.now(1), masks.now(2)), (None, Some(WithheldReason::HoldFull)));
        assert_eq!(masks.at(1, at(15)), Some(WithheldReason::HoldFull));
    }

    #[test]
    fn when_more_are_than_can_be_remembered_all_are() {
        let mut masks = Masks::default();
        (0..1024).for_each(|window| masks.add(exposure(window, None, 1)));
        assert_eq!(masks.now(5000), None);
        masks.add(exposure(5001, None, 3));
        assert_eq!((masks.now(5000), masks.at(5000, at(2))), (Some(WithheldReason::HoldFull), None));
        masks.lift(at(9));
        assert_eq!(masks.now(5000), Some(WithheldReason::HoldFull), "one of them may have a secret field");
    }

    #[test]
    fn a_secret_field_stays_painted_over_whatever_else_was_found_in_it() {
        let secret = WithheldReason::SecretField;
        for reasons in [[REASON, secret], [secret, REASON]] {
            let mut masks = Masks::default();
            reasons.into_iter().for_each(|reason| masks.add(Exposure { reason, ..exposure(1, Some(5), 1) }));
            masks.lift(at(2));
            assert_eq!(masks.now(1), Some(secret), "{reasons:?}");
            masks.gone(FieldId(5), at(3));
            assert_eq!(masks.now(1), None);
        }
    }
}

//! Windows that are painted over for what is in them: a secret field, or something sensitive that was typed or stands there; or for what
//! their application calls them.
//!
//! A window stays painted over until the field in question is no more, or the contributor says so; a private one for as long as it exists.
//! When more windows are than can be remembered, every window is.

use crate::called::Judged;
use crate::clock::Time;
use crate::journal::WithheldReason;
use crate::typed::FieldId;

/// Masks that are remembered.
const LIMIT: usize = 1024;
/// Windows of which it is remembered that they are no more.
const GONE: usize = 1024;

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
    /// There are more windows that are withheld for what they are called than can be remembered.
    names_full: bool,
    /// Windows that are no more, until when they were surely there, and from when on surely not.
    gone: Vec<(u64, Time, Time)>,
    /// How often it changed what is painted over now.
    changes: u64,
}

struct Mask {
    exposure: Exposure,
    kind: Kind,
    until: Option<Time>,
    /// When it was found last to be needed.
    latest: Time,
    /// The window is no more: what has its number by now is another one, of which nothing was lifted.
    closed: bool,
}

/// What a mask is for, and with that how long it lasts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For what the window shows, until it does not.
    Shows,
    /// For what it says that it shows, until it says something else.
    Says,
    /// Only until what was typed there, or stands there, has been judged.
    Pending,
    /// As long as this process has the window: it is private.
    Private(u32),
    /// Until it is known which of the windows of this process are private.
    Suspected(u32),
}

impl Kind {
    fn is_of_name(self) -> bool {
        matches!(self, Self::Private(_) | Self::Suspected(_))
    }
}

impl Mask {
    fn lasts(&self) -> bool {
        self.until.is_none()
    }

    /// Whether it is of whatever window has that number, and of nothing that is told apart.
    fn is_of_number(&self) -> bool {
        matches!(self.kind, Kind::Shows | Kind::Says) && self.exposure.field.is_none()
    }

    fn holds_at(&self, time: Time) -> bool {
        self.exposure.since <= time && self.until.is_none_or(|until| time < until)
    }
}

impl Masks {
    /// Paints over a window from then on.
    pub(crate) fn add(&mut self, exposure: Exposure) {
        self.insert(exposure, Kind::Shows);
    }

    /// Paints over a window that says that it shows something sensitive.
    pub(crate) fn add_said(&mut self, window: u64, since: Time) {
        self.insert(Exposure { window, field: None, reason: WithheldReason::SensitiveContent, since }, Kind::Says);
    }

    /// A window does not say so any more, or is none.
    pub(crate) fn end_said(&mut self, window: u64, now: Time) {
        self.end(now, |mask| mask.kind == Kind::Says && mask.exposure.window == window);
    }

    /// Windows are no more that were there at `there` still. What was found of them since then may be of others that have their numbers: it
    /// stays. So does what somebody else says the end of: a field, a name, a judgement.
    pub(crate) fn close(&mut self, windows: &[u64], there: Time, until: Time) {
        let closes = |mask: &Mask| {
            mask.lasts() && mask.is_of_number() && mask.latest <= there && windows.contains(&mask.exposure.window)
        };
        for mask in self.all.iter_mut().filter(|mask| closes(mask)) {
            (mask.until, mask.closed) = (Some(until), true);
            self.changes += 1;
        }
        // What is found of them later is of then.
        self.gone.extend(windows.iter().map(|window| (*window, there, until)));
        self.gone.drain(..self.gone.len().saturating_sub(GONE));
    }

    /// Paints over what a window showed that shows no more, between these times.
    pub(crate) fn add_over(&mut self, window: u64, (since, until): (Time, Time)) {
        let exposure = Exposure { window, field: None, reason: WithheldReason::SensitiveContent, since };
        self.insert_until(exposure, Kind::Says, Some(until));
    }

    /// Whether a window is painted over for what goes with it.
    pub(crate) fn has_of_number(&self, window: u64) -> bool {
        self.all.iter().any(|mask| mask.lasts() && mask.is_of_number() && mask.exposure.window == window)
    }

    /// Paints over a window because what is typed there, or stands there, has not been judged, and nobody can wait.
    pub(crate) fn add_pending(&mut self, window: u64, since: Time) {
        self.insert(Exposure { window, field: None, reason: WithheldReason::HoldFull, since }, Kind::Pending);
    }

    /// Takes away what waited for a judgement, of windows in which nothing waits for one any more.
    pub(crate) fn judged(&mut self, waits: impl Fn(u64) -> bool, now: Time) {
        self.end(now, |mask| mask.kind == Kind::Pending && !waits(mask.exposure.window));
    }

    /// Paints over what is private of a process's windows, or may be; of both all that was not written yet.
    pub(crate) fn call(&mut self, judged: &Judged, now: Time) {
        let Judged { process, windows, private, suspected } = judged;
        let exposure = |window: &u64, reason| Exposure { window: *window, field: None, reason, since: Time::ZERO };
        let (is, may_be) = (Kind::Private(*process), Kind::Suspected(*process));
        private.iter().for_each(|window| self.insert(exposure(window, WithheldReason::ExcludedApplication), is));
        // That nobody knows is no reason of the window's own: what it showed meanwhile may be seen again.
        suspected.iter().for_each(|window| self.insert(exposure(window, WithheldReason::HoldFull), may_be));
        self.end(now, |mask| match mask.kind {
            kind if kind == is => !windows.contains(&mask.exposure.window),
            kind if kind == may_be => !suspected.contains(&mask.exposure.window),
            _ => false,
        });
        self.forget_names();
    }

    /// Whether a window is withheld for what it is called, or may be: its keys and titles, too.
    pub(crate) fn withholds(&self, window: u64) -> bool {
        let withholds = |mask: &Mask| mask.lasts() && mask.kind.is_of_name() && mask.exposure.window == window;
        self.names_full || self.all.iter().any(withholds)
    }

    /// Whether a window was private then, though it may be gone by now.
    pub(crate) fn was_private(&self, window: u64, time: Time) -> bool {
        let was = |mask: &Mask| matches!(mask.kind, Kind::Private(_)) && mask.holds_at(time);
        self.all.iter().any(|mask| mask.exposure.window == window && was(mask))
    }

    /// This field is no more.
    pub(crate) fn gone(&mut self, field: FieldId, now: Time) {
        self.end(now, |mask| mask.exposure.field == Some(field));
    }

    /// The contributor says that what windows show may be seen, but for secret fields and private windows. Where there were more than can
    /// be remembered, nobody knows which have one.
    pub(crate) fn lift(&mut self, now: Time) {
        self.end(now, |mask| mask.exposure.reason != WithheldReason::SecretField && !mask.kind.is_of_name());
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
        self.now(window).is_none() && self.all.iter().any(|mask| !mask.closed && mask.exposure.window == window)
    }

    /// Whether a window was painted over before and may be seen in a picture of then.
    pub(crate) fn lifted_at(&self, window: u64, time: Time) -> bool {
        let is_of = |mask: &Mask| !mask.closed && mask.exposure.window == window;
        let before = |mask: &Mask| is_of(mask) && mask.until.is_some_and(|until| until <= time);
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

    /// How many windows are painted over now for what they show.
    pub(crate) fn count(&self) -> usize {
        let shows = |mask: &&Mask| mask.lasts() && !mask.kind.is_of_name();
        let mut windows: Vec<u64> = self.all.iter().filter(shows).map(|mask| mask.exposure.window).collect();
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
        self.gone.retain(|(.., until)| *until >= time);
    }

    fn insert(&mut self, exposure: Exposure, kind: Kind) {
        let is_of_number = matches!(kind, Kind::Shows | Kind::Says) && exposure.field.is_none();
        let is_of = |gone: &&(u64, Time, Time)| is_of_number && gone.0 == exposure.window && exposure.since <= gone.1;
        let until = self.gone.iter().find(is_of).map(|(.., until)| *until);
        self.insert_until(exposure, kind, until);
    }

    fn insert_until(&mut self, exposure: Exposure, kind: Kind, until: Option<Time>) {
        let same = |mask: &&mut Mask| {
            let Exposure { window, field, .. } = mask.exposure;
            until.is_none() && mask.lasts() && (window, field, mask.kind) == (exposure.window, exposure.field, kind)
        };
        if let Some(mask) = self.all.iter_mut().find(same) {
            mask.exposure.since = mask.exposure.since.min(exposure.since);
            mask.latest = mask.latest.max(exposure.since);
            // Whatever else it holds: a secret field stays one.
            if exposure.reason == WithheldReason::SecretField {
                mask.exposure.reason = exposure.reason;
            }
            return;
        }
        // Whoever has many windows has no room of others'.
        let is_of_name = kind.is_of_name();
        let takes_room = |mask: &&Mask| mask.kind.is_of_name() == is_of_name && (mask.lasts() || !is_of_name);
        let count = self.all.iter().filter(takes_room).count();
        if count < LIMIT {
            self.changes += 1;
            self.all.push(Mask { exposure, kind, until, latest: exposure.since, closed: until.is_some() });
            return;
        }
        self.names_full |= is_of_name;
        if self.full.is_none_or(|full| exposure.since < full) {
            self.changes += 1;
            self.full = Some(exposure.since);
        }
    }

    /// Of windows that were withheld for their names, and are not any more, some are remembered: whoever opens and closes many has no
    /// pictures of others painted over.
    fn forget_names(&mut self) {
        let is_over = |mask: &Mask| !mask.lasts() && mask.kind.is_of_name();
        let surplus = self.all.iter().filter(|mask| is_over(mask)).count().saturating_sub(LIMIT / 2);
        let mut passed = 0;
        self.all.retain(|mask| {
            passed += usize::from(is_over(mask));
            !is_over(mask) || passed > surplus
        });
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

    #[test]
    fn what_a_window_showed_ends_with_it_and_what_may_be_anothers_of_its_number_does_not() {
        let mut masks = Masks::default();
        masks.add(exposure(1, None, 1));
        masks.add_said(2, at(1));
        masks.add(exposure(3, Some(5), 1));
        masks.add(exposure(4, None, 3));
        masks.add_pending(5, at(1));
        let private = Judged { process: 7, windows: vec![6], private: vec![6], suspected: vec![] };
        masks.call(&private, at(1));
        masks.add_said(7, at(1));
        masks.add_said(7, at(3));
        let changes = masks.changes();
        masks.close(&[1, 2, 3, 4, 5, 6, 7], at(2), at(4));
        let last = [1, 2, 3, 4, 5, 6, 7].map(|window| masks.now(window).is_some());
        assert_eq!(last, [false, false, true, true, true, true, true]);
        assert!(masks.at(1, at(3)).is_some() && masks.at(1, at(4)).is_none(), "until then it was painted over");
        assert!(!masks.lifted(1) && !masks.lifted_at(2, at(5)), "what it left on the screen is not the next one's");
        assert_eq!(masks.changes(), changes + 2);
        // What is found of it late is of then, and what is found of the next one is not.
        masks.add(exposure(1, None, 2));
        assert_eq!((masks.now(1), masks.at(1, at(3)).is_some(), masks.lifted(1)), (None, true, false));
        masks.add(exposure(1, None, 5));
        assert!(masks.now(1).is_some());
        masks.add_over(8, (at(5), at(6)));
        assert_eq!([4, 5, 6].map(|time| masks.at(8, at(time)).is_some()), [false, true, false]);
        assert!(!masks.lifted(8) && masks.now(8).is_none());
    }

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

    fn called(private: &[u64], suspected: &[u64]) -> Judged {
        let (private, suspected) = (private.to_vec(), suspected.to_vec());
        Judged { process: 9, windows: vec![1, 2, 3], private, suspected }
    }

    #[test]
    fn a_private_window_is_painted_over_from_its_beginning_to_its_end_and_no_say_ends_that() {
        let excluded = Some(WithheldReason::ExcludedApplication);
        let mut masks = Masks::default();
        masks.call(&called(&[2], &[]), at(10));
        masks.call(&called(&[], &[]), at(11));
        masks.lift(at(12));
        assert_eq!((masks.now(2), masks.at(2, at(0)), masks.now(1)), (excluded, excluded, None));
        assert!(masks.withholds(2) && !masks.withholds(1) && masks.count() == 0);
        masks.call(&Judged { process: 8, ..Judged::default() }, at(13));
        assert!(masks.withholds(2), "another process does not speak of it");
        masks.call(&Judged { process: 9, windows: vec![1], ..Judged::default() }, at(14));
        assert_eq!((masks.now(2), masks.at(2, at(13)), masks.withholds(2)), (None, excluded, false));
    }

    #[test]
    fn a_window_that_may_be_private_is_painted_over_until_that_is_known() {
        let unsure = Some(WithheldReason::HoldFull);
        let mut masks = Masks::default();
        masks.call(&called(&[], &[1, 2]), at(10));
        assert_eq!([1, 2, 3].map(|window| masks.at(window, at(3))), [unsure, unsure, None]);
        masks.call(&called(&[2], &[]), at(11));
        assert_eq!([masks.now(1), masks.now(2)], [None, Some(WithheldReason::ExcludedApplication)]);
        assert!(masks.lifted(1) && !masks.lifted(2));
    }

    #[test]
    fn whoever_opens_and_closes_many_private_windows_takes_no_room() {
        let mut masks = Masks::default();
        for window in 0..5000 {
            masks.call(
                &Judged { process: 9, windows: vec![window], private: vec![window], suspected: Vec::new() },
                at(window),
            );
        }
        masks.add(exposure(9000, None, 3));
        assert_eq!((masks.now(1), masks.now(4999).is_some(), masks.now(9000)), (None, true, Some(REASON)));
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

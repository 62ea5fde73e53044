//! Who had the keyboard when.

use std::collections::VecDeque;

use crate::clock::Time;
use crate::gate::GUARD;
use crate::journal::WithheldReason;

/// Who has the keyboard, as far as rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// An application that may be recorded.
    Allowed {
        /// Its window, by the system's number.
        window: u64,
        /// Whether the policy trusts it with typed text, whatever is known of its fields.
        trust: Trust,
    },
    /// Nobody may know.
    Withheld(WithheldReason),
}

/// What an application is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Typed text in fields that are known.
    Known,
    /// Typed text.
    Typed,
    /// Typed text that it shows: a terminal.
    Shown,
}

impl Focus {
    /// As long as nobody has said anything.
    pub const UNKNOWN: Self = Self::Withheld(WithheldReason::UnknownFocus);

    /// The window, where it may be known.
    pub fn window(self) -> Option<u64> {
        match self {
            Self::Allowed { window, .. } => Some(window),
            Self::Withheld(_) => None,
        }
    }

    /// The same, if this window leaves nothing.
    #[must_use]
    pub(crate) fn without(self, window: u64) -> Self {
        if self.window() == Some(window) { Self::Withheld(WithheldReason::ExcludedApplication) } else { self }
    }

    /// Whether keys may be kept.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

/// Changes of focus, in the order of time.
#[derive(Debug)]
pub(super) struct Timeline {
    /// Oldest first; the first one reaches back to the beginning.
    changes: VecDeque<(Time, Focus)>,
}

impl Timeline {
    pub(super) fn new() -> Self {
        Self { changes: VecDeque::from([(Time::ZERO, Focus::UNKNOWN)]) }
    }

    /// From `time` on the focus is this.
    pub(super) fn set(&mut self, time: Time, focus: Focus) {
        // Two connections may report slightly out of order; the timeline stays sorted.
        let at = self.changes.partition_point(|(since, _)| *since <= time);
        self.changes.insert(at, (time, focus));
    }

    /// This window turned out to be one that leaves nothing, whenever it had the keyboard.
    pub(super) fn exclude(&mut self, window: u64) {
        self.changes.iter_mut().for_each(|(_, focus)| *focus = focus.without(window));
    }

    /// By what is known now, whoever had it then.
    pub(super) fn at(&self, time: Time) -> Focus {
        let at = self.changes.partition_point(|(since, _)| *since <= time).saturating_sub(1);
        self.changes.get(at).map_or(Focus::UNKNOWN, |(_, focus)| *focus)
    }

    /// What is older than this will not be asked for any more.
    pub(super) fn forget_before(&mut self, time: Time) {
        while self.changes.len() > 1 && self.changes[1].0 <= time {
            self.changes.pop_front();
        }
    }

    /// By the latest report.
    pub(super) fn latest(&self) -> Focus {
        self.changes.back().map_or(Focus::UNKNOWN, |(_, focus)| *focus)
    }

    /// Who a key pressed at `time` went to, as far as keys are concerned: who had the focus from then until [`GUARD`] later.
    pub(super) fn of_key(&self, time: Time) -> Focus {
        self.worst_between(time, time.after(GUARD))
    }

    /// Which windows had the keyboard between, or soon after.
    pub(super) fn windows(&self, from: Time, to: Time) -> Vec<u64> {
        let start = self.changes.partition_point(|(since, _)| *since <= from).saturating_sub(1);
        let within = self.changes.iter().skip(start).take_while(|(since, _)| *since <= to.after(GUARD));
        let mut windows: Vec<u64> = within.filter_map(|(_, focus)| focus.window()).collect();
        windows.sort_unstable();
        windows.dedup();
        windows
    }

    /// The focus at `from`, if it stayed as good until `to`. Between two windows there is often a moment with none: that does no harm
    /// once a window is known again, but while it lasts, nobody can tell who will turn out to have had the keyboard.
    fn worst_between(&self, from: Time, to: Time) -> Focus {
        let start = self.changes.partition_point(|(since, _)| *since <= from).saturating_sub(1);
        let mut within = self.changes.iter().skip(start).take_while(|(since, _)| *since <= to).map(|(_, focus)| *focus);
        let first = within.next().unwrap_or(Focus::UNKNOWN);
        if !first.is_allowed() {
            return first;
        }
        let mut last = first;
        for focus in within {
            if !focus.is_allowed() && focus != Focus::UNKNOWN {
                return focus;
            }
            last = focus;
        }
        if last.is_allowed() { first } else { last }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ALLOWED: Focus = Focus::Allowed { window: 7, trust: Trust::Known };
    const NEXT: Focus = Focus::Allowed { window: 8, trust: Trust::Known };
    const EXCLUDED: Focus = Focus::Withheld(WithheldReason::ExcludedApplication);
    const UNKNOWN: Focus = Focus::UNKNOWN;

    fn at(millis: u64) -> Time {
        Time::ZERO.after(Duration::from_millis(millis))
    }

    /// How a key pressed at one second is judged, when the focus is `changes` (milliseconds, focus).
    fn verdict(changes: &[(u64, Focus)]) -> Focus {
        let mut timeline = Timeline::new();
        changes.iter().for_each(|(time, focus)| timeline.set(at(*time), *focus));
        timeline.of_key(at(1000))
    }

    #[test]
    fn a_key_is_judged_by_the_focus_from_its_time_until_the_guards_end() {
        assert_eq!(verdict(&[]), UNKNOWN, "nothing is known");
        assert_eq!(verdict(&[(500, ALLOWED)]), ALLOWED);
        assert_eq!(verdict(&[(500, EXCLUDED)]), EXCLUDED);
        assert_eq!(verdict(&[(500, ALLOWED), (1249, EXCLUDED)]), EXCLUDED, "the announcement came late");
        assert_eq!(verdict(&[(500, ALLOWED), (1251, EXCLUDED)]), ALLOWED);
        assert_eq!(verdict(&[(500, EXCLUDED), (1010, ALLOWED)]), EXCLUDED, "it was excluded when pressed");
        assert_eq!(verdict(&[(500, ALLOWED), (1010, NEXT)]), ALLOWED, "the window that had it when it was pressed");
    }

    #[test]
    fn a_moment_without_focus_does_no_harm_once_a_window_is_known_again() {
        assert_eq!(verdict(&[(500, ALLOWED), (1010, UNKNOWN), (1020, NEXT)]), ALLOWED);
        assert_eq!(verdict(&[(500, ALLOWED), (1010, UNKNOWN), (1020, EXCLUDED)]), EXCLUDED);
        assert_eq!(verdict(&[(500, ALLOWED), (1010, UNKNOWN)]), UNKNOWN, "nobody knows who is next");
        assert_eq!(verdict(&[(500, UNKNOWN), (1010, ALLOWED)]), UNKNOWN, "nobody had it when pressed");
    }

    #[test]
    fn a_window_that_turns_out_to_leave_nothing_never_had_the_keyboard() {
        let mut timeline = Timeline::new();
        [(100, ALLOWED), (500, NEXT), (900, ALLOWED)]
            .into_iter()
            .for_each(|(time, focus)| timeline.set(at(time), focus));
        timeline.exclude(7);
        assert_eq!([200, 600, 1000].map(|time| timeline.at(at(time))), [EXCLUDED, NEXT, EXCLUDED]);
        assert_eq!(timeline.of_key(at(700)), EXCLUDED, "it may have gone there already");
    }

    #[test]
    fn what_is_old_is_forgotten_but_for_what_still_holds() {
        let mut timeline = Timeline::new();
        timeline.set(at(100), EXCLUDED);
        timeline.set(at(200), ALLOWED);
        timeline.forget_before(at(900));
        assert_eq!((timeline.changes.len(), timeline.of_key(at(1000))), (1, ALLOWED));
    }
}

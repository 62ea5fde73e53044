//! What of an admitted sample may be recorded: keys, titles and pixels of excluded applications may not.
//!
//! One decision for all tracks: it rests on which application a window belongs to. Whatever is unknown is withheld.

use std::collections::VecDeque;

use crate::backend::Shot;
use crate::clock::Time;
use crate::event::{ContextEvent, KeyboardAction, KeyboardEvent, PointerEvent, Sample, Window};
use crate::frame::Rect;
use crate::gate::{Admitted, GUARD};
use crate::journal::WithheldReason;
use crate::policy::Policy;

/// A sample that may be recorded. Only the redactor makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Redacted<T>(Sample<T>);

impl<T> Redacted<T> {
    /// When it happened.
    pub fn time(&self) -> Time {
        self.0.time
    }

    /// What of it may be recorded.
    pub fn value(&self) -> &T {
        &self.0.value
    }

    /// The same in another form, as coding makes it.
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Redacted<U> {
        Redacted(Sample { time: self.0.time, value: form(self.0.value) })
    }

    /// Several forms of one: a picture's parts.
    pub(crate) fn map_each<U>(self, form: impl FnOnce(T) -> Vec<U>) -> Vec<Redacted<U>> {
        let time = self.0.time;
        form(self.0.value).into_iter().map(|value| Redacted(Sample { time, value })).collect()
    }
}

/// Who has the keyboard, as far as rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// An application that may be recorded.
    Allowed,
    /// Nobody may know.
    Withheld(WithheldReason),
}

/// A picture whose excluded parts are named: what is not in `visible` must not be read, what is in `masks` must be painted over.
#[derive(Debug)]
pub struct MaskedShot<'a> {
    /// The shot.
    pub shot: &'a Shot<'a>,
    /// The parts of its patches that may be shown.
    pub visible: Vec<Rect>,
    /// What is painted over.
    pub masks: Vec<Rect>,
    /// Why something is painted over; `None` when nothing is.
    pub reason: Option<WithheldReason>,
}

/// Judges samples by a policy and by who had the focus when.
pub struct Redactor {
    policy: Policy,
    /// Changes of focus, oldest first; the first one reaches back to the beginning.
    focus: VecDeque<(Time, Focus)>,
}

impl Redactor {
    /// A redactor that knows no focus yet.
    pub fn new(policy: Policy) -> Self {
        let focus = VecDeque::from([(Time::ZERO, Focus::Withheld(WithheldReason::UnknownFocus))]);
        Self { policy, focus }
    }

    /// What the rules say of a focused window.
    pub fn focus_of(policy: &Policy, window: Option<&Window>) -> Focus {
        match window {
            None => Focus::Withheld(WithheldReason::UnknownFocus),
            Some(window) => judge_window(policy, window).map_or(Focus::Allowed, Focus::Withheld),
        }
    }

    /// From `time` on the focus is this.
    pub fn set_focus(&mut self, time: Time, focus: Focus) {
        // Two connections may report slightly out of order; the timeline stays sorted.
        let at = self.focus.partition_point(|(since, _)| *since <= time);
        self.focus.insert(at, (time, focus));
    }

    /// What is older than this will not be asked for any more.
    pub fn forget_before(&mut self, time: Time) {
        while self.focus.len() > 1 && self.focus[1].0 <= time {
            self.focus.pop_front();
        }
    }

    /// Who has the focus by the latest report.
    pub fn focus(&self) -> Focus {
        self.focus.back().map_or(Focus::Withheld(WithheldReason::UnknownFocus), |(_, focus)| *focus)
    }

    /// Pointer events say where, never what, and pass.
    pub fn pointer(&self, sample: Admitted<PointerEvent>) -> Redacted<PointerEvent> {
        Redacted(sample.into_sample())
    }

    /// A key passes if the focus was allowed from its time until [`GUARD`] later; layouts and modifiers say nothing of what is typed.
    pub fn keyboard(&self, sample: Admitted<KeyboardEvent>) -> Result<Redacted<KeyboardEvent>, WithheldReason> {
        let says_nothing = matches!(sample.value().action, KeyboardAction::Modifiers | KeyboardAction::Layout(_));
        match self.worst_between(sample.time(), sample.time().after(GUARD)) {
            Focus::Withheld(reason) if !says_nothing => Err(reason),
            _ => Ok(Redacted(sample.into_sample())),
        }
    }

    /// A window of an excluded application becomes no window.
    pub fn context(&self, sample: Admitted<ContextEvent>) -> (Redacted<ContextEvent>, Option<WithheldReason>) {
        let Sample { time, value } = sample.into_sample();
        let reason = match &value {
            ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => judge_window(&self.policy, window),
            ContextEvent::Focus(None) | ContextEvent::Monitors(_) | ContextEvent::Workspace(_) => None,
        };
        let value = if reason.is_some() { ContextEvent::Focus(None) } else { value };
        (Redacted(Sample { time, value }), reason)
    }

    /// Cursor images and positions say where, never what, and pass.
    pub fn cursor<T>(sample: Admitted<T>) -> Redacted<T> {
        Redacted(sample.into_sample())
    }

    /// The focus at `from`, if it stayed as good until `to`. Between two windows there is often a moment with none: that does no harm
    /// once a window is known again, but while it lasts, nobody can tell who will turn out to have had the keyboard.
    fn worst_between(&self, from: Time, to: Time) -> Focus {
        let start = self.focus.partition_point(|(since, _)| *since <= from).saturating_sub(1);
        let mut within = self.focus.iter().skip(start).take_while(|(since, _)| *since <= to).map(|(_, focus)| *focus);
        let unknown = Focus::Withheld(WithheldReason::UnknownFocus);
        let first = within.next().unwrap_or(unknown);
        if first != Focus::Allowed {
            return first;
        }
        let mut last = first;
        for focus in within {
            if focus != Focus::Allowed && focus != unknown {
                return focus;
            }
            last = focus;
        }
        last
    }
}

/// Names what of a shot must not be recorded. Where windows are not known, nothing may be, unless nothing is excluded.
pub fn mask<'a>(policy: &Policy, sample: Admitted<&'a Shot<'a>>) -> Result<Redacted<MaskedShot<'a>>, WithheldReason> {
    let Sample { time, value: shot } = sample.into_sample();
    let (masks, reason) = masks(policy, shot)?;
    let visible = shot.patches.iter().flat_map(|patch| {
        masks
            .iter()
            .fold(vec![patch.rect], |left, mask| left.into_iter().flat_map(|rect| rect.subtract(*mask)).collect())
    });
    let visible = visible.collect();
    Ok(Redacted(Sample { time, value: MaskedShot { shot, visible, masks, reason } }))
}

fn masks(policy: &Policy, shot: &Shot<'_>) -> Result<(Vec<Rect>, Option<WithheldReason>), WithheldReason> {
    if !policy.excludes_any() {
        return Ok((Vec::new(), None));
    }
    let windows = shot.windows.ok_or(WithheldReason::UnknownGeometry)?;
    let mut worst = None;
    let mut masks = Vec::new();
    for window in windows {
        let Some(reason) = judge_window(policy, window) else { continue };
        let Some(rect) = window.bounds.intersect(shot.size.bounds()) else { continue };
        worst = worst.or(Some(reason));
        masks.push(rect);
    }
    Ok((masks, worst))
}

fn judge_window(policy: &Policy, window: &Window) -> Option<WithheldReason> {
    match &window.app {
        Some(app) if policy.excludes(app) => Some(WithheldReason::ExcludedApplication),
        None if policy.excludes_any() => Some(WithheldReason::UnknownApplication),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const EXCLUDED: Focus = Focus::Withheld(WithheldReason::ExcludedApplication);
    const UNKNOWN: Focus = Focus::Withheld(WithheldReason::UnknownFocus);

    fn at(millis: u64) -> Time {
        Time::ZERO.after(Duration::from_millis(millis))
    }

    /// How a key pressed at one second is judged, when the focus is `changes` (milliseconds, focus).
    fn verdict(changes: &[(u64, Focus)]) -> Focus {
        let mut redactor = Redactor::new(Policy::default());
        changes.iter().for_each(|(time, focus)| redactor.set_focus(at(*time), *focus));
        redactor.worst_between(at(1000), at(1000).after(GUARD))
    }

    #[test]
    fn a_key_is_judged_by_the_focus_from_its_time_until_the_guards_end() {
        assert_eq!(verdict(&[]), UNKNOWN, "nothing is known");
        assert_eq!(verdict(&[(500, Focus::Allowed)]), Focus::Allowed);
        assert_eq!(verdict(&[(500, EXCLUDED)]), EXCLUDED);
        assert_eq!(verdict(&[(500, Focus::Allowed), (1249, EXCLUDED)]), EXCLUDED, "the announcement came late");
        assert_eq!(verdict(&[(500, Focus::Allowed), (1251, EXCLUDED)]), Focus::Allowed);
        assert_eq!(verdict(&[(500, EXCLUDED), (1010, Focus::Allowed)]), EXCLUDED, "it was excluded when pressed");
    }

    #[test]
    fn a_moment_without_focus_does_no_harm_once_a_window_is_known_again() {
        assert_eq!(verdict(&[(500, Focus::Allowed), (1010, UNKNOWN), (1020, Focus::Allowed)]), Focus::Allowed);
        assert_eq!(verdict(&[(500, Focus::Allowed), (1010, UNKNOWN), (1020, EXCLUDED)]), EXCLUDED);
        assert_eq!(verdict(&[(500, Focus::Allowed), (1010, UNKNOWN)]), UNKNOWN, "nobody knows who is next");
        assert_eq!(verdict(&[(500, UNKNOWN), (1010, Focus::Allowed)]), UNKNOWN, "nobody had it when pressed");
    }
}

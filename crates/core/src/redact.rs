//! What of an admitted sample may be recorded: keys, titles and pixels of excluded applications may not.
//!
//! One decision for all tracks: it rests on which application a window belongs to, and on what the detectors find in what is typed and
//! in what windows are called. Whatever is unknown is withheld.

mod echo;
mod focus;
mod keys;
mod text;

pub(crate) use self::echo::is_terminal;
pub use self::focus::{Focus, Trust};
pub use self::keys::{Exposure, Keys, Span, Verdict};
use self::text::Text;
use crate::backend::Shot;
use crate::clock::Time;
use crate::event::{ContextEvent, PointerEvent, Sample, Window};
use crate::frame::Rect;
use crate::gate::Admitted;
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

/// Judges samples by a policy.
pub struct Redactor {
    policy: Policy,
    text: Text,
}

impl Redactor {
    /// A redactor for this policy.
    pub fn new(policy: Policy) -> Self {
        let text = Text::new(policy.detector());
        Self { policy, text }
    }

    /// What the rules say of a focused window.
    pub fn focus_of(policy: &Policy, window: Option<&Window>) -> Focus {
        let Some(window) = window else { return Focus::UNKNOWN };
        let trust = match &window.app {
            Some(app) if !policy.trusts(app) => Trust::Known,
            Some(app) if is_terminal(app) => Trust::Shown,
            Some(_) => Trust::Typed,
            None => Trust::Known,
        };
        judge_window(policy, window).map_or(Focus::Allowed { window: window.id, trust }, Focus::Withheld)
    }

    /// Pointer events say where, never what, and pass.
    pub fn pointer(&self, sample: Admitted<PointerEvent>) -> Redacted<PointerEvent> {
        Redacted(sample.into_sample())
    }

    /// A window of an excluded application becomes no window; names are told without what is sensitive in them.
    pub fn context(&self, sample: Admitted<ContextEvent>) -> (Redacted<ContextEvent>, Option<WithheldReason>) {
        let Sample { time, mut value } = sample.into_sample();
        let excluded = match &value {
            ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => judge_window(&self.policy, window),
            ContextEvent::Focus(None) | ContextEvent::Monitors(_) | ContextEvent::Workspace(_) => None,
        };
        if excluded.is_some() {
            return (Redacted(Sample { time, value: ContextEvent::Focus(None) }), excluded);
        }
        let reason = self.text.redact_context(&mut value);
        (Redacted(Sample { time, value }), reason)
    }

    /// Cursor images and positions say where, never what, and pass.
    pub fn cursor<T>(sample: Admitted<T>) -> Redacted<T> {
        Redacted(sample.into_sample())
    }
}

/// Names what of a shot must not be recorded. Where windows are not known, nothing may be.
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
        // One reason for all of it: which of the rules it was would tell what was open.
        Some(app) => policy.excludes_window(app, &window.title).map(|_| WithheldReason::ExcludedApplication),
        None => Some(WithheldReason::UnknownApplication),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::App;

    #[test]
    fn a_window_is_judged_by_its_title_and_its_addresses_too() {
        let judge = |app: Option<&str>, title: &str| {
            let app = app.map(|id| App { id: id.into(), instance: id.to_lowercase() });
            let window = Window { id: 1, app, title: title.into(), bounds: Rect { x: 0, y: 0, width: 9, height: 9 } };
            judge_window(&Policy::default(), &window)
        };
        let excluded = Some(WithheldReason::ExcludedApplication);
        assert_eq!(judge(Some("Chromium"), "about:blank - Chromium"), None);
        assert_eq!(judge(Some("firefox"), "Mozilla Firefox Private Browsing"), excluded);
        assert_eq!(judge(Some("Chromium"), "https://mail.google.com/ - Chromium"), excluded);
        assert_eq!(judge(Some("KeePassXC"), ""), excluded);
        assert_eq!(judge(None, ""), Some(WithheldReason::UnknownApplication));
    }
}

//! What of an admitted sample may be recorded: keys, titles and pixels of excluded applications may not.
//!
//! One decision for all tracks: it rests on which application a window belongs to, and on what the detectors find in what is typed and
//! in what windows are called. Whatever is unknown is withheld.

mod echo;
mod focus;
mod keys;
mod text;

use std::collections::HashMap;

pub(crate) use self::echo::is_terminal;
pub use self::focus::{Focus, Trust};
pub use self::keys::{Field, Keys, Span, Verdict};
use self::text::Text;
use crate::backend::{Scene, Shot, Shown};
use crate::clock::Time;
use crate::event::{App, ContextEvent, Element, PointerEvent, Sample, Window};
use crate::frame::{Rect, Size};
use crate::gate::Admitted;
use crate::journal::WithheldReason;
use crate::mask::Masks;
use crate::policy::Policy;
use crate::shade::{Hidden, Part, Scenes, Shades, without};

/// Windows that are remembered; whoever opens more is judged by those that come.
const WINDOWS: usize = 1024;

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

    /// What was read from a recording: it left the redactor when it was recorded, and has only been coarsened since.
    pub(crate) fn recorded(time: Time, value: T) -> Self {
        Self(Sample { time, value })
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
    /// Why something is painted over; none when nothing is.
    pub reasons: Vec<WithheldReason>,
}

/// Judges samples by a policy.
pub struct Redactor {
    policy: Policy,
    text: Text,
    /// Windows that had the focus, and why each is withheld, if it is.
    windows: HashMap<u64, Option<WithheldReason>>,
}

impl Redactor {
    /// A redactor for this policy.
    pub fn new(policy: Policy) -> Self {
        let text = Text::new(policy.detector());
        Self { policy, text, windows: HashMap::new() }
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

    /// Hears of a window, by which elements are judged that are told before it.
    pub fn note_window(&mut self, event: &ContextEvent) {
        let (ContextEvent::Focus(Some(window)) | ContextEvent::Window(window)) = event else { return };
        if self.windows.len() >= WINDOWS {
            self.windows.clear();
        }
        self.windows.insert(window.id, judge_window(&self.policy, window));
    }

    /// A window of an excluded application becomes no window, and of what is in it nothing is left; names are told without what is
    /// sensitive in them. `is_withheld` says which windows are, whatever their titles say.
    pub fn context(
        &self,
        sample: Admitted<ContextEvent>,
        is_withheld: impl Fn(u64) -> bool,
    ) -> (Option<Redacted<ContextEvent>>, Option<WithheldReason>) {
        let Sample { time, mut value } = sample.into_sample();
        let named = |window: u64| is_withheld(window).then_some(WithheldReason::ExcludedApplication);
        let excluded = match &value {
            ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => {
                judge_window(&self.policy, window).or_else(|| named(window.id))
            }
            ContextEvent::Element(_, element) => self.judge_element(element).or_else(|| named(element.window)),
            ContextEvent::Focus(None) | ContextEvent::Monitors(_) | ContextEvent::Workspace(_) => None,
        };
        if excluded.is_some() {
            let left = (!matches!(value, ContextEvent::Element(..))).then_some(ContextEvent::Focus(None));
            return (left.map(|value| Redacted(Sample { time, value })), excluded);
        }
        let reason = self.text.redact_context(&mut value);
        (Some(Redacted(Sample { time, value })), reason)
    }

    /// An element is judged as its window: it has no title of its own. Of windows that never had the focus nobody knows enough.
    fn judge_element(&self, element: &Element) -> Option<WithheldReason> {
        let excluded = Some(WithheldReason::ExcludedApplication);
        match (&element.app, self.windows.get(&element.window)) {
            (None, _) => Some(WithheldReason::UnknownApplication),
            (Some(app), _) if self.policy.excludes(app) => excluded,
            _ if self.policy.excludes_title(&element.name).is_some() => excluded,
            (_, Some(reason)) => *reason,
            (_, None) => Some(WithheldReason::UnknownFocus),
        }
    }

    /// Cursor images and positions say where, never what, and pass.
    pub fn cursor<T>(sample: Admitted<T>) -> Redacted<T> {
        Redacted(sample.into_sample())
    }
}

/// Names what of a shot must not be recorded. Where it is not known how the windows lay, nothing may be.
pub(crate) fn mask<'a>(
    policy: &Policy,
    masks: &Masks,
    shades: &mut Shades,
    sample: Admitted<&'a Shot<'a>>,
) -> Result<Redacted<MaskedShot<'a>>, WithheldReason> {
    let Sample { time, value: shot } = sample.into_sample();
    let Shot { size, passed, leaves, .. } = *shot;
    let Some(all) = shot.scenes else {
        if leaves {
            shades.lose(time, size);
        }
        return Err(WithheldReason::UnknownGeometry);
    };
    let parts = shades.take(&Scenes { time, size, all, passed, leaves }, |scene| hidden(policy, masks, scene, size));
    let masks: Vec<Rect> = parts.iter().map(|part| part.rect).collect();
    let reasons = reasons(&parts);
    let visible = shot.patches.iter().flat_map(|patch| without(vec![patch.rect], &masks)).collect();
    Ok(Redacted(Sample { time, value: MaskedShot { shot, visible, masks, reasons } }))
}

/// Why something is painted over.
pub(crate) fn reasons(parts: &[Part]) -> Vec<WithheldReason> {
    let mut reasons: Vec<WithheldReason> = Vec::new();
    for part in parts {
        if !reasons.contains(&part.reason) {
            reasons.push(part.reason);
        }
    }
    reasons
}

/// What of a scene must not be seen: whose it is, or for what it shows.
fn hidden(policy: &Policy, masks: &Masks, scene: &Scene, size: Size) -> Hidden {
    let mut hidden = masked(|window| masks.now(window), |window| masks.lifted(window), scene, size);
    for (at, shown) in scene.windows.iter().enumerate() {
        if let Some(reason) = judge_window(policy, &shown.window) {
            hidden.add_window(reason, scene, at, size);
        }
    }
    hidden
}

/// What of a scene must not be seen for what it shows: windows, and what belongs to them. `lifted` says which were painted over before.
pub(crate) fn masked(
    mask: impl Fn(u64) -> Option<WithheldReason>,
    lifted: impl Fn(u64) -> bool,
    scene: &Scene,
    size: Size,
) -> Hidden {
    let mut hidden = Hidden::default();
    let own = |shown: &Shown| mask(shown.window.id);
    let apps: Vec<(&App, WithheldReason)> =
        scene.windows.iter().filter_map(|shown| Some((shown.window.app.as_ref()?, own(shown)?))).collect();
    // A list of what was typed before, a menu with it: whose they are of an application's windows, not each says.
    let of_app = |shown: &Shown| {
        let app = shown.window.app.as_ref().filter(|_| shown.popup)?;
        apps.iter().find(|(other, _)| *other == app).map(|(_, reason)| *reason)
    };
    for (at, shown) in scene.windows.iter().enumerate() {
        match own(shown).or_else(|| of_app(shown)) {
            Some(reason) => hidden.add_window(reason, scene, at, size),
            None if lifted(shown.window.id) => hidden.lifted.push(shown.window.id),
            None => {}
        }
    }
    hidden
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
    use crate::event::{Contact, ElementRole};
    use crate::gate::Gate;
    use crate::track::Track;

    fn window(app: Option<&str>, title: &str) -> Window {
        let app = app.map(|id| App { id: id.into(), instance: id.to_lowercase() });
        Window { id: 2, app, title: title.into(), bounds: Rect { x: 0, y: 0, width: 9, height: 9 } }
    }

    /// What is left of an element of this window, and why not all of it.
    fn judge(focused: Option<Window>, app: Option<&str>, name: &str) -> (Option<String>, Option<WithheldReason>) {
        let app = app.map(|name| App { id: name.into(), instance: name.into() });
        let role = ElementRole::from_static("textbox");
        let element = Element { id: 1, window: 2, app, role, name: name.into(), bounds: None };
        let mut redactor = Redactor::new(Policy::default());
        let admit =
            |value| Gate::for_tests().admit(Track::Context, Sample { time: Time::ZERO, value }).expect("admitted");
        redactor.note_window(&ContextEvent::Focus(focused));
        let (kept, reason) = redactor.context(admit(ContextEvent::Element(Contact::Focused, element)), |_| false);
        let name = kept.map(|kept| match kept.value() {
            ContextEvent::Element(_, element) => element.name.clone(),
            other => panic!("{other:?}"),
        });
        (name, reason)
    }

    #[test]
    fn a_window_is_judged_by_its_title_and_its_addresses_too() {
        let judge = |app: Option<&str>, title: &str| judge_window(&Policy::default(), &window(app, title));
        let excluded = Some(WithheldReason::ExcludedApplication);
        assert_eq!(judge(Some("Chromium"), "about:blank - Chromium"), None);
        assert_eq!(judge(Some("firefox"), "Mozilla Firefox Private Browsing"), excluded);
        assert_eq!(judge(Some("Chromium"), "https://mail.google.com/ - Chromium"), excluded);
        assert_eq!(judge(Some("KeePassXC"), ""), excluded);
        assert_eq!(judge(None, ""), Some(WithheldReason::UnknownApplication));
    }

    #[test]
    fn of_an_element_in_a_withheld_window_nothing_is_left() {
        let excluded = (None, Some(WithheldReason::ExcludedApplication));
        let editor = || Some(window(Some("Editor"), "notes"));
        assert_eq!(judge(editor(), Some("KeePassXC"), "Account"), excluded);
        assert_eq!(
            judge(Some(window(Some("firefox"), "Mozilla Firefox Private Browsing")), Some("firefox"), "Go"),
            excluded
        );
        assert_eq!(judge(editor(), Some("Editor"), "Mozilla Firefox Private Browsing"), excluded);
        assert_eq!(judge(editor(), None, "Account"), (None, Some(WithheldReason::UnknownApplication)));
        assert_eq!(judge(None, Some("Editor"), "Account"), (None, Some(WithheldReason::UnknownFocus)));
        assert_eq!(judge(editor(), Some("Editor"), "Account"), (Some("Account".into()), None));
    }

    #[test]
    fn an_element_is_named_without_what_is_sensitive() {
        let judged = judge(Some(window(Some("Editor"), "notes")), Some("Editor"), "SSN 078-05-1121");
        assert_eq!(judged, (Some("SSN ⟨us_ssn⟩".into()), Some(WithheldReason::SensitiveContent)));
    }
}

//! Who has the focus, by what its window is called: by its title, and by its application beside that.

use super::Notary;
use crate::called::Judged;
use crate::clock::Time;
use crate::event::{App, ContextEvent, Sample, Window};
use crate::pipeline::lock;
use crate::redact::Focus;
use crate::track::Track;

/// Who has the focus as far as its title says.
#[derive(Default)]
pub(super) struct Told {
    focus: Option<(Focus, Option<App>)>,
    /// The window that was told of last, as it was.
    window: Option<Window>,
}

impl Told {
    pub(super) fn hear(&mut self, event: &ContextEvent) {
        if let ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) = event {
            self.window = Some(window.clone());
        }
    }
}

impl Notary {
    pub(super) fn take_focus(&mut self, time: Time, focus: Focus, app: Option<App>) {
        self.told.focus = Some((focus, app));
        self.turn_to(time, self.by_name(focus));
    }

    /// Some windows are private, or may be, and others turned out not to be.
    pub(super) fn take_called(&mut self, time: Time, judged: &Judged) {
        let before = self.told.focus.as_ref().map(|(focus, _)| self.by_name(*focus));
        self.shared.mask(|masks| masks.call(judged, time));
        judged.private.iter().chain(&judged.suspected).for_each(|window| self.keys.exclude(*window));
        let after = self.told.focus.as_ref().map(|(focus, _)| self.by_name(*focus));
        // One that is gone is not told again.
        let is_there = |focus: &Focus| focus.window().is_none_or(|window| judged.windows.contains(&window));
        let Some(focus) = after.filter(|focus| before != after && is_there(focus)) else { return };
        self.turn_to(time, focus);
        if focus.is_allowed() {
            self.tell_window(time, focus);
        }
    }

    /// From then on this has the keyboard.
    fn turn_to(&mut self, time: Time, focus: Focus) {
        self.keys.window(time, focus);
        let withheld = matches!(self.keys.focus(), Focus::Withheld(_));
        self.shared.stand(|standing| standing.withheld = withheld);
        let app = self.told.focus.as_ref().and_then(|(_, app)| app.clone());
        self.focused.set(time, focus.window().map(|window| (window, app)));
    }

    fn by_name(&self, focus: Focus) -> Focus {
        let masks = lock(&self.shared.masks);
        let withheld = focus.window().filter(|window| masks.withholds(*window));
        withheld.map_or(focus, |window| focus.without(window))
    }

    /// The window that has the focus was told to be none as long as nobody knew.
    fn tell_window(&mut self, time: Time, focus: Focus) {
        let Some(window) = self.told.window.clone().filter(|window| Some(window.id) == focus.window()) else { return };
        let sample = Sample { time, value: ContextEvent::Focus(Some(window)) };
        if let Some(admitted) = self.shared.gate.admit(Track::Context, sample) {
            self.take_context(admitted);
        }
    }
}

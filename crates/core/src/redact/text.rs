//! Names that a system reports (of windows, applications, elements, workspaces), without what is sensitive in them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::detect::{Detector, Redaction};
use crate::event::{ContextEvent, Window};
use crate::journal::WithheldReason;

/// Titles longer than this were cut short, so that what stands at their end may be the beginning of something.
const CUT: usize = 1000;
/// The same of other names.
const SHORT: usize = 240;
/// How much of the end of a name that was cut is not told.
const TAIL: usize = 64;

/// Takes out of names what the detectors find.
pub(super) struct Text {
    detector: Detector,
}

impl Text {
    pub(super) fn new(detector: Detector) -> Self {
        Self { detector }
    }

    /// Takes it out of everything an event is told in words.
    pub(super) fn redact_context(&self, event: &mut ContextEvent) -> Option<WithheldReason> {
        match event {
            ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => self.redact_window(window),
            ContextEvent::Focus(None) => None,
            ContextEvent::Monitors(monitors) => {
                worst(monitors.iter_mut().map(|monitor| self.redact(&mut monitor.name, SHORT)))
            }
            ContextEvent::Workspace(workspace) => self.redact(&mut workspace.name, SHORT),
            ContextEvent::Element(_, element) => {
                let names = element.app.iter_mut().flat_map(|app| [&mut app.id, &mut app.instance]);
                worst(names.chain([&mut element.name]).map(|name| self.redact(name, SHORT)))
            }
        }
    }

    fn redact_window(&self, window: &mut Window) -> Option<WithheldReason> {
        let names = window.app.iter_mut().flat_map(|app| [&mut app.id, &mut app.instance]);
        let names = names.map(|name| (name, SHORT)).chain([(&mut window.title, CUT)]);
        worst(names.map(|(name, cut)| self.redact(name, cut)))
    }

    /// Takes it out of one name; nothing is left of it where the detectors fail.
    fn redact(&self, name: &mut String, cut: usize) -> Option<WithheldReason> {
        if name.len() > cut {
            let end = name.floor_char_boundary(name.len().saturating_sub(TAIL));
            name.truncate(end);
        }
        let Ok(found) = catch_unwind(AssertUnwindSafe(|| self.detector.find(name))) else {
            name.clear();
            return Some(WithheldReason::DetectorFailed);
        };
        if found.is_empty() {
            return None;
        }
        *name = Redaction::new(name, &found).text;
        Some(WithheldReason::SensitiveContent)
    }
}

/// All of them are redacted, and one reason is told.
fn worst(reasons: impl Iterator<Item = Option<WithheldReason>>) -> Option<WithheldReason> {
    reasons.fold(None, |worst, reason| worst.or(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Mode;
    use crate::event::{App, Contact, Element, ElementRole, Monitor, Workspace};
    use crate::frame::Rect;

    fn window(title: &str) -> Window {
        let app = Some(App { id: "Editor".into(), instance: "editor".into() });
        Window { id: 1, app, title: title.into(), bounds: Rect { x: 0, y: 0, width: 1, height: 1 } }
    }

    #[test]
    fn what_is_sensitive_in_a_title_is_replaced_by_its_class() {
        let text = Text::new(Detector::new(Mode::Balanced));
        let mut event = ContextEvent::Window(window("Refund to 078-05-1121 - Editor"));
        assert_eq!(text.redact_context(&mut event), Some(WithheldReason::SensitiveContent));
        assert_eq!(event, ContextEvent::Window(window("Refund to ⟨us_ssn⟩ - Editor")));
        let mut harmless = ContextEvent::Focus(Some(window("notes.txt - Editor")));
        assert_eq!(text.redact_context(&mut harmless), None);
        assert_eq!(harmless, ContextEvent::Focus(Some(window("notes.txt - Editor"))));
    }

    #[test]
    fn every_name_is_looked_at() {
        let text = Text::new(Detector::new(Mode::Balanced));
        let name = "ssn 078-05-1121".to_owned();
        let bounds = Rect { x: 0, y: 0, width: 1, height: 1 };
        let app = Some(App { id: name.clone(), instance: name.clone() });
        let role = ElementRole::from_static("listitem");
        let events = [
            ContextEvent::Focus(Some(Window { id: 1, app: app.clone(), title: name.clone(), bounds })),
            ContextEvent::Workspace(Workspace { index: 0, name: name.clone() }),
            ContextEvent::Monitors(vec![Monitor { name: name.clone(), bounds, primary: true }]),
            ContextEvent::Element(Contact::Clicked, Element { id: 1, window: 1, app, role, name, bounds: None }),
        ];
        for mut event in events {
            assert_eq!(text.redact_context(&mut event), Some(WithheldReason::SensitiveContent));
            assert!(!format!("{event:?}").contains("1121"), "{event:?}");
        }
    }

    #[test]
    fn the_end_of_a_name_that_was_cut_is_not_told() {
        let text = Text::new(Detector::new(Mode::Balanced));
        let long = format!("{}4111 1111 11", "harmless ".repeat(112));
        let mut event = ContextEvent::Window(window(&long));
        assert_eq!(text.redact_context(&mut event), None);
        let ContextEvent::Window(window) = event else { panic!("a window") };
        assert!(window.title.starts_with("harmless") && !window.title.contains("4111"), "{}", window.title);
    }
}

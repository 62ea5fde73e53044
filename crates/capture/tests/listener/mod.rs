//! Listens to accessibility on a display, as the pipeline does.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::process::Command;
use std::time::{Duration, Instant};

use understudy_core::backend::{Accessibility, Batch, ElementEvent, NoticeKind, Platform};
use understudy_core::called::Called;
use understudy_core::event::{Element, Sample};
use understudy_core::frame::Rect;
use understudy_core::track::Track;
use understudy_core::typed::Role;

use crate::display::{Display, Process};

pub(crate) struct Listener {
    platform: Box<dyn Platform>,
    pub(crate) accessibility: Box<dyn Accessibility>,
    pub(crate) events: Vec<ElementEvent>,
    /// What applications call their windows.
    pub(crate) called: Vec<Called>,
    pub(crate) notices: Vec<NoticeKind>,
}

impl Listener {
    pub(crate) fn open(display: &Display) -> Self {
        let name = Some(display.name.clone());
        if display.has_accessibility() { Self::open_display(name) } else { Self::connect(name) }
    }

    /// `None`: the one in the environment. Its bus is waited for: a machine that has much to do answers late.
    pub(crate) fn open_display(display: Option<String>) -> Self {
        for _ in 0..20 {
            let listener = Self::connect(display.clone());
            if !listener.notices.contains(&NoticeKind::NoAccessibility) {
                return listener;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Self::connect(display)
    }

    fn connect(display: Option<String>) -> Self {
        let platform = understudy_capture::native(display, None).expect("a platform");
        let accessibility = open(&*platform);
        let mut listener =
            Self { platform, accessibility, events: Vec::new(), called: Vec::new(), notices: Vec::new() };
        listener.poll(Duration::ZERO);
        listener
    }

    /// Opens it again, as after a pause.
    pub(crate) fn reopen(&mut self) {
        self.accessibility = open(&*self.platform);
        self.events.clear();
        self.called.clear();
        self.poll(Duration::ZERO);
    }

    fn poll(&mut self, wait: Duration) {
        let mut batch = Batch::default();
        self.accessibility.poll(Some(wait), &mut batch).expect("the display is there");
        assert!(batch.samples.is_sorted_by_key(|sample| sample.time));
        for Sample { value, .. } in batch.samples {
            match value {
                ElementEvent::Called(called) => self.called.push(called),
                event => self.events.push(event),
            }
        }
        self.notices.extend(batch.notices.into_iter().map(|notice| notice.kind));
    }

    /// Polls until this holds of all that applications were told to call their windows.
    pub(crate) fn until_called(&mut self, what: &str, holds: impl Fn(&[Called]) -> bool) {
        let start = Instant::now();
        while !holds(&self.called) {
            assert!(start.elapsed() < Duration::from_secs(30), "{what}: this is all that came: {:#?}", self.called);
            self.poll(Duration::from_millis(100));
        }
    }

    /// Polls until something is reported that fits; all before it is forgotten.
    pub(crate) fn until<T>(&mut self, what: &str, find: impl Fn(&ElementEvent) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(at) = self.events.iter().position(|event| find(event).is_some()) {
                let found = self.events.drain(..=at).next_back();
                return found.as_ref().and_then(find).expect("it was found");
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{what}: this is all that came: {:#?}, {:?}",
                self.events,
                self.notices
            );
            self.poll(Duration::from_millis(100));
        }
    }

    pub(crate) fn until_focused(&mut self, role: &str, name: &str) -> (Role, Element) {
        self.until(&format!("focus on {role} {name:?}"), |event| match event {
            ElementEvent::Focused { role: field, element: Some(element) }
                if element.role.as_str() == role && element.name == name =>
            {
                Some((*field, element.clone()))
            }
            _ => None,
        })
    }

    /// A window that gets the keyboard may tell of its field before that has it.
    pub(crate) fn until_known(&mut self, name: &str) -> Element {
        self.until(&format!("a known field {name:?}"), |event| match event {
            ElementEvent::Focused { role: Role::Known, element: Some(element) } if element.name == name => {
                Some(element.clone())
            }
            _ => None,
        })
    }

    pub(crate) fn until_clicked(&mut self, role: &str, name: &str) -> Element {
        self.until(&format!("a click on {role} {name:?}"), |event| match event {
            ElementEvent::Clicked(element) if element.role.as_str() == role && element.name == name => {
                Some(element.clone())
            }
            _ => None,
        })
    }

    pub(crate) fn until_unknown(&mut self) -> Option<Element> {
        self.until("an unknown field", |event| match event {
            ElementEvent::Focused { role: Role::Unknown, element } => Some(element.clone()),
            _ => None,
        })
    }

    /// What a field holds that is told next.
    pub(crate) fn until_held(&mut self, id: u64) -> String {
        self.until("what it holds", |event| match event {
            ElementEvent::Holds { id: of, text, .. } if *of == id => Some(text.expose().to_owned()),
            _ => None,
        })
    }

    /// Has the field asked again that has the keyboard; how long it took until that was told.
    pub(crate) fn ask_again(&mut self) -> Duration {
        self.wait();
        let (before, start) = (self.events.len(), Instant::now());
        self.accessibility.prompter().wake();
        let is_told =
            |event: &ElementEvent| matches!(event, ElementEvent::Stayed { .. } | ElementEvent::Focused { .. });
        while !self.events[before..].iter().any(is_told) {
            assert!(start.elapsed() < Duration::from_secs(30), "nobody was asked");
            self.poll(Duration::from_millis(100));
        }
        start.elapsed()
    }

    /// Polls for so long; which fields are told to be no more.
    pub(crate) fn gone_within(&mut self, patience: Duration) -> Vec<u64> {
        let end = Instant::now() + patience;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.poll(left);
        }
        let gone = |event: &ElementEvent| match event {
            ElementEvent::Gone { id } => Some(*id),
            _ => None,
        };
        std::mem::take(&mut self.events).iter().filter_map(gone).collect()
    }

    /// Takes what is there already.
    pub(crate) fn wait(&mut self) {
        (0..4).for_each(|_| self.poll(Duration::from_millis(150)));
    }
}

fn open(platform: &dyn Platform) -> Box<dyn Accessibility> {
    let tracks = [Track::Pointer, Track::Keyboard, Track::Context].into_iter().collect();
    let backend = platform.open(tracks, &platform.clock()).expect("the display can be captured");
    backend.accessibility.expect("X11 has it")
}

/// Where a window of this class is.
pub(crate) fn bounds(display: &Display, class: &str) -> Rect {
    use x11rb::protocol::xproto::ConnectionExt;
    let window = display.wait_for_window(class);
    let (conn, root) = display.connect();
    let at = conn.translate_coordinates(window, root, 0, 0).expect("sent").reply().expect("it is there");
    let size = conn.get_geometry(window).expect("sent").reply().expect("it is there");
    Rect { x: at.dst_x.into(), y: at.dst_y.into(), width: size.width.into(), height: size.height.into() }
}

pub(crate) fn signal(process: &Process, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), process.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

pub(crate) fn middle(of: Rect) -> String {
    let half = |length: u32| i32::try_from(length / 2).expect("is small");
    format!("move {} {}\nsleep 60\nclick\nsleep 60\n", of.x + half(of.width), of.y + half(of.height))
}

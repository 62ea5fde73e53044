//! A recorder on the synthetic desktop, and what it recorded.

#![allow(dead_code, reason = "each test binary uses its own part")]

#[path = "../../../core/tests/agreed/mod.rs"]
mod agreed;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use understudy_capture::synthetic::{Script, Synthetic, SyntheticOptions};
use understudy_core::clock::Time;
use understudy_core::event::{App, Contact, ContextEvent, Element, KeyboardAction, Window};
use understudy_core::frame::{Frame, Rect, Size};
use understudy_core::identity::Identity;
use understudy_core::pipeline::Recorder;
use understudy_core::policy::Policy;
use understudy_core::reader::{Item, ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::Tracks;
use understudy_core::verify::{Verified, verify};

pub(crate) use self::agreed::{config, terms};

pub(crate) struct Desk {
    pub(crate) identity: Identity,
    pub(crate) files: MemoryFiles,
    pub(crate) script: Arc<Script>,
    pub(crate) finished: Box<dyn Fn() -> bool>,
    pub(crate) recorder: Recorder,
}

/// Where nobody tells the fields of the synthetic desktop's applications, typed text is kept only where they are trusted.
pub(crate) fn trusting() -> Policy {
    trusted(Policy::default())
}

pub(crate) fn trusted(policy: Policy) -> Policy {
    policy.trusting(["Editor", "Terminal", "Vault"].map(String::from)).expect("policy")
}

pub(crate) fn start(options: SyntheticOptions, policy: Policy) -> Desk {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let synthetic = Synthetic::new(options);
    let (script, probe) = (synthetic.script(), synthetic.clone());
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(Box::new(synthetic), config(receipt, policy), || Ok(Box::new(MemorySink(sink))))
        .expect("starts");
    Desk { identity, files, script, finished: Box::new(move || probe.finished()), recorder }
}

pub(crate) fn play(options: SyntheticOptions, policy: Policy) -> Desk {
    let desk = start(options, policy);
    wait_for("the script's end", || (desk.finished)() || desk.recorder.state().is_over());
    desk
}

pub(crate) fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Desk {
    pub(crate) fn source(&self) -> MemorySource {
        MemorySource(self.files.lock().expect("files").clone())
    }

    pub(crate) fn open(&self) -> (Verified, Vec<Item>, BTreeMap<u64, understudy_core::sign::Hash>) {
        let source = self.source();
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let (mut items, mut pictures) = (Vec::new(), BTreeMap::new());
        if let Some(body) = &verified.body {
            let opener = self.identity.opening(&body.receipt).expect("derives");
            let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
            while let Some(item) = reader.next_item().expect("reads") {
                if matches!(item.value, ItemValue::Frame(_)) {
                    pictures.insert(item.time.as_nanos(), reader.picture().expect("picture").hash());
                }
                items.push(item);
            }
        }
        (verified, items, pictures)
    }

    /// The application that has the keyboard, by the script.
    pub(crate) fn focus_at(&self, time: Time) -> Option<String> {
        let before = self.script.contexts().iter().take_while(|sample| sample.time <= time);
        let focus = before.filter_map(|sample| match &sample.value {
            ContextEvent::Focus(window) => Some(window.as_ref().and_then(|window| window.app.as_ref())),
            _ => None,
        });
        focus.last().flatten().map(|app| app.id.clone())
    }

    /// No key that was typed into this application is told.
    pub(crate) fn assert_keys_untold(&self, items: &[Item], app: &str) {
        for item in items {
            let ItemValue::Keyboard(event) = &item.value else { continue };
            if matches!(event.action, KeyboardAction::Down { .. } | KeyboardAction::Up { .. }) {
                assert_ne!(self.focus_at(item.time).as_deref(), Some(app), "a key of {app} at {:?}", item.time);
            }
        }
    }

    /// Nothing is told of this application: no keys, no titles, no elements.
    pub(crate) fn assert_untold(&self, items: &[Item], app: &str) {
        self.assert_keys_untold(items, app);
        let id = |app: &Option<App>| app.as_ref().map(|app| app.id.clone());
        for item in items {
            match &item.value {
                ItemValue::Context(ContextEvent::Focus(Some(window)) | ContextEvent::Window(window)) => {
                    assert_ne!(id(&window.app).as_deref(), Some(app));
                    assert!(!window.title.contains(app));
                }
                ItemValue::Context(ContextEvent::Element(_, element)) => {
                    assert_ne!(id(&element.app).as_deref(), Some(app));
                }
                _ => {}
            }
        }
    }

    /// In no picture anything of this application's windows is to be seen that lies above all others. Answers in how many pictures it would
    /// have been.
    pub(crate) fn assert_painted_over(&self, app: &str) -> usize {
        self.each_picture(|index, picture| {
            let windows = self.script.windows(index);
            let place = windows.iter().position(|window| window.app.as_ref().is_some_and(|of| of.id == app));
            let Some(place) = place else { return false };
            let mask = picture.format().mask_color();
            let hidden = hidden(&windows, place, picture.size());
            let shown = hidden.iter().zip(picture.pixels()).position(|(hidden, pixel)| *hidden && *pixel != mask);
            assert_eq!(shown, None, "picture {index}");
            hidden.contains(&true)
        })
    }

    /// What covers this application's windows is shown as it is. Answers in how many pictures.
    pub(crate) fn assert_covered(&self, app: &str) -> usize {
        self.each_picture(|index, picture| {
            let windows = self.script.windows(index);
            let place = windows.iter().position(|window| window.app.as_ref().is_some_and(|of| of.id == app));
            let Some(place) = place.filter(|place| place + 1 < windows.len()) else { return false };
            let (drawn, hidden) = (self.script.picture(index), hidden(&windows, place, picture.size()));
            let shown = drawn.pixels().iter().zip(picture.pixels()).zip(&hidden);
            assert!(shown.filter(|(_, hidden)| !**hidden).all(|((drawn, pixel), _)| drawn == pixel), "picture {index}");
            true
        })
    }

    /// Answers in how many pictures there is what was looked for.
    fn each_picture(&self, look: impl Fn(u64, &Frame) -> bool) -> usize {
        let source = self.source();
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let Some(body) = &verified.body else { return 0 };
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
        let mut found = 0;
        while let Some(item) = reader.next_item().expect("reads") {
            let ItemValue::Frame(_) = item.value else { continue };
            let index = self.script.index_at(item.time);
            found += usize::from(look(index, reader.picture().expect("picture")));
        }
        found
    }
}

/// Which pixels show the window at this place, bottom first.
fn hidden(windows: &[Window], place: usize, size: Size) -> Vec<bool> {
    let at = |index: usize| {
        let (x, y) = (index % size.width as usize, index / size.width as usize);
        let pixel = Rect { x: x as i32, y: y as i32, width: 1, height: 1 };
        let here = |window: &Window| window.bounds.intersect(pixel).is_some();
        here(&windows[place]) && !windows[place + 1..].iter().any(here)
    };
    (0..size.area()).map(at).collect()
}

/// Every element of a recording, in its order.
pub(crate) fn elements(items: &[Item]) -> Vec<(Time, Contact, Element)> {
    let element = |item: &Item| match &item.value {
        ItemValue::Context(ContextEvent::Element(contact, element)) => Some((item.time, *contact, element.clone())),
        _ => None,
    };
    items.iter().filter_map(element).collect()
}

pub(crate) fn asap(frames: u32) -> SyntheticOptions {
    SyntheticOptions {
        asap: true,
        animate: true,
        fps: 30,
        duration: Duration::from_secs(u64::from(frames) / 30),
        ..SyntheticOptions::default()
    }
}

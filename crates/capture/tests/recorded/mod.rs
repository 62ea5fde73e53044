//! A recording of a private display, and what is found in it.

#![allow(dead_code, reason = "each test binary uses its own part")]

#[path = "../../../core/tests/agreed/mod.rs"]
pub(crate) mod agreed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use understudy_core::clock::Time;
use understudy_core::event::{KeyboardAction, PointerAction};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, WithheldReason};
use understudy_core::pipeline::{Config, Recorder, State};
use understudy_core::policy::Policy;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use self::agreed::{config, terms};
use crate::display::{Display, Process};

/// What nobody may see in the recording.
pub(crate) const CANARY: u32 = 0x00ff_00fe;

pub(crate) struct Desk {
    identity: Identity,
    files: MemoryFiles,
    pub(crate) recorder: Recorder,
}

pub(crate) fn record(display: &Display, hotkey: Option<&str>) -> Desk {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let config = Config { max_fps: 30, platform: "x11".into(), ..config(receipt, Policy::default()) };
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let platform = understudy_capture::native(Some(display.name.clone()), hotkey).expect("a platform");
    let recorder = Recorder::start(platform, config, || Ok(Box::new(MemorySink(sink)))).expect("starts");
    Desk { identity, files, recorder }
}

/// What a recording holds, as far as these tests ask.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) journal: Vec<(Time, Entry)>,
    pub(crate) keys: Vec<String>,
    /// Where buttons went down.
    pub(crate) clicks: Vec<(i32, i32)>,
    pub(crate) moves: Vec<(i32, i32)>,
    /// Whether a picture shows the canary.
    pub(crate) canary: bool,
}

impl Desk {
    pub(crate) fn wait_for(&self, state: &State) {
        wait_for(&format!("{state:?}"), || {
            let now = self.recorder.state();
            assert!(now == *state || !now.is_over(), "{now:?}");
            now == *state
        });
    }

    /// Until it has begun, and the focus is known.
    pub(crate) fn settle(&self) {
        wait_for("the first picture", || self.recorder.stats().frames > 0);
        self.wait_for(&State::Recording);
    }

    /// How many lines of the journal, as it is now, have this type.
    pub(crate) fn told(&self, what: &str) -> usize {
        let files = self.files.lock().expect("files");
        let journal = String::from_utf8(files["journal.ndjson"].clone()).expect("UTF-8");
        journal.lines().filter(|line| line.contains(&format!("\"type\":\"{what}\""))).count()
    }

    pub(crate) fn open(&self) -> Recorded {
        let source = MemorySource(self.files.lock().expect("files").clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        assert_eq!(verified.status, Status::Intact);
        let body = verified.body.expect("body");
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, &body, verified.status, opener.open_key()).expect("opens");
        let mut recorded = Recorded { journal: body.journal.clone(), ..Recorded::default() };
        while let Some(item) = reader.next_item().expect("reads") {
            match item.value {
                ItemValue::Frame(_) => {
                    let picture = reader.picture().expect("a picture");
                    recorded.canary |= picture.pixels().contains(&CANARY);
                }
                ItemValue::Keyboard(event) => {
                    if let KeyboardAction::Down { key, .. } = event.action {
                        recorded.keys.push(key.key.clone());
                    }
                }
                ItemValue::Pointer(event) => {
                    let at = (event.position.x, event.position.y);
                    let down = matches!(event.action, PointerAction::Down(_));
                    if down { recorded.clicks.push(at) } else { recorded.moves.push(at) }
                }
                _ => {}
            }
        }
        recorded
    }
}

impl Recorded {
    pub(crate) fn unseen(&self, wanted: Track) -> usize {
        let told = |(_, entry): &&(Time, Entry)| matches!(entry, Entry::Withheld { track, reason: WithheldReason::NoIndicator, .. } if Track::from(*track) == wanted);
        self.journal.iter().filter(told).count()
    }

    pub(crate) fn count(&self, key: &str) -> usize {
        self.keys.iter().filter(|known| *known == key).count()
    }
}

pub(crate) fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A display with a window manager and a terminal that has the keyboard.
pub(crate) fn desk() -> (Display, Vec<Process>) {
    let display = Display::start("800x600x24", &[]);
    let manager = display.openbox();
    let terminal = display.spawn("xterm", &["-geometry", "40x10+20+40", "-e", "sleep", "1000"]);
    display.wait_for_window("XTerm");
    std::thread::sleep(Duration::from_millis(300));
    (display, vec![manager, terminal])
}

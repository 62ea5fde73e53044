//! What closes before its text was read, of a real application on a real X server: a dialog is painted over, a menu that was read early is
//! seen.

#![cfg(target_os = "linux")]

#[path = "../../core/tests/agreed/mod.rs"]
mod agreed;
mod display;

use std::sync::Arc;
use std::time::Duration;

use understudy_core::clock::Time;
use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::verify;
use x11rb::protocol::xproto::ConnectionExt as _;

use agreed::{config, terms};
use display::{Display, find_window};

/// How long a form is left alone until all of it was read.
const SETTLED: Duration = Duration::from_secs(4);

/// What a form shows of which everything was read, and what comes then.
#[derive(Debug)]
struct Seen {
    /// Most pixels of a picture that are painted over, and most that are otherwise than before and are not.
    painted: usize,
    bare: usize,
    /// How many are painted over in the end.
    left: usize,
}

fn seen(work: impl FnOnce(&Display)) -> Seen {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let _form = display.form(None);
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("a receipt");
    let files = MemoryFiles::default();
    let platform = understudy_capture::native(Some(display.name()), None).expect("a platform");
    let tracks = [Track::Screen].into_iter().collect();
    let config = Config { tracks, platform: "x11".into(), ..config(receipt, Policy::default()) };
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(platform, config, || Ok(Box::new(MemorySink(sink)))).expect("it records");
    std::thread::sleep(SETTLED);
    work(&display);
    std::thread::sleep(Duration::from_secs(2));
    recorder.stop().expect("it stops");
    let source = MemorySource(files.lock().expect("files").clone());
    let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
    let body = verified.body.as_ref().expect("a body");
    let opener = identity.opening(&body.receipt).expect("derives");
    let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
    let mut seen = Seen { painted: 0, bare: 0, left: 0 };
    let mut before = None;
    while let Some(item) = reader.next_item().expect("reads") {
        if !matches!(item.value, ItemValue::Frame(_)) {
            continue;
        }
        let picture = reader.picture().expect("a picture");
        if item.time < Time::ZERO.after(SETTLED) {
            before = Some(picture.clone());
            continue;
        }
        let (mask, before) = (picture.format().mask_color(), before.as_ref().expect("a picture before"));
        seen.left = picture.pixels().iter().filter(|pixel| **pixel == mask).count();
        let is_bare = |(now, then): &(&u32, &u32)| now != then && **now != mask;
        let bare = picture.pixels().iter().zip(before.pixels()).filter(is_bare).count();
        (seen.painted, seen.bare) = (seen.painted.max(seen.left), seen.bare.max(bare));
    }
    seen
}

#[test]
fn a_window_that_closes_before_it_was_read_is_painted_over_where_its_application_tells() {
    let seen = seen(|display| {
        let form = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/display/form.py");
        let mut other = display.spawn_accessible(None, "/usr/bin/python3", &[form]);
        display.wait_for("another form", |conn, root| {
            let frames = conn.query_tree(root).ok()?.reply().ok()?.children;
            let forms = frames.into_iter().filter(|frame| find_window(conn, *frame, "Form.py").is_some());
            (forms.count() > 1).then_some(())
        });
        std::thread::sleep(Duration::from_millis(200));
        other.kill();
    });
    assert!(seen.painted > 50_000, "{seen:?}");
    assert!(seen.bare < 10_000, "of its frame alone: {seen:?}");
    assert_eq!(seen.left, 0, "what lay behind it was drawn since");
}

#[test]
fn a_menu_that_was_read_early_is_seen_though_it_closes() {
    let seen = seen(|display| display.play("move 150 80\nsleep 300\nclick 3\nsleep 350\nkey Escape\nsync\n"));
    assert!(seen.bare > 5000 && seen.painted == 0, "{seen:?}");
}

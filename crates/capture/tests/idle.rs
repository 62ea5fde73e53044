//! What it costs to be seen, and to know the fields, while nothing happens. A file of its own: it looks at all threads of its process.

#![cfg(target_os = "linux")]

mod display;
mod recorded;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use understudy_core::backend::{Accessibility, Batch, ElementEvent, Waker};
use understudy_core::track::Track;
use understudy_core::typed::Role;

use self::display::Display;
use self::recorded::{desk, record};

/// A thread's name has 15 letters.
const INDICATOR: &str = "understudy-indi";
const ASKER: &str = "understudy-asks";
const READER: &str = "understudy-text";

#[test]
fn while_nothing_happens_the_indicator_does_not_wake() {
    let (display, _clients) = desk();
    let desk = record(&display, None);
    desk.settle();
    std::thread::sleep(Duration::from_millis(1500));
    rests(INDICATOR);
    desk.recorder.stop().expect("stops");
}

#[test]
fn windows_that_do_not_change_are_not_read() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let _form = display.form(None);
    // Nothing blinks in it.
    let _terminal = display.spawn("xterm", &["-geometry", "30x10+450+300"]);
    display.wait_for_window("XTerm");
    let desk = record(&display, None);
    desk.settle();
    // What has no name is asked three times.
    std::thread::sleep(Duration::from_secs(4));
    rests(READER);
    desk.recorder.stop().expect("stops");
}

#[test]
fn accessibility_wakes_for_no_key_and_for_a_field_that_is_watched_once_a_second() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let (watch, commands) = channel();
    let (known, ids) = channel();
    let accessibility = listen(&display);
    let waker = accessibility.waker();
    let body = move || ask(accessibility, &commands, &known);
    let asker = std::thread::Builder::new().name(ASKER.into()).spawn(body).expect("a thread");
    let _form = display.form(None);
    let id = ids.recv_timeout(Duration::from_secs(20)).expect("the form's field is known");
    let count = |during: &dyn Fn()| {
        std::thread::sleep(Duration::from_millis(1500));
        let before = wake_ups(ASKER);
        during();
        wake_ups(ASKER)[0] - before[0]
    };
    let rest = || std::thread::sleep(Duration::from_secs(3));
    assert_eq!(count(&rest), 0);
    // The first key from another keyboard tells every client of its layout.
    display.play("key KeyN\nsync\n");
    assert_eq!(count(&|| display.play("type Nobody is asked for each key. every 20\nsync\n")), 0);
    tell(&watch, &waker, Some(vec![id ^ 1]));
    assert_eq!(count(&rest), 0, "nobody knows that field");
    tell(&watch, &waker, Some(vec![id]));
    let watched = count(&rest);
    assert!((3..=12).contains(&watched), "asked about once a second, and answered: {watched}");
    tell(&watch, &waker, Some(Vec::new()));
    assert_eq!(count(&rest), 0);
    tell(&watch, &waker, None);
    asker.join().expect("no panic");
}

fn listen(display: &Display) -> Box<dyn Accessibility> {
    let platform = understudy_capture::native(Some(display.name.clone()), None).expect("a platform");
    let tracks = [Track::Keyboard, Track::Context].into_iter().collect();
    let backend = platform.open(tracks, &platform.clock()).expect("the display can be captured");
    backend.accessibility.expect("X11 has it")
}

fn tell(watch: &Sender<Option<Vec<u64>>>, waker: &Waker, fields: Option<Vec<u64>>) {
    watch.send(fields).expect("it listens");
    waker.wake();
}

/// Polls without a limit, tells of known fields, and watches what it is told to, until that is nothing any more.
fn ask(mut accessibility: Box<dyn Accessibility>, commands: &Receiver<Option<Vec<u64>>>, known: &Sender<u64>) {
    loop {
        let mut batch = Batch::default();
        accessibility.poll(None, &mut batch).expect("the display is there");
        for sample in batch.samples {
            if let ElementEvent::Focused { role: Role::Known, element: Some(element) } = sample.value {
                known.send(element.id).expect("the test waits");
            }
        }
        match commands.try_recv() {
            Ok(Some(fields)) => accessibility.watch(&fields),
            Ok(None) => return,
            Err(_) => {}
        }
    }
}

/// The one thread of this name does not wake.
fn rests(name: &str) {
    let before = wake_ups(name);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(before.len(), 1, "one {name}");
    assert_eq!(wake_ups(name), before, "{name}");
}

/// How often threads of this name went to sleep.
fn wake_ups(name: &str) -> Vec<u64> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let of = |folder: std::path::PathBuf| {
        let status = std::fs::read_to_string(folder.join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        status.starts_with(&format!("Name:\t{name}")).then(|| line.trim().parse().ok())?
    };
    tasks.filter_map(|task| of(task.ok()?.path())).collect()
}

//! What applications call their windows: a real browser's private ones, and those of applications that hang and lie.

#![cfg(target_os = "linux")]

mod display;
mod listener;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use understudy_core::backend::ElementEvent;
use understudy_core::called::{Called, Titled};
use understudy_core::typed::Role;

use display::{AccessibilityBus, Display, Process, find_window};
use listener::{Listener, signal};

const PAGE: &str = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/tests/display/login.html");

/// The latest that was told of each process.
fn latest(called: &[Called]) -> Vec<&Called> {
    let mut latest: Vec<&Called> = Vec::new();
    for called in called {
        latest.retain(|other| other.process != called.process);
        latest.push(called);
    }
    latest
}

/// The names of all windows that have one, by their titles.
fn named(called: &[Called]) -> Vec<(&str, &str)> {
    let windows = latest(called).into_iter().flat_map(|called| &called.windows);
    windows.filter_map(|Titled { title, name, .. }| Some((title.as_str(), name.as_deref()?))).collect()
}

fn has(called: &[Called], name: &str) -> bool {
    named(called).iter().any(|(_, other)| *other == name)
}

fn strays(called: &[Called]) -> Vec<Option<&str>> {
    latest(called).into_iter().flat_map(|called| called.strays.iter().map(Option::as_deref)).collect()
}

fn namer(display: &Display, bus: &AccessibilityBus, title: &str, frames: &[&str]) -> Process {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/display/namer.py");
    let namer = display.spawn("/usr/bin/python3", &[&[script, &bus.address, title], frames].concat());
    display.wait_for_window("Namer.py");
    namer
}

#[test]
fn a_private_window_of_chromium_is_told_apart_from_the_others_of_its_process() {
    let display = Display::start("1000x800x24", &[]);
    let (session, _manager) = (display.session(), display.openbox());
    display.name_bus(&session.accessibility());
    let mut listener = Listener::open(&display);
    // Not told to tell of its pages: what windows are called it tells anyway.
    let mut browser = display.chromium(&session, &[PAGE]);
    // A page may have no title yet when it is known which window it is: then it is asked nothing more.
    let ends = |called: &[Called], end: &str| named(called).iter().filter(|(_, name)| name.ends_with(end)).count();
    listener.until_called("the first window", |called| ends(called, " - Chromium") == 1);
    for (option, end) in [("--incognito", " - Chromium (Incognito)"), ("--guest", " - Chromium (Guest)")] {
        let _asks_the_first = display.chromium(&session, &[option, PAGE]);
        listener.until_called(end, |called| ends(called, end) == 1);
    }
    assert_eq!(ends(&listener.called, " - Chromium"), 1, "{:#?}", listener.called);
    let ids: BTreeSet<u64> =
        listener.called.iter().flat_map(|called| &called.windows).map(|window| window.id).collect();
    assert_eq!((ids.len(), named(&listener.called).len()), (3, 3));
    assert!(named(&listener.called).iter().all(|(title, _)| title.ends_with(" - Chromium")), "no title says so");
    // Before it was known which window a private one is, it was told that there is one.
    let strays = listener.called.iter().flat_map(|called| called.strays.iter().flatten());
    assert!(strays.filter(|name| name.ends_with("(Incognito)")).count() > 0, "{:#?}", listener.called);

    listener.reopen();
    listener.until_called("what is remembered over a pause", |called| {
        [" - Chromium", " - Chromium (Incognito)", " - Chromium (Guest)"].iter().all(|end| ends(called, end) == 1)
    });
    browser.kill();
    listener.until_called("that they are gone", |called| latest(called).iter().all(|called| called.windows.is_empty()));
}

#[test]
fn an_application_speaks_of_its_own_windows_alone() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    assert_eq!(listener.notices, []);
    let form = display.form(None);
    let form_window = u64::from(display.wait_for_window("Form.py"));
    listener.until_called("the form", |called| has(called, "Form"));
    let liar = namer(&display, &bus, "Form", &["+Form (Incognito)", "Form (Private)"]);
    listener.until_called("the other", |called| has(called, "Form (Incognito)"));
    listener.wait();
    for called in latest(&listener.called) {
        let ids: Vec<u64> = called.windows.iter().map(|window| window.id).collect();
        match called.process {
            process if process == form.id() => assert_eq!((ids, &called.strays[..]), (vec![form_window], &[][..])),
            process if process == liar.id() => assert!(!ids.contains(&form_window), "{called:?}"),
            _ => panic!("{called:?}"),
        }
    }
    assert_eq!(strays(&listener.called), [Some("Form (Private)")]);
}

#[test]
fn a_window_with_the_number_of_one_that_is_gone_is_of_its_own_process() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let mut first = namer(&display, &bus, "Notes", &["+Notes"]);
    let number = display.wait_for_window("Namer.py");
    listener.until_called("its frame", |called| has(called, "Notes"));
    // Nobody looks in between.
    first.kill();
    display.wait_for("its end", |conn, root| find_window(conn, root, "Namer.py").is_none().then_some(()));
    let second = namer(&display, &bus, "Letters", &["+Letters (Incognito)"]);
    assert_eq!(display.wait_for_window("Namer.py"), number, "the server gives the number again");
    listener.until_called("the other frame", |called| has(called, "Letters (Incognito)"));
    let ids = |process| {
        let called = latest(&listener.called).into_iter().filter(move |called| called.process == process);
        called.flat_map(|called| called.windows.iter().map(|window| window.id)).collect::<Vec<_>>()
    };
    assert_eq!(ids(second.id()), [u64::from(number)]);
}

#[test]
fn two_frames_that_both_have_the_keyboard_and_one_of_another_title_are_no_window() {
    for frames in [["+Notes (Incognito)", "+Notes"], ["+Letters (Incognito)", "Notes"]] {
        let display = Display::start("640x480x24", &[]);
        let (bus, _manager) = (display.accessibility_bus(), display.openbox());
        let mut listener = Listener::open(&display);
        let _liar = namer(&display, &bus, "Notes", &frames);
        listener.until_called("its frames", |called| strays(called).len() == 2);
        (0..4).for_each(|_| listener.wait());
        assert_eq!(named(&listener.called), [], "{frames:?}");
    }
}

#[test]
fn who_does_not_answer_is_told_to_be_silent_and_keeps_nobody_waiting() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _silent = namer(&display, &bus, "Silent", &["silent"]);
    listener.until_called("that it is silent", |called| strays(called) == [None]);
    let begun = Instant::now();
    let form = display.form(None);
    listener.until_called("the form", |called| has(called, "Form"));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // One that hangs is silent when a window of its comes, and not when none does.
    signal(&form, "STOP");
    listener.wait();
    assert_eq!(strays(&listener.called), [None]);
    signal(&form, "CONT");
}

#[test]
fn who_comes_to_the_bus_behind_its_window_is_asked_when_it_tells_something() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _late = namer(&display, &bus, "Notes", &["late", "+Notes (Incognito)"]);
    listener.until_called("its frame", |called| has(called, "Notes (Incognito)"));
}

#[test]
fn a_frame_of_which_the_name_does_not_come_may_be_a_private_one_and_what_lies_in_it_is_unknown() {
    for (inner, is_known) in [("", true), ("?Letters", false)] {
        let display = Display::start("640x480x24", &[]);
        let (bus, _manager) = (display.accessibility_bus(), display.openbox());
        let mut listener = Listener::open(&display);
        let _hangs = namer(&display, &bus, "Notes", &["+Notes", inner, "within"]);
        listener.until_called("the window", |called| has(called, "Notes"));
        assert_eq!(strays(&listener.called), if is_known { &[][..] } else { &[None][..] });
        // Asked anew, with all that was learned before.
        for _ in 0..3 {
            listener.events.clear();
            listener.ask_again();
            let known = |event: &ElementEvent| {
                let is_field = matches!(event, ElementEvent::Focused { role: Role::Known, .. });
                is_field || matches!(event, ElementEvent::Stayed { role: Role::Known, .. })
            };
            assert_eq!(listener.events.iter().any(known), is_known, "{inner:?}: {:?}", listener.events);
        }
    }
}

#[test]
fn a_name_that_is_longer_than_is_judged_is_none() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let long = format!("Notes {} (Incognito)", "x".repeat(5000));
    let _liar = namer(&display, &bus, "Notes", &[&long]);
    listener.until_called("that it does not say", |called| strays(called) == [None]);
}

//! What windows say that they show, of real applications on a real bus; and of such as hang, and say nothing.

#![cfg(target_os = "linux")]

mod display;
mod listener;

use std::time::{Duration, Instant};

use understudy_core::backend::{Said, Texts};
use understudy_core::track::Track;

use display::{AccessibilityBus, Display, Process};
use listener::signal;

fn reader(display: &Display) -> Box<dyn Texts> {
    display.open(&[Track::Screen]).0.texts.expect("the screen was asked for")
}

fn read(texts: &mut dyn Texts, window: u32) -> Said {
    let mut readings = texts.read(&[window.into()]).expect("the display is there");
    assert_eq!(readings.len(), 1, "{readings:?}");
    let reading = readings.remove(0);
    assert_eq!(reading.windows, [u64::from(window)]);
    reading.said
}

/// What it says, once it says this too: applications come to the bus behind their windows.
fn until(texts: &mut dyn Texts, window: u32, part: &str) -> String {
    let start = Instant::now();
    loop {
        if let Said::Text(text) = read(texts, window)
            && text.expose().contains(part)
        {
            return text.expose().to_owned();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{part} is not said");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A display with a bus and a form, and somebody who reads it.
fn form(display: &Display) -> (AccessibilityBus, Process, Box<dyn Texts>, Process, u32) {
    let (bus, manager) = (display.accessibility_bus(), display.openbox());
    let mut texts = reader(display);
    let form = display.form(None);
    let window = display.wait_for_window("Form.py");
    until(texts.as_mut(), window, "Send");
    (bus, manager, texts, form, window)
}

#[test]
fn a_form_says_its_labels_and_what_its_fields_hold_and_of_a_password_nothing() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager, mut texts, form, window) = form(&display);
    display
        .play("sleep 500\ntype heron every 20\nkey Tab\ntype opensesame every 20\nkey Tab\ntype Oslo every 20\nsync\n");
    let said = until(texts.as_mut(), window, "Oslo");
    assert_eq!(said, "Form\nName\nName\nheron\nPassword\nCity\nCity\nOslo\nSend\n");
    // Shown or not, it was a password field.
    signal(&form, "USR1");
    std::thread::sleep(Duration::from_millis(300));
    display.play("type ! every 20\nsync\n");
    assert_eq!(until(texts.as_mut(), window, "Oslo!"), said.replace("Oslo", "Oslo!"));
}

#[test]
fn who_hangs_is_silent_who_tells_nothing_says_nothing_and_what_is_gone_is_gone() {
    let display = Display::start("800x600x24", &[]);
    let (mut bus, _manager, mut texts, mut form, window) = form(&display);
    let mut terminal = display.spawn("xterm", &["-geometry", "30x10+450+300"]);
    let other = display.wait_for_window("XTerm");
    for said in [Said::NothingYet, Said::NothingYet, Said::Nothing] {
        assert_eq!(read(texts.as_mut(), other), said);
    }
    assert!(texts.is_there().expect("the display is"));
    signal(&form, "STOP");
    let start = Instant::now();
    assert_eq!(read(texts.as_mut(), window), Said::Silent);
    assert!(start.elapsed() < Duration::from_secs(10), "it is not waited for without end");
    signal(&form, "CONT");
    until(texts.as_mut(), window, "Send");
    bus.daemon.kill();
    assert_eq!(read(texts.as_mut(), window), Said::Silent, "it did not answer");
    assert_eq!(read(texts.as_mut(), window), Said::Nothing, "nobody can any more");
    assert!(!texts.is_there().expect("the display is"));
    terminal.kill();
    form.kill();
    std::thread::sleep(Duration::from_millis(300));
    for gone in [window, other, 0] {
        assert_eq!(read(texts.as_mut(), gone), Said::Gone);
    }
}

#[test]
fn a_reading_that_is_ended_did_not_answer() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager, mut texts, form, window) = form(&display);
    signal(&form, "STOP");
    let waker = texts.waker();
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        waker.wake();
    });
    assert_eq!(read(texts.as_mut(), window), Said::Silent);
    ends.join().expect("it ended");
    signal(&form, "CONT");
    until(texts.as_mut(), window, "Send");
}

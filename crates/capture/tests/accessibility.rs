//! Accessibility on a real X server, with a real bus and real applications; and with such as hang, lie and flood.

#![cfg(target_os = "linux")]

mod display;
mod listener;

use understudy_core::backend::{ElementEvent, NoticeKind};
use understudy_core::frame::Rect;
use understudy_core::typed::Role;

use display::Display;
use listener::{Listener, bounds, middle, signal};

#[test]
fn the_fields_of_a_form_tell_what_they_are_when_they_get_the_keyboard() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    assert_eq!(listener.notices, []);
    let form = display.form(None);
    let window = bounds(&display, "Form.py");
    let name = listener.until_known("Name");
    assert_eq!(name.role.as_str(), "textbox");
    let app = name.app.as_ref().expect("its window says whose it is");
    assert_eq!((app.id.as_str(), app.instance.as_str()), ("Form.py", "form.py"));
    assert_eq!(name.window, u64::from(display.wait_for_window("Form.py")));

    display.play("key Tab\nsync\n");
    let (role, password) = listener.until_focused("password", "");
    assert_eq!(role, Role::Password);
    display.play("key Tab\nsync\n");
    let city = listener.until_known("City");
    for element in [&name, &password, &city] {
        let bounds = element.bounds.expect("it says where it is");
        assert_eq!(bounds.intersect(window), Some(bounds), "{element:?} lies in {window:?}");
    }
    assert!(name.id != password.id && password.id != city.id && city.id != name.id);
    display.play("key Tab\nsync\n");
    let (role, _) = listener.until_focused("button", "Send");
    assert_eq!(role, Role::Unknown, "nothing is typed into a button");

    display.play(&middle(password.bounds.expect("it has")));
    assert_eq!(listener.until_clicked("password", "").id, password.id);
    listener.wait();
    signal(&form, "USR1");
    let (_, shown) = listener.until_focused("textbox", "Password");
    assert_eq!(shown.id, password.id, "the same field, which shows its password now");
}

#[test]
fn what_is_clicked_is_told() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    let name = listener.until_known("Name");
    display.play("key Tab\nkey Tab\nsync\n");
    let city = listener.until_known("City");
    display.play(&middle(name.bounds.expect("it has")));
    let clicked = listener.until_clicked("textbox", "Name");
    assert_eq!(clicked, name);
    let below = city.bounds.map(|city| Rect { y: city.y + 34, ..city }).expect("it has");
    display.play(&middle(below));
    let button = listener.until_clicked("button", "Send");
    assert!(button.bounds.is_some_and(|bounds| bounds.intersect(below).is_some()), "{button:?}");
    display.play(&middle(name.bounds.expect("it has")));
    listener.until_known("Name");
    // Its own field again, which no application tells.
    listener.wait();
    display.play(&middle(name.bounds.expect("it has")));
    listener.accessibility.prompter().wake();
    let stayed = listener.until("that it stayed", |event| match event {
        ElementEvent::Stayed { id, role: Role::Known } => Some(*id),
        _ => None,
    });
    assert_eq!(stayed, name.id);
    listener.wait();
    listener.events.clear();
    // On the wall, where nothing is.
    display.play("move 780 590\nclick\nsync\n");
    listener.wait();
    assert!(!listener.events.iter().any(|event| matches!(event, ElementEvent::Clicked(_))), "{:?}", listener.events);
}

#[test]
fn a_window_that_tells_nothing_has_unknown_fields_and_the_other_is_known_again_afterwards() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    let name = listener.until_known("Name");
    let _terminal = display.spawn("xterm", &["-geometry", "30x10+450+300"]);
    display.wait_for_window("XTerm");
    assert_eq!(listener.until_unknown(), None);
    listener.wait();
    assert_eq!(listener.events, [], "a terminal that tells nothing is asked nothing");
    display.play(&middle(name.bounds.expect("it has")));
    listener.until_known("Name");
}

#[test]
fn without_a_bus_every_field_is_unknown_and_that_is_told_once() {
    let display = Display::start("640x480x24", &[]);
    let _manager = display.openbox();
    let mut listener = Listener::open(&display);
    assert_eq!(listener.notices, [NoticeKind::NoAccessibility]);
    let _form = display.silent_form();
    display.play("key Tab\nsync\n");
    listener.wait();
    assert_eq!(listener.events, [ElementEvent::Focused { role: Role::Unknown, element: None }]);
    assert_eq!(listener.notices, [NoticeKind::NoAccessibility]);
}

#[test]
fn a_bus_that_dies_makes_the_field_unknown() {
    let display = Display::start("640x480x24", &[]);
    let (mut bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    listener.until_known("Name");
    bus.daemon.kill();
    assert_eq!(listener.until_unknown(), None);
    assert_eq!(listener.notices, [NoticeKind::NoAccessibility]);
}

#[test]
fn an_application_that_hangs_has_unknown_fields() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let form = display.form(None);
    let name = listener.until_known("Name");
    let _terminal = display.spawn("xterm", &["-geometry", "30x10+450+300"]);
    display.wait_for_window("XTerm");
    assert_eq!(listener.until_unknown(), None);
    listener.wait();
    signal(&form, "STOP");
    display.play(&middle(name.bounds.expect("it has")));
    listener.wait();
    let known = |event: &ElementEvent| matches!(event, ElementEvent::Focused { role: Role::Known, .. });
    assert!(!listener.events.iter().any(known), "{:?}", listener.events);
    signal(&form, "CONT");
    listener.until_known("Name");
}

#[test]
fn a_field_whose_name_is_a_megabyte_is_unknown() {
    let display = Display::start("640x480x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let form = display.form(None);
    let name = listener.until_known("Name");
    display.play("key Tab\nsync\n");
    listener.until_focused("password", "");
    signal(&form, "USR2");
    display.play(&middle(name.bounds.expect("it has")));
    assert_eq!(listener.until_focused("unknown", "").1.id, name.id);
}

#[test]
fn an_application_in_the_background_says_what_it_likes() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    let name = listener.until_known("Name");
    listener.wait();
    listener.events.clear();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/display/flood.py");
    display.run("/usr/bin/python3", &[script, &bus.address, "20000"]);
    listener.wait();
    // What the form may have said meanwhile went under: it was asked, and nobody else was believed. It may have had no time to answer.
    let is_name = |event: &ElementEvent| match event {
        ElementEvent::Stayed { id, .. } => *id == name.id,
        ElementEvent::Focused { element: Some(element), .. } => element.id == name.id,
        _ => false,
    };
    assert!(!listener.events.is_empty() && listener.events.iter().all(is_name), "{:?}", listener.events);
    listener.events.clear();
    display.play("key Tab\nsync\n");
    assert_eq!(listener.until_focused("password", "").0, Role::Password);
    assert_eq!(listener.notices, []);
}

#[test]
fn the_bus_of_the_session_knows_the_one_of_accessibility() {
    if let Ok(display) = std::env::var(display::IN_SESSION) {
        let mut listener = Listener::open_display(Some(display));
        listener.wait();
        assert_eq!(listener.notices, []);
        return;
    }
    let display = Display::start("640x480x24", &[]);
    let session = display.session();
    display.run_test_in(&session, "the_bus_of_the_session_knows_the_one_of_accessibility");
}

#[test]
fn the_session_knows_its_bus_whatever_a_client_writes_on_its_display() {
    if std::env::var(display::IN_SESSION).is_ok() {
        let mut listener = Listener::open_display(None);
        assert_eq!(listener.until_focused("password", "").0, Role::Password);
        assert_eq!(listener.notices, []);
        return;
    }
    let display = Display::start("640x480x24", &[]);
    let (session, _manager) = (display.session(), display.openbox());
    let _form = display.form(Some(&session));
    // A bus that works and that knows none of the session's applications: what a hostile client would name.
    let _other = display.accessibility_bus();
    let player = display.play_in_background(&"sleep 500\nkey Tab\nsync\n".repeat(20));
    display.run_test_in(&session, "the_session_knows_its_bus_whatever_a_client_writes_on_its_display");
    player.join();
}

#[test]
fn whose_a_window_is_is_not_what_a_client_writes_on_it() {
    let display = Display::start("640x480x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let _form = display.form(None);
    display.name_process(display.wait_for_window("Form.py"), std::process::id());
    let mut listener = Listener::open(&display);
    display.play("key Tab\nsync\n");
    assert_eq!(listener.until_focused("password", "").0, Role::Password);
    display.play("key Tab\nsync\n");
    listener.until_known("City");
}

#[test]
fn a_page_of_chromium_tells_its_fields() {
    let display = Display::start("1000x800x24", &[]);
    let (session, _manager) = (display.session(), display.openbox());
    display.name_bus(&session.accessibility());
    let mut listener = Listener::open(&display);
    assert_eq!(listener.notices, []);
    let page = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/tests/display/login.html");
    let _browser = display.chromium(&session, &["--force-renderer-accessibility", page]);
    let window = bounds(&display, "Chromium");
    let user = listener.until_known("User");
    let place = user.bounds.expect("it says where it is");
    assert_eq!(place.intersect(window), Some(place), "{user:?} lies in {window:?}");
    display.play("key Tab\nsync\n");
    assert_eq!(listener.until_focused("password", "").0, Role::Password);
    display.play("key Tab\nsync\n");
    listener.until_known("Comment");
    display.play(&middle(place));
    assert_eq!(listener.until_clicked("textbox", "User").id, user.id);
    listener.until_known("User");

    // Text that is being edited: what it says is no name.
    display.play(&"key Tab\nsync\n".repeat(5));
    let letter = listener.until_known("Letter").bounds.expect("it says where it is");
    display.play(&middle(Rect { width: 40, ..letter }));
    let clicked = listener.until("a click", |event| match event {
        ElementEvent::Clicked(element) => Some(element.clone()),
        _ => None,
    });
    assert!(["", "Letter"].contains(&clicked.name.as_str()), "{clicked:?}");
}

//! Windows that are private by what their application calls them: nothing of them is recorded, from their first moment on.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]

mod agreed;
mod puppet;

use understudy_core::backend::ElementEvent;
use understudy_core::called::{Called, Titled};
use understudy_core::event::{App, Element, ElementRole};
use understudy_core::frame::Rect;
use understudy_core::typed::Role;

use self::puppet::{BROWSER, Desk, EDITOR, Pictures, SECRET, Win};

const NAME: &str = "Browser 1 (Incognito)";

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

/// The editor and the browser, which shows something private.
fn desk() -> Desk {
    let mut desk = Desk::start(&[EDITOR, BROWSER]);
    let windows = [(EDITOR, rect(2, 2, 30, 30), 0x0011_2233), (BROWSER, rect(20, 10, 40, 36), 0x0044_5566)];
    desk.lay(&windows.map(|(id, bounds, color)| Win::new(id, bounds, color)));
    desk
}

/// What the browser's process calls its only window, where that is known; and others.
fn called(windows: &[u64], name: Option<&str>, strays: &[Option<&str>]) -> ElementEvent {
    let titled = |id: &u64| Titled { id: *id, title: "Browser 1".into(), name: name.map(Into::into) };
    let strays = strays.iter().map(|name| name.map(Into::into)).collect();
    ElementEvent::Called(Called { process: 7, windows: windows.iter().map(titled).collect(), strays })
}

fn field(window: u64, name: &str) -> ElementEvent {
    let app = App { id: "Browser".into(), instance: "browser".into() };
    let role = ElementRole::from_static("textbox");
    let element = Element { id: 5, window, app: Some(app), role, name: name.into(), bounds: None };
    ElementEvent::Focused { role: Role::Known, element: Some(element) }
}

/// Types, a key every 20 ms.
fn type_text(desk: &mut Desk, text: &str) {
    for key in text.chars() {
        desk.key(key);
        desk.pass(20);
    }
}

fn shows(pictures: &Pictures) -> bool {
    pictures.values().any(|picture| picture.pixels().contains(&SECRET))
}

#[test]
fn what_waits_when_a_window_turns_out_to_be_private_is_not_told_either() {
    let mut desk = desk();
    desk.focus(EDITOR);
    desk.pass(300);
    type_text(&mut desk, "before");
    desk.pass(2500);
    desk.shoot();
    desk.focus(BROWSER);
    desk.tell(field(BROWSER, "Query"));
    desk.reveal(BROWSER, true);
    for _ in 0..3 {
        type_text(&mut desk, "ab");
        desk.shoot();
    }
    desk.tell(called(&[BROWSER], Some(NAME), &[]));
    type_text(&mut desk, "cd");
    desk.shoot();
    desk.pass(3000);
    let behind = desk.expected_without(&[BROWSER]);
    let (pictures, told) = desk.stop_and_tell();
    assert!(!shows(&pictures));
    assert_eq!(pictures.values().next_back().unwrap().pixels(), behind.pixels(), "the editor is seen beside it");
    assert_eq!(told.concat(), "Editor 1beforenone", "{told:?}");
}

#[test]
fn it_stays_so_whatever_has_the_focus_and_over_a_pause_until_it_is_closed() {
    let mut desk = desk();
    desk.focus(BROWSER);
    desk.tell(called(&[BROWSER], Some(NAME), &[]));
    desk.reveal(BROWSER, true);
    desk.focus(EDITOR);
    desk.shoot();
    desk.tell(called(&[BROWSER], Some("Browser 1"), &[]));
    desk.unmask();
    desk.pass(300);
    desk.shoot();
    desk.pause();
    desk.resume();
    desk.lay_again();
    desk.shoot();
    desk.focus(BROWSER);
    type_text(&mut desk, "secret");
    desk.pass(3000);
    desk.reveal(BROWSER, false);
    desk.tell(called(&[], None, &[]));
    desk.focus(EDITOR);
    desk.focus(BROWSER);
    desk.pass(300);
    type_text(&mut desk, "same number");
    desk.pass(3000);
    let (pictures, told) = desk.stop_and_tell();
    assert!(!shows(&pictures));
    assert!(told.concat().ends_with("same number") && !told.concat().contains("secret"), "{told:?}");
}

#[test]
fn while_nobody_knows_which_window_is_private_none_of_that_process_is_seen_and_then_the_others_are_again() {
    let mut desk = desk();
    desk.focus(EDITOR);
    desk.pass(300);
    desk.focus(BROWSER);
    desk.reveal(BROWSER, true);
    desk.shoot();
    desk.tell(called(&[BROWSER], None, &[Some("Other (Incognito)")]));
    desk.shoot();
    type_text(&mut desk, "secret");
    desk.pass(1000);
    desk.shoot();
    let unsure = desk.now();
    desk.until_withheld(true);
    // What waited is told by then: this clock goes much faster than the writing thread's.
    desk.tell(ElementEvent::Stayed { id: 5, role: Role::Known });
    std::thread::sleep(std::time::Duration::from_millis(300));
    desk.reveal(BROWSER, false);
    desk.tell(called(&[BROWSER], Some("Browser 1"), &[Some("Other (Incognito)")]));
    desk.until_withheld(false);
    desk.pass(1000);
    desk.shoot();
    desk.shoot();
    type_text(&mut desk, "told");
    desk.pass(3000);
    desk.shoot();
    let all = desk.expected();
    let (pictures, told) = desk.stop_and_tell();
    assert!(!shows(&pictures));
    assert!(pictures.range(..unsure).count() > 0, "pictures are taken meanwhile");
    assert_eq!(pictures.values().next_back().unwrap().pixels(), all.pixels(), "nothing was drawn, and it is seen");
    assert_eq!(told.concat(), "Editor 1noneBrowser 1told", "{told:?}");
}

#[test]
fn another_processs_names_say_nothing_of_a_window() {
    let mut desk = desk();
    desk.focus(BROWSER);
    desk.pass(300);
    desk.tell(called(&[99], None, &[Some(NAME), None]));
    desk.tell(called(&[98], Some(NAME), &[]));
    desk.shoot();
    type_text(&mut desk, "told");
    desk.pass(3000);
    let all = desk.expected();
    let (pictures, told) = desk.stop_and_tell();
    assert_eq!(pictures.values().next_back().unwrap().pixels(), all.pixels());
    assert_eq!(told.concat(), "Browser 1told");
}

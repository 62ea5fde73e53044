//! Late masks: what turns out to be sensitive when it has been shown already is in no picture, and everything else is in all of them.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]

mod agreed;
mod puppet;

use proptest::prelude::*;

use understudy_core::backend::{ElementEvent, Held};
use understudy_core::event::{Element, ElementRole};
use understudy_core::frame::Rect;
use understudy_core::typed::Role;

use self::puppet::{BROWSER, Desk, EDITOR, Pictures, SECRET, Win};

/// Next to the number that was printed on a wallet's card, which nobody counts.
const SSN: &str = "078-05-1121 ";
/// It is one behind this.
const LABEL: &str = "ssn ";

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn editor() -> Win {
    Win::new(EDITOR, rect(2, 2, 30, 30), 0x0011_2233)
}

fn browser() -> Win {
    Win::new(BROWSER, rect(20, 10, 40, 36), 0x0044_5566)
}

fn field(id: u64, window: u64, role: Role) -> ElementEvent {
    let element =
        Element { id, window, app: None, role: ElementRole::from_static("textbox"), name: String::new(), bounds: None };
    ElementEvent::Focused { role, element: Some(element) }
}

/// A form in the browser, over the editor, in which a field has the keyboard.
fn form(id: u64, role: Role) -> Desk {
    let mut desk = Desk::start(&[]);
    desk.lay(&[editor(), browser()]);
    desk.shoot();
    desk.focus(BROWSER);
    desk.tell(field(id, BROWSER, role));
    desk.pass(300);
    desk
}

/// The same windows, where little can be built on: nearly every picture is one too many.
fn crowded() -> Desk {
    let mut desk = Desk::start_with(&[], 64 << 10);
    desk.lay(&[editor(), browser()]);
    desk.shoot();
    desk.focus(BROWSER);
    desk.tell(field(5, BROWSER, Role::Known));
    desk
}

/// Types a value behind a label; each of its characters shows in the window.
fn reveal(desk: &mut Desk, window: u64, label: &str, value: &str) {
    for key in label.chars() {
        desk.key(key);
        desk.pass(40);
    }
    for key in value.chars() {
        desk.key(key);
        desk.reveal(window, true);
        desk.pass(40);
        desk.shoot();
    }
}

fn is_free_of_secrets(pictures: &Pictures) {
    for (time, picture) in pictures {
        assert!(!picture.pixels().contains(&SECRET), "at {time}");
    }
}

#[test]
fn what_was_typed_is_painted_over_from_its_first_character_on_and_nothing_else_is() {
    let mut desk = form(5, Role::Known);
    desk.shoot();
    let before = desk.expected();
    reveal(&mut desk, BROWSER, LABEL, SSN);
    desk.change(EDITOR, 0x0077_0000);
    desk.shoot();
    let (behind, stop) = (desk.expected_without(&[BROWSER]), desk.now());
    desk.focus(EDITOR);
    desk.pass(40_000);
    desk.shoot();
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    assert_eq!(pictures.values().next().unwrap().hash(), before.hash(), "what came before is as it was");
    assert_eq!(pictures.range(..=stop).next_back().unwrap().1.hash(), behind.hash(), "what lies beside it as well");
    assert_eq!(pictures.values().next_back().unwrap().hash(), behind.hash());
}

#[test]
fn where_too_much_was_shown_to_build_on_a_new_start_is_made_as_typing_begins() {
    let mut desk = crowded();
    for at in 0..400 {
        desk.change(EDITOR, 0x0055_0000 + at * 37);
        desk.pass(40);
        desk.shoot();
    }
    desk.pass(1000);
    let before = desk.now();
    reveal(&mut desk, BROWSER, LABEL, "");
    // The writing thread hears of it: this clock goes much faster than its own.
    std::thread::sleep(std::time::Duration::from_millis(300));
    reveal(&mut desk, BROWSER, "", SSN);
    let (behind, stop) = (desk.expected_without(&[BROWSER]), desk.now());
    desk.focus(EDITOR);
    desk.pass(40_000);
    desk.shoot();
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    let meanwhile: Vec<_> = pictures.range(before..=stop).map(|(_, picture)| picture.hash()).collect();
    assert!(meanwhile.contains(&behind.hash()), "{} pictures while it was typed", meanwhile.len());
    let first = pictures.range(before..).next().unwrap().0;
    assert!(*first < before + 1_000_000_000, "none for {} ms", (first - before) / 1_000_000);
}

#[test]
fn what_builds_on_a_picture_that_was_withheld_is_withheld_as_well() {
    let mut desk = crowded();
    let flicker = |desk: &mut Desk| {
        for at in 0..300 {
            desk.change(EDITOR, 0x0055_0000 + at * 37);
            desk.shoot();
        }
    };
    flicker(&mut desk);
    // A new start is made for this, and not again within five seconds.
    reveal(&mut desk, BROWSER, "hello ", "");
    std::thread::sleep(std::time::Duration::from_millis(100));
    desk.focus(EDITOR);
    desk.pass(2500);
    desk.shoot();
    std::thread::sleep(std::time::Duration::from_millis(100));
    flicker(&mut desk);
    desk.focus(BROWSER);
    desk.tell(field(5, BROWSER, Role::Known));
    desk.pass(300);
    reveal(&mut desk, BROWSER, LABEL, SSN);
    desk.close(BROWSER, true);
    desk.focus(EDITOR);
    for at in 0..4 {
        desk.change(EDITOR, 0x0012_1212 + at);
        desk.shoot();
        desk.pass(700);
    }
    desk.pass(40_000);
    desk.shoot();
    is_free_of_secrets(&desk.stop());
}

#[test]
fn what_is_harmless_is_in_every_picture() {
    let mut desk = form(5, Role::Known);
    let mut shown = vec![desk.expected()];
    for (at, key) in "hello over there".chars().enumerate() {
        desk.key(key);
        desk.change(BROWSER, 0x0044_0000 + at as u32);
        desk.pass(40);
        desk.shoot();
        shown.push(desk.expected());
    }
    let pictures = desk.stop();
    let hashes =
        |pictures: Vec<&understudy_core::frame::Frame>| pictures.iter().map(|frame| frame.hash()).collect::<Vec<_>>();
    assert_eq!(hashes(pictures.values().collect()), hashes(shown.iter().collect()));
}

#[test]
fn a_secret_field_is_painted_over_until_it_is_no_more() {
    let mut desk = form(9, Role::Password);
    desk.reveal(BROWSER, true);
    reveal(&mut desk, BROWSER, "", "hunter two");
    desk.pass(1000);
    assert_eq!(desk.watched(), [9]);
    desk.reveal(BROWSER, false);
    desk.tell(ElementEvent::Gone { id: 9 });
    desk.until_masked(0);
    desk.pass(1000);
    desk.change(EDITOR, 0x0000_7700);
    desk.shoot();
    desk.shoot();
    let last = desk.expected();
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    assert_eq!(
        pictures.values().next_back().unwrap().pixels(),
        last.pixels(),
        "nothing was drawn there, and it shows again"
    );
}

#[test]
fn what_a_field_holds_is_judged_whoever_put_it_there() {
    let mut desk = form(5, Role::Known);
    desk.paste();
    desk.reveal(BROWSER, true);
    desk.pass(40);
    desk.shoot();
    desk.tell(ElementEvent::Holds { id: 5, window: BROWSER, text: Held::new(format!("{LABEL}{SSN}").into()) });
    desk.pass(2000);
    desk.shoot();
    is_free_of_secrets(&desk.stop());
}

#[test]
fn of_a_field_that_nobody_knows_nothing_shows_that_was_typed_there() {
    let mut desk = form(5, Role::Unknown);
    reveal(&mut desk, BROWSER, "", "hunter");
    is_free_of_secrets(&desk.stop());
}

#[test]
fn where_no_more_can_wait_what_is_not_judged_is_painted_over_until_it_is() {
    for hold_bytes in [4096, 0] {
        let mut desk = Desk::start_with(&[], hold_bytes);
        desk.lay(&[editor(), browser()]);
        desk.shoot();
        desk.focus(BROWSER);
        desk.tell(field(5, BROWSER, Role::Known));
        desk.pass(300);
        desk.key('h');
        for at in 0..40 {
            desk.change(BROWSER, SECRET);
            desk.change(EDITOR, 0x0055_0000 + at);
            desk.pass(40);
            desk.shoot();
            // The writing thread goes along.
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        desk.until_masked(1);
        desk.pass(1000);
        desk.change(BROWSER, 0x0012_3456);
        desk.shoot();
        desk.focus(EDITOR);
        desk.pass(40_000);
        desk.shoot();
        desk.until_masked(0);
        desk.shoot();
        desk.shoot();
        let last = desk.expected();
        let pictures = desk.stop();
        let over = pictures.values().filter(|picture| !picture.pixels().contains(&SECRET)).count();
        assert!(over >= 20, "{over} of {} pictures are painted over", pictures.len());
        assert_eq!(pictures.values().next_back().unwrap().hash(), last.hash(), "it was harmless, and shows again");
    }
}

#[test]
fn what_a_window_leaves_behind_stays_painted_over() {
    let mut desk = form(5, Role::Known);
    reveal(&mut desk, BROWSER, LABEL, SSN);
    desk.close(BROWSER, false);
    desk.focus(EDITOR);
    desk.pass(100);
    desk.shoot();
    desk.pass(40_000);
    desk.shoot();
    is_free_of_secrets(&desk.stop());
}

#[test]
fn what_is_painted_over_stays_so_through_a_pause_and_until_the_contributor_says_otherwise() {
    let mut desk = form(5, Role::Known);
    reveal(&mut desk, BROWSER, LABEL, SSN);
    desk.pause();
    desk.resume();
    desk.lay_again();
    desk.shoot();
    desk.pass(1000);
    desk.shoot();
    let before = desk.now();
    desk.until_masked(1);
    desk.unmask();
    desk.until_masked(0);
    desk.pass(1000);
    desk.shoot();
    desk.shoot();
    let last = desk.expected();
    let pictures = desk.stop();
    is_free_of_secrets(&pictures.range(..=before).map(|(time, frame)| (*time, frame.clone())).collect());
    assert_eq!(pictures.values().next_back().unwrap().hash(), last.hash());
}

#[derive(Clone, Debug)]
enum Act {
    Type(u64, &'static str, &'static str),
    Move(u64, i32, i32),
    Raise(u64),
    Close(u64),
    Draw(u64, u32),
    Wait(u64),
    Pause,
    Forget(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let window = prop_oneof![Just(EDITOR), Just(BROWSER)];
    let text = prop_oneof![Just((LABEL, SSN)), Just(("hello ", "")), Just(("card ", "4111 1111 1111 1111 "))];
    prop_oneof![
        3 => (window.clone(), text).prop_map(|(window, (label, value))| Act::Type(window, label, value)),
        2 => (window.clone(), -10..40, -10..30).prop_map(|(window, x, y)| Act::Move(window, x, y)),
        2 => window.clone().prop_map(Act::Raise),
        1 => window.clone().prop_map(Act::Close),
        3 => (window, 1..0x00ff_0000_u32).prop_map(|(window, color)| Act::Draw(window, color & 0x00ff_ff00)),
        2 => (1..50_000_u64).prop_map(Act::Wait),
        1 => Just(Act::Pause),
        1 => (1..3000_u64).prop_map(Act::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_windows_do_nothing_shows_that_was_sensitive(
        acts in prop::collection::vec(act(), 1..14),
        hold_bytes in prop_oneof![Just(0), Just(6000), Just(48 << 20)],
        leaves: bool,
    ) {
        let mut desk = Desk::start_on(&[EDITOR, BROWSER], hold_bytes, leaves);
        desk.lay(&[editor(), browser()]);
        desk.shoot();
        for act in acts {
            match act {
                Act::Type(window, label, value) if desk.has(window) => {
                    desk.focus(window);
                    reveal(&mut desk, window, label, value);
                }
                Act::Move(window, x, y) => desk.put(window, x, y),
                Act::Raise(window) => desk.raise(window),
                Act::Close(window) => desk.close(window, true),
                Act::Draw(window, color) => desk.change(window, color),
                Act::Wait(millis) => desk.pass(millis),
                Act::Pause => {
                    desk.pause();
                    desk.resume();
                    desk.lay_again();
                }
                Act::Forget(millis) => {
                    desk.forget(millis);
                    desk.lay_again();
                }
                Act::Type(..) => {}
            }
            desk.shoot();
        }
        is_free_of_secrets(&desk.stop());
    }
}

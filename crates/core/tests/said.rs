//! What windows say that they show: something sensitive is in no picture from its first moment on, whoever put it there, and everything else
//! is in all of them.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]

mod agreed;
mod puppet;

use understudy_core::backend::{Held, Said};
use understudy_core::frame::Rect;

use self::puppet::{BROWSER, Desk, EDITOR, Pictures, SECRET, Win};

fn text(text: &str) -> Said {
    Said::Text(Held::new(text.to_owned().into()))
}

/// Next to the number that was printed on a wallet's card, which nobody counts.
fn sensitive() -> Said {
    text("Welcome back\nyour ssn\n078-05-1121\n")
}

fn harmless() -> Said {
    text("Welcome\nsupport@example.com\n+1 212 555 0142\n")
}

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

/// An editor, and a browser over it.
fn desk(browser: Said) -> Desk {
    let mut desk = Desk::start_that_says();
    desk.say(EDITOR, harmless());
    desk.say(BROWSER, browser);
    desk.lay(&[
        Win::new(EDITOR, rect(2, 2, 30, 30), 0x0011_2233),
        Win::new(BROWSER, rect(20, 10, 40, 36), 0x0044_5566),
    ]);
    desk.shoot();
    desk
}

fn is_free_of_secrets(pictures: &Pictures) {
    for (time, picture) in pictures {
        assert!(!picture.pixels().contains(&SECRET), "at {time}");
    }
}

#[test]
fn what_a_window_says_is_painted_over_from_its_first_moment_on_and_nothing_else_is() {
    let mut desk = desk(harmless());
    let before = desk.expected();
    desk.until_asked(BROWSER, 1);
    desk.say(BROWSER, sensitive());
    let shown = desk.now();
    for at in 0..10 {
        desk.reveal(BROWSER, true);
        desk.change(EDITOR, 0x0077_0000 + at);
        desk.pass(30);
        desk.shoot();
    }
    desk.until_masked(1);
    let behind = desk.expected_without(&[BROWSER]);
    desk.pass(600);
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    assert_eq!(pictures.values().next().unwrap().hash(), before.hash(), "what came before is as it was");
    assert_eq!(pictures.values().next_back().unwrap().hash(), behind.hash(), "what lies beside it as well");
    assert!(pictures.range(shown..).count() >= 10, "every picture is there");
}

#[test]
fn it_is_seen_again_when_the_window_says_twice_that_it_is_gone() {
    let mut desk = desk(sensitive());
    desk.until_masked(1);
    desk.say(BROWSER, harmless());
    desk.until_masked(0);
    desk.shoot();
    let after = desk.expected();
    let stop = desk.now();
    desk.until_asked(BROWSER, 3);
    let pictures = desk.stop();
    assert_eq!(pictures.range(..=stop).next_back().unwrap().1.hash(), after.hash());
}

#[test]
fn the_contributor_lets_it_be_seen_and_what_is_new_is_painted_over_again() {
    let mut desk = desk(sensitive());
    desk.until_masked(1);
    desk.unmask();
    desk.say(BROWSER, sensitive());
    desk.change(BROWSER, 0x0044_0000);
    desk.shoot();
    desk.until_asked(BROWSER, 1);
    desk.until_masked(0);
    desk.say(BROWSER, text("your ssn\n078-05-1121\nand hers\n457-55-5462\n"));
    desk.reveal(BROWSER, true);
    desk.shoot();
    desk.until_masked(1);
    is_free_of_secrets(&desk.stop());
}

#[test]
fn who_does_not_answer_is_painted_over_until_they_do() {
    let mut desk = desk(Said::Silent);
    desk.reveal(BROWSER, true);
    desk.shoot();
    desk.until_masked(1);
    desk.reveal(BROWSER, false);
    desk.say(BROWSER, harmless());
    desk.until_masked(0);
    desk.shoot();
    let after = desk.expected();
    desk.until_asked(BROWSER, 2);
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    assert_eq!(pictures.values().next_back().unwrap().hash(), after.hash());
}

#[test]
fn who_says_nothing_is_waited_for_a_moment_and_recorded_as_it_is() {
    let mut desk = desk(Said::NothingYet);
    desk.until_asked(BROWSER, 3);
    for at in 0..5 {
        desk.change(BROWSER, 0x0077_0000 + at);
        desk.pass(30);
        desk.shoot();
    }
    let shown = desk.expected();
    let pictures = desk.stop();
    assert_eq!(pictures.values().next_back().unwrap().hash(), shown.hash());
    assert_eq!(pictures.len(), 6);
}

#[test]
fn what_was_not_read_when_it_ends_is_painted_over() {
    let mut desk = desk(harmless());
    desk.until_asked(BROWSER, 1);
    desk.say(BROWSER, Said::Silent);
    desk.reveal(BROWSER, true);
    desk.shoot();
    let behind = desk.expected_without(&[BROWSER]);
    // As long as the others are read on for.
    desk.pass(600);
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    assert_eq!(pictures.values().next_back().unwrap().hash(), behind.hash());
}

#[test]
fn a_pause_paints_over_what_was_not_read_and_forgets_nothing() {
    let mut desk = desk(sensitive());
    desk.until_masked(1);
    desk.pause();
    desk.pass(60_000);
    desk.resume();
    desk.reveal(BROWSER, true);
    desk.lay_again();
    desk.shoot();
    desk.pass(1000);
    is_free_of_secrets(&desk.stop());
}

#[test]
fn a_number_that_is_used_again_is_another_windows() {
    let mut desk = desk(sensitive());
    desk.until_masked(1);
    desk.destroy(BROWSER);
    desk.shoot();
    desk.until_masked(0);
    // What it left is drawn over, and that is waited for.
    desk.pass(2000);
    desk.shoot();
    desk.say(BROWSER, harmless());
    desk.open_window(browser());
    desk.shoot();
    let (shown, expected) = (desk.now(), desk.expected());
    desk.until_asked(BROWSER, 1);
    desk.until_masked(0);
    // Nobody said that this may be seen of the next one.
    desk.say(BROWSER, sensitive());
    desk.change(BROWSER, 0x0044_0000);
    desk.shoot();
    desk.until_masked(1);
    desk.unmask();
    desk.until_masked(0);
    desk.destroy(BROWSER);
    desk.shoot();
    desk.open_window(browser().revealing());
    desk.shoot();
    desk.until_masked(1);
    let pictures = desk.stop();
    is_free_of_secrets(&pictures);
    let later = pictures.range(shown..).next().unwrap().1;
    assert_eq!(later.hash(), expected.hash(), "it has not been painted over for what was there before it");
}

fn browser() -> Win {
    Win::new(BROWSER, rect(20, 10, 40, 36), 0x0044_5566)
}

#[test]
fn what_closes_before_it_was_read_is_painted_over_where_its_application_tells() {
    for (said, is_painted) in [(harmless(), true), (Said::Nothing, false)] {
        let mut desk = desk(said);
        desk.until_asked(BROWSER, 1);
        let window = Win::new(3, rect(30, 20, 20, 20), 0x0088_8888);
        desk.open_window(if is_painted { window.revealing() } else { window });
        desk.shoot();
        let (shown, expected) = (desk.now(), desk.expected());
        let behind = desk.expected_without(&[3]);
        desk.pass(200);
        desk.destroy(3);
        desk.shoot();
        desk.pass(1000);
        let pictures = desk.stop();
        is_free_of_secrets(&pictures);
        let picture = &pictures[&shown];
        let painted = if is_painted { behind.hash() } else { expected.hash() };
        assert_eq!(picture.hash(), painted, "{is_painted}: and nothing beside it");
    }
}

#[test]
fn a_menu_that_was_read_early_is_seen_though_it_closes() {
    let mut desk = desk(harmless());
    desk.until_asked(BROWSER, 1);
    desk.say(3, harmless());
    desk.open_window(Win::new(3, rect(30, 20, 20, 20), 0x0088_8888).popup());
    desk.shoot();
    let (shown, expected) = (desk.now(), desk.expected());
    desk.pass(120);
    desk.until_asked(3, 1);
    assert!(desk.now() < shown + 450_000_000, "it was read early");
    desk.destroy(3);
    desk.shoot();
    desk.pass(1000);
    assert_eq!(desk.stop()[&shown].hash(), expected.hash());
}

#[test]
fn of_more_windows_than_can_be_remembered_those_beyond_are_painted_over() {
    let mut desk = Desk::start_that_says();
    let tile = |at: i32| Win::new(10 + at as u64, rect(at % 40 * 2, at / 40 * 2, 2, 2), 0x0044_5566);
    let windows: Vec<Win> = (0..1025).map(tile).collect();
    desk.lay(&windows);
    desk.shoot();
    desk.until_masked(1);
    assert!(desk.now() < 1_000_000_000, "nobody is late yet");
}

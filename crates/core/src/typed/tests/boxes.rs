//! A code in a row of boxes: whatever fields are called, and however slowly somebody types it.

use super::{Hold, at, down, exact, up};
use crate::detect::{Detector, Mode};
use crate::typed::{FieldId, Limits, Role};

/// Somebody in a form, at a moment.
struct Typist {
    hold: Hold<Detector>,
    now: u64,
    told: Vec<String>,
}

impl Typist {
    fn new() -> Self {
        let hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
        Self { hold, now: 0, told: Vec::new() }
    }

    fn wait(&mut self, millis: u64) {
        self.now += millis;
        self.told.extend(exact(self.hold.release(at(self.now))));
    }

    /// The page, or a key, has moved the keyboard to this field.
    fn enter(&mut self, field: u64) {
        self.hold.focus(at(self.now), Some(FieldId(field)), Role::Known);
    }

    fn press(&mut self, key: &str) {
        down(&mut self.hold, self.now, key);
    }

    /// Each character in a box, after which the page moves on; the key goes up in the next one.
    fn fill(&mut self, code: &str, pace: u64) {
        for (at, char) in code.char_indices() {
            self.enter(at as u64 + 1);
            self.press(&char.to_string());
            self.wait(5);
            self.enter(at as u64 + 2);
            up(&mut self.hold, self.now, &char.to_string());
            self.wait(pace);
        }
    }

    /// What is told of keys that go down, in the end.
    fn end(mut self) -> String {
        self.told.extend(exact(self.hold.end(at(self.now + 60_000))));
        self.told.iter().filter(|told| !told.starts_with('-')).map(|told| told.trim_start_matches('+')).collect()
    }
}

#[test]
fn a_code_in_boxes_is_not_told() {
    for (code, pace) in [("847213", 120), ("847213", 4000), ("8472", 300), ("k7wq9z", 120), ("84", 10)] {
        let mut typist = Typist::new();
        typist.fill(code, pace);
        typist.wait(40_000);
        let told = typist.end();
        // Two are no row.
        assert_eq!(told, if code.len() > 2 { "uncertain".repeat(code.len()) } else { code.to_owned() }, "{code}");
    }
}

#[test]
fn a_box_that_is_typed_anew_is_one_of_them() {
    let mut typist = Typist::new();
    typist.fill("84", 200);
    typist.press("Backspace");
    typist.enter(2);
    typist.press("5");
    typist.enter(3);
    typist.press("7");
    typist.enter(4);
    typist.press("2");
    // The last one is left as somebody likes.
    typist.press("Enter");
    typist.enter(9);
    typist.press("a");
    assert_eq!(typist.end().replace("uncertain", ""), "Entera");
}

#[test]
fn what_comes_when_the_first_boxes_are_told_about_belongs_to_them() {
    let mut typist = Typist::new();
    typist.fill("8472", 100);
    typist.wait(35_000);
    typist.press("1");
    typist.enter(6);
    typist.press("3");
    typist.enter(7);
    assert!(!typist.end().contains(['1', '3']));
}

#[test]
fn cells_that_keys_go_between_are_told() {
    for key in ["Tab", "Enter", "ArrowRight", "ArrowDown"] {
        let mut typist = Typist::new();
        for (at, char) in "847213".char_indices() {
            typist.press(&char.to_string());
            typist.press(key);
            typist.enter(at as u64 + 2);
            typist.wait(300);
        }
        assert_eq!(typist.end().replace(key, ""), "847213", "{key}");
    }
}

#[test]
fn words_in_fields_that_a_page_goes_on_to_are_told() {
    let mut typist = Typist::new();
    for (at, word) in ["north", "south", "total"].into_iter().enumerate() {
        word.chars().for_each(|char| typist.press(&char.to_string()));
        typist.enter(at as u64 + 2);
        typist.wait(300);
    }
    assert_eq!(typist.end(), "northsouthtotal");
}

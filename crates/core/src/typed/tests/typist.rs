//! Somebody who never types anything the straight way.

use serde_json::json;

use super::value::{Dice, Value};
use crate::typed::ScriptEvent;

/// What says nothing of anybody, in several scripts.
pub(super) const WORDS: [&str; 20] = [
    "the",
    "grey",
    "hens,",
    "meeting",
    "after",
    "supper.",
    "kindly",
    "took",
    "eleven",
    "and",
    "thanks!",
    "Why?",
    "שלום",
    "مرحبا",
    "日本語",
    "cafe\u{301}",
    "naïve",
    "👋🏽",
    "ΑΒΓ",
    "привет",
];

/// Ways to bring a value: one over several fields, one in overwrite mode among them.
pub(super) const WAYS: usize = 13;
pub(super) const OVER_FIELDS: usize = 7;
pub(super) const OVER_SOMETHING: usize = 10;

/// Types into a field, and remembers the keys.
pub(super) struct Typist {
    pub(super) dice: Dice,
    events: Vec<ScriptEvent>,
    now: u64,
    /// How many of eight characters are typed with a detour.
    pub(super) detours: usize,
}

impl Typist {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let detours = dice.below(4);
        Self { dice, events: Vec::new(), now: 0, detours }
    }

    pub(super) fn events(self) -> Vec<ScriptEvent> {
        self.events
    }

    pub(super) fn press(&mut self, key: &str) {
        self.now += 30 + self.dice.below(400) as u64;
        self.event(json!({ "t_ms": self.now, "key": key }));
    }

    pub(super) fn times(&mut self, key: &str, count: usize) {
        (0..count).for_each(|_| self.press(key));
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.now += 300;
        self.event(json!({ "t_ms": self.now, "key": "Ctrl+V", "paste": text }));
    }

    fn event(&mut self, event: serde_json::Value) {
        self.events.push(serde_json::from_value(event).unwrap());
    }

    pub(super) fn wait(&mut self, most: usize) {
        self.now += self.dice.below(most) as u64;
    }

    /// Types a text from left to right, with detours that leave no trace in it.
    pub(super) fn write(&mut self, text: &str) {
        for (at, char) in text.chars().enumerate() {
            if self.dice.below(8) < self.detours {
                self.detour(char, at > 0);
            }
            self.press(char.encode_utf8(&mut [0; 4]));
        }
    }

    /// At the start of a field there is nothing to go back over.
    fn detour(&mut self, char: char, goes_back: bool) {
        let wrong = self.dice.pick(&["q", "7", "x", "0"]);
        match self.dice.below(14) {
            0 => (self.press(wrong), self.press("Backspace")).1,
            1 => {
                let wrong = self.dice.pick(&["89", "oops", "4 4"]).to_owned();
                wrong.chars().for_each(|char| self.press(char.encode_utf8(&mut [0; 4])));
                self.times("Backspace", wrong.len());
            }
            2 => {
                " wrong".chars().for_each(|char| self.press(char.encode_utf8(&mut [0; 4])));
                (self.press("Ctrl+Backspace"), self.press("Backspace")).1
            }
            3 => (self.press(wrong), self.press("ArrowLeft"), self.press("Delete")).2,
            // Typing replaces what is selected.
            4 => (self.press(wrong), self.press("Shift+ArrowLeft")).1,
            5 => (self.press(wrong), self.press("Ctrl+Z")).1,
            6 => (self.press(wrong), self.press("Ctrl+Z"), self.press("Ctrl+Y"), self.press("Ctrl+Z")).3,
            7 if goes_back => (self.press("ArrowLeft"), self.press("ArrowRight")).1,
            8 => {
                // It was held for too long.
                self.times(char.encode_utf8(&mut [0; 4]), 2);
                self.times("Backspace", 2);
            }
            9 => self.press("Dead"),
            10 => self.press("Escape"),
            11 => self.press("Shift"),
            12 => (self.paste(wrong), self.press("Backspace")).1,
            _ => self.wait(9000),
        }
    }

    pub(super) fn words(&mut self, most: usize) {
        for _ in 0..self.dice.below(most + 1) {
            let word = self.dice.pick(&WORDS).to_owned();
            self.write(&format!("{word} "));
        }
    }

    /// Brings a value into the field, or the fields.
    pub(super) fn bring(&mut self, value: &Value) {
        let way = self.dice.below(WAYS);
        self.bring_by(way, value);
    }

    /// Brings a value into the field, or the fields, in one of so many ways.
    pub(super) fn bring_by(&mut self, way: usize, value: &Value) {
        let text: Vec<char> = value.text.chars().collect();
        let half = 1 + self.dice.below(text.len() - 1);
        let [first, second] = [&text[..half], &text[half..]].map(|part| part.iter().collect::<String>());
        match way {
            0 => self.write(&value.text),
            1 => self.backwards(&text),
            2 => {
                self.write(&second);
                self.times("ArrowLeft", text.len() - half);
                self.write(&first);
                self.times("ArrowRight", text.len() - half);
            }
            3 if text.len() < 30 => self.in_any_order(&text),
            4 => {
                self.write(&second);
                self.times("Shift+ArrowLeft", text.len() - half);
                self.press("Ctrl+X");
                self.write(&first);
                self.press("Ctrl+V");
            }
            5 => (self.paste(&first), self.write(&second)).1,
            6 => (self.write(&first), self.paste(&second)).1,
            OVER_FIELDS => self.over_fields(value),
            8 => self.over_lines(value),
            9 => self.in_two_visits(value),
            OVER_SOMETHING => self.over_something(&value.text),
            11 => self.in_chunks(&text),
            _ => self.twice(value, &first),
        }
    }

    fn backwards(&mut self, text: &[char]) {
        for char in text.iter().rev() {
            self.press(char.encode_utf8(&mut [0; 4]));
            self.press("ArrowLeft");
        }
        self.times("ArrowRight", text.len());
    }

    /// Each character where it belongs, but not one after another.
    fn in_any_order(&mut self, text: &[char]) {
        let (mut left, mut typed, mut caret): (Vec<usize>, Vec<usize>, usize) =
            ((0..text.len()).collect(), Vec::new(), 0);
        while !left.is_empty() {
            let at = left.remove(self.dice.below(left.len()));
            let place = typed.iter().filter(|other| **other < at).count();
            self.times("ArrowLeft", caret.saturating_sub(place));
            self.times("ArrowRight", place.saturating_sub(caret));
            self.press(text[at].encode_utf8(&mut [0; 4]));
            typed.push(at);
            caret = place + 1;
        }
        self.times("ArrowRight", text.len() - caret);
    }

    /// A field for each piece of it, from the first to the last or back.
    fn over_fields(&mut self, value: &Value) {
        let backwards = self.dice.below(2) == 0;
        self.press(if backwards { "Shift+Tab" } else { "Tab" });
        let mut groups = value.groups.clone();
        if backwards {
            groups.reverse();
        }
        for group in &groups {
            self.write(group);
            self.wait(15_000);
            self.press(if backwards { "Shift+Tab" } else { "Tab" });
        }
    }

    fn over_lines(&mut self, value: &Value) {
        self.press("Enter");
        for group in &value.groups {
            self.write(group);
            self.wait(15_000);
            self.press("Enter");
        }
    }

    /// One half, then something else, and the other half before anybody would think that it is over.
    fn in_two_visits(&mut self, value: &Value) {
        let cut = 1 + self.dice.below(value.groups.len().max(2) - 1);
        let [first, second] = match value.is_checked {
            true => [&value.groups[..cut], &value.groups[cut..]].map(|groups| groups.concat()),
            false => [value.text.clone(), String::new()],
        };
        self.press("Blur");
        self.write(&first);
        let away = self.dice.pick(&["Click", "Blur", "Tab", "Enter"]).to_owned();
        self.press(&away);
        // A piece waits for half a minute: by then all of it is there.
        let detours = std::mem::take(&mut self.detours);
        self.wait(20_000);
        self.write(&second);
        self.detours = detours;
        self.press("Enter");
    }

    /// Overwrite mode.
    fn over_something(&mut self, text: &str) {
        let count = text.chars().count();
        self.times("_", count);
        self.times("ArrowLeft", count);
        self.press("Insert");
        self.write(text);
    }

    /// As an input method brings it: several characters at once.
    fn in_chunks(&mut self, text: &[char]) {
        let mut rest = text;
        while !rest.is_empty() {
            let (chunk, left) = rest.split_at((1 + self.dice.below(5)).min(rest.len()));
            // What begins with a capital would be the name of a key.
            match chunk[0].is_ascii_uppercase() {
                true => chunk.iter().for_each(|char| self.press(char.encode_utf8(&mut [0; 4]))),
                false => self.press(&chunk.iter().collect::<String>()),
            }
            rest = left;
        }
    }

    /// A first try that is given up, and then the whole.
    fn twice(&mut self, value: &Value, first: &str) {
        self.press("Enter");
        self.write(first);
        self.press("Shift+Home");
        self.press("Ctrl+C");
        self.press("Delete");
        self.write(&value.text);
    }

    /// What somebody does who did not mean to type it, or did.
    pub(super) fn go_on(&mut self, value: &Value) {
        let length = value.text.chars().count();
        match self.dice.below(9) {
            0 => (self.press("Ctrl+A"), self.press("Backspace")).1,
            1 => self.times("Backspace", length),
            2 => self.times("Ctrl+Z", 4),
            3 => (self.times("Ctrl+Z", 3), self.times("Ctrl+Y", 3)).1,
            4 => (self.press("Home"), self.press("Shift+End"), self.press("Ctrl+X")).2,
            5 => (self.press("Enter"), self.press("PageUp"), self.press("End")).2,
            6 => (self.press("Ctrl+A"), self.press("Ctrl+C"), self.press("End"), self.times("Ctrl+V", 3)).3,
            7 => (self.wait(60_000), self.press(" "), self.write(&value.text)).2,
            _ => self.press(" "),
        }
    }
}

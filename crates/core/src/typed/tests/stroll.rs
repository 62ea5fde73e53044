//! Somebody who goes about in a field without aim: words, moves, deletions, undos, pastes, other fields, rests.

use super::typist::{Typist, WORDS};
use super::value::Value;

/// Where the caret goes.
const MOVES: [&str; 14] = [
    "ArrowLeft",
    "ArrowRight",
    "Home",
    "End",
    "ArrowUp",
    "ArrowDown",
    "Ctrl+ArrowLeft",
    "Ctrl+ArrowRight",
    "Ctrl+Home",
    "Ctrl+End",
    "Shift+ArrowLeft",
    "Shift+ArrowRight",
    "Shift+Home",
    "Ctrl+Shift+ArrowLeft",
];
/// What goes.
const DELETIONS: [&str; 6] = ["Backspace", "Delete", "Ctrl+Backspace", "Ctrl+Delete", "Ctrl+X", "Ctrl+K"];
/// What applications do not agree on, and what nobody sees.
const CHORDS: [&str; 11] =
    ["Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+E", "Ctrl+W", "Ctrl+U", "Ctrl+_", "Alt+D"];
/// Where the keyboard goes.
const LEAVES: [&str; 5] = ["Tab", "Shift+Tab", "Enter", "Click", "Blur"];
/// Numbers that are nobody's.
const NUMBERS: [&str; 6] = ["7", "12", "204", "9.50", "10:30", "4 4"];

impl Typist {
    /// Does a few things that have nothing to do with a value.
    pub(super) fn stroll(&mut self, most: usize) {
        (0..self.dice.below(most + 1)).for_each(|_| self.step());
    }

    /// Does things, and types pieces of a value in between.
    pub(super) fn stroll_with(&mut self, value: &Value, most: usize) {
        for _ in 0..self.dice.below(most + 1) {
            match self.dice.below(3) {
                0 => self.piece(value),
                _ => self.step(),
            }
        }
    }

    /// Goes to where nothing stands before the caret, nor behind it.
    pub(super) fn begin_line(&mut self) {
        match self.dice.below(3) {
            0 => self.press("Blur"),
            1 => (self.press("Ctrl+End"), self.press("Enter")).1,
            _ => (self.press("Ctrl+A"), self.press("Delete")).1,
        }
    }

    fn step(&mut self) {
        match self.dice.below(12) {
            0..3 => {
                let word = self.dice.pick(&WORDS).to_owned();
                self.write(&format!("{word} "));
            }
            3 => {
                let number = self.dice.pick(&NUMBERS).to_owned();
                self.write(&number);
            }
            4 | 5 => self.some(&MOVES, 6),
            6 => self.some(&DELETIONS, 4),
            7 | 8 => self.some(&CHORDS, 3),
            9 => self.some(&LEAVES, 1),
            10 => {
                let pasted = self.dice.pick(&NUMBERS).to_owned();
                self.paste(&pasted);
            }
            _ => self.wait(90_000),
        }
    }

    /// One of these keys, a few times.
    fn some(&mut self, keys: &[&str], most: usize) {
        let key = self.dice.pick(keys).to_owned();
        let count = 1 + self.dice.below(most);
        self.times(&key, count);
    }

    /// Some of a value, or all of it, typed or pasted.
    fn piece(&mut self, value: &Value) {
        let text: Vec<char> = value.text.chars().collect();
        let from = self.dice.below(text.len());
        let to = from + 1 + self.dice.below(text.len() - from);
        let part: String = match self.dice.below(3) {
            0 => value.text.clone(),
            1 => value.text.chars().filter(|char| char.is_alphanumeric()).collect(),
            _ => text[from..to].iter().collect(),
        };
        match self.dice.below(5) {
            0 => self.paste(&part),
            _ => self.write(&part),
        }
    }
}

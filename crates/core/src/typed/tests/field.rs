//! The edit model beside an independent, simpler one: strings, and a copy of everything for each undo.

use proptest::prelude::*;

use crate::typed::convention::{Command, Convention};
use crate::typed::edit::Motion;
use crate::typed::field::Field;
use crate::typed::words::Words;
use crate::typed::work::Work;

const CONVENTION: Convention =
    Convention { words: Words::Ends, undoes_runs: false, has_lines: true, is_terminal: false };

#[derive(Clone, Debug)]
enum Step {
    Type(String),
    Left(bool),
    Right(bool),
    Home(bool),
    End(bool),
    WordLeft(bool),
    WordRight(bool),
    Top,
    Bottom,
    Backspace,
    Delete,
    BackspaceWord,
    DeleteWord,
    All,
    Cut,
    Copy,
    Paste,
    Undo,
    Redo,
}

/// What is before the caret, what is selected, what is behind; and which end of the selection the caret is at.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    before: String,
    selected: String,
    behind: String,
    caret_first: bool,
}

#[derive(Default)]
struct Editor {
    now: Model,
    past: Vec<Model>,
    future: Vec<Model>,
    clipboard: String,
}

impl Model {
    fn text(&self) -> String {
        format!("{}{}{}", self.before, self.selected, self.behind)
    }

    fn caret(&self) -> usize {
        let before = self.before.chars().count();
        if self.caret_first { before } else { before + self.selected.chars().count() }
    }

    fn anchor(&self) -> usize {
        let before = self.before.chars().count();
        if self.caret_first { before + self.selected.chars().count() } else { before }
    }

    fn select(text: &str, anchor: usize, caret: usize) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let (from, to) = (anchor.min(caret), anchor.max(caret));
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect();
        Self {
            before: part(0..from),
            selected: part(from..to),
            behind: part(to..chars.len()),
            caret_first: caret < anchor,
        }
    }
}

impl Editor {
    fn change(&mut self, next: Model) {
        if next.text() != self.now.text() || !self.now.selected.is_empty() {
            self.past.push(self.now.clone());
            self.future.clear();
        }
        self.now = next;
    }

    fn insert(&mut self, text: &str) {
        let before = self.now.before.clone() + text;
        self.past.push(self.now.clone());
        self.future.clear();
        self.now = Model { before, behind: self.now.behind.clone(), ..Model::default() };
    }

    fn go(&mut self, to: usize, extend: bool) {
        let anchor = if extend { self.now.anchor() } else { to };
        self.now = Model::select(&self.now.text(), anchor, to);
    }

    fn delete_to(&mut self, to: usize) {
        let from_selection = !self.now.selected.is_empty();
        let whole =
            if from_selection { self.now.clone() } else { Model::select(&self.now.text(), self.now.caret(), to) };
        if whole.selected.is_empty() {
            return;
        }
        self.change(Model { before: whole.before, behind: whole.behind, ..Model::default() });
    }

    fn word(&self, on: bool) -> usize {
        let chars: Vec<char> = self.now.text().chars().collect();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let caret = self.now.caret();
        // Ends of words to the right, starts of words to the left.
        let boundary = |at: usize| match on {
            true => is_word(chars[at - 1]) && !chars.get(at).is_some_and(|c| is_word(*c)),
            false => is_word(chars[at]) && (at == 0 || !is_word(chars[at - 1])),
        };
        if on {
            (caret + 1..=chars.len()).find(|at| boundary(*at)).unwrap_or(chars.len())
        } else {
            (0..caret).rev().find(|at| boundary(*at)).unwrap_or(0)
        }
    }

    fn line(&self, end: bool) -> usize {
        let text = self.now.text();
        let caret = self.now.caret();
        let upto: String = text.chars().take(caret).collect();
        if end {
            caret + text.chars().skip(caret).take_while(|c| *c != '\n').count()
        } else {
            caret - upto.rsplit('\n').next().unwrap_or("").chars().count()
        }
    }

    fn step(&mut self, step: &Step) {
        let length = self.now.text().chars().count();
        let caret = self.now.caret();
        let (first, last) = (caret.min(self.now.anchor()), caret.max(self.now.anchor()));
        match step {
            Step::Type(text) => self.insert(text),
            Step::Left(false) if first != last => self.go(first, false),
            Step::Right(false) if first != last => self.go(last, false),
            Step::Left(extend) => self.go(caret.saturating_sub(1), *extend),
            Step::Right(extend) => self.go((caret + 1).min(length), *extend),
            Step::Home(extend) => self.go(self.line(false), *extend),
            Step::End(extend) => self.go(self.line(true), *extend),
            Step::WordLeft(extend) => self.go(self.word(false), *extend),
            Step::WordRight(extend) => self.go(self.word(true), *extend),
            Step::Top => self.go(0, false),
            Step::Bottom => self.go(length, false),
            Step::Backspace => self.delete_to(caret.saturating_sub(1)),
            Step::Delete => self.delete_to((caret + 1).min(length)),
            Step::BackspaceWord => self.delete_to(self.word(false)),
            Step::DeleteWord => self.delete_to(self.word(true)),
            Step::All => self.now = Model::select(&self.now.text(), 0, length),
            Step::Copy | Step::Cut if first == last => {}
            Step::Copy => self.clipboard = self.now.selected.clone(),
            Step::Cut => {
                self.clipboard = self.now.selected.clone();
                self.delete_to(caret);
            }
            Step::Paste => {
                let text = if self.clipboard.is_empty() { "\u{fffc}".to_owned() } else { self.clipboard.clone() };
                self.insert(&text);
            }
            Step::Undo => {
                if let Some(past) = self.past.pop() {
                    self.future.push(std::mem::replace(&mut self.now, past));
                }
            }
            Step::Redo => {
                if let Some(future) = self.future.pop() {
                    self.past.push(std::mem::replace(&mut self.now, future));
                }
            }
        }
    }
}

fn apply(field: &mut Field, command: &Command<'_>, press: u64, convention: Convention) {
    let work = &mut Work::unbounded();
    let effect = field.effect(command, convention, work);
    field.perform(&effect, press, work);
}

fn command(step: &Step) -> Command<'_> {
    match step {
        Step::Type(text) => Command::Insert(text),
        Step::Left(extend) => Command::Move(Motion::Left, *extend),
        Step::Right(extend) => Command::Move(Motion::Right, *extend),
        Step::Home(extend) => Command::Move(Motion::LineStart, *extend),
        Step::End(extend) => Command::Move(Motion::LineEnd, *extend),
        Step::WordLeft(extend) => Command::Move(Motion::WordLeft, *extend),
        Step::WordRight(extend) => Command::Move(Motion::WordRight, *extend),
        Step::Top => Command::Move(Motion::Start, false),
        Step::Bottom => Command::Move(Motion::End, false),
        Step::Backspace => Command::Delete(Motion::Left),
        Step::Delete => Command::Delete(Motion::Right),
        Step::BackspaceWord => Command::Delete(Motion::WordLeft),
        Step::DeleteWord => Command::Delete(Motion::WordRight),
        Step::All => Command::SelectAll,
        Step::Cut => Command::Cut,
        Step::Copy => Command::Copy,
        Step::Paste => Command::Paste,
        Step::Undo => Command::Undo,
        Step::Redo => Command::Redo,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = prop_oneof!["[a-z0-9]", "[ .\\-\n]", "[a-z]{2,6}", "é|ß|日"];
    let step = prop_oneof![
        6 => text.prop_map(Step::Type),
        2 => any::<bool>().prop_map(Step::Left),
        1 => any::<bool>().prop_map(Step::Right),
        1 => any::<bool>().prop_map(Step::Home),
        1 => any::<bool>().prop_map(Step::End),
        1 => any::<bool>().prop_map(Step::WordLeft),
        1 => any::<bool>().prop_map(Step::WordRight),
        1 => prop_oneof![Just(Step::Top), Just(Step::Bottom), Just(Step::All)],
        3 => prop_oneof![Just(Step::Backspace), Just(Step::Delete), Just(Step::BackspaceWord), Just(Step::DeleteWord)],
        1 => prop_oneof![Just(Step::Cut), Just(Step::Copy), Just(Step::Paste)],
        2 => prop_oneof![Just(Step::Undo), Just(Step::Redo)],
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_field_holds_what_an_independent_model_says(steps in steps()) {
        let (mut field, mut editor) = (Field::default(), Editor::default());
        for (number, step) in steps.iter().enumerate() {
            apply(&mut field, &command(step), number as u64, CONVENTION);
            let undone = editor.past.len();
            editor.step(step);
            let text: String = field.glyphs().iter().map(|glyph| glyph.char).collect();
            prop_assert_eq!(&text, &editor.now.text(), "after {:?}", &steps[..=number]);
            if matches!(step, Step::Undo | Step::Redo) && editor.past.len() != undone {
                // Applications differ in where undo leaves the caret; the text is what counts.
                let caret = field.caret();
                editor.go(caret, false);
            }
            prop_assert_eq!(field.caret(), editor.now.caret(), "after {:?}", &steps[..=number]);
        }
    }

    #[test]
    fn what_was_undone_as_a_whole_is_what_was_before(steps in steps()) {
        let runs = Convention { undoes_runs: true, ..CONVENTION };
        let mut field = Field::default();
        steps.iter().enumerate().for_each(|(number, step)| apply(&mut field, &command(step), number as u64, runs));
        for _ in 0..steps.len() {
            apply(&mut field, &Command::Undo, 1000, runs);
        }
        prop_assert!(field.glyphs().is_empty());
    }
}

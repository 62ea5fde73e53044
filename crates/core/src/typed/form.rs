//! The fields between which somebody goes with Tab, followed under every plausible convention at once.

use super::convention::{Command, Convention};
use super::edit::{Edit, Leave};
use super::field::{Field, Glyph, UNKNOWN};

/// Fields that are remembered: more than a form of one-word boxes has.
const FIELD_LIMIT: usize = 64;

/// Where the caret may be when nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    /// Where it was; in a field that is entered again, all is selected.
    Stay,
    End,
    Start,
}

/// One account of what the fields hold.
#[derive(Clone, Debug)]
pub(super) struct Form {
    convention: Convention,
    guess: Guess,
    fields: Vec<Field>,
    current: usize,
}

/// Every account that is plausible. There is one until something happens that applications answer differently.
#[derive(Clone, Debug)]
pub(super) struct Forms(Vec<Form>);

impl Default for Forms {
    fn default() -> Self {
        let form =
            Form { convention: Convention::ALL[0], guess: Guess::Stay, fields: vec![Field::default()], current: 0 };
        Self(vec![form])
    }
}

impl Forms {
    /// Does what a press says, in each account. Answers the presses whose single characters it deleted or went over, in the most
    /// usual one.
    pub(super) fn apply(&mut self, edit: &Edit, press: u64) -> Vec<u64> {
        if edit.divides() {
            self.divide();
        }
        if let Edit::Leave(leave) = edit {
            self.leave(*leave, press);
            return Vec::new();
        }
        let (first, others) = self.0.split_at_mut(1);
        let touched = first.iter_mut().flat_map(|form| form.apply(edit, press)).collect();
        others.iter_mut().for_each(|form| drop(form.apply(edit, press)));
        touched
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Form> {
        self.0.iter()
    }

    /// The most usual account.
    pub(super) fn first(&self) -> &Form {
        &self.0[0]
    }

    /// Whether the accounts tell different texts of the field that has the keyboard.
    pub(super) fn differ(&self) -> bool {
        let text = |form: &Form| form.field().glyphs().to_vec();
        let first = text(self.first());
        self.0.iter().skip(1).any(|form| text(form) != first)
    }

    /// Goes on from the most usual account alone: what differed is long over.
    pub(super) fn settle(&mut self) {
        self.0.truncate(1);
        self.0[0].convention = Convention::ALL[0];
        self.0[0].guess = Guess::Stay;
    }

    /// Keeps the last characters of each field.
    pub(super) fn trim(&mut self, limit: usize) {
        self.0.iter_mut().flat_map(|form| &mut form.fields).for_each(|field| field.trim(limit));
    }

    fn divide(&mut self) {
        if self.0.iter().any(|form| form.convention != Convention::ALL[0]) {
            return;
        }
        let with = |convention| self.0.iter().map(move |form| Form { convention, ..form.clone() });
        self.0 = Convention::ALL.into_iter().flat_map(with).collect();
    }

    /// From here on, each account has its own idea of where the caret is when nobody knows.
    fn guess(&mut self) {
        if self.0.iter().any(|form| form.guess != Guess::Stay) {
            return;
        }
        let with = |guess| self.0.iter().map(move |form| Form { guess, ..form.clone() });
        self.0 = [Guess::Stay, Guess::End, Guess::Start].into_iter().flat_map(with).collect();
    }

    fn leave(&mut self, leave: Leave, press: u64) {
        let first = self.first();
        let comes_back = match leave {
            Leave::Click => !first.field().glyphs().is_empty(),
            Leave::Next => first.fields.get(first.current + 1).is_some_and(|next| !next.glyphs().is_empty()),
            Leave::Previous => first.current > 0 && !first.fields[first.current - 1].glyphs().is_empty(),
            Leave::Enter | Leave::Away => false,
        };
        if comes_back {
            self.guess();
        }
        self.0.iter_mut().for_each(|form| form.leave(leave, press));
    }
}

impl Form {
    /// Its fields, in their order.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field that has the keyboard.
    pub(super) fn field(&self) -> &Field {
        &self.fields[self.current]
    }

    fn apply(&mut self, edit: &Edit, press: u64) -> Vec<u64> {
        let convention = self.convention;
        let field = &mut self.fields[self.current];
        match edit {
            Edit::Opaque => field.apply(&Command::Insert(UNKNOWN.encode_utf8(&mut [0; 4])), press, convention),
            edit => field.apply(&convention.command(edit), press, convention),
        }
    }

    fn leave(&mut self, leave: Leave, press: u64) {
        match leave {
            Leave::Next => self.go_to(self.current + 1),
            Leave::Previous if self.current == 0 => self.fields.insert(0, Field::default()),
            Leave::Previous => self.go_to(self.current - 1),
            Leave::Enter => {
                let line_end = Command::Insert("\n");
                self.fields[self.current].apply(&line_end, press, self.convention);
            }
            Leave::Away => {
                self.current = self.fields.len();
                self.fields.push(Field::default());
            }
            Leave::Click => self.place_caret(false),
        }
        if self.fields.len() > FIELD_LIMIT {
            // The one that is left longest ago by place; never the one that has the keyboard.
            let at = usize::from(self.current == 0);
            self.fields.remove(at);
            self.current -= usize::from(self.current > at);
        }
    }

    fn go_to(&mut self, at: usize) {
        if at == self.fields.len() {
            self.fields.push(Field::default());
        }
        self.current = at;
        self.place_caret(true);
    }

    fn place_caret(&mut self, entered: bool) {
        let field = &mut self.fields[self.current];
        match self.guess {
            Guess::Stay if entered => field.select_all(),
            Guess::Stay => {}
            Guess::End => field.put_caret(field.glyphs().len()),
            Guess::Start => field.put_caret(0),
        }
    }

    /// The texts of the fields one after another, `between` them. What is between was brought by no press.
    pub(super) fn joined(&self, between: &str) -> Vec<Glyph> {
        let mut joined = Vec::new();
        for field in self.fields.iter().filter(|field| !field.glyphs().is_empty()) {
            if !joined.is_empty() {
                joined.extend(between.chars().map(|char| Glyph { char, press: NO_PRESS }));
            }
            joined.extend_from_slice(field.glyphs());
        }
        joined
    }
}

/// For characters that no press brought.
pub(super) const NO_PRESS: u64 = u64::MAX;

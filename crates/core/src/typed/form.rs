//! The fields between which somebody goes with Tab, followed under every plausible convention at once.

use zeroize::Zeroizing;

use super::convention::Convention;
use super::edit::{Edit, Leave};
use super::field::{Caret, Effect, Field};
use super::glyph::{Glyph, Glyphs, NO_PRESS};
use super::value::is_entropic;
use super::work::Work;

/// Fields that are remembered: more than a form of one-word boxes has.
const FIELD_LIMIT: usize = 64;
/// Characters that a form holds: what may wait, what is remembered, and as much again pasted. Pasting what was copied doubles a text with
/// every other press.
const FORM_LIMIT: usize = 24_576;

/// Where the caret may be when nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    /// Where it was; in a field that is entered again, all is selected.
    Stay,
    End,
    Start,
    /// In a field that nobody knew of, if it was a click that may have gone anywhere.
    Elsewhere,
}

impl Guess {
    const ALL: [Self; 4] = [Self::Stay, Self::End, Self::Start, Self::Elsewhere];
}

/// One way in which things may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    convention: Convention,
    guess: Guess,
}

impl Account {
    /// The most usual one, first, and the others.
    fn all() -> Vec<Self> {
        let with = |guess| Convention::ALL.map(|convention| Self { convention, guess });
        Guess::ALL.into_iter().flat_map(with).collect()
    }
}

/// What the fields hold in the accounts that came to the same so far.
#[derive(Clone)]
pub(super) struct Form {
    /// The most usual one first.
    accounts: Vec<Account>,
    fields: Vec<Field>,
    current: usize,
    /// Characters in all fields.
    length: usize,
    /// Two forms of the same revision were one when a text last changed.
    revision: u64,
    is_overfull: bool,
}

/// Every account that is plausible. There is one form until something happens that makes them differ.
#[derive(Clone)]
pub(super) struct Forms {
    forms: Vec<Form>,
    revisions: u64,
}

impl Default for Forms {
    fn default() -> Self {
        let form = Form {
            accounts: Account::all(),
            fields: vec![Field::default()],
            current: 0,
            length: 0,
            revision: 0,
            is_overfull: false,
        };
        Self { forms: vec![form], revisions: 0 }
    }
}

impl Forms {
    /// Does what a press says, in each account. Answers the presses whose single characters it deleted or went over, in the most
    /// usual one.
    pub(super) fn apply(&mut self, edit: &Edit, press: u64, work: &mut Work) -> Vec<u64> {
        if let Edit::Leave(leave) = edit {
            self.leave(*leave, press, work);
            return Vec::new();
        }
        if edit.divides() {
            self.divide(work, |form, account, work| form.effect(edit, account, work));
        }
        let mut touched = None;
        for form in &mut self.forms {
            self.revisions += 1;
            let gone = form.apply(edit, press, self.revisions, work);
            touched.get_or_insert(gone);
        }
        if !edit.types() {
            self.merge();
        }
        touched.unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Form> {
        self.forms.iter()
    }

    /// The most usual account.
    pub(super) fn first(&self) -> &Form {
        &self.forms[0]
    }

    /// Characters in all of them.
    pub(super) fn length(&self) -> usize {
        self.forms.iter().map(|form| form.length).sum()
    }

    /// Whether the accounts tell different numbers or tokens of the field that has the keyboard, or none knows it. Where only words went elsewhere,
    /// no number is another one.
    pub(super) fn differ(&self, work: &mut Work) -> bool {
        let first = self.first();
        let mut told: Option<Glyphs> = None;
        self.forms.iter().any(|form| {
            work.spend_moving(form.field().glyphs().len());
            if form.field().is_lost() {
                return true;
            }
            if form.revision == first.revision || form.field().glyphs() == first.field().glyphs() {
                return false;
            }
            work.spend(form.field().glyphs().len());
            *told.get_or_insert_with(|| doubtful(first.field().glyphs())) != doubtful(form.field().glyphs())
        })
    }

    /// Whether there was more than is followed.
    pub(super) fn is_overfull(&self) -> bool {
        self.forms.iter().any(|form| form.is_overfull)
    }

    /// Goes on from the most usual account alone: what differed is long over. Answers whether any did.
    pub(super) fn settle(&mut self) -> bool {
        self.merge();
        let differed = self.forms.len() > 1 || self.first().fields.iter().any(Field::is_lost);
        self.forms.truncate(1);
        self.forms[0].accounts = Account::all();
        self.forms[0].fields.iter_mut().for_each(Field::settle);
        differed
    }

    /// Keeps the last characters of the field that has the keyboard, and half as many of those around it.
    pub(super) fn trim(&mut self, limit: usize) {
        self.forms.iter_mut().for_each(|form| form.trim(limit));
    }

    /// Splits forms whose accounts go different ways from here on.
    fn divide<K: PartialEq>(&mut self, work: &mut Work, way: impl Fn(&Form, Account, &mut Work) -> K) {
        let mut others = Vec::new();
        for form in &mut self.forms {
            let mut ways: Vec<(K, Vec<Account>)> = Vec::new();
            for account in &form.accounts {
                let key = way(form, *account, work);
                match ways.iter_mut().find(|(other, _)| *other == key) {
                    Some((_, accounts)) => accounts.push(*account),
                    None => ways.push((key, vec![*account])),
                }
            }
            let mut groups = ways.into_iter().map(|(_, accounts)| accounts);
            let first = groups.next();
            for accounts in groups {
                work.spend_moving(form.length);
                others.push(Form { accounts, ..form.clone() });
            }
            form.accounts = first.unwrap_or_default();
        }
        self.forms.extend(others);
    }

    /// Joins forms that came to the same again: the caret had been elsewhere, and nothing was typed there.
    fn merge(&mut self) {
        let mut at = 1;
        while at < self.forms.len() {
            match (0..at).find(|before| self.forms[*before].is_as(&self.forms[at])) {
                Some(before) => {
                    let same = self.forms.remove(at);
                    self.forms[before].accounts.extend(same.accounts);
                }
                None => at += 1,
            }
        }
    }

    fn leave(&mut self, leave: Leave, press: u64, work: &mut Work) {
        self.divide(work, |form, account, _| form.entered(leave, account.guess).map(|(_, caret)| caret));
        for form in &mut self.forms {
            self.revisions += 1;
            form.leave(leave, press, self.revisions, work);
        }
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

    /// The fields before the one that has the keyboard, that one, and those behind it.
    pub(super) fn around(&self) -> (&[Field], &Field, &[Field]) {
        (&self.fields[..self.current], self.field(), &self.fields[self.current + 1..])
    }

    /// The texts of the fields one after another, `between` them. What is between was brought by no press.
    pub(super) fn joined(&self, between: Option<char>) -> Glyphs {
        let mut joined = Glyphs::with_capacity(self.length + self.fields.len());
        for field in self.fields.iter().filter(|field| !field.glyphs().is_empty()) {
            if let Some(char) = between.filter(|_| !joined.is_empty()) {
                joined.push(Glyph { char, press: NO_PRESS });
            }
            joined.append(field.glyphs());
        }
        joined
    }

    fn is_as(&self, other: &Self) -> bool {
        self.revision == other.revision && self.current == other.current && self.field().stands_as(other.field())
    }

    fn effect<'a>(&self, edit: &'a Edit, account: Account, work: &mut Work) -> Effect<'a> {
        let convention = account.convention;
        self.field().effect(&convention.command(edit), convention, work)
    }

    /// Does what all its accounts make of a press.
    fn apply(&mut self, edit: &Edit, press: u64, revision: u64, work: &mut Work) -> Vec<u64> {
        let Some(account) = self.accounts.first() else { return Vec::new() };
        let effect = self.effect(edit, *account, work);
        self.perform(&effect, press, revision, work)
    }

    fn perform(&mut self, effect: &Effect<'_>, press: u64, revision: u64, work: &mut Work) -> Vec<u64> {
        work.spend(1);
        if !matches!(effect, Effect::Go(_) | Effect::Nothing) {
            self.revision = revision;
        }
        let field = &mut self.fields[self.current];
        let others = self.length - field.glyphs().len();
        let touched = field.perform(effect, press, work);
        if others + field.glyphs().len() > FORM_LIMIT {
            self.is_overfull = true;
            field.trim(FORM_LIMIT.saturating_sub(others));
        }
        self.length = others + field.glyphs().len();
        touched
    }

    /// Which field there is that a press enters, and where the caret is there.
    fn entered(&self, leave: Leave, guess: Guess) -> Option<(usize, Caret)> {
        let at = match leave {
            Leave::Click if guess == Guess::Elsewhere => return None,
            Leave::Click => self.current,
            Leave::Next => self.current + 1,
            Leave::Previous => self.current.checked_sub(1)?,
            Leave::Enter | Leave::Away => return None,
        };
        let field = self.fields.get(at)?;
        let caret = match guess {
            Guess::Stay if leave == Leave::Click => field.here(),
            Guess::Stay | Guess::Elsewhere => field.all(),
            Guess::End => field.at(usize::MAX),
            Guess::Start => field.at(0),
        };
        Some((at, caret))
    }

    fn leave(&mut self, leave: Leave, press: u64, revision: u64, work: &mut Work) {
        if leave == Leave::Enter {
            let line_end = Edit::Insert("\n".into());
            self.apply(&line_end, press, revision, work);
            return;
        }
        let entered = self.accounts.first().and_then(|account| self.entered(leave, account.guess));
        if leave != Leave::Click || entered.is_none() {
            self.fields[self.current].rest();
            self.revision = revision;
        }
        match entered {
            Some((at, caret)) => {
                self.current = at;
                self.perform(&Effect::Go(caret), press, revision, work);
            }
            None => self.enter_new(leave),
        }
        self.limit_fields();
    }

    fn enter_new(&mut self, leave: Leave) {
        self.current = match leave {
            Leave::Previous => 0,
            _ => self.fields.len(),
        };
        self.fields.insert(self.current, Field::default());
    }

    fn limit_fields(&mut self) {
        if self.fields.len() > FIELD_LIMIT {
            // The one that is left longest ago by place; never the one that has the keyboard.
            let at = usize::from(self.current == 0);
            self.length -= self.fields.remove(at).glyphs().len();
            self.current -= usize::from(self.current > at);
        }
    }

    fn trim(&mut self, limit: usize) {
        self.fields[self.current].trim(limit);
        let mut others: Vec<usize> = (0..self.fields.len()).filter(|at| *at != self.current).collect();
        others.sort_by_key(|at| at.abs_diff(self.current));
        let mut left = limit / 2;
        for at in others {
            self.fields[at].trim(left);
            left -= self.fields[at].glyphs().len();
        }
        self.length = self.fields.iter().map(|field| field.glyphs().len()).sum();
        self.is_overfull = false;
    }
}

/// The words of a text that hold digits or look drawn by lot, and where between them there are others.
fn doubtful(text: &[Glyph]) -> Glyphs {
    let mut doubtful = Glyphs::with_capacity(text.len());
    for word in text.split(|glyph| glyph.char.is_whitespace()).filter(|word| !word.is_empty()) {
        let chars = || word.iter().map(|glyph| glyph.char);
        if chars().any(char::is_numeric) || is_entropic(&Zeroizing::new(chars().collect::<String>())) {
            doubtful.append(word);
        } else if doubtful.last().is_some_and(|last| last.press != NO_PRESS) {
            doubtful.push(Glyph { char: ' ', press: NO_PRESS });
        }
    }
    doubtful
}

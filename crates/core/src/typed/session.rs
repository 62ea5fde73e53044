//! A focus session: what was typed from when a field got the keyboard until it lost it, or may have.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use super::boxes;
use super::edit::{Edit, Leave};
use super::marks::Marks;
use super::role::{FieldId, Role};
use super::stand_in::{Label, StandIn, Visible};
use super::text::TypedText;
use super::uncertain::may_be_piece;
use super::value::is_entropic;
use crate::clock::Time;
use crate::event::{Code, KeyClasses};

/// Presses that were told and whose keys did not go up yet: more than anybody holds down.
const TOLD: usize = 256;

/// What a sample of the keyboard is to the hold. Printed, it does not say which key.
#[derive(Clone, PartialEq, Eq)]
pub enum Stroke {
    /// A key went down, or repeated.
    Down(Code, Edit),
    /// A key went up.
    Up(Code),
    /// The modifiers were read afresh.
    Modifiers,
    /// Something that says nothing of what is typed.
    Aside,
}

impl fmt::Debug for Stroke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Down(..) => "Down",
            Self::Up(_) => "Up",
            Self::Modifiers => "Modifiers",
            Self::Aside => "Aside",
        })
    }
}

/// What comes out of the hold. Printed, it does not quote the sample.
#[derive(Clone, PartialEq)]
pub enum Kept<T> {
    /// A sample, as it was.
    Exact(T),
    /// What stands for some.
    Redacted(StandIn),
    /// Nothing stands for these.
    Withheld(Withheld),
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(_) => f.write_str("Exact"),
            Self::Redacted(placeholder) => placeholder.fmt(f),
            Self::Withheld(withheld) => withheld.fmt(f),
        }
    }
}

/// Samples of which nothing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
    /// Why.
    pub reason: Reason,
    /// The field, where that is known and they were all of one: for pictures.
    pub field: Option<FieldId>,
}

/// Why samples are withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The field is a secret one.
    SecretField,
    /// The window turned out to be one that leaves nothing.
    Excluded,
    /// The bound of time or memory was reached before the field was left.
    HoldFull,
    /// The detectors failed.
    DetectorFailed,
    /// A key came too late for anybody to say where it went: it may be missing in what was typed about then.
    Misplaced,
}

impl Reason {
    /// Its name, as in the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecretField => "secret-field",
            Self::Excluded => "excluded-application",
            Self::HoldFull => "hold-full",
            Self::DetectorFailed => "detector-failed",
            Self::Misplaced => "unknown-focus",
        }
    }
}

/// A sample that waits.
pub(super) struct Entry<T> {
    pub(super) time: Time,
    pub(super) act: Act,
    /// Nothing for what the keyboard did not bring: a click.
    pub(super) payload: Option<T>,
}

impl<T> Entry<T> {
    /// That a field was left in a way that no key says.
    pub(super) fn away(time: Time, number: u64, leave: Leave) -> Self {
        Self { time, act: Act::Press { number, edit: Edit::Leave(leave) }, payload: None }
    }

    /// That something was typed, of which nobody knows what.
    pub(super) fn missing(time: Time, number: u64) -> Self {
        Self { time, act: Act::Press { number, edit: Edit::Opaque }, payload: None }
    }

    /// The press, if it is one.
    pub(super) fn press(&self) -> Option<(u64, &Edit)> {
        match &self.act {
            Act::Press { number, edit } => Some((*number, edit)),
            Act::Lift(_) | Act::Modifiers | Act::Aside => None,
        }
    }
}

pub(super) enum Act {
    Press {
        number: u64,
        edit: Edit,
    },
    /// Of this press; `None` where it was not seen.
    Lift(Option<u64>),
    Modifiers,
    Aside,
}

/// Samples of one field.
pub(super) struct Session<T> {
    pub(super) role: Role,
    pub(super) field: Option<FieldId>,
    pub(super) entries: Vec<Entry<T>>,
    pub(super) ended: Option<(Time, Leave)>,
    /// Whether it may be a piece of something that goes on in another field; said when it ends.
    pub(super) is_piece: bool,
}

impl<T> Session<T> {
    pub(super) fn new(role: Role) -> Self {
        Self { role, field: None, entries: Vec::new(), ended: None, is_piece: false }
    }

    pub(super) fn presses(&self) -> impl DoubleEndedIterator<Item = (u64, &Edit)> + Clone {
        self.entries.iter().filter_map(Entry::press)
    }

    pub(super) fn began(&self) -> Option<Time> {
        self.entries.first().map(|entry| entry.time)
    }

    pub(super) fn shown_since(&self) -> Option<Time> {
        let shows = |entry: &&Entry<T>| entry.press().is_some_and(|(_, edit)| edit.shows());
        self.entries.iter().find(shows).map(|entry| entry.time)
    }

    pub(super) fn last(&self) -> Option<Time> {
        self.entries.last().map(|entry| entry.time)
    }

    /// Whether it has been left and quiet for `quiet`.
    pub(super) fn is_over(&self, now: Time, quiet: Duration) -> bool {
        self.ended.is_some_and(|(ended, _)| now.since(ended) >= quiet)
    }

    /// Ends it. What of it is asked again and again is answered here, once.
    pub(super) fn end(&mut self, time: Time, leave: Leave) {
        self.ended = Some((time, leave));
        self.is_piece = is_piece(self.presses().map(|(_, edit)| edit)) || self.types() && boxes::moves_on(self);
    }

    /// The presses from the last `count` on that type, if those may be a piece of something.
    pub(super) fn last_piece(&self, count: usize) -> Vec<u64> {
        let mut typing = 0;
        let is_late = |(_, edit): &(u64, &Edit)| {
            typing += usize::from(edit.types());
            typing <= count
        };
        let mut presses: Vec<(u64, &Edit)> = self.presses().rev().take_while(is_late).collect();
        presses.reverse();
        match is_piece(presses.iter().map(|(_, edit)| *edit)) {
            true => presses.into_iter().map(|(number, _)| number).collect(),
            false => Vec::new(),
        }
    }

    /// Whether it ended with a click, and may be a piece that the click put something else beside.
    pub(super) fn is_clicked_piece(&self) -> bool {
        matches!(self.ended, Some((_, Leave::Click))) && may_be_piece(&typed(self.presses().map(|(_, edit)| edit)))
    }

    fn types(&self) -> bool {
        self.presses().any(|(_, edit)| edit.types())
    }

    /// What of an unknown field must not be told: whatever types, edits or moves, from the first to the last.
    pub(super) fn mark_unknown(&self, marks: &mut Marks) {
        let types = self.types();
        let tells = |edit: &Edit| match edit {
            Edit::Move { .. } | Edit::Chord(_) | Edit::Delete(_) => types && edit.classes() != KeyClasses::default(),
            edit => edit.classes() != KeyClasses::default(),
        };
        let numbers: Vec<u64> = self.presses().filter(|(_, edit)| tells(edit)).map(|(number, _)| number).collect();
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return };
        for (number, edit) in self.presses().filter(|(number, _)| (first..=last).contains(&number)) {
            if !matches!(edit, Edit::Leave(_)) {
                marks.insert(number, Label::UnknownField);
            }
        }
    }

    /// Turns it into what is told, the marked presses as placeholders. `told` are presses that were told before; `after` is the time of the record before.
    pub(super) fn release(self, marks: &Marks, told: &mut VecDeque<u64>, after: &mut Time) -> Vec<Kept<T>> {
        let hidden = self.hidden(marks);
        let field = self.field;
        let mut kept = Vec::new();
        let mut stretch: Option<Stretch> = None;
        for Entry { time, act, payload } in self.entries {
            let is_told = match &act {
                Act::Press { number, edit } if hidden.contains(number) => {
                    stretch.get_or_insert_with(|| Stretch::new(time, field)).take(marks.get(number).copied(), edit);
                    false
                }
                Act::Press { number, .. } => {
                    Stretch::close(&mut stretch, after, &mut kept);
                    told.push_back(*number);
                    if told.len() > TOLD {
                        told.pop_front();
                    }
                    true
                }
                // A key that was told goes up when it does, even within a stretch: that says nothing of the keys around it.
                Act::Lift(Some(press)) => {
                    told.iter().rposition(|told| told == press).is_some_and(|at| told.remove(at).is_some())
                }
                // Nobody saw what it was part of.
                Act::Lift(None) => stretch.is_none() && self.role == Role::Known,
                Act::Modifiers => stretch.is_none(),
                Act::Aside => true,
            };
            if let Some(payload) = payload.filter(|_| is_told) {
                *after = time.max(*after);
                kept.push(Kept::Exact(payload));
            }
        }
        Stretch::close(&mut stretch, after, &mut kept);
        kept
    }

    /// The marked presses, and the modifiers pressed right before them: they say what the key was.
    fn hidden(&self, marks: &Marks) -> BTreeSet<u64> {
        let mut hides = BTreeSet::new();
        let mut next_hidden = false;
        for (number, edit) in self.presses().rev() {
            next_hidden = marks.contains_key(&number) || (next_hidden && matches!(edit, Edit::Modifier));
            if next_hidden {
                hides.insert(number);
            }
        }
        hides
    }
}

fn is_piece<'a>(edits: impl Iterator<Item = &'a Edit> + Clone) -> bool {
    if edits.clone().any(Edit::is_opaque) {
        return true;
    }
    let typed = typed(edits);
    let digits = typed.chars().filter(|typed| typed.is_numeric()).count();
    digits >= 2 || typed.contains('@') || typed.split_whitespace().any(is_entropic)
}

fn typed<'a>(edits: impl Iterator<Item = &'a Edit> + Clone) -> TypedText {
    TypedText::concat(edits.filter_map(|edit| match edit {
        Edit::Insert(text) | Edit::Paste(Some(text)) => Some(&**text),
        _ => None,
    }))
}

/// Keys that one placeholder stands for.
struct Stretch {
    visible: Visible,
    label: Option<Label>,
    keys: KeyClasses,
}

impl Stretch {
    fn new(since: Time, field: Option<FieldId>) -> Self {
        Self { visible: Visible { since, field, types: false }, label: None, keys: KeyClasses::default() }
    }

    fn take(&mut self, label: Option<Label>, edit: &Edit) {
        // A class says more than a doubt.
        self.label = match (self.label, label) {
            (Some(Label::Found(class)), _) => Some(Label::Found(class)),
            (before, label) => label.or(before),
        };
        self.keys = self.keys.union(edit.classes());
        self.visible.types |= edit.shows();
    }

    fn close<T>(stretch: &mut Option<Self>, after: &mut Time, kept: &mut Vec<Kept<T>>) {
        let Some(Self { visible, label, keys }) = stretch.take() else { return };
        let label = label.unwrap_or(Label::Uncertain);
        let second = visible.since.to_second();
        let time = second.max(*after);
        let keys = if matches!(label, Label::Found(_)) { KeyClasses::default() } else { keys };
        kept.push(Kept::Redacted(StandIn { time, label, keys, visible }));
    }
}

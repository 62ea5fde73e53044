//! Which presses must not be told: those of what the detectors find in any reading of what was typed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Find;
use super::edit::Edit;
use super::field::{Field, Glyph, UNKNOWN};
use super::form::{Forms, NO_PRESS};
use super::placeholder::Label;
use super::value::{Pieces, Value, is_entropic};

/// Characters on each side of the caret that are read at each press; whole fields are read at the end.
const WINDOW: usize = 160;
/// A value's presses with fewer characters than this between them, of which some stayed, are one stretch.
const GAP: usize = 16;
/// Digits from which on what cannot be rebuilt is sensitive.
const DIGITS: usize = 6;
/// How often what is left is read again.
const ROUNDS: usize = 4;

/// A press as judged: its number, what it does, and the session that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Press<'a> {
    pub(super) number: u64,
    pub(super) edit: &'a Edit,
    pub(super) session: usize,
}

/// What is not told, and what stands for it.
pub(super) type Marks = BTreeMap<u64, Label>;

/// What was typed before: the fields, and the last characters in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    pub(super) forms: Forms,
    pub(super) raw: Vec<Glyph>,
}

impl Past {
    /// Goes over a press. Answers as [`Forms::apply`].
    pub(super) fn pass(&mut self, edit: &Edit, press: u64) -> Vec<u64> {
        let touched = self.forms.apply(edit, press);
        match edit {
            Edit::Insert(text) | Edit::Paste(Some(text)) => {
                self.raw.extend(text.chars().map(|char| Glyph { char, press }));
            }
            _ => {}
        }
        touched
    }
}

/// What the detectors found once.
struct Hit {
    label: Label,
    presses: BTreeSet<u64>,
}

struct Judge<'a> {
    find: &'a dyn Find,
    presses: &'a [Press<'a>],
    read: HashSet<u64>,
    hits: Vec<Hit>,
    values: Vec<Value>,
    /// Presses, with those whose characters they deleted or went over.
    touched: Vec<(u64, Vec<u64>)>,
    /// Sessions at whose end the accounts differ.
    divided: BTreeSet<usize>,
    marks: Marks,
}

/// Judges presses in the light of what was typed before them. `clicks` names the sessions that a click ended.
pub(super) fn judge(find: &dyn Find, past: &Past, presses: &[Press<'_>], clicks: &BTreeSet<usize>) -> Marks {
    let mut judge = Judge {
        find,
        presses,
        read: HashSet::new(),
        hits: Vec::new(),
        values: Vec::new(),
        touched: Vec::new(),
        divided: BTreeSet::new(),
        marks: Marks::new(),
    };
    let end = judge.replay(past);
    judge.mark_hits();
    judge.mark_uncertain(clicks);
    for _ in 0..ROUNDS {
        judge.search_values(past, &end);
        judge.mark_touched();
        judge.fill_gaps(&end.forms);
        if !judge.reads_on(past) {
            return judge.into_marks();
        }
    }
    // Whatever is done, what is left still reads like something: nothing is left.
    judge.mark_all(Label::Uncertain);
    judge.into_marks()
}

impl Judge<'_> {
    /// Reads every state that the fields go through, then the readings of the whole.
    fn replay(&mut self, past: &Past) -> Past {
        let mut now = past.clone();
        for (at, press) in self.presses.iter().enumerate() {
            let touched = now.pass(press.edit, press.number);
            if !touched.is_empty() {
                self.touched.push((press.number, touched));
            }
            let next = self.presses.get(at + 1);
            let goes_on = next.is_some_and(|next| matches!(next.edit, Edit::Insert(text) if is_word(text.chars())));
            for form in now.forms.iter().filter(|form| !(goes_on && is_in_word(form.field()))) {
                self.read(window(form.field()));
            }
            let last = next.is_none_or(|next| next.session != press.session);
            let divided = last && now.forms.differ();
            if divided {
                self.divided.insert(press.session);
            }
        }
        for reading in whole(&now) {
            self.read(&reading);
        }
        now
    }

    /// Has the detectors read something, unless they read the same before.
    fn read(&mut self, glyphs: &[Glyph]) {
        let mut hasher = DefaultHasher::new();
        glyphs.iter().for_each(|glyph| (glyph.char, glyph.press).hash(&mut hasher));
        if glyphs.is_empty() || !self.read.insert(hasher.finish()) {
            return;
        }
        let text: String = glyphs.iter().map(|glyph| glyph.char).collect();
        let found = self.find.find(&text);
        if found.is_empty() {
            return;
        }
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for finding in found {
            let from = starts.partition_point(|start| *start < finding.span.start);
            let to = starts.partition_point(|start| *start < finding.span.end);
            let part = &glyphs[from..to];
            let label = Label::Found(finding.class);
            self.values.push(Value::of(part, label));
            let presses = part.iter().map(|glyph| glyph.press).filter(|press| *press != NO_PRESS).collect();
            self.hits.push(Hit { label, presses });
        }
    }

    fn mark_hits(&mut self) {
        // What was found last was found in the whole, and says better what it is than what a part looked like.
        for hit in self.hits.iter().rev() {
            for press in &hit.presses {
                self.marks.entry(*press).or_insert(hit.label);
            }
        }
    }

    /// What cannot be rebuilt is sensitive when it holds six digits or something without pattern.
    fn mark_uncertain(&mut self, clicks: &BTreeSet<usize>) {
        let last = self.presses.last().map_or(0, |press| press.session);
        let mut unit: Vec<usize> = Vec::new();
        for session in 0..=last {
            unit.push(session);
            // A click in between two pieces may have put them together.
            let goes_on = clicks.contains(&session) && self.is_piece(session) && self.is_piece(session + 1);
            if goes_on {
                continue;
            }
            let unclear = unit.len() > 1 || unit.iter().any(|session| self.is_unclear(*session));
            if unclear && self.is_suspicious(&unit) {
                for press in self.presses.iter().filter(|press| unit.contains(&press.session)) {
                    self.marks.entry(press.number).or_insert(Label::Uncertain);
                }
            }
            unit.clear();
        }
    }

    fn is_unclear(&self, session: usize) -> bool {
        let mut presses = self.presses.iter().filter(|press| press.session == session);
        self.divided.contains(&session) || presses.any(|press| press.edit.is_opaque())
    }

    fn is_piece(&self, session: usize) -> bool {
        let typed = self.typed(&[session]);
        typed.contains(|typed: char| typed.is_ascii_digit() || typed == '@')
            || typed.split_whitespace().any(is_entropic)
    }

    fn is_suspicious(&self, unit: &[usize]) -> bool {
        let typed = self.typed(unit);
        let digits = typed.chars().filter(|typed| typed.is_numeric()).count();
        digits >= DIGITS || typed.split_whitespace().any(is_entropic)
    }

    fn typed(&self, unit: &[usize]) -> String {
        let presses = self.presses.iter().filter(|press| unit.contains(&press.session));
        presses
            .filter_map(|press| match press.edit {
                Edit::Insert(text) | Edit::Paste(Some(text)) => Some(text.as_str()),
                // What was before is gone, or other than it was.
                Edit::Delete(_) | Edit::Chord(_) => Some(" "),
                _ => None,
            })
            .collect()
    }

    /// Pieces of a value that was found are not told elsewhere either: a first try, a second time, a part.
    fn search_values(&mut self, past: &Past, end: &Past) {
        if self.values.is_empty() {
            return;
        }
        let pieces = Pieces::of(&self.values);
        let mut now = past.clone();
        for press in self.presses {
            now.pass(press.edit, press.number);
            now.forms.iter().for_each(|form| pieces.mark(window(form.field()), &mut self.marks));
        }
        whole(end).iter().for_each(|reading| pieces.mark(reading, &mut self.marks));
        let kept = self.kept(past);
        pieces.mark(&kept, &mut self.marks);
    }

    /// How often somebody went back over what is not told, or deleted it, says how long it was.
    fn mark_touched(&mut self) {
        for (press, touched) in &self.touched {
            if let Some(label) = touched.iter().find_map(|touched| self.marks.get(touched)).copied() {
                self.marks.entry(*press).or_insert(label);
            }
        }
    }

    /// What lies between the presses of one value belongs to its stretch, unless it is text of its own that stayed.
    fn fill_gaps(&mut self, end: &Forms) {
        let stayed: HashSet<u64> =
            end.first().fields().iter().flat_map(|field| field.glyphs()).map(|glyph| glyph.press).collect();
        for hit in &self.hits {
            fill(&mut self.marks, self.presses, &stayed, GAP, |press| hit.presses.contains(&press));
        }
        let marked: HashSet<u64> = self.marks.keys().copied().collect();
        fill(&mut self.marks, self.presses, &stayed, 2, |press| marked.contains(&press));
    }

    /// Whether what would be told reads like something by itself; then that is marked.
    fn reads_on(&mut self, past: &Past) -> bool {
        let (hits, marks) = (self.hits.len(), self.marks.len());
        let kept = self.kept(past);
        self.read(&kept);
        for hit in &self.hits[hits..] {
            for press in &hit.presses {
                self.marks.entry(*press).or_insert(hit.label);
            }
        }
        self.marks.len() > marks
    }

    /// What would be told, in the order in which it came.
    fn kept(&self, past: &Past) -> Vec<Glyph> {
        let presses = self.presses.iter().filter(|press| !self.marks.contains_key(&press.number));
        let typed = presses.filter_map(|press| match press.edit {
            // What is pasted is not told, whatever it is.
            Edit::Insert(text) => Some(text.chars().map(|char| Glyph { char, press: press.number })),
            _ => None,
        });
        past.raw.iter().copied().chain(typed.flatten()).collect()
    }

    fn mark_all(&mut self, label: Label) {
        for press in self.presses {
            self.marks.entry(press.number).or_insert(label);
        }
    }

    /// That a field was left, or a line ended, is told even within a value.
    fn into_marks(mut self) -> Marks {
        for press in self.presses.iter().filter(|press| matches!(press.edit, Edit::Leave(_))) {
            self.marks.remove(&press.number);
        }
        self.marks
    }
}

/// Whether the caret is in a word of letters alone: if letters follow, it is read when it is whole.
fn is_in_word(field: &Field) -> bool {
    let (before, behind) = field.glyphs().split_at(field.caret());
    let word = |glyph: &&Glyph| !glyph.char.is_whitespace();
    let before = before.iter().rev().take_while(word);
    is_word(before.chain(behind.iter().take_while(word)).map(|glyph| glyph.char))
}

fn is_word(mut chars: impl Iterator<Item = char>) -> bool {
    chars.all(char::is_alphabetic)
}

/// The part of a field around the caret.
fn window(field: &Field) -> &[Glyph] {
    let (from, to) = (field.caret().saturating_sub(WINDOW), field.caret() + WINDOW);
    &field.glyphs()[from..to.min(field.glyphs().len())]
}

/// The readings of all there is: each field, neighbouring fields joined, the order of insertion, and what stayed in the order in which it came.
fn whole(now: &Past) -> Vec<Vec<Glyph>> {
    let mut readings = vec![now.raw.clone()];
    for form in now.forms.iter() {
        readings.extend(form.fields().iter().map(|field| field.glyphs().to_vec()));
        readings.push(form.joined("\n"));
        readings.extend(["", " ", "-", "/"].map(|between| in_one_line(form.joined("\n"), between)));
        let mut by_time = in_one_line(form.joined(""), "");
        by_time.sort_by_key(|glyph| glyph.press);
        readings.push(by_time);
    }
    readings
}

/// Lines with something else between them: what was typed line by line may be one thing.
fn in_one_line(glyphs: Vec<Glyph>, between: &str) -> Vec<Glyph> {
    let mut line = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        match glyph.char {
            '\n' => line.extend(between.chars().map(|char| Glyph { char, press: NO_PRESS })),
            UNKNOWN => {}
            _ => line.push(glyph),
        }
    }
    line
}

/// Marks what lies between two chosen presses of a session, where fewer than `limit` characters in between stayed.
fn fill(marks: &mut Marks, presses: &[Press<'_>], stayed: &HashSet<u64>, limit: usize, chosen: impl Fn(u64) -> bool) {
    let mut last: Option<usize> = None;
    let mut between = 0;
    for (at, press) in presses.iter().enumerate() {
        let goes_on = last.is_some_and(|last| presses[last].session == press.session);
        if chosen(press.number) {
            if let Some(before) = last.filter(|_| goes_on && between < limit) {
                let label = marks.get(&presses[before].number).copied().unwrap_or(Label::Uncertain);
                for inner in &presses[before + 1..at] {
                    marks.entry(inner.number).or_insert(label);
                }
            }
            (last, between) = (Some(at), 0);
        } else if stayed.contains(&press.number) {
            between += 1;
        }
    }
}

//! Which presses must not be told: those of what the detectors find in any reading of what was typed.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use zeroize::Zeroizing;

use super::Find;
use super::edit::{Edit, Leave};
use super::form::Forms;
use super::gaps::{GAP, Gaps};
use super::glyph::{Glyph, Glyphs, NO_PRESS};
use super::marks::{Marking, Marks, Press};
use super::reading::{Extent, Fingerprints, in_one_line, is_in_word, is_word, joined, whole, window};
use super::retyped::Retyped;
use super::stand_in::Label;
use super::uncertain::{self, Clicks};
use super::value::{Known, Pieces, Value};
use super::work::{Exhausted, READING, Work};

/// How often what is left is read again.
const ROUNDS: usize = 8;
/// What a judgement may look at: for what was typed before, and for each press. A hold full of text with a value in every line takes a third of it;
/// all of it is a seventh of a second.
const BUDGET: u64 = 12 << 20;
const BUDGET_PER_PRESS: u64 = 3600;

/// What was typed before: the fields, and the last characters in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Past {
    pub(super) forms: Forms,
    pub(super) raw: Glyphs,
    /// Of those, the ones that were told.
    told: Glyphs,
    /// What somebody gets who types again what was told.
    retyped: Retyped,
    /// Whether the fields may hold something else than they are said to.
    is_guess: bool,
}

/// What a judgement comes to.
pub(super) struct Judged {
    pub(super) marks: Marks,
    /// The values that were found.
    pub(super) values: Vec<Value>,
}

impl Past {
    /// Goes over a press. Answers as [`Forms::apply`].
    pub(super) fn pass(&mut self, edit: &Edit, press: u64, work: &mut Work) -> Vec<u64> {
        let touched = self.forms.apply(edit, press, work);
        match edit {
            Edit::Insert(text) | Edit::Paste(Some(text)) => self.raw.append(&Glyphs::of(text, press)),
            Edit::Leave(Leave::Enter) => self.raw.append(&Glyphs::of("\n", press)),
            _ => {}
        }
        touched
    }

    /// Remembers that a press was told.
    pub(super) fn tell(&mut self, edit: &Edit, press: u64) {
        self.told.append(&spelled(edit, press));
        self.retyped.press(edit, press, &mut Work::unbounded());
    }

    /// Goes on from the most usual account.
    pub(super) fn settle(&mut self) {
        self.is_guess |= self.forms.settle();
    }

    /// Keeps the last characters.
    pub(super) fn trim(&mut self, limit: usize) {
        self.raw.drop_front(self.raw.len().saturating_sub(limit));
        self.told.drop_front(self.told.len().saturating_sub(limit));
        self.retyped.trim(limit);
        self.forms.trim(limit);
    }

    fn copy(&self, work: &mut Work) -> Self {
        work.spend(self.raw.len() + self.told.len() + self.retyped.field().glyphs().len() + self.forms.length());
        self.clone()
    }
}

/// What the detectors found once: its presses, in order.
struct Hit {
    label: Label,
    presses: Vec<u64>,
}

struct Judge<'a> {
    find: &'a dyn Find,
    presses: &'a [Press<'a>],
    work: &'a mut Work,
    fingerprints: Fingerprints,
    read: HashSet<(u64, bool)>,
    found: HashSet<u64>,
    /// What the detectors are given, again and again in the same place.
    text: Zeroizing<String>,
    hits: Vec<Hit>,
    /// The shortest hits of what stands in one field, by their first presses.
    whole: HashMap<(u64, Label), usize>,
    pieces: Pieces,
    /// Presses, each with one whose character it deleted or went over.
    touched: Vec<(u64, u64)>,
    /// Sessions at whose end the accounts differ.
    divided: BTreeSet<usize>,
    marking: Marking<'a>,
}

/// What judging so many presses may cost.
pub(super) fn budget(presses: usize) -> Work {
    Work::new(BUDGET + BUDGET_PER_PRESS * presses as u64)
}

/// Judges presses in the light of what was typed before them, and of the values that were found in it.
pub(super) fn judge(
    find: &dyn Find,
    (past, known): (&Past, &Known),
    presses: &[Press<'_>],
    clicks: &Clicks,
    work: &mut Work,
) -> Result<Judged, Exhausted> {
    let pieces = Pieces::of(known, work);
    let mut judge = Judge {
        find,
        presses,
        work,
        fingerprints: Fingerprints::new(),
        read: HashSet::new(),
        found: HashSet::new(),
        text: Zeroizing::default(),
        hits: Vec::new(),
        whole: HashMap::new(),
        pieces,
        touched: Vec::new(),
        divided: BTreeSet::new(),
        marking: Marking::new(presses),
    };
    let begins = beginnings(past);
    let ends = begins.iter().map(|begin| judge.replay(begin)).collect::<Result<Vec<Past>, Exhausted>>()?;
    judge.mark_hits(0);
    for value in uncertain::mark(presses, clicks, &judge.divided, &mut judge.marking) {
        judge.pieces.add(&value, Label::Uncertain, judge.work);
    }
    let mut searched = 0;
    for _ in 0..ROUNDS {
        let marked = judge.marking.count();
        if judge.pieces.count() > searched {
            searched = judge.pieces.count();
            for (begin, end) in begins.iter().zip(&ends) {
                judge.search_pieces(begin, end)?;
            }
        }
        judge.search_kept(past)?;
        judge.mark_touched();
        for end in &ends {
            judge.fill_gaps(&end.forms)?;
        }
        judge.read_kept(past)?;
        // What is marked brings together what stood on both sides of it.
        if judge.marking.count() == marked {
            return Ok(judge.into_judged());
        }
    }
    // Whatever is done, what is left still reads like something: nothing is left.
    judge.marking.mark_all(0..presses.len(), Label::Uncertain);
    Ok(judge.into_judged())
}

/// What the presses may go on from. Where an application may have answered otherwise than is usual, what stands around the caret is not what is
/// thought, and may hide a value that stands there alone: then they are read by themselves, too.
fn beginnings(past: &Past) -> Vec<Cow<'_, Past>> {
    let mut begins = vec![Cow::Borrowed(past)];
    if past.is_guess {
        begins.push(Cow::Owned(Past::default()));
    }
    begins
}

impl<'a> Judge<'a> {
    /// Reads every state that the fields go through, then the readings of the whole.
    fn replay(&mut self, past: &Past) -> Result<Past, Exhausted> {
        let mut now = past.copy(self.work);
        for form in now.forms.iter() {
            form.fields().iter().try_for_each(|field| self.read(field.glyphs(), Extent::Field))?;
        }
        let presses = self.presses;
        for (at, press) in presses.iter().enumerate() {
            let next = presses.get(at + 1);
            self.step(&mut now, press, next)?;
            let last = next.is_none_or(|next| next.session != press.session);
            if last && now.forms.differ(self.work) {
                self.divided.insert(press.session);
            }
        }
        whole(&now, |reading, extent| self.read(reading, extent))?;
        Ok(now)
    }

    /// Goes over a press, and reads what is around the caret then.
    fn step(&mut self, now: &mut Past, press: &Press<'_>, next: Option<&Press<'_>>) -> Result<(), Exhausted> {
        let touched = now.pass(press.edit, press.number, self.work);
        self.touched.extend(touched.into_iter().map(|touched| (press.number, touched)));
        if now.forms.is_overfull() {
            return Err(Exhausted);
        }
        // What was there before was read before.
        if !press.edit.changes_text() {
            return self.work.check();
        }
        let word_goes_on = next.is_some_and(|next| matches!(next.edit, Edit::Insert(text) if is_word(text.chars())));
        let goes_on = next.is_some_and(|next| matches!(next.edit, Edit::Insert(_) | Edit::Modifier));
        for form in now.forms.iter() {
            if !(word_goes_on && is_in_word(form.field())) {
                self.read(window(form.field()), Extent::Field)?;
            }
            if !goes_on {
                joined(form).iter().try_for_each(|(reading, extent)| self.read(reading, *extent))?;
            }
        }
        self.work.check()
    }

    /// Has the detectors read something, unless they read the same before.
    fn read(&mut self, glyphs: &[Glyph], extent: Extent) -> Result<(), Exhausted> {
        self.work.spend(glyphs.len());
        let is_part = extent == Extent::Lines;
        if glyphs.is_empty() || !self.read.insert((self.fingerprints.of(glyphs), is_part)) {
            return Ok(());
        }
        self.work.spend(glyphs.len() * READING);
        self.work.check()?;
        self.write(glyphs);
        let (mut from, mut byte) = (0, 0);
        let findings = if is_part { self.find.find_among(&self.text) } else { self.find.find(&self.text) };
        for finding in findings {
            if finding.span.start < byte {
                (from, byte) = (0, 0);
            }
            from = on_to(glyphs, from, &mut byte, finding.span.start);
            let to = on_to(glyphs, from, &mut byte, finding.span.end);
            self.find_out(&glyphs[from..to], Label::Found(finding.class), extent);
            from = to;
        }
        Ok(())
    }

    /// Puts down what the detectors are to read. A text that grew would leave a copy behind where it was.
    fn write(&mut self, glyphs: &[Glyph]) {
        let length = glyphs.iter().map(|glyph| glyph.char.len_utf8()).sum();
        if self.text.capacity() < length {
            self.text = Zeroizing::new(String::with_capacity(length * 2));
        }
        self.text.clear();
        glyphs.iter().for_each(|glyph| self.text.push(glyph.char));
    }

    fn find_out(&mut self, part: &[Glyph], label: Label, extent: Extent) {
        self.work.spend(part.len());
        if !self.found.insert(self.fingerprints.of(part)) {
            return;
        }
        let mut presses: Vec<u64> = part.iter().map(|glyph| glyph.press).filter(|press| *press != NO_PRESS).collect();
        presses.sort_unstable();
        presses.dedup();
        self.work.spend(presses.len());
        if extent != Extent::Field && self.is_more_than_one(&presses, label) {
            return;
        }
        if let (Extent::Field, Some(first)) = (extent, presses.first()) {
            let shortest = self.whole.entry((*first, label)).or_insert(self.hits.len());
            if self.hits.get(*shortest).is_some_and(|hit| hit.presses.len() > presses.len()) {
                *shortest = self.hits.len();
            }
        }
        self.pieces.add(part, label, self.work);
        self.hits.push(Hit { label, presses });
    }

    /// Whether it is what stands whole in one field, with something of the next to it.
    fn is_more_than_one(&self, presses: &[u64], label: Label) -> bool {
        let has = |press: &u64| presses.binary_search(press).is_ok();
        let whole = presses.iter().filter_map(|press| self.whole.get(&(*press, label)));
        whole.filter_map(|hit| self.hits.get(*hit)).any(|hit| hit.presses.iter().all(has))
    }

    /// Marks what was found from the hit of that number on.
    fn mark_hits(&mut self, first: usize) {
        // What was found last was found in the whole, and says better what it is than what a part looked like.
        for hit in self.hits[first..].iter().rev() {
            hit.presses.iter().for_each(|press| self.marking.mark(*press, hit.label));
        }
    }

    /// Pieces of a value that was found are not told elsewhere either: a first try, a second time, a part.
    fn search_pieces(&mut self, past: &Past, end: &Past) -> Result<(), Exhausted> {
        let mut now = past.copy(self.work);
        for press in self.presses {
            now.pass(press.edit, press.number, self.work);
            if press.edit.changes_text() {
                let inserted = press.edit.length();
                for form in now.forms.iter() {
                    let (window, caret) = (form.field().glyphs(), form.field().caret());
                    self.pieces.mark(self.pieces.around(window, caret, inserted), &mut self.marking, self.work);
                }
            }
            self.work.check()?;
        }
        whole(end, |reading, _| {
            self.pieces.mark(reading, &mut self.marking, self.work);
            self.work.check()
        })
    }

    /// Nor do pieces come together from what is told around them.
    fn search_kept(&mut self, past: &Past) -> Result<(), Exhausted> {
        if self.pieces.count() == 0 {
            return Ok(());
        }
        let (kept, _) = self.kept(past);
        self.pieces.mark(&kept, &mut self.marking, self.work);
        let mut retyped = past.retyped.clone();
        self.work.spend(retyped.field().glyphs().len());
        for (place, press) in self.presses.iter().enumerate() {
            if self.marking.label_at(place).is_some() {
                continue;
            }
            retyped.press(press.edit, press.number, self.work);
            if press.edit.changes_text() {
                let (field, inserted) = (retyped.field(), press.edit.length());
                let around = self.pieces.around(field.glyphs(), field.caret(), inserted);
                self.pieces.mark(around, &mut self.marking, self.work);
            }
            self.work.check()?;
        }
        Ok(())
    }

    /// How often somebody went back over what is not told, or deleted it, says how long it was.
    fn mark_touched(&mut self) {
        self.work.spend(self.touched.len());
        for (press, touched) in &self.touched {
            if let Some(label) = self.marking.label(*touched) {
                self.marking.mark(*press, label);
            }
        }
    }

    fn fill_gaps(&mut self, end: &Forms) -> Result<(), Exhausted> {
        self.work.spend(end.length() + self.presses.len());
        let gaps = Gaps::new(self.presses, end.first().fields(), &self.marking);
        for hit in &self.hits {
            let places: Vec<usize> = hit.presses.iter().filter_map(|press| self.marking.place(*press)).collect();
            gaps.fill(places.into_iter(), GAP, &mut self.marking, self.work);
            self.work.check()?;
        }
        let marked: Vec<usize> =
            (0..self.presses.len()).filter(|place| self.marking.label_at(*place).is_some()).collect();
        gaps.fill(marked.into_iter(), 2, &mut self.marking, self.work);
        self.work.check()
    }

    fn into_judged(mut self) -> Judged {
        Judged { values: self.pieces.take_found(), marks: self.marking.into_marks() }
    }

    /// What would be told may read like something by itself; then that is marked.
    fn read_kept(&mut self, past: &Past) -> Result<(), Exhausted> {
        let hits = self.hits.len();
        let (kept, extent) = self.kept(past);
        self.read(&kept, extent)?;
        self.mark_hits(hits);
        Ok(())
    }

    /// What was told and what would be, in the order in which it came.
    fn kept(&mut self, past: &Past) -> (Glyphs, Extent) {
        let mut kept = past.told.clone();
        self.work.spend(kept.len() + self.presses.len());
        for (place, press) in self.presses.iter().enumerate() {
            if self.marking.label_at(place).is_none() {
                kept.append(&spelled(press.edit, press.number));
            }
        }
        in_one_line(&kept, None)
    }
}

/// What a press spells for somebody who is told of it. What is pasted is not told, whatever it is.
fn spelled(edit: &Edit, press: u64) -> Glyphs {
    match edit {
        Edit::Insert(text) => Glyphs::of(text, press),
        Edit::Leave(Leave::Enter) => Glyphs::of("\n", press),
        _ => Glyphs::default(),
    }
}

/// The character from `at` on that begins at `to`, or the first behind it; `byte` is where the one at `at` begins, and goes along.
fn on_to(glyphs: &[Glyph], mut at: usize, byte: &mut usize, to: usize) -> usize {
    while *byte < to && at < glyphs.len() {
        *byte += glyphs[at].char.len_utf8();
        at += 1;
    }
    at
}

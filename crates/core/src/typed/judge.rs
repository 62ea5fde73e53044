//! Which presses must not be told: those of what the detectors find in any reading of what was typed.

use std::collections::{BTreeSet, HashSet};

use zeroize::Zeroizing;

use super::Find;
use super::edit::Edit;
use super::form::Forms;
use super::gaps::{GAP, Gaps};
use super::glyph::{Glyph, Glyphs, NO_PRESS};
use super::marks::{Marking, Marks, Press};
use super::reading::{Fingerprints, is_in_word, is_word, joined, whole, window};
use super::stand_in::Label;
use super::uncertain::{self, Clicks};
use super::value::Pieces;
use super::work::{Exhausted, READING, Work};

/// How often what is left is read again.
const ROUNDS: usize = 4;
/// What a judgement may look at: for what was typed before, and for each press. A hold full of text with a value in every line takes a third of it;
/// all of it is a tenth of a second.
const BUDGET: u64 = 8 << 20;
const BUDGET_PER_PRESS: u64 = 2400;

/// What was typed before: the fields, and the last characters in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Past {
    pub(super) forms: Forms,
    pub(super) raw: Glyphs,
}

impl Past {
    /// Goes over a press. Answers as [`Forms::apply`].
    pub(super) fn pass(&mut self, edit: &Edit, press: u64, work: &mut Work) -> Vec<u64> {
        let touched = self.forms.apply(edit, press, work);
        match edit {
            Edit::Insert(text) | Edit::Paste(Some(text)) => self.raw.append(&Glyphs::of(text, press)),
            _ => {}
        }
        touched
    }

    /// Keeps the last characters.
    pub(super) fn trim(&mut self, limit: usize) {
        self.raw.drop_front(self.raw.len().saturating_sub(limit));
        self.forms.trim(limit);
    }

    fn copy(&self, work: &mut Work) -> Self {
        work.spend(self.raw.len() + self.forms.length());
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
    read: HashSet<u64>,
    found: HashSet<u64>,
    /// What the detectors are given, again and again in the same place.
    text: Zeroizing<String>,
    hits: Vec<Hit>,
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

/// Judges presses in the light of what was typed before them.
pub(super) fn judge(
    find: &dyn Find,
    past: &Past,
    presses: &[Press<'_>],
    clicks: &Clicks,
    work: &mut Work,
) -> Result<Marks, Exhausted> {
    let mut judge = Judge {
        find,
        presses,
        work,
        fingerprints: Fingerprints::new(),
        read: HashSet::new(),
        found: HashSet::new(),
        text: Zeroizing::default(),
        hits: Vec::new(),
        pieces: Pieces::new(),
        touched: Vec::new(),
        divided: BTreeSet::new(),
        marking: Marking::new(presses),
    };
    let end = judge.replay(past)?;
    judge.mark_hits(0);
    uncertain::mark(presses, clicks, &judge.divided, &mut judge.marking);
    for _ in 0..ROUNDS {
        judge.search_pieces(past, &end)?;
        judge.mark_touched();
        judge.fill_gaps(&end.forms)?;
        if !judge.reads_on(past)? {
            return Ok(judge.marking.into_marks());
        }
    }
    // Whatever is done, what is left still reads like something: nothing is left.
    judge.marking.mark_all(0..presses.len(), Label::Uncertain);
    Ok(judge.marking.into_marks())
}

impl<'a> Judge<'a> {
    /// Reads every state that the fields go through, then the readings of the whole.
    fn replay(&mut self, past: &Past) -> Result<Past, Exhausted> {
        let mut now = past.copy(self.work);
        for form in now.forms.iter() {
            form.fields().iter().try_for_each(|field| self.read(field.glyphs()))?;
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
        whole(&now, |reading| self.read(reading))?;
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
                self.read(window(form.field()))?;
            }
            if !goes_on {
                joined(form).try_for_each(|reading| self.read(&reading))?;
            }
        }
        self.work.check()
    }

    /// Has the detectors read something, unless they read the same before.
    fn read(&mut self, glyphs: &[Glyph]) -> Result<(), Exhausted> {
        self.work.spend(glyphs.len());
        if glyphs.is_empty() || !self.read.insert(self.fingerprints.of(glyphs)) {
            return Ok(());
        }
        self.work.spend(glyphs.len() * READING);
        self.work.check()?;
        self.write(glyphs);
        let (mut from, mut byte) = (0, 0);
        for finding in self.find.find(&self.text) {
            if finding.span.start < byte {
                (from, byte) = (0, 0);
            }
            from = on_to(glyphs, from, &mut byte, finding.span.start);
            let to = on_to(glyphs, from, &mut byte, finding.span.end);
            self.find_out(&glyphs[from..to], Label::Found(finding.class));
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

    fn find_out(&mut self, part: &[Glyph], label: Label) {
        self.work.spend(part.len());
        if !self.found.insert(self.fingerprints.of(part)) {
            return;
        }
        self.pieces.add(part, label, self.work);
        let mut presses: Vec<u64> = part.iter().map(|glyph| glyph.press).filter(|press| *press != NO_PRESS).collect();
        presses.sort_unstable();
        presses.dedup();
        self.work.spend(presses.len());
        self.hits.push(Hit { label, presses });
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
        if self.pieces.is_empty() {
            return Ok(());
        }
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
        whole(end, |reading| {
            self.pieces.mark(reading, &mut self.marking, self.work);
            self.work.check()
        })?;
        let kept = self.kept(past);
        self.pieces.mark(&kept, &mut self.marking, self.work);
        self.work.check()
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

    /// Whether what would be told reads like something by itself; then that is marked.
    fn reads_on(&mut self, past: &Past) -> Result<bool, Exhausted> {
        let (hits, marked) = (self.hits.len(), self.marking.count());
        let kept = self.kept(past);
        self.read(&kept)?;
        self.mark_hits(hits);
        Ok(self.marking.count() > marked)
    }

    /// What would be told, in the order in which it came.
    fn kept(&mut self, past: &Past) -> Glyphs {
        let mut kept = past.raw.clone();
        self.work.spend(kept.len() + self.presses.len());
        for (place, press) in self.presses.iter().enumerate() {
            // What is pasted is not told, whatever it is.
            if let Edit::Insert(text) = press.edit
                && self.marking.label_at(place).is_none()
            {
                kept.append(&Glyphs::of(text, press.number));
            }
        }
        kept
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

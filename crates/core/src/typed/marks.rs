//! Which presses are not told, and why.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::edit::Edit;
use super::stand_in::Label;

/// A press as judged: its number, what it does, and the session that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Press<'a> {
    pub(super) number: u64,
    pub(super) edit: &'a Edit,
    pub(super) session: usize,
}

/// What is not told, and what stands for it.
pub(super) type Marks = BTreeMap<u64, Label>;

/// Marks that are being made. The first label that a press gets stays.
pub(super) struct Marking<'a> {
    presses: &'a [Press<'a>],
    labels: Vec<Option<Label>>,
    /// What was told or replaced before; whoever goes back over it is marked by it.
    past: HashMap<u64, Label>,
    count: usize,
}

impl<'a> Marking<'a> {
    /// Of presses in the order of their numbers.
    pub(super) fn new(presses: &'a [Press<'a>]) -> Self {
        Self { presses, labels: vec![None; presses.len()], past: HashMap::new(), count: 0 }
    }

    /// Where a press stands among those that are judged.
    pub(super) fn place(&self, number: u64) -> Option<usize> {
        let ahead = usize::try_from(number.checked_sub(self.presses.first()?.number)?).unwrap_or(usize::MAX);
        // Numbers are missing only where nothing was kept of a secret field.
        let most = ahead.min(self.presses.len() - 1);
        match self.presses[most].number == number {
            true => Some(most),
            false => self.presses[..=most].binary_search_by_key(&number, |press| press.number).ok(),
        }
    }

    pub(super) fn mark(&mut self, number: u64, label: Label) {
        match self.place(number) {
            Some(place) => self.mark_at(place, label),
            None => drop(self.past.entry(number).or_insert(label)),
        }
    }

    pub(super) fn mark_at(&mut self, place: usize, label: Label) {
        if self.labels[place].is_none() {
            self.labels[place] = Some(label);
            self.count += 1;
        }
    }

    pub(super) fn mark_all(&mut self, places: Range<usize>, label: Label) {
        places.for_each(|place| self.mark_at(place, label));
    }

    pub(super) fn label(&self, number: u64) -> Option<Label> {
        match self.place(number) {
            Some(place) => self.labels[place],
            None => self.past.get(&number).copied(),
        }
    }

    pub(super) fn label_at(&self, place: usize) -> Option<Label> {
        self.labels[place]
    }

    /// How many presses are marked.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// That a field was left, or a line ended, is told even within a value.
    pub(super) fn into_marks(self) -> Marks {
        let marked = self.presses.iter().zip(self.labels);
        let told = |press: &Press<'_>| matches!(press.edit, Edit::Leave(_));
        marked.filter(|(press, _)| !told(press)).filter_map(|(press, label)| Some((press.number, label?))).collect()
    }
}

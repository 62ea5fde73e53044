//! What lies between the presses of one value: it belongs to the value's stretch, unless it is text of its own that stayed.

use super::field::Field;
use super::marks::{Marking, Press};
use super::stand_in::Label;
use super::work::Work;

/// A value's presses with fewer characters than this between them, of which some stayed, are one stretch.
pub(super) const GAP: usize = 16;

/// The presses that are judged, with how many of those before each brought what stayed.
pub(super) struct Gaps<'a> {
    presses: &'a [Press<'a>],
    stayed: Vec<usize>,
}

impl<'a> Gaps<'a> {
    /// In the light of what the fields hold at the end.
    pub(super) fn new(presses: &'a [Press<'a>], fields: &[Field], marking: &Marking<'_>) -> Self {
        let mut stays = vec![false; presses.len()];
        let glyphs = fields.iter().flat_map(|field| field.glyphs());
        glyphs.filter_map(|glyph| marking.place(glyph.press)).for_each(|place| stays[place] = true);
        let mut stayed = Vec::with_capacity(presses.len() + 1);
        stayed.push(0);
        stays.into_iter().for_each(|stays| stayed.push(stayed.last().copied().unwrap_or(0) + usize::from(stays)));
        Self { presses, stayed }
    }

    /// Marks what lies between two neighbours of `places`, which are in order, where fewer than `limit` characters in between stayed.
    pub(super) fn fill(
        &self,
        places: impl Iterator<Item = usize>,
        limit: usize,
        marking: &mut Marking<'_>,
        work: &mut Work,
    ) {
        let mut last: Option<usize> = None;
        for place in places {
            work.spend(1);
            if let Some(last) = last
                && self.presses[last].session == self.presses[place].session
                && self.stayed[place] - self.stayed[last + 1] < limit
            {
                work.spend(place - last);
                let label = marking.label_at(last).unwrap_or(Label::Uncertain);
                marking.mark_all(last + 1..place, label);
            }
            last = Some(place);
        }
    }
}

//! Of findings that overlap, the likeliest, then the longest, then the one that more than its shape speaks for keeps its span; what others cover beyond it stays covered.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Finding;
use super::scan::Found;
use super::work::looked;

/// Findings without overlaps, by where they begin: a list would move what follows at each one that comes between.
type Kept = BTreeMap<usize, Finding>;

/// The findings without overlaps, in the text's order.
pub(super) fn resolve(text: &str, mut found: Vec<Found>) -> Vec<Finding> {
    found.sort_by_key(|Found { finding, ladder }| {
        (std::cmp::Reverse((finding.likelihood, finding.span.len(), ladder.vouched)), finding.span.start)
    });
    let mut kept = Kept::new();
    for Found { finding, .. } in found {
        keep(text, &mut kept, finding);
    }
    kept.into_values().collect()
}

/// Adds what of a finding is not covered yet.
fn keep(text: &str, kept: &mut Kept, finding: Finding) {
    for gap in gaps(kept, &finding.span) {
        if holds_something(text, &gap) {
            kept.insert(gap.start, Finding { span: gap, ..finding });
        }
    }
}

/// What of `span` nothing covers.
fn gaps(kept: &Kept, span: &Range<usize>) -> Vec<Range<usize>> {
    let before = kept.range(..span.start).next_back().map_or(span.start, |(_, other)| other.span.end);
    let mut start = span.start.max(before);
    let mut gaps = Vec::new();
    for (at, other) in kept.range(span.clone()) {
        gaps.push(start..*at);
        start = other.span.end;
    }
    gaps.push(start..span.end.max(start));
    looked(gaps.len());
    gaps
}

fn holds_something(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|rest| rest.chars().any(char::is_alphanumeric))
}

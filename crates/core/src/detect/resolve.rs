//! Of findings that overlap, the likeliest and then the longest keeps its span; what others cover beyond it stays covered.

use super::Finding;

/// The findings without overlaps, in the text's order.
pub(super) fn resolve(text: &str, mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (std::cmp::Reverse((finding.likelihood, finding.span.len())), finding.span.start));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        keep(text, &mut kept, finding);
    }
    kept
}

/// Adds what of a finding is not covered yet; `kept` stays in order.
fn keep(text: &str, kept: &mut Vec<Finding>, finding: Finding) {
    let mut start = finding.span.start;
    let mut at = kept.partition_point(|other| other.span.end <= start);
    while let Some(other) = kept.get(at).filter(|other| other.span.start < finding.span.end) {
        let (gap, next) = (start..other.span.start.max(start), other.span.end);
        if holds_something(text, &gap) {
            kept.insert(at, Finding { span: gap, ..finding });
            at += 1;
        }
        start = next;
        at += 1;
    }
    let rest = start..finding.span.end.max(start);
    if holds_something(text, &rest) {
        kept.insert(at, Finding { span: rest, ..finding });
    }
}

fn holds_something(text: &str, span: &std::ops::Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|rest| rest.chars().any(char::is_alphanumeric))
}

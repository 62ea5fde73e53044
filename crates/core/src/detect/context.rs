//! Which topics are spoken of near a place in a text.

use std::ops::Range;

use super::words::{self, Topic};

/// How far before something a word may stand and still name it, in bytes.
const BEFORE: usize = 64;
/// How far after.
const AFTER: usize = 32;
/// A word as short as this is also part of many others: it counts as a whole word only.
const SHORT: usize = 5;

/// The words of a text that name things.
pub(super) struct Context {
    /// Where each begins and ends, in the order of their ends.
    words: Vec<(usize, usize, Topic)>,
}

impl Context {
    /// What `text` speaks of.
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let whole = |(start, end, _): &(usize, usize, Topic)| end - start > SHORT || stands_apart(bytes, *start, *end);
        let words = words::ALL.as_ref().map_or_else(Vec::new, |words| words.find(text).filter(whole).collect());
        Self { words }
    }

    /// Whether one of `topics` is spoken of near `span`.
    pub(super) fn near(&self, span: &Range<usize>, topics: &[Topic]) -> bool {
        let first = self.words.partition_point(|(_, end, _)| end + BEFORE < span.start);
        let within = self.words[first..].iter().take_while(|(_, end, _)| *end <= span.end + 2 * AFTER);
        within.filter(|(start, _, _)| *start <= span.end + AFTER).any(|(_, _, topic)| topics.contains(topic))
    }
}

/// Whether no letter touches it; a capital after a small letter begins a new word.
fn stands_apart(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| text[at]);
    let apart_before = before.is_none_or(|byte| !byte.is_ascii_alphabetic())
        || before.is_some_and(|byte| byte.is_ascii_lowercase()) && text[start].is_ascii_uppercase();
    let after = text.get(end);
    let apart_after = after.is_none_or(|byte| !byte.is_ascii_alphabetic())
        || after.is_some_and(u8::is_ascii_uppercase) && text[end - 1].is_ascii_lowercase();
    apart_before && apart_after
}

//! Which topics are spoken of near a place in a text.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use super::byte::{self, BEGINS, CAPITAL, LETTER, run};
use super::prefix::Prefixes;
use super::words::{Topic, WORDS};
use super::work::looked;

/// How far before something a word may stand and still name it, in bytes.
const BEFORE: usize = 64;
/// How far after.
const AFTER: usize = 32;
/// A word as short as this is also part of many others: it counts as a whole word only.
const SHORT: usize = 5;

/// A word that names things: where it begins, where it ends, and its topic.
type Word = (usize, usize, Topic);

/// The words of a text that name things.
pub(super) struct Context {
    /// In the order of their ends.
    words: Vec<Word>,
}

impl Context {
    /// What `text` speaks of.
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut words = words(bytes);
        words.retain(|(start, end, _)| end - start > SHORT || stands_apart(bytes, *start, *end));
        Self { words }
    }

    /// Each of them, in the order of their ends.
    pub(super) fn words(&self) -> impl Iterator<Item = Word> {
        self.words.iter().copied()
    }

    /// Whether one of `topics` is spoken of near `span`.
    pub(super) fn near(&self, span: &Range<usize>, topics: &[Topic]) -> bool {
        if topics.is_empty() {
            return false;
        }
        let first = self.words.partition_point(|(_, end, _)| end + BEFORE < span.start);
        let within = self.words[first..].iter().take_while(|(_, end, _)| *end <= span.end + 2 * AFTER);
        let within = within.inspect(|_| looked(1));
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

/// A word longer than this may be several: `mypassportnumberis`, `Betriebsstättennummer`. It is looked at from every letter.
const GLUED: usize = 11;

static LEXICON: LazyLock<Prefixes<Topic>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(topic, words)| words.iter().map(|word| (*word, *topic)));
    Prefixes::new(words.flat_map(|(word, topic)| forms(word).into_iter().map(move |form| (form, topic))))
});

/// A word as it may be written: small, in capitals, with one. Where only ASCII's letters differ, one form is enough.
fn forms(word: &'static str) -> Vec<Cow<'static, str>> {
    let mut forms = vec![Cow::Borrowed(word)];
    if word.is_ascii() {
        return forms;
    }
    let (first, rest) = word.split_at(word.ceil_char_boundary(1));
    for form in [word.to_uppercase(), first.to_uppercase() + rest] {
        if forms.iter().all(|other| !other.eq_ignore_ascii_case(&form)) {
            forms.push(Cow::Owned(form));
        }
    }
    forms
}

/// Each word in `text`. Looked for where a word can begin, not at every byte.
fn words(text: &[u8]) -> Vec<Word> {
    let (mut found, mut at, lexicon) = (Vec::new(), 0, &*LEXICON);
    let mut look = |start: usize| {
        lexicon.at(&text[start..], |length, topic| found.push((start, start + length, *topic)));
    };
    while at < text.len() {
        let first = byte::kinds(text[at]);
        if first & LETTER == 0 {
            // A digit, a mark, or a character of another script, which writes no spaces between words.
            if first & BEGINS != 0 {
                look(at);
            }
            at += 1;
            continue;
        }
        look(at);
        let (end, kinds) = run(text, at + 1, LETTER);
        if end - at > GLUED {
            (at + 1..end).for_each(&mut look);
        } else if kinds & CAPITAL != 0 {
            // A capital after a small letter begins a word as well.
            let begins = |start: &usize| text[*start].is_ascii_uppercase() && text[start - 1].is_ascii_lowercase();
            (at + 1..end).filter(begins).for_each(&mut look);
        }
        at = end;
    }
    found.sort_by_key(|(_, end, _)| *end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_begins_where_words_are_looked_for() {
        let forms = WORDS.iter().flat_map(|(_, words)| words.iter()).flat_map(|word| forms(word));
        for form in forms {
            assert!(byte::kinds(form.as_bytes()[0]) & (LETTER | BEGINS) != 0, "{form}");
        }
    }
}

//! Which topics are spoken of near a place in a text.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::words::{Topic, WORDS};

/// How far before something a word may stand and still name it, in bytes.
const BEFORE: usize = 64;
/// How far after.
const AFTER: usize = 32;
/// A word as short as this is also part of many others: it counts as a whole word only.
const SHORT: usize = 5;

/// The words of a text that name things.
pub(super) struct Context {
    /// Where each begins and ends, in the order of their ends; `None` where nobody could look, and then all count as there.
    words: Option<Vec<(usize, usize, Topic)>>,
}

impl Context {
    /// What `text` speaks of.
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let whole = |(start, end, _): &(usize, usize, Topic)| end - start > SHORT || stands_apart(bytes, *start, *end);
        let words = LEXICON.as_ref().map(|lexicon| lexicon.find(text).filter(whole).collect());
        Self { words }
    }

    /// The words that name a value beside them, in the order of their ends.
    pub(super) fn labels(&self) -> Vec<(usize, usize, Topic)> {
        let labels = [Topic::Password, Topic::Pin, Topic::Secret, Topic::Birth, Topic::Swift, Topic::Code];
        self.words.iter().flatten().filter(|(_, _, topic)| labels.contains(topic)).copied().collect()
    }

    /// Where a topic's words stand.
    pub(super) fn of(&self, wanted: Topic) -> Vec<(usize, usize)> {
        let words = self.words.iter().flatten().filter(|(_, _, topic)| *topic == wanted);
        words.map(|(start, end, _)| (*start, *end)).collect()
    }

    /// Whether one of `topics` is spoken of near `span`.
    pub(super) fn near(&self, span: &Range<usize>, topics: &[Topic]) -> bool {
        let Some(words) = &self.words else { return true };
        let first = words.partition_point(|(_, end, _)| end + BEFORE < span.start);
        let within = words[first..].iter().take_while(|(_, end, _)| *end <= span.end + 2 * AFTER);
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

/// All words in one automaton.
struct Lexicon {
    automaton: AhoCorasick,
    topics: Vec<Topic>,
}

/// Built when a text is first looked at.
static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| Lexicon::new(WORDS));

impl Lexicon {
    fn new(words: &[(Topic, &[&str])]) -> Option<Self> {
        let listed = words.iter().flat_map(|(topic, words)| words.iter().map(|word| (*topic, *word)));
        let (topics, patterns): (Vec<_>, Vec<_>) = listed.unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            .ok()?;
        Some(Self { automaton, topics })
    }

    /// Each word in `text`: where it begins, where it ends, and its topic.
    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize, Topic)> + 'a {
        let found = self.automaton.find_overlapping_iter(text);
        found.map(|word| (word.start(), word.end(), self.topics[word.pattern().as_usize()]))
    }
}

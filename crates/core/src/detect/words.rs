//! Words that say what stands beside them, by topic, in the languages of the rules.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What a word is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Social security and taxpayer numbers of the US.
    UsTax,
    /// Payment cards.
    Card,
}

/// The words of each topic, in small letters. Short ones count as whole words only; see `context`.
const WORDS: &[(Topic, &[&str])] = &[
    (Topic::UsTax, &["ssn", "social security", "taxpayer", "itin", "tax id", "w-7", "last four"]),
    (Topic::Card, &["card", "visa", "mastercard", "amex", "cvv", "cvc", "expir", "payment", "pan"]),
];

/// All words in one automaton.
pub(super) struct Words {
    automaton: AhoCorasick,
    topics: Vec<Topic>,
}

/// Built when a text is first looked at.
pub(super) static ALL: LazyLock<Option<Words>> = LazyLock::new(|| Words::new(WORDS));

impl Words {
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
    pub(super) fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize, Topic)> + 'a {
        let found = self.automaton.find_overlapping_iter(text);
        found.map(|word| (word.start(), word.end(), self.topics[word.pattern().as_usize()]))
    }
}

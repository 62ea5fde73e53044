//! What in a text is sensitive: where, of which class, and how likely. One engine for typed text, titles, addresses and the command line.
//!
//! One pass over the bytes finds the words of `words`, a second one other anchors: words that hold digits, `@`, beginnings
//! of tokens. Only at an anchor do the rules look closer. Rules are data, one file a family, in `rules`; what they
//! share (masks, checksums, context) lies beside them. Every step is linear in the text.

#![forbid(unsafe_code)]
// What `str` says when it is cut within a character quotes it: see `part`. Tests hold nothing that is secret.
#![cfg_attr(not(test), deny(clippy::string_slice))]

mod byte;
mod check;
mod class;
mod context;
mod field;
mod fold;
mod mask;
mod part;
mod pattern;
mod prefix;
mod redaction;
mod resolve;
mod rule;
mod rules;
mod scan;
mod token;
mod words;
mod work;

use std::ops::Range;

pub use class::Class;
pub use field::asks_for_secret;
pub use redaction::{Redaction, Span};

/// How sure the detector is, in the order of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// The shape alone, and many harmless things have it.
    VeryUnlikely,
    /// A shape with something to it.
    Unlikely,
    /// Might as well be as not.
    Possible,
    /// Redacted in balanced mode.
    Likely,
    /// A checksum and a word that names it, or a shape that nothing else has.
    VeryLikely,
}

/// From which likelihood on something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is possible counts: false hits are the price.
    Strict,
    /// What is likely counts.
    Balanced,
}

impl Mode {
    /// Its word, in policies and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Balanced => "balanced",
        }
    }

    fn threshold(self) -> Likelihood {
        match self {
            Self::Strict => Likelihood::Possible,
            Self::Balanced => Likelihood::Likely,
        }
    }
}

/// Tells what is looked for, part by part: every rule that is a row of a table, every shape of a token, every word that names something.
/// What is code is not in it; the version of the software, in each header, says that.
pub fn tables(mut add: impl FnMut(&str)) {
    for rule in rules::FAMILIES.iter().copied().flatten() {
        add(rule.name);
        add(rule.class.name());
        add(&format!("{:?} {:?}", rule.ladder, rule.topics));
        rule.masks.iter().for_each(|mask| add(mask));
    }
    for (name, _, shape) in rules::tokens::FAMILIES.iter().copied().flatten() {
        add(name);
        add(shape);
    }
    for (topic, words) in words::WORDS {
        add(&format!("{topic:?}"));
        words.iter().for_each(|word| add(word));
    }
}

/// Something sensitive in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, in bytes of the text; both ends lie between characters.
    pub span: Range<usize>,
    /// What it is.
    pub class: Class,
    /// How likely it is that.
    pub likelihood: Likelihood,
    /// The rule that found it, for the journal: never what it found.
    pub rule: &'static str,
}

/// The rules under one mode. Making one is cheap: what the rules need is built once a process, when first used.
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    mode: Mode,
    /// Which of the optional classes do not count.
    spared: [bool; Class::OPTIONAL.len()],
}

impl Detector {
    /// A detector for `mode`, for which every class counts.
    pub fn new(mode: Mode) -> Self {
        Self { mode, spared: Default::default() }
    }

    /// The same, for which these of the optional classes do not count.
    #[must_use]
    pub fn sparing(self, spared: impl Fn(Class) -> bool) -> Self {
        Self { spared: Class::OPTIONAL.map(spared), ..self }
    }

    /// What is sensitive in `text`, in its order; no two findings overlap.
    pub fn find(&self, text: &str) -> Vec<Finding> {
        self.find_in(text, true)
    }

    /// The same of a text that is a part of what stands in its field: it is nothing for standing alone.
    pub fn find_among(&self, text: &str) -> Vec<Finding> {
        self.find_in(text, false)
    }

    fn find_in(&self, text: &str, whole: bool) -> Vec<Finding> {
        let Some(folded) = fold::Folded::of(text) else { return self.find_folded(text, whole) };
        let mut found = self.find_folded(&folded.text, whole);
        found.iter_mut().for_each(|finding| finding.span = folded.written(&finding.span));
        found
    }

    fn find_folded(&self, text: &str, whole: bool) -> Vec<Finding> {
        let mut found = scan::scan(text, self.mode.threshold(), whole);
        // Before they are resolved: what does not count must not stand in the way of what does.
        if self.spared.contains(&true) {
            found.retain(|found| !self.spares(found.finding.class));
        }
        resolve::resolve(text, found)
    }

    fn spares(&self, class: Class) -> bool {
        Class::OPTIONAL.iter().zip(self.spared).any(|(optional, spared)| spared && *optional == class)
    }
}

#[cfg(test)]
mod tests;

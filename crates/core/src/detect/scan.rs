//! The pass over a text that finds anchors, and calls the rules at each.

use std::ops::Range;
use std::sync::LazyLock;

use super::context::Context;
use super::mask::{MAX_MASK, Masks};
use super::rule::{Ladder, Rule};
use super::words::Topic;
use super::{Class, Finding, Likelihood, rules};

static MASKS: LazyLock<Masks> = LazyLock::new(|| Masks::new(rules::FAMILIES.iter().copied().flatten()));

/// Everything that any rule finds in `text`, at whatever likelihood.
pub(super) fn scan(text: &str) -> Vec<Finding> {
    let mut scan = Scan { text, context: Context::new(text), found: Vec::new() };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            if bytes[at] == b'@' {
                rules::contact::email(&mut scan, at);
            }
            at += 1;
            continue;
        }
        let end = word_end(bytes, at);
        scan.word(at, end);
        at = end;
    }
    scan.found
}

fn word_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !byte.is_ascii_alphanumeric()).map_or(bytes.len(), |length| start + length)
}

/// A text being looked at.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) context: Context,
    pub(super) found: Vec<Finding>,
}

impl Scan<'_> {
    fn word(&mut self, start: usize, end: usize) {
        let bytes = &self.text.as_bytes()[start..];
        let mut hits: Vec<(usize, &'static Rule)> = Vec::new();
        let holds_digit = bytes[..end - start].iter().any(u8::is_ascii_digit);
        if holds_digit || end - start <= 4 {
            MASKS.walk(&bytes[..bytes.len().min(MAX_MASK)], &mut |length, rule| hits.push((length, rule)));
        }
        for (length, rule) in hits {
            self.masked(start..start + length, rule);
        }
    }

    fn masked(&mut self, span: Range<usize>, rule: &'static Rule) {
        let mut plain = [0; MAX_MASK];
        let letters = self.text.as_bytes()[span.clone()].iter().filter(|byte| byte.is_ascii_alphanumeric());
        let mut length = 0;
        for (slot, byte) in plain.iter_mut().zip(letters) {
            *slot = byte.to_ascii_uppercase();
            length += 1;
        }
        if (rule.check)(&plain[..length]) {
            self.add(span, rule.class, rule.name, rule.ladder, rule.topics);
        }
    }

    /// Adds a finding, as likely as its surroundings make it.
    pub(super) fn add(
        &mut self,
        span: Range<usize>,
        class: Class,
        rule: &'static str,
        ladder: Ladder,
        topics: &[Topic],
    ) {
        let likelihood = self.likelihood(&span, ladder, topics);
        self.found.push(Finding { span, class, likelihood, rule });
    }

    fn likelihood(&self, span: &Range<usize>, ladder: Ladder, topics: &[Topic]) -> Likelihood {
        let alone = if self.is_alone(span) { ladder.alone } else { ladder.bare };
        if self.context.near(span, topics) { ladder.near.max(alone) } else { alone }
    }

    /// Whether the text is nothing but this.
    fn is_alone(&self, span: &Range<usize>) -> bool {
        let rest = |part: &str| part.chars().all(|char| !char.is_alphanumeric());
        rest(&self.text[..span.start]) && rest(&self.text[span.end..])
    }
}

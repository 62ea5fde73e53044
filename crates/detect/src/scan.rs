//! The pass over a text that finds anchors, and calls the rules at each.

use std::ops::Range;
use std::sync::LazyLock;

use super::byte::{self, ANCHOR, DIGIT, LETTER, WORD, run};
use super::context::Context;
use super::mask::{MAX_MASK, Masks};
use super::rule::{Ladder, Rule};
use super::words::Topic;
use super::{Class, Finding, Likelihood, rules};

static MASKS: LazyLock<Masks> = LazyLock::new(|| Masks::new(rules::FAMILIES.iter().copied().flatten()));

/// A word without digits that is longer than this begins no mask: five letters are what DVLA writes of a surname.
const LETTERS: usize = 5;

/// What a rule found, and how likely it would be by other surroundings.
pub(super) struct Found {
    pub(super) finding: Finding,
    pub(super) ladder: Ladder,
}

/// Everything that rules find in `text` and that is at least so likely. `whole`: nothing else stands in its field.
pub(super) fn scan(text: &str, threshold: Likelihood, whole: bool) -> Vec<Found> {
    let mut scan = Scan {
        text,
        threshold,
        context: &Context::new(text),
        found: Vec::new(),
        alone: whole.then(|| alone(text)),
        phone: 0..0,
        address: 0,
        token: 0,
        calles: rules::address::Calles::default(),
        parts: rules::jwt::Parts::default(),
        phrase: rules::wallet::Words::default(),
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let (end, kinds) = run(bytes, at, WORD);
        if end > at {
            scan.word(at, end, kinds & DIGIT != 0);
            at = end;
        } else if byte::kinds(bytes[at]) & ANCHOR != 0 {
            at = scan.mark(at);
        } else {
            at += 1;
        }
    }
    rules::wallet::end_phrase(&mut scan);
    rules::label::labels(&mut scan);
    rules::health::terms(&mut scan);
    scan.found
}

/// What of a text is left without what stands around it: a field's one value.
fn alone(text: &str) -> Range<usize> {
    let start = text.find(char::is_alphanumeric).unwrap_or(0);
    let last = text.char_indices().rev().find(|(_, char)| char.is_alphanumeric());
    start..last.map_or(start, |(at, char)| at + char.len_utf8())
}

/// A text being looked at.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) context: &'a Context,
    pub(super) found: Vec<Found>,
    threshold: Likelihood,
    alone: Option<Range<usize>>,
    /// Where a telephone number has been looked for, and a network's address.
    phone: Range<usize>,
    address: usize,
    /// Where the last token ends.
    token: usize,
    /// What of the text has been looked at for words for street.
    pub(super) calles: rules::address::Calles,
    /// What of a signed token's shape has been measured.
    pub(super) parts: rules::jwt::Parts,
    /// The last words, where they are of the length of a seed phrase's and nothing else lies between.
    pub(super) phrase: rules::wallet::Words,
}

impl Scan<'_> {
    /// Something that is no letter and no digit; answers where to go on.
    #[inline]
    fn mark(&mut self, at: usize) -> usize {
        match self.text.as_bytes()[at] {
            b'+' | b'(' => self.phone(at),
            b'@' => rules::contact::email(self, at),
            b':' | b'.' => {
                rules::connection::connection(self, at);
                if at >= self.address {
                    self.address = rules::net::address(self, at);
                }
            }
            b'-' if self.text.as_bytes()[at..].starts_with(b"----") => {
                return rules::key::private_key(self, at).unwrap_or(at + 1);
            }
            _ => {}
        }
        at + 1
    }

    fn phone(&mut self, at: usize) {
        if rules::contact::begins_phone(self.text.as_bytes(), at, &self.phone) {
            self.phone = at..rules::contact::phone(self, at).max(at + 1);
        }
    }

    fn word(&mut self, start: usize, end: usize, holds_digit: bool) {
        self.phone(start);
        if start >= self.token {
            let token = rules::jwt::jwt(self, start).or_else(|| rules::tokens::at(self, start, end));
            self.token = token.unwrap_or(self.token);
        }
        if !holds_digit {
            rules::wallet::phrase_word(self, start, end);
            // One address in three hundred has no digit.
            if end - start >= 26 {
                rules::wallet::wallet(self, start, end);
            }
            if end - start <= LETTERS && self.goes_on_with_digit(end) {
                self.masks_at(start);
            }
            return;
        }
        let (letters, _) = run(self.text.as_bytes(), start, LETTER);
        let digit = letters - start;
        if end - start >= 14 {
            rules::wallet::wallet(self, start, end);
            rules::wallet::raw_key(self, start, end);
        }
        rules::iban::iban(self, start);
        if digit == 0 {
            rules::address::street(self, start, end);
        }
        self.masks_at(start);
        // A number glued to the word before it: `is415-555-0132`.
        if digit >= 2 {
            self.phone(start + digit);
            self.masks_at(start + digit);
        }
    }

    /// Whether something follows that a mask could go on with, as after the letters that some numbers begin with.
    fn goes_on_with_digit(&self, end: usize) -> bool {
        match self.text.as_bytes()[end..] {
            [b' ', next, ..] if next.is_ascii_digit() => true,
            // Two groups of letters before the digits: an Italian tax code.
            [b' ', a, b, c, b' ', next, ..] => {
                next.is_ascii_digit() && [a, b, c].iter().all(|byte| byte.is_ascii_alphabetic())
            }
            [b'-' | b'.', next, ..] => next.is_ascii_alphanumeric(),
            _ => false,
        }
    }

    fn masks_at(&mut self, start: usize) {
        let text = self.text;
        MASKS.walk(&text.as_bytes()[start..], |length, rule| self.masked(start..start + length, rule));
    }

    fn masked(&mut self, span: Range<usize>, rule: &'static Rule) {
        let likelihood = self.likelihood(&span, rule.ladder, rule.topics);
        if likelihood < self.threshold || self.is_part(&span) {
            return;
        }
        let mut plain = [0; MAX_MASK];
        let letters = self.text.as_bytes()[span.clone()].iter().filter(|byte| byte.is_ascii_alphanumeric());
        let mut length = 0;
        for (slot, byte) in plain.iter_mut().zip(letters) {
            *slot = byte.to_ascii_uppercase();
            length += 1;
        }
        if (rule.check)(&plain[..length]) {
            let finding = Finding { span, class: rule.class, likelihood, rule: rule.name };
            self.found.push(Found { finding, ladder: rule.ladder });
        }
    }

    /// Whether it is a piece of something longer, such as the middle of a number with more groups.
    fn is_part(&self, span: &Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        let joins = |byte: u8| matches!(byte, b'-' | b'.' | b'/' | b'+' | b'_');
        let before = matches!(bytes[..span.start], [.., digit, join] if digit.is_ascii_digit() && joins(join));
        let after = matches!(bytes[span.end..], [join, digit, ..] if digit.is_ascii_digit() && joins(join));
        before || after || matches!(bytes[..span.start], [.., b'$']) || self.is_middle(span)
    }

    /// Whether it is three groups of four digits among more of them: of a longer number, a check says nothing.
    fn is_middle(&self, span: &Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        let four = |group: &[u8]| group.iter().all(u8::is_ascii_digit);
        let before = matches!(bytes[..span.start], [.., a, b, c, d, b' '] if four(&[a, b, c, d]));
        let after = matches!(bytes[span.end..], [b' ', a, b, c, d, ..] if four(&[a, b, c, d]));
        span.len() == 14 && bytes[span.start + 4] == b' ' && bytes[span.start + 9] == b' ' && (before || after)
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
        if likelihood >= self.threshold {
            self.found.push(Found { finding: Finding { span, class, likelihood, rule }, ladder });
        }
    }

    pub(super) fn likelihood(&self, span: &Range<usize>, ladder: Ladder, topics: &[Topic]) -> Likelihood {
        let alone = if self.is_alone(span) { ladder.alone } else { ladder.bare };
        if ladder.near > alone && self.context.near(span, topics) { ladder.near } else { alone }
    }

    /// Whether the field holds nothing but this.
    fn is_alone(&self, span: &Range<usize>) -> bool {
        self.alone.as_ref().is_some_and(|alone| span.start <= alone.start && alone.end <= span.end)
    }
}

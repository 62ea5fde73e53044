//! Masks of all rules in one trie: a walk from a word's beginning tells which rules' shapes lie there, and ends as soon as none can.

use super::rule::Rule;

/// Symbols of a mask: digit, letter, either, and five separators.
const SYMBOLS: usize = 8;
/// The longest mask there may be.
pub(super) const MAX_MASK: usize = 64;

/// All masks.
pub(super) struct Masks {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// Zero where there is none: the root is nobody's child.
    next: [u16; SYMBOLS],
    rules: Vec<&'static Rule>,
}

impl Masks {
    /// The trie of these rules' masks.
    pub(super) fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let mut masks = Self { nodes: vec![Node::default()] };
        for rule in rules {
            rule.masks.iter().for_each(|mask| masks.insert(mask.as_bytes(), rule));
        }
        masks
    }

    fn insert(&mut self, mask: &[u8], rule: &'static Rule) {
        let mut at = 0;
        for symbol in mask.iter().map(|byte| symbol_of_mask(*byte)) {
            if self.nodes[at].next[symbol] == 0 {
                self.nodes[at].next[symbol] = self.nodes.len() as u16;
                self.nodes.push(Node::default());
            }
            at = usize::from(self.nodes[at].next[symbol]);
        }
        self.nodes[at].rules.push(rule);
    }

    /// Calls `hit(length, rule)` for each mask that fits `text` from its beginning to the end of a word. No more of it is
    /// looked at than the longest mask has.
    pub(super) fn walk(&self, text: &[u8], hit: &mut impl FnMut(usize, &'static Rule)) {
        self.walk_from(0, text, 0, hit);
    }

    /// Both the exact symbol's branch and that of `*`: masks mix them seldom, so the walk hardly ever forks, and a fork
    /// shares at most the trie's own nodes.
    fn walk_from(&self, mut node: usize, text: &[u8], mut at: usize, hit: &mut impl FnMut(usize, &'static Rule)) {
        loop {
            let ends = text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            if ends {
                self.nodes[node].rules.iter().for_each(|rule| hit(at, rule));
            }
            let Some(symbol) = text.get(at).and_then(|byte| symbol_of_text(*byte)) else { return };
            at += 1;
            let exact = usize::from(self.nodes[node].next[symbol]);
            let either = if symbol <= LETTER { usize::from(self.nodes[node].next[EITHER]) } else { 0 };
            match (exact, either) {
                (0, 0) => return,
                (0, next) | (next, 0) => node = next,
                (exact, either) => {
                    self.walk_from(either, text, at, hit);
                    node = exact;
                }
            }
        }
    }
}

const DIGIT: usize = 0;
const LETTER: usize = 1;
const EITHER: usize = 2;

fn symbol_of_mask(byte: u8) -> usize {
    match byte {
        b'9' => DIGIT,
        b'A' => LETTER,
        b'*' => EITHER,
        b' ' => 3,
        b'-' => 4,
        b'.' => 5,
        b'/' => 6,
        // Tests see to it that there is no other.
        _ => 7,
    }
}

fn symbol_of_text(byte: u8) -> Option<usize> {
    match byte {
        b'0'..=b'9' => Some(DIGIT),
        b'a'..=b'z' | b'A'..=b'Z' => Some(LETTER),
        b' ' => Some(3),
        b'-' => Some(4),
        b'.' => Some(5),
        b'/' => Some(6),
        b'+' => Some(7),
        _ => None,
    }
}

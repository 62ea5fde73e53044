//! Masks of all rules in one table: a walk from a word's beginning tells which rules' shapes lie there, and ends as soon as none can.

use std::collections::BTreeMap;

use super::rule::Rule;

/// Symbols of a text: digit, letter, and seven separators.
const SYMBOLS: usize = 9;
/// The longest mask there may be.
pub(super) const MAX_MASK: usize = 64;

/// All masks, as a walk meets them: `*` is no symbol of a text, so each state stands for all masks that fit until there.
pub(super) struct Masks {
    states: Vec<State>,
    /// The rules of all states, one state's behind the other's.
    rules: Vec<&'static Rule>,
    /// The symbol of each byte of a text.
    symbols: [u8; 256],
}

/// Small, so that those which most walks meet stay near the processor.
#[derive(Clone, Copy, Default)]
struct State {
    /// Zero where there is none: nothing leads back to the first one.
    next: [u16; SYMBOLS],
    /// Which of the rules have a mask that ends here.
    first: u16,
    end: u16,
}

impl Masks {
    /// The table of these rules' masks.
    pub(super) fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let trie = Trie::new(rules);
        let symbols = std::array::from_fn(|byte| symbol_of_text(byte as u8));
        let mut masks = Self { states: Vec::new(), rules: Vec::new(), symbols };
        // The nodes that each state stands for. What comes of `*` comes first: where two rules are as likely, that order names
        // the finding.
        let mut sets: Vec<Vec<u16>> = vec![vec![0]];
        let mut known = BTreeMap::new();
        while let Some(set) = sets.get(masks.states.len()).cloned() {
            let mut state = State { first: masks.rules.len() as u16, ..State::default() };
            masks.rules.extend(set.iter().flat_map(|node| &trie.nodes[usize::from(*node)].rules));
            state.end = masks.rules.len() as u16;
            for symbol in 0..SYMBOLS {
                let follows: Vec<u16> = set.iter().flat_map(|node| trie.after(*node, symbol)).collect();
                if !follows.is_empty() {
                    state.next[symbol] = *known.entry(follows).or_insert_with_key(|follows| {
                        sets.push(follows.clone());
                        sets.len() as u16 - 1
                    });
                }
            }
            masks.states.push(state);
        }
        masks
    }

    /// Calls `hit(length, rule)` for each mask that fits `text` from its beginning to the end of a word. No more of it is
    /// looked at than the longest mask has.
    pub(super) fn walk(&self, text: &[u8], mut hit: impl FnMut(usize, &'static Rule)) {
        let (mut state, mut at) = (&self.states[0], 0);
        loop {
            let symbol = text.get(at).map_or(NONE, |byte| self.symbols[usize::from(*byte)]);
            if symbol > LETTER && state.first < state.end {
                let rules = &self.rules[usize::from(state.first)..usize::from(state.end)];
                rules.iter().for_each(|rule| hit(at, rule));
            }
            match state.next.get(usize::from(symbol)) {
                None | Some(0) => return,
                Some(next) => state = &self.states[usize::from(*next)],
            }
            at += 1;
        }
    }
}

/// The masks as they are written.
struct Trie {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// Zero where there is none: the root is nobody's child.
    next: [u16; SYMBOLS],
    /// After `*`, a digit or a letter.
    either: u16,
    rules: Vec<&'static Rule>,
}

impl Trie {
    fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let mut trie = Self { nodes: vec![Node::default()] };
        for rule in rules {
            for mask in rule.masks {
                let end = mask.bytes().fold(0, |node, symbol| trie.child(node, symbol));
                trie.nodes[end].rules.push(rule);
            }
        }
        trie
    }

    /// The node after this one by a mask's symbol.
    fn child(&mut self, node: usize, symbol: u8) -> usize {
        let new = self.nodes.len() as u16;
        let Node { next, either, .. } = &mut self.nodes[node];
        let child = match symbol {
            b'*' => either,
            b'9' => &mut next[usize::from(DIGIT)],
            // A letter or a separator, which stands for itself; tests see to it that there is no other.
            symbol => &mut next[usize::from(symbol_of_text(symbol)) % SYMBOLS],
        };
        if *child == 0 {
            *child = new;
            self.nodes.push(Node::default());
            return usize::from(new);
        }
        usize::from(*child)
    }

    /// Where a text's symbol leads from a node.
    fn after(&self, node: u16, symbol: usize) -> impl Iterator<Item = u16> {
        let Node { next, either, .. } = &self.nodes[usize::from(node)];
        let either = if symbol <= usize::from(LETTER) { *either } else { 0 };
        [either, next[symbol]].into_iter().filter(|node| *node != 0)
    }
}

const DIGIT: u8 = 0;
const LETTER: u8 = 1;
/// What no mask has, and a text's end.
const NONE: u8 = SYMBOLS as u8;

fn symbol_of_text(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'z' | b'A'..=b'Z' => LETTER,
        b' ' => 2,
        b'-' => 3,
        b'.' => 4,
        b'/' => 5,
        b'+' => 6,
        b'(' => 7,
        b')' => 8,
        _ => NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::FAMILIES;

    fn fits(mask: &str, text: &[u8]) -> bool {
        let symbol = |(symbol, byte): (u8, &u8)| match symbol {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b'*' => byte.is_ascii_alphanumeric(),
            separator => separator == *byte,
        };
        let ends = text.get(mask.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        ends && text.len() >= mask.len() && mask.bytes().zip(text).all(symbol)
    }

    #[test]
    fn a_walk_meets_what_each_mask_alone_does() {
        let masks = Masks::new(FAMILIES.iter().copied().flatten());
        let rules = || FAMILIES.iter().copied().flatten();
        let written: Vec<&str> = rules().flat_map(|rule| rule.masks.iter().copied()).collect();
        for (at, mask) in written.iter().enumerate() {
            for either in ["7", "q"] {
                // What follows goes on as another mask does, or ends the word, or does not.
                for rest in ["", " ", written[(at + 7) % written.len()], "-4", "é"] {
                    let text = mask.replace('*', either) + rest;
                    let mut met = Vec::new();
                    masks.walk(text.as_bytes(), |length, rule| met.push((length, rule.name)));
                    let mut alone: Vec<(usize, &str)> = rules()
                        .flat_map(|rule| rule.masks.iter().map(move |mask| (mask, rule.name)))
                        .filter(|(mask, _)| fits(mask, text.as_bytes()))
                        .map(|(mask, name)| (mask.len(), name))
                        .collect();
                    met.sort_unstable();
                    alone.sort_unstable();
                    assert_eq!(met, alone, "{text}");
                }
            }
        }
    }
}

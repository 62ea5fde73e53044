//! Tokens by the shapes that their vendors document: name, vendor's page, shape. The tests make the examples; none stands here.

mod cloud;
mod hosting;
mod service;
mod talk;

use std::sync::LazyLock;

use crate::detect::Class;
use crate::detect::rule::STRONG;
use crate::detect::scan::Scan;
use crate::detect::token::{entropy, fits, prefix};

/// A vendor's token: its name, who documents it, and its shape.
pub(in crate::detect) type Token = (&'static str, &'static str, &'static str);

/// All families.
pub(in crate::detect) const FAMILIES: &[&[Token]] = &[cloud::TOKENS, hosting::TOKENS, service::TOKENS, talk::TOKENS];

/// Noise has at least so many bits a byte; `xxxx` in a manual has not.
const NOISE: f64 = 2.0;

/// Tokens by the first two bytes of their shapes; those that begin with an alphabet stand under none.
struct Index {
    first: Box<[u16]>,
    tokens: Vec<&'static Token>,
    bare: Vec<&'static Token>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let all = FAMILIES.iter().copied().flatten();
        let (mut tokens, bare): (Vec<&'static Token>, Vec<&'static Token>) =
            all.partition(|token| prefix(token.2).len() >= 2);
        tokens.sort_by_key(|token| pair(token.2.as_bytes()));
        let mut first = vec![0; (1 << 16) + 1].into_boxed_slice();
        let mut at = 0;
        for (pair_of, slot) in first.iter_mut().enumerate() {
            while at < tokens.len() && usize::from(pair(tokens[at].2.as_bytes())) < pair_of {
                at += 1;
            }
            *slot = at as u16;
        }
        Self { first, tokens, bare }
    }

    fn beginning_with(&self, bytes: &[u8]) -> &[&'static Token] {
        let pair = usize::from(pair(bytes));
        &self.tokens[usize::from(self.first[pair])..usize::from(self.first[pair + 1])]
    }
}

fn pair(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

/// The shortest thing that could be a token.
const SHORTEST: usize = 12;

/// A token that begins at the word at `start`; answers where it ends.
pub(in crate::detect) fn at(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let bytes = &scan.text.as_bytes()[start..];
    if bytes.len() < SHORTEST {
        return None;
    }
    let glued = start > 0 && scan.text.as_bytes()[start - 1].is_ascii_alphanumeric();
    let fitting = |token: &&&'static Token| fits(token.2, bytes).is_some();
    let token = INDEX.beginning_with(bytes).iter().filter(fitting).max_by_key(|token| fits(token.2, bytes));
    let token = token.or_else(|| INDEX.bare.iter().filter(|_| !glued && is_long(bytes)).find(fitting))?;
    let length = fits(token.2, bytes)?;
    let body = &bytes[prefix(token.2).len().min(length)..length];
    if body.len() >= 8 && entropy(body) < NOISE {
        return None;
    }
    scan.add(start..start + length, Class::ApiKey, token.0, STRONG, &[]);
    Some(start + length)
}

/// Whether no space comes soon: a shape that begins with an alphabet would be tried at every word.
fn is_long(bytes: &[u8]) -> bool {
    bytes.get(..24).is_some_and(|run| run.iter().all(u8::is_ascii_graphic))
}

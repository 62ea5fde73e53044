//! Tokens by the shapes that their vendors document: name, vendor's page, shape. The tests make the examples; none stands here.

mod cloud;
mod hosting;
mod service;
mod talk;

use std::sync::LazyLock;

use crate::Class;
use crate::byte::{self, JOINS};
use crate::prefix::Prefixes;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::token::{Piece, entropy, fits, pieces, prefix};

/// A vendor's token: its name, who documents it, and its shape.
pub(crate) type Token = (&'static str, &'static str, &'static str);

/// All families.
pub(crate) const FAMILIES: &[&[Token]] = &[cloud::TOKENS, hosting::TOKENS, service::TOKENS, talk::TOKENS];

/// Noise has at least so many bits a byte; `xxxx` in a manual has not.
const NOISE: f64 = 2.0;

/// A token with the pieces of its shape, which are taken apart once.
type Shaped = (&'static Token, Box<[Piece<'static>]>);

/// Tokens by what their shapes begin with.
static PREFIXED: LazyLock<Prefixes<Shaped>> =
    LazyLock::new(|| Prefixes::new(all().map(|token| (prefix(token.2), shaped(token)))));
/// Those that begin with an alphabet.
static BARE: LazyLock<Vec<Shaped>> =
    LazyLock::new(|| all().filter(|token| prefix(token.2).len() < 2).map(shaped).collect());

fn shaped(token: &'static Token) -> Shaped {
    (token, pieces(token.2).collect())
}

fn all() -> impl Iterator<Item = &'static Token> {
    FAMILIES.iter().copied().flatten()
}

/// The shortest thing that could be a token.
const SHORTEST: usize = 12;
/// A word of this length may be a whole token of an alphabet.
const LONG: usize = 14;

/// A token that begins with the word from `start` to `end`; answers where it ends.
#[inline(always)]
pub(crate) fn at(scan: &mut Scan<'_>, start: usize, end: usize) -> Option<usize> {
    let bytes = &scan.text.as_bytes()[start..];
    if bytes.len() < SHORTEST {
        return None;
    }
    let bare = may_begin_bare(bytes, end - start);
    if bare || PREFIXED.may_begin(bytes) { longest(scan, start, end, bare) } else { None }
}

/// The longest token whose shape fits, of those that begin with text and, where one may be there, of the bare ones.
#[inline(never)]
fn longest(scan: &mut Scan<'_>, start: usize, end: usize, bare: bool) -> Option<usize> {
    let bytes = &scan.text.as_bytes()[start..];
    let mut best: Option<(usize, &'static Token)> = None;
    let mut take = |(token, pieces): &Shaped| {
        if let Some(length) = fits(pieces, bytes).filter(|length| best.is_none_or(|(other, _)| *length > other)) {
            best = Some((length, *token));
        }
    };
    PREFIXED.at(bytes, |_, shaped| take(shaped));
    if bare && begins_bare(bytes, end - start) {
        BARE.iter().for_each(take);
    }
    let (length, token) = best?;
    let body = &bytes[prefix(token.2).len().min(length)..length];
    if body.len() >= 8 && entropy(body) < NOISE {
        return None;
    }
    scan.add(start..start + length, Class::ApiKey, token.0, STRONG, &[]);
    Some(start + length)
}

/// What the next byte tells of `begins_bare`: behind most words stands a space.
#[inline(always)]
fn may_begin_bare(bytes: &[u8], word: usize) -> bool {
    word >= LONG || bytes.get(word).is_some_and(|next| byte::kinds(*next) & JOINS != 0)
}

/// Whether a word of this length, with what follows it, may begin a shape that begins with an alphabet: such a shape would
/// else be tried at every word. A test holds this to the shapes.
fn begins_bare(bytes: &[u8], word: usize) -> bool {
    match word {
        1 => bytes[0].is_ascii_digit() && bytes[1] == b'/',
        5 => matches!(&bytes[3..6], b"8Q~" | b"7Q~"),
        6 => bytes[6] == b'.' && bytes.get(13) == Some(&b':') || bytes.get(36..40) == Some(b"_mmk"),
        8..=10 => bytes[word..].starts_with(b":AA"),
        // The alphabets with `-` and `_` are of more words than one.
        _ => {
            word >= LONG
                || bytes.get(..24).is_some_and(|run| {
                    run.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                })
        }
    }
}

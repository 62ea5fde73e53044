//! What stands behind a label or beside it, where that ends, and whether it is written out.

use std::ops::Range;

use crate::part::part;
use crate::work::looked;

/// How a label is joined to its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// `:`, `=`, `=>` and the like.
    Sign,
    /// A space, or a verb: `is`, `was`.
    Space,
    /// The label is a line, and so is the value below it, as forms are copied.
    Line,
}

/// The longest value of a label, and the longest tail of its name.
pub(super) const VALUE: usize = 512;
pub(super) const TAIL: usize = 24;

/// What stands behind a label that ends at `end`: its value, and how it is joined.
pub(super) fn value(text: &str, end: usize) -> Option<(Range<usize>, Join)> {
    let bytes = text.as_bytes();
    let (at, join) = join(text, end)?;
    let at = skip(bytes, at, 8, |byte| matches!(byte, b' ' | b'\t' | b':'));
    // `password:` on one line, what it is on the next.
    let at = if join == Join::Sign && bytes.get(at) == Some(&b'\n') { at + 1 } else { at };
    let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let start = at + usize::from(quote.is_some());
    // What begins before the label ends here: `prompt('Password: ', stream)`.
    let quote = quote.filter(|quote| !is_open(&bytes[..at], *quote));
    let stop = match quote {
        Some(quote) => skip(bytes, start, VALUE, |byte| byte != quote && byte != b'\n'),
        None => unquoted(bytes, start),
    };
    looked(stop - end);
    // What is longer than the longest is cut there, between characters.
    let written = text.get(start..text.floor_char_boundary(stop))?;
    // A sentence's end is no part of a value; a mark within quotes is.
    let trimmed = if quote.is_some() { written } else { written.trim_end_matches(['.', ')', ']']) };
    (!trimmed.is_empty()).then_some((start..start + trimmed.len(), join))
}

/// Where a value ends that no quotes hold. An ampersand ends it where another parameter begins: `&next=1`, `&amp;`.
pub(super) fn unquoted(bytes: &[u8], start: usize) -> usize {
    const NAME: usize = 32;
    let is_of = |byte: u8| !byte.is_ascii_whitespace() && !b",;\"'<>&`|".contains(&byte);
    let limit = start + VALUE;
    let mut stop = skip(bytes, start, VALUE, is_of);
    while bytes.get(stop) == Some(&b'&') && stop < limit {
        let name = skip(bytes, stop + 1, NAME, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
        });
        looked(name - stop);
        if name == stop + 1 && !bytes.get(name).is_some_and(|byte| is_of(*byte))
            || matches!(bytes.get(name), Some(b'=' | b';' | b'&'))
        {
            break;
        }
        stop = skip(bytes, stop + 1, limit - stop - 1, is_of);
    }
    stop
}

/// Whether a quote on the line so far has no end yet; what stands between letters is an apostrophe.
fn is_open(before: &[u8], quote: u8) -> bool {
    const BACK: usize = 256;
    let line = before.iter().rev().take(BACK).take_while(|byte| **byte != b'\n').count();
    let line = &before[before.len() - line..];
    looked(line.len());
    let letter = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let is_quote = |at: &usize| line[*at] == quote && !(letter(at.checked_sub(1)) && letter(Some(at + 1)));
    (0..line.len()).filter(is_quote).count() % 2 == 1
}

/// What joins a label that ends at `end` to a value, and where that ends.
fn join(text: &str, end: usize) -> Option<(usize, Join)> {
    let bytes = text.as_bytes();
    let tail = skip(bytes, end, TAIL, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    // `Password (new): …`
    let tail = aside(bytes, tail).unwrap_or(tail);
    let closed = skip(bytes, tail, 3, |byte| matches!(byte, b'"' | b'\'' | b'`' | b')' | b']' | b'*'));
    let space = skip(bytes, closed, 4, |byte| matches!(byte, b' ' | b'\t'));
    let sign = skip(bytes, space, 3, |byte| matches!(byte, b':' | b'=' | b'>' | b'|' | b'~'));
    if sign > space {
        // `password == expected` compares; a text in quotes is still one.
        let compares = bytes[space..sign].starts_with(b"==")
            && !bytes[sign..].starts_with(b" \"")
            && !bytes[sign..].starts_with(b" '");
        return (!compares).then_some((sign, Join::Sign));
    }
    if ["->", "→"].iter().any(|arrow| bytes[space..].starts_with(arrow.as_bytes())) {
        let arrow = if bytes[space] == b'-' { 2 } else { "→".len() };
        return Some((space + arrow, Join::Sign));
    }
    // `passwords are hard` speaks of them; `SECRET_KEY is` goes on with the name.
    let named = tail == end || matches!(bytes[end], b'_' | b'-');
    match verb(&bytes[closed..]).filter(|_| named) {
        Some(length) => Some((closed + length, Join::Space)),
        None if bytes[space..].starts_with(b"- ") && space > closed => Some((space + 1, Join::Space)),
        None if tail == end && bytes[space..].starts_with(b"\n") => Some((space + 1, Join::Line)),
        None if tail == end && bytes[space..].starts_with(b"\r\n") => Some((space + 2, Join::Line)),
        None if tail == end && space > closed => Some((space, Join::Space)),
        None => None,
    }
}

/// Where a word in brackets behind a label ends, when a sign follows.
fn aside(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 16;
    let inner = bytes[at..].strip_prefix(b" (")?;
    let length = inner.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b' ').count();
    let end = at + 2 + length + 1;
    let sign = skip(bytes, end.min(bytes.len()), 2, |byte| byte == b' ');
    (inner.get(length) == Some(&b')') && matches!(bytes.get(sign), Some(b':' | b'='))).then_some(end)
}

/// How long the verb is that a text begins with, and what stands around it.
pub(super) fn verb(text: &[u8]) -> Option<usize> {
    const VERBS: [&str; 13] =
        [" is", " was", " are", " ist", " lautet", " es", " est", " è", " é", " jest", " är", " er", " şu"];
    let verb = VERBS
        .iter()
        .find(|verb| text.starts_with(verb.as_bytes()) && matches!(text.get(verb.len()), Some(b' ' | b':')))?;
    Some(verb.len() + 1)
}

/// Where a run that begins at `at` ends, of `most` bytes at most.
pub(super) fn skip(bytes: &[u8], at: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    at + bytes[at..].iter().take(most).take_while(|byte| of(**byte)).count()
}

/// What stands for a value and is none.
pub(super) const NO_VALUE: &[&str] = &[
    "null",
    "none",
    "nil",
    "true",
    "false",
    "undefined",
    "string",
    "str",
    "text",
    "int",
    "bool",
    "boolean",
    "required",
    "optional",
    "incorrect",
    "wrong",
    "invalid",
    "not",
    "too",
    "the",
    "a",
    "an",
    "correct",
    "expired",
    "empty",
    "weak",
    "strong",
    "missing",
    "case",
    "set",
    "stored",
    "hashed",
    "encrypted",
    "sent",
    "used",
    "needed",
    "your",
    "my",
    "same",
    "changed",
    "reset",
    "field",
    "manager",
    "protected",
    "policy",
    "hint",
    "and",
    "or",
    "for",
    "to",
    "in",
    "of",
    "is",
    "was",
    "must",
    "should",
    "will",
    "has",
    "can",
    "with",
    "on",
    "at",
    "from",
    "by",
    "than",
    "when",
    "if",
    "here",
    "authentication",
    "prompt",
    "input",
    "change",
    "length",
    "strength",
    "hash",
    "box",
    "again",
    "only",
    "entry",
    "confirmation",
    "mismatch",
    "forgotten",
    "recovery",
    "list",
    "option",
    "type",
    "self",
    "this",
    "new",
    "old",
    "example",
    "files",
    "min",
    "max",
    "minimum",
    "compat",
    "placeholder",
    "redacted",
    "hidden",
    "masked",
    "short",
    "long",
    "secure",
    "safe",
    "that",
    "it",
    "we",
    "you",
    "i",
];

/// Whether a value is written out, and not a variable, a call, a placeholder or a row of stars.
pub(super) fn is_written(text: &str, span: &Range<usize>, join: Join) -> bool {
    let value = part(text, span.clone());
    let called = part(text, span.end..).starts_with('(')
        || value.contains("()")
        || value.ends_with(['(', '['])
        || value.contains("::");
    // `Passwort vergessen?` asks, and `name=` goes on with another attribute.
    let calls = join == Join::Sign && value.contains('.') && value.contains('(');
    let asks =
        value.strip_suffix(['?', '=']).is_some_and(|word| join != Join::Sign && word.chars().all(char::is_alphabetic));
    let standing = value.starts_with(['$', '<', '{', '%', '[', '(']) || value.contains("${") || value.contains("{{");
    let flat = value.chars().all(|char| matches!(char, '*' | '•' | '●' | 'x' | 'X' | '.' | '-' | '_' | '?' | '…'));
    let plain = NO_VALUE.contains(&value.to_ascii_lowercase().as_str());
    // `config.password`, `self.secret`: names with points between are code.
    let path = join == Join::Sign
        && value.contains('.')
        && value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'));
    !(called
        || asks
        || value.starts_with("$(")
        || calls
        || standing && value.len() > 1 && value.ends_with(['}', '>', ']', '%', ')'])
        || flat
        || plain
        || path)
}

/// Whether it is the end of a form's label: its line holds no more before it than a word or two.
pub(super) fn begins_line(text: &str, start: usize) -> bool {
    const LONGEST: usize = 24;
    let before = text.as_bytes()[..start].iter().rev().take(LONGEST + 1).take_while(|byte| **byte != b'\n');
    let mut length = 0;
    let words = before.inspect(|_| length += 1).all(|byte| byte.is_ascii_alphabetic() || b" \t*->#\r".contains(byte));
    words && length <= LONGEST
}

/// What a form's field holds whose type or name is the label: `<input type="password" value="…">`.
pub(super) fn attribute(text: &str, end: usize) -> Option<Range<usize>> {
    const TAG: usize = 96;
    if !matches!(text.as_bytes().get(end), Some(b'"' | b'\'')) {
        return None;
    }
    let tag = part(text, end..text.floor_char_boundary(end + TAG));
    let tag = tag.split('>').next()?;
    looked(tag.len());
    let at = tag.find(" value=")? + " value=".len();
    let quote = part(tag, at..).chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let start = end + at + 1;
    let length = part(text, start..text.floor_char_boundary(start + VALUE)).find(quote)?;
    (length > 0).then_some(start..start + length)
}

/// Whether no more than marks follow on the line; so many that nobody reads on count as its end.
pub(super) fn ends_line(rest: &[u8]) -> bool {
    const MARKS: usize = 64;
    let mark = |byte: &u8| matches!(byte, b'.' | b'!' | b'"' | b'\'' | b' ');
    rest.iter()
        .take(MARKS)
        .inspect(|_| looked(1))
        .find(|byte| !mark(byte))
        .is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
}

/// The next cell of a table: `"API_KEY","…"`.
pub(super) fn cell(text: &str, end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let tail = skip(bytes, end, TAIL, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins =
        [&b"\",\""[..], b"\", \"", b"','", b"', '"].into_iter().find(|join| bytes[tail..].starts_with(join))?;
    let start = tail + begins.len();
    let quote = begins[0];
    let stop = skip(bytes, start, VALUE, |byte| byte != quote && byte != b'\n');
    looked(stop - end);
    (stop > start && text.is_char_boundary(stop)).then_some(start..stop)
}

/// Paths and addresses are where a secret lies, not one.
pub(super) fn is_address(value: &[u8]) -> bool {
    value.starts_with(b"http")
        || value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.windows(3).any(|three| three == b"://")
}

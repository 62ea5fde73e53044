//! Labels: which rules look beside each, and what those find whose values have no shape: passwords, secrets.

use std::ops::Range;

use crate::Class;
use crate::part::part;
use crate::rule::STRONG;
use crate::rules::{bic, birth, code};
use crate::scan::Scan;
use crate::token::entropy;
use crate::words::Topic;
use crate::work::looked;

/// Looks behind and beside each label in the text.
pub(crate) fn labels(scan: &mut Scan<'_>) {
    let context = scan.context;
    for (start, end, topic) in context.words() {
        match topic {
            Topic::Password => password(scan, start, end),
            Topic::Command => command(scan, start, end),
            Topic::Pin => pin(scan, end),
            Topic::Secret => secret(scan, start, end),
            Topic::Birth => birth::birth(scan, start, end),
            Topic::Swift => bic::bic(scan, start, end),
            Topic::Code => code::code(scan, start, end),
            Topic::Licence => filled_licence(scan, end),
            _ => {}
        }
    }
}

/// How a label is joined to its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// `:`, `=`, `=>` and the like.
    Sign,
    /// A space, or a verb: `is`, `was`.
    Space,
    /// The label is a line, and so is the value below it, as forms are copied.
    Line,
}

/// The longest value of a label, and the longest tail of its name.
const VALUE: usize = 512;
const TAIL: usize = 24;

/// What stands behind a label that ends at `end`: its value, and how it is joined.
fn value(text: &str, end: usize) -> Option<(Range<usize>, Join)> {
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
fn unquoted(bytes: &[u8], start: usize) -> usize {
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
fn verb(text: &[u8]) -> Option<usize> {
    const VERBS: [&str; 13] =
        [" is", " was", " are", " ist", " lautet", " es", " est", " è", " é", " jest", " är", " er", " şu"];
    let verb = VERBS
        .iter()
        .find(|verb| text.starts_with(verb.as_bytes()) && matches!(text.get(verb.len()), Some(b' ' | b':')))?;
    Some(verb.len() + 1)
}

/// Where a run that begins at `at` ends, of `most` bytes at most.
fn skip(bytes: &[u8], at: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    at + bytes[at..].iter().take(most).take_while(|byte| of(**byte)).count()
}

/// What stands for a value and is none.
const NO_VALUE: &[&str] = &[
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
fn is_written(text: &str, span: &Range<usize>, join: Join) -> bool {
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

fn password(scan: &mut Scan<'_>, start: usize, end: usize) {
    if let Some(span) = attribute(scan.text, end) {
        scan.add(span, Class::Password, "password_attribute", STRONG, &[]);
    }
    for span in column(scan.text, start, end) {
        if is_written(scan.text, &span, Join::Sign) {
            scan.add(span, Class::Password, "password_column", STRONG, &[]);
        }
    }
    for span in [before(scan.text, start, end), far(scan.text, start, end)].into_iter().flatten() {
        scan.add(span, Class::Password, "password_beside", STRONG, &[]);
    }
    let Some((span, join)) = value(scan.text, end) else { return };
    if is_member(scan.text, start, &span) || is_about(scan.text, end) {
        return;
    }
    let span = phrase(scan.text, start, span, join);
    let value = part(scan.text, span.clone());
    let is_last = ends_line(&scan.text.as_bytes()[span.end..]);
    let odd = is_odd(value);
    // Before a sign a label may be the end of a name: `dbPassword:`. Before a space it is a word of its own.
    let apart = start == 0 || !scan.text.as_bytes()[start - 1].is_ascii_alphabetic() || join == Join::Sign;
    let sure = match join {
        Join::Sign => value.len() >= 3,
        Join::Space if is_address(value.as_bytes()) => false,
        Join::Space => value.len() >= 4 && (odd || is_last && is_given(scan.text, start, end)),
        Join::Line => value.len() >= 4 && odd && is_last && begins_line(scan.text, start),
    };
    if sure && apart && is_written(scan.text, &span, join) {
        scan.add(span, Class::Password, "password_label", STRONG, &[]);
    }
}

/// What no word of a sentence has.
fn is_odd(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*+=?_".contains(&byte))
}

/// A password of several words: a passphrase to the line's end; another one to the last word that none of a sentence is, where it begins
/// with a plain one: `Winter is c0ming!`.
fn phrase(text: &str, start: usize, span: Range<usize>, join: Join) -> Range<usize> {
    const LONGEST: usize = 96;
    const WORDS: usize = 5;
    let first = part(text, span.clone());
    let quoted = span.start.checked_sub(1).is_some_and(|at| b"\"'`".contains(&text.as_bytes()[at]));
    let given = join == Join::Sign || is_given(text, start, span.start);
    if quoted || !given || is_odd(first) || !first.chars().all(char::is_alphabetic) {
        return span;
    }
    let rest = part(text, span.end..text.floor_char_boundary(span.end + LONGEST));
    let line = rest.split(['\n', '\r', '"', '\'', '<', '|', ',', ';']).next().unwrap_or_default();
    looked(line.len());
    let named = ["passphrase", "pass phrase", "pass_phrase"].iter().any(|name| starts_with(part(text, start..), name));
    if named && line.split_ascii_whitespace().count() >= 2 {
        return span.start..span.end + line.trim_end().len();
    }
    let begins_plain = !NO_VALUE.contains(&first.to_ascii_lowercase().as_str());
    let odd = line.split(' ').take(WORDS).filter(|word| begins_plain && is_mixed(word)).last();
    let end = odd.map_or(0, |word| word.as_ptr() as usize - line.as_ptr() as usize + word.len());
    span.start..span.end + end
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
}

/// Whether it is the end of a form's label: its line holds no more before it than a word or two.
fn begins_line(text: &str, start: usize) -> bool {
    const LONGEST: usize = 24;
    let before = text.as_bytes()[..start].iter().rev().take(LONGEST + 1).take_while(|byte| **byte != b'\n');
    let mut length = 0;
    let words = before.inspect(|_| length += 1).all(|byte| byte.is_ascii_alphabetic() || b" \t*->#\r".contains(byte));
    words && length <= LONGEST
}

/// `self.password = password`: a name gets another one's value.
fn is_member(text: &str, start: usize, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let name = bytes[..start]
        .iter()
        .rev()
        .take(TAIL)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    looked(name);
    let member = start.checked_sub(name + 1).is_some_and(|at| matches!(bytes[at], b'.' | b'>' | b'@'));
    let assigned = bytes[..span.start].ends_with(b" = ");
    member
        && assigned
        && part(text, span.clone()).bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'))
}

/// Whether the label is the beginning of a name for something else: `passwordResetUrl`, `PASSWORD_MIN_LENGTH`.
fn is_about(text: &str, end: usize) -> bool {
    const OTHERS: [&str; 24] = [
        "url",
        "uri",
        "link",
        "hint",
        "field",
        "label",
        "length",
        "policy",
        "min",
        "max",
        "error",
        "input",
        "placeholder",
        "path",
        "file",
        "regex",
        "pattern",
        "strength",
        "changed",
        "updated",
        "expir",
        "reset",
        "count",
        "prompt",
    ];
    let tail = skip(text.as_bytes(), end, TAIL, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let tail = part(text, end..tail).to_ascii_lowercase();
    OTHERS.iter().any(|other| tail.contains(other))
}

/// Whether a word of so many letters cannot be one of a language: letters beside digits or marks, or capitals here and there.
fn is_mixed(word: &str) -> bool {
    const TURNS: usize = 3;
    let turns =
        word.as_bytes().windows(2).filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase()).count();
    word.len() >= 4 && (is_odd(word) && word.chars().any(char::is_alphabetic) || turns >= TURNS)
}

/// What stands in the column of a table whose head is the label, RFC 4180: as managers of passwords write them out.
fn column(text: &str, start: usize, end: usize) -> Vec<Range<usize>> {
    const HEAD: usize = 128;
    const BODY: usize = 512;
    let from = text.floor_char_boundary(start.saturating_sub(HEAD));
    let before = part(text, from..start).rsplit('\n').next().unwrap_or_default();
    let ahead = part(text, end..text.floor_char_boundary(end + HEAD)).split_inclusive('\n').next().unwrap_or_default();
    looked(before.len() + ahead.len());
    let head = part(text, start - before.len()..end + ahead.len());
    let Some(mark) = [',', ';', '\t'].into_iter().find(|mark| head.contains(*mark)) else { return Vec::new() };
    let Some(head) = head.strip_suffix('\n').filter(|head| head.split(mark).all(is_heading)) else { return Vec::new() };
    let (place, count) = (before.matches(mark).count(), head.matches(mark).count());
    let body = end + ahead.len();
    let rows = part(text, body..text.floor_char_boundary(body + BODY));
    looked(rows.len());
    let rows = rows.split('\n').take_while(|row| row.matches(mark).count() == count && !row.starts_with([' ', '\t']));
    let cells = rows.filter_map(|row| row.split(mark).nth(place)).map(|cell| cell.trim_matches(['"', '\r', '\'']));
    let spans = cells.filter(|cell| cell.len() >= 3 && !cell.starts_with(' ')).map(|cell| {
        let at = cell.as_ptr() as usize - text.as_ptr() as usize;
        at..at + cell.len()
    });
    spans.collect()
}

/// Whether a column may be headed so: a name, not a sentence's part and no code.
fn is_heading(cell: &str) -> bool {
    let name = cell.trim_matches(['"', '\r', '\'']);
    let is_of = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | ' ' | '.');
    !name.is_empty() && name.len() <= TAIL && !name.starts_with(' ') && name.chars().all(is_of)
}

/// What stands before its label: `hunter2 is my password`, `anna / hunter2 (password)`.
fn before(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    const BACK: usize = 96;
    const LINKS: [&str; 12] = [
        " is my ",
        " is the ",
        " is your ",
        " is our ",
        " ist mein ",
        " ist das ",
        " est mon ",
        " est le ",
        " es mi ",
        " es la ",
        " è la ",
        " is ",
    ];
    let from = text.floor_char_boundary(start.saturating_sub(BACK));
    let line = part(text, from..start).rsplit('\n').next().unwrap_or_default();
    looked(line.len());
    // `(wifi password)`: the label may have a word before it.
    let bracket = line
        .rfind(" (")
        .filter(|at| part(line, at + 2..).bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' '));
    let bracketed = bracket.filter(|_| matches!(text.as_bytes().get(end), Some(b')'))).map(|at| part(line, ..at));
    // A word or two may stand between: `is my wifi password`.
    let linked =
        || LINKS.iter().filter_map(|link| line.rfind(link).filter(|at| line.len() - at - link.len() <= 16)).max();
    let value = match bracketed {
        Some(value) => value,
        None => part(line, ..linked()?),
    };
    let value = value.rsplit([' ', '\t', '"', '\'', '`']).find(|word| !word.is_empty())?;
    let at = value.as_ptr() as usize - text.as_ptr() as usize;
    is_mixed(value).then_some(at..at + value.len())
}

/// What stands behind its label and a few words more: `the password for the vpn is hunter2`.
fn far(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    const AHEAD: usize = 64;
    const NEAR: usize = 32;
    if is_about(text, end) || text.as_bytes().get(end).is_some_and(|byte| *byte != b' ') {
        return None;
    }
    let line = part(text, end..text.floor_char_boundary(end + AHEAD)).split(['\n', '.', ',', '?', '"']).next()?;
    looked(line.len());
    // An article is no value: `password my hunter2`.
    let article = [" my ", " the "].iter().find(|article| line.starts_with(**article)).map(|article| article.len());
    let linked = || {
        line.bytes().enumerate().take(NEAR).find_map(|(at, byte)| match byte {
            b' ' => verb(&line.as_bytes()[at..]).map(|length| at + length),
            b':' => Some(at + 1),
            _ => None,
        })
    };
    let from = article.filter(|_| is_given(text, start, end)).or_else(linked)?;
    let at = skip(line.as_bytes(), from, 4, |byte| matches!(byte, b' ' | b':'));
    let begin = end + at;
    let value = begin..unquoted(text.as_bytes(), begin).min(text.len());
    let word = text.get(value.clone())?.trim_end_matches(['.', '!', ')']);
    if is_address(word.as_bytes()) {
        return None;
    }
    let last = ends_line(&text.as_bytes()[value.end..]);
    let value = phrase(text, start, begin..begin + word.len(), Join::Sign);
    (is_mixed(word) && last || value.len() > word.len() || is_mixed(word) && article.is_none()).then_some(value)
}

/// A password among the words of a command: `curl -u anna:hunter2`, `sshpass -p hunter2`.
fn command(scan: &mut Scan<'_>, start: usize, end: usize) {
    const LINE: usize = 256;
    let text = scan.text;
    let line = part(text, end..text.floor_char_boundary(end + LINE)).split(['\n', '|', ';']).next().unwrap_or_default();
    looked(line.len());
    let [curl, sshpass] = ["curl", "sshpass"].map(|program| starts_with(part(text, start..), program));
    let mut previous = "";
    for word in line.split_ascii_whitespace() {
        let bare = word.trim_matches(['"', '\'']);
        let value = match previous {
            "-u" | "--user" | "--proxy-user" | "-U" if curl => bare.split_once(':').map(|(_, password)| password),
            "-p" if sshpass => Some(bare),
            "-w" if !curl => Some(bare),
            // mysql takes it joined to its letter.
            _ if !curl && !bare.starts_with("-pass") => bare.strip_prefix("-p"),
            _ => None,
        };
        if let Some(value) = value.filter(|value| value.len() >= 3 && !value.starts_with(['$', '-', '<', '@'])) {
            let at = value.as_ptr() as usize - text.as_ptr() as usize;
            scan.add(at..at + value.len(), Class::Password, "password_of_command", STRONG, &[]);
        }
        previous = word;
    }
}

/// What a form's field holds whose type or name is the label: `<input type="password" value="…">`.
fn attribute(text: &str, end: usize) -> Option<Range<usize>> {
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

/// Whether a label before a plain word gives a password, and does not speak of passwords: at the line's start, with a verb, or behind a name to log
/// in with. `Password hashing` gives none, nor does `reset my password today`.
fn is_given(text: &str, start: usize, end: usize) -> bool {
    const BACK: usize = 64;
    let from = text.floor_char_boundary(start.saturating_sub(BACK));
    let before = part(text, from..start);
    let line = before.rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    looked(line.len());
    let names = ["user", "login", "account", "admin", "root"];
    let begins = line.is_empty() && (from == 0 || start == 0 || before.ends_with('\n')) && !is_title(text, start);
    begins
        || part(text, end..).starts_with(" is ")
        || part(text, end..).starts_with(" was ")
        || names.iter().any(|name| line.contains(name))
}

/// Whether a text begins with the label, and nothing stands before it: a heading, rather than a line of somebody's notes.
fn is_title(text: &str, start: usize) -> bool {
    start == 0 && text.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && !text.contains('\n')
}

/// NTSI, driver licence formats: Washington's have twelve letters and digits, filled up with asterisks.
fn filled_licence(scan: &mut Scan<'_>, end: usize) {
    const LENGTH: usize = 12;
    let Some((span, _)) = value(scan.text, end) else { return };
    let value = part(scan.text, span.clone()).as_bytes();
    let kept = value.iter().filter(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
    let filled = value.iter().filter(|byte| **byte == b'*').count();
    if value.len() == LENGTH
        && kept + filled == LENGTH
        && filled > 0
        && kept >= LENGTH / 2
        && value[0].is_ascii_uppercase()
    {
        scan.add(span, Class::DrivingLicence, "licence_filled", STRONG, &[]);
    }
}

/// Whether no more than marks follow on the line; so many that nobody reads on count as its end.
fn ends_line(rest: &[u8]) -> bool {
    const MARKS: usize = 64;
    let mark = |byte: &u8| matches!(byte, b'.' | b'!' | b'"' | b'\'' | b' ');
    rest.iter()
        .take(MARKS)
        .inspect(|_| looked(1))
        .find(|byte| !mark(byte))
        .is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
}

fn pin(scan: &mut Scan<'_>, end: usize) {
    let Some((span, _)) = value(scan.text, end) else { return };
    let value = part(scan.text, span.clone());
    if (4..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        scan.add(span, Class::Password, "pin_label", STRONG, &[]);
    }
}

/// A value that a label calls secret counts from so many bytes and bits a byte on.
const NOISE_LENGTH: usize = 12;
const NOISE: f64 = 3.0;

fn secret(scan: &mut Scan<'_>, start: usize, end: usize) {
    // A public key is none.
    if start.checked_sub(6).is_some_and(|at| scan.text.as_bytes()[at..start].eq_ignore_ascii_case(b"public")) {
        return;
    }
    let beside = attribute(scan.text, end).or_else(|| cell(scan.text, end)).map(|span| (span, Join::Sign));
    let Some((mut span, join)) = beside.or_else(|| value(scan.text, end)) else { return };
    for scheme in ["Bearer ", "Basic ", "Token ", "bearer ", "token "] {
        // `Authorization: Bearer …`: the value ended at the space behind the scheme.
        if part(scan.text, span.start..).starts_with(scheme) {
            let rest = span.start + scheme.len();
            let length = part(scan.text, rest..)
                .bytes()
                .take(VALUE * 4)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.+/=~".contains(byte))
                .count();
            span = rest..rest + length;
        }
    }
    let value = part(scan.text, span.clone()).as_bytes();
    if join == Join::Line && !(ends_line(&scan.text.as_bytes()[span.end..]) && begins_line(scan.text, start)) {
        return;
    }
    let noisy = value.len() >= NOISE_LENGTH && entropy(value) >= NOISE && value.iter().any(u8::is_ascii_digit);
    let letters = value.iter().any(u8::is_ascii_alphabetic) && value.iter().all(u8::is_ascii_graphic);
    if noisy && letters && is_written(scan.text, &span, join) && !is_address(value) {
        scan.add(span, Class::Secret, "secret_label", STRONG, &[]);
    }
}

/// The next cell of a table: `"API_KEY","…"`.
fn cell(text: &str, end: usize) -> Option<Range<usize>> {
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
fn is_address(value: &[u8]) -> bool {
    value.starts_with(b"http")
        || value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.windows(3).any(|three| three == b"://")
}

#[cfg(test)]
mod tests {
    use super::VALUE;
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn passwords_are_found_behind_their_labels() {
        let cases = [
            ("password: root", "root"),
            ("my password is Tr0ub4dor&3", "Tr0ub4dor"),
            ("db_password = \"s3cr et!\"", "s3cr et!"),
            ("PASSWORD=hunter2 make", "hunter2"),
            ("username root\npassword crickets", "crickets"),
            ("passphrase: correct-horse", "correct-horse"),
            ("pwd=abc123&next=1", "abc123"),
            ("Пароль: hunter2", "hunter2"),
            ("HASŁO: hunter2", "hunter2"),
            ("the users' password: 'hunter2'", "hunter2"),
            ("it's password: 'hunter2', I think", "hunter2"),
            ("login bob password crickets", "crickets"),
            ("password crickets", "crickets"),
            ("user: anna / password: Tr0ub4dor&3", "Tr0ub4dor&3"),
            ("mot_de_passe: 'hunter2'", "hunter2"),
            ("pass -> Blue$ky76", "Blue$ky76"),
            ("passwd is: letmein34", "letmein34"),
            ("the salasana for the vpn is kitty822", "kitty822"),
            ("35wemsjhwWGD is my password", "35wemsjhwWGD"),
            ("anna / P@ssw0rd99 (senha)", "P@ssw0rd99"),
            ("anna / LJvViUTGfnKB (wifi password)", "LJvViUTGfnKB"),
            ("curl -u anna:x7!kQz#Lp2 https://example.com", "x7!kQz#Lp2"),
            ("sshpass -p kitty567 ssh anna@host", "kitty567"),
            ("mysql -u root -phunter2 shop", "hunter2"),
            ("password my CIsNkw89M23D", "CIsNkw89M23D"),
            ("Password (new): correct-horse", "correct-horse"),
            ("admin pass for the router: qwertz123", "qwertz123"),
            ("Current password\nBlue$ky91\nok", "Blue$ky91"),
            ("name,password,city\nanna,hunter2,bonn\n", "hunter2"),
            ("\"user\";\"password\"\r\n\"anna\";\"crickets\"\r\n", "crickets"),
            ("Passwort\nqwertz123\n", "qwertz123"),
            ("password: Winter is c0ming! ok", "Winter is c0ming!"),
            ("passphrase: correct horse battery", "correct horse battery"),
            ("<input type=\"password\" name=\"p\" value=\"s3cr et\">", "s3cr et"),
        ];
        for (text, value) in cases {
            assert!(
                found(text).iter().any(|(class, found)| *class == Class::Password && found.starts_with(value)),
                "{text}: {:?}",
                found(text)
            );
        }
        for text in [
            "password: string;",
            "Forgot your password?",
            "password is required",
            "password = getPassword()",
            "password: ********",
            "password=${PASSWORD}",
            "passwords are hard",
            "the password field of the form",
            "const password = config.password",
            "def ask(prompt='Password: ', stream=None):",
            "console.log('password:', password)",
            "Password hashing",
            "- Password schema",
            "I have to reset my password today.",
            "Passwort vergessen?",
            "password: min 8 characters",
            "@password = password",
            "pwd=$(pwd)",
            "public_key: X25519PublicKey12",
            "Pass arguments to a function: //github.com/x1/y2",
            "which user data to pass to result_handler1 for",
            "  pass,\n  user: 12345\n",
            "f(a,password)\nx,12345\n",
            "name, password, and city\nare not, as you know, told\n",
            "password,name\n",
            "assert password == expected",
            "passwordResetUrl: \"/reset\"",
            "passwd: files systemd",
            "token = match.group(1)",
            "password = request.get(\"p\")",
            "the password for the vpn is in the vault",
            "curl -u $USER:$PASS https://example.com",
            "mysql -p shop",
            "self.password = password",
            "user.password = hashedPassword",
            "password = os.environ[\"DB_PASSWORD\"]",
            "<input type=\"password\" name=\"password\">",
            "Password\nShow",
            "password: string and 3 more",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found("PIN: 4821"), [(Class::Password, "4821")]);
    }

    #[test]
    fn licences_filled_up_with_asterisks_are_found_behind_their_label() {
        assert_eq!(found("driver license: SMITH*JD123K"), [(Class::DrivingLicence, "SMITH*JD123K")]);
        assert_eq!(found("driver license: ************"), []);
        assert_eq!(found("the size is SMITH*JD123K"), []);
    }

    #[test]
    fn a_value_longer_than_is_looked_at_is_cut_between_characters() {
        for quote in ["", "\""] {
            let text = format!("password: {quote}x{}", "é".repeat(VALUE));
            assert_eq!(found(&text), [(Class::Password, &text[10 + quote.len()..][..VALUE - 1])]);
        }
    }
}

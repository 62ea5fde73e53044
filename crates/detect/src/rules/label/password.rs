//! Passwords: behind their label, before it, below it in a column, in commands, of several words.

use std::ops::Range;

use super::value::{
    Join, NO_VALUE, TAIL, attribute, begins_line, ends_line, is_address, is_written, skip, unquoted, value, verb,
};
use crate::Class;
use crate::part::part;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::work::looked;

pub(super) fn password(scan: &mut Scan<'_>, start: usize, end: usize) {
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
pub(super) fn command(scan: &mut Scan<'_>, start: usize, end: usize) {
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

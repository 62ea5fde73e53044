//! What a label says is secret: passwords, codes, values of high entropy, dates of birth, banks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::detect::Class;
use crate::detect::check::is_day;
use crate::detect::rule::{LABELLED, STRONG};
use crate::detect::scan::Scan;
use crate::detect::token::entropy;
use crate::detect::words::Topic;
use crate::detect::work::looked;

/// Looks behind and beside each label in the text.
pub(in crate::detect) fn labels(scan: &mut Scan<'_>) {
    let context = scan.context;
    for (start, end, topic) in context.words() {
        match topic {
            Topic::Password => password(scan, start, end),
            Topic::Pin => pin(scan, end),
            Topic::Secret => secret(scan, end),
            Topic::Birth => birth(scan, start, end),
            Topic::Swift => bank(scan, end),
            Topic::Code => code(scan, start, end),
            _ => {}
        }
    }
}

/// How a label is joined to its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// `:`, `=`, `=>` and the like.
    Sign,
    /// A verb: `is`, `was`.
    Word,
    /// A space.
    Space,
}

/// The longest value of a label, and the longest tail of its name.
const VALUE: usize = 512;
const TAIL: usize = 24;

/// What stands behind a label that ends at `end`: its value, and how it is joined.
fn value(text: &str, end: usize) -> Option<(Range<usize>, Join)> {
    let bytes = text.as_bytes();
    let skip = |at: usize, of: &dyn Fn(u8) -> bool, most: usize| {
        at + bytes[at..].iter().take(most).take_while(|byte| of(**byte)).count()
    };
    let tail = skip(end, &|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'), TAIL);
    let closed = skip(tail, &|byte| matches!(byte, b'"' | b'\'' | b'`' | b')' | b']' | b'*'), 3);
    let space = skip(closed, &|byte| matches!(byte, b' ' | b'\t'), 4);
    let sign = skip(space, &|byte| matches!(byte, b':' | b'=' | b'>' | b'|' | b'~'), 3);
    let (join, at) = if sign > space {
        (Join::Sign, sign)
    } else {
        let verb = [" is ", " was ", " are ", " ist ", " es ", " est ", " è "].into_iter();
        let verb =
            verb.into_iter().find(|verb| text[tail..].starts_with(verb)).filter(|_| tail == end && tail == closed);
        match verb {
            Some(verb) => (Join::Word, tail + verb.len()),
            None if tail == end && space > closed => (Join::Space, space),
            None => return None,
        }
    };
    let at = skip(at, &|byte| matches!(byte, b' ' | b'\t' | b':'), 8);
    // `password:` on one line, what it is on the next.
    let at = if join == Join::Sign && bytes.get(at) == Some(&b'\n') { at + 1 } else { at };
    let quote = bytes.get(at).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let span = match quote {
        Some(quote) => {
            let inner = &bytes[at + 1..];
            let length = inner
                .iter()
                .take(VALUE)
                .position(|byte| *byte == quote || *byte == b'\n')
                .unwrap_or(inner.len().min(VALUE));
            at + 1..at + 1 + length
        }
        None => at..skip(at, &|byte| !byte.is_ascii_whitespace() && !b",;\"'<>&`|".contains(&byte), VALUE),
    };
    looked(span.end - end);
    // A sentence's end is no part of a value; a mark within quotes is.
    let written = text.get(span.clone())?;
    let trimmed = if quote.is_some() { written } else { written.trim_end_matches(['.', ')', ']']) };
    let span = span.start..span.start + trimmed.len();
    (!span.is_empty()).then_some((span, join))
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
    let value = &text[span.clone()];
    let called =
        text[span.end..].starts_with('(') || value.contains("()") || value.ends_with('(') || value.contains("::");
    let standing = value.starts_with(['$', '<', '{', '%', '[', '(']) || value.contains("${") || value.contains("{{");
    let flat = value.chars().all(|char| matches!(char, '*' | '•' | '●' | 'x' | 'X' | '.' | '-' | '_' | '?' | '…'));
    let plain = NO_VALUE.contains(&value.to_ascii_lowercase().as_str());
    // `config.password`, `self.secret`: names with points between are code.
    let path = join == Join::Sign
        && value.contains('.')
        && value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'));
    !(called || standing && value.len() > 1 && value.ends_with(['}', '>', ']', '%', ')']) || flat || plain || path)
}

fn password(scan: &mut Scan<'_>, start: usize, end: usize) {
    // `resetPassword:` and `password_length = 8` are names of other things; `db_password` is not.
    let Some((span, join)) = value(scan.text, end) else { return };
    let value = &scan.text[span.clone()];
    let is_last = ends_line(&scan.text.as_bytes()[span.end..]);
    let odd = value.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*+=?_".contains(&byte));
    let apart = start == 0 || !scan.text.as_bytes()[start - 1].is_ascii_alphabetic() || join == Join::Sign;
    let sure = match join {
        Join::Sign => value.len() >= 3,
        Join::Word => value.len() >= 4 && (odd || is_last),
        Join::Space => value.len() >= 4 && (odd || is_last),
    };
    if sure && apart && is_written(scan.text, &span, join) {
        scan.add(span, Class::Password, "password_label", STRONG, &[]);
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
    let value = &scan.text[span.clone()];
    if (4..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        scan.add(span, Class::Password, "pin_label", STRONG, &[]);
    }
}

/// A value that a label calls secret counts from so many bytes and bits a byte on.
const NOISE_LENGTH: usize = 12;
const NOISE: f64 = 3.0;

fn secret(scan: &mut Scan<'_>, end: usize) {
    let Some((mut span, join)) = value(scan.text, end) else { return };
    for scheme in ["Bearer ", "Basic ", "Token ", "bearer ", "token "] {
        // `Authorization: Bearer …`: the value ended at the space behind the scheme.
        if scan.text[span.start..].starts_with(scheme) {
            let rest = span.start + scheme.len();
            let length = scan.text[rest..]
                .bytes()
                .take(VALUE * 4)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.+/=~".contains(byte))
                .count();
            span = rest..rest + length;
        }
    }
    let value = scan.text[span.clone()].as_bytes();
    let noisy = value.len() >= NOISE_LENGTH && entropy(value) >= NOISE && value.iter().any(u8::is_ascii_digit);
    let letters = value.iter().any(u8::is_ascii_alphabetic) && value.iter().all(u8::is_ascii_graphic);
    if noisy && letters && is_written(scan.text, &span, join) && !is_address(value) {
        scan.add(span, Class::Secret, "secret_label", STRONG, &[]);
    }
}

/// Paths and addresses are where a secret lies, not one.
fn is_address(value: &[u8]) -> bool {
    value.starts_with(b"http")
        || value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.windows(3).any(|three| three == b"://")
}

/// Four to eight digits, in one piece or two, near a word that calls them a code.
fn code(scan: &mut Scan<'_>, start: usize, end: usize) {
    const BEFORE: usize = 24;
    const AFTER: usize = 40;
    let bytes = scan.text.as_bytes();
    let mut at = start.saturating_sub(BEFORE);
    let limit = (end + AFTER).min(bytes.len());
    while at < limit {
        let length = bytes[at..].iter().take(32).take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let mut stop = at + length;
        if length == 3 && matches!(bytes.get(stop), Some(b'-' | b' ')) {
            let more = bytes[stop + 1..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
            stop += if more == 3 { 4 } else { 0 };
        }
        let digits = bytes[at..stop].iter().filter(|byte| byte.is_ascii_digit()).count();
        let touches = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-' | b'_' | b'$'))
        };
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).filter(|byte| **byte != b'-');
        let mut after = bytes[stop..].iter();
        let closes = after.next().filter(|byte| **byte != b'.' || after.next().is_some_and(u8::is_ascii_alphanumeric));
        let span = at..stop;
        let year = digits == 4 && matches!(&bytes[span.clone()], [b'1', b'9', ..] | [b'2', b'0', ..]);
        if (4..=8).contains(&digits)
            && !year
            && !touches(before)
            && !touches(closes)
            && !scan.context.near(&span, &[Topic::NotACode])
        {
            scan.add(span, Class::OneTimeCode, "one_time_code", STRONG, &[]);
        }
        at = stop;
    }
}

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|enero|gen|mag|giu|lug|ott)[a-zäéû]{0,8}";
    let pattern = format!(
        r"(?i)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:\d{{4}}|\d{{2}})|\d{{1,2}}(?:st|nd|rd|th|\.)?[ -](?:of |de )?{month}\.?,?[ -](?:de )?\d{{2,4}}|{month}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日|\d{{8}}"
    );
    Regex::new(&pattern).ok()
});

/// A date beside a word of birth.
fn birth(scan: &mut Scan<'_>, start: usize, end: usize) {
    const BEFORE: usize = 32;
    const AFTER: usize = 64;
    let from = scan.text.floor_char_boundary(start.saturating_sub(BEFORE));
    let to = scan.text.floor_char_boundary(end + AFTER);
    let text = scan.text;
    let Some(date) = &*DATE else {
        // A pattern that does not compile withholds what it would have looked at.
        return scan.add(from..to, Class::DateOfBirth, "date_of_birth", STRONG, &[]);
    };
    for found in date.find_iter(&text[from..to]) {
        let span = from + found.start()..from + found.end();
        let touches = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = text.as_bytes();
        let cut = touches(span.start.checked_sub(1).and_then(|at| bytes.get(at))) || touches(bytes.get(span.end));
        if !cut && is_date(found.as_str()) {
            scan.add(span, Class::DateOfBirth, "date_of_birth", STRONG, &[]);
        }
    }
}

/// Whether its numbers can be a day, in whichever order.
fn is_date(written: &str) -> bool {
    let numbers: Vec<u32> =
        written.split(|char: char| !char.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [packed] if written.len() == 8 => {
            is_day(packed / 10_000, packed / 100 % 100, packed % 100) && (1900..2100).contains(&(packed / 10_000))
                || is_day(packed % 10_000, packed / 100 % 100, packed / 1_000_000)
                    && (1900..2100).contains(&(packed % 10_000))
        }
        [year, month, day] if year >= 1900 => year < 2100 && is_day(year, month, day),
        [first, second, year] => {
            let plausible = year < 100 || (1900..2100).contains(&year);
            plausible && (is_day(year, second, first) || is_day(year, first, second))
        }
        [day, year] | [year, day] if year > 31 || day <= 31 => (1..=31).contains(&day) || (1..=31).contains(&year),
        _ => false,
    }
}

/// ISO 9362: bank, country, place, and a branch or none; letters alone would be any word, so a label has to say it.
fn bank(scan: &mut Scan<'_>, end: usize) {
    const AFTER: usize = 24;
    let to = scan.text.floor_char_boundary(end + AFTER);
    let text = scan.text;
    for word in text[end..to].split(|char: char| !char.is_ascii_alphanumeric()) {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let whole = text.as_bytes().get(start + word.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if whole && is_bic(word) {
            scan.add(start..start + word.len(), Class::Bic, "bic", LABELLED, &[Topic::Swift]);
        }
    }
}

fn is_bic(word: &str) -> bool {
    let bytes = word.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::detect::Class;
    use crate::detect::tests::found;

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
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(found("PIN: 4821"), [(Class::Password, "4821")]);
    }

    #[test]
    fn codes_are_found_near_their_words() {
        for (text, code) in [
            ("Your verification code is 482913.", "482913"),
            ("123-456 is your login code", "123-456"),
            ("OTP: 0042", "0042"),
            ("G-829104 is your Google verification code", "829104"),
        ] {
            assert_eq!(found(text), [(Class::OneTimeCode, code)], "{text}");
        }
        for text in ["error code: 40412", "exit code 12345", "The code is from 2019", "zip code: 02139 is in MA"] {
            assert!(found(text).iter().all(|(class, _)| *class != Class::OneTimeCode), "{text}");
        }
    }

    #[test]
    fn dates_count_beside_a_word_of_birth_alone() {
        for (text, date) in [
            ("DOB: 02.12.1979", "02.12.1979"),
            ("I was born 15th June 1991", "15th June 1991"),
            ("born on March 3, 1988 in Oslo", "March 3, 1988"),
            ("Geburtsdatum 1980-02-29", "1980-02-29"),
        ] {
            assert_eq!(found(text), [(Class::DateOfBirth, date)], "{text}");
        }
        assert_eq!(found("due 02.12.1979"), []);
        assert_eq!(found("born 45.45.1979"), []);
    }

    #[test]
    fn banks_are_found_by_their_label() {
        assert_eq!(found("SWIFT: DEUTDEFF500"), [(Class::Bic, "DEUTDEFF500")]);
        assert_eq!(found("DEUTDEFF500"), []);
    }
}

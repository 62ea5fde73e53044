//! How people are reached: mail and telephone.

use std::ops::{Range, RangeInclusive};

use crate::Class;
use crate::part::part;
use crate::rule::{DIALLED, DIALLED_BY_LABEL, Ladder, RARELY_DIALLED, STRONG};
use crate::scan::Scan;
use crate::words::Topic;

/// RFC 5321: at most 64 bytes before the `@`, 255 after it, 63 a label; RFC 6531 lets letters of any script in.
pub(crate) fn email(scan: &mut Scan<'_>, at: usize) {
    let bytes = scan.text.as_bytes();
    let before = bytes[at.saturating_sub(65)..at].iter().rev().take_while(|byte| is_local(**byte)).count();
    let before = if before == 0 { quoted(&bytes[..at]) } else { before };
    if before == 0 || before > 64 || bytes[at - 1] == b'.' {
        return;
    }
    let after = bytes[at + 1..].iter().take(255).take_while(|byte| is_domain(**byte)).count();
    let domain = scan.text.get(at + 1..at + 1 + after).unwrap_or("").trim_end_matches(['.', '-']);
    // What stands before it may be a quote or a sign of other things.
    let start = at - before
        + bytes[at - before..at]
            .iter()
            .take_while(|byte| !byte.is_ascii_alphanumeric() && byte.is_ascii() && !matches!(byte, b'_' | b'"'))
            .count();
    if start < at && is_host(domain) && scan.text.is_char_boundary(start) {
        scan.add(start..at + 1 + domain.len(), Class::Email, "email", STRONG, &[]);
    }
}

/// A local part in quotes, with them: RFC 5322 §3.2.4.
fn quoted(before: &[u8]) -> usize {
    let Some((b'"', inner)) = before.split_last() else { return 0 };
    let length = inner.iter().rev().take(62).position(|byte| *byte == b'"');
    length.map_or(0, |length| length + 2)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte) || byte >= 0x80
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-".contains(&byte) || byte >= 0x80
}

/// Labels of letters, digits and inner hyphens; the last one is no number.
fn is_host(domain: &str) -> bool {
    let label = |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    let named = top.chars().count() >= 2 && !top.starts_with(|char: char| char.is_ascii_digit());
    named && domain.split('.').all(label)
}

/// ITU-T E.123 and what people write: at most so many bytes.
const LONGEST: usize = 28;
/// ITU-T E.164 and the shortest national plans: so many digits.
const DIGITS: RangeInclusive<usize> = 7..=15;

fn digits_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// A telephone number that begins at `start`, with `+`, `(` or a digit; answers where what looks like one ends.
pub(crate) fn phone(scan: &mut Scan<'_>, start: usize) -> usize {
    let (end, digits) = phone_end(scan.text.as_bytes(), start);
    if digits < *DIGITS.start() {
        return end;
    }
    let end = one_of_several(scan.text.as_bytes(), start, end);
    let written = part(scan.text, start..end);
    // Most numbers are too short, or part of something else.
    if !DIGITS.contains(&digits_in(written.as_bytes())) || !is_apart(scan.text.as_bytes(), start, end) {
        return end;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if let Some(ladder) = judge(written, &digits) {
        // Of a parameter only what dials anywhere is one without its name: `id=0301234567`.
        let named = start.checked_sub(1).is_some_and(|at| scan.text.as_bytes()[at] == b'=');
        let ladder = if named && ladder.bare < STRONG.bare { DIALLED_BY_LABEL } else { ladder };
        let end = end + extension(&scan.text.as_bytes()[end..]);
        scan.add(start..end, Class::Phone, "phone", ladder, &[Topic::Phone]);
    }
    end
}

/// The end of the last digit that separators of one or two characters join to those before, and how many there are.
fn phone_end(bytes: &[u8], start: usize) -> (usize, usize) {
    let (mut end, mut gap, mut digits) = (start, 0, 0);
    for (at, byte) in bytes.iter().enumerate().skip(start).take(LONGEST) {
        match byte {
            b'0'..=b'9' => (end, gap, digits) = (at + 1, 0, digits + 1),
            b'+' if at == start => {}
            b' ' | b'-' | b'.' | b'(' | b')' | b'/' if gap < 2 => gap += 1,
            _ => break,
        }
    }
    (end, digits)
}

/// Numbers with only spaces between them: the first that is long enough to be one.
fn one_of_several(bytes: &[u8], start: usize, end: usize) -> usize {
    let digits = |end: usize| digits_in(&bytes[start..end]);
    if end - start <= *DIGITS.end() || digits(end) <= *DIGITS.end() {
        return end;
    }
    let spaces = (start..end).rev().filter(|at| bytes[*at] == b' ' && bytes[*at - 1].is_ascii_digit());
    spaces.into_iter().find(|at| (7..=13).contains(&digits(*at))).unwrap_or(end)
}

/// ` ext. 12`, ` x12`.
fn extension(bytes: &[u8]) -> usize {
    let space = bytes.iter().take(2).take_while(|byte| matches!(byte, b' ' | b',')).count();
    let rest = &bytes[space..];
    let mark = ["extension", "ext.", "ext", "x", "#"]
        .into_iter()
        .find(|mark| rest.get(..mark.len()).is_some_and(|rest| rest.eq_ignore_ascii_case(mark.as_bytes())));
    let Some(mark) = mark else { return 0 };
    let gap = usize::from(rest.get(mark.len()) == Some(&b' '));
    let digits = rest[mark.len() + gap..].iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=6).contains(&digits) { space + mark.len() + gap + digits } else { 0 }
}

fn is_apart(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let glued = before.is_some_and(|byte| matches!(byte, b'.' | b'-' | b'_' | b'/' | b'$') && bytes[start] != b'+');
    !glued && !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b':')
}

fn judge(written: &str, digits: &str) -> Option<Ladder> {
    if digits.bytes().all(|byte| byte == digits.as_bytes()[0]) {
        return None;
    }
    let separated = written.len() > digits.len();
    if is_fraction(written) || is_years(written) {
        return None;
    }
    if written.starts_with('+') {
        return Some(if is_international(digits) { STRONG } else { RARELY_DIALLED });
    }
    if let Some(number) = digits.strip_prefix("00").filter(|_| digits.len() >= 11) {
        return Some(match is_international(number) {
            // Groups of four are of a longer number.
            true if separated
                && groups(written).is_some_and(|groups| groups.iter().take(3).any(|group| *group != 4)) =>
            {
                STRONG
            }
            true => DIALLED,
            false => DIALLED_BY_LABEL,
        });
    }
    let american = digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(digits);
    if is_american(american) {
        let grouped =
            separated && groups(written).is_some_and(|groups| groups.ends_with(&[3, 3, 4]) || groups == [3, 7]);
        return Some(if grouped {
            STRONG
        } else if separated {
            DIALLED_BY_LABEL
        } else {
            RARELY_DIALLED
        });
    }
    // Turkey's mobiles are mostly written without their trunk prefix.
    let turkish = digits.len() == 10 && digits.starts_with('5') && matches!(digits.as_bytes()[1], b'0' | b'3'..=b'6');
    if turkish && (!separated || groups(written).is_some_and(|groups| groups == [3, 3, 2, 2] || groups == [3, 7])) {
        return Some(DIALLED);
    }
    // A national number with its trunk prefix, written in groups or standing alone.
    let national = digits.starts_with('0') && (9..=12).contains(&digits.len()) && !digits.starts_with("00");
    Some(if national && (!separated || !is_date(written)) { DIALLED } else { DIALLED_BY_LABEL })
}

/// By the tables that libphonenumber keeps: a calling code that exists, and a length that its plan knows.
fn is_international(digits: &str) -> bool {
    phonelib::is_valid_phone_number(&format!("+{digits}"))
        || digits.strip_prefix("440").is_some_and(|rest| rest.len() == 10)
}

/// The North American plan: area and exchange begin with 2 to 9.
fn is_american(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 10 && bytes[0] >= b'2' && bytes[3] >= b'2' && !(bytes[1] == b'1' && bytes[2] == b'1')
}

/// How many digits each group has.
fn groups(written: &str) -> Option<Vec<usize>> {
    let groups: Vec<usize> =
        written.split(|char: char| !char.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect();
    (groups.len() <= 8).then_some(groups)
}

/// `0.8862725933`: a part of one.
fn is_fraction(written: &str) -> bool {
    let Some((whole, part)) = written.split_once('.') else { return false };
    matches!(whole, "0" | "1") && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2015-2016`: from a year to another.
fn is_years(written: &str) -> bool {
    let is_year = |year: &str| year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
    written.split_once('-').is_some_and(|(first, last)| is_year(first) && is_year(last))
}

fn is_date(written: &str) -> bool {
    groups(written).is_some_and(|groups| matches!(groups[..], [1 | 2, 1 | 2, 4] | [4, 1 | 2, 1 | 2]))
}

/// What is left of a text for phones: not inside what has been looked at.
#[inline(always)]
pub(crate) fn begins_phone(bytes: &[u8], at: usize, seen: &Range<usize>) -> bool {
    let begins = bytes[at].is_ascii_digit()
        || matches!(bytes[at], b'+' | b'(')
            && bytes.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(');
    begins && !seen.contains(&at)
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn addresses_are_found_as_rfc_5321_and_5891_have_them() {
        for address in
            ["a.b+c@mail.example.co.uk", "x_y@xn--80ak6aa92e.com", "jürgen@münchen.example", "o'brien@example.ie"]
        {
            assert_eq!(found(&format!("to <{address}>.")), [(Class::Email, address)]);
        }
        for text in ["user@localhost", "@handle", "a@b", "foo@-bar.com", "a@@b.c"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn telephone_numbers_are_found_as_they_are_written() {
        for number in [
            "+1 415 555 0132",
            "+44 20 7946 0958",
            "(415) 555-0132",
            "415-555-0132",
            "+49 30 901820",
            "+55 11 98456 5666",
            "0033 6 62 82 63 52",
        ] {
            assert_eq!(found(&format!("at {number}, or later")), [(Class::Phone, number)], "{number}");
        }
        assert_eq!(found("tel=612 963 994&x"), [(Class::Phone, "612 963 994")]);
        assert_eq!(found("My CN number is 13812345678"), [(Class::Phone, "13812345678")]);
        for text in [
            "1024 768 1920",
            "in 2024-11-24 10",
            "+999 12345678",
            "115-555-0132",
            "0.8862725933",
            "id=0301234567",
            "phone 2015-2016",
            "no. 0043 5195 0012 1 of 9",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}

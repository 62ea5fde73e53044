//! One-time codes.

use crate::Class;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::words::Topic;

/// Four to eight digits, in one piece or two, near a word that calls them a code.
pub(crate) fn code(scan: &mut Scan<'_>, start: usize, end: usize) {
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
        // Google writes `G-` before them.
        let prefixed = bytes[..at].ends_with(b"G-");
        let span = at - if prefixed { 2 } else { 0 }..stop;
        let year = digits == 4 && matches!(&bytes[at..stop], [b'1', b'9', ..] | [b'2', b'0', ..]);
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

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn codes_are_found_near_their_words() {
        for (text, code) in [
            ("Your verification code is 482913.", "482913"),
            ("123-456 is your login code", "123-456"),
            ("OTP: 0042", "0042"),
            ("G-829104 is your Google verification code", "G-829104"),
        ] {
            assert_eq!(found(text), [(Class::OneTimeCode, code)], "{text}");
        }
        for text in ["error code: 40412", "exit code 12345", "The code is from 2019", "zip code: 02139 is in MA"] {
            assert!(found(text).iter().all(|(class, _)| *class != Class::OneTimeCode), "{text}");
        }
    }
}

//! International bank account numbers.

use crate::Class;
use crate::check::mod97;
use crate::rule::{LABELLED, STRONG};
use crate::scan::Scan;
use crate::words::Topic;

/// SWIFT, IBAN registry: how long each country's are. And those that are not in it, but whose central banks write accounts so: BCEAO, BEAC, those of
/// Algeria, Angola, Cape Verde, the Comoros, Guinea-Bissau, Iran, Madagascar, Morocco, Mozambique.
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AO", 25),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BF", 28),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BJ", 28),
    (b"BR", 29),
    (b"BY", 28),
    (b"CF", 27),
    (b"CG", 27),
    (b"CH", 21),
    (b"CI", 28),
    (b"CM", 27),
    (b"CR", 22),
    (b"CV", 25),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"DZ", 26),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GA", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GQ", 27),
    (b"GR", 27),
    (b"GT", 28),
    (b"GW", 25),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IR", 26),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KM", 27),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MA", 28),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MG", 27),
    (b"MK", 19),
    (b"ML", 28),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"MZ", 25),
    (b"NE", 28),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SN", 28),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TD", 27),
    (b"TG", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// An account that begins at the word at `start`, in one piece or in groups with a space or a hyphen between.
pub(crate) fn iban(scan: &mut Scan<'_>, start: usize) {
    let bytes = &scan.text.as_bytes()[start..];
    let [first, second, third, fourth, ..] = bytes else { return };
    if !(first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
        && third.is_ascii_digit()
        && fourth.is_ascii_digit())
    {
        return;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let Some((_, length)) = LENGTHS.iter().find(|(code, _)| **code == country) else { return };
    if let Some((text, end)) = read(bytes, *length)
        && mod97(text[4..].iter().chain(&text[..4]).copied()) == 1
    {
        let ladder = if is_of_one_case(&bytes[..end]) { STRONG } else { LABELLED };
        scan.add(start..start + end, Class::Iban, "iban", ladder, &[Topic::Iban]);
    }
}

/// Whether letters that stand together are all capitals, as in the registry, or all small, as people write them: nobody mixes them.
fn is_of_one_case(written: &[u8]) -> bool {
    let runs = written.split(|byte| !byte.is_ascii_alphabetic());
    runs.into_iter().all(|run| run.iter().all(u8::is_ascii_uppercase) || run.iter().all(u8::is_ascii_lowercase))
}

/// So many letters and digits in capitals, and where they end; nothing where the word goes on.
fn read(bytes: &[u8], length: usize) -> Option<(Vec<u8>, usize)> {
    let (mut text, mut at) = (Vec::with_capacity(length), 0);
    while text.len() < length {
        match bytes.get(at)? {
            byte if byte.is_ascii_alphanumeric() => text.push(byte.to_ascii_uppercase()),
            b' ' | b'-' | b'.' | b'/' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            _ => return None,
        }
        at += 1;
    }
    let goes_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (!goes_on).then_some((text, at))
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn the_registrys_examples_are_found_and_none_with_another_check() {
        let examples = [
            "GB29 NWBK 6016 1331 9268 19",
            "DE89370400440532013000",
            "fr14 2004 1010 0505 0001 3m02 606",
            "NO93 8601 1117 947",
            "CH93-0076-2011-6238-5295-7",
            "MT84MALT011000012345MTLCAST001S",
        ];
        for example in examples {
            let text = format!("pay to {example}, please");
            assert_eq!(found(&text), [(Class::Iban, example)]);
            let wrong = format!("pay to {}00{}, please", &example[..2], &example[4..]);
            assert!(found(&wrong).iter().all(|(class, _)| *class != Class::Iban), "{wrong}");
        }
    }

    #[test]
    fn letters_of_both_cases_need_the_word() {
        let mixed = "gB29 nWBk 6016 1331 9268 19";
        assert!(found(&format!("part {mixed}")).iter().all(|(class, _)| *class != Class::Iban));
        assert_eq!(found(&format!("IBAN {mixed}")), [(Class::Iban, mixed)]);
    }
}

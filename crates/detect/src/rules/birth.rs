//! Dates of birth.

use std::sync::LazyLock;

use regex::Regex;

use crate::Class;
use crate::check::is_day;
use crate::part::part;
use crate::pattern;
use crate::rule::STRONG;
use crate::scan::Scan;

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|enero|gen|mag|giu|lug|ott)[a-zäéû]{0,8}";
    let pattern = format!(
        r"(?i)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:\d{{4}}|\d{{2}})|\d{{1,2}}(?:st|nd|rd|th|\.)?[ -](?:of |de )?{month}\.?,?[ -](?:de )?\d{{2,4}}|{month}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日|\d{{8}}"
    );
    pattern::compile(&pattern)
});

/// A date beside a word of birth.
pub(crate) fn birth(scan: &mut Scan<'_>, start: usize, end: usize) {
    const BEFORE: usize = 32;
    const AFTER: usize = 64;
    let from = scan.text.floor_char_boundary(start.saturating_sub(BEFORE));
    let to = scan.text.floor_char_boundary(end + AFTER);
    let text = scan.text;
    let Some(date) = &*DATE else {
        // A pattern that does not compile withholds what it would have looked at.
        return scan.add(from..to, Class::DateOfBirth, "date_of_birth", STRONG, &[]);
    };
    for found in date.find_iter(part(text, from..to)) {
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

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

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
}

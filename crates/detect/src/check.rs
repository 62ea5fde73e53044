//! Checks that standards prescribe, over letters and digits alone.

/// ISO/IEC 7812-1, annex B: every second digit from the right counts double, its digits added.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_from(0, digits)
}

/// The same, with what a prefix that is not written out adds to the sum.
pub(super) fn luhn_from(prefix: u32, digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, byte)| twice(value(*byte), place % 2 == 1)).sum();
    (prefix + sum).is_multiple_of(10)
}

/// A digit, or the digits of its double added up.
pub(super) fn twice(digit: u32, double: bool) -> u32 {
    match digit * 2 {
        _ if !double => digit,
        doubled @ 10.. => doubled - 9,
        doubled => doubled,
    }
}

/// A digit's value.
pub(super) fn value(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// A digit's value, or a capital's from ten on: ICAO 9303 and most others count letters so.
pub(super) fn place(byte: u8) -> u32 {
    if byte.is_ascii_digit() { value(byte) } else { u32::from(byte.wrapping_sub(b'A')) + 10 }
}

/// How many digits there are among letters.
pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// The number that a few digits write: nine at most.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum: u32, byte| sum.wrapping_mul(10).wrapping_add(value(*byte)))
}

/// The number that up to nineteen digits write.
pub(super) fn long(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum: u64, byte| sum.wrapping_mul(10).wrapping_add(u64::from(value(*byte))))
}

/// Digits times weights, added up; as many as there are weights.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum()
}

/// ISO/IEC 7064, MOD 97-10, with letters as 10 to 35.
pub(super) fn mod97(text: impl Iterator<Item = u8>) -> u32 {
    text.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + value(byte)) % 97,
        letter => (rest * 100 + place(letter)) % 97,
    })
}

/// ISO/IEC 7064, MOD 11,10.
pub(super) fn mod11_10(digits: &[u8]) -> bool {
    let Some((last, rest)) = digits.split_last() else { return false };
    let product = rest.iter().fold(10, |product, byte| match (value(*byte) + product) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    (product + value(*last)) % 10 == 1
}

/// Verhoeff's check (dihedral group of order ten), as UIDAI uses it.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let places = digits.iter().rev().enumerate();
    places.fold(0, |sum, (place, byte)| times(sum, permuted(value(*byte) as usize % 10, place % 8))) == 0
}

/// The group's product.
fn times(left: usize, right: usize) -> usize {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left + 5 - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

/// Verhoeff's permutation, applied `rounds` times.
fn permuted(digit: usize, rounds: usize) -> usize {
    (0..rounds).fold(digit, |digit, _| [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][digit])
}

/// Whether there is such a day; a year of two digits may be of any century.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (year < 100 || !year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A day written as YYMMDD.
pub(super) fn is_yymmdd(digits: &[u8]) -> bool {
    is_day(number(&digits[..2]), number(&digits[2..4]), number(&digits[4..6]))
}

/// A day written as DDMMYY.
pub(super) fn is_ddmmyy(digits: &[u8]) -> bool {
    is_day(number(&digits[4..6]), number(&digits[2..4]), number(&digits[..2]))
}

/// Whether all digits are the same: nobody has such a number.
pub(super) fn is_flat(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_agree_with_the_examples_of_their_standards() {
        assert!(luhn(b"79927398713") && !luhn(b"79927398710"), "the patent's account number");
        assert!(verhoeff(b"2363") && !verhoeff(b"2364"), "236 has the check digit 3");
        assert!(mod11_10(b"07945") && !mod11_10(b"07946"), "ISO/IEC 7064: 0794 has the check digit 5");
        assert_eq!(mod97(b"WEST12345698765432GB82".iter().copied()), 1, "ISO 13616: GB82 WEST 1234 5698 7654 32");
    }

    #[test]
    fn days_know_leap_years() {
        assert!(is_day(2000, 2, 29) && !is_day(1900, 2, 29) && is_day(4, 2, 29) && !is_day(1999, 13, 1));
    }
}

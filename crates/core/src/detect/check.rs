//! Checks that standards prescribe, over letters and digits alone.

/// ISO/IEC 7812-1, annex B: every second digit from the right counts double, its digits added.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, byte)| doubled(value(*byte), place % 2 == 1)).sum();
    sum.is_multiple_of(10)
}

fn doubled(digit: u32, twice: bool) -> u32 {
    match digit * 2 {
        _ if !twice => digit,
        double @ 10.. => double - 9,
        double => double,
    }
}

/// A digit's value.
pub(super) fn value(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// The number that a few digits write.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, byte| sum * 10 + value(*byte))
}

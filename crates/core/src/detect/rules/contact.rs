//! How people are reached.

use crate::detect::Class;
use crate::detect::rule::STRONG;
use crate::detect::scan::Scan;

/// RFC 5321: at most 64 bytes before the `@`, 255 after it, 63 a label.
pub(in crate::detect) fn email(scan: &mut Scan<'_>, at: usize) {
    let bytes = scan.text.as_bytes();
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(byte) || *byte >= 0x80;
    let before = bytes[at.saturating_sub(64)..at].iter().rev().take_while(|byte| is_local(byte)).count();
    let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte) || *byte >= 0x80;
    let after = bytes[at + 1..].iter().take(255).take_while(|byte| is_domain(byte)).count();
    let domain = scan.text[at + 1..at + 1 + after].trim_end_matches(['.', '-']);
    let labels = domain.split('.').collect::<Vec<_>>();
    let sound = labels.len() >= 2 && labels.iter().all(|label| (1..=63).contains(&label.len()));
    let top = labels.last().is_some_and(|top| top.len() >= 2 && !top.bytes().all(|byte| byte.is_ascii_digit()));
    let start = at - before;
    if before > 0 && sound && top && scan.text.is_char_boundary(start) {
        scan.add(start..at + 1 + domain.len(), Class::Email, "email", STRONG, &[]);
    }
}

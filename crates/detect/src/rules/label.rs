//! Labels: which rules look beside each, and what those find whose values have no shape: passwords, secrets.

mod password;
#[cfg(test)]
mod tests;
mod value;

use self::password::{command, password};
use self::value::{Join, VALUE, attribute, begins_line, cell, ends_line, is_address, is_written, value};
use crate::Class;
use crate::part::part;
use crate::rule::STRONG;
use crate::rules::{bic, birth, code};
use crate::scan::Scan;
use crate::token::entropy;
use crate::words::Topic;

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

//! Addresses in networks; whether they count is policy.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::Class;
use crate::part::part;
use crate::rule::{STRONG, rules};
use crate::scan::Scan;
use crate::words::Topic;

rules! {
    mac_address: MacAddress, STRONG, [Network]
        from "IEEE 802: EUI-48 as six octets in hexadecimal"
        like ["**-**-**-**-**-**", "****.****.****", "**-**-**-**-**-**-**-**"]
        if is_mac;
        yes ["01-b3-4a-67-d9-cf", "Physical address is aabb.ccdd.ee0f"]
        no ["01-b3-4a-67-d9-cg", "10-11-12-13-14-15-16", "00-00-00-00-00-00"]
}

fn is_mac(text: &[u8]) -> bool {
    // All decimal is more often a number or a date, and the broadcast address names nobody.
    let decimal = text.iter().all(u8::is_ascii_digit);
    text.iter().all(u8::is_ascii_hexdigit) && !decimal && !text.iter().all(|byte| *byte == b'F')
}

/// A run of hexadecimal digits, colons and points around `at`, a colon or a point: a MAC or an IP address, or neither. Answers where the run ends.
pub(crate) fn address(scan: &mut Scan<'_>, at: usize) -> usize {
    let bytes = scan.text.as_bytes();
    let is_part = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':');
    if !is_part(at + 1) || bytes[at] == b'.' && !(at > 0 && is_part(at - 1)) {
        return at;
    }
    let is_run = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let before = bytes[at.saturating_sub(4)..at].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let start = at - before;
    let end = at + bytes[at..].iter().take(46).take_while(|byte| is_run(byte)).count();
    let touched = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let trimmed = part(scan.text, start..end).trim_end_matches('.');
    let trimmed = trimmed.strip_suffix(':').filter(|rest| !rest.ends_with(':')).unwrap_or(trimmed);
    if touched(start.checked_sub(1)) || touched(Some(end)) || (start > 0 && matches!(bytes[start - 1], b'.' | b':')) {
        return end;
    }
    if let Some(class) = class_of(trimmed) {
        let end = start + trimmed.len();
        let end = if class == Class::IpAddress { end + suffix(&bytes[end..]) } else { end };
        scan.add(start..end, class, class.name(), STRONG, &[Topic::Network]);
    }
    end
}

/// RFC 4007 §11 and RFC 4632: a zone, and how long the prefix is.
fn suffix(bytes: &[u8]) -> usize {
    let run = |from: usize, of: fn(&u8) -> bool, most: usize| {
        bytes[from..].iter().take(most).take_while(|byte| of(byte)).count()
    };
    let zone = if bytes.first() == Some(&b'%') { 1 + run(1, |byte| byte.is_ascii_alphanumeric(), 16) } else { 0 };
    let length = if bytes.get(zone) == Some(&b'/') { run(zone + 1, u8::is_ascii_digit, 3) } else { 0 };
    zone + if length > 0 { 1 + length } else { 0 }
}

fn class_of(run: &str) -> Option<Class> {
    let octets = run.split(':').all(|octet| octet.len() == 2) && matches!(run.split(':').count(), 6 | 8);
    if octets {
        // The broadcast address names nobody.
        let named = !run.bytes().all(|byte| matches!(byte, b'f' | b'F' | b':'));
        return named.then_some(Class::MacAddress);
    }
    // A port may follow an address of version 4.
    let (host, port) = run.split_once(':').unwrap_or((run, ""));
    let four = host.parse::<Ipv4Addr>().is_ok_and(|address| !address.is_unspecified());
    if four && port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Class::IpAddress);
    }
    let six = run.parse::<Ipv6Addr>().is_ok_and(|address| !address.is_unspecified());
    // `add::` and its like are words of code.
    let holds_digit = run.bytes().any(|byte| byte.is_ascii_digit());
    (six && holds_digit && run.matches(':').count() >= 2).then_some(Class::IpAddress)
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn addresses_are_told_from_times_versions_and_code() {
        let classes = |text| found(text).into_iter().map(|(class, _)| class).collect::<Vec<_>>();
        for text in [
            "192.0.2.17",
            "at 192.0.2.17:8080.",
            "2001:db8::17",
            "fe80::1 is up",
            "::ffff:192.0.2.17",
            "fe80::1%eth0",
            "10.1.0.0/16",
            "2001:db8::/32",
        ] {
            assert_eq!(classes(text), [Class::IpAddress], "{text}");
        }
        assert_eq!(classes("00:1a:2b:3c:4d:5e"), [Class::MacAddress]);
        for text in
            ["12:30:45", "std::vec::Vec", "add::take", "1.2.3", "1.2.3.4.5", "300.1.2.3", "::", "a:b:c", "0.0.0.0"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }
}

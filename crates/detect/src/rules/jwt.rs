//! Signed tokens: JWT.

use crate::Class;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::work::looked;

/// RFC 7519: a header that is JSON, a body, a signature or none, in base64url. Answers where it ends.
#[inline(always)]
pub(crate) fn jwt(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    if scan.text.as_bytes()[start..].starts_with(b"eyJ") { measured(scan, start) } else { None }
}

#[inline(never)]
fn measured(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let bytes = scan.text.as_bytes();
    scan.parts.measure(bytes, start);
    let Parts { first, count, end, .. } = scan.parts;
    if !(2..=5).contains(&count) || !is_header(&bytes[start..first]) {
        return None;
    }
    scan.add(start..end, Class::Jwt, "jwt", STRONG, &[]);
    Some(end)
}

/// Parts with points between them from a word on. Words of one run share its end, and words of one part all but where they
/// begin: each is measured once, however many words could begin a token.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts {
    /// Where the part ends in which the word lies.
    first: usize,
    /// How many parts there are from that one on; six stand for more.
    count: usize,
    /// Where the run ends, and where it does without the points at its end.
    end: usize,
    trimmed: usize,
}

impl Parts {
    /// Measures from `start` on, which is never before where it was asked before.
    fn measure(&mut self, bytes: &[u8], start: usize) {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
        let is_point = |byte: &u8| *byte == b'.';
        if start >= self.end {
            self.end = start + bytes[start..].iter().take_while(|byte| is_part(byte) || is_point(byte)).count();
            let points = bytes[start..self.end].iter().rev().take_while(|byte| is_point(byte)).count();
            self.trimmed = self.end - points;
            looked(self.end - start);
        }
        if start >= self.first {
            self.first = start + bytes[start..].iter().take_while(|byte| is_part(byte)).count();
            let rest = bytes[self.first..self.trimmed].iter().inspect(|_| looked(1));
            self.count = 1 + rest.filter(|byte| is_point(byte)).take(5).count();
            looked(self.first - start);
        }
    }
}

/// The longest header that is read.
const HEADER: usize = 4096;

fn is_header(part: &[u8]) -> bool {
    let decoded = Base64Url { text: &part[..part.len().min(HEADER)], bits: 0, held: 0 };
    serde_json::from_reader::<_, serde_json::Map<String, serde_json::Value>>(decoded)
        .is_ok_and(|header| header.contains_key("alg") || header.contains_key("typ"))
}

/// Decodes as it is read: what is no JSON shows at its first bytes, and the rest is left.
struct Base64Url<'a> {
    text: &'a [u8],
    bits: u32,
    held: u32,
}

impl Base64Url<'_> {
    fn next(&mut self) -> Option<u8> {
        loop {
            let (byte, rest) = self.text.split_first()?;
            self.text = rest;
            looked(1);
            let six = match byte {
                b'=' => continue,
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'-' => 62,
                _ => 63,
            };
            (self.bits, self.held) = (self.bits << 6 | u32::from(six), self.held + 6);
            if self.held >= 8 {
                self.held -= 8;
                return Some((self.bits >> self.held) as u8);
            }
        }
    }
}

impl std::io::Read for Base64Url<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut length = 0;
        for slot in buffer {
            let Some(byte) = self.next() else { break };
            *slot = byte;
            length += 1;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn a_signed_token_needs_a_header_that_is_json() {
        // {"alg":"none"} and {"sub":"1"}, as RFC 7519 §6.1 has an unsecured one.
        let token = ["eyJhbGciOiJub25lIn0", "eyJzdWIiOiIxIn0", "AAAAAAAAAAAAAAAAAAAA"].join(".");
        assert_eq!(found(&format!("use {token} now")), [(Class::Jwt, token.as_str())]);
        assert!(found("eyJub3QganNvbg.eyJzdWIiOiIxIn0.AAAA").iter().all(|(class, _)| *class != Class::Jwt));
    }
}

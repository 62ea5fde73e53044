//! Keys, signed tokens, and addresses that hold a password.

use crate::detect::Class;
use crate::detect::rule::STRONG;
use crate::detect::scan::Scan;
use crate::detect::work::looked;

/// RFC 7468 and its kin: from the first line to the last. Where the last is missing, all that looks like a body goes with it.
/// Answers where to go on.
pub(in crate::detect) fn private_key(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    let text = &scan.text[at..];
    let label = text.strip_prefix("-----BEGIN ").or_else(|| text.strip_prefix("---- BEGIN "))?;
    let label = label[..label.floor_char_boundary(64)].split("--").next()?.trim();
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let head = text.find(label)? + label.len();
    let end = at + head + body(&text.as_bytes()[head..]);
    let end = at + scan.text[at..end].trim_end_matches([' ', '\r', '\n', '\t', '"', '\'', ',']).len();
    scan.add(at..end, Class::PrivateKey, "private_key", STRONG, &[]);
    Some(end)
}

/// How long a key's body is, with the line that closes it. No further is looked, or who begins many keys would have all of
/// the rest looked at for each.
fn body(text: &[u8]) -> usize {
    let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-:,.\\ \r\n\t\"'>#|".contains(byte);
    let ends = |at: &usize| !is_body(&text[*at]) || text[*at..].starts_with(b"END ");
    let end = (0..text.len()).find(ends).unwrap_or(text.len());
    // Where it is no closing line that ends it, nothing of what follows is a body's.
    let closes = text[end..].starts_with(b"END ");
    let closing = text[end..].iter().take_while(|byte| closes && is_body(byte) && **byte != b'\n').count();
    looked(end + closing);
    end + closing
}

/// RFC 7519: a header that is JSON, a body, a signature or none, in base64url. Answers where it ends.
pub(in crate::detect) fn jwt(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let bytes = scan.text.as_bytes();
    if !bytes[start..].starts_with(b"eyJ") {
        return None;
    }
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
pub(in crate::detect) struct Parts {
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

/// RFC 3986 with user and password before the host: a database's address, most often. `at` is its `://`.
pub(in crate::detect) fn connection(scan: &mut Scan<'_>, at: usize) {
    const SCHEME: usize = 24;
    const ADDRESS: usize = 1024;
    let bytes = scan.text.as_bytes();
    if !bytes[at..].starts_with(b"://") {
        return;
    }
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = bytes[at.saturating_sub(SCHEME)..at].iter().rev().take_while(|byte| is_scheme(byte)).count();
    let is_rest = |byte: &u8| !byte.is_ascii_whitespace() && !b"\"'<>`".contains(byte);
    let length = bytes[at + 3..].iter().take(ADDRESS).take_while(|byte| is_rest(byte)).count();
    looked(length);
    let rest = &bytes[at + 3..at + 3 + length];
    let authority = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(length);
    // A password may hold a slash that nobody escaped: the last `@` counts where the first part has none.
    let user =
        rest[..authority].iter().rposition(|byte| *byte == b'@').or_else(|| rest.iter().position(|byte| *byte == b'@'));
    let Some(user) = user else { return };
    let Some(colon) = rest[..user].iter().position(|byte| *byte == b':') else { return };
    let password = &rest[colon + 1..user];
    let standing = password.first().is_some_and(|byte| b"${<[%*".contains(byte))
        && password.last().is_some_and(|byte| b"}>]%*".contains(byte));
    let (start, end) = (at - scheme, at + 3 + length);
    if scheme > 0 && !password.is_empty() && !standing {
        // What is longer is cut, between characters.
        let end = scan.text.floor_char_boundary(end);
        scan.add(start..end, Class::ConnectionString, "connection_string", STRONG, &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::Class;
    use crate::detect::tests::found;

    #[test]
    fn a_private_key_is_found_whole_and_without_its_end() {
        let body = ["QUJD", "REVG"].map(|part| part.repeat(16)).join("\n");
        let head = ["-----BEGIN RSA PRIVATE", "KEY-----"].join(" ");
        let foot = ["-----END RSA PRIVATE", "KEY-----"].join(" ");
        let whole = format!("{head}\n{body}\n{foot}");
        assert_eq!(found(&format!("see\n{whole}\nthere (so)")), [(Class::PrivateKey, whole.as_str())]);
        assert_eq!(found(&format!("{head}\n{body}")), [(Class::PrivateKey, format!("{head}\n{body}").as_str())]);
        let public = format!("{}\n{body}", ["-----BEGIN PUBLIC", "KEY-----"].join(" "));
        assert!(found(&public).iter().all(|(class, _)| *class != Class::PrivateKey));
    }

    #[test]
    fn a_signed_token_needs_a_header_that_is_json() {
        // {"alg":"none"} and {"sub":"1"}, as RFC 7519 §6.1 has an unsecured one.
        let token = ["eyJhbGciOiJub25lIn0", "eyJzdWIiOiIxIn0", "AAAAAAAAAAAAAAAAAAAA"].join(".");
        assert_eq!(found(&format!("use {token} now")), [(Class::Jwt, token.as_str())]);
        assert!(found("eyJub3QganNvbg.eyJzdWIiOiIxIn0.AAAA").iter().all(|(class, _)| *class != Class::Jwt));
    }

    #[test]
    fn addresses_with_passwords_are_found_and_placeholders_are_not() {
        let address = "postgres://shop:s3cr3t@db.example:5432/shop";
        assert_eq!(found(&format!("URL={address}\n")), [(Class::ConnectionString, address)]);
        let long = format!("{address}/{}", "é".repeat(600));
        assert_eq!(found(&long).len(), 1, "what is too long is cut");
        for text in ["https://example.org/@user", "postgres://user:${PASSWORD}@db/x", "ssh://git@example.org/x"] {
            assert!(found(text).iter().all(|(class, _)| *class != Class::ConnectionString), "{text}");
        }
    }
}

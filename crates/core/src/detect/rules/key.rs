//! Keys, signed tokens, and addresses that hold a password.

use crate::detect::Class;
use crate::detect::rule::STRONG;
use crate::detect::scan::Scan;

/// RFC 7468 and its kin: from the first line to the last. Where the last is missing, all that looks like a body goes with it.
/// Answers where to go on.
pub(in crate::detect) fn private_key(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    let text = &scan.text[at..];
    let label = text.strip_prefix("-----BEGIN ").or_else(|| text.strip_prefix("---- BEGIN "))?;
    let label = label.get(..floor(label, 64)).and_then(|label| label.split("--").next())?.trim();
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let head = text.find(label)? + label.len();
    let body = &text[head..];
    let is_body = |char: char| char.is_ascii_alphanumeric() || "+/=-:,.\\ \r\n\t\"'>#|".contains(char);
    let length = body.find(|char| !is_body(char)).unwrap_or(body.len());
    let closing = body[..length].find("END ").map(|end| end + body[end..length].find('\n').unwrap_or(length - end));
    let end = at + head + closing.unwrap_or(length);
    let end = at + scan.text[at..end].trim_end_matches([' ', '\r', '\n', '\t', '"', '\'', ',']).len();
    scan.add(at..end, Class::PrivateKey, "private_key", STRONG, &[]);
    Some(end)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// RFC 7519: a header that is JSON, a body, a signature or none, in base64url. Answers where it ends.
pub(in crate::detect) fn jwt(scan: &mut Scan<'_>, start: usize) -> Option<usize> {
    let text = &scan.text[start..];
    if !text.starts_with("eyJ") {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    let bytes = text.as_bytes();
    let header = bytes.iter().take_while(|byte| is_part(byte)).count();
    let length = bytes.iter().take_while(|byte| is_part(byte) || **byte == b'.').count();
    let parts = text[..length].trim_end_matches('.').split('.').count();
    if !(2..=5).contains(&parts) || !is_header(&bytes[..header]) {
        return None;
    }
    scan.add(start..start + length, Class::Jwt, "jwt", STRONG, &[]);
    Some(start + length)
}

/// The longest header that is read.
const HEADER: usize = 4096;

fn is_header(part: &[u8]) -> bool {
    let decoded = base64url(&part[..part.len().min(HEADER)]);
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&decoded)
        .is_ok_and(|header| header.contains_key("alg") || header.contains_key("typ"))
}

fn base64url(text: &[u8]) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::with_capacity(text.len() * 3 / 4));
    for byte in text.iter().filter(|byte| **byte != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            _ => 63,
        };
        (bits, held) = (bits << 6 | u32::from(six), held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
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
    if scheme > 0 && !password.is_empty() && !standing && scan.text.is_char_boundary(end) {
        scan.add(start..end, Class::ConnectionString, "connection_string", STRONG, &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::{Class, Detector, Mode};

    fn found(text: &str) -> Vec<(Class, &str)> {
        let found = Detector::new(Mode::Balanced).find(text);
        found.into_iter().map(|finding| (finding.class, &text[finding.span])).collect()
    }

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
        for text in ["https://example.org/@user", "postgres://user:${PASSWORD}@db/x", "ssh://git@example.org/x"] {
            assert!(found(text).iter().all(|(class, _)| *class != Class::ConnectionString), "{text}");
        }
    }
}

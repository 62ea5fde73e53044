//! Connection strings: addresses that hold a password.

use crate::Class;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::work::looked;

/// RFC 3986 with user and password before the host: a database's address, most often. `at` is its `://`.
#[inline(always)]
pub(crate) fn connection(scan: &mut Scan<'_>, at: usize) {
    if scan.text.as_bytes()[at..].starts_with(b"://") {
        with_password(scan, at);
    }
}

#[inline(never)]
fn with_password(scan: &mut Scan<'_>, at: usize) {
    const SCHEME: usize = 24;
    const ADDRESS: usize = 1024;
    let bytes = scan.text.as_bytes();
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
    use crate::Class;
    use crate::tests::found;

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

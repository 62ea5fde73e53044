//! Private keys.

use crate::Class;
use crate::part::part;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::work::looked;

/// RFC 7468 and its kin: from the first line to the last. Where the last is missing, all that looks like a body goes with it.
/// Answers where to go on.
pub(crate) fn private_key(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    let text = part(scan.text, at..);
    let label = text.strip_prefix("-----BEGIN ").or_else(|| text.strip_prefix("---- BEGIN "))?;
    let label = part(label, ..label.floor_char_boundary(64)).split("--").next()?.trim();
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let head = text.find(label)? + label.len();
    let end = at + head + body(&text.as_bytes()[head..]);
    let end = at + part(scan.text, at..end).trim_end_matches([' ', '\r', '\n', '\t', '"', '\'', ',']).len();
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

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

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
}

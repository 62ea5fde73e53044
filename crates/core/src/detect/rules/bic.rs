//! Business identifier codes of banks.

use crate::detect::Class;
use crate::detect::part::part;
use crate::detect::rule::LABELLED;
use crate::detect::scan::Scan;
use crate::detect::words::Topic;

/// ISO 9362: bank, country, place, and a branch or none; letters alone would be any word, so a label has to say it.
pub(in crate::detect) fn bic(scan: &mut Scan<'_>, end: usize) {
    const AFTER: usize = 24;
    let to = scan.text.floor_char_boundary(end + AFTER);
    let text = scan.text;
    for word in part(text, end..to).split(|char: char| !char.is_ascii_alphanumeric()) {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let whole = text.as_bytes().get(start + word.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if whole && is_bic(word) {
            scan.add(start..start + word.len(), Class::Bic, "bic", LABELLED, &[Topic::Swift]);
        }
    }
}

fn is_bic(word: &str) -> bool {
    let bytes = word.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::detect::Class;
    use crate::detect::tests::found;

    #[test]
    fn banks_are_found_by_their_label() {
        assert_eq!(found("SWIFT: DEUTDEFF500"), [(Class::Bic, "DEUTDEFF500")]);
        assert_eq!(found("DEUTDEFF500"), []);
    }
}

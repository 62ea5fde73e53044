//! A part of a text.

use std::slice::SliceIndex;

/// What of `text` lies at `span`. Where that is no part of it the detectors fail, as they do where `str` is cut within a
/// character; but `str`'s message quotes the text, and what was typed would be printed to whatever log there is.
pub(super) fn part(text: &str, span: impl SliceIndex<str, Output = str>) -> &str {
    let Some(part) = text.get(span) else { panic!("a part of a text ends within a character") };
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_part_that_is_none_does_not_quote_the_text() {
        assert_eq!(part("é12", 2..), "12");
        let said = std::panic::catch_unwind(|| part("secret é", 8..)).unwrap_err();
        assert!(!said.downcast_ref::<&str>().unwrap().contains("secret"));
    }
}

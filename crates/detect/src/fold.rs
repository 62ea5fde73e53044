//! What looks like a mark or a digit of ASCII is read as one: spaces that do not break, long dashes, wide letters, digits of other scripts. What
//! nobody sees is not read at all.

use std::ops::Range;

/// A text as the rules read it, and where each part of it stands in the text as it was written.
pub(super) struct Folded {
    pub(super) text: String,
    turns: Vec<Turn>,
}

/// A character that is read as another one, or as none.
struct Turn {
    /// Where what it is read as lies.
    read: Range<usize>,
    /// Where the character ends as it was written.
    end: usize,
}

impl Folded {
    /// The text as the rules read it; nothing where that is the text itself.
    pub(super) fn of(written: &str) -> Option<Self> {
        if written.is_ascii() {
            return None;
        }
        let bytes = written.as_bytes();
        // What is read is never longer: no half of it is left where it grew out of.
        let mut folded = Self { text: String::with_capacity(written.len()), turns: Vec::new() };
        let (mut kept, mut at) = (0, 0);
        while let Some(next) = bytes[at..].iter().position(|byte| may_begin(*byte)) {
            at += next;
            let Some(char) = written.get(at..).and_then(|rest| rest.chars().next()) else { break };
            let end = at + char.len_utf8();
            if let Some(read) = read(char) {
                folded.text.push_str(written.get(kept..at).unwrap_or_default());
                let start = folded.text.len();
                folded.text.extend(read.char());
                folded.turns.push(Turn { read: start..folded.text.len(), end });
                kept = end;
            }
            at = end;
        }
        folded.text.push_str(written.get(kept..).unwrap_or_default());
        (!folded.turns.is_empty()).then_some(folded)
    }

    /// Where a part of the text that is read stands in the written one; what is not read at its ends is no part of it.
    pub(super) fn written(&self, span: &Range<usize>) -> Range<usize> {
        let until_start = self.turns.partition_point(|turn| turn.read.end <= span.start);
        let until_end = self.turns.partition_point(|turn| turn.read.start < span.end && turn.read.end <= span.end);
        self.after(until_start, span.start)..self.after(until_end, span.end)
    }

    /// Where `at` stands, behind so many turns.
    fn after(&self, turns: usize, at: usize) -> usize {
        turns.checked_sub(1).map_or(at, |last| self.turns[last].end + (at - self.turns[last].read.end))
    }
}

/// What a character is read as.
enum Read {
    Char(char),
    Nothing,
}

impl Read {
    fn char(&self) -> Option<char> {
        match self {
            Self::Char(char) => Some(*char),
            Self::Nothing => None,
        }
    }
}

/// The first bytes, in UTF-8, of all that is read as something else; a test holds this to them.
fn may_begin(byte: u8) -> bool {
    matches!(byte, 0xc2 | 0xd9 | 0xdb | 0xe0 | 0xe1 | 0xe2 | 0xe3 | 0xef)
}

/// Where the digits of other scripts begin: Unicode's class Nd, as far as people type them.
const ZEROS: [char; 14] = ['٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '၀'];

/// Unicode's White_Space, Dash, Default_Ignorable_Code_Point and Nd, and the wide forms of ASCII: what one of ASCII's looks like.
fn read(char: char) -> Option<Read> {
    let as_ascii = |zero: char, ascii: char| {
        let place = u32::from(char) - u32::from(zero);
        char::from_u32(u32::from(ascii) + place).map(Read::Char)
    };
    match char {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(Read::Char(' ')),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some(Read::Char('-')),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => Some(Read::Nothing),
        '‘' | '’' => Some(Read::Char('\'')),
        '“' | '”' | '„' => Some(Read::Char('"')),
        '！'..='～' => as_ascii('！', '!'),
        _ => ZEROS
            .iter()
            .find(|zero| (0..10).contains(&(i64::from(u32::from(char)) - i64::from(u32::from(**zero)))))
            .and_then(|zero| as_ascii(*zero, '0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::found;
    use crate::{Class, Detector, Mode};

    #[test]
    fn all_that_is_read_as_something_else_is_of_ascii_and_begins_as_it_may() {
        let mut digits = 0;
        for char in ('\u{80}'..=char::MAX).filter(|char| read(*char).is_some()) {
            assert!(may_begin(char.to_string().as_bytes()[0]), "{char:?}");
            assert!(read(char).and_then(|read| read.char()).is_none_or(|read| read.is_ascii_graphic() || read == ' '));
            digits += usize::from(char.is_numeric());
        }
        assert_eq!(digits, (ZEROS.len() + 1) * 10, "all of these are digits");
    }

    #[test]
    fn numbers_are_found_however_they_are_spaced_and_stand_where_they_were_written() {
        for number in [
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{202f}1111\u{202f}1111\u{202f}1111",
            "4111\u{2011}1111\u{2011}1111\u{2011}1111",
            "４１１１１１１１１１１１１１１１",
            "٤١١١١١١١١١١١١١١١",
            "4111\u{200b}1111\u{ad}11111111",
        ] {
            for (before, after) in [("", ""), ("é\u{a0}", "\u{a0}é"), ("\u{200e}", "\u{200e}")] {
                let text = format!("{before}{number}{after}");
                assert_eq!(found(&text), [(Class::CreditCard, number)], "{text:?}");
            }
        }
        assert_eq!(
            found("カード番号：４１１１１１１１１１１１１１１１。"),
            [(Class::CreditCard, "４１１１１１１１１１１１１１１１")]
        );
        assert_eq!(found("password: “s3cr et!”"), [(Class::Password, "s3cr et!")]);
    }

    proptest::proptest! {
        #[test]
        fn every_part_stands_where_it_was_written(text in "[a1 é\u{a0}\u{2011}\u{200b}１٤]{0,24}") {
            if let Some(folded) = Folded::of(&text) {
                for start in 0..folded.text.len() {
                    for end in start + 1..=folded.text.len() {
                        let (Some(part), written) = (folded.text.get(start..end), folded.written(&(start..end))) else { continue };
                        let written = text.get(written);
                        let again: Option<String> = written.map(|text| Folded::of(text).map_or(text.to_string(), |folded| folded.text));
                        proptest::prop_assert_eq!(again.as_deref(), Some(part));
                    }
                }
            }
            let _ = Detector::new(Mode::Strict).find(&text);
        }
    }
}

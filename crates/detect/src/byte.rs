//! What kind of byte something is, by one look into a table.

/// `0` to `9`.
pub(super) const DIGIT: u8 = 1;
/// A letter of ASCII.
pub(super) const LETTER: u8 = 2;
/// A capital of ASCII, beside its being a letter.
pub(super) const CAPITAL: u8 = 4;
/// What is no letter and still may begin a word that names something; a test holds this to the words.
pub(super) const BEGINS: u8 = 8;
/// A mark at which a rule looks closer.
pub(super) const ANCHOR: u8 = 16;
/// What may stand between a word that begins a token and the rest of it; see `tokens::begins_bare`.
pub(super) const JOINS: u8 = 32;
/// What may stand between two words of a seed phrase.
pub(super) const GAP: u8 = 64;

/// What ASCII's words are made of.
pub(super) const WORD: u8 = DIGIT | LETTER;

static KINDS: [u8; 256] = {
    let (mut kinds, mut byte) = ([0; 256], 0);
    while byte < 256 {
        kinds[byte] = kind_of(byte as u8);
        byte += 1;
    }
    kinds
};

const fn kind_of(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT | BEGINS | GAP,
        b'A'..=b'Z' => LETTER | CAPITAL,
        b'a'..=b'z' => LETTER,
        b'_' => BEGINS | JOINS,
        b'@' | b'+' | b'(' => ANCHOR,
        b'-' | b':' | b'.' => ANCHOR | JOINS | GAP,
        b'/' | b'~' => JOINS,
        b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' | b',' | b';' | b')' | b'#' | b'"' | b'\'' | b'|' => GAP,
        // A character of another script begins here; those bytes that go on one begin nothing.
        0xc2.. => BEGINS,
        _ => 0,
    }
}

/// The kinds of a byte.
#[inline(always)]
pub(super) fn kinds(byte: u8) -> u8 {
    KINDS[usize::from(byte)]
}

/// Where a run that begins at `start` ends whose bytes are all of one of `kinds`, and all the kinds in it.
#[inline(always)]
pub(super) fn run(bytes: &[u8], start: usize, of: u8) -> (usize, u8) {
    let (mut end, mut all) = (start, 0);
    while let Some(byte) = bytes.get(end) {
        let kinds = kinds(*byte);
        if kinds & of == 0 {
            break;
        }
        all |= kinds;
        end += 1;
    }
    (end, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_standard_library() {
        for byte in 0..=u8::MAX {
            let is = |kind| kinds(byte) & kind != 0;
            assert_eq!(is(DIGIT), byte.is_ascii_digit());
            assert_eq!(is(LETTER), byte.is_ascii_alphabetic());
            assert_eq!(is(CAPITAL), byte.is_ascii_uppercase());
            assert_eq!(is(WORD), byte.is_ascii_alphanumeric());
            let gap = byte.is_ascii_whitespace() || byte.is_ascii_digit() || b",.;:)-#\"'|".contains(&byte);
            assert_eq!(is(GAP), gap);
        }
    }

    #[test]
    fn a_run_ends_where_its_kinds_do() {
        assert_eq!(run(b"abC1 x", 0, WORD), (4, DIGIT | LETTER | CAPITAL | BEGINS | GAP));
        assert_eq!(run(b"abc", 1, LETTER), (3, LETTER));
        assert_eq!(run(b"abc", 3, LETTER), (3, 0));
    }
}

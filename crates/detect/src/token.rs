//! Shapes of tokens: text that stands for itself, and in braces an alphabet and how many of it: `ghp_{a:36}`, `{d:8-10}:AA{b:33}`.

use super::work::looked;

/// An alphabet's letter in a shape, and its bytes.
pub(super) fn is_of(alphabet: u8, byte: u8) -> bool {
    match alphabet {
        b'a' => byte.is_ascii_alphanumeric(),
        b'u' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
        b'z' => byte.is_ascii_lowercase(),
        b'x' => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
        b'X' => byte.is_ascii_hexdigit(),
        b'd' => byte.is_ascii_digit(),
        b'b' => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        b'B' => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        b'g' => byte.is_ascii_hexdigit() || byte == b'-',
        b'p' => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'='),
        _ => false,
    }
}

/// A piece of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Itself.
    Text(&'a [u8]),
    /// So many of an alphabet.
    Some { alphabet: u8, least: usize, most: usize },
}

/// The pieces of a shape.
pub(super) fn pieces(mut shape: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if shape.is_empty() {
            return None;
        }
        let Some(class) = shape.strip_prefix('{') else {
            let (text, rest) = shape.split_at(shape.find('{').unwrap_or(shape.len()));
            shape = rest;
            return Some(Piece::Text(text.as_bytes()));
        };
        let (class, rest) = class.split_once('}')?;
        shape = rest;
        let (alphabet, count) = class.split_once(':')?;
        let (least, most) = count.split_once('-').unwrap_or((count, count));
        Some(Piece::Some {
            alphabet: *alphabet.as_bytes().first()?,
            least: least.parse().ok()?,
            most: most.parse().ok()?,
        })
    })
}

/// The text that a shape begins with.
pub(super) fn prefix(shape: &str) -> &str {
    shape.split('{').next().unwrap_or("")
}

/// How many bytes at the beginning of `text` have the shape of these pieces, where no more of its last alphabet follows.
pub(super) fn fits(pieces: &[Piece<'_>], text: &[u8]) -> Option<usize> {
    let (mut at, mut last) = (0, None);
    let mut pieces = pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match *piece {
            Piece::Text(literal) => {
                at += text[at..].starts_with(literal).then_some(literal.len())?;
                last = None;
            }
            Piece::Some { alphabet, least, most } => {
                let run = text[at..].iter().take(most).take_while(|byte| is_of(alphabet, **byte)).count();
                looked(run);
                // What follows may be of the alphabet too: the shortest run before it counts.
                let count = match pieces.peek() {
                    Some(Piece::Text(next)) if is_of(alphabet, next[0]) => {
                        (least..=run).find(|count| text[at + count..].starts_with(next))?
                    }
                    _ => run,
                };
                at += (count >= least).then_some(count)?;
                last = (count == most).then_some(alphabet);
            }
        }
    }
    // A longer run is something else, such as a hash that begins by chance as a token does.
    let longer = text.get(at).is_some_and(|byte| match last {
        Some(b'B' | b'p') => false,
        Some(alphabet) => is_of(alphabet, *byte) || byte.is_ascii_alphanumeric(),
        None => false,
    });
    (!longer).then_some(at)
}

/// Bits of entropy a byte: 0 for one letter repeated, 6 at most for base64.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    text.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = text.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_fits_all_of_a_run_or_nothing() {
        let fits = |shape, text: &[u8]| fits(&pieces(shape).collect::<Vec<_>>(), text);
        assert_eq!(fits("ab_{d:3}", b"ab_123 rest"), Some(6));
        assert_eq!(fits("ab_{d:3}", b"ab_1234"), None);
        assert_eq!(fits("{d:2-4}:X{a:2}", b"1234:Xab"), Some(8));
        assert_eq!(fits("a{b:1-9}T3{b:2}", b"azzT3yy"), Some(7), "the run gives way to what follows");
        assert_eq!(fits("ab_{d:3}", "ab_é".as_bytes()), None);
    }

    #[test]
    fn entropy_tells_noise_from_words() {
        assert!(entropy(b"aaaaaaaa") < 0.1 && entropy(b"0123456789abcdef") > 3.9);
    }
}

//! Many texts that something may begin with, found by their first bytes, whatever the case of their ASCII letters.

use std::borrow::Cow;

/// So many buckets; few of a thousand texts share one.
const BUCKETS: usize = 4096;
/// So many pairs of letters, of which five bits each are looked at.
const PAIRS: usize = 1 << 10;

/// Texts with what they stand for.
pub(super) struct Prefixes<T> {
    /// After which two bytes, as far as five bits of each tell them, which third one comes in a text: a bit each.
    third: Box<[u32; PAIRS]>,
    /// And after the second and the third, which fourth. Most places in a text are told by these two not to be looked at.
    fourth: Box<[u32; PAIRS]>,
    /// Where each bucket begins among the texts.
    first: Box<[u16]>,
    /// The first four bytes of each, small, and which of them there are.
    keys: Box<[(u32, u32)]>,
    texts: Vec<(Cow<'static, str>, T)>,
}

impl<T> Prefixes<T> {
    /// Texts of two bytes or more; shorter ones are never found.
    pub(super) fn new(texts: impl Iterator<Item = (impl Into<Cow<'static, str>>, T)>) -> Self {
        let mut texts: Vec<(Cow<'static, str>, T)> =
            texts.map(|(text, value)| (text.into(), value)).filter(|(text, _)| text.len() >= 2).collect();
        let bucket = |text: &str| bucket(text.as_bytes());
        texts.sort_by_key(|(text, _)| bucket(text));
        let mut first = vec![0; BUCKETS + 1];
        texts.iter().for_each(|(text, _)| first[bucket(text) + 1] += 1);
        for at in 1..=BUCKETS {
            first[at] += first[at - 1];
        }
        let [mut third, mut fourth] = [(); 2].map(|()| Box::new([0; PAIRS]));
        for (text, _) in &texts {
            match *text.as_bytes() {
                [one, two, three, ref rest @ ..] => {
                    third[pair(one, two)] |= bit(three);
                    fourth[pair(two, three)] |= rest.first().map_or(u32::MAX, |four| bit(*four));
                }
                // After a text of two bytes anything may follow.
                [one, two] => {
                    third[pair(one, two)] = u32::MAX;
                    (0..=u8::MAX).for_each(|three| fourth[pair(two, three)] = u32::MAX);
                }
                _ => {}
            }
        }
        let keys = texts.iter().map(|(text, _)| key(text.as_bytes())).collect();
        Self { third, fourth, first: first.into(), keys, texts }
    }

    /// Calls `hit` with the length and the value of each that `text` begins with, in any case.
    #[inline(always)]
    pub(super) fn at<'a>(&'a self, text: &[u8], hit: impl FnMut(usize, &'a T)) {
        if self.may_begin(text) {
            self.compare(text, hit);
        }
    }

    /// Whether one may be there, by the first four bytes.
    #[inline(always)]
    pub(super) fn may_begin(&self, text: &[u8]) -> bool {
        let [one, two, three, four, ..] = *text else { return text.len() >= 2 };
        self.third[pair(one, two)] & bit(three) != 0 && self.fourth[pair(two, three)] & bit(four) != 0
    }

    #[inline(never)]
    fn compare<'a>(&'a self, text: &[u8], mut hit: impl FnMut(usize, &'a T)) {
        let bucket = bucket(text);
        let range = usize::from(self.first[bucket])..usize::from(self.first[bucket + 1]);
        let (wanted, _) = key(text);
        for ((prefix, value), (key, mask)) in self.texts[range.clone()].iter().zip(&self.keys[range]) {
            // Most that share two bytes differ in the next two.
            let prefix = prefix.as_bytes();
            if wanted & mask == *key && text.get(..prefix.len()).is_some_and(|text| text.eq_ignore_ascii_case(prefix)) {
                hit(prefix.len(), value);
            }
        }
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// Letters of either case have the same.
fn bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// The first four bytes in small letters, and a mask for those that there are.
fn key(text: &[u8]) -> (u32, u32) {
    let of = |at: usize| text.get(at).map_or((0, 0), |byte| (byte.to_ascii_lowercase(), u8::MAX));
    let bytes = [of(0), of(1), of(2), of(3)];
    (u32::from_le_bytes(bytes.map(|(byte, _)| byte)), u32::from_le_bytes(bytes.map(|(_, mask)| mask)))
}

fn bucket(text: &[u8]) -> usize {
    let (first, second) = (usize::from(text[0].to_ascii_lowercase()), usize::from(text[1].to_ascii_lowercase()));
    (first * 79 + second) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_found_in_any_case_whatever_follows() {
        let texts = ["dl", "cvv", "birth", "né le", "身份证", "_key", "2fa"];
        let prefixes = Prefixes::new(texts.iter().map(|text| (*text, *text)));
        for text in texts {
            for rest in ["", "a", "Z9", " ~", "é", "\u{7f}\u{0}"] {
                for text in [text.to_string(), text.to_ascii_uppercase()] {
                    let mut hits = Vec::new();
                    prefixes.at(format!("{text}{rest}").as_bytes(), |length, value| hits.push((length, *value)));
                    assert_eq!(hits.len(), 1, "{text}{rest}");
                    assert_eq!(
                        (hits[0].0, &*hits[0].1.to_ascii_uppercase()),
                        (text.len(), &*text.to_ascii_uppercase())
                    );
                }
            }
        }
        for text in ["", "d", "dk", "cv", "cvx", "birch", "2f", "birt"] {
            prefixes.at(text.as_bytes(), |_, value| panic!("{value} in {text}"));
        }
    }
}

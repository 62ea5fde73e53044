//! Many texts that something may begin with, found by their first two bytes, whatever the case of their ASCII letters.

use std::borrow::Cow;

/// So many buckets; few of a thousand texts share one.
const BUCKETS: usize = 4096;

/// Texts with what they stand for.
pub(super) struct Prefixes<T> {
    /// Where each bucket begins among the texts.
    first: Box<[u16]>,
    /// The third byte of each, small; zero where there is none.
    third: Box<[u8]>,
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
        let third = texts.iter().map(|(text, _)| third(text.as_bytes())).collect();
        Self { first: first.into(), third, texts }
    }

    /// Calls `hit` with the length and the value of each that `text` begins with, in any case.
    pub(super) fn at<'a>(&'a self, text: &[u8], mut hit: impl FnMut(usize, &'a T)) {
        if text.len() < 2 {
            return;
        }
        let (bucket, wanted) = (bucket(text), third(text));
        let range = usize::from(self.first[bucket])..usize::from(self.first[bucket + 1]);
        for ((prefix, value), third) in self.texts[range.clone()].iter().zip(&self.third[range]) {
            // Most that share two bytes differ in the third, and of the others most in the last one.
            if *third != wanted && *third != 0 {
                continue;
            }
            let prefix = prefix.as_bytes();
            let last = prefix.len() - 1;
            let fits = text.get(last).is_some_and(|byte| byte.eq_ignore_ascii_case(&prefix[last]));
            if fits && text[..last].eq_ignore_ascii_case(&prefix[..last]) {
                hit(prefix.len(), value);
            }
        }
    }
}

fn third(text: &[u8]) -> u8 {
    text.get(2).map_or(0, u8::to_ascii_lowercase)
}

fn bucket(text: &[u8]) -> usize {
    let (first, second) = (usize::from(text[0].to_ascii_lowercase()), usize::from(text[1].to_ascii_lowercase()));
    (first * 79 + second) % BUCKETS
}

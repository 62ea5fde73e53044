//! Many texts that something may begin with, found by their first two bytes, whatever their case.

/// So many buckets; few of a thousand texts share one.
const BUCKETS: usize = 4096;

/// Texts with what they stand for.
pub(super) struct Prefixes<T> {
    /// Where each bucket begins among the texts.
    first: Box<[u16]>,
    texts: Vec<(&'static [u8], T)>,
}

impl<T> Prefixes<T> {
    /// Texts of two bytes or more; shorter ones are never found.
    pub(super) fn new(texts: impl Iterator<Item = (&'static str, T)>) -> Self {
        let mut texts: Vec<_> =
            texts.map(|(text, value)| (text.as_bytes(), value)).filter(|(text, _)| text.len() >= 2).collect();
        texts.sort_by_key(|(text, _)| bucket(text));
        let first = (0..=BUCKETS).map(|wanted| texts.partition_point(|(text, _)| bucket(text) < wanted) as u16);
        Self { first: first.collect(), texts }
    }

    /// Calls `hit` with the length and the value of each that `text` begins with, in any case.
    pub(super) fn at<'a>(&'a self, text: &[u8], mut hit: impl FnMut(usize, &'a T)) {
        if text.len() < 2 {
            return;
        }
        let bucket = bucket(text);
        for (prefix, value) in &self.texts[usize::from(self.first[bucket])..usize::from(self.first[bucket + 1])] {
            // Most that share two bytes differ in the last one already.
            let last = prefix.len() - 1;
            let fits = text.get(last).is_some_and(|byte| byte.eq_ignore_ascii_case(&prefix[last]));
            if fits && text[..last].eq_ignore_ascii_case(&prefix[..last]) {
                hit(prefix.len(), value);
            }
        }
    }
}

fn bucket(text: &[u8]) -> usize {
    let (first, second) = (usize::from(text[0].to_ascii_lowercase()), usize::from(text[1].to_ascii_lowercase()));
    (first * 79 + second) % BUCKETS
}

//! What lies in this memory between two calls: a text, and what was found in it.

use std::hint::black_box;

use understudy_detect::{Detector, Mode, Redaction, Span};

/// A text has at most so many bytes: what looking at it takes is a few times as much.
pub(crate) const LONGEST: usize = 1 << 20;
/// What the detectors use of the stack, and more.
const STACK: usize = 256 << 10;

/// A text, and what was found in it.
pub(crate) struct Desk {
    text: Vec<u8>,
    redacted: String,
    answer: Vec<usize>,
}

impl Desk {
    pub(crate) const fn new() -> Self {
        Self { text: Vec::new(), redacted: String::new(), answer: Vec::new() }
    }

    /// Room for a text, of zeros.
    pub(crate) fn room(&mut self, length: usize) -> Option<&mut [u8]> {
        if length > LONGEST {
            return None;
        }
        self.text = vec![0; length];
        Some(&mut self.text)
    }

    /// The row of words that [`find`](crate::find) tells of.
    pub(crate) fn find(&mut self, length: usize, mode: Mode) -> Option<&[usize]> {
        let text = str::from_utf8(self.text.get(..length)?).ok()?;
        let Redaction { spans, text: redacted } = Redaction::new(text, &Detector::new(mode).find(text));
        self.redacted = redacted;
        let head = [spans.len(), self.redacted.as_ptr().addr(), self.redacted.len()];
        let words = |Span { start, end, class }| [start, end, class.as_ptr().addr(), class.len()];
        self.answer = head.into_iter().chain(spans.into_iter().flat_map(words)).collect();
        Some(&self.answer)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new();
    }
}

/// Overwrites what calls left behind on the stack: digits that a check was made of, say.
#[inline(never)]
pub(crate) fn wipe_stack() {
    black_box(&mut [0_u8; STACK]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(desk: &mut Desk, text: &[u8]) {
        desk.room(text.len()).expect("there is room").copy_from_slice(text);
    }

    #[test]
    fn an_answer_has_each_span_and_what_may_be_shown() {
        let mut desk = Desk::new();
        let text = "🦀 ssn 078-05-1121, jo@example.org";
        write(&mut desk, text.as_bytes());
        let answer = desk.find(text.len(), Mode::Balanced).expect("is UTF-8").to_vec();
        assert_eq!((answer[0], answer[2]), (2, "🦀 ssn ⟨us_ssn⟩, ⟨email⟩".len()));
        assert_eq!((answer[3], answer[4], answer[6]), (6, 17, "us_ssn".len()));
        assert_eq!((answer[7], answer[8], answer[10]), (19, 33, "email".len()));
        assert_eq!(answer.len(), 11);
    }

    #[test]
    fn what_is_too_long_or_no_text_has_no_answer() {
        let mut desk = Desk::new();
        assert!(desk.room(LONGEST + 1).is_none());
        assert!(desk.room(LONGEST).is_some());
        write(&mut desk, b"a\xff");
        assert_eq!(desk.find(1, Mode::Strict).map(<[usize]>::len), Some(3));
        assert!(desk.find(2, Mode::Strict).is_none() && desk.find(3, Mode::Strict).is_none());
    }
}

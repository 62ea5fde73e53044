//! A text with what was found in it replaced by its class.

use super::Finding;
use super::part::part;

/// A finding as other languages count: in Unicode code points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first code point that is not shown.
    pub start: usize,
    /// The first one that is shown again.
    pub end: usize,
    /// The name of its class.
    pub class: &'static str,
}

/// What of a text may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// What is not, in the text's order.
    pub spans: Vec<Span>,
    /// The text with `⟨class⟩` in the place of each.
    pub text: String,
}

impl Redaction {
    /// Takes out of `text` what was found in it by [`find`](super::Detector::find).
    pub fn new(text: &str, found: &[Finding]) -> Self {
        let mut redaction = Self { spans: Vec::with_capacity(found.len()), text: String::with_capacity(text.len()) };
        let (mut at, mut point) = (0, 0);
        for finding in found {
            let (kept, taken) = (part(text, at..finding.span.start), part(text, finding.span.clone()));
            let start = point + kept.chars().count();
            let class = finding.class.name();
            point = start + taken.chars().count();
            redaction.spans.push(Span { start, end: point, class });
            redaction.text.extend([kept, "⟨", class, "⟩"]);
            at = finding.span.end;
        }
        redaction.text.push_str(part(text, at..));
        redaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detector, Mode};

    #[test]
    fn spans_count_code_points() {
        let text = "🦀 é: 078-05-1121, ok";
        let redaction = Redaction::new(text, &Detector::new(Mode::Balanced).find(text));
        assert_eq!(redaction.spans, [Span { start: 5, end: 16, class: "us_ssn" }]);
        assert_eq!(redaction.text, "🦀 é: ⟨us_ssn⟩, ok");
    }
}

//! The detector engine on any text: findings lie in the text, in order, between characters, and strict finds whatever balanced does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::detect::{Detector, Mode, Redaction};

fuzz_target!(|text: &str| {
    let [balanced, strict] = [Mode::Balanced, Mode::Strict].map(|mode| Detector::new(mode).find(text));
    for found in [&balanced, &strict] {
        let mut end = 0;
        for finding in found {
            assert!(end <= finding.span.start && finding.span.start < finding.span.end);
            assert!(text.get(finding.span.clone()).is_some());
            end = finding.span.end;
        }
        let redaction = Redaction::new(text, found);
        assert_eq!(redaction.spans.len(), found.len());
    }
    // What is covered in balanced mode is covered in strict mode, but for marks between two findings.
    let is_covered = |at: usize| strict.iter().any(|finding| finding.span.contains(&at));
    for finding in &balanced {
        let letters = text[finding.span.clone()].char_indices().filter(|(_, char)| char.is_alphanumeric());
        assert!(letters.into_iter().all(|(at, _)| is_covered(finding.span.start + at)));
    }
});

//! Every rule on its own examples.

use proptest::prelude::*;

use super::*;

/// What balanced mode finds in a text: of which class, and what.
pub(super) fn found(text: &str) -> Vec<(Class, &str)> {
    let found = Detector::new(Mode::Balanced).find(text);
    found.into_iter().map(|finding| (finding.class, &text[finding.span])).collect()
}

#[test]
fn every_masked_rule_finds_its_own_examples_and_none_of_the_others() {
    let threshold = Mode::Balanced.threshold();
    let mut wrong = Vec::new();
    for rule in rules::FAMILIES.iter().copied().flatten() {
        assert!(!rule.source.is_empty() && !rule.yes.is_empty() && !rule.no.is_empty(), "{}", rule.name);
        let finds =
            |text: &&&str| scan::scan(text, threshold, true).iter().any(|found| found.finding.rule == rule.name);
        wrong.extend(rule.yes.iter().filter(|text| !finds(text)).map(|text| format!("{} misses {text}", rule.name)));
        wrong.extend(rule.no.iter().filter(finds).map(|text| format!("{} finds {text}", rule.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn masks_are_written_in_their_alphabet() {
    for rule in rules::FAMILIES.iter().copied().flatten() {
        for mask in rule.masks {
            assert!(mask.len() <= mask::MAX_MASK && mask.bytes().all(|byte| b"9A* -./+()".contains(&byte)), "{mask}");
            assert!(
                mask.ends_with(['9', 'A', '*', ')']) && !mask.starts_with([' ', '-', '.', '/', '+', '(', ')']),
                "{mask}"
            );
        }
    }
}

#[test]
fn an_address_is_found_where_it_stands() {
    let found = Detector::new(Mode::Balanced).find("écris à jean.dupont@example.org.");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].class.name(), found[0].span.clone()), ("email", 10..33));
}

/// A value of a token's shape, of its alphabets' least many, always the same for one seed. None is ever written down.
fn example(shape: &str, seed: &mut u64) -> String {
    let mut example = String::new();
    for piece in token::pieces(shape) {
        match piece {
            token::Piece::Text(text) => example += std::str::from_utf8(text).unwrap(),
            token::Piece::Some { alphabet, least, .. } => {
                let letters: Vec<char> =
                    ('-'..='z').filter(|char| token::is_of(alphabet, *char as u8) && *char != '=').collect();
                example.extend((0..least).map(|_| letters[(next(seed) % letters.len() as u64) as usize]));
            }
        }
    }
    example
}

/// SplitMix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 7
}

#[test]
fn every_token_is_found_in_a_line_of_configuration_and_in_prose() {
    let (detector, mut seed, mut missed) = (Detector::new(Mode::Balanced), 7, Vec::new());
    for (name, source, shape) in rules::tokens::FAMILIES.iter().copied().flatten() {
        assert!(!source.is_empty());
        for (before, after) in [("", ""), ("use ", " for it, now"), ("KEY=\"", "\"\n")] {
            let text = format!("{before}{}{after}", example(shape, &mut seed));
            let whole = before.len()..text.len() - after.len();
            let found = detector.find(&text);
            if !found.iter().any(|finding| finding.span == whole && finding.class == Class::ApiKey) {
                missed.push((name, before, found));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn there_are_two_hundred_tokens_and_more_each_by_its_own_name() {
    let names: std::collections::BTreeSet<_> =
        rules::tokens::FAMILIES.iter().copied().flatten().map(|token| token.0).collect();
    assert_eq!(names.len(), rules::tokens::FAMILIES.iter().map(|family| family.len()).sum::<usize>());
    assert!(names.len() >= 200);
}

/// Pieces of what rules look at, so that chance meets them.
fn hostile() -> impl Strategy<Value = String> {
    let lexicon: Vec<&str> = words::WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    let piece = prop_oneof![
        Just("password: ".to_string()),
        Just("ssn ".to_string()),
        Just("born ".to_string()),
        Just("-----BEGIN PRIVATE".to_string()),
        Just("://u:p@".to_string()),
        Just("eyJ".to_string()),
        Just("@".to_string()),
        Just("é⟨".to_string()),
        prop::sample::select(lexicon).prop_map(str::to_string),
        "[0-9]{1,19}",
        "[ .:/+(),-]{1,3}",
        "[A-Z]{2}[0-9]{2}",
        "\\PC{0,6}",
        "[a-z]{1,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn findings_lie_in_the_text_in_order_and_strict_covers_balanced(text in hostile()) {
        let [balanced, strict] = [Mode::Balanced, Mode::Strict].map(|mode| Detector::new(mode).find(&text));
        for found in [&balanced, &strict] {
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            prop_assert!(found.iter().all(|finding| text.get(finding.span.clone()).is_some_and(|span| !span.is_empty())));
        }
        for finding in &balanced {
            for (at, _) in text[finding.span.clone()].char_indices().filter(|(_, char)| char.is_alphanumeric()) {
                prop_assert!(strict.iter().any(|other| other.span.contains(&(finding.span.start + at))));
            }
        }
    }

    /// What it is may change with the words around it: a house number, say. It is one finding all the same.
    #[test]
    fn a_number_is_found_wherever_it_stands(before in "[a-z ]{0,40}", after in "[a-z ]{0,40}") {
        let text = format!("{before} 536-90-4399 {after}");
        let found = Detector::new(Mode::Balanced).find(&text);
        prop_assert!(found.iter().any(|finding| text[finding.span.clone()].contains("536-90-4399")));
    }
}

#[test]
fn a_number_before_a_street_is_not_cut_in_two() {
    let text = "536-90-4399 aaaa st";
    assert_eq!(found(text), [(Class::PostalAddress, text)]);
}

/// What could be looked at again and again: beginnings without ends, ends without beginnings, one thing over and over.
const HOSTILE: &[&str] = &[
    "a",
    "1",
    "A",
    "é",
    " ",
    "@",
    "a@",
    "a@b.co aa@bb.co ",
    "1 ",
    "1-",
    "1.",
    "+1 ",
    "::",
    "://a:",
    "a://a:b@",
    "ssn ",
    "ssn 536-90-4399 ",
    "password:",
    "password:!",
    "password ",
    "key=\"",
    "token=",
    "Bearer ",
    "secret: ",
    "code 1234 ",
    "born 1 ",
    "diabetes ",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----(",
    "-----BEGIN PRIVATE KEY-----END \n",
    "eyJ.",
    "eyJ-",
    "eyJ....",
    "eyJ-eyJ.",
    "eyJhbGci-",
    "eyJhbGciOiJub25lIn0.e30. ",
    "sk-",
    "a-",
    "abandon ",
    "zoo, ",
    "1 the ",
    "1 st ",
    "Via 1 ",
];

#[test]
fn what_is_looked_at_grows_as_the_text_does() {
    let (detector, mut wrong) = (Detector::new(Mode::Strict), Vec::new());
    for piece in HOSTILE {
        for tail in ["", ".a", "\n-----END PRIVATE KEY-----"] {
            let looked = |length: usize| {
                let text = piece.repeat(length / piece.len()) + tail;
                work::of(|| drop(detector.find(&text)))
            };
            // Four times the text is four times the work, and not sixteen times; what is looked at last is cut short by the end.
            let (some, more) = (looked(SOME), looked(4 * SOME));
            if more > 5 * some + SOME {
                wrong.push((piece, tail, some, more));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const SOME: usize = 16 << 10;

#[test]
fn hostile_texts_end() {
    let detector = Detector::new(Mode::Strict);
    for piece in HOSTILE {
        // Were a rule to look at all the rest from every anchor, this would not end today.
        let text = piece.repeat((1 << 20) / piece.len());
        let found = detector.find(&text);
        assert!(found.iter().all(|finding| text.get(finding.span.clone()).is_some()));
    }
}

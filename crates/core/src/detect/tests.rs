//! Every rule on its own examples.

use super::*;

#[test]
fn every_masked_rule_finds_its_own_examples_and_none_of_the_others() {
    let threshold = Mode::Balanced.threshold();
    let mut wrong = Vec::new();
    for rule in rules::FAMILIES.iter().copied().flatten() {
        assert!(!rule.source.is_empty() && !rule.yes.is_empty() && !rule.no.is_empty(), "{}", rule.name);
        let finds = |text: &&&str| scan::scan(text, threshold).iter().any(|finding| finding.rule == rule.name);
        wrong.extend(rule.yes.iter().filter(|text| !finds(text)).map(|text| format!("{} misses {text}", rule.name)));
        wrong.extend(rule.no.iter().filter(finds).map(|text| format!("{} finds {text}", rule.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn masks_are_written_in_their_alphabet() {
    for rule in rules::FAMILIES.iter().copied().flatten() {
        for mask in rule.masks {
            assert!(mask.len() <= mask::MAX_MASK && mask.bytes().all(|byte| b"9A* -./+".contains(&byte)), "{mask}");
            assert!(mask.ends_with(['9', 'A', '*']) && !mask.starts_with([' ', '-', '.', '/', '+']), "{mask}");
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

//! Every rule on its own examples.

use super::*;

#[test]
fn every_masked_rule_finds_its_own_examples_and_none_of_the_others() {
    let detector = Detector::new(Mode::Balanced);
    for rule in rules::FAMILIES.iter().copied().flatten() {
        assert!(!rule.source.is_empty() && !rule.yes.is_empty(), "{}", rule.name);
        for text in rule.yes {
            assert!(detector.find(text).iter().any(|finding| finding.class == rule.class), "{}: {text}", rule.name);
        }
        for text in rule.no {
            assert!(detector.find(text).iter().all(|finding| finding.class != rule.class), "{}: {text}", rule.name);
        }
    }
}

#[test]
fn an_address_is_found_where_it_stands() {
    let found = Detector::new(Mode::Balanced).find("écris à jean.dupont@example.org.");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].class.name(), found[0].span.clone()), ("email", 10..33));
}

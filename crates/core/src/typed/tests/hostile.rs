//! Random scripts in each of which a sensitive value stood in the field: nothing of it is told. And harmless text that is typed the same way: most of
//! it is.

use proptest::prelude::*;

use super::leak::{assert_untold, records, significant};
use super::typist::{OVER_FIELDS, OVER_SOMETHING, Typist, WAYS};
use super::value::{Dice, Value, card, value};
use crate::detect::{Detector, Mode};
use crate::typed::{Role, ScriptEvent, ScriptRecord};

proptest! {
    // More of them with PROPTEST_CASES.
    #![proptest_config(ProptestConfig::with_cases(16 * ProptestConfig::default().cases))]

    #[test]
    fn nothing_that_stood_in_a_field_is_told(seed in any::<u64>()) {
        if let Some((events, value)) = script_of(seed) {
            assert_untold(&events, &value.text)?;
        }
    }

    #[test]
    fn nothing_is_told_of_it_later_either(seed in any::<u64>()) {
        if let Some((events, value)) = wander(seed) {
            assert_untold(&events, &value.text)?;
        }
    }

    #[test]
    fn a_card_number_put_together_by_clicks_is_not_told(seed in any::<u64>(), clicks in prop::collection::vec(0..16usize, 1..6)) {
        // Where the clicks put the caret, nobody knows: the digits come in some order.
        let mut typist = Typist::new(seed);
        let card = card(&mut typist.dice);
        let mut digits: Vec<char> = significant(&card.text);
        let turn = typist.dice.below(digits.len());
        digits.rotate_left(turn);
        let end = digits.len() - turn;
        for (at, digit) in digits.iter().enumerate() {
            if clicks.contains(&at) || at == end {
                typist.press("Click");
            }
            typist.press(digit.encode_utf8(&mut [0; 4]));
        }
        typist.words(2);
        assert_untold(&typist.events(), &card.text)?;
    }
}

/// Scripts in which something was told once.
#[test]
fn what_was_told_once_is_told_no_more() {
    // The field held something else than was thought when the value came again.
    for seed in
        [5_347_386_452_537_831_869, 10_999_228_984_472_993_696, 2_245_161_692_472_665_820, 5_153_177_235_354_353_154]
    {
        let (events, value) = script_of(seed).unwrap();
        assert_untold(&events, &value.text).unwrap();
    }
}

/// Somebody who brings a value into a field and goes on; nothing where the detectors do not know the value.
fn script_of(seed: u64) -> Option<(Vec<ScriptEvent>, Value)> {
    let mut typist = Typist::new(seed);
    let value = known(&mut typist.dice)?;
    typist.words(3);
    typist.bring(&value);
    typist.go_on(&value);
    typist.words(3);
    Some((typist.events(), value))
}

/// Somebody who comes from anywhere and goes on anyhow.
fn wander(seed: u64) -> Option<(Vec<ScriptEvent>, Value)> {
    let mut typist = Typist::new(seed);
    let value = known(&mut typist.dice)?;
    let way = typist.dice.below(WAYS);
    // What is in the fields already must not stand in the value, and what is typed over is never known: it is withheld as uncertain.
    if way != OVER_FIELDS {
        typist.stroll(5);
        typist.begin_line();
    }
    typist.bring_by(if way == OVER_SOMETHING { 0 } else { way }, &value);
    typist.stroll_with(&value, 12);
    Some((typist.events(), value))
}

fn known(dice: &mut Dice) -> Option<Value> {
    let value = value(dice);
    (!Detector::new(Mode::Balanced).find(&value.text).is_empty()).then_some(value)
}

#[test]
fn most_of_what_is_harmless_is_told_whatever_way_it_is_typed() {
    let (mut told, mut all) = (0, 0);
    for seed in 0..1500 {
        let mut typist = Typist::new(seed);
        typist.words(14);
        let events = typist.events();
        // What is no key is in no record.
        all += events.len();
        told += records(&events, Role::Known)
            .iter()
            .filter(|record| matches!(record, ScriptRecord::KeyDown { .. }))
            .count();
    }
    println!("{told} of {all} harmless keys are told");
    assert!(told * 100 >= all * 95, "{told} of {all}");
}

#[test]
fn values_are_what_the_detectors_know() {
    let mut dice = Dice::new(7);
    let known = (0..600).filter(|_| !Detector::new(Mode::Balanced).find(&value(&mut dice).text).is_empty()).count();
    assert!(known >= 550, "{known} of 600");
}

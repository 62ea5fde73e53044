//! Random scripts in each of which a sensitive value stood in the field: nothing of it is told. And harmless text that is typed the same way: most of
//! it is.

use proptest::prelude::*;

use super::told;
use super::typist::Typist;
use super::value::{Dice, card, value};
use crate::detect::{Detector, Mode};
use crate::typed::{Role, ScriptEvent, ScriptRecord, play};

fn records(events: &[ScriptEvent], role: Role) -> Vec<ScriptRecord> {
    play(Detector::new(Mode::Balanced), events.to_vec(), role)
}

fn significant(text: &str) -> Vec<char> {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether `text` holds 60 % of a value's letters and digits in a row.
fn holds(text: &str, value: &str) -> bool {
    let (text, value) = (significant(text), significant(value));
    value.windows((value.len() * 6).div_ceil(10)).any(|run| text.windows(run.len()).any(|window| window == run))
}

/// The key's text, as the script's reader takes it.
fn typed(record: &ScriptRecord) -> Option<&str> {
    let ScriptRecord::KeyDown { key, .. } = record else { return None };
    let is_name = key.len() > 1 && key.is_ascii() && key.starts_with(|first: char| first.is_ascii_uppercase());
    (!is_name).then_some(key)
}

/// Every text that somebody gets who types again what is told.
fn rebuilt(records: &[ScriptRecord]) -> Vec<String> {
    let (mut text, mut caret, mut texts): (Vec<char>, usize, Vec<String>) = (Vec::new(), 0, Vec::new());
    for record in records {
        let ScriptRecord::KeyDown { key, .. } = record else { continue };
        match key.as_str() {
            "ArrowLeft" => caret = caret.saturating_sub(1),
            "ArrowRight" => caret = (caret + 1).min(text.len()),
            "Home" => caret = 0,
            "End" => caret = text.len(),
            "Backspace" if caret > 0 => {
                caret -= 1;
                text.remove(caret);
            }
            "Delete" if caret < text.len() => drop(text.remove(caret)),
            _ => {
                let typed = typed(record).unwrap_or("");
                text.splice(caret..caret, typed.chars());
                caret += typed.chars().count();
            }
        }
        texts.push(text.iter().collect());
    }
    texts
}

fn assert_untold(events: &[ScriptEvent], value: &str) -> Result<(), TestCaseError> {
    let script: Vec<&str> = events.iter().map(|event| event.key.as_str()).collect();
    for role in [Role::Known, Role::Unknown] {
        let records = records(events, role);
        let keys: String = records.iter().filter_map(typed).collect();
        let shown = || format!("{value}\n{}\n{}", script.join(" "), told(&records));
        prop_assert!(!holds(&keys, value), "{}", shown());
        prop_assert!(!rebuilt(&records).iter().any(|text| holds(text, value)), "rebuilt: {}", shown());
        prop_assert!(!keys.contains(value), "{}", shown());
        prop_assert!(records.iter().any(|record| !matches!(record, ScriptRecord::KeyDown { .. })), "{}", shown());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn nothing_that_stood_in_a_field_is_told(seed in any::<u64>()) {
        let mut typist = Typist::new(seed);
        let value = value(&mut typist.dice);
        prop_assume!(!Detector::new(Mode::Balanced).find(&value.text).is_empty());
        typist.words(3);
        typist.bring(&value);
        typist.go_on(&value);
        typist.words(3);
        assert_untold(&typist.events(), &value.text)?;
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

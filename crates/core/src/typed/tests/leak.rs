//! What is told of a value, and what somebody makes of that.

use proptest::prelude::*;

use super::told;
use crate::detect::{Detector, Mode};
use crate::typed::{Role, ScriptEvent, ScriptRecord, play};

pub(super) fn records(events: &[ScriptEvent], role: Role) -> Vec<ScriptRecord> {
    play(Detector::new(Mode::Balanced), events.to_vec(), role)
}

pub(super) fn significant(text: &str) -> Vec<char> {
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

pub(super) fn assert_untold(events: &[ScriptEvent], value: &str) -> Result<(), TestCaseError> {
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

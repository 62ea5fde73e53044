//! Public typing scripts (`../shared/cases/typing.json`, read in place): nothing of what must not leak does, whatever the field's role, and what is
//! harmless stays. Where the file is absent there is nothing to try.

use std::path::Path;

use serde::Deserialize;
use understudy_core::detect::{Detector, Mode};
use understudy_core::typed::{Role, ScriptEvent, ScriptRecord, play};

#[derive(Deserialize)]
struct Case {
    id: String,
    events: Vec<ScriptEvent>,
    final_text: Option<String>,
    expected_spans: Option<Vec<(usize, usize)>>,
    must_not_leak: Vec<String>,
}

fn cases() -> Option<Vec<Case>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/typing.json");
    let text = std::fs::read_to_string(&file).ok()?;
    Some(serde_json::from_str(&text).expect("cases"))
}

fn records(case: &Case, role: Role, mode: Mode) -> Vec<ScriptRecord> {
    play(Detector::new(mode), case.events.clone(), role)
}

/// What the keys type that are told, in their order.
fn typed(records: &[ScriptRecord]) -> String {
    let text = |record: &ScriptRecord| match record {
        ScriptRecord::KeyDown { key, .. } if key.chars().count() == 1 => Some(key.clone()),
        _ => None,
    };
    records.iter().filter_map(text).collect()
}

fn significant(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether `text` holds 60 % of `secret` in a row.
fn holds(text: &str, secret: &str) -> bool {
    let secret: Vec<char> = secret.chars().collect();
    let length = (secret.len() * 6).div_ceil(10);
    secret.windows(length).any(|run| text.contains(&run.iter().collect::<String>()))
}

#[test]
fn nothing_that_must_not_leak_does() {
    let Some(cases) = cases() else { return println!("no cases here, none tried") };
    for role in [Role::Known, Role::Unknown] {
        for case in &cases {
            let records = records(case, role, Mode::Balanced);
            let json = serde_json::to_string(&records).expect("json");
            let typed = typed(&records);
            for secret in &case.must_not_leak {
                let leaks = holds(&json, secret) || holds(&typed, secret);
                assert!(!leaks && !holds(&significant(&typed), &significant(secret)), "{} leaks, {role:?}", case.id);
            }
            assert!(records.iter().any(|record| matches!(record, ScriptRecord::Redacted { .. })), "{}", case.id);
        }
    }
}

#[test]
fn what_is_harmless_around_it_stays() {
    let Some(cases) = cases() else { return println!("no cases here, none tried") };
    let (mut told, mut all) = (0, 0);
    for case in &cases {
        let (Some(text), Some([(from, to)])) = (&case.final_text, case.expected_spans.as_deref()) else { continue };
        let harmless = text.chars().take(*from).chain(text.chars().skip(*to));
        let typed = typed(&records(case, Role::Known, Mode::Balanced));
        let mut keys = typed.chars();
        for wanted in harmless {
            all += 1;
            let mut next = keys.clone();
            if next.any(|key| key == wanted) {
                keys = next;
                told += 1;
            }
        }
    }
    println!("{told} of {all} harmless characters are told");
    assert!(told * 100 >= all * 95, "{told} of {all}");
}

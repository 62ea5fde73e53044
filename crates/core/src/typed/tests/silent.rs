//! What was typed is neither printed nor quoted.

use super::script;
use crate::clock::Time;
use crate::detect::{Detector, Mode};
use crate::event::{Code, InputEvent, Key, KeyboardAction, KeyboardEvent, Modifiers, Sample};
use crate::typed::{Edit, Kept, Role, ScriptRecord, Stroke, TypedText, play, play_json};

#[test]
fn nothing_prints_what_was_typed() {
    let secret = "ZEBRAS";
    let code = Code::parse("KeyZ").unwrap();
    let edits = [
        Edit::from_key(secret, secret, Modifiers::NONE),
        Edit::from_key("Z", "Z", Modifiers::NONE),
        Edit::from_key("Z", "", Modifiers::CONTROL),
        Edit::from_key("Z", "", Modifiers::ALT),
        Edit::Insert(secret.into()),
        Edit::Paste(Some(secret.to_owned().into())),
    ];
    let mut printed: Vec<String> = edits.iter().map(|edit| format!("{edit:?} {edit:#?}")).collect();
    printed.extend(edits.iter().map(|edit| format!("{:?}", Stroke::Down(code.clone(), edit.clone()))));
    printed.push(format!("{:?} {:?}", Stroke::Up(code), TypedText::from(secret)));
    printed.push(format!("{:?}", Kept::Exact(secret.to_owned())));
    let events = script("Z<paste:ZEBRAS><Ctrl+Z>");
    printed.push(format!("{events:?} {events:#?}"));
    let records: Vec<ScriptRecord> = play(Detector::new(Mode::Balanced), events, Role::Known);
    assert!(records.len() == 3, "it was told");
    printed.push(format!("{records:?} {records:#?}"));
    for printed in printed {
        assert!(!printed.to_lowercase().contains(['z', 'Z']), "{printed}");
    }
}

#[test]
fn of_a_key_only_its_place_is_printed() {
    let key = || Key { code: Code::UNIDENTIFIED, key: "ZEBRAS".into(), text: "zebras".into() };
    for action in [KeyboardAction::Down { key: key(), repeat: false }, KeyboardAction::Up { key: key() }] {
        let event = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
        let sample = Sample { time: Time::ZERO, value: InputEvent::Keyboard(event) };
        let printed = format!("{sample:?} {sample:#?}");
        assert!(printed.contains("Unidentified") && !printed.to_lowercase().contains("zebra"), "{printed}");
    }
}

#[test]
fn no_error_quotes_a_script() {
    for wrong in [r#"[{"t_ms":1,"key":"zebra"},7]"#, r#"[{"key":"zebra"}]"#, "zebra", r#"{"zebra":[]}"#] {
        let error = play_json(Detector::new(Mode::Balanced), wrong, Role::Known).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("zebra"), "{error}");
    }
}

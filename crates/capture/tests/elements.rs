//! Elements and fields on the way through the pipeline.

mod desk;

use understudy_capture::synthetic::SyntheticOptions;
use understudy_core::backend::ElementEvent;
use understudy_core::clock::Time;
use understudy_core::event::{Contact, InputEvent, KeyboardAction, Sample};
use understudy_core::journal::{Entry, WithheldReason};
use understudy_core::policy::Policy;
use understudy_core::reader::ItemValue;
use understudy_core::typed::Role;

use desk::{asap, elements, play};

#[test]
fn elements_that_are_clicked_and_that_have_the_keyboard_come_out_as_they_went_in() {
    let desk = play(SyntheticOptions { accessibility: true, ..asap(900) }, Policy::default());
    desk.recorder.stop().expect("stops");
    let scripted = desk.script.elements().iter().filter_map(|sample| match sample.value.clone() {
        ElementEvent::Clicked(element) => Some((sample.time, Contact::Clicked, element)),
        ElementEvent::Focused { element, .. } => Some((sample.time, Contact::Focused, element?)),
        ElementEvent::Stayed { .. }
        | ElementEvent::Holds { .. }
        | ElementEvent::Gone { .. }
        | ElementEvent::Called(_) => None,
    });
    let scripted: Vec<_> = scripted.collect();
    assert!(scripted.len() > 10, "{scripted:?}");
    assert_eq!(elements(&desk.open().1), scripted);
}

#[test]
fn what_is_typed_is_kept_as_the_fields_say_that_get_it() {
    let desk = play(SyntheticOptions { accessibility: true, ..asap(900) }, Policy::default());
    desk.recorder.stop().expect("stops");
    let (verified, items, _) = desk.open();
    let fields: Vec<(Time, Role)> = desk.script.elements().iter().filter_map(focused).collect();
    let field =
        |time: Time| fields[..fields.partition_point(|(since, _)| *since <= time)].last().map(|(_, role)| *role);
    let (mut exact, mut classes) = (String::new(), 0);
    for item in &items {
        let ItemValue::Keyboard(event) = &item.value else { continue };
        match &event.action {
            KeyboardAction::Down { key, .. } => {
                assert!(field(item.time) == Some(Role::Known) || key.text.is_empty(), "{event:?}");
                exact.push_str(&key.text);
            }
            KeyboardAction::Redacted(_) => classes += 1,
            KeyboardAction::Up { .. } | KeyboardAction::Modifiers | KeyboardAction::Layout(_) => {}
        }
    }
    let scripted = desk.script.inputs().iter().filter_map(|sample| match &sample.value {
        InputEvent::Keyboard(event) if field(sample.time) == Some(Role::Known) => match &event.action {
            KeyboardAction::Down { key, .. } => Some(key.text.as_str()),
            _ => None,
        },
        _ => None,
    });
    let scripted: String = scripted.collect();
    assert!(scripted.len() > 50, "{scripted}");
    assert_eq!(exact, scripted, "all of the editor, and nothing else");
    assert!(classes > 0, "of the terminal, what kind of keys");
    let body = verified.body.expect("body");
    let told = |wanted: WithheldReason| {
        body.journal.iter().any(|(_, entry)| matches!(entry, Entry::Withheld { reason, .. } if *reason == wanted))
    };
    assert!(told(WithheldReason::SecretField) && told(WithheldReason::UnknownField));
}

fn focused(sample: &Sample<ElementEvent>) -> Option<(Time, Role)> {
    match &sample.value {
        ElementEvent::Focused { role, .. } | ElementEvent::Stayed { role, .. } => Some((sample.time, *role)),
        ElementEvent::Clicked(_) | ElementEvent::Holds { .. } | ElementEvent::Gone { .. } | ElementEvent::Called(_) => {
            None
        }
    }
}

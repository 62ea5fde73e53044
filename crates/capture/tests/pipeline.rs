//! The whole pipeline on the synthetic desktop: what goes in comes out, and nothing else.

mod desk;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use understudy_capture::synthetic::{Synthetic, SyntheticOptions};
use understudy_core::clock::Time;
use understudy_core::event::{InputEvent, KeyboardAction};
use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::reader::{FrameItem, Item, ItemValue, OpenOptions, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::MemorySink;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::Status;

use desk::{asap, config, play, terms, trusted, trusting, wait_for};

#[test]
fn a_thousand_frames_and_every_event_decode_equal_to_their_source() {
    let desk = play(asap(1020), trusting());
    desk.recorder.stop().expect("stops");
    let (verified, items, pictures) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    assert!(pictures.len() >= 1000, "{} pictures", pictures.len());
    for (nanos, hash) in &pictures {
        let index = desk.script.index_at(Time::from_nanos(*nanos));
        assert_eq!(*hash, desk.script.picture(index).hash(), "picture {index} at {nanos}");
    }
    let pointer = items.iter().filter_map(|item| match &item.value {
        ItemValue::Pointer(event) => Some((item.time, event)),
        _ => None,
    });
    let wanted = desk.script.inputs().iter().filter_map(|sample| match &sample.value {
        InputEvent::Pointer(event) => Some((sample.time, event)),
        InputEvent::Keyboard(_) => None,
    });
    assert!(pointer.eq(wanted), "pointer events differ from the script");
    let keys = items.iter().filter_map(|item| match &item.value {
        ItemValue::Keyboard(event) => Some((item.time, event.clone())),
        _ => None,
    });
    let wanted = desk.script.inputs().iter().filter_map(|sample| match &sample.value {
        InputEvent::Keyboard(event) => Some((sample.time, without_release_text(event.clone()))),
        InputEvent::Pointer(_) => None,
    });
    assert!(keys.eq(wanted), "keyboard events differ from the script");
    assert!(items.is_sorted_by_key(|item| item.time));
}

/// A release types nothing, so the format does not hold a text for it.
fn without_release_text(mut event: understudy_core::event::KeyboardEvent) -> understudy_core::event::KeyboardEvent {
    if let KeyboardAction::Up { key } = &mut event.action {
        key.text.clear();
    }
    event
}

#[test]
fn segments_rotate_and_each_screen_segment_stands_alone() {
    let options = SyntheticOptions { duration: Duration::from_secs(150), fps: 3, ..asap(30) };
    let desk = play(options, trusting());
    desk.recorder.stop().expect("stops");
    let (verified, _, pictures) = desk.open();
    let body = verified.body.expect("body");
    let screens = body.segments.iter().filter(|facts| facts.id.track == Track::Screen).count();
    assert!(screens >= 2, "{screens} screen segments in 150 s");
    for (nanos, hash) in &pictures {
        let index = desk.script.index_at(Time::from_nanos(*nanos));
        assert_eq!(*hash, desk.script.picture(index).hash());
    }
}

#[test]
fn of_any_span_what_is_given_is_what_is_left_behind_the_latest_picture_before() {
    // Some minutes, so that there are several segments.
    let desk = play(asap(4200), trusting());
    desk.recorder.stop().expect("stops");
    let (verified, items, pictures) = desk.open();
    let body = verified.body.as_ref().expect("body");
    assert!(body.segments.iter().filter(|facts| facts.id.track == Track::Screen).count() > 2);
    let source = desk.source();
    let end = items.last().expect("items").time.as_nanos();
    let mut state = 7_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    for _ in 0..24 {
        let from = Time::from_nanos(random() * 67 % (end + 2_000_000_000));
        let to = from.after(Duration::from_millis(random() % 1500));
        let options = OpenOptions { from, to, ..OpenOptions::default() };
        let opener = desk.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open_with(&source, body, verified.status, opener.open_key(), options).expect("opens");
        let mut given = Vec::new();
        while let Some(item) = reader.next_item().expect("reads") {
            if matches!(item.value, ItemValue::Frame(_)) {
                let hash = reader.picture().expect("a picture").hash();
                assert_eq!(Some(&hash), pictures.get(&item.time.as_nanos()), "{from:?}");
            }
            given.push(item);
        }
        let before = items.iter().rfind(|item| item.time < from && matches!(item.value, ItemValue::Frame(_)));
        let before = before.map(|item| Item { time: item.time, value: as_key(item.value.clone()) });
        let left = items.iter().filter(|item| (from..=to).contains(&item.time)).cloned();
        assert_eq!(given, before.into_iter().chain(left).collect::<Vec<_>>(), "{from:?} to {to:?}");
    }
}

fn as_key(value: ItemValue) -> ItemValue {
    match value {
        ItemValue::Frame(frame) => ItemValue::Frame(FrameItem { key: true, ..frame }),
        other => other,
    }
}

#[test]
fn a_host_hears_of_changes_without_being_flooded() {
    let calls = Arc::new(Mutex::new(0_u32));
    let counted = Arc::clone(&calls);
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let on_change: Box<dyn Fn() + Send + Sync> = Box::new(move || *counted.lock().expect("calls") += 1);
    let config = Config {
        on_change: Some(on_change),
        ..config(receipt, trusted(Policy::excluding(["Vault".into()]).expect("policy")))
    };
    let synthetic = Synthetic::new(asap(600));
    let probe = synthetic.clone();
    let recorder =
        Recorder::start(Box::new(synthetic), config, || Ok(Box::new(MemorySink::default()))).expect("starts");
    wait_for("the script's end", || probe.finished());
    recorder.stop().expect("stops");
    let calls = *calls.lock().expect("calls");
    assert!((3..200).contains(&calls), "{calls} changes");
}

//! The whole pipeline on the synthetic desktop: what goes in comes out, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use understudy_capture::synthetic::{Part, Script, Synthetic, SyntheticOptions};
use understudy_core::backend::{ElementEvent, Platform};
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::event::{Contact, ContextEvent, Element, InputEvent, KeyboardAction, Sample};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, NoticeName, SignedLine, WithheldReason};
use understudy_core::pipeline::{Config, Recorder, State};
use understudy_core::policy::Policy;
use understudy_core::reader::{FrameItem, Item, ItemValue, OpenOptions, Reader};
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::seal::SealedChunk;
use understudy_core::segment::SegmentId;
use understudy_core::sink::{MemoryFiles, MemorySink, PublicFile, SegmentHeader, Sink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::typed::Role;
use understudy_core::verify::{Status, Verified, verify};

struct Desk {
    identity: Identity,
    files: MemoryFiles,
    script: Arc<Script>,
    finished: Box<dyn Fn() -> bool>,
    recorder: Recorder,
}

fn terms(tracks: Tracks) -> Terms {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("time").as_secs();
    Terms {
        tracks,
        live: Tracks::NONE,
        purpose: Purpose::AgentTraining,
        recipients: vec![OpenKey::random().public()],
        issued: now - 10,
        expires: now + 3600,
        notice: "test".into(),
    }
}

fn config(receipt: Receipt, policy: Policy) -> Config {
    Config {
        receipt,
        tracks: Tracks::ALL,
        policy,
        max_fps: 60,
        flush: Config::MAX_FLUSH,
        platform: "synthetic".into(),
        on_change: None,
        live: None,
    }
}

/// Where nobody tells the fields of the synthetic desktop's applications, typed text is kept only where they are trusted.
fn trusting() -> Policy {
    trusted(Policy::default())
}

fn trusted(policy: Policy) -> Policy {
    policy.trusting(["Editor", "Terminal", "Vault"].map(String::from)).expect("policy")
}

fn start(options: SyntheticOptions, policy: Policy) -> Desk {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let synthetic = Synthetic::new(options);
    let (script, probe) = (synthetic.script(), synthetic.clone());
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(Box::new(synthetic), config(receipt, policy), || Ok(Box::new(MemorySink(sink))))
        .expect("starts");
    Desk { identity, files, script, finished: Box::new(move || probe.finished()), recorder }
}

fn play(options: SyntheticOptions, policy: Policy) -> Desk {
    let desk = start(options, policy);
    wait_for("the script's end", || (desk.finished)() || desk.recorder.state().is_over());
    desk
}

fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Desk {
    fn source(&self) -> MemorySource {
        MemorySource(self.files.lock().expect("files").clone())
    }

    fn open(&self) -> (Verified, Vec<Item>, BTreeMap<u64, understudy_core::sign::Hash>) {
        let source = self.source();
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let (mut items, mut pictures) = (Vec::new(), BTreeMap::new());
        if let Some(body) = &verified.body {
            let mut reader = Reader::open(&source, body, verified.status, self.identity.open_key()).expect("opens");
            while let Some(item) = reader.next_item().expect("reads") {
                if matches!(item.value, ItemValue::Frame(_)) {
                    pictures.insert(item.time.as_nanos(), reader.picture().expect("picture").hash());
                }
                items.push(item);
            }
        }
        (verified, items, pictures)
    }
}

fn asap(frames: u32) -> SyntheticOptions {
    SyntheticOptions {
        asap: true,
        animate: true,
        fps: 30,
        duration: Duration::from_secs(u64::from(frames) / 30),
        ..SyntheticOptions::default()
    }
}

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
fn an_excluded_application_leaves_no_keys_no_titles_no_pixels() {
    let options = SyntheticOptions { accessibility: true, ..asap(900) };
    let desk = play(options, trusted(Policy::excluding(["Vault".into()]).expect("policy")));
    desk.recorder.stop().expect("stops");
    let (verified, items, _) = desk.open();
    let script_focus = |time: Time| {
        let before = desk.script.contexts().iter().take_while(|sample| sample.time <= time);
        before
            .filter_map(|sample| match &sample.value {
                ContextEvent::Focus(window) => window.as_ref().and_then(|window| window.app.clone()).map(|app| app.id),
                _ => None,
            })
            .last()
    };
    let vault_was_used = desk.script.inputs().iter().any(|sample| {
        matches!(sample.value, InputEvent::Keyboard(_)) && script_focus(sample.time).as_deref() == Some("Vault")
    });
    assert!(vault_was_used, "the script must type into Vault for this test to mean something");
    for item in &items {
        match &item.value {
            ItemValue::Keyboard(event)
                if matches!(event.action, KeyboardAction::Down { .. } | KeyboardAction::Up { .. }) =>
            {
                assert_ne!(script_focus(item.time).as_deref(), Some("Vault"), "a key of Vault at {:?}", item.time);
            }
            ItemValue::Context(ContextEvent::Focus(Some(window)) | ContextEvent::Window(window)) => {
                assert_ne!(window.app.as_ref().map(|app| app.id.as_str()), Some("Vault"));
                assert!(!window.title.contains("Vault"));
            }
            ItemValue::Context(ContextEvent::Element(_, element)) => {
                assert_ne!(element.app.as_ref().map(|app| app.id.as_str()), Some("Vault"));
            }
            _ => {}
        }
    }
    let body = verified.body.expect("body");
    let withheld = |wanted: Track| {
        body.journal.iter().any(|(_, entry)| {
        matches!(entry, Entry::Withheld { track, reason: WithheldReason::ExcludedApplication, .. } if Track::from(*track) == wanted)
    })
    };
    assert!(withheld(Track::Keyboard) && withheld(Track::Context) && withheld(Track::Screen));
}

/// Every element of a recording, in its order.
fn elements(items: &[Item]) -> Vec<(Time, Contact, Element)> {
    let element = |item: &Item| match &item.value {
        ItemValue::Context(ContextEvent::Element(contact, element)) => Some((item.time, *contact, element.clone())),
        _ => None,
    };
    items.iter().filter_map(element).collect()
}

#[test]
fn elements_that_are_clicked_and_that_have_the_keyboard_come_out_as_they_went_in() {
    let desk = play(SyntheticOptions { accessibility: true, ..asap(900) }, Policy::default());
    desk.recorder.stop().expect("stops");
    let scripted = desk.script.elements().iter().filter_map(|sample| match sample.value.clone() {
        ElementEvent::Clicked(element) => Some((sample.time, Contact::Clicked, element)),
        ElementEvent::Focused { element, .. } => Some((sample.time, Contact::Focused, element?)),
        ElementEvent::Stayed { .. } => None,
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
        ElementEvent::Clicked(_) => None,
    }
}

#[test]
fn accessibility_that_panics_ends_no_recording_and_the_journal_says_so() {
    let panic_at = Some((Part::Accessibility, Time::from_nanos(4_000_000_000)));
    let desk = play(SyntheticOptions { accessibility: true, panic_at, ..asap(900) }, Policy::default());
    desk.recorder.stop().expect("stops as asked");
    let (verified, items, _) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    let body = verified.body.expect("body");
    let told = |entry: &Entry| matches!(entry, Entry::Notice { notice: NoticeName::NoAccessibility, .. });
    assert_eq!(body.journal.iter().filter(|(_, entry)| told(entry)).count(), 1);
    assert!(elements(&items).iter().all(|(time, ..)| time.as_nanos() < 4_000_000_000));
    assert!(items.last().expect("items").time.as_nanos() > 8_000_000_000, "the rest goes on");
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
        let mut reader =
            Reader::open_with(&source, body, verified.status, desk.identity.open_key(), options).expect("opens");
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
fn excluded_pixels_are_painted_over_in_every_picture() {
    let desk = play(asap(600), trusted(Policy::excluding(["Vault".into()]).expect("policy")));
    desk.recorder.stop().expect("stops");
    let source = desk.source();
    let verified = verify(&source).expect("verifies");
    let body = verified.body.as_ref().expect("body");
    let mut reader = Reader::open(&source, body, verified.status, desk.identity.open_key()).expect("opens");
    let mut checked = 0;
    while let Some(item) = reader.next_item().expect("reads") {
        let ItemValue::Frame(_) = item.value else { continue };
        let index = desk.script.index_at(item.time);
        let picture = reader.picture().expect("picture");
        for window in desk.script.windows(index) {
            if window.app.as_ref().is_some_and(|app| app.id == "Vault") {
                let Some(inside) = window.bounds.intersect(picture.size().bounds()) else { continue };
                for y in inside.y..inside.y + inside.height.cast_signed() {
                    let row = picture.row(inside.x.unsigned_abs(), y.unsigned_abs(), inside.width);
                    assert!(
                        row.iter().all(|pixel| *pixel == picture.format().mask_color()),
                        "picture {index}, row {y}"
                    );
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 10, "Vault was in {checked} pictures");
}

#[test]
fn nothing_of_a_paused_span_is_kept() {
    let options = SyntheticOptions {
        asap: false,
        animate: true,
        duration: Duration::from_secs(4),
        ..SyntheticOptions::default()
    };
    let desk = start(options, trusting());
    std::thread::sleep(Duration::from_millis(900));
    desk.recorder.pause().expect("pauses");
    assert_eq!(desk.recorder.state(), State::Paused);
    std::thread::sleep(Duration::from_millis(900));
    desk.recorder.resume().expect("resumes");
    std::thread::sleep(Duration::from_millis(900));
    desk.recorder.stop().expect("stops");
    let (verified, items, _) = desk.open();
    let body = verified.body.expect("body");
    let time_of =
        |wanted: fn(&Entry) -> bool| body.journal.iter().find(|(_, entry)| wanted(entry)).expect("journalled").0;
    let paused = time_of(|entry| matches!(entry, Entry::Pause {}));
    let resumed = time_of(|entry| matches!(entry, Entry::Resume {}));
    assert!(resumed.since(paused) >= Duration::from_millis(800));
    assert!(items.iter().all(|item| item.time < paused || item.time >= resumed));
    assert!(items.iter().any(|item| item.time < paused) && items.iter().any(|item| item.time >= resumed));
}

#[test]
fn a_lost_display_and_a_panic_end_the_recording_but_not_what_was_written() {
    let lost = SyntheticOptions { fail_at: Some(Time::from_nanos(3_000_000_000)), ..asap(300) };
    let panics = |part| SyntheticOptions { panic_at: Some((part, Time::from_nanos(3_000_000_000))), ..asap(300) };
    let cases = [
        (lost, ErrorKind::DisplayLost),
        (panics(Part::Hook), ErrorKind::Internal),
        (panics(Part::Watcher), ErrorKind::Internal),
        (panics(Part::Capturer), ErrorKind::Internal),
    ];
    for (options, kind) in cases {
        let desk = play(options, trusting());
        wait_for("the failed state", || desk.recorder.state().is_over());
        assert_eq!(desk.recorder.stop().expect_err("failed").kind(), kind);
        let (verified, items, _) = desk.open();
        assert_eq!(verified.status, Status::Intact);
        assert!(!items.is_empty());
        let (_, last) = verified.body.expect("body").journal.pop().expect("a last line");
        assert_eq!(last, Entry::Stop { reason: kind.code().into() });
    }
}

#[test]
fn without_a_valid_receipt_nothing_is_opened_and_nothing_is_written() {
    /// A platform that must not be asked.
    struct Untouched;
    impl Platform for Untouched {
        fn open(&self, _: Tracks, _: &understudy_core::clock::Clock) -> Result<understudy_core::backend::Backend> {
            panic!("the system was touched")
        }
    }
    let identity = Identity::random();
    let pointer_only: Tracks = [Track::Pointer].into_iter().collect();
    let expired = Terms { issued: 1_000, expires: 2_000, ..terms(Tracks::ALL) };
    let cases = [
        (Receipt::sign(&terms(pointer_only), &identity).expect("receipt"), ErrorKind::ReceiptScope),
        (Receipt::sign(&expired, &identity).expect("receipt"), ErrorKind::ReceiptExpired),
    ];
    for (receipt, kind) in cases {
        let started = Recorder::start(Box::new(Untouched), config(receipt, trusting()), || panic!("a file was made"));
        assert_eq!(started.err().expect("refused").kind(), kind);
    }
    let mut forged = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt").bytes().to_vec();
    for at in 0..forged.len() {
        forged[at] ^= 1;
        assert_eq!(Receipt::parse(&forged).expect_err("forged").kind(), ErrorKind::ReceiptInvalid, "byte {at}");
        forged[at] ^= 1;
    }
}

/// A disk that is full after some bytes.
struct FullDisk {
    inner: MemorySink,
    left: usize,
}

impl FullDisk {
    fn take(&mut self, bytes: usize) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| Error::new(ErrorKind::DiskFull, "no space left"))?;
        Ok(())
    }
}

impl Sink for FullDisk {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        self.take(file.bytes().len())?;
        self.inner.put(file)
    }
    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        self.take(header.bytes().len())?;
        self.inner.begin(header)
    }
    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<Vec<u8>> {
        self.take(chunk.bytes().len())?;
        self.inner.append(segment, chunk)
    }
    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        self.take(line.bytes().len())?;
        self.inner.journal(line)
    }
    fn sync(&mut self, _: SegmentId) -> Result<()> {
        Ok(())
    }
    fn end(&mut self, _: SegmentId) -> Result<()> {
        Ok(())
    }
    fn finish(&mut self) -> Result<()> {
        self.inner.finish()
    }
}

#[test]
fn a_disk_that_fills_up_at_any_byte_leaves_a_recording_that_verifies() {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    for left in (0..60_000).step_by(1_999) {
        let files = MemoryFiles::default();
        let sink = FullDisk { inner: MemorySink(Arc::clone(&files)), left };
        let synthetic = Synthetic::new(SyntheticOptions {
            size: understudy_core::frame::Size { width: 320, height: 240 },
            ..asap(120)
        });
        let probe = synthetic.clone();
        let started = Recorder::start(Box::new(synthetic), config(receipt.clone(), trusting()), || Ok(Box::new(sink)));
        match started {
            Err(error) => assert_eq!(error.kind(), ErrorKind::DiskFull),
            Ok(recorder) => {
                wait_for("an end", || probe.finished() || recorder.state().is_over());
                if let Err(error) = recorder.stop() {
                    assert_eq!(error.kind(), ErrorKind::DiskFull);
                }
            }
        }
        let source = MemorySource(files.lock().expect("files").clone());
        if source.0.is_empty() {
            continue;
        }
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{left} bytes: {}: {failure}", failure.at));
        if let Some(body) = &verified.body {
            let mut reader = Reader::open(&source, body, verified.status, identity.open_key()).expect("opens");
            while reader.next_item().expect("reads").is_some() {}
        }
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

#[test]
fn a_receipt_that_expires_ends_the_recording() {
    let identity = Identity::random();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("time").as_secs();
    let short = Terms { expires: now + 2, ..terms(Tracks::ALL) };
    let receipt = Receipt::sign(&short, &identity).expect("receipt");
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let synthetic = Synthetic::new(SyntheticOptions { asap: false, animate: true, ..asap(900) });
    let recorder = Recorder::start(Box::new(synthetic), config(receipt, trusting()), || Ok(Box::new(MemorySink(sink))))
        .expect("starts");
    wait_for("the receipt's end", || recorder.state().is_over());
    assert_eq!(recorder.stop().expect_err("expired").kind(), ErrorKind::ReceiptExpired);
    let source = MemorySource(files.lock().expect("files").clone());
    assert_eq!(verify(&source).expect("verifies").status, Status::Intact);
}

//! What must not be kept: of an excluded application, of a paused span, without consent.

mod desk;

use std::sync::Arc;
use std::time::Duration;

use understudy_capture::synthetic::{Synthetic, SyntheticOptions};
use understudy_core::backend::{AtStop, Indicator, Platform};
use understudy_core::clock::Clock;
use understudy_core::error::{ErrorKind, Result};
use understudy_core::event::InputEvent;
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, WithheldReason};
use understudy_core::pipeline::{Recorder, State};
use understudy_core::policy::Policy;
use understudy_core::receipt::{Receipt, Terms};
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use desk::{asap, config, play, start, terms, trusted, trusting, wait_for};

#[test]
fn an_excluded_application_leaves_no_keys_no_titles_no_pixels() {
    let options = SyntheticOptions { accessibility: true, ..asap(900) };
    let desk = play(options, trusted(Policy::excluding(["Vault".into()]).expect("policy")));
    desk.recorder.stop().expect("stops");
    let (verified, items, _) = desk.open();
    let vault_was_used = desk.script.inputs().iter().any(|sample| {
        matches!(sample.value, InputEvent::Keyboard(_)) && desk.focus_at(sample.time).as_deref() == Some("Vault")
    });
    assert!(vault_was_used, "the script must type into Vault for this test to mean something");
    desk.assert_untold(&items, "Vault");
    let body = verified.body.expect("body");
    let withheld = |wanted: Track| {
        body.journal.iter().any(|(_, entry)| {
        matches!(entry, Entry::Withheld { track, reason: WithheldReason::ExcludedApplication, .. } if Track::from(*track) == wanted)
    })
    };
    assert!(withheld(Track::Keyboard) && withheld(Track::Context) && withheld(Track::Screen));
}

#[test]
fn excluded_pixels_are_painted_over_in_every_picture() {
    let desk = play(asap(600), trusted(Policy::excluding(["Vault".into()]).expect("policy")));
    desk.recorder.stop().expect("stops");
    let checked = desk.assert_painted_over("Vault");
    let covered = desk.assert_covered("Vault");
    assert!(checked > 10 && covered > 10, "Vault was in {checked} pictures, below others in {covered}");
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
fn without_a_valid_receipt_nothing_is_opened_and_nothing_is_written() {
    /// A platform that must not be asked.
    struct Untouched;
    impl Platform for Untouched {
        fn indicator(&self, _: &Clock, _: AtStop) -> Result<Option<Box<dyn Indicator>>> {
            panic!("it was shown")
        }

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

//! Forgetting on a recording in a folder: what goes, what stays, and what a stop at any step leaves.

#[path = "../examples/vectors/recording.rs"]
#[expect(dead_code, reason = "the vectors need more of it")]
mod recording;
mod written;

use std::path::Path;

use proptest::prelude::*;
use understudy_core::amend::{Lock, settle};
use understudy_core::clock::Time;
use understudy_core::error::{ErrorKind, Result};
use understudy_core::forget::{Forget, forget, forget_on};
use understudy_core::identity::Identity;
use understudy_core::journal::Entry;
use understudy_core::source::{FolderSource, MemorySource};
use understudy_core::span::Span;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use self::written::stopping::Stopping;
use self::written::{Folder, SECOND, files, lines, recorded, recorded_cut};

fn span(from: u64, to: u64) -> Span {
    Span::new(Time::from_nanos(from * SECOND), Time::from_nanos(to * SECOND)).expect("a span")
}

fn all(from: u64, to: u64) -> Forget {
    Forget { span: span(from, to), app: None, tracks: Tracks::ALL }
}

/// The time of a line of NDJSON.
fn time(line: &str) -> u64 {
    let (_, rest) = line.split_once("\"time\":").expect("a time");
    rest.split([',', '}']).next().expect("digits").parse().expect("a number")
}

fn status(folder: &Path) -> Result<Status> {
    verify(&FolderSource::new(folder)?).map(|verified| verified.status).map_err(|failure| failure.error)
}

/// A line without how many pixels were painted.
fn without_painted(line: String) -> String {
    let Some((before, rest)) = line.split_once("\"painted\":") else { return line };
    format!("{before}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(','))
}

#[test]
fn the_span_is_gone_and_the_rest_is_as_it_was() {
    let folder = Folder::with(&recorded());
    let before = lines(folder.path());
    let forgotten = forget(folder.path(), &written::identity(), &all(8, 25)).expect("forgets");
    // Of each track one segment lies in it, and two at its edges; but the context's first has nothing behind its seventh second.
    assert_eq!((forgotten.destroyed, forgotten.recut), (4, 7));
    assert_eq!(status(folder.path()).expect("verifies"), Status::Intact);
    let after = lines(folder.path());
    assert!(after.iter().all(|line| !(8 * SECOND..25 * SECOND).contains(&time(line))), "{after:#?}");
    let told = |lines: &[String]| -> Vec<String> {
        let outside = lines.iter().filter(|line| !(8 * SECOND..=25 * SECOND).contains(&time(line)));
        // How a picture is coded may differ; its pixels may not.
        outside
            .map(|line| line.replace("\"key\":true,", "").replace("\"key\":false,", ""))
            .map(without_painted)
            .collect()
    };
    assert_eq!(told(&after), told(&before));
    assert!(
        after.iter().any(|line| line.contains("\"type\":\"focus\"") && time(line) == 25 * SECOND),
        "who has the focus then"
    );
    assert!(after.iter().any(|line| line.contains("\"type\":\"modifiers\"") && time(line) == 25 * SECOND));
    let body = verify(&FolderSource::new(folder.path()).expect("a folder")).expect("verifies").body.expect("a body");
    let spans = body.journal.iter().filter(|(_, entry)| matches!(entry, Entry::Forget { .. })).count();
    assert_eq!(spans, 4, "the journal says of each track what was forgotten");
}

#[test]
fn again_and_again_until_nothing_is_left() {
    let folder = Folder::with(&recorded());
    let me = written::identity();
    for (from, to) in [(8, 25), (7, 9), (24, 26), (0, 100)] {
        forget(folder.path(), &me, &all(from, to)).expect("forgets");
        assert_eq!(status(folder.path()).expect("verifies"), Status::Intact);
    }
    assert!(lines(folder.path()).is_empty());
    assert_eq!(forget(folder.path(), &me, &all(0, 100)).expect_err("nothing").kind(), ErrorKind::InvalidArgument);
}

#[test]
fn one_track_alone() {
    let folder = Folder::with(&recorded());
    let keyboard = Forget { tracks: [Track::Keyboard].into_iter().collect(), ..all(8, 25) };
    let forgotten = forget(folder.path(), &written::identity(), &keyboard).expect("forgets");
    assert_eq!((forgotten.destroyed, forgotten.recut), (1, 2));
    let after = lines(folder.path());
    let within =
        |track: &str| after.iter().any(|line| line.contains(track) && (9 * SECOND..24 * SECOND).contains(&time(line)));
    assert!(!within("\"track\":\"keyboard\""));
    assert!(within("\"track\":\"pointer\"") && within("\"track\":\"screen\""));
}

#[test]
fn an_application_while_it_had_the_focus() {
    let folder = Folder::with(&recorded());
    let bank = Forget { app: Some("BANK".into()), ..all(0, 1000) };
    let forgotten = forget(folder.path(), &written::identity(), &bank).expect("forgets");
    let spans: Vec<_> = forgotten.spans.iter().map(|span| (span.from.as_nanos(), span.to.as_nanos())).collect();
    assert_eq!(spans, [(12 * SECOND - SECOND / 4, 15 * SECOND)]);
    let after = lines(folder.path());
    assert!(!after.iter().any(|line| line.contains("Bank")));
    assert!(after.iter().any(|line| line.contains("\"Editor\"")));
    assert_eq!(status(folder.path()).expect("verifies"), Status::Intact);
}

#[test]
fn a_recording_that_a_crash_cut_stays_cut() {
    let folder = Folder::with(&recorded_cut());
    let before = lines(folder.path());
    forget(folder.path(), &written::identity(), &all(8, 25)).expect("forgets");
    assert_eq!(status(folder.path()).expect("verifies"), Status::Cut);
    let after = lines(folder.path());
    assert!(after.len() < before.len() && !after.is_empty());
    assert!(after.iter().all(|line| !(8 * SECOND..25 * SECOND).contains(&time(line))));
    let orphan = files(folder.path()).keys().any(|path| path.contains("000009"));
    assert!(!orphan, "what no line names may hold it too");
}

#[test]
fn the_contributor_alone_and_not_while_it_is_recorded() {
    let folder = Folder::with(&recorded());
    let before = files(folder.path());
    let stranger = forget(folder.path(), &Identity::random(), &all(8, 25)).expect_err("a stranger");
    assert_eq!(stranger.kind(), ErrorKind::IdentityMismatch);
    let lock = Lock::take(folder.path()).expect("locks");
    let busy = forget(folder.path(), &written::identity(), &all(8, 25)).expect_err("is locked");
    assert_eq!(busy.kind(), ErrorKind::State);
    drop(lock);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_stop_at_any_step_leaves_it_not_begun_or_complete() {
    let original = recorded();
    let me = written::identity();
    let before = {
        let folder = Folder::with(&original);
        lines(folder.path())
    };
    let (steps, after) = {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), 1 << 20);
        forget_on(folder.path(), &mut disk, &me, &all(8, 25)).expect("forgets");
        (disk.steps, lines(folder.path()))
    };
    assert!(steps > 40, "{steps}");
    let (mut begun, mut complete) = (0, 0);
    for step in 0..steps {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), step);
        let stopped = forget_on(folder.path(), &mut disk, &me, &all(8, 25)).expect_err("stops");
        assert_eq!(stopped.message(), "stopped", "step {step}");
        if let Err(unsettled) = status(folder.path()) {
            assert_eq!(unsettled.kind(), ErrorKind::State, "step {step}: never taken for tampering: {unsettled}");
        }
        settle(folder.path()).expect("settles");
        assert_eq!(status(folder.path()).expect("verifies"), Status::Intact, "step {step}");
        let now = lines(folder.path());
        if now == before {
            assert_eq!(files(folder.path()), original, "step {step}");
            begun += 1;
            continue;
        }
        assert_eq!(now, after, "step {step}");
        complete += 1;
        let left = files(folder.path());
        for (path, bytes) in original.iter().filter(|(path, _)| path.ends_with(".seg") || path.ends_with(".key")) {
            let touched = left.get(path) != Some(bytes);
            let secret = &bytes[bytes.len() - 60..];
            let found = left.values().any(|left| left.windows(secret.len()).any(|window| window == secret));
            assert_ne!(touched, found, "step {step}: {path}");
        }
    }
    assert!(begun > 10 && complete > 10, "{begun} not begun, {complete} complete");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1))]
    #[test]
    fn no_byte_of_what_the_contributor_added_can_be_altered(seed in any::<u64>()) {
        let folder = Folder::with(&recorded());
        forget(folder.path(), &written::identity(), &all(8, 25)).expect("forgets");
        let files = files(folder.path());
        let journal = &files["journal.ndjson"];
        let added = recorded()["journal.ndjson"].len();
        let mut state = seed;
        for _ in 0..10_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = added + (state >> 33) as usize % (journal.len() - added);
            let bit = 1_u8 << (state >> 60 & 7);
            let mut altered = files.clone();
            altered.get_mut("journal.ndjson").expect("the journal")[at] ^= bit;
            prop_assert!(verify(&MemorySource(altered)).is_err(), "byte {at}, bit {bit}");
        }
    }
}

//! Releasing: what the recipient gets, what of it tells who and how fast, and what a stop at any step leaves.

#[path = "../examples/vectors/recording.rs"]
#[expect(dead_code, reason = "the vectors need more of it")]
mod recording;
mod written;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use understudy_core::amend::settle;
use understudy_core::clock::Time;
use understudy_core::error::ErrorKind;
use understudy_core::forget::{Forget, forget};
use understudy_core::header::Header;
use understudy_core::identity::Identity;
use understudy_core::journal::Entry;
use understudy_core::opening;
use understudy_core::reader::Reader;
use understudy_core::receipt::Receipt;
use understudy_core::recipient::OpenKey;
use understudy_core::release::{Release, Released, release, release_on};
use understudy_core::source::{FolderSource, MemorySource};
use understudy_core::span::{Span, Spans};
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use self::written::stopping::Stopping;
use self::written::{Folder, SECOND, files, identity, lines, read, recorded, recorded_cut};

/// The recipient that the vectors' receipt names.
fn recipient() -> OpenKey {
    OpenKey::from_secret(recording::secret(0x22))
}

fn to(recipient: &OpenKey) -> Release {
    let names = vec!["canary".into()];
    Release { recipient: recipient.public(), tracks: Tracks::ALL, except: Spans::default(), names }
}

fn copy(folder: &Folder, released: &Released) -> PathBuf {
    folder.path().join(&released.path)
}

fn receipt_in(folder: &Path) -> Receipt {
    Receipt::parse_any(&files(folder)["receipt.json"]).expect("a receipt")
}

/// The recipient, with a key to sign openings.
fn opener() -> Identity {
    written::identity_of(0x22, 0x24)
}

/// Writes the opening down, and opens.
fn open(copy: &Path) -> Vec<String> {
    opening::write(copy, &opener(), 1_765_000_000).expect("writes an opening");
    read(copy, &opener())
}

fn field(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("\"{name}\":"))?;
    Some(rest.trim_start_matches('"').split([',', '}', '"']).next()?.to_owned())
}

fn all(lines: &[String], kind: &str, name: &str) -> Vec<String> {
    let of_kind = lines.iter().filter(|line| field(line, "type").is_some_and(|found| found == kind));
    of_kind.filter_map(|line| field(line, name)).collect()
}

fn millis(line: &str) -> u64 {
    field(line, "time").expect("a time").parse::<u64>().expect("a number") / 1_000_000
}

#[test]
fn the_recipient_and_nobody_else_opens_the_copy() {
    let folder = Folder::with(&recorded());
    let before = lines(folder.path());
    let released = release(folder.path(), &identity(), &to(&recipient())).expect("releases");
    let copy = copy(&folder, &released);
    assert_eq!(lines(folder.path()), before, "the contributor's own stays as it is");
    let source = FolderSource::new(&copy).expect("a folder");
    let verified = verify(&source).expect("verifies");
    assert_eq!(verified.status, Status::Intact);
    let body = verified.body.as_ref().expect("a body");
    assert_eq!(body.release.as_ref().map(|manifest| manifest.recipient()), Some(recipient().public()));
    let refused = Reader::open(&source, body, verified.status, &recipient()).err().map(|error| error.kind());
    assert_eq!(refused, Some(ErrorKind::State), "not before it was written down");
    opening::write(&copy, &identity(), 1).expect_err("not the recipient");
    let after = open(&copy);
    let verified = verify(&source).expect("verifies");
    let body = verified.body.as_ref().expect("a body");
    let (contributor, stranger) = (identity().under(&receipt_in(folder.path())).expect("derives"), OpenKey::random());
    for other in [identity().open_key(), contributor.open_key(), &stranger] {
        let refused = Reader::open(&source, body, verified.status, other).err().map(|error| error.kind());
        assert_eq!(refused, Some(ErrorKind::IdentityMismatch));
    }
    for (kind, name) in [("keydown", "code"), ("keyup", "code"), ("pointerdown", "button"), ("focus", "app")] {
        assert_eq!(all(&after, kind, name), all(&before, kind, name), "{kind}");
    }
    let pictures: BTreeSet<_> = all(&before, "frame", "hash").into_iter().collect();
    let shown = all(&after, "frame", "hash");
    assert!(
        shown.len() > 30 && shown.iter().all(|hash| pictures.contains(hash)),
        "each picture is one that was recorded"
    );
    assert_eq!(shown.last(), all(&before, "frame", "hash").last());
    let journal =
        verify(&FolderSource::new(folder.path()).expect("a folder")).expect("verifies").body.expect("a body").journal;
    let last = journal.last().map(|(_, entry)| entry.clone());
    assert_eq!(last, Some(Entry::Release { recipient: recipient().public(), number: 0, manifest: released.manifest }));
}

#[test]
fn the_copy_names_nobody() {
    let folder = Folder::with(&recorded());
    let me = identity();
    let released = release(folder.path(), &me, &to(&recipient())).expect("releases");
    let copy = copy(&folder, &released);
    let source = FolderSource::new(folder.path()).expect("a folder");
    let original = verify(&source).expect("verifies").body.expect("a body");
    let telling = [
        original.header.id.to_string(),
        original.header.device.to_string(),
        original.header.receipt.to_string(),
        original.header.policy.to_string(),
        me.open_key().public().0.to_string(),
        me.sign_key().public().to_string(),
        original.receipt.contributor().0.to_string(),
        original.receipt.signer().to_string(),
        original.header.started.to_string(),
    ];
    for (path, bytes) in files(&copy) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(telling.iter().all(|found| !text.contains(found.as_str())), "{path}");
    }
    let header = Header::decode(&files(&copy)["header.json"]).expect("a header");
    assert_eq!(header.started % 86_400_000, 0, "the day, and nothing finer");
    let words = open(&copy).join("\n");
    assert!(words.contains("name title") && !words.contains("canary"));
}

#[test]
fn times_are_coarse() {
    let folder = Folder::with(&recorded());
    let released = release(folder.path(), &identity(), &to(&recipient())).expect("releases");
    let after = open(&copy(&folder, &released));
    assert!(after.iter().all(|line| millis(line).is_multiple_of(20)));
    let keys: Vec<_> =
        after.iter().filter(|line| line.contains("\"type\":\"keydown\"")).map(|line| millis(line)).collect();
    assert!(
        keys.windows(2).all(|pair| pair[1] - pair[0] == 80),
        "keys of a second's distance follow each other: {keys:?}"
    );
    let ups: Vec<_> =
        after.iter().filter(|line| line.contains("\"type\":\"keyup\"")).map(|line| millis(line)).collect();
    let down_for: BTreeSet<_> = keys.iter().zip(&ups).map(|(down, up)| up - down).collect();
    assert_eq!(down_for, BTreeSet::from([40]), "no key tells how long it was down");
}

#[test]
fn tracks_and_spans_are_left_out() {
    let folder = Folder::with(&recorded());
    let me = identity();
    let span = Span::new(Time::from_nanos(8 * SECOND), Time::from_nanos(25 * SECOND)).expect("a span");
    let some = Release {
        tracks: [Track::Keyboard, Track::Screen].into_iter().collect(),
        except: [span].into_iter().collect(),
        ..to(&recipient())
    };
    let released = release(folder.path(), &me, &some).expect("releases");
    let after = open(&copy(&folder, &released));
    assert!(after.iter().all(|line| line.contains("\"track\":\"keyboard\"") || line.contains("\"track\":\"screen\"")));
    // The same as if the span had been forgotten first.
    let other = Folder::with(&recorded());
    forget(other.path(), &me, &Forget { span, app: None, tracks: Tracks::ALL }).expect("forgets");
    let without = Release { except: Spans::default(), ..some };
    let forgotten = release(other.path(), &me, &without).expect("releases");
    let told = |lines: &[String]| (all(lines, "keydown", "code"), all(lines, "frame", "hash"));
    assert_eq!(told(&after), told(&open(&copy(&other, &forgotten))));
}

#[test]
fn only_the_contributor_releases_and_only_to_whom_they_agreed() {
    let folder = Folder::with(&recorded());
    let before = files(folder.path());
    let stranger = release(folder.path(), &Identity::random(), &to(&recipient())).expect_err("a stranger");
    assert_eq!(stranger.kind(), ErrorKind::IdentityMismatch);
    let other = Identity::random();
    let stranger = release(folder.path(), &other, &to(other.open_key())).expect_err("a stranger, to themselves");
    assert_eq!(stranger.kind(), ErrorKind::IdentityMismatch);
    let elsewhere = release(folder.path(), &identity(), &to(&OpenKey::random())).expect_err("not agreed");
    assert_eq!(elsewhere.kind(), ErrorKind::ReceiptScope);
    let nothing = Release { tracks: Tracks::NONE, ..to(&recipient()) };
    assert_eq!(release(folder.path(), &identity(), &nothing).expect_err("nothing").kind(), ErrorKind::InvalidArgument);
    settle(folder.path()).expect("settles");
    assert_eq!(files(folder.path()), before);
    let released = release(folder.path(), &identity(), &to(&recipient())).expect("releases");
    let again = release(&copy(&folder, &released), &identity(), &to(&recipient())).expect_err("is a copy");
    assert_eq!(again.kind(), ErrorKind::ReceiptScope);
    let receipt = &files(&copy(&folder, &released))["receipt.json"];
    assert_eq!(Receipt::parse(receipt).expect_err("records nothing").kind(), ErrorKind::ReceiptInvalid);
}

#[test]
fn no_time_is_told_more_exactly_than_was_agreed() {
    let agreed = |member: &'static str, millis: u64| {
        let recording =
            recording::Recording::with(|_| {}, |receipt| receipt["coarse"][member] = serde_json::json!(millis));
        let folder = Folder::with(&recording.stop());
        release(folder.path(), &identity(), &to(&recipient())).map(drop).map_err(|error| error.kind())
    };
    for (member, millis) in [("grid", 21), ("key", 81), ("idle", 4999)] {
        assert_eq!(agreed(member, millis), Err(ErrorKind::ReceiptScope), "{member}");
    }
    for (member, millis) in [("grid", 1), ("key", 80), ("idle", 5001)] {
        assert_eq!(agreed(member, millis), Ok(()), "{member}");
    }
}

#[test]
fn whoever_releases_to_themselves_sees_what_others_would_get() {
    let folder = Folder::with(&recorded());
    let me = identity();
    let own = release(folder.path(), &me, &to(me.open_key())).expect("releases");
    let theirs = release(folder.path(), &me, &to(&recipient())).expect("releases");
    opening::write(&copy(&folder, &own), &me, 1).expect("writes an opening");
    assert_eq!(read(&copy(&folder, &own), &me), open(&copy(&folder, &theirs)));
    let again = release(folder.path(), &me, &to(&recipient())).expect("releases");
    assert_ne!(again.path, theirs.path);
    let signer = |path: &Released| receipt_in(&copy(&folder, path)).signer();
    assert_eq!(signer(&again), signer(&theirs), "one pseudonym for a recipient and a time");
    assert_ne!(signer(&own), signer(&theirs), "another for another recipient");
    let then = |day: u64| me.releasing(&recipient().public(), day * 86_400).expect("derives").sign_key().public();
    assert_ne!(then(29), then(30));
}

#[test]
fn what_a_crash_cut_is_released_whole() {
    let folder = Folder::with(&recorded_cut());
    let released = release(folder.path(), &identity(), &to(&recipient())).expect("releases");
    assert!(open(&copy(&folder, &released)).len() > 100);
    let status = verify(&FolderSource::new(folder.path()).expect("a folder")).expect("verifies").status;
    assert_eq!(status, Status::Cut);
}

#[test]
fn a_stop_at_any_step_leaves_no_copy_or_a_whole_one() {
    let original = recorded();
    let steps = {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), 1 << 20);
        release_on(folder.path(), &mut disk, &identity(), &to(&recipient())).expect("releases");
        disk.steps
    };
    let (mut begun, mut complete) = (0, 0);
    for step in 0..steps {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), step);
        let stopped = release_on(folder.path(), &mut disk, &identity(), &to(&recipient())).expect_err("stops");
        assert_eq!(stopped.message(), "stopped", "step {step}");
        settle(folder.path()).expect("settles");
        if files(folder.path()) == original {
            begun += 1;
            continue;
        }
        let path = folder.path().join(format!("release/{}/000000", recipient().public()));
        assert_eq!(verify(&FolderSource::new(&path).expect("a folder")).expect("verifies").status, Status::Intact);
        verify(&FolderSource::new(folder.path()).expect("a folder")).expect("verifies");
        complete += 1;
    }
    assert!(begun > 2 && complete > 2, "{begun} not begun, {complete} complete of {steps}");
}

#[test]
fn no_byte_of_a_copy_can_be_altered() {
    let folder = Folder::with(&recorded());
    let released = release(folder.path(), &identity(), &to(&recipient())).expect("releases");
    (0..3).for_each(|_| drop(open(&copy(&folder, &released))));
    let files = files(&copy(&folder, &released));
    let manifest = files["release.json"].clone();
    let refused = |path: &str, at: usize, bit: u8| {
        let mut altered = files.clone();
        altered.get_mut(path).expect("a file")[at] ^= bit;
        verify(&MemorySource(altered)).is_err()
    };
    for at in 0..manifest.len() {
        assert!((0..8).all(|bit| refused("release.json", at, 1 << bit)), "byte {at}");
    }
    let paths: Vec<&String> = files.keys().collect();
    let mut state = 0x1234_5678_9abc_def0_u64;
    for _ in 0..10_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let path = paths[(state >> 40) as usize % paths.len()];
        let at = (state >> 16) as usize % files[path].len();
        // An opening that lacks its line feed was cut while it was written, if it is the latest.
        let cut = path == "openings/000002.json" && at == files[path].len() - 1;
        assert!(cut || refused(path, at, 1 << (state >> 60 & 7)), "{path}, byte {at}");
    }
    for path in paths {
        let mut without = files.clone();
        without.remove(path);
        if path == "openings/000002.json" {
            continue; // The latest opening can be taken away with nobody the wiser: whoever opens keeps the file.
        }
        assert!(verify(&MemorySource(without)).is_err(), "without {path}");
    }
}

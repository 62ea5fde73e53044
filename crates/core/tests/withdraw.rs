//! Withdrawing: what is left, who is told, and what a stop at any step leaves.

#[path = "../examples/vectors/recording.rs"]
#[expect(dead_code, reason = "the vectors need more of it")]
mod recording;
mod written;

use std::fs;

use understudy_core::amend::{FolderDisk, Lock};
use understudy_core::error::ErrorKind;
use understudy_core::identity::Identity;
use understudy_core::receipt::Receipt;
use understudy_core::recipient::OpenKey;
use understudy_core::release::{Release, release};
use understudy_core::source::{FolderSource, MemorySource};
use understudy_core::span::Spans;
use understudy_core::track::Tracks;
use understudy_core::verify::verify;
use understudy_core::withdraw::{WITHDRAWAL, withdraw, withdraw_on};

use self::written::stopping::Stopping;
use self::written::{Folder, files, identity, lines, recorded, recorded_cut};

const DAY: u64 = 20_500;

fn refusal(folder: &std::path::Path) -> Option<ErrorKind> {
    verify(&FolderSource::new(folder).expect("a folder")).err().map(|failure| failure.error.kind())
}

fn to() -> Release {
    let recipient = OpenKey::from_secret(recording::secret(0x22)).public();
    Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names: Vec::new() }
}

#[test]
fn everything_of_mine_is_destroyed_and_every_copy_is_refused() {
    let (mine, cut) = (Folder::with(&recorded()), Folder::with(&recorded_cut()));
    let released = release(mine.path(), &identity(), &to()).expect("releases");
    // What the recipient has by then.
    let theirs = Folder::with(&files(&mine.path().join(&released.path)));
    for folder in [&mine, &cut] {
        let withdrawn = withdraw(folder.path(), &identity(), DAY * 86_400 + 7).expect("withdraws");
        assert_eq!(withdrawn.recordings, [folder.path()]);
        assert!(files(folder.path()).keys().all(|path| !path.ends_with(".key") && !path.ends_with(".seg")));
        assert_eq!(refusal(folder.path()), Some(ErrorKind::Withdrawn));
        let again = withdraw(folder.path(), &identity(), DAY * 86_400 + 9_000_000).expect("withdraws");
        assert_eq!(again, withdrawn, "it may be said twice");
    }
    assert_eq!(refusal(theirs.path()), None);
    let told = mine.path().join(&released.path).join(WITHDRAWAL);
    fs::copy(told, theirs.path().join(WITHDRAWAL)).expect("copies");
    assert_eq!(refusal(theirs.path()), Some(ErrorKind::Withdrawn), "once they are told");
    let text = fs::read_to_string(theirs.path().join(WITHDRAWAL)).expect("reads");
    let signer = Receipt::parse(&files(mine.path())["receipt.json"]).expect("a receipt").signer();
    let telling = [identity().sign_key().public(), signer].map(|key| key.to_string());
    assert!(text.contains(&format!("\"day\":{DAY}")) && telling.iter().all(|key| !text.contains(key)));
}

#[test]
fn what_is_not_mine_or_not_a_recording_stays() {
    let folder = Folder::with(&recorded());
    let before = files(folder.path());
    let nothing = withdraw(folder.path(), &Identity::random(), DAY * 86_400).expect("withdraws nothing");
    assert!(nothing.recordings.is_empty() && nothing.copies.is_empty() && nothing.busy.is_empty());
    let lock = Lock::take(folder.path()).expect("locks");
    let busy = withdraw(folder.path(), &identity(), DAY * 86_400).expect("withdraws nothing");
    assert_eq!(busy.busy, [folder.path()]);
    drop(lock);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn what_is_broken_keeps_nothing_else() {
    let mut all = recording::Files::new();
    let mut add = |folder: &str, files: recording::Files| {
        all.extend(files.into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)));
    };
    let with = |path: &str, bytes: &[u8]| {
        let mut files = recorded();
        files.insert(path.into(), bytes.to_vec());
        files
    };
    add("amend-is-a-file", with("amend", b"?"));
    add("amend-is-forged", with("amend/journal.ndjson", b"?\n"));
    add("long-header", with("header.json", &[b' '; 1 << 17]));
    // A copy that was not finished.
    let released = Folder::with(&recorded());
    release(released.path(), &identity(), &to()).expect("releases");
    let unfinished =
        files(released.path()).into_iter().map(|(path, bytes)| (path.replace("release/", "amend/release/"), bytes));
    add("unfinished-copy", unfinished.collect());
    add("whole", recorded());
    let folder = Folder::with(&all);
    let withdrawn = withdraw(folder.path(), &identity(), DAY * 86_400).expect("withdraws");
    let mine = ["amend-is-a-file", "amend-is-forged", "unfinished-copy", "whole"].map(|name| folder.path().join(name));
    assert_eq!(withdrawn.recordings, mine);
    assert!(withdrawn.copies.is_empty() && withdrawn.busy.is_empty() && withdrawn.failed.is_empty());
    let left = files(folder.path());
    assert!(mine.iter().all(|folder| refusal(folder) == Some(ErrorKind::Withdrawn)));
    assert!(
        left.keys().all(|path| path.starts_with("long-header/") || !path.ends_with(".key") && !path.ends_with(".seg"))
    );
    assert!(left.contains_key("long-header/keyboard/000000.key"), "what nobody knows is nobody's to destroy");
}

#[test]
fn what_fails_is_told_beside_what_was_withdrawn() {
    let mut all = recording::Files::new();
    for folder in ["a", "c"] {
        all.extend(recorded().into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)));
    }
    // A folder where its withdrawal would be: it cannot be put there.
    all.extend(recorded().into_iter().map(|(path, bytes)| (format!("b/{path}"), bytes)));
    all.insert(format!("b/{WITHDRAWAL}/in-the-way"), b"?".to_vec());
    let folder = Folder::with(&all);
    let withdrawn = withdraw(folder.path(), &identity(), DAY * 86_400).expect("withdraws");
    assert_eq!(withdrawn.recordings, ["a", "c"].map(|name| folder.path().join(name)));
    let failed: Vec<_> = withdrawn.failed.iter().map(|failed| failed.path.clone()).collect();
    assert_eq!(failed, [folder.path().join("b")]);
    let nowhere = withdraw(&folder.path().join("none"), &identity(), DAY * 86_400);
    assert_eq!(nowhere.map_err(|error| error.kind()), Err(ErrorKind::Io));
}

#[test]
fn a_stop_at_any_step_is_finished_by_the_next_try() {
    let original = recorded();
    let steps = {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), 1 << 20);
        withdraw_on(folder.path(), &mut disk, &identity(), DAY).expect("withdraws");
        disk.steps
    };
    let mut refused = 0;
    for step in 0..steps {
        let folder = Folder::with(&original);
        let mut disk = Stopping::new(folder.path(), step);
        withdraw_on(folder.path(), &mut disk, &identity(), DAY).expect_err("stops");
        match refusal(folder.path()) {
            None => assert!(!lines(folder.path()).is_empty(), "step {step}: not begun"),
            Some(kind) => {
                assert!([ErrorKind::State, ErrorKind::Withdrawn].contains(&kind), "step {step}: {kind:?}");
                refused += 1;
            }
        }
        withdraw_on(folder.path(), &mut FolderDisk::new(folder.path()), &identity(), DAY).expect("withdraws");
        assert_eq!(refusal(folder.path()), Some(ErrorKind::Withdrawn));
        assert!(files(folder.path()).keys().all(|path| !path.ends_with(".key") && !path.ends_with(".seg")));
    }
    assert!(refused > 10 && steps > 20);
}

#[test]
fn no_byte_of_a_withdrawal_can_be_altered() {
    let folder = Folder::with(&recorded());
    withdraw(folder.path(), &identity(), DAY * 86_400).expect("withdraws");
    let withdrawal = files(folder.path())[WITHDRAWAL].clone();
    let mut files = recorded();
    let kind =
        |files: &recording::Files| verify(&MemorySource(files.clone())).err().map(|failure| failure.error.kind());
    files.insert(WITHDRAWAL.into(), withdrawal.clone());
    assert_eq!(kind(&files), Some(ErrorKind::Withdrawn));
    let mut altered = 0;
    for at in 0..withdrawal.len() {
        for value in 0..=u8::MAX {
            if value == withdrawal[at] || !(value as usize + at).is_multiple_of(4) {
                continue;
            }
            let mut bytes = withdrawal.clone();
            bytes[at] = value;
            files.insert(WITHDRAWAL.into(), bytes);
            let found = kind(&files);
            assert!(matches!(found, Some(ErrorKind::Tampered | ErrorKind::FormatInvalid)), "byte {at}: {found:?}");
            altered += 1;
        }
    }
    assert!(altered >= 10_000, "{altered}");
}

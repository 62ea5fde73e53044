//! Amendments on a disk that is full, and in a folder that somebody else prepared.

#[path = "../examples/vectors/recording.rs"]
#[expect(dead_code, reason = "the vectors need more of it")]
mod recording;
#[expect(dead_code, reason = "other tests need more of it")]
mod written;

use std::fs;

use understudy_core::amend::{Disk, FolderDisk, settle};
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::forget::{Forget, forget_on};
use understudy_core::recipient::OpenKey;
use understudy_core::release::{Release, release, release_on};
use understudy_core::span::{Span, Spans};
use understudy_core::track::Tracks;

use self::written::stopping::Stopping;
use self::written::{Folder, SECOND, files, identity, recorded};

/// A disk on which there is room for some more files, and then for half a file.
struct Full {
    disk: FolderDisk,
    left: usize,
}

impl Disk for Full {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let Some(left) = self.left.checked_sub(1) else {
            self.disk.write(path, &bytes[..bytes.len() / 2])?;
            return Err(Error::new(ErrorKind::DiskFull, "full"));
        };
        self.left = left;
        self.disk.write(path, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        self.disk.remove(path)
    }

    fn remove_folder(&mut self, path: &str) -> Result<()> {
        self.disk.remove_folder(path)
    }
}

fn some() -> Forget {
    let span = Span::new(Time::from_nanos(8 * SECOND), Time::from_nanos(25 * SECOND)).expect("a span");
    Forget { span, app: None, tracks: Tracks::ALL }
}

fn to() -> Release {
    let recipient = OpenKey::from_secret(recording::secret(0x22)).public();
    Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names: Vec::new() }
}

/// A recording of which a span is as good as forgotten: the amendment is valid, and nothing of it was done.
fn unsettled() -> Folder {
    for step in 0.. {
        let folder = Folder::with(&recorded());
        let mut disk = Stopping::new(folder.path(), step);
        forget_on(folder.path(), &mut disk, &identity(), &some()).expect_err("stops");
        if folder.path().join("amend/journal.ndjson").exists() {
            return folder;
        }
    }
    unreachable!("some step makes it valid")
}

#[test]
fn a_full_disk_leaves_the_recording_as_it_was() {
    type Change = fn(&Folder, &mut Full) -> Result<()>;
    let forget: Change = |folder, disk| forget_on(folder.path(), disk, &identity(), &some()).map(drop);
    let release: Change = |folder, disk| release_on(folder.path(), disk, &identity(), &to()).map(drop);
    for (change, least) in [(forget, 10), (release, 2)] {
        let mut refused = 0;
        loop {
            let folder = Folder::with(&recorded());
            let mut disk = Full { disk: FolderDisk::new(folder.path()), left: refused };
            let Err(full) = change(&folder, &mut disk) else { break };
            assert_eq!(full.kind(), ErrorKind::DiskFull);
            assert!(!folder.path().join("amend").exists(), "what is of no use takes no room");
            assert_eq!(files(folder.path()), recorded());
            refused += 1;
        }
        assert!(refused >= least, "{refused}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    for link in ["keyboard", "amend/keyboard", "amend"] {
        let (folder, outside) = (unsettled(), Folder::with(&recorded()));
        let target = outside.path().join(link.replace("amend/", ""));
        let place = folder.path().join(link);
        if link == "amend" {
            fs::rename(&place, &target).expect("moves");
        } else {
            fs::remove_dir_all(&place).expect("removes");
        }
        std::os::unix::fs::symlink(&target, &place).expect("links");
        let before = files(outside.path());
        assert_eq!(settle(folder.path()).expect_err("a link").kind(), ErrorKind::Tampered, "{link}");
        let refused = forget_on(folder.path(), &mut FolderDisk::new(folder.path()), &identity(), &some());
        assert_eq!(refused.expect_err("a link").kind(), ErrorKind::Tampered, "{link}");
        assert_eq!(files(outside.path()), before, "{link}");
    }
}

#[test]
fn a_journal_that_forgets_lines_is_not_settled() {
    let mut with = recorded();
    let journal = with["journal.ndjson"].clone();
    let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
    for kept in [1, lines.len() - 1] {
        with.insert("amend/journal.ndjson".into(), lines[..kept].concat());
        let folder = Folder::with(&with);
        assert_eq!(settle(folder.path()).expect_err("lines are missing").kind(), ErrorKind::Tampered);
        assert_eq!(files(folder.path()), with);
    }
}

#[test]
fn what_lies_in_the_way_of_a_copy_is_told_before_anything_is_changed() {
    let folder = Folder::with(&recorded());
    let copy = folder.path().join(format!("release/{}/000000", to().recipient));
    fs::create_dir_all(copy.join("of somebody's")).expect("makes folders");
    assert_eq!(release(folder.path(), &identity(), &to()).expect_err("in the way").kind(), ErrorKind::State);
    fs::remove_dir_all(&copy).expect("removes");
    assert_eq!(files(folder.path()), recorded());
    release(folder.path(), &identity(), &to()).expect("releases");
}

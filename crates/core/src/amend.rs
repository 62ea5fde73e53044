//! What the contributor does to a recording that is written, wholly or not at all: docs/format.md §17.
//!
//! New files and the journal with its new lines are laid down in the folder `amend`. When all of it is on the disk, one renaming
//! makes it valid; from then on it only goes forward. Whoever opens the recording next, after a crash, finishes it or clears it away.

mod disk;
mod lock;

use std::path::Path;

pub use self::disk::{Disk, FolderDisk};
pub use self::lock::Lock;
use crate::error::{Error, ErrorKind, Result};
use crate::header::Header;
use crate::journal::{Entry, JournalReader, JournalWriter, MAX_FILE, SignedLine};
use crate::receipt::{MAX_BYTES, Receipt};
use crate::release;
use crate::segment::SegmentId;
use crate::sign::SignKey;
use crate::sink::{HEADER, JOURNAL, RECEIPT};
use crate::source::{FolderSource, Source, place};
use crate::track::Track;

/// The folder of an amendment that is being made.
pub(crate) const AMEND: &str = "amend/";
/// The same, as it is removed.
pub(crate) const FOLDER: &str = "amend";
/// The journal with its new lines: once it has this name, the amendment holds.
const VALID: &str = "amend/journal.ndjson";
/// Its name before.
const DRAFT: &str = "amend/journal.draft";

/// Changes the recording in `folder`, wholly or not at all. What fails before it holds is cleared away: on a full disk, nobody needs it.
pub(crate) fn change<T>(
    folder: &Path,
    disk: &mut dyn Disk,
    make: impl FnOnce(&mut dyn Disk) -> Result<T>,
) -> Result<T> {
    let _lock = Lock::take(folder)?;
    settle_locked(folder, disk)?;
    let made = make(disk);
    if made.is_err() && !holds(folder) {
        // Where this fails too, settling does it.
        let _ = disk.remove_folder(FOLDER);
    }
    made
}

/// An amendment in the making.
pub(crate) struct Amendment<'a> {
    disk: &'a mut dyn Disk,
    journal: Vec<u8>,
    /// Has read all of `journal`.
    reader: JournalReader,
    key: &'a SignKey,
}

impl<'a> Amendment<'a> {
    /// Begins one of the recording in `folder`, within [`change`].
    pub(crate) fn begin(folder: &Path, disk: &'a mut dyn Disk, key: &'a SignKey) -> Result<Self> {
        let old = Old::read(folder)?;
        let journal = old.journal()?;
        let reader = old.follow(&journal)?;
        if key.public() != old.receipt.signer() {
            let message = "this identity did not sign the recording's receipt: only the contributor may do this";
            return Err(Error::new(ErrorKind::IdentityMismatch, message));
        }
        Ok(Self { disk, journal, reader, key })
    }

    /// Adds a line. It is read again at once: what would not hold must never become valid.
    pub(crate) fn line(&mut self, entry: Entry) -> Result<()> {
        let line = JournalWriter::behind(&self.reader).line(self.key, self.reader.time(), entry)?;
        self.reader.line(line.bytes().trim_ascii_end())?;
        self.journal.extend_from_slice(line.bytes());
        Ok(())
    }

    /// Adds a file, sealed or signed: `path` is where it will be.
    pub(crate) fn file(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.disk.write(&format!("{AMEND}{path}"), bytes)
    }

    /// Makes it valid, and does it.
    pub(crate) fn commit(self, folder: &Path) -> Result<()> {
        if self.journal.len() as u64 > MAX_FILE {
            return Err(Error::new(ErrorKind::State, "the journal would be over 256 MiB"));
        }
        self.disk.write(DRAFT, &self.journal)?;
        self.disk.rename(DRAFT, VALID)?;
        settle_locked(folder, self.disk)
    }
}

/// What a recorder does to the recording that it writes, and holds the lock of: adds lines to the journal, and destroys the segments of
/// which they say so. Answers how long the journal is now. Its own lines it need not read again; whoever settles it after a crash does.
pub(crate) fn destroy(folder: &Path, disk: &mut dyn Disk, lines: &[SignedLine], gone: &[SegmentId]) -> Result<u64> {
    let added = lines.iter().flat_map(|line| line.bytes());
    let mut journal = read(folder, JOURNAL, MAX_FILE as usize)?;
    journal.extend(added);
    if journal.len() as u64 > MAX_FILE {
        return Err(Error::new(ErrorKind::State, "the journal would be over 256 MiB"));
    }
    let drafted = disk.write(DRAFT, &journal).and_then(|()| disk.rename(DRAFT, VALID));
    if drafted.is_err() && !holds(folder) {
        // On a full disk, nobody needs it. Where this fails too, settling does it.
        let _ = disk.remove_folder(FOLDER);
    }
    drafted?;
    // Keys go first: without them, what is left of a segment is noise.
    gone.iter().try_for_each(|id| disk.remove(&id.key_path()))?;
    gone.iter().try_for_each(|id| disk.remove(&id.path()))?;
    disk.rename(VALID, JOURNAL)?;
    disk.remove_folder(FOLDER)?;
    Ok(journal.len() as u64)
}

/// Finishes or clears away what a crash left in the folder `amend`; answers whether anything was there. Needs no key.
///
/// # Errors
/// `State` while another program changes the recording, `Tampered` when the journal in `amend` does not hold, or a link leads
/// out of the folder, `Io`.
pub fn settle(folder: &Path) -> Result<bool> {
    if !folder.join(FOLDER).exists() {
        return Ok(false);
    }
    let _lock = Lock::take(folder)?;
    settle_locked(folder, &mut FolderDisk::new(folder))?;
    Ok(true)
}

/// What readers answer where [`settle`] has work to do.
pub(crate) fn unsettled() -> Error {
    let message =
        "a change by the contributor was cut short: run `understudy settle` on the recording, which finishes it";
    Error::new(ErrorKind::State, message)
}

/// Whether an amendment holds that is not done yet; in doubt one does.
pub(crate) fn holds(folder: &Path) -> bool {
    is_valid(folder).unwrap_or(true)
}

fn is_valid(folder: &Path) -> Result<bool> {
    Ok(place(folder, VALID)?.exists())
}

fn settle_locked(folder: &Path, disk: &mut dyn Disk) -> Result<()> {
    if is_valid(folder)? {
        let old = Old::read(folder)?;
        let journal = old.required(VALID, MAX_FILE as usize)?;
        if !journal.starts_with(&old.journal()?) {
            let why = format!("{VALID}: does not go on behind journal.ndjson, and is not settled");
            return Err(Error::new(ErrorKind::Tampered, why));
        }
        let reader = old.follow(&journal)?;
        apply(folder, disk, &reader)?;
        disk.rename(VALID, JOURNAL)?;
    }
    disk.remove_folder(FOLDER)
}

/// Brings the files to where the journal has them. Keys go first: without them, what is left of a segment is noise.
fn apply(folder: &Path, disk: &mut dyn Disk, journal: &JournalReader) -> Result<()> {
    let staged = |path: &str| Ok::<_, Error>(place(folder, &format!("{AMEND}{path}"))?.exists());
    for facts in journal.segments() {
        for path in [facts.id.key_path(), facts.id.path()] {
            if facts.destroyed {
                disk.remove(&path)?;
            } else if staged(&path)? {
                disk.rename(&format!("{AMEND}{path}"), &path)?;
            }
        }
    }
    // A crash of the recorder may have left files of a segment that no line names.
    for track in Track::ALL {
        let count = journal.segments().iter().filter(|facts| facts.id.track == track).count() as u32;
        let next = SegmentId { track, number: count };
        disk.remove(&next.key_path())?;
        disk.remove(&next.path())?;
    }
    for (recipient, number) in journal.releases() {
        let path = release::path(recipient, number);
        if staged(&path)? {
            disk.rename(&format!("{AMEND}{path}"), &path)?;
        }
    }
    Ok(())
}

/// The documents that a journal is read by.
struct Old<'a> {
    folder: &'a Path,
    header: Vec<u8>,
    receipt: Receipt,
}

impl<'a> Old<'a> {
    fn read(folder: &'a Path) -> Result<Self> {
        let receipt = Receipt::parse(&read(folder, RECEIPT, MAX_BYTES)?)?;
        Ok(Self { folder, header: read(folder, HEADER, MAX_BYTES)?, receipt })
    }

    fn required(&self, path: &str, limit: usize) -> Result<Vec<u8>> {
        read(self.folder, path, limit)
    }

    /// The lines of the journal that are whole: a crash may have cut the last one, which then nobody reads.
    fn journal(&self) -> Result<Vec<u8>> {
        let mut bytes = self.required(JOURNAL, MAX_FILE as usize)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        bytes.truncate(whole);
        Ok(bytes)
    }

    /// Reads whole lines, each of which must hold.
    fn follow(&self, journal: &[u8]) -> Result<JournalReader> {
        let header = Header::decode(&self.header)?;
        let mut reader = JournalReader::new(&self.header, header.device, self.receipt.signer(), header.tracks);
        for line in journal.split_inclusive(|byte| *byte == b'\n') {
            let cut = || Error::new(ErrorKind::Tampered, "journal.ndjson: its last line is cut");
            reader.line(line.strip_suffix(b"\n").ok_or_else(cut)?)?;
        }
        Ok(reader)
    }
}

fn read(folder: &Path, path: &str, limit: usize) -> Result<Vec<u8>> {
    let bytes = FolderSource::new(folder)?.read_whole(path, limit)?;
    bytes.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))
}

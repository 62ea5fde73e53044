//! What the contributor does to a recording that is written, wholly or not at all: docs/format.md §17.
//!
//! New files and the journal with its new lines are laid down in the folder `amend`. When all of it is on the disk, one renaming
//! makes it valid; from then on it only goes forward. Whoever opens the recording next, after a crash, finishes it or clears it away.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::header::Header;
use crate::journal::{Entry, JournalReader, JournalWriter, MAX_FILE};
use crate::receipt::{MAX_BYTES, Receipt};
use crate::recipient::PublicKey;
use crate::segment::SegmentId;
use crate::sign::SignKey;
use crate::sink::{HEADER, JOURNAL, RECEIPT};
use crate::track::Track;

/// The folder of an amendment that is being made.
pub const AMEND: &str = "amend/";
const FOLDER: &str = "amend";
/// The journal with its new lines: once it has this name, the amendment holds.
const VALID: &str = "amend/journal.ndjson";
/// Its name before.
const DRAFT: &str = "amend/journal.draft";

/// Changes of a recording's folder. Each is durable when it returns.
pub trait Disk {
    /// Writes a file, and the folders above it that are missing.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()>;
    /// Moves a file or a folder over what is there.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Removes a file; one that is not there is no failure.
    fn remove(&mut self, path: &str) -> Result<()>;
    /// Removes a folder with all that is in it.
    fn remove_folder(&mut self, path: &str) -> Result<()>;
}

/// The folder on this machine.
pub struct FolderDisk(PathBuf);

impl FolderDisk {
    /// The recording in this folder.
    pub fn new(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// A name is durable when its folder is.
    fn sync_parent(&self, path: &str) -> Result<()> {
        #[cfg(unix)]
        if let Some(parent) = self.0.join(path).parent() {
            let synced = File::open(parent).and_then(|folder| folder.sync_all());
            synced.map_err(|e| Error::io(parent.display(), &e))?;
        }
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }

    fn make_parents(&self, path: &str) -> Result<()> {
        let Some((parent, _)) = path.rsplit_once('/') else { return Ok(()) };
        let full = self.0.join(parent);
        fs::create_dir_all(&full).map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(parent)
    }
}

impl Disk for FolderDisk {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.make_parents(path)?;
        let full = self.0.join(path);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&full).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.make_parents(to)?;
        let full = self.0.join(from);
        fs::rename(&full, self.0.join(to)).map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(to)?;
        self.sync_parent(from)
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        let full = self.0.join(path);
        match fs::remove_file(&full) {
            Ok(()) => self.sync_parent(path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(full.display(), &e)),
        }
    }

    fn remove_folder(&mut self, path: &str) -> Result<()> {
        let full = self.0.join(path);
        match fs::remove_dir_all(&full) {
            Ok(()) => self.sync_parent(path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(full.display(), &e)),
        }
    }
}

/// Keeps the recorder, and everyone else who would change the recording, out; until it is dropped.
pub struct Lock {
    _header: File,
}

impl Lock {
    /// Locks the recording in `folder`.
    ///
    /// # Errors
    /// `State` while it is recorded, or another change is being made.
    pub fn take(folder: &Path) -> Result<Self> {
        let path = folder.join(HEADER);
        let file = File::open(&path).map_err(|e| Error::io(path.display(), &e))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "{} is being recorded, or changed by another program: stop the recording first",
                    folder.display()
                );
                Err(Error::new(ErrorKind::State, message))
            }
            // A file system without locks cannot be asked.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _header: file }),
        }
    }
}

/// An amendment in the making.
pub(crate) struct Amendment<'a> {
    disk: &'a mut dyn Disk,
    lines: JournalWriter,
    journal: Vec<u8>,
    time: crate::clock::Time,
    key: &'a SignKey,
}

impl<'a> Amendment<'a> {
    /// Begins one of the recording in `folder`, whose lock the caller holds and which is settled.
    pub(crate) fn begin(folder: &Path, disk: &'a mut dyn Disk, key: &'a SignKey) -> Result<Self> {
        let old = Old::read(folder)?;
        let bytes = old.required(JOURNAL, MAX_FILE as usize)?;
        // A crash may have cut the last line, which then nobody reads.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let journal = bytes[..whole].to_vec();
        let reader = old.follow(&journal)?;
        if key.public() != old.receipt.signer() {
            let message = "this identity did not sign the recording's receipt: only the contributor may do this";
            return Err(Error::new(ErrorKind::IdentityMismatch, message));
        }
        Ok(Self { disk, lines: JournalWriter::behind(&reader), journal, time: reader.time(), key })
    }

    /// Which release to this recipient would be the next.
    pub(crate) fn next_release(folder: &Path, recipient: PublicKey) -> Result<u32> {
        let old = Old::read(folder)?;
        let bytes = old.required(JOURNAL, MAX_FILE as usize)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let journal = old.follow(&bytes[..whole])?;
        Ok(journal.releases().iter().filter(|(to, _)| *to == recipient).count() as u32)
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, entry: Entry) -> Result<()> {
        let line = self.lines.line(self.key, self.time, entry)?;
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

/// Finishes or clears away what a crash left in the folder `amend`; answers whether anything was there. Needs no key.
///
/// # Errors
/// `State` while another program changes the recording, `Tampered` when the journal in `amend` is not the contributor's, `Io`.
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

pub(crate) fn settle_locked(folder: &Path, disk: &mut dyn Disk) -> Result<()> {
    if folder.join(VALID).exists() {
        let old = Old::read(folder)?;
        let journal = old.required(VALID, MAX_FILE as usize)?;
        let reader = old.follow(&journal)?;
        apply(folder, disk, &reader)?;
        disk.rename(VALID, JOURNAL)?;
    }
    disk.remove_folder(FOLDER)
}

/// Brings the files to where the journal has them. Keys go first: without them, what is left of a segment is noise.
fn apply(folder: &Path, disk: &mut dyn Disk, journal: &JournalReader) -> Result<()> {
    let staged = |path: &str| folder.join(format!("{AMEND}{path}")).exists();
    for facts in journal.segments() {
        for path in [facts.id.key_path(), facts.id.path()] {
            if facts.destroyed {
                disk.remove(&path)?;
            } else if staged(&path) {
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
        let path = crate::release::path(*recipient, *number);
        if staged(&path) {
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
    use crate::source::{FolderSource, Source};
    let bytes = FolderSource::new(folder)?.read_whole(path, limit)?;
    bytes.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))
}

//! Withdrawing: what is recorded is destroyed, and who has a copy is told, by a signature, not to use it (docs/format.md §20).

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::amend::{self, Disk, FolderDisk, Lock};
use crate::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::header::{Header, RecordingId};
use crate::identity::Identity;
use crate::receipt::{DAY, MAX_BYTES, Receipt, canonical_line};
use crate::sign::{self, Document, SignKey, Signature, VerifyKey};
use crate::sink::{HEADER, RECEIPT};
use crate::source::{FolderSource, Source};
use crate::track::Track;

/// Name of the withdrawal.
pub const WITHDRAWAL: &str = "withdrawal.json";
const DRAFT: &str = "amend/withdrawal.json";
const SCHEMA: &str = "understudy.withdrawal/1";
/// How deep recordings are looked for: a release lies three folders below its recording.
const MAX_DEPTH: usize = 6;

/// What the contributor signs: this recording may not be used any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    schema: String,
    recording: RecordingId,
    /// Days since 1970.
    pub day: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

impl Withdrawal {
    /// The bytes of withdrawal.json, signed.
    pub fn encode(recording: RecordingId, day: u64, key: &SignKey) -> Result<Vec<u8>> {
        let withdrawal = Self { schema: SCHEMA.into(), recording, day, signature: None };
        let mut bytes = key.sign(Document::Withdrawal, &withdrawal)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads withdrawal.json, and checks its form, its signature, and that it is of this recording.
    ///
    /// # Errors
    /// `FormatInvalid`, `Tampered`.
    pub fn decode(bytes: &[u8], recording: RecordingId, signer: &VerifyKey) -> Result<Self> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("{WITHDRAWAL} {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("is too long, or not one line"))?;
        let withdrawal: Self = canonical::decode(WITHDRAWAL, line)?;
        if withdrawal.schema != SCHEMA {
            return Err(invalid("is of an unknown schema"));
        }
        if !sign::verify(Document::Withdrawal, line, signer) || withdrawal.recording != recording {
            let why = "withdrawal.json: its signature does not hold, or it is of another recording";
            return Err(Error::new(ErrorKind::Tampered, why));
        }
        Ok(withdrawal)
    }
}

/// What readers answer to a recording that was withdrawn.
pub(crate) fn refused() -> Error {
    let message =
        "the contributor has withdrawn this recording: it may not be used; delete its folder, and every copy of it";
    Error::new(ErrorKind::Withdrawn, message)
}

/// What was withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// Folders of recordings that are destroyed; each holds its withdrawal still.
    pub recordings: Vec<PathBuf>,
    /// Withdrawals of copies that were released: to be sent to who has them.
    pub copies: Vec<PathBuf>,
    /// Folders of recordings that are being recorded: to be stopped first.
    pub busy: Vec<PathBuf>,
    /// Folders that could not be read, or not be withdrawn: to be mended first.
    pub failed: Vec<Failed>,
}

/// What could not be withdrawn: nothing else is kept by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its folder.
    pub path: PathBuf,
    /// Why.
    pub error: Error,
}

/// Withdraws every recording of this contributor's in `folder` and below, those that lie in it released included; `time` is now, in
/// seconds since 1970. May be called again: what is withdrawn stays so, and what a crash left is destroyed.
///
/// # Errors
/// `Io` and the like when `folder` itself cannot be read: then nothing is withdrawn.
pub fn withdraw(folder: &Path, identity: &Identity, time: u64) -> Result<Withdrawn> {
    let mut withdrawn = Withdrawn::default();
    let mut found = Vec::new();
    find(folder, MAX_DEPTH, &mut found, &mut withdrawn.failed)?;
    for path in found {
        let mut disk = FolderDisk::new(&path);
        match withdraw_on(&path, &mut disk, identity, time / DAY) {
            Ok(None) => {}
            Ok(Some(Kind::Recording)) => withdrawn.recordings.push(path),
            Ok(Some(Kind::Copy)) => withdrawn.copies.push(path.join(WITHDRAWAL)),
            Err(e) if e.kind() == ErrorKind::State => withdrawn.busy.push(path),
            Err(error) => withdrawn.failed.push(Failed { path, error }),
        }
    }
    Ok(withdrawn)
}

/// What lies in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A contributor's own recording.
    Recording,
    /// A released copy of one.
    Copy,
}

/// Withdraws one recording, by way of this disk; answers `None` for somebody else's. For tests, which stop it at every step.
pub fn withdraw_on(folder: &Path, disk: &mut dyn Disk, identity: &Identity, day: u64) -> Result<Option<Kind>> {
    let source = FolderSource::new(folder)?;
    let read = |name| match source.read_whole(name, MAX_BYTES) {
        Err(e) if matches!(e.kind(), ErrorKind::FormatInvalid | ErrorKind::Tampered) => Ok(None),
        read => read,
    };
    let (Some(header), Some(receipt)) = (read(HEADER)?, read(RECEIPT)?) else { return Ok(None) };
    // What is no recording, or none that this version knows, is nobody's to destroy.
    let (Ok(header), Ok(receipt)) = (Header::decode(&header), Receipt::parse_any(&receipt)) else { return Ok(None) };
    let kind = if receipt.is_released() { Kind::Copy } else { Kind::Recording };
    let me = identity.under(&receipt)?;
    let key = me.sign_key();
    if key.public() != receipt.signer() {
        return Ok(None);
    }
    let _lock = Lock::take(folder)?;
    // What a crash cut short is not finished first: all of it goes, and nothing that lies there may be in the way.
    disk.remove_folder(amend::FOLDER)?;
    let valid = |bytes: Vec<u8>| Withdrawal::decode(&bytes, header.id, &key.public()).is_ok();
    if !read(WITHDRAWAL)?.is_some_and(valid) {
        disk.write(DRAFT, &Withdrawal::encode(header.id, day, key)?)?;
        disk.rename(DRAFT, WITHDRAWAL)?;
        disk.remove_folder(amend::FOLDER)?;
    }
    destroy(&source, disk)?;
    Ok(Some(kind))
}

/// Keys first: without them, what is left is noise.
fn destroy(source: &dyn Source, disk: &mut dyn Disk) -> Result<()> {
    let of_track = |path: &&String| Track::ALL.iter().any(|track| path.starts_with(&format!("{track}/")));
    let files = source.list()?;
    let (keys, rest): (Vec<_>, Vec<_>) = files.iter().filter(of_track).partition(|path| path.ends_with(".key"));
    keys.into_iter().chain(rest).try_for_each(|path| disk.remove(path))
}

/// Recordings in a folder and below it, outer ones first, wherever one can look; what was never released goes with its recording.
fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>, failed: &mut Vec<Failed>) -> Result<()> {
    let is_recording = folder.join(HEADER).is_file();
    if is_recording {
        found.push(folder.into());
    }
    let unread = |e: std::io::Error| Error::io("cannot look into it", &e);
    let mut below = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let is_amendment = is_recording && entry.file_name() == amend::FOLDER;
        if entry.file_type().map_err(unread)?.is_dir() && !is_amendment {
            below.push(entry.path());
        }
    }
    below.sort_unstable();
    if depth == 0 {
        return Ok(());
    }
    for folder in below {
        // Not at the first failure: what lies beside it is looked at too.
        if let Err(error) = find(&folder, depth - 1, found, failed) {
            failed.push(Failed { path: folder, error });
        }
    }
    Ok(())
}

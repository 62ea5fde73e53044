//! The recording that copies are released from.

use std::path::Path;

use super::manifest::{MANIFEST, Manifest};
use super::progress::Told;
use super::{Copy, Release, Released, path};
use crate::amend::{AMEND, Amendment, Disk};
use crate::canonical::Bytes;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::journal::{Entry, MAX_FILE};
use crate::key::Holder;
use crate::receipt::DAY;
use crate::recipient::PublicKey;
use crate::sign::{self, SignKey};
use crate::sink::{FolderSink, HEADER, JOURNAL, RECEIPT};
use crate::source::{FolderSource, Source as _, place};
use crate::track::Tracks;
use crate::verify::{Body, Status, verify};
use crate::writer::{About, RecordingWriter};

/// What of a contributor it takes to release one copy.
pub(super) struct Author<'a> {
    /// Signs in the recording's journal.
    pub(super) signer: &'a SignKey,
    /// Opens the recording.
    pub(super) holder: &'a dyn Holder,
    /// Who the contributor is in the copy.
    pub(super) pseudonym: &'a Identity,
    /// The id of the copy's receipt, and whom it is sealed to.
    pub(super) copy: (Bytes<16>, PublicKey),
}

/// A recording that is released from.
pub(super) struct Original<'a> {
    folder: &'a Path,
    pub(super) source: FolderSource,
    pub(super) body: Body,
    pub(super) status: Status,
}

impl<'a> Original<'a> {
    pub(super) fn open(folder: &'a Path) -> Result<Self> {
        let source = FolderSource::new(folder)?;
        let verified = verify(&source).map_err(|failure| failure.error)?;
        let nothing =
            || Error::new(ErrorKind::InvalidArgument, "there is nothing in this recording that could be released");
        let body = verified.body.ok_or_else(nothing)?;
        Ok(Self { folder, source, body, status: verified.status })
    }

    /// When it was recorded, in days since 1970: all that a copy tells.
    pub(super) fn day(&self) -> u64 {
        self.body.header.started / 1000 / DAY
    }

    /// Makes one copy.
    pub(super) fn release(
        &self,
        disk: &mut dyn Disk,
        author: &Author<'_>,
        what: &Release,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Released> {
        let Self { folder, body, .. } = self;
        let tracks: Tracks = what.tracks.iter().filter(|track| body.header.tracks.contains(*track)).collect();
        if tracks.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "none of these tracks was recorded"));
        }
        let (_, recipient) = author.copy;
        let number = next(body, recipient);
        let path = path(recipient, number);
        if place(folder, &path)?.symlink_metadata().is_ok() {
            let why = format!("{path} is there, and no line of the journal names it: move it elsewhere first");
            return Err(Error::new(ErrorKind::State, why));
        }
        let mut amendment = Amendment::begin(folder, disk, author.signer)?;

        let (day, pseudonym) = (self.day(), author.pseudonym);
        let receipt = body.receipt.released(pseudonym, author.copy, tracks, day)?;
        let about = About {
            tracks,
            started: day * DAY * 1000,
            platform: body.header.platform.clone(),
            // The policy lists applications, and may be one person's.
            policy: pseudonym.commit(&body.header.policy.0)?,
        };
        let copied = folder.join(format!("{AMEND}{path}"));
        let mut writer = RecordingWriter::begin(Box::new(FolderSink::create(&copied)?), &receipt, &about)?;
        writer.seal_to(recipient);
        let copy = Copy { original: self, holder: author.holder, what, tracks };
        let mut told = Told::new(copy.segments(), progress);
        let duration = copy.write(writer, &mut told)?;

        let read = |name: &str| {
            let bytes = FolderSource::new(&copied)?.read_whole(name, MAX_FILE as usize)?;
            bytes.ok_or_else(|| Error::new(ErrorKind::Internal, "a released copy is not whole"))
        };
        let (header, journal) = (read(HEADER)?, read(JOURNAL)?);
        let consent = pseudonym.commit(body.receipt.bytes())?;
        let manifest = Manifest::new(&header, sign::hash(&read(RECEIPT)?), sign::hash(&journal), recipient, consent)?;
        let manifest = manifest.encode(pseudonym.sign_key())?;
        amendment.file(&format!("{path}/{MANIFEST}"), &manifest)?;
        let manifest = sign::hash(&manifest);
        amendment.line(Entry::Release { recipient, number, manifest })?;
        amendment.commit(folder)?;
        Ok(Released { path, manifest, tracks, duration })
    }
}

/// Which release to this recipient is the next.
fn next(body: &Body, recipient: PublicKey) -> u32 {
    let to_them = |entry: &Entry| matches!(entry, Entry::Release { recipient: before, .. } if *before == recipient);
    body.journal.iter().filter(|(_, entry)| to_them(entry)).count() as u32
}

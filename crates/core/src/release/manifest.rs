//! release.json, both directions: docs/format.md §18.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::header::{Header, RecordingId};
use crate::receipt::{DAY, Receipt, canonical_line, parse_tracks};
use crate::recipient::PublicKey;
use crate::sign::{self, Document, Hash, SignKey, Signature, VerifyKey};
use crate::track::Tracks;

use super::pace::{GRID, IDLE, STEP};

/// Name of the manifest.
pub const MANIFEST: &str = "release.json";
const SCHEMA: &str = "understudy.release/1";

/// What the contributor signs of a released copy: all of it, by hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    file: File,
    tracks: Tracks,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    recording: RecordingId,
    recipient: PublicKey,
    tracks: Vec<String>,
    day: u64,
    header: Hash,
    receipt: Hash,
    journal: Hash,
    consent: Hash,
    coarse: Coarse,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// How time is coarsened, in milliseconds: docs/format.md §18.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coarse {
    /// Times are multiples of it.
    pub grid: u64,
    /// The longest time that is told in which nobody did anything.
    pub idle: u64,
    /// Between two keys that follow each other.
    pub key: u64,
}

impl Coarse {
    /// As this version releases.
    pub fn ours() -> Self {
        let millis = |duration: std::time::Duration| duration.as_millis() as u64;
        Self { grid: millis(GRID), idle: millis(IDLE), key: millis(STEP) }
    }

    /// Whether no more is told than by `agreed`: steps are not finer, and idle time is not longer.
    pub fn keeps_to(&self, agreed: &Self) -> bool {
        self.grid >= agreed.grid && self.key >= agreed.key && self.idle <= agreed.idle
    }
}

impl Manifest {
    /// Of a copy with these files.
    pub(super) fn new(
        header: &[u8],
        receipt: Hash,
        journal: Hash,
        recipient: PublicKey,
        consent: Hash,
    ) -> Result<Self> {
        let decoded = Header::decode(header)?;
        let file = File {
            schema: SCHEMA.into(),
            recording: decoded.id,
            recipient,
            tracks: decoded.tracks.iter().map(|track| track.name().into()).collect(),
            day: decoded.started / 1000 / DAY,
            header: sign::hash(header),
            receipt,
            journal,
            consent,
            coarse: Coarse::ours(),
            signature: None,
        };
        Ok(Self { file, tracks: decoded.tracks })
    }

    /// The bytes of release.json, signed.
    pub(super) fn encode(&self, pseudonym: &SignKey) -> Result<Vec<u8>> {
        let mut bytes = pseudonym.sign(Document::Release, &self.file)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads release.json and checks its form and signature.
    ///
    /// # Errors
    /// `FormatInvalid`, `FormatVersion` for another schema, `Tampered` when the signature does not hold.
    pub fn decode(bytes: &[u8], signer: &VerifyKey) -> Result<Self> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("release.json {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("is too long, or not one line"))?;
        let mut file: File = canonical::decode(MANIFEST, line)?;
        if file.schema != SCHEMA {
            let why = "release.json: is of a schema that this reader does not know: a newer understudy may read it";
            return Err(Error::new(ErrorKind::FormatVersion, why));
        }
        let tracks = parse_tracks(&file.tracks).ok_or_else(|| invalid("does not name 1 to 4 tracks in order"))?;
        if !sign::verify(Document::Release, line, signer) {
            return Err(Error::new(ErrorKind::Tampered, "release.json: its signature does not hold"));
        }
        file.signature = None;
        Ok(Self { file, tracks })
    }

    /// Whether it is of this recording.
    ///
    /// # Errors
    /// `Tampered`
    pub(crate) fn check(&self, header_bytes: &[u8], header: &Header, receipt: &Receipt, journal: Hash) -> Result<()> {
        let file = &self.file;
        let fits = file.recording == header.id
            && file.header == sign::hash(header_bytes)
            && file.receipt == header.receipt
            && file.journal == journal
            && self.tracks == header.tracks
            && header.started == file.day.saturating_mul(DAY * 1000)
            && receipt.recipients() == [file.recipient]
            && receipt.coarse() == file.coarse;
        if fits { Ok(()) } else { Err(Error::new(ErrorKind::Tampered, "release.json: is of another recording")) }
    }

    /// To whom it was released.
    pub fn recipient(&self) -> PublicKey {
        self.file.recipient
    }
}

//! Who opened a released copy, and when: signed and chained by whoever opens it, before a key is used (docs/format.md §19).

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::amend::{Disk, FolderDisk};
use crate::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::header::RecordingId;
use crate::identity::Identity;
use crate::receipt::{MAX_BYTES, canonical_line};
use crate::recipient::PublicKey;
use crate::release::{MANIFEST, Manifest};
use crate::sign::{self, Document, Hash, Signature, VerifyKey};
use crate::source::{FolderSource, Source};

/// The folder of openings.
pub const OPENINGS: &str = "openings/";
const SCHEMA: &str = "understudy.opening/1";
/// The number of the last opening that a copy may have.
const MAX_NUMBER: u32 = 999_999;

/// One opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    schema: String,
    recording: RecordingId,
    number: u32,
    prev: Hash,
    /// Whose key opened it.
    pub recipient: PublicKey,
    /// Who signed that.
    pub signer: VerifyKey,
    /// When, by their clock: seconds since 1970.
    pub time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// Where an opening lies.
pub fn path(number: u32) -> String {
    format!("{OPENINGS}{number:06}.json")
}

impl Opening {
    /// The bytes of an opening, signed by whoever opens.
    pub fn encode(recording: RecordingId, number: u32, prev: Hash, identity: &Identity, time: u64) -> Result<Vec<u8>> {
        let opening = Self {
            schema: SCHEMA.into(),
            recording,
            number,
            prev,
            recipient: identity.open_key().public(),
            signer: identity.sign_key().public(),
            time,
            signature: None,
        };
        let mut bytes = identity.sign_key().sign(Document::Opening, &opening)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads an opening, and checks its form and signature.
    ///
    /// # Errors
    /// `FormatInvalid`, `Tampered` when the signature does not hold.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Self> {
        let invalid = || Error::new(ErrorKind::FormatInvalid, format!("{name}: is too long, or not one line"));
        let line = canonical_line(bytes).ok_or_else(invalid)?;
        let opening: Self = canonical::decode(name, line)?;
        if opening.schema != SCHEMA {
            return Err(Error::new(ErrorKind::FormatInvalid, format!("{name}: is of an unknown schema")));
        }
        if !sign::verify(Document::Opening, line, &opening.signer) {
            return Err(Error::new(ErrorKind::Tampered, format!("{name}: its signature does not hold")));
        }
        Ok(opening)
    }
}

/// The openings of a copy, in their order; each must follow the one before. One that was cut while it was written opened nothing.
pub(crate) fn read(
    source: &dyn Source,
    recording: RecordingId,
    manifest: &Manifest,
) -> Result<Openings, (String, Error)> {
    let mut openings = Openings { all: Vec::new(), files: 0, prev: hash_of(source, MANIFEST)? };
    while openings.files <= MAX_NUMBER {
        let name = path(openings.files);
        let at = |error| (name.clone(), error);
        let Some(bytes) = source.read_whole(&name, MAX_BYTES).map_err(at)? else { break };
        if bytes.ends_with(b"\n") {
            let opening = Opening::decode(&name, &bytes).map_err(at)?;
            let follows = opening.number == openings.files
                && opening.prev == openings.prev
                && opening.recording == recording
                && opening.recipient == manifest.recipient();
            if !follows {
                let why = format!("{name}: does not follow the opening before, or is of another copy");
                return Err(at(Error::new(ErrorKind::Tampered, why)));
            }
            openings.all.push(opening);
        }
        openings.prev = sign::hash(&bytes);
        openings.files += 1;
    }
    Ok(openings)
}

fn hash_of(source: &dyn Source, name: &str) -> Result<Hash, (String, Error)> {
    let at = |error| (name.to_owned(), error);
    let bytes = source.read_whole(name, MAX_BYTES).map_err(at)?;
    bytes
        .map(|bytes| sign::hash(&bytes))
        .ok_or_else(|| at(Error::new(ErrorKind::Tampered, format!("{name}: is missing"))))
}

/// What there is of openings.
#[derive(Clone, Debug)]
pub struct Openings {
    /// Each that is whole.
    pub all: Vec<Opening>,
    /// How many files there are.
    pub(crate) files: u32,
    prev: Hash,
}

/// Writes an opening of the copy in `folder`, which [`crate::verify::verify`] found intact; without one, nothing opens it.
///
/// # Errors
/// `InvalidArgument` when it is no copy, `IdentityMismatch` for anyone but the recipient, `PermissionDenied`, `DiskFull`, `Io`.
pub fn write(folder: &Path, identity: &Identity, time: u64) -> Result<()> {
    let source = FolderSource::new(folder)?;
    let verified = crate::verify::verify(&source).map_err(|failure| failure.error)?;
    let copy = verified.body.as_ref().and_then(|body| Some((body, body.release.as_ref()?, body.openings.as_ref()?)));
    let no_copy = || Error::new(ErrorKind::InvalidArgument, "this is no released copy: it has no openings");
    let (body, manifest, openings) = copy.ok_or_else(no_copy)?;
    let opener = identity.opening(&body.receipt)?;
    if manifest.recipient() != opener.open_key().public() {
        return Err(Error::new(ErrorKind::IdentityMismatch, "the copy was not released to this identity"));
    }
    if openings.files > MAX_NUMBER {
        return Err(Error::new(ErrorKind::State, "the copy was opened a million times: ask for another"));
    }
    let bytes = Opening::encode(body.header.id, openings.files, openings.prev, &opener, time)?;
    FolderDisk::new(folder).write(&path(openings.files), &bytes)
}

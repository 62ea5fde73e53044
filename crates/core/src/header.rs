//! header.json and unfinished.json, both directions: docs/format.md §3 and §6.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, Bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::receipt::{canonical_line, parse_tracks};
use crate::sign::{self, Document, Hash, SignKey, Signature, VerifyKey};
use crate::track::Tracks;

/// The format version that this crate writes and reads.
pub const FORMAT: u64 = 4;
const MAX_NAME: usize = 64;

/// A recording's id.
pub type RecordingId = Bytes<16>;

/// What header.json says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The recording's id.
    pub id: RecordingId,
    /// What is recorded.
    pub tracks: Tracks,
    /// Wall clock at time 0, milliseconds since 1970.
    pub started: u64,
    /// The key that signs this recording.
    pub device: VerifyKey,
    /// What captured it.
    pub platform: String,
    /// What wrote it.
    pub software: String,
    /// Hash of receipt.json.
    pub receipt: Hash,
    /// Hash of the policy in force.
    pub policy: Hash,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u64,
    id: RecordingId,
    tracks: Vec<String>,
    started: u64,
    device: VerifyKey,
    platform: String,
    software: String,
    receipt: Hash,
    policy: Hash,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

impl Header {
    /// The bytes of header.json, signed.
    pub fn encode(&self, key: &SignKey) -> Result<Vec<u8>> {
        let file = File {
            format: FORMAT,
            id: self.id,
            tracks: self.tracks.iter().map(|track| track.name().into()).collect(),
            started: self.started,
            device: self.device,
            platform: self.platform.clone(),
            software: self.software.clone(),
            receipt: self.receipt,
            policy: self.policy,
            signature: None,
        };
        let mut bytes = key.sign(Document::Header, &file)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads header.json and checks its form and signature.
    ///
    /// # Errors
    /// `FormatInvalid`, `FormatVersion`, `Tampered` when the signature does not hold.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("header.json {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("is too long, or not one line"))?;
        check_version(line)?;
        let file: File = canonical::decode("header.json", line)?;
        let named = |name: &str| (1..=MAX_NAME).contains(&name.len());
        if !named(&file.platform) || !named(&file.software) {
            return Err(invalid("names platform or software in 0 or more than 64 bytes"));
        }
        let tracks = parse_tracks(&file.tracks).ok_or_else(|| invalid("does not name 1 to 4 tracks in order"))?;
        if !sign::verify(Document::Header, line, &file.device) {
            return Err(Error::new(ErrorKind::Tampered, "header.json: its signature does not hold"));
        }
        Ok(Self {
            id: file.id,
            tracks,
            started: file.started,
            device: file.device,
            platform: file.platform,
            software: file.software,
            receipt: file.receipt,
            policy: file.policy,
        })
    }
}

/// A later version may have other members, so the number is looked at before anything else.
fn check_version(line: &[u8]) -> Result<()> {
    let value: serde_json::Value = canonical::decode("header.json", line)?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(FORMAT) => Ok(()),
        Some(other) => {
            let message = format!(
                "header.json: format version {other}; this reader knows version {FORMAT}: a newer understudy may read it"
            );
            Err(Error::new(ErrorKind::FormatVersion, message))
        }
        None => Err(Error::new(ErrorKind::FormatInvalid, "header.json names no format version")),
    }
}

/// What unfinished.json says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfinished {
    /// The recording's id.
    pub id: RecordingId,
    /// The key that signs this recording.
    pub device: VerifyKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

impl Unfinished {
    /// The marker of a recording that is being written.
    pub fn new(id: RecordingId, device: VerifyKey) -> Self {
        Self { id, device, signature: None }
    }

    /// The bytes of unfinished.json, signed.
    pub fn encode(&self, key: &SignKey) -> Result<Vec<u8>> {
        let mut bytes = key.sign(Document::Unfinished, self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads unfinished.json and checks its form and signature.
    ///
    /// # Errors
    /// `FormatInvalid`, `Tampered` when the signature does not hold.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let invalid = || Error::new(ErrorKind::FormatInvalid, "unfinished.json is too long, or not one line");
        let line = canonical_line(bytes).ok_or_else(invalid)?;
        let file: Self = canonical::decode("unfinished.json", line)?;
        if !sign::verify(Document::Unfinished, line, &file.device) {
            return Err(Error::new(ErrorKind::Tampered, "unfinished.json: its signature does not hold"));
        }
        Ok(file)
    }
}

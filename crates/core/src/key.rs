//! A segment's content key, sealed to each holder: docs/format.md §7.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::header::RecordingId;
use crate::receipt::canonical_line;
use crate::recipient::{ContentKey, OpenKey, PublicKey, SealedKey};
use crate::segment::SegmentId;

const MAX_STANZAS: usize = 64;
const MAX_KIND: usize = 32;
const MAX_FIELD: usize = 2 * 4096;
const X25519: &str = "x25519";

/// What a `.key` file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    recording: RecordingId,
    track: String,
    segment: u64,
    stanzas: Vec<Stanza>,
}

/// The type decides what the two other members mean, so that other kinds of recipient can join X25519.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stanza {
    #[serde(rename = "type")]
    kind: String,
    recipient: String,
    sealed: String,
}

impl KeyFile {
    /// Seals a segment's content key to each holder.
    ///
    /// # Errors
    /// `InvalidArgument` for a holder's key of low order.
    pub fn seal(recording: RecordingId, segment: SegmentId, key: &ContentKey, holders: &[PublicKey]) -> Result<Self> {
        let stanza = |holder: &PublicKey| {
            let sealed = holder.seal(key)?.to_string();
            Ok(Stanza { kind: X25519.into(), recipient: holder.0.to_string(), sealed })
        };
        let stanzas = holders.iter().map(stanza).collect::<Result<_>>()?;
        Ok(Self { recording, track: segment.track.name().into(), segment: segment.number.into(), stanzas })
    }

    /// The bytes of the `.key` file.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut bytes = canonical::encode(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads the `.key` file of a segment.
    ///
    /// # Errors
    /// `FormatInvalid`; `Tampered` when it is another segment's.
    pub fn decode(bytes: &[u8], recording: RecordingId, segment: SegmentId) -> Result<Self> {
        let path = segment.key_path();
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("{path}: {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("too long, or not one line"))?;
        let file: Self = canonical::decode(&path, line)?;
        let fits = |stanza: &Stanza| {
            (1..=MAX_KIND).contains(&stanza.kind.len()) && is_hex(&stanza.recipient) && is_hex(&stanza.sealed)
        };
        if !(1..=MAX_STANZAS).contains(&file.stanzas.len()) || !file.stanzas.iter().all(fits) {
            return Err(invalid("its stanzas are malformed"));
        }
        if file.stanzas.iter().any(|stanza| stanza.kind == X25519 && stanza.parse().is_none()) {
            return Err(invalid("an x25519 stanza is malformed"));
        }
        if file.recording != recording
            || file.track != segment.track.name()
            || file.segment != u64::from(segment.number)
        {
            return Err(Error::new(ErrorKind::Tampered, format!("{path}: is the key of another segment")));
        }
        Ok(file)
    }

    /// Opens the content key.
    ///
    /// # Errors
    /// `IdentityMismatch` when it is not sealed to `key`, `OpenFailed` when it does not open.
    pub fn open(&self, key: &OpenKey) -> Result<ContentKey> {
        let mine = self.stanzas.iter().filter_map(Stanza::parse).find(|(recipient, _)| *recipient == key.public());
        match mine {
            Some((_, sealed)) => key.open(&sealed),
            None => {
                Err(Error::new(ErrorKind::IdentityMismatch, "this identity is not one that the recording is sealed to"))
            }
        }
    }
}

/// Whoever can open the segments of a recording.
pub(crate) trait Holder {
    /// Opens the content key of a segment, of which this is the `.key` file.
    fn content_key(&self, segment: SegmentId, file: &KeyFile) -> Result<ContentKey>;
}

impl Holder for OpenKey {
    fn content_key(&self, _segment: SegmentId, file: &KeyFile) -> Result<ContentKey> {
        file.open(self)
    }
}

impl Stanza {
    fn parse(&self) -> Option<(PublicKey, SealedKey)> {
        if self.kind != X25519 {
            return None;
        }
        Some((PublicKey(canonical::Bytes::parse(&self.recipient)?), SealedKey::parse(&self.sealed)?))
    }
}

fn is_hex(text: &str) -> bool {
    let digits = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digits && text.len() <= MAX_FIELD && text.len().is_multiple_of(2)
}

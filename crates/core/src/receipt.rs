//! The contributor's consent, as a signed document: docs/format.md §4.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, Bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::policy::MAX_LAYERS;
use crate::recipient::PublicKey;
use crate::sign::{self, Document, Hash, Signature, VerifyKey};
use crate::track::{Track, Tracks};

const SCHEMA: &str = "understudy.consent/1";
/// Of the receipt in a released copy: the contributor's pseudonym signs that the consent covers it. Nothing may be recorded under one.
const RELEASED: &str = "understudy.released-consent/1";
/// Largest receipt, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most recipients that one receipt names.
pub const MAX_RECIPIENTS: usize = 64;

/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

/// What a recording may be used for: a closed list, in which judging a person is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Training agents that use computers.
    AgentTraining,
    /// Measuring how well such agents work.
    AgentEvaluation,
}

impl Purpose {
    /// Every purpose with its word.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::AgentTraining, "agent-training"), (Self::AgentEvaluation, "agent-evaluation")];

    /// The purpose of this word.
    ///
    /// # Errors
    /// `InvalidArgument` for any other word, with the list.
    pub fn parse(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(purpose, _)| purpose).ok_or_else(|| {
            Error::new(ErrorKind::InvalidArgument, "purpose must be one of agent-training, agent-evaluation")
        })
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentTraining => "agent-training",
            Self::AgentEvaluation => "agent-evaluation",
        }
    }
}

/// What a contributor agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What may be recorded.
    pub tracks: Tracks,
    /// Which of those the host may read while they are recorded; never `screen`.
    pub live: Tracks,
    /// What for.
    pub purpose: Purpose,
    /// To whom the contributor may release.
    pub recipients: Vec<PublicKey>,
    /// When the contributor agreed, seconds since 1970.
    pub issued: u64,
    /// Until when it holds, seconds since 1970.
    pub expires: u64,
    /// The text that was shown.
    pub notice: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document1 {
    schema: String,
    id: Bytes<16>,
    contributor: Contributor,
    tracks: Vec<String>,
    live: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Vec<Hash>>,
    purpose: Purpose,
    recipients: Vec<PublicKey>,
    issued: u64,
    expires: u64,
    notice: Hash,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contributor {
    open: PublicKey,
    sign: VerifyKey,
}

/// A receipt whose form and signature hold. Whether it covers a recording is asked with [`Receipt::permit`].
#[derive(Clone, Debug)]
pub struct Receipt {
    bytes: Vec<u8>,
    document: Document1,
    tracks: Tracks,
    live: Tracks,
}

impl Receipt {
    /// Signs `terms` in the contributor's name.
    ///
    /// # Errors
    /// `InvalidArgument` when the terms cannot be a receipt: no tracks, a live track that is none of them or the screen, no
    /// recipients, an expiry in the past.
    pub fn sign(terms: &Terms, identity: &Identity) -> Result<Self> {
        Self::sign_under(terms, &[], identity)
    }

    /// The same, under layers of policy: nothing may be recorded unless all of them are in force.
    ///
    /// # Errors
    /// As [`Receipt::sign`], and for more than 16 layers, or one twice.
    pub fn sign_under(terms: &Terms, layers: &[Hash], identity: &Identity) -> Result<Self> {
        let invalid = |why: &str| Err(Error::new(ErrorKind::InvalidArgument, why));
        if terms.tracks.is_empty() {
            return invalid("a receipt needs at least one track");
        }
        if !terms.tracks.covers(terms.live) || terms.live.contains(Track::Screen) {
            return invalid("what may be read live must be recorded, and cannot be the screen");
        }
        if terms.recipients.is_empty() || terms.recipients.len() > MAX_RECIPIENTS {
            return invalid("a receipt needs 1 to 64 recipients");
        }
        if has_twice(&terms.recipients) {
            return invalid("a recipient is named twice");
        }
        if layers.len() > MAX_LAYERS || has_twice(layers) {
            return invalid("a receipt names at most 16 layers of policy, each once");
        }
        if terms.expires <= terms.issued || terms.expires > canonical::MAX_INTEGER / 1000 {
            return invalid("a receipt must expire after it is issued");
        }
        let mut id = [0; 16];
        dryoc::rng::copy_randombytes(&mut id);
        let document = Document1 {
            schema: SCHEMA.into(),
            id: Bytes(id),
            contributor: Contributor { open: identity.open_key().public(), sign: identity.sign_key().public() },
            tracks: terms.tracks.iter().map(|track| track.name().into()).collect(),
            live: terms.live.iter().map(|track| track.name().into()).collect(),
            policy: (!layers.is_empty()).then(|| layers.to_vec()),
            purpose: terms.purpose,
            recipients: terms.recipients.clone(),
            issued: terms.issued,
            expires: terms.expires,
            notice: sign::hash(terms.notice.as_bytes()),
            signature: None,
        };
        let mut bytes = identity.sign_key().sign(Document::Receipt, &document)?;
        bytes.push(b'\n');
        Self::parse(&bytes)
    }

    /// Reads a receipt and checks its form and its signature.
    ///
    /// # Errors
    /// `ReceiptInvalid`, whatever is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let receipt = Self::parse_any(bytes)?;
        if receipt.is_released() {
            let why = "receipt.json: is that of a released copy, under which nothing may be recorded";
            return Err(Error::new(ErrorKind::ReceiptInvalid, why));
        }
        Ok(receipt)
    }

    /// As [`Receipt::parse`], and those of released copies too: for reading.
    ///
    /// # Errors
    /// `ReceiptInvalid`, whatever is wrong with it.
    pub fn parse_any(bytes: &[u8]) -> Result<Self> {
        let invalid = |why: String| Error::new(ErrorKind::ReceiptInvalid, format!("receipt.json: {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("too long, or not one line".into()))?;
        let document: Document1 =
            canonical::decode("receipt.json", line).map_err(|e| Error::new(ErrorKind::ReceiptInvalid, e.message()))?;
        if document.schema != SCHEMA && document.schema != RELEASED {
            return Err(invalid(format!("is not of schema {SCHEMA}")));
        }
        let tracks = parse_tracks(&document.tracks).ok_or_else(|| invalid("its tracks are not valid".into()))?;
        let live = parse_live(&document.live, tracks);
        let live =
            live.ok_or_else(|| invalid("its live tracks are not some of its tracks, without the screen".into()))?;
        let recipients = &document.recipients;
        if recipients.is_empty() || recipients.len() > MAX_RECIPIENTS || has_twice(recipients) {
            return Err(invalid("its recipients are not 1 to 64 different keys".into()));
        }
        let is_list = |layers: &Vec<Hash>| (1..=MAX_LAYERS).contains(&layers.len()) && !has_twice(layers);
        if !document.policy.as_ref().is_none_or(is_list) {
            return Err(invalid("its layers of policy are not 1 to 16 different digests".into()));
        }
        if document.issued >= document.expires {
            return Err(invalid("it expires before it is issued".into()));
        }
        if !sign::verify(Document::Receipt, line, &document.contributor.sign) {
            return Err(invalid("its signature does not hold".into()));
        }
        Ok(Self { bytes: bytes.to_vec(), document, tracks, live })
    }

    /// The receipt of a copy that is released: what this one says of it, under a pseudonym, for the day of the recording and for this
    /// recipient alone.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub(crate) fn released(
        &self,
        pseudonym: &Identity,
        recipient: PublicKey,
        tracks: Tracks,
        day: u64,
    ) -> Result<Self> {
        let mut id = [0; 16];
        dryoc::rng::copy_randombytes(&mut id);
        let document = Document1 {
            schema: RELEASED.into(),
            id: Bytes(id),
            contributor: Contributor { open: pseudonym.open_key().public(), sign: pseudonym.sign_key().public() },
            tracks: tracks.iter().map(|track| track.name().into()).collect(),
            live: Vec::new(),
            purpose: self.document.purpose,
            recipients: vec![recipient],
            issued: day * DAY,
            expires: (day + 1) * DAY,
            // Digests of layers would tell copies of one contributor, or of one host, from others.
            policy: None,
            // The text names recipients and times: its hash would tell that two copies were recorded under one receipt.
            notice: pseudonym.commit(&self.bytes)?,
            signature: None,
        };
        let mut bytes = pseudonym.sign_key().sign(Document::Receipt, &document)?;
        bytes.push(b'\n');
        Self::parse_any(&bytes)
    }

    /// Whether it is that of a released copy.
    pub fn is_released(&self) -> bool {
        self.document.schema == RELEASED
    }

    /// Whether this receipt lets these tracks be recorded at `now`, milliseconds since 1970.
    ///
    /// # Errors
    /// `ReceiptExpired` after its time, `ReceiptInvalid` before it, `ReceiptScope` for tracks it does not name.
    pub fn permit(&self, tracks: Tracks, now: u64) -> Result<()> {
        if now < self.document.issued.saturating_mul(1000) {
            return Err(Error::new(
                ErrorKind::ReceiptInvalid,
                "the receipt is not valid yet: check this machine's clock",
            ));
        }
        if now >= self.document.expires.saturating_mul(1000) {
            return Err(Error::new(
                ErrorKind::ReceiptExpired,
                "the receipt has expired: ask the contributor to consent again",
            ));
        }
        if tracks.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "no track was asked for"));
        }
        if let Some(track) = tracks.iter().find(|track| !self.tracks.contains(*track)) {
            let message = format!("the receipt does not cover the track {track}: ask the contributor to consent to it");
            return Err(Error::new(ErrorKind::ReceiptScope, message));
        }
        Ok(())
    }

    /// Whether this receipt lets the host read these tracks while they are recorded.
    ///
    /// # Errors
    /// `ReceiptScope` for tracks that it does not name.
    pub fn permit_live(&self, tracks: Tracks) -> Result<()> {
        match tracks.iter().find(|track| !self.live.contains(*track)) {
            None => Ok(()),
            Some(track) => {
                let why = format!(
                    "the receipt allows no live tap of the track {track}: ask the contributor to consent to it"
                );
                Err(Error::new(ErrorKind::ReceiptScope, why))
            }
        }
    }

    /// Whether these layers of policy, by their digests, are all that the contributor agreed under.
    ///
    /// # Errors
    /// `ReceiptScope` when one is missing.
    pub fn permit_layers(&self, layers: &[Hash]) -> Result<()> {
        let missing = self.document.policy.iter().flatten().find(|digest| !layers.contains(digest));
        let Some(digest) = missing else { return Ok(()) };
        let why =
            format!("the contributor agreed under a layer of policy that is not there, or was changed since: {digest}");
        Err(Error::new(ErrorKind::ReceiptScope, why))
    }

    /// The bytes of receipt.json.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What may be recorded.
    pub fn tracks(&self) -> Tracks {
        self.tracks
    }

    /// What the host may read while it is recorded.
    pub fn live(&self) -> Tracks {
        self.live
    }

    /// Whom segment keys are sealed to while recording.
    pub fn contributor(&self) -> PublicKey {
        self.document.contributor.open
    }

    /// Who signed it, and signs what the contributor does with the recording later.
    pub fn signer(&self) -> VerifyKey {
        self.document.contributor.sign
    }

    /// When it expires, milliseconds since 1970.
    pub fn expires_ms(&self) -> u64 {
        self.document.expires.saturating_mul(1000)
    }

    /// To whom the contributor may release.
    pub fn recipients(&self) -> &[PublicKey] {
        &self.document.recipients
    }
}

fn has_twice<T: PartialEq>(values: &[T]) -> bool {
    (1..values.len()).any(|i| values[..i].contains(&values[i]))
}

/// A JSON file's one line, without its line feed.
pub(crate) fn canonical_line(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    bytes.strip_suffix(b"\n")
}

/// A list of track names: 1 to 4, each once, in the order of their numbers.
pub(crate) fn parse_tracks(names: &[String]) -> Option<Tracks> {
    in_order(names).filter(|tracks| !tracks.is_empty())
}

/// A list of track names that may be read live: each once, in order, some of `tracks` or none, never the screen.
fn parse_live(names: &[String], tracks: Tracks) -> Option<Tracks> {
    in_order(names).filter(|live| tracks.covers(*live) && !live.contains(Track::Screen))
}

fn in_order(names: &[String]) -> Option<Tracks> {
    let tracks: Vec<Track> = names.iter().map(|name| Track::parse(name)).collect::<Option<_>>()?;
    tracks.is_sorted_by(|a, b| a < b).then(|| tracks.into_iter().collect())
}

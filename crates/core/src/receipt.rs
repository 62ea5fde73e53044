//! The contributor's consent, as a signed document: docs/format.md §4.

mod file;
mod terms;

pub(crate) use self::file::parse_tracks;
use self::file::{Contributor, File, Filter};
pub use self::terms::{Controller, PROHIBITED, Purpose, Replaced, Terms};
use crate::canonical::{self, Bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::policy::MAX_LAYERS;
use crate::recipient::PublicKey;
use crate::release::Coarse;
use crate::sign::{self, Document, Hash, SignKey, VerifyKey};
use crate::track::{Track, Tracks};

/// Largest receipt, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most recipients that one receipt names.
pub const MAX_RECIPIENTS: usize = 64;

/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

/// A receipt whose form and signatures hold. Whether it covers a recording is asked with [`Receipt::permit`] and its like.
#[derive(Clone, Debug)]
pub struct Receipt {
    bytes: Vec<u8>,
    file: File,
    tracks: Tracks,
    live: Tracks,
}

impl Receipt {
    /// Signs `terms` in the contributor's name: under their pseudonym for this controller and time.
    ///
    /// # Errors
    /// `InvalidArgument` when the terms cannot be a receipt: no tracks, a live track that is none of them or the screen, no
    /// recipients, an expiry in the past, a controller without a name or place, more than 16 layers of policy, the identity's own keys
    /// or pseudonyms where others' belong, somebody else's receipt to be replaced, or one for another controller.
    pub fn sign(terms: &Terms, identity: &Identity) -> Result<Self> {
        let contributor =
            identity.consenting(terms.controller.as_ref().map(|controller| &controller.sign), terms.issued)?;
        check_terms(terms, identity, &contributor)?;
        let mut file = File::new(false, named(&contributor));
        file.record = Some(terms.replaces.map_or(file.id, |replaced| replaced.record));
        file.replaces = terms.replaces.map(|replaced| replaced.receipt);
        file.controller = terms.controller.clone();
        file.tracks = names(terms.tracks);
        file.live = names(terms.live);
        file.direct = terms.direct;
        file.purpose = terms.purpose;
        file.recipients = terms.recipients.clone();
        file.policy = (!terms.layers.is_empty()).then(|| terms.layers.clone());
        file.filter = Some(Filter::ours()?);
        (file.issued, file.expires) = (terms.issued, terms.expires);
        file.notice = sign::hash(terms.notice.as_bytes());
        Self::parse(&signed(Document::Receipt, &file, contributor.sign_key())?)
    }

    /// The same, with the controller's signature over all of it, the contributor's signature included. May be done twice.
    ///
    /// # Errors
    /// `IdentityMismatch` for anyone but the controller that it names, `ReceiptInvalid` where it names none.
    pub fn countersign(&self, key: &SignKey) -> Result<Self> {
        let Some(controller) = &self.file.controller else {
            return Err(Error::new(
                ErrorKind::ReceiptInvalid,
                "the receipt names no controller: nobody has to countersign",
            ));
        };
        if controller.sign != key.public() {
            let why = "the receipt names another controller: countersign with the identity whose key it names";
            return Err(Error::new(ErrorKind::IdentityMismatch, why));
        }
        let file = File { countersignature: None, ..self.file.clone() };
        Self::parse(&signed(Document::Countersignature, &file, key)?)
    }

    /// Reads a receipt and checks its form and its signatures.
    ///
    /// # Errors
    /// `ReceiptInvalid`, whatever is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let receipt = Self::parse_any(bytes)?;
        if receipt.is_released() {
            return Err(invalid("is that of a released copy, under which nothing may be recorded"));
        }
        Ok(receipt)
    }

    /// As [`Receipt::parse`], and those of released copies too: for reading.
    ///
    /// # Errors
    /// `ReceiptInvalid`, whatever is wrong with it.
    pub fn parse_any(bytes: &[u8]) -> Result<Self> {
        let line = canonical_line(bytes).ok_or_else(|| invalid("too long, or not one line"))?;
        let file: File =
            canonical::decode("receipt.json", line).map_err(|e| Error::new(ErrorKind::ReceiptInvalid, e.message()))?;
        let (tracks, live) = file.check(line).map_err(invalid)?;
        Ok(Self { bytes: bytes.to_vec(), file, tracks, live })
    }

    /// The receipt of a copy that is released, and its id: what this one says of it, under a pseudonym, for the day of the recording and
    /// for this recipient alone.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub(crate) fn released(
        &self,
        pseudonym: &Identity,
        (id, recipient): (Bytes<16>, PublicKey),
        tracks: Tracks,
        day: u64,
    ) -> Result<Self> {
        let mut file = File::new(true, named(pseudonym));
        file.id = id;
        file.tracks = names(tracks);
        file.purpose = self.file.purpose;
        file.recipients = vec![recipient];
        (file.issued, file.expires) = (day * DAY, (day + 1) * DAY);
        // The text names recipients and times: its hash would tell that two copies were recorded under one receipt.
        file.notice = pseudonym.commit(&self.bytes)?;
        Self::parse_any(&signed(Document::Receipt, &file, pseudonym.sign_key())?)
    }

    /// Whether it is that of a released copy.
    pub fn is_released(&self) -> bool {
        self.file.is_released()
    }

    /// Whether this receipt lets these tracks be recorded at `now`, milliseconds since 1970.
    ///
    /// # Errors
    /// `ReceiptExpired` after its time, `ReceiptInvalid` before it and while the controller has not countersigned, `ReceiptScope` for
    /// tracks it does not name.
    pub fn permit(&self, tracks: Tracks, now: u64) -> Result<()> {
        if self.file.controller.is_some() && self.file.countersignature.is_none() {
            let why = "the receipt names a controller, who has not countersigned it: send it there, and use what comes back from `understudy countersign`";
            return Err(Error::new(ErrorKind::ReceiptInvalid, why));
        }
        if now < self.file.issued.saturating_mul(1000) {
            let why = "the receipt is not valid yet: check this machine's clock";
            return Err(Error::new(ErrorKind::ReceiptInvalid, why));
        }
        if now >= self.file.expires.saturating_mul(1000) {
            let why = format!("the receipt has expired: {ASK_AGAIN}");
            return Err(Error::new(ErrorKind::ReceiptExpired, why));
        }
        if tracks.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, "no track was asked for"));
        }
        match tracks.iter().find(|track| !self.tracks.contains(*track)) {
            None => Ok(()),
            Some(track) => Err(scope(format!("the receipt does not cover the track {track}"))),
        }
    }

    /// Whether this receipt lets the host read these tracks while they are recorded.
    ///
    /// # Errors
    /// `ReceiptScope` for tracks that it does not name.
    pub fn permit_live(&self, tracks: Tracks) -> Result<()> {
        match tracks.iter().find(|track| !self.live.contains(*track)) {
            None => Ok(()),
            Some(track) => Err(scope(format!("the receipt allows no live tap of the track {track}"))),
        }
    }

    /// Whether the contributor may release to all of these.
    ///
    /// # Errors
    /// `ReceiptScope` for one that it does not name.
    pub fn permit_recipients(&self, recipients: &[PublicKey]) -> Result<()> {
        match recipients.iter().find(|recipient| !self.file.recipients.contains(recipient)) {
            None => Ok(()),
            Some(recipient) => Err(scope(format!("the receipt does not name the recipient {recipient}"))),
        }
    }

    /// Whether the contributor agreed that recordings are released by themselves when they stop, before anybody has looked through them.
    ///
    /// # Errors
    /// `ReceiptScope` when they did not.
    pub fn permit_direct(&self) -> Result<()> {
        if self.file.direct {
            return Ok(());
        }
        Err(scope("the contributor did not agree that it is released by itself, unseen (`direct`): record without, or"))
    }

    /// Whether these layers of policy, by their digests, are all that the contributor agreed under.
    ///
    /// # Errors
    /// `ReceiptScope` when one is missing.
    pub fn permit_layers(&self, layers: &[Hash]) -> Result<()> {
        match self.file.policy.iter().flatten().find(|digest| !layers.contains(digest)) {
            None => Ok(()),
            Some(digest) => {
                let why = "the contributor agreed under a layer of policy that is not there, or was changed since";
                Err(scope(format!("{why} ({digest}): bring it back, or")))
            }
        }
    }

    /// Whether what is left out by itself is what it was when the contributor agreed: another floor, or other detectors, may leave out
    /// less.
    ///
    /// # Errors
    /// `ReceiptScope` when it is not.
    pub fn permit_filter(&self) -> Result<()> {
        if self.file.filter == Some(Filter::ours()?) {
            return Ok(());
        }
        Err(scope("what this version leaves out by itself is not what the contributor agreed to"))
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

    /// How exactly times may be told that are released.
    pub fn coarse(&self) -> Coarse {
        self.file.coarse
    }

    /// Its id.
    pub fn id(&self) -> &Bytes<16> {
        &self.file.id
    }

    /// Who answers for what becomes of it.
    pub fn controller(&self) -> Option<&Controller> {
        self.file.controller.as_ref()
    }

    /// When it was issued, seconds since 1970.
    pub fn issued(&self) -> u64 {
        self.file.issued
    }

    /// Whom segment keys are sealed to while recording: a pseudonym of the contributor's.
    pub fn contributor(&self) -> PublicKey {
        self.file.contributor.open
    }

    /// Who signed it, and signs what the contributor does with the recording later: the same pseudonym.
    pub fn signer(&self) -> VerifyKey {
        self.file.contributor.sign
    }

    /// When it expires, milliseconds since 1970.
    pub fn expires_ms(&self) -> u64 {
        self.file.expires.saturating_mul(1000)
    }

    /// To whom the contributor may release.
    pub fn recipients(&self) -> &[PublicKey] {
        &self.file.recipients
    }
}

/// What to do about a receipt that does not do.
pub(crate) const ASK_AGAIN: &str = "ask the contributor to consent again (`understudy consent --replaces`)";

fn scope(why: impl std::fmt::Display) -> Error {
    // A reason that offers another way out ends with "or".
    let joint = if why.to_string().ends_with(" or") { " " } else { ": " };
    Error::new(ErrorKind::ReceiptScope, format!("{why}{joint}{ASK_AGAIN}"))
}

fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::ReceiptInvalid, format!("receipt.json: {why}"))
}

fn check_terms(terms: &Terms, identity: &Identity, contributor: &Identity) -> Result<()> {
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
    if !terms.controller.as_ref().is_none_or(Controller::holds) {
        let why = "a controller needs a name (at most 128 bytes) and a contact (256), 1 to 8 places (DE, US-NY) of law and of storage, and a retention of 1 to 36500 days";
        return invalid(why);
    }
    if terms.layers.len() > MAX_LAYERS || has_twice(&terms.layers) {
        return invalid("a receipt names at most 16 layers of policy, each once");
    }
    let controller = terms.controller.as_ref().map(|controller| controller.sign);
    if terms.recipients.contains(&identity.open_key().public()) || controller == Some(identity.sign_key().public()) {
        return invalid(
            "these are your identity's own keys, by which whoever sees the receipt would know you: name others; a copy for yourself needs no consent",
        );
    }
    name_others(terms, contributor)?;
    if let Some(replaced) = terms.replaces {
        let before = identity.consenting(replaced.controller.as_ref(), replaced.issued)?;
        name_others(terms, &before)?;
        if before.sign_key().public() != replaced.signer {
            return invalid("the receipt to be replaced was signed by another identity");
        }
        if replaced.controller != controller {
            return invalid(
                "the receipt to be replaced is for another controller, who would know you by this one: consent anew, without replacing it",
            );
        }
    }
    if terms.expires <= terms.issued || terms.expires > canonical::MAX_INTEGER / 1000 {
        return invalid("a receipt must expire after it is issued");
    }
    Ok(())
}

/// A copy that was released to a pseudonym would open for nobody (docs/format.md §12), and a recipient's key is in other receipts too.
fn name_others(terms: &Terms, contributor: &Identity) -> Result<()> {
    if !terms.recipients.contains(&contributor.open_key().public()) {
        return Ok(());
    }
    let why = "a recipient is your own pseudonym, as `info` and `status` print it: name others; a copy for yourself needs no consent";
    Err(Error::new(ErrorKind::InvalidArgument, why))
}

fn named(pseudonym: &Identity) -> Contributor {
    Contributor { open: pseudonym.open_key().public(), sign: pseudonym.sign_key().public() }
}

fn names(tracks: Tracks) -> Vec<String> {
    tracks.iter().map(|track| track.name().into()).collect()
}

fn signed(document: Document, file: &File, key: &SignKey) -> Result<Vec<u8>> {
    let mut bytes = key.sign(document, file)?;
    bytes.push(b'\n');
    Ok(bytes)
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

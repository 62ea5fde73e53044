//! Hashes and signatures: BLAKE2b-256, Ed25519 (docs/format.md §1).

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use dryoc::classic::crypto_sign::{
    crypto_sign_detached, crypto_sign_seed_keypair_inplace, crypto_sign_verify_detached,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::canonical::{self, Bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// A BLAKE2b-256 hash.
pub type Hash = Bytes<32>;
/// An Ed25519 public key.
pub type VerifyKey = Bytes<32>;
/// An Ed25519 signature.
pub type Signature = Bytes<64>;

/// The hash of `bytes`.
pub fn hash(bytes: &[u8]) -> Hash {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish()
}

/// A hash of bytes that come in pieces; may be asked for the hash so far at any time.
#[derive(Clone, Default)]
pub struct Hasher(Blake2b<U32>);

impl Hasher {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of everything so far.
    pub fn finish(&self) -> Hash {
        Bytes(self.0.clone().finalize().into())
    }
}

/// What a signature is over: its name keeps one document's signature from passing for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// header.json
    Header,
    /// A line of journal.ndjson
    Journal,
    /// A layer of policy
    Policy,
    /// receipt.json, by the contributor
    Receipt,
    /// receipt.json, the contributor's signature included, by the controller
    Countersignature,
    /// release.json
    Release,
    /// A file of the folder openings
    Opening,
    /// withdrawal.json
    Withdrawal,
    /// unfinished.json
    Unfinished,
}

impl Document {
    fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Journal => "journal",
            Self::Policy => "policy",
            Self::Receipt => "receipt",
            Self::Countersignature => "countersignature",
            Self::Release => "release",
            Self::Opening => "opening",
            Self::Withdrawal => "withdrawal",
            Self::Unfinished => "unfinished",
        }
    }

    /// The member that holds the signature.
    fn member(self) -> &'static str {
        if self == Self::Countersignature { COUNTERSIGNATURE } else { SIGNATURE }
    }

    /// Everything that is signed: who countersigns comes later than who signs, and signs that too.
    fn signed(self, mut object: Map<String, Value>) -> Value {
        object.remove(self.member());
        if self == Self::Receipt {
            object.remove(COUNTERSIGNATURE);
        }
        Value::Object(object)
    }
}

const SIGNATURE: &str = "signature";
const COUNTERSIGNATURE: &str = "countersignature";

/// A secret Ed25519 key.
#[derive(Debug)]
pub struct SignKey {
    secret: Secret<64>,
    public: VerifyKey,
}

impl SignKey {
    /// A new key.
    pub fn random() -> Self {
        Self::from_seed(&Secret::random())
    }

    /// The key of a seed.
    pub fn from_seed(seed: &Secret<32>) -> Self {
        let mut public = [0; 32];
        let secret = Secret::with(|secret| crypto_sign_seed_keypair_inplace(&mut public, secret, seed.expose()));
        Self { secret, public: Bytes(public) }
    }

    /// Its public half.
    pub fn public(&self) -> VerifyKey {
        self.public
    }

    /// Signs a document and returns its canonical JSON, the signature included, without a line feed.
    pub fn sign<T: Serialize>(&self, document: Document, value: &T) -> Result<Vec<u8>> {
        let mut object = to_object(value)?;
        let message = message(document, object.clone())?;
        let mut signature = [0; 64];
        crypto_sign_detached(&mut signature, &message, self.secret.expose())
            .map_err(|_| Error::new(ErrorKind::Internal, "signing failed"))?;
        object.insert(document.member().into(), Value::String(Bytes(signature).to_string()));
        canonical::encode(&object)
    }
}

/// Checks the signature of a document in canonical JSON. The answer is `false` for anything but a valid one.
pub fn verify(document: Document, bytes: &[u8], key: &VerifyKey) -> bool {
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else { return false };
    let Some(Value::String(signature)) = object.get(document.member()) else { return false };
    let Some(signature) = Signature::parse(signature) else { return false };
    let Ok(message) = message(document, object) else { return false };
    crypto_sign_verify_detached(&signature.0, &message, &key.0).is_ok()
}

fn to_object<T: Serialize>(value: &T) -> Result<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Error::new(ErrorKind::Internal, "only an object can be signed")),
    }
}

fn message(document: Document, object: Map<String, Value>) -> Result<Vec<u8>> {
    let mut message = format!("understudy/1 {}\n", document.name()).into_bytes();
    message.extend(canonical::encode(&document.signed(object))?);
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_document_and_key_alone() {
        let key = SignKey::random();
        let signed = key.sign(Document::Header, &serde_json::json!({"a": 1})).expect("signs");
        assert!(verify(Document::Header, &signed, &key.public()));
        assert!(!verify(Document::Journal, &signed, &key.public()));
        assert!(!verify(Document::Header, &signed, &SignKey::random().public()));
        let altered = String::from_utf8(signed).expect("text").replace("\"a\":1", "\"a\":2");
        assert!(!verify(Document::Header, altered.as_bytes(), &key.public()));
    }

    #[test]
    fn a_countersignature_is_over_the_signature_too() {
        let (key, other) = (SignKey::random(), SignKey::random());
        let signed = key.sign(Document::Receipt, &serde_json::json!({"a": 1})).expect("signs");
        let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
        let both = other.sign(Document::Countersignature, &value(&signed)).expect("signs");
        assert!(verify(Document::Receipt, &both, &key.public()), "the first one holds still");
        assert!(verify(Document::Countersignature, &both, &other.public()));
        assert!(!verify(Document::Countersignature, &both, &key.public()));
        let mut moved = value(&both);
        moved["signature"] =
            value(&other.sign(Document::Receipt, &serde_json::json!({"a": 1})).expect("signs"))["signature"].clone();
        let moved = canonical::encode(&moved).expect("encodes");
        assert!(
            verify(Document::Receipt, &moved, &other.public())
                && !verify(Document::Countersignature, &moved, &other.public())
        );
        assert!(!verify(Document::Header, &both, &key.public()), "nothing else has one");
    }
}

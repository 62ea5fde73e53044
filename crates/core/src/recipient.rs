//! Who can open what: X25519 keys, their text form, and 32-byte content keys sealed to them.

use std::fmt;

use bech32::{Bech32, Hrp};
use dryoc::classic::crypto_box::{crypto_box_seal, crypto_box_seal_open};
use dryoc::classic::crypto_core::crypto_scalarmult_base;

use crate::canonical::Bytes;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The bytes of a content key sealed by `crypto_box_seal`: 32 of ephemeral key, 16 of tag, 32 of key.
pub type SealedKey = Bytes<80>;
/// The key of one segment.
pub type ContentKey = Secret<32>;

const PREFIX: Hrp = Hrp::parse_unchecked("understudy");

/// An X25519 public key: whoever holds the secret half can open what is sealed to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub Bytes<32>);

impl PublicKey {
    /// Reads `understudy1…`.
    ///
    /// # Errors
    /// `InvalidArgument` for anything else, a mistyped letter included.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || {
            Error::new(
                ErrorKind::InvalidArgument,
                "not a public key: expected understudy1… as `understudy keygen` prints it",
            )
        };
        let decoded =
            bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text.trim()).map_err(|_| invalid())?;
        if decoded.hrp() != PREFIX {
            return Err(invalid());
        }
        let bytes: Vec<u8> = decoded.byte_iter().collect();
        Ok(Self(Bytes(bytes.try_into().map_err(|_| invalid())?)))
    }

    /// Seals a content key, so that only the holder of the secret half can open it.
    ///
    /// # Errors
    /// `InvalidArgument` for a public key of low order, to which nothing can be sealed.
    pub fn seal(&self, key: &ContentKey) -> Result<SealedKey> {
        let mut sealed = [0; 80];
        crypto_box_seal(&mut sealed, key.expose(), &self.0.0).map_err(|_| {
            Error::new(ErrorKind::InvalidArgument, "a recipient's public key is not a usable X25519 key")
        })?;
        Ok(Bytes(sealed))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(f, PREFIX, &self.0.0).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An X25519 secret key.
#[derive(Debug)]
pub struct OpenKey {
    secret: Secret<32>,
    public: PublicKey,
}

impl OpenKey {
    /// A new key.
    pub fn random() -> Self {
        Self::from_secret(Secret::random())
    }

    /// The key of these secret bytes.
    pub fn from_secret(secret: Secret<32>) -> Self {
        let mut public = [0; 32];
        crypto_scalarmult_base(&mut public, secret.expose());
        Self { secret, public: PublicKey(Bytes(public)) }
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Its secret bytes.
    pub fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// Opens a content key.
    ///
    /// # Errors
    /// `OpenFailed` when it was sealed to another key or altered.
    pub fn open(&self, sealed: &SealedKey) -> Result<ContentKey> {
        let mut opened = Ok(());
        let key = Secret::with(|key| {
            opened = crypto_box_seal_open(key, &sealed.0, &self.public.0.0, self.secret.expose());
        });
        opened.map_err(|_| Error::new(ErrorKind::OpenFailed, "a segment key does not open with this identity"))?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_round_trips_and_catches_a_typing_error() {
        let key = OpenKey::random().public();
        let text = key.to_string();
        assert!(text.starts_with("understudy1"), "{text}");
        assert_eq!(PublicKey::parse(&text).expect("parses"), key);
        let last = if text.ends_with('q') { 'p' } else { 'q' };
        let mistyped = format!("{}{last}", &text[..text.len() - 1]);
        assert_eq!(PublicKey::parse(&mistyped).expect_err("typo").kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_content_key_opens_for_its_recipient_alone() {
        let (key, mine, other) = (Secret::random(), OpenKey::random(), OpenKey::random());
        let sealed = mine.public().seal(&key).expect("seals");
        assert_eq!(mine.open(&sealed).expect("opens").expose(), key.expose());
        assert_eq!(other.open(&sealed).expect_err("other").kind(), ErrorKind::OpenFailed);
    }
}

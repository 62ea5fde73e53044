//! A contributor's own keys, and the file that keeps them under a passphrase: docs/format.md §12.

use dryoc::classic::crypto_aead_xchacha20poly1305_ietf::{
    crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_aead_xchacha20poly1305_ietf_encrypt,
};
use dryoc::classic::crypto_generichash::crypto_generichash;
use dryoc::classic::crypto_pwhash::{PasswordHashAlgorithm, crypto_pwhash};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, Bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::receipt::canonical_line;
use crate::recipient::{OpenKey, PublicKey};
use crate::secret::Secret;
use crate::sign::{Hash, SignKey, VerifyKey};

const SCHEMA: &str = "understudy.identity/1";
const BOUND_TO: &[u8] = b"understudy/1 identity";
/// libsodium's `OPSLIMIT_MODERATE` and `MEMLIMIT_MODERATE`: about a second and 256 MiB.
const OPERATIONS: u64 = 3;
const MEMORY: u64 = 256 << 20;

/// A contributor's key pairs: X25519 to open, Ed25519 to sign.
#[derive(Debug)]
pub struct Identity {
    open: OpenKey,
    sign: SignKey,
    seed: Secret<32>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    open: PublicKey,
    sign: VerifyKey,
    secret: Stored,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Stored {
    Plain { key: Bytes<64> },
    Passphrase { memory: u64, nonce: Bytes<24>, operations: u64, salt: Bytes<16>, sealed: Bytes<80> },
}

impl Identity {
    /// New key pairs.
    pub fn random() -> Self {
        Self::from_parts(Secret::random(), Secret::random())
    }

    /// The identity of these secret bytes: the X25519 secret key, and the Ed25519 seed.
    pub fn from_secret(secret: &Secret<64>) -> Self {
        let (open, seed) = secret.expose().split_at(32);
        let half = |bytes: &[u8]| Secret::with(|half| half.copy_from_slice(bytes));
        Self::from_parts(half(open), half(seed))
    }

    fn from_parts(open: Secret<32>, seed: Secret<32>) -> Self {
        Self { open: OpenKey::from_secret(open), sign: SignKey::from_seed(&seed), seed }
    }

    /// The key that opens recordings.
    pub fn open_key(&self) -> &OpenKey {
        &self.open
    }

    /// The key that signs receipts.
    pub fn sign_key(&self) -> &SignKey {
        &self.sign
    }

    /// The key that signs, without the one that opens.
    pub(crate) fn into_sign_key(self) -> SignKey {
        self.sign
    }

    /// Another identity that follows from this one: nobody else can tell which one it follows from, or that two of them belong together.
    pub(crate) fn derived(&self, kind: &str, context: &[&[u8]]) -> Result<Self> {
        let derive = |what: &str| {
            let message = [format!("{kind} {what}\n").as_bytes(), &context.concat()].concat();
            let mut derived = Ok(());
            let secret = Secret::with(|secret| {
                derived = crypto_generichash(secret, &message, Some(self.seed.expose()));
            });
            derived.map_err(|_| Error::new(ErrorKind::Internal, "deriving a pseudonym failed"))?;
            Ok(secret)
        };
        Ok(Self::from_parts(derive("open")?, derive("sign")?))
    }

    /// The same once more, for whoever needs one of their own.
    pub(crate) fn again(&self) -> Self {
        Self::from_parts(Secret::copy_of(self.open.secret().expose()), Secret::copy_of(self.seed.expose()))
    }

    /// Binds this identity to bytes that it does not show: who is shown them later can check, and nobody can guess.
    pub fn commit(&self, bytes: &[u8]) -> Result<Hash> {
        let mut commitment = [0; 32];
        let message = [b"understudy/1 commitment\n", bytes].concat();
        crypto_generichash(&mut commitment, &message, Some(self.seed.expose()))
            .map_err(|_| Error::new(ErrorKind::Internal, "hashing failed"))?;
        Ok(Bytes(commitment))
    }

    /// Writes the content of identity.json; without a passphrase the keys lie in it as they are.
    ///
    /// # Errors
    /// `Internal` when the memory for Argon2id cannot be had.
    pub fn encode(&self, passphrase: Option<&[u8]>) -> Result<Vec<u8>> {
        let secret = Secret::<64>::with(|secret| {
            secret[..32].copy_from_slice(self.open.secret().expose());
            secret[32..].copy_from_slice(self.seed.expose());
        });
        let stored = match passphrase {
            None => Stored::Plain { key: Bytes(*secret.expose()) },
            Some(passphrase) => seal(&secret, passphrase)?,
        };
        let file = File { schema: SCHEMA.into(), open: self.open.public(), sign: self.sign.public(), secret: stored };
        let mut bytes = canonical::encode(&file)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads identity.json. `passphrase` is called only if the file needs one.
    ///
    /// # Errors
    /// `IdentityInvalid` for a malformed file, `PassphraseWrong` when the passphrase does not open it.
    pub fn decode<P: AsRef<[u8]>>(bytes: &[u8], passphrase: impl FnOnce() -> Result<P>) -> Result<Self> {
        let invalid = |why: &str| Error::new(ErrorKind::IdentityInvalid, format!("identity.json {why}"));
        let line = canonical_line(bytes).ok_or_else(|| invalid("is too long, or not one line"))?;
        let file: File = canonical::decode("identity.json", line)
            .map_err(|e| Error::new(ErrorKind::IdentityInvalid, e.message()))?;
        if file.schema != SCHEMA {
            return Err(invalid("is of an unknown schema"));
        }
        let secret = match file.secret {
            Stored::Plain { key } => Secret::copy_of(&key.0),
            Stored::Passphrase { memory, nonce, operations, salt, sealed } => {
                if !(1..=16).contains(&operations) || !(8 << 10..=1 << 30).contains(&memory) {
                    return Err(invalid("asks for an Argon2id cost out of range"));
                }
                let key = stretch(passphrase()?.as_ref(), &salt, operations, memory)?;
                open(&sealed, &nonce, &key)?
            }
        };
        let identity = Self::from_secret(&secret);
        if identity.open.public() != file.open || identity.sign.public() != file.sign {
            return Err(invalid("holds public keys that do not belong to its secret ones"));
        }
        Ok(identity)
    }
}

fn seal(secret: &Secret<64>, passphrase: &[u8]) -> Result<Stored> {
    let (mut nonce, mut salt) = ([0; 24], [0; 16]);
    dryoc::rng::copy_randombytes(&mut nonce);
    dryoc::rng::copy_randombytes(&mut salt);
    let key = stretch(passphrase, &Bytes(salt), OPERATIONS, MEMORY)?;
    let mut sealed = [0; 80];
    crypto_aead_xchacha20poly1305_ietf_encrypt(&mut sealed, secret.expose(), Some(BOUND_TO), &nonce, key.expose())
        .map_err(|_| Error::new(ErrorKind::Internal, "the identity could not be sealed"))?;
    Ok(Stored::Passphrase {
        memory: MEMORY,
        nonce: Bytes(nonce),
        operations: OPERATIONS,
        salt: Bytes(salt),
        sealed: Bytes(sealed),
    })
}

fn open(sealed: &Bytes<80>, nonce: &Bytes<24>, key: &Secret<32>) -> Result<Secret<64>> {
    let mut opened = Ok(());
    let secret = Secret::with(|secret| {
        opened = crypto_aead_xchacha20poly1305_ietf_decrypt(secret, &sealed.0, Some(BOUND_TO), &nonce.0, key.expose());
    });
    opened.map_err(|_| Error::new(ErrorKind::PassphraseWrong, "the passphrase does not open this identity"))?;
    Ok(secret)
}

fn stretch(passphrase: &[u8], salt: &Bytes<16>, operations: u64, memory: u64) -> Result<Secret<32>> {
    let memory =
        usize::try_from(memory).map_err(|_| Error::new(ErrorKind::IdentityInvalid, "Argon2id memory out of range"))?;
    let mut stretched = Ok(());
    let key = Secret::with(|key| {
        stretched = crypto_pwhash(key, passphrase, &salt.0, operations, memory, PasswordHashAlgorithm::Argon2id13);
    });
    stretched.map_err(|_| Error::new(ErrorKind::Internal, "Argon2id failed: is there enough memory?"))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_opens_what_it_sealed() {
        let identity = Identity::random();
        let bytes = identity.encode(Some(b"correct horse")).expect("encodes");
        let again = Identity::decode(&bytes, || Ok(b"correct horse")).expect("decodes");
        assert_eq!(again.open_key().public(), identity.open_key().public());
        let wrong = Identity::decode(&bytes, || Ok(b"battery staple")).expect_err("wrong passphrase");
        assert_eq!(wrong.kind(), ErrorKind::PassphraseWrong);
    }

    #[test]
    fn a_plain_identity_needs_no_passphrase_and_must_match_its_public_keys() {
        let bytes = Identity::random().encode(None).expect("encodes");
        let never = || -> Result<Vec<u8>> { panic!("asked for a passphrase") };
        assert!(Identity::decode(&bytes, never).is_ok());
        let other = Identity::random().encode(None).expect("encodes");
        let (mine, theirs) = (String::from_utf8(bytes).expect("text"), String::from_utf8(other).expect("text"));
        let key = |text: &str| text[text.find("\"open\":\"").expect("open") + 8..][..64].to_owned();
        let swapped = mine.replace(&key(&mine), &key(&theirs));
        assert_eq!(
            Identity::decode(swapped.as_bytes(), never).expect_err("swapped").kind(),
            ErrorKind::IdentityInvalid
        );
    }
}

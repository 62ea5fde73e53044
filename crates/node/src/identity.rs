//! Identities and consent. Done here, so that secret keys never lie in JavaScript's memory.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Task};
use napi_derive::napi;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::identity::Identity;
use understudy_core::receipt::{Controller, Purpose, Receipt, Replaced, Terms};
use understudy_core::recipient::PublicKey;
use understudy_core::sign::{Hash, VerifyKey};
use zeroize::Zeroizing;

use crate::error::{Code, contain, rejected, thrown};
use crate::options::{parse_tracks, whole};

/// Name of the file with an identity's secret keys.
const SECRET: &str = "identity.json";
/// Name of the file with its public key.
const PUBLIC: &str = "identity.pub";

/// A passphrase; its bytes in JavaScript are zeroed as soon as they were copied.
pub(crate) type Passphrase = Option<Zeroizing<Vec<u8>>>;

/// Makes an identity: `identity.json` and `identity.pub` in `folder`, which is made if it is missing. Never overwrites.
///
/// `passphrase` is UTF-8 and zeroed; without one the secret keys lie in the file as they are. Resolves with the public key.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn make_identity(folder: String, passphrase: Option<Buffer>) -> AsyncTask<MakeIdentity> {
    AsyncTask::new(MakeIdentity { folder: folder.into(), passphrase: take(passphrase) })
}

/// Whether the identity in `folder` is under a passphrase.
#[napi(catch_unwind)]
pub fn is_locked(folder: String) -> napi::Result<bool, Code> {
    let mut locked = false;
    let ask = || -> Result<[u8; 0]> {
        locked = true;
        Err(Error::new(ErrorKind::PassphraseWrong, "not asked for"))
    };
    match read_identity(Path::new(&folder), ask) {
        Err(error) if !locked => Err(thrown(&error)),
        _ => Ok(locked),
    }
}

/// What a contributor agrees to.
#[napi(object, object_to_js = false)]
pub struct ConsentTerms {
    /// What may be recorded.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub tracks: Vec<String>,
    /// Which of those the host may read while they are recorded; never `screen`. Default: none.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub live: Option<Vec<String>>,
    /// Whether recordings may be released by themselves when they stop, before the contributor has looked through them. Default: no.
    pub direct: Option<bool>,
    /// What for: `agent-training` or `agent-evaluation`.
    pub purpose: String,
    /// To whom the contributor may release: 1 to 64 public keys.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub recipients: Vec<String>,
    /// Who answers for it, and has to countersign. Default: nobody.
    pub controller: Option<ConsentController>,
    /// Layers of policy without which nothing may be recorded, by their digests in hexadecimal. Default: none beside the floor.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub policy: Option<Vec<String>>,
    /// The text of the receipt that this one replaces.
    pub replaces: Option<String>,
    /// Until when: seconds since 1970.
    pub expires: f64,
    /// The text that was shown.
    pub notice: String,
}

/// Who answers for what becomes of recordings.
#[napi(object, object_to_js = false)]
pub struct ConsentController {
    /// What it is called.
    pub name: String,
    /// How it is reached.
    pub contact: String,
    /// Its Ed25519 key, in hexadecimal.
    pub sign: String,
    /// Whose law holds.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub jurisdiction: Vec<String>,
    /// Where copies are stored.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub storage: Vec<String>,
    /// After how many days they are deleted.
    pub retention: f64,
}

/// Signs a receipt with the identity in `folder`. Resolves with the text of receipt.json.
///
/// `passphrase` is UTF-8 and zeroed; needed only when the identity is under one.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn consent(
    folder: String,
    terms: ConsentTerms,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<Consent>, Code> {
    let passphrase = take(passphrase);
    let terms = Terms::try_from(terms).map_err(|error| thrown(&error))?;
    Ok(AsyncTask::new(Consent { folder: folder.into(), passphrase, what: Signing::Terms(Box::new(terms)) }))
}

/// Countersigns the text of a receipt with the controller's identity in `folder`. Resolves with the text of receipt.json.
///
/// `passphrase` is UTF-8 and zeroed; needed only when the identity is under one.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn countersign(
    folder: String,
    receipt: String,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<Consent>, Code> {
    let passphrase = take(passphrase);
    let receipt = Receipt::parse(receipt.as_bytes()).map_err(|error| thrown(&error))?;
    Ok(AsyncTask::new(Consent { folder: folder.into(), passphrase, what: Signing::Receipt(Box::new(receipt)) }))
}

impl TryFrom<ConsentTerms> for Terms {
    type Error = Error;

    fn try_from(terms: ConsentTerms) -> Result<Self> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let replaced = terms.replaces.map(|text| Receipt::parse(text.as_bytes())).transpose()?;
        Ok(Self {
            tracks: parse_tracks(&terms.tracks)?,
            live: parse_tracks(&terms.live.unwrap_or_default())?,
            direct: terms.direct.unwrap_or_default(),
            purpose: Purpose::parse(&terms.purpose)?,
            recipients: parse_recipients(&terms.recipients)?,
            controller: terms.controller.map(Controller::try_from).transpose()?,
            layers: parse_digests(&terms.policy.unwrap_or_default())?,
            replaces: replaced.as_ref().map(Replaced::from),
            issued: since.as_secs(),
            expires: whole("expires", Some(terms.expires), 0..=(1 << 53) - 1)?.unwrap_or_default(),
            notice: terms.notice,
        })
    }
}

impl TryFrom<ConsentController> for Controller {
    type Error = Error;

    fn try_from(controller: ConsentController) -> Result<Self> {
        let ConsentController { name, contact, sign, jurisdiction, storage, retention } = controller;
        let sign = parse_controller(&sign)?;
        let retention = whole("retention", Some(retention), 1..=36_500)?.unwrap_or_default();
        Ok(Self { name, contact, sign, jurisdiction, storage, retention })
    }
}

/// A controller's key, in hexadecimal.
pub(crate) fn parse_controller(text: &str) -> Result<VerifyKey> {
    let unknown = || Error::new(ErrorKind::InvalidArgument, "a controller's key is 64 lower-case hexadecimal digits");
    VerifyKey::parse(text).ok_or_else(unknown)
}

fn parse_digests(digests: &[String]) -> Result<Vec<Hash>> {
    let unknown = || Error::new(ErrorKind::InvalidArgument, "a layer's digest is 64 lower-case hexadecimal digits");
    digests.iter().map(|digest| Hash::parse(digest).ok_or_else(unknown)).collect()
}

/// Public keys of recipients, as text.
pub(crate) fn parse_recipients(recipients: &[String]) -> Result<Vec<PublicKey>> {
    recipients.iter().map(|text| PublicKey::parse(text)).collect()
}

pub(crate) fn take(passphrase: Option<Buffer>) -> Passphrase {
    passphrase.map(|mut bytes| {
        let copy = Zeroizing::new(bytes.to_vec());
        bytes.fill(0);
        copy
    })
}

/// The identity in `folder`, under its passphrase where it has one.
pub(crate) fn unlock(folder: &Path, passphrase: Passphrase) -> Result<Identity> {
    let missing = || Error::new(ErrorKind::PassphraseWrong, "the identity is under a passphrase, and none was given");
    read_identity(folder, || passphrase.ok_or_else(missing))
}

fn read_identity<P: AsRef<[u8]>>(folder: &Path, passphrase: impl FnOnce() -> Result<P>) -> Result<Identity> {
    let path = folder.join(SECRET);
    let bytes = fs::read(&path).map_err(|e| Error::io(format!("cannot read {}", path.display()), &e))?;
    Identity::decode(&Zeroizing::new(bytes), passphrase)
}

/// Making an identity, off JavaScript's thread: Argon2id takes about a second.
pub struct MakeIdentity {
    folder: PathBuf,
    passphrase: Passphrase,
}

impl MakeIdentity {
    fn run(&mut self) -> Result<String> {
        let passphrase = self.passphrase.take();
        let identity = Identity::random();
        make_folder(&self.folder)?;
        // Before a second is spent on the passphrase.
        let (secret, public) = (self.folder.join(SECRET), self.folder.join(PUBLIC));
        if let Some(there) = [&secret, &public].into_iter().find(|path| path.exists()) {
            return Err(overwrites(there));
        }
        let bytes = Zeroizing::new(identity.encode(passphrase.as_ref().map(|bytes| bytes.as_slice()))?);
        write_new(&secret, &bytes, 0o600)?;
        let text = identity.open_key().public().to_string();
        write_new(&public, format!("{text}\n").as_bytes(), 0o644)?;
        Ok(text)
    }
}

impl Task for MakeIdentity {
    type Output = Result<String>;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.run()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<String> {
        output.map_err(|error| rejected(env, &error))
    }
}

/// Signing, off JavaScript's thread.
pub struct Consent {
    folder: PathBuf,
    passphrase: Passphrase,
    what: Signing,
}

/// What is signed.
enum Signing {
    /// By the contributor.
    Terms(Box<Terms>),
    /// By the controller.
    Receipt(Box<Receipt>),
}

impl Consent {
    fn run(&mut self) -> Result<String> {
        let identity = unlock(&self.folder, self.passphrase.take())?;
        let receipt = match &self.what {
            Signing::Terms(terms) => Receipt::sign(terms, &identity)?,
            Signing::Receipt(receipt) => receipt.countersign(identity.sign_key())?,
        };
        let text = String::from_utf8(receipt.bytes().to_vec());
        text.map_err(|_| Error::new(ErrorKind::Internal, "a receipt is not UTF-8"))
    }
}

impl Task for Consent {
    type Output = Result<String>;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.run()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<String> {
        output.map_err(|error| rejected(env, &error))
    }
}

/// A folder that only its owner may read; one that is there already stays as it is.
fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| Error::io(format!("cannot make the folder {}", folder.display()), &e))
}

/// Writes a file that must not exist, durably; what was begun and failed is removed.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let failed = |e: &std::io::Error| Error::io(format!("cannot write {}", path.display()), e);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file: File = options.open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => overwrites(path),
        _ => failed(&e),
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| {
        // Half an identity would only be in the way.
        let _ = fs::remove_file(path);
        failed(&e)
    })
}

fn overwrites(path: &Path) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        format!("{} exists already: an identity is never overwritten", path.display()),
    )
}

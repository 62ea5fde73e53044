//! Layers of policy for the command line: what they say together, and signing one.

use std::path::PathBuf;
use std::time::SystemTime;

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Task};
use napi_derive::napi;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::identity::Identity;
use understudy_core::policy::{Authors, Layer, Report, Rules};
use understudy_core::receipt::Receipt;
use understudy_core::sign::VerifyKey;

use crate::error::{Code, contain, rejected, thrown};
use crate::identity::{Passphrase, parse_controller, take, unlock};
use crate::options::{PolicyLayer, parse_keys, read_layers};

/// Who may have written the layers that are checked; where neither is given, nobody is asked for a signature.
#[napi(object, object_to_js = false)]
pub struct PolicyAuthors {
    /// Keys of organisations: Ed25519, in hexadecimal.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub organisations: Vec<String>,
    /// The text of the receipt that the contributor signed.
    pub receipt: Option<String>,
}

/// What layers say together on top of the floor, as JSON; `trusted` is what the recording would ask for.
#[napi(catch_unwind)]
pub fn check_policy(
    layers: Vec<PolicyLayer>,
    authors: PolicyAuthors,
    trusted: Vec<String>,
) -> napi::Result<String, Code> {
    let check = || {
        let receipt = authors.receipt.map(|text| Receipt::parse(text.as_bytes())).transpose()?;
        let contributor = receipt.map(|receipt| receipt.signer());
        let authors = Authors { organisations: parse_keys(authors.organisations)?, contributor };
        let report = Report::new(Rules::request().trusting(trusted)?, &read_layers(layers), &authors)?;
        text(report.encode()?)
    };
    contain(check).map_err(|error| thrown(&error))
}

/// The digest of a layer, as receipts name it, in hexadecimal.
#[napi(catch_unwind)]
pub fn policy_digest(layer: PolicyLayer) -> napi::Result<String, Code> {
    let digest = || Ok(Layer::read(layer.name, layer.text.as_bytes()).digest()?.to_string());
    contain(digest).map_err(|error| thrown(&error))
}

/// Under which receipt a contributor signs a layer of their own; where nothing is said, under one that names no controller, now.
#[napi(object, object_to_js = false)]
pub struct PolicySigner {
    /// The text of the receipt that they signed.
    pub receipt: Option<String>,
    /// Or the key of the controller for whom they are about to sign one, in hexadecimal.
    pub controller: Option<String>,
}

/// Signs a layer with the identity in `folder`: a contributor's under their pseudonym. Resolves with the text of the signed file.
///
/// `passphrase` is UTF-8 and zeroed; needed only when the identity is under one.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn sign_policy(
    folder: String,
    draft: String,
    under: PolicySigner,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<SignPolicy>, Code> {
    let passphrase = take(passphrase);
    let under = Under::try_from(under).map_err(|error| thrown(&error))?;
    Ok(AsyncTask::new(SignPolicy { folder: folder.into(), draft, under, passphrase }))
}

/// In whose name a layer is signed.
enum Under {
    /// Nothing was said.
    Nothing,
    Receipt(Box<Receipt>),
    Controller(VerifyKey),
}

impl TryFrom<PolicySigner> for Under {
    type Error = Error;

    fn try_from(PolicySigner { receipt, controller }: PolicySigner) -> Result<Self> {
        match (receipt, controller) {
            (None, None) => Ok(Self::Nothing),
            (Some(text), None) => Ok(Self::Receipt(Box::new(Receipt::parse(text.as_bytes())?))),
            (None, Some(key)) => parse_controller(&key).map(Self::Controller),
            (Some(_), Some(_)) => {
                let why = "a receipt says itself who the controller is: name one of the two";
                Err(Error::new(ErrorKind::InvalidArgument, why))
            }
        }
    }
}

impl Under {
    /// The contributor, as they will be named where the layer is used.
    fn contributor(&self, identity: &Identity) -> Result<Identity> {
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        match self {
            Self::Receipt(receipt) => {
                let contributor = identity.under(receipt)?;
                let is_theirs = contributor.sign_key().public() == receipt.signer();
                let why = "this identity did not sign the receipt: its layer would not hold there";
                is_theirs.then_some(contributor).ok_or_else(|| Error::new(ErrorKind::IdentityMismatch, why))
            }
            Self::Controller(key) => identity.consenting(Some(key), now()),
            Self::Nothing => identity.consenting(None, now()),
        }
    }
}

/// Signing, off JavaScript's thread.
pub struct SignPolicy {
    folder: PathBuf,
    draft: String,
    under: Under,
    passphrase: Passphrase,
}

impl SignPolicy {
    fn run(&mut self) -> Result<String> {
        let identity = unlock(&self.folder, self.passphrase.take())?;
        let draft = self.draft.as_bytes();
        if Layer::is_contributors(draft) {
            return text(Layer::sign(draft, self.under.contributor(&identity)?.sign_key())?);
        }
        if !matches!(self.under, Under::Nothing) {
            let why =
                "only a contributor's own layer is signed under a pseudonym: leave the receipt and the controller away";
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        text(Layer::sign(draft, identity.sign_key())?)
    }
}

impl Task for SignPolicy {
    type Output = Result<String>;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.run()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<String> {
        output.map_err(|error| rejected(env, &error))
    }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Internal, "JSON is not UTF-8"))
}

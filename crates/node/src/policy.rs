//! Layers of policy for the command line: what they say together, and signing one.

use std::path::PathBuf;

use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi::{Env, Task};
use napi_derive::napi;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::policy::{Authors, Layer, Report, Rules};

use crate::error::{Code, contain, rejected, thrown};
use crate::identity::{Passphrase, take, unlock};
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
        let receipt =
            authors.receipt.map(|text| understudy_core::receipt::Receipt::parse(text.as_bytes())).transpose()?;
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

/// Signs a layer with the identity in `folder`. Resolves with the text of the signed file.
///
/// `passphrase` is UTF-8 and zeroed; needed only when the identity is under one.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn sign_policy(folder: String, draft: String, passphrase: Option<Buffer>) -> AsyncTask<SignPolicy> {
    AsyncTask::new(SignPolicy { folder: folder.into(), draft, passphrase: take(passphrase) })
}

/// Signing, off JavaScript's thread.
pub struct SignPolicy {
    folder: PathBuf,
    draft: String,
    passphrase: Passphrase,
}

impl Task for SignPolicy {
    type Output = Result<String>;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let mut sign = || {
            let identity = unlock(&self.folder, self.passphrase.take())?;
            text(Layer::sign(self.draft.as_bytes(), identity.sign_key())?)
        };
        Ok(contain(&mut sign))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<String> {
        output.map_err(|error| rejected(env, &error))
    }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Internal, "JSON is not UTF-8"))
}

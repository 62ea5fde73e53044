//! Core's errors as JavaScript's: `error.code` is the kind's word.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{Env, JsError, Status};
use understudy_core::error::{Error, ErrorKind, Result};

/// What JavaScript sees as `error.code`.
pub struct Code(String);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Status> for Code {
    fn from(status: Status) -> Self {
        Self(status.as_ref().into())
    }
}

/// For exports that answer at once.
pub(crate) fn thrown(error: &Error) -> napi::Error<Code> {
    napi::Error::new(Code(error.kind().code().into()), error.message())
}

/// For promises: napi's tasks reject with its own status words, so the JavaScript error is made here and handed over whole.
pub(crate) fn rejected(env: Env, error: &Error) -> napi::Error {
    napi::Error::from(JsError::from(thrown(error)).into_unknown(env))
}

/// Runs `work`, on a thread where a panic would end the process.
pub(crate) fn contain<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let panicked = |_| Err(Error::new(ErrorKind::Internal, "understudy panicked; please report it"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
}

//! One error type: a kind that a program can match, a message that a person can act on.

use std::fmt;

/// What went wrong, in words that are the same on every system, in Rust and (as `code`) in JavaScript.
///
/// `ErrorKind::ALL` is the closed list; `test/errors.test.ts` proves that the TypeScript list equals it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A caller passed something that cannot be used. Read the message, mend the call.
    InvalidArgument,
    /// The receipt is missing, malformed or its signature does not hold. Ask the contributor again.
    ReceiptInvalid,
    /// The receipt's time has passed. Ask the contributor again.
    ReceiptExpired,
    /// The receipt does not cover what was asked for: another track, another purpose.
    ReceiptScope,
    /// A layer of policy is malformed, has unknown members, or is not signed by whom it should be.
    PolicyInvalid,
    /// The policy lets nothing be captured of what was asked for.
    PolicyScope,
    /// The identity's passphrase is wrong, or the identity file was altered.
    PassphraseWrong,
    /// An identity file is malformed or cannot be used.
    IdentityInvalid,
    /// This identity opens none of the recording's keys.
    IdentityMismatch,
    /// Nothing would show the contributor that they are recorded. Nothing was started.
    NoIndicator,
    /// This system, or this session, offers no way to capture. Nothing was started.
    Unsupported,
    /// No display could be reached: none is set, or the connection was refused.
    DisplayUnavailable,
    /// The display went away while recording. What was written before is kept.
    DisplayLost,
    /// The system refused access: permissions of a folder, of a device, of a display.
    PermissionDenied,
    /// No space is left where the recording is written. What was written before is kept.
    DiskFull,
    /// Another failure of reading or writing.
    Io,
    /// Bytes that are not a recording of this format, or go over one of its limits.
    FormatInvalid,
    /// A recording of a format version that this reader does not know.
    FormatVersion,
    /// A recording was altered after it was written.
    Tampered,
    /// The contributor has withdrawn the recording. Delete it.
    Withdrawn,
    /// Sealed bytes did not open under their key.
    OpenFailed,
    /// The call does not fit the recorder's state, such as `pause` after `stop`.
    State,
    /// A defect in understudy itself, a panic included. Please report it.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 23] = [
        Self::InvalidArgument,
        Self::ReceiptInvalid,
        Self::ReceiptExpired,
        Self::ReceiptScope,
        Self::PolicyInvalid,
        Self::PolicyScope,
        Self::PassphraseWrong,
        Self::IdentityInvalid,
        Self::IdentityMismatch,
        Self::NoIndicator,
        Self::Unsupported,
        Self::DisplayUnavailable,
        Self::DisplayLost,
        Self::PermissionDenied,
        Self::DiskFull,
        Self::Io,
        Self::FormatInvalid,
        Self::FormatVersion,
        Self::Tampered,
        Self::Withdrawn,
        Self::OpenFailed,
        Self::State,
        Self::Internal,
    ];

    /// The word that JavaScript sees as `error.code`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidArgument => "invalid-argument",
            Self::ReceiptInvalid => "receipt-invalid",
            Self::ReceiptExpired => "receipt-expired",
            Self::ReceiptScope => "receipt-scope",
            Self::PolicyInvalid => "policy-invalid",
            Self::PolicyScope => "policy-scope",
            Self::PassphraseWrong => "passphrase-wrong",
            Self::IdentityInvalid => "identity-invalid",
            Self::IdentityMismatch => "identity-mismatch",
            Self::NoIndicator => "no-indicator",
            Self::Unsupported => "unsupported",
            Self::DisplayUnavailable => "display-unavailable",
            Self::DisplayLost => "display-lost",
            Self::PermissionDenied => "permission-denied",
            Self::DiskFull => "disk-full",
            Self::Io => "io",
            Self::FormatInvalid => "format-invalid",
            Self::FormatVersion => "format-version",
            Self::Tampered => "tampered",
            Self::Withdrawn => "withdrawn",
            Self::OpenFailed => "open-failed",
            Self::State => "state",
            Self::Internal => "internal",
        }
    }
}

impl AsRef<str> for ErrorKind {
    fn as_ref(&self) -> &str {
        self.code()
    }
}

/// A failure: its kind and a sentence. Messages never hold captured content or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// A result whose failure is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of this kind; the message says what happened and, where it can, what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What went wrong, to be matched.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, to be read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A failure of reading or writing `what`, with the kind the system's answer deserves.
    pub fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => ErrorKind::DiskFull,
            Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::PermissionDenied,
            _ => ErrorKind::Io,
        };
        Self::new(kind, format!("{what}: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

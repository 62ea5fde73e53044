//! The lock of a recording: whoever writes or changes it holds it (docs/format.md §17).

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::sink::HEADER;
use crate::source::FolderSource;

/// Keeps the recorder, and everyone else who would change the recording, out; until it is dropped.
pub struct Lock {
    _header: File,
}

impl Lock {
    /// Locks the recording in `folder`.
    ///
    /// # Errors
    /// `State` while it is recorded, or another change is being made; `Tampered` where there is no header.
    pub fn take(folder: &Path) -> Result<Self> {
        let missing = || Error::new(ErrorKind::Tampered, format!("{HEADER}: is missing"));
        let file = FolderSource::new(folder)?.open(HEADER)?.ok_or_else(missing)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "{} is being recorded, or changed by another program: stop the recording first",
                    folder.display()
                );
                Err(Error::new(ErrorKind::State, message))
            }
            // A file system without locks cannot be asked.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _header: file }),
        }
    }
}

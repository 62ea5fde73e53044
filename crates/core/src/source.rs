//! Where a recording is read from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, ErrorKind as IoErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// Most files that a recording may have: every segment of every track, twice.
const MAX_FILES: usize = 8_000_064;
/// How deep folders are looked into; what lies deeper is named by its folder.
const MAX_DEPTH: usize = 16;

/// A recording's files.
pub trait Source {
    /// Every file, by its path in the recording with `/` between parts, sorted. An empty folder is not listed.
    fn list(&self) -> Result<Vec<String>>;
    /// A file's bytes, from the start; `None` when there is no such file.
    fn read(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>>;

    /// A whole file of at most `limit` bytes.
    fn read_whole(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>> {
        let Some(mut reader) = self.read(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        reader.by_ref().take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|e| Error::io(path, &e))?;
        if bytes.len() > limit {
            return Err(Error::new(ErrorKind::FormatInvalid, format!("{path}: is over its limit of {limit} bytes")));
        }
        Ok(Some(bytes))
    }
}

/// A recording in a folder.
pub struct FolderSource(PathBuf);

impl FolderSource {
    /// The recording in this folder.
    ///
    /// # Errors
    /// `Io` when it is not a folder that can be read.
    pub fn new(folder: &Path) -> Result<Self> {
        let metadata = fs::metadata(folder).map_err(|e| Error::io(folder.display(), &e))?;
        if !metadata.is_dir() {
            let message = format!("{} is not a folder: a recording is a folder", folder.display());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(Self(folder.into()))
    }

    /// A plain file, open; `None` when there is no such file.
    pub(crate) fn open(&self, path: &str) -> Result<Option<File>> {
        let full = place(&self.0, path)?;
        match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(Error::new(ErrorKind::Tampered, format!("{path}: is not a plain file"))),
            Err(e) if e.kind() == IoErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io(path, &e)),
        }
        File::open(full).map(Some).map_err(|e| Error::io(path, &e))
    }

    fn walk(&self, folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<()> {
        let failed = |e: std::io::Error| Error::io(folder.display(), &e);
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // A link is listed as the file it is, so that it counts as foreign.
            if entry.file_type().map_err(failed)?.is_dir() && depth < MAX_DEPTH {
                self.walk(&entry.path(), &format!("{path}/"), depth + 1, found)?;
            } else if found.len() < MAX_FILES {
                found.push(path);
            } else {
                return Err(Error::new(ErrorKind::FormatInvalid, "the folder holds too many files"));
            }
        }
        Ok(())
    }
}

impl Source for FolderSource {
    fn list(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.walk(&self.0, "", 1, &mut found)?;
        found.sort_unstable();
        Ok(found)
    }

    fn read(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>> {
        Ok(self.open(path)?.map(|file| Box::new(file) as Box<dyn Read>))
    }
}

/// Where a path of the recording in `folder` lies. A link among the folders above it would lead to what is not the recording's.
pub(crate) fn place(folder: &Path, path: &str) -> Result<PathBuf> {
    for above in folders_above(path) {
        let full = folder.join(above);
        match fs::symlink_metadata(&full) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(Error::new(ErrorKind::Tampered, format!("{above}: is not a folder"))),
            Err(e) if e.kind() == IoErrorKind::NotFound => break,
            Err(e) => return Err(Error::io(full.display(), &e)),
        }
    }
    Ok(folder.join(path))
}

/// The folders above a path of a recording, the outermost first.
pub(crate) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// A recording in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySource(pub BTreeMap<String, Vec<u8>>);

impl Source for MemorySource {
    fn list(&self) -> Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>> {
        Ok(self.0.get(path).map(|bytes| Box::new(Cursor::new(bytes)) as Box<dyn Read>))
    }
}

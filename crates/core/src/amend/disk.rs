//! Changes of a recording's folder that reach the disk, one by one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::source::{folders_above, place};

/// Changes of a recording's folder. Each is durable when it returns.
pub trait Disk {
    /// Writes a file, and the folders above it that are missing.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()>;
    /// Moves a file or a folder over what is there.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Removes a file; one that is not there is no failure.
    fn remove(&mut self, path: &str) -> Result<()>;
    /// Removes a folder with all that is in it, or what stands in its place; one that is not there is no failure.
    fn remove_folder(&mut self, path: &str) -> Result<()>;
}

/// The folder on this machine.
pub struct FolderDisk(PathBuf);

impl FolderDisk {
    /// The recording in this folder.
    pub fn new(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// A name is durable when its folder is.
    fn sync_parent(&self, path: &str) -> Result<()> {
        #[cfg(unix)]
        if let Some(parent) = self.0.join(path).parent() {
            let synced = File::open(parent).and_then(|folder| folder.sync_all());
            synced.map_err(|e| Error::io(parent.display(), &e))?;
        }
        #[cfg(not(unix))]
        let _ = path;
        Ok(())
    }

    /// Makes the folders above a path that are missing; all of them are durable then, whoever made them.
    fn make_parents(&self, path: &str) -> Result<PathBuf> {
        let full = place(&self.0, path)?;
        for above in folders_above(path) {
            let folder = self.0.join(above);
            match fs::create_dir(&folder) {
                Err(e) if e.kind() != IoErrorKind::AlreadyExists => return Err(Error::io(folder.display(), &e)),
                _ => self.sync_parent(above)?,
            }
        }
        Ok(full)
    }

    /// What was removed is gone when its folder is durable; what was not there is gone too.
    fn removed(&self, path: &str, removed: io::Result<()>) -> Result<()> {
        match removed {
            Ok(()) => self.sync_parent(path),
            Err(e) if e.kind() == IoErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(path, &e)),
        }
    }
}

impl Disk for FolderDisk {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let full = self.make_parents(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&full).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let (full, target) = (place(&self.0, from)?, self.make_parents(to)?);
        fs::rename(&full, target).map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(to)?;
        self.sync_parent(from)
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        self.removed(path, fs::remove_file(place(&self.0, path)?))
    }

    fn remove_folder(&mut self, path: &str) -> Result<()> {
        let full = place(&self.0, path)?;
        let removed = match fs::remove_dir_all(&full) {
            // What stands in its place is nobody's.
            Err(e) if e.kind() == IoErrorKind::NotADirectory => fs::remove_file(&full),
            removed => removed,
        };
        self.removed(path, removed)
    }
}

//! Changes of a recording's folder that reach the disk, one by one.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Changes of a recording's folder. Each is durable when it returns.
pub trait Disk {
    /// Writes a file, and the folders above it that are missing.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()>;
    /// Moves a file or a folder over what is there.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Removes a file; one that is not there is no failure.
    fn remove(&mut self, path: &str) -> Result<()>;
    /// Removes a folder with all that is in it.
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

    fn make_parents(&self, path: &str) -> Result<()> {
        let Some((parent, _)) = path.rsplit_once('/') else { return Ok(()) };
        let full = self.0.join(parent);
        fs::create_dir_all(&full).map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(parent)
    }
}

impl Disk for FolderDisk {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.make_parents(path)?;
        let full = self.0.join(path);
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
        self.make_parents(to)?;
        let full = self.0.join(from);
        fs::rename(&full, self.0.join(to)).map_err(|e| Error::io(full.display(), &e))?;
        self.sync_parent(to)?;
        self.sync_parent(from)
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        let full = self.0.join(path);
        match fs::remove_file(&full) {
            Ok(()) => self.sync_parent(path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(full.display(), &e)),
        }
    }

    fn remove_folder(&mut self, path: &str) -> Result<()> {
        let full = self.0.join(path);
        match fs::remove_dir_all(&full) {
            Ok(()) => self.sync_parent(path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(full.display(), &e)),
        }
    }
}

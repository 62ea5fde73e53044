//! A disk that stops.

use std::path::{Path, PathBuf};

use understudy_core::amend::{Disk, FolderDisk};
use understudy_core::error::{Error, ErrorKind, Result};

/// Stops for good at a step, which it does by half: nothing behind it reaches the disk.
pub(crate) struct Stopping {
    disk: FolderDisk,
    folder: PathBuf,
    left: usize,
    stopped: bool,
    /// How many steps were begun.
    pub(crate) steps: usize,
}

impl Stopping {
    pub(crate) fn new(folder: &Path, left: usize) -> Self {
        Self { disk: FolderDisk::new(folder), folder: folder.into(), left, stopped: false, steps: 0 }
    }

    fn step(&mut self, half: impl FnOnce(&Path)) -> Result<()> {
        let stopped = || Err(Error::new(ErrorKind::Io, "stopped"));
        if self.stopped {
            return stopped();
        }
        self.steps += 1;
        if self.left == 0 {
            half(&self.folder);
            self.stopped = true;
            return stopped();
        }
        self.left -= 1;
        Ok(())
    }
}

impl Disk for Stopping {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.step(|folder| {
            let full = folder.join(path);
            std::fs::create_dir_all(full.parent().expect("a parent")).expect("makes folders");
            std::fs::write(full, &bytes[..bytes.len() / 2]).expect("writes half");
        })?;
        self.disk.write(path, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.step(|_| {})?;
        self.disk.rename(from, to)
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        self.step(|_| {})?;
        self.disk.remove(path)
    }

    fn remove_folder(&mut self, path: &str) -> Result<()> {
        self.step(|folder| {
            // Removing a folder is many steps: the first file of it is gone.
            let first = folder.join(path).join("screen");
            let _ = std::fs::remove_dir_all(first);
        })?;
        self.disk.remove_folder(path)
    }
}

//! Releasing a recording by itself when it stops, unseen: what that takes of the contributor, and when it is not done.
//!
//! The contributor's identity is opened once, before anything is recorded, and let go of when what this one recording needs was derived.
//! What opens the recording is not among that: the writer hands the keys of its segments over as it makes them.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Author, Original, Release, Released, Scrub, permit_coarse, random_id};
use crate::amend::{self, FolderDisk};
use crate::clock::calendar_ms;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::journal::Entry;
use crate::keyring::Keyring;
use crate::policy::Policy;
use crate::receipt::{DAY, Receipt};
use crate::recipient::PublicKey;
use crate::sign::SignKey;
use crate::span::Spans;
use crate::track::Tracks;
use crate::verify::Status;

/// Told how many segments were read, and how many are to be.
pub type Progress = Box<dyn FnMut(usize, usize) + Send>;

/// What is asked for where a recording is to be released by itself.
pub struct DirectRequest {
    /// Opens the contributor's identity. Asked when receipt and policy have agreed.
    pub identity: Box<dyn FnOnce() -> Result<Identity> + Send>,
    /// To whom: some of the receipt's recipients.
    pub to: Vec<PublicKey>,
    /// Names of people and machines that titles are not to tell.
    pub names: Vec<String>,
    /// The folder that it is recorded into.
    pub folder: PathBuf,
    /// Told how far the copies are, all of them together.
    pub progress: Option<Progress>,
}

impl DirectRequest {
    /// What makes the copies at the end, if receipt and policy both let it; there is no other way to one. `started` is when the recording
    /// starts, in milliseconds since 1970.
    pub(crate) fn agree(self, receipt: &Receipt, policy: &Policy, started: u64) -> Result<DirectRelease> {
        receipt.permit_direct()?;
        policy.permit_direct()?;
        receipt.permit_recipients(&self.to)?;
        permit_coarse(receipt)?;
        let twice = (1..self.to.len()).any(|at| self.to[..at].contains(&self.to[at]));
        if self.to.is_empty() || twice {
            let why = "to whom is it to be released by itself? Name at least one recipient, and each once";
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        Scrub::new(&self.names)?;
        let identity = (self.identity)()?;
        let me = identity.under(receipt)?;
        if me.sign_key().public() != receipt.signer() {
            let why = "this identity did not sign the receipt: only the contributor may have it released by itself";
            return Err(Error::new(ErrorKind::IdentityMismatch, why));
        }
        let day = started / 1000 / DAY;
        let copy = |recipient: PublicKey| Ok((recipient, identity.releasing(&recipient, day * DAY)?));
        Ok(DirectRelease {
            copies: self.to.into_iter().map(copy).collect::<Result<_>>()?,
            signer: me.into_sign_key(),
            names: self.names,
            folder: self.folder,
            progress: self.progress,
            keyring: Keyring::new(),
        })
    }
}

/// What releases one recording when it stops. Secrets: the key that signs under this receipt, the pseudonym in each copy, and the content
/// keys of the recording. All are erased with it.
pub(crate) struct DirectRelease {
    signer: SignKey,
    /// To whom, and who the contributor is there.
    copies: Vec<(PublicKey, Identity)>,
    names: Vec<String>,
    folder: PathBuf,
    progress: Option<Progress>,
    keyring: Keyring,
}

/// What became of a recording that was to be released by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectOutcome {
    /// The copies that were made.
    pub copies: Vec<(PublicKey, Released)>,
    /// Why there are not all of them. The recording can be released by hand.
    pub error: Option<Error>,
}

impl DirectRelease {
    /// To whom.
    pub(crate) fn recipients(&self) -> Vec<PublicKey> {
        self.copies.iter().map(|(recipient, _)| *recipient).collect()
    }

    /// What the writer gives the keys of its segments to.
    pub(crate) fn keyring(&self) -> Keyring {
        self.keyring.clone()
    }

    /// Makes the copies of the recording, which has stopped; one after the other, and none behind one that failed.
    pub(crate) fn release(mut self) -> DirectOutcome {
        let mut outcome = DirectOutcome::default();
        let mut progress = self.progress.take().unwrap_or_else(|| Box::new(|_, _| {}));
        for (at, (recipient, pseudonym)) in self.copies.iter().enumerate() {
            let mut told = |done, all| progress(at * all + done, self.copies.len() * all);
            match self.copy(&self.folder, *recipient, pseudonym, &mut told) {
                Ok(released) => outcome.copies.push((*recipient, released)),
                Err(error) => {
                    outcome.error = Some(if amend::holds(&self.folder) { unfinished(&error) } else { error });
                    break;
                }
            }
        }
        outcome
    }

    fn copy(
        &self,
        folder: &Path,
        recipient: PublicKey,
        pseudonym: &Identity,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Released> {
        let names = self.names.clone();
        let what = Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names };
        amend::change(folder, &mut FolderDisk::new(folder), |disk| {
            let original = Original::open(folder)?;
            sound(&original)?;
            // It may have expired since: while the machine slept, say.
            original.body.receipt.permit(original.body.header.tracks, calendar_ms())?;
            let copy = (random_id(), recipient);
            let author = Author { signer: &self.signer, holder: &self.keyring, pseudonym, copy };
            original.release(disk, &author, &what, progress)
        })
    }
}

impl Drop for DirectRelease {
    fn drop(&mut self) {
        // The writer may have the ring still.
        self.keyring.erase();
    }
}

impl fmt::Debug for DirectRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DirectRelease").field(&self.recipients()).finish()
    }
}

/// A copy that is released, but does not lie where it is to: on a full disk, say.
fn unfinished(error: &Error) -> Error {
    let message = format!(
        "{}: a copy was begun that holds already, and is finished when anybody changes the recording, or by `understudy settle`; `understudy withdraw` takes it back",
        error.message()
    );
    Error::new(error.kind(), message)
}

/// Whether a recording is as it was meant to be. What nobody looks through has to be: a contributor decides about any other.
fn sound(original: &Original<'_>) -> Result<()> {
    let refuse = |why: &str| {
        let message = format!("{why}, and nothing was released by itself: look through it, and release it by hand");
        Err(Error::new(ErrorKind::State, message))
    };
    if original.status != Status::Intact {
        return refuse("the recording was cut short");
    }
    let facts = || original.body.journal.iter().map(|(_, entry)| entry);
    if facts().any(|entry| matches!(entry, Entry::Dropped { .. })) {
        return refuse("samples were lost while it was recorded");
    }
    if !facts().any(|entry| matches!(entry, Entry::Stop { reason } if reason == "requested")) {
        return refuse("the recording did not stop as it was asked to");
    }
    Ok(())
}

#[cfg(test)]
mod tests;

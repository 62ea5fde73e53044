//! What becomes of a recording that is to be released by itself: it is, or the contributor keeps it, or it failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::release::{DirectOutcome, DirectRelease};

/// What holds the secrets for it, as long as it is due.
pub(super) struct Direct {
    fate: Mutex<Fate>,
    /// Held while copies are made: whoever else stops waits for them.
    turn: Mutex<()>,
    /// How much was asked to be forgotten that is not, or could not be.
    forgetting: AtomicUsize,
}

enum Fate {
    /// Nothing was to be released, or it is not any more.
    Kept,
    Due(Box<DirectRelease>),
    Begun,
    Over(DirectOutcome),
}

impl Direct {
    pub(super) fn new(release: Option<DirectRelease>) -> Self {
        let fate = release.map_or(Fate::Kept, |release| Fate::Due(Box::new(release)));
        Self { fate: Mutex::new(fate), turn: Mutex::default(), forgetting: AtomicUsize::new(0) }
    }

    /// Nothing is released; the secrets are erased.
    ///
    /// # Errors
    /// `State` when copies are being made or were.
    pub(super) fn keep(&self) -> Result<()> {
        let mut fate = lock(&self.fate);
        if matches!(*fate, Fate::Begun | Fate::Over(_)) {
            let why = "it has stopped, and is being released already: the copies lie in its folder `release`";
            return Err(Error::new(ErrorKind::State, why));
        }
        *fate = Fate::Kept;
        Ok(())
    }

    /// Something is to be forgotten, and nothing is released before: a stop may overtake it.
    pub(super) fn await_forgetting(&self) {
        self.forgetting.fetch_add(1, Ordering::AcqRel);
    }

    /// It is forgotten, or was nothing that can be.
    pub(super) fn end_forgetting(&self) {
        self.forgetting.fetch_sub(1, Ordering::AcqRel);
    }

    /// The recording has stopped, as it was asked to: releases it where that is due.
    pub(super) fn release(&self) {
        let _turn = lock(&self.turn);
        let release = {
            let mut fate = lock(&self.fate);
            match std::mem::replace(&mut *fate, Fate::Begun) {
                Fate::Due(release) => release,
                other => {
                    *fate = other;
                    return;
                }
            }
        };
        let outcome = if self.forgetting.load(Ordering::Acquire) > 0 {
            let why =
                "something was to be forgotten when it stopped, and was not: look through it, and release it by hand";
            failed(Error::new(ErrorKind::State, why))
        } else {
            catch_unwind(AssertUnwindSafe(|| release.release())).unwrap_or_else(|_| {
                failed(Error::new(ErrorKind::Internal, "understudy panicked while it released; please report it"))
            })
        };
        *lock(&self.fate) = Fate::Over(outcome);
    }

    /// What came of it; `None` as long as nothing did.
    pub(super) fn outcome(&self) -> Option<DirectOutcome> {
        match &*lock(&self.fate) {
            Fate::Over(outcome) => Some(outcome.clone()),
            Fate::Kept | Fate::Due(_) | Fate::Begun => None,
        }
    }
}

fn failed(error: Error) -> DirectOutcome {
    DirectOutcome { error: Some(error), ..DirectOutcome::default() }
}

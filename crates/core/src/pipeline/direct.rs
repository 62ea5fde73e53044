//! What becomes of a recording that is to be released by itself: it is, or the contributor keeps it, or it failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::release::{DirectOutcome, DirectRelease};

/// What holds the secrets for it, as long as it is due.
pub(super) struct Direct {
    fate: Mutex<Fate>,
    /// Held while copies are made: whoever else stops waits for them.
    turn: Mutex<()>,
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
        Self { fate: Mutex::new(fate), turn: Mutex::default() }
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

    /// Nothing is released where that was still due, and whoever stops is told why; the secrets are erased.
    pub(super) fn refuse(&self, why: &str) {
        let mut fate = lock(&self.fate);
        if matches!(*fate, Fate::Due(_)) {
            let message = format!("{why}: look through it, and release it by hand");
            let error = Some(Error::new(ErrorKind::State, message));
            *fate = Fate::Over(DirectOutcome { error, ..DirectOutcome::default() });
        }
    }

    /// The recording has stopped, as it was asked to: releases it where that is due.
    pub(super) fn release(&self) {
        let _turn = lock(&self.turn);
        let mut fate = lock(&self.fate);
        if !matches!(*fate, Fate::Due(_)) {
            return;
        }
        let Fate::Due(release) = std::mem::replace(&mut *fate, Fate::Begun) else { return };
        drop(fate);
        let panicked = |_| {
            let error = Error::new(ErrorKind::Internal, "understudy panicked while it released; please report it");
            DirectOutcome { error: Some(error), ..DirectOutcome::default() }
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| release.release())).unwrap_or_else(panicked);
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

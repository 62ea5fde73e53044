//! The keyboard goes elsewhere.

use std::time::Instant;

use understudy_core::clock::Time;

use super::bus::Object;

/// One that was not reported yet.
pub(super) struct Change {
    pub(super) since: Time,
    /// When the latest of several was, between which other fields may have had the keyboard.
    pub(super) again: Option<Time>,
    pub(super) to: Option<Object>,
    /// Not before then, unless it is known where to.
    pub(super) due: Instant,
}

impl Change {
    /// What it becomes, where there is one already, with what is told now.
    pub(super) fn turn(known: Option<Self>, time: Time, to: Option<Object>) -> Self {
        let due = Instant::now();
        match known {
            None => Self { since: time, again: None, to, due },
            Some(change) if change.to.is_none() || change.to == to => Self { to, due, ..change },
            Some(change) => Self { again: Some(time), to, due, ..change },
        }
    }
}

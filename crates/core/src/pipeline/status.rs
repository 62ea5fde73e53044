//! What a recorder says of itself.

use std::time::Duration;

use super::State;
use crate::header::RecordingId;
use crate::receipt::Receipt;
use crate::recipient::PublicKey;
use crate::sign::{self, Hash};
use crate::track::Tracks;
use crate::writer::RecordingWriter;

/// What a recorder is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What.
    pub state: State,
    /// Of [`State::Withheld`]: nothing is kept at all, because the indicator cannot be seen.
    pub unseen: bool,
    /// For how long already.
    pub lasts: Duration,
    /// In how long a pause ends by itself; `None` where it does not.
    pub resumes: Option<Duration>,
    /// How many windows are painted over for what they show.
    pub masked: usize,
}

/// What is recorded, for whom: the same as long as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The recording's id.
    pub id: RecordingId,
    /// What is recorded.
    pub tracks: Tracks,
    /// Wall clock at time 0, milliseconds since 1970.
    pub started: u64,
    /// The hash of the receipt.
    pub receipt: Hash,
    /// Who may open it.
    pub contributor: PublicKey,
    /// To whom the contributor may release it.
    pub recipients: Vec<PublicKey>,
}

impl About {
    pub(super) fn new(writer: &RecordingWriter, receipt: &Receipt, tracks: Tracks, started: u64) -> Self {
        Self {
            id: writer.id(),
            tracks,
            started,
            receipt: sign::hash(receipt.bytes()),
            contributor: receipt.contributor(),
            recipients: receipt.recipients().to_vec(),
        }
    }
}

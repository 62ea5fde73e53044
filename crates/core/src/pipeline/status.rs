//! What a recorder says of itself.

use std::time::Duration;

use super::State;
use crate::header::RecordingId;
use crate::receipt::Receipt;
use crate::recipient::PublicKey;
use crate::sign::{self, Hash, VerifyKey};
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
    /// Who may open it: the contributor's pseudonym in that receipt.
    pub contributor: PublicKey,
    /// The key of who answers for what becomes of it, if somebody else does; by this and the next, contributors know their pseudonym.
    pub controller: Option<VerifyKey>,
    /// When the receipt was issued, seconds since 1970.
    pub issued: u64,
    /// To whom the contributor may release it.
    pub recipients: Vec<PublicKey>,
    /// To whom it is released by itself when it stops, unless the contributor keeps it; mostly to nobody.
    pub direct: Vec<PublicKey>,
}

impl About {
    pub(super) fn new(
        writer: &RecordingWriter,
        receipt: &Receipt,
        tracks: Tracks,
        started: u64,
        direct: Vec<PublicKey>,
    ) -> Self {
        Self {
            id: writer.id(),
            tracks,
            started,
            receipt: sign::hash(receipt.bytes()),
            contributor: receipt.contributor(),
            controller: receipt.controller().map(|controller| controller.sign),
            issued: receipt.issued(),
            recipients: receipt.recipients().to_vec(),
            direct,
        }
    }
}

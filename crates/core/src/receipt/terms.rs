//! What a contributor agrees to.

use serde::{Deserialize, Serialize};

use super::Receipt;
use crate::canonical::Bytes;
use crate::error::{Error, ErrorKind, Result};
use crate::recipient::PublicKey;
use crate::sign::{Hash, VerifyKey};
use crate::track::Tracks;

/// What a recording may be used for: a closed list, in which judging a person is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Training agents that use computers.
    #[default]
    AgentTraining,
    /// Measuring how well such agents work.
    AgentEvaluation,
}

impl Purpose {
    /// Every purpose with its word.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::AgentTraining, "agent-training"), (Self::AgentEvaluation, "agent-evaluation")];

    /// The purpose of this word.
    ///
    /// # Errors
    /// `InvalidArgument` for any other word, with the list.
    pub fn parse(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(purpose, _)| purpose).ok_or_else(|| {
            Error::new(ErrorKind::InvalidArgument, "purpose must be one of agent-training, agent-evaluation")
        })
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentTraining => "agent-training",
            Self::AgentEvaluation => "agent-evaluation",
        }
    }
}

/// What no recording may be used for, whatever its purpose. Every receipt says all of it.
pub const PROHIBITED: [&str; 7] = [
    "performance-assessment",
    "productivity-metric",
    "attendance",
    "discipline",
    "emotion-inference",
    "re-identification",
    "resale",
];

/// What a contributor agrees to. The default is nothing, which cannot be signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What may be recorded.
    pub tracks: Tracks,
    /// Which of those the host may read while they are recorded; never `screen`.
    pub live: Tracks,
    /// Whether recordings may be released by themselves when they stop, before the contributor has looked through them.
    pub direct: bool,
    /// What for.
    pub purpose: Purpose,
    /// To whom the contributor may release.
    pub recipients: Vec<PublicKey>,
    /// Who answers for what becomes of it, and has to countersign; nobody where contributors record for themselves.
    pub controller: Option<Controller>,
    /// Layers of policy, by their digests: nothing may be recorded unless all of them are in force.
    pub layers: Vec<Hash>,
    /// The receipt that this one replaces.
    pub replaces: Option<Replaced>,
    /// When the contributor agreed, seconds since 1970.
    pub issued: u64,
    /// Until when it holds, seconds since 1970.
    pub expires: u64,
    /// The text that was shown.
    pub notice: String,
}

/// Who answers for what becomes of recordings, and what they promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// What it is called: 1 to 128 bytes.
    pub name: String,
    /// How it is reached: 1 to 256 bytes.
    pub contact: String,
    /// The key that it countersigns with.
    pub sign: VerifyKey,
    /// Whose law holds: 1 to 8 codes of ISO 3166, such as `DE`, `US-NY`.
    pub jurisdiction: Vec<String>,
    /// Where released copies are stored: as many such codes.
    pub storage: Vec<String>,
    /// After how many days released copies are deleted: 1 to 36,500.
    pub retention: u64,
}

impl Controller {
    /// Whether all of it keeps to its limits.
    pub(super) fn holds(&self) -> bool {
        is_told(&self.name, 128)
            && is_told(&self.contact, 256)
            && are_places(&self.jurisdiction)
            && are_places(&self.storage)
            && (1..=36_500).contains(&self.retention)
    }
}

/// Text that can be shown: what steers a terminal, or turns the direction of what stands around it, is not in it.
pub(super) fn is_told(text: &str, most: usize) -> bool {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    (1..=most).contains(&text.len()) && !text.chars().any(steers)
}

fn are_places(codes: &[String]) -> bool {
    (1..=8).contains(&codes.len()) && !super::has_twice(codes) && codes.iter().all(|code| is_place(code))
}

/// `DE`, `US-NY`.
fn is_place(code: &str) -> bool {
    let (country, part) = code.split_once('-').map_or((code, None), |(country, part)| (country, Some(part)));
    let capitals = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    let is_part = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    capitals && part.is_none_or(is_part)
}

/// A receipt that another one takes the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The hash of its bytes.
    pub(super) receipt: Hash,
    /// The record of consent that both belong to.
    pub(super) record: Bytes<16>,
    /// Who signed it: a pseudonym for this controller and the time when it was issued.
    pub(super) signer: VerifyKey,
    pub(super) controller: Option<VerifyKey>,
    pub(super) issued: u64,
}

impl From<&Receipt> for Replaced {
    fn from(receipt: &Receipt) -> Self {
        // Only a released copy's belongs to no record, and it is never replaced: `Receipt::parse` refuses it.
        let record = receipt.file.record.unwrap_or(receipt.file.id);
        let controller = receipt.controller().map(|controller| controller.sign);
        let (receipt_hash, signer, issued) = (crate::sign::hash(&receipt.bytes), receipt.signer(), receipt.issued());
        Self { receipt: receipt_hash, record, signer, controller, issued }
    }
}

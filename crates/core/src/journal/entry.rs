//! What a line of the journal says: its kinds, their reasons and names (docs/format.md §5).

use serde::{Deserialize, Serialize};

use crate::class_name::ClassName;
use crate::recipient::PublicKey;
use crate::segment::{MAX_BYTES, MAX_CHUNKS, MAX_NUMBER};
use crate::sign::Hash;
use crate::track::Track;

/// A fact of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Entry {
    /// The first line.
    Start {},
    /// A segment was begun.
    Open {
        /// Its track.
        track: TrackName,
        /// Its number.
        segment: u32,
        /// Hash of its key file.
        key: Hash,
    },
    /// An open segment's file was extended.
    Checkpoint(Extent),
    /// A segment is complete.
    Close(Extent),
    /// From here on nothing is kept.
    Pause {},
    /// From here on samples are kept again.
    Resume {},
    /// Samples of a span were not kept, or were painted over.
    Withheld {
        /// Whose samples.
        track: TrackName,
        /// From when, nanoseconds.
        from: u64,
        /// Until when, nanoseconds.
        to: u64,
        /// Why.
        reason: WithheldReason,
        /// What it was, where the detectors say so: the name of a class.
        #[serde(skip_serializing_if = "Option::is_none")]
        class: Option<ClassName>,
    },
    /// Samples that should have been kept were lost.
    Dropped {
        /// Whose samples.
        track: TrackName,
        /// How many.
        count: u64,
        /// Why.
        reason: DropReason,
    },
    /// A fact about the capture.
    Notice {
        /// Its name.
        notice: NoticeName,
        /// How many, where it counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<u64>,
        /// The new width, for `resized`.
        #[serde(skip_serializing_if = "Option::is_none")]
        width: Option<u64>,
        /// The new height, for `resized`.
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u64>,
    },
    /// The last line of the device's.
    Stop {
        /// `requested`, or the code of the failure that ended the recording.
        reason: String,
    },
    /// The contributor forgot a span. What it did to segments stands in the lines behind.
    Forget {
        /// Of which track.
        track: TrackName,
        /// From when, nanoseconds.
        from: u64,
        /// Until when, nanoseconds.
        to: u64,
    },
    /// A segment is gone: all of it was forgotten.
    Destroy {
        /// Its track.
        track: TrackName,
        /// Its number.
        segment: u32,
    },
    /// A segment was written anew, under another key, without what was forgotten.
    Recut {
        /// Its track.
        track: TrackName,
        /// Its number.
        segment: u32,
        /// Hash of its new key file.
        key: Hash,
        /// Whole chunks.
        chunks: u32,
        /// Bytes, header and chunks.
        size: u64,
        /// Hash of those bytes.
        hash: Hash,
    },
    /// The contributor released a copy.
    Release {
        /// To whom.
        recipient: PublicKey,
        /// Which of the releases to this recipient, from 0.
        number: u32,
        /// Hash of the copy's release.json.
        manifest: Hash,
    },
}

impl Entry {
    /// Whether the device may sign it too, while it records.
    pub fn forgets(&self) -> bool {
        matches!(self, Self::Forget { .. } | Self::Destroy { .. })
    }

    /// Whether the contributor signs it.
    pub fn is_contributors(&self) -> bool {
        matches!(self, Self::Forget { .. } | Self::Destroy { .. } | Self::Recut { .. } | Self::Release { .. })
    }

    /// Whether its members go together, and are within the limits of the format.
    pub(super) fn fits(&self) -> bool {
        match self {
            Self::Start {} | Self::Pause {} | Self::Resume {} | Self::Dropped { .. } => true,
            Self::Open { segment, .. } | Self::Destroy { segment, .. } => *segment <= MAX_NUMBER,
            Self::Checkpoint(Extent { segment, chunks, size, .. })
            | Self::Close(Extent { segment, chunks, size, .. })
            | Self::Recut { segment, chunks, size, .. } => {
                *segment <= MAX_NUMBER && *chunks <= MAX_CHUNKS && *size <= MAX_BYTES
            }
            Self::Withheld { from, to, .. } => from <= to,
            Self::Notice { notice, count, width, height } => {
                count.is_some() == (*notice == NoticeName::MissedDamage)
                    && width.is_some() == (*notice == NoticeName::Resized)
                    && height.is_some() == (*notice == NoticeName::Resized)
            }
            Self::Stop { reason } => (1..=64).contains(&reason.len()),
            Self::Forget { from, to, .. } => from < to,
            Self::Release { number, .. } => *number <= MAX_NUMBER,
        }
    }
}

/// How far a segment's file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Its track.
    pub track: TrackName,
    /// Its number.
    pub segment: u32,
    /// Whole chunks.
    pub chunks: u32,
    /// Bytes, header and chunks.
    pub size: u64,
    /// Hash of those bytes.
    pub hash: Hash,
}

/// A track as the journal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackName {
    /// `pointer`
    Pointer,
    /// `keyboard`
    Keyboard,
    /// `screen`
    Screen,
    /// `context`
    Context,
}

impl From<Track> for TrackName {
    fn from(track: Track) -> Self {
        match track {
            Track::Pointer => Self::Pointer,
            Track::Keyboard => Self::Keyboard,
            Track::Screen => Self::Screen,
            Track::Context => Self::Context,
        }
    }
}

impl From<TrackName> for Track {
    fn from(name: TrackName) -> Self {
        match name {
            TrackName::Pointer => Self::Pointer,
            TrackName::Keyboard => Self::Keyboard,
            TrackName::Screen => Self::Screen,
            TrackName::Context => Self::Context,
        }
    }
}

/// Why samples were withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithheldReason {
    /// An excluded application had the focus, or a window in the picture.
    ExcludedApplication,
    /// A window's application is not known, and some applications are excluded.
    UnknownApplication,
    /// No focused window was known.
    UnknownFocus,
    /// Where the windows are was not known.
    UnknownGeometry,
    /// The hold was full before the redactor could judge.
    HoldFull,
    /// The detectors found something sensitive, or could not rule it out.
    SensitiveContent,
    /// A field of which nobody knows whether it is a secret one: of its keys only kinds are kept.
    UnknownField,
    /// A field for secrets.
    SecretField,
    /// The detectors failed.
    DetectorFailed,
    /// The contributor could not see that they were recorded.
    NoIndicator,
}

impl WithheldReason {
    /// Whether it says whose a window is, or where: not what stands in it.
    pub(crate) fn is_of_window(self) -> bool {
        match self {
            Self::ExcludedApplication | Self::UnknownApplication | Self::UnknownFocus | Self::UnknownGeometry => true,
            Self::HoldFull
            | Self::SensitiveContent
            | Self::UnknownField
            | Self::SecretField
            | Self::DetectorFailed
            | Self::NoIndicator => false,
        }
    }
}

/// Why samples were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// They came faster than they could be written.
    QueueFull,
    /// The system lost them before they could be read.
    InputLost,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of backend::NoticeKind")]
pub enum NoticeName {
    NoDamage,
    NoSharedMemory,
    NoLayout,
    NoCompose,
    NoHotkey,
    NoAccessibility,
    Resized,
    GrabFailed,
    MissedDamage,
    /// So much changed that pictures came less often from here on.
    RateCapped,
    /// Pictures came as often as they were asked for again.
    RateRestored,
}

//! What comes through the queue.

use std::sync::mpsc;

use super::{ForgetLast, ForgottenLast};
use crate::backend::Notice;
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::event::{App, ContextEvent, KeyboardEvent, PointerEvent};
use crate::gate::Admitted;
use crate::journal::WithheldReason;
use crate::pipeline::queue::Urgency;
use crate::record::Record;
use crate::redact::{Focus, Redacted};
use crate::track::Track;
use crate::typed::{FieldId, Role};

/// A picture of this many bytes is taken at once.
const LARGE: usize = 256 << 10;

/// A message to the notary.
pub(in crate::pipeline) enum Message {
    Pointer(Vec<Admitted<PointerEvent>>),
    Keyboard(Vec<Admitted<KeyboardEvent>>),
    /// Pixels of these windows changed, which are trusted with what they show.
    Shown(Time, Vec<u64>),
    /// A button of the pointer went down, whether that is recorded or not.
    Click(Time),
    Context(Vec<Admitted<ContextEvent>>),
    /// Who has the focus, and of which application that is.
    Focus(Time, Focus, Option<App>),
    /// The keyboard goes to this field: this was told then.
    Field(Time, FieldId, Role),
    Screen(Vec<Redacted<Record>>),
    /// A coded picture, how many bytes it is, and when the screen was seen to have changed.
    Picture {
        records: Vec<Redacted<Record>>,
        bytes: usize,
        noticed: Time,
    },
    Withheld(Track, Time, WithheldReason),
    Dropped(Track, u64),
    InputLost(u64),
    Notice(Notice),
    Pause(Time),
    Resume(Time),
    /// The indicator was not seen after this.
    Unseen(Time),
    /// It is seen again, and the sources are opened anew.
    Seen(Time, u64),
    /// The indicator was seen once more, and that was waited for.
    Beat,
    /// Forget this, until then; and say how that went.
    Forget(ForgetLast, Time, mpsc::Sender<Result<ForgottenLast>>),
    Failed(Error),
    Stop(Time),
}

impl Message {
    /// What the host can see, or waits for, and what takes much memory; the rest can wait for company.
    pub(in crate::pipeline) fn urgency(&self) -> Urgency {
        match self {
            Self::Picture { bytes, .. } if *bytes >= LARGE => Urgency::AtOnce,
            Self::Focus(..)
            | Self::Field(..)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Unseen(_)
            | Self::Seen(..)
            | Self::Forget(..)
            | Self::Failed(_)
            | Self::Stop(_) => Urgency::AtOnce,
            Self::Picture { .. }
            | Self::Pointer(_)
            | Self::Keyboard(_)
            | Self::Click(_)
            | Self::Shown(..)
            | Self::Context(_)
            | Self::Screen(_)
            | Self::Withheld(..)
            | Self::Dropped(..)
            | Self::InputLost(_)
            | Self::Beat
            | Self::Notice(_) => Urgency::Gathered,
        }
    }

    /// Whether it holds what is to be kept.
    pub(in crate::pipeline) fn is_content(&self) -> bool {
        matches!(self, Self::Pointer(_) | Self::Keyboard(_) | Self::Context(_) | Self::Screen(_) | Self::Picture { .. })
    }

    /// Of what is kept as it comes: when each of it happened. Keys and the context wait elsewhere.
    pub(super) fn times(&self) -> impl Iterator<Item = Time> {
        let (samples, records): (&[_], &[_]) = match self {
            Self::Pointer(samples) => (samples, &[]),
            Self::Screen(records) | Self::Picture { records, .. } => (&[], records),
            _ => (&[], &[]),
        };
        samples.iter().map(Admitted::time).chain(records.iter().map(Redacted::time))
    }
}

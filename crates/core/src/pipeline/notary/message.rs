//! What comes through the queue.

use std::collections::BTreeMap;
use std::sync::mpsc;

use super::{ForgetLast, ForgottenLast};
use crate::backend::Notice;
use crate::called::Judged;
use crate::clock::Time;
use crate::error::{Error, Result};
use crate::event::{App, ContextEvent, KeyboardEvent, PointerEvent};
use crate::gate::Admitted;
use crate::journal::WithheldReason;
use crate::mask::Exposure;
use crate::pipeline::pictures::Picture;
use crate::pipeline::queue::Urgency;
use crate::pipeline::unread::Heard;
use crate::record::Record;
use crate::redact::{Field, Focus, Redacted};
use crate::track::Track;
use crate::typed::FieldId;

/// A picture of this many bytes is taken at once.
const LARGE: usize = 256 << 10;

/// A message to the notary.
pub(in crate::pipeline) enum Message {
    Content(Content),
    Keyboard(Vec<Admitted<KeyboardEvent>>),
    /// Pixels of these windows changed, which are trusted with what they show.
    Shown(Time, Vec<u64>),
    /// A button of the pointer went down, whether that is recorded or not.
    Click(Time),
    Context(Vec<Admitted<ContextEvent>>),
    /// Who has the focus, and of which application that is.
    Focus(Time, Focus, Option<App>),
    /// The keyboard goes to this field: this was told then.
    Field(Time, Field),
    /// A window shows something sensitive.
    Exposed(Exposure),
    /// What an application calls its windows makes some of them private, or all suspect.
    Called(Time, Judged),
    /// A field is no more.
    Gone(Time, FieldId),
    /// Windows were read between these moments.
    Said(BTreeMap<u64, Heard>, (Time, Time)),
    /// Windows closed that were there at the first of these times still; none of them is in a picture behind the second. These are no more.
    Closed(Vec<u64>, (Time, Time)),
    /// Nobody reads windows any more. What waited for that is painted over, or not.
    Unread {
        until: Time,
        paints: bool,
    },
    Withheld(Track, Time, WithheldReason),
    /// So many samples were lost, all of them before then.
    Dropped(Track, Time, u64),
    InputLost(u64),
    Notice(Notice),
    Pause(Time),
    /// The contributor goes on; and whether the indicator was unseen then, so that nothing is kept all the same.
    Resume(Time, bool),
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

/// What is kept as it comes, once the indicator was seen behind it. Keys wait for their verdict, and the context for what else is said of
/// its windows.
pub(in crate::pipeline) enum Content {
    Pointer(Vec<Admitted<PointerEvent>>),
    Screen(Vec<Redacted<Record>>),
    Picture(Picture),
}

impl Message {
    /// What the host can see, or waits for, and what takes much memory; the rest can wait for company.
    pub(in crate::pipeline) fn urgency(&self) -> Urgency {
        match self {
            Self::Content(Content::Picture(picture)) if picture.bytes >= LARGE => Urgency::AtOnce,
            Self::Focus(..)
            | Self::Field(..)
            | Self::Exposed(_)
            | Self::Said(..)
            | Self::Closed(..)
            | Self::Unread { .. }
            | Self::Called(..)
            | Self::Pause(_)
            | Self::Resume(..)
            | Self::Unseen(_)
            | Self::Seen(..)
            | Self::Forget(..)
            | Self::Failed(_)
            | Self::Stop(_) => Urgency::AtOnce,
            Self::Content(_)
            | Self::Keyboard(_)
            | Self::Click(_)
            | Self::Shown(..)
            | Self::Context(_)
            | Self::Withheld(..)
            | Self::Dropped(..)
            | Self::InputLost(_)
            | Self::Gone(..)
            | Self::Beat
            | Self::Notice(_) => Urgency::Gathered,
        }
    }

    /// Whether it holds what is to be kept.
    pub(in crate::pipeline) fn is_to_be_kept(&self) -> bool {
        matches!(self, Self::Content(_) | Self::Keyboard(_) | Self::Context(_))
    }
}

impl Content {
    /// Leaves out what is not wanted: of the pointer each for itself, of a picture all, since half of one is none. Answers when the first of
    /// that happened, and whether anything is left.
    pub(super) fn retain(&mut self, keep: impl Fn(Time) -> bool) -> (Option<Time>, bool) {
        let first = self.times().filter(|time| !keep(*time)).min();
        match self {
            Self::Pointer(samples) => samples.retain(|sample| keep(sample.time())),
            Self::Screen(records) | Self::Picture(Picture { records, .. }) if first.is_some() => records.clear(),
            Self::Screen(_) | Self::Picture(_) => {}
        }
        (first, self.times().next().is_some())
    }

    /// When each of it happened.
    pub(super) fn times(&self) -> impl Iterator<Item = Time> {
        let (samples, records): (&[_], &[_]) = match self {
            Self::Pointer(samples) => (samples, &[]),
            Self::Screen(records) | Self::Picture(Picture { records, .. }) => (&[], records),
        };
        samples.iter().map(Admitted::time).chain(records.iter().map(Redacted::time))
    }
}

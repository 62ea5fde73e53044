//! Opens a verified recording: docs/format.md §11. Bounded memory, whatever the recording's length.

mod lane;
mod segment;
mod start;

use self::lane::Lane;
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{ContextEvent, CursorImage, KeyboardEvent, PointerEvent};
use crate::frame::{Frame, PixelFormat, Position as Point, Size};
use crate::key::Holder;
use crate::recipient::OpenKey;
use crate::source::Source;
use crate::track::{Track, Tracks};
use crate::verify::{Body, Status};

/// What a reader gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// When.
    pub time: Time,
    /// What.
    pub value: ItemValue,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemValue {
    /// A record of the `pointer` track.
    Pointer(PointerEvent),
    /// A record of the `keyboard` track.
    Keyboard(KeyboardEvent),
    /// A record of the `context` track.
    Context(ContextEvent),
    /// A complete picture; [`Reader::picture`] shows it.
    Frame(FrameItem),
    /// The pointer has another image.
    CursorImage(CursorImage),
    /// Where the pointer was at a shot.
    CursorPosition(Option<Point>),
}

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameItem {
    /// Its size.
    pub size: Size,
    /// Its pixel format.
    pub format: PixelFormat,
    /// Whether it stands alone.
    pub key: bool,
    /// How many pixels were painted for it: more than once, where that was shorter.
    pub painted: u64,
}

/// What of a recording is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// Which tracks; the others are not opened at all.
    pub tracks: Tracks,
    /// From when. What is before is not given, but for the latest picture before: it comes first, with the time that it has, as a
    /// key frame. Segments before are not opened.
    pub from: Time,
    /// Until when, this time included; not before `from`.
    pub to: Time,
}

impl Default for OpenOptions {
    /// Everything.
    fn default() -> Self {
        Self { tracks: Tracks::ALL, from: Time::ZERO, to: Time::MAX }
    }
}

/// Reads tracks of a recording, merged by time.
pub struct Reader<'a> {
    to: Time,
    lanes: Vec<Lane<'a>>,
    heads: Vec<Option<Item>>,
    last: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Opens a recording that [`crate::verify::verify`] found untampered, all of it.
    ///
    /// # Errors
    /// `IdentityMismatch` when a segment is not sealed to `key`; `State` for a released copy without [an opening](crate::opening::write).
    pub fn open(source: &'a dyn Source, body: &'a Body, status: Status, key: &'a OpenKey) -> Result<Self> {
        Self::open_with(source, body, status, key, OpenOptions::default())
    }

    /// As [`Reader::open`], a part of it. Costs the decoding of at most the segment that `from` lies in, up to there.
    ///
    /// # Errors
    /// `InvalidArgument` when `to` is before `from`; else as [`Reader::open`] and [`Reader::next_item`].
    pub fn open_with(
        source: &'a dyn Source,
        body: &'a Body,
        status: Status,
        key: &'a OpenKey,
        options: OpenOptions,
    ) -> Result<Self> {
        Self::open_for(source, body, status, key, options)
    }

    /// As [`Reader::open_with`], for whoever holds the keys in another way.
    pub(crate) fn open_for(
        source: &'a dyn Source,
        body: &'a Body,
        status: Status,
        holder: &'a dyn Holder,
        options: OpenOptions,
    ) -> Result<Self> {
        let OpenOptions { tracks, from, to } = options;
        if to < from {
            return Err(Error::new(ErrorKind::InvalidArgument, "to is before from"));
        }
        if body.openings.as_ref().is_some_and(|openings| openings.all.is_empty()) {
            let why = "a released copy is not opened before that was written down: see opening::write";
            return Err(Error::new(ErrorKind::State, why));
        }
        let lane = |track| Lane::new(source, body, status, holder, track, from);
        let mut lanes: Vec<Lane<'a>> = tracks.iter().map(lane).collect();
        // The keys of the first segments are tried at once, so that a wrong identity is told before anything is given out.
        lanes.iter().try_for_each(Lane::try_key)?;
        let heads = lanes.iter_mut().map(Lane::first).collect::<Result<_>>()?;
        Ok(Self { to, lanes, heads, last: None })
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// `OpenFailed`, `FormatInvalid`: what came before stays valid.
    pub fn next_item(&mut self) -> Result<Option<Item>> {
        // A lane moves on only now, so that its picture stays as it was for the item given last.
        if let Some(index) = self.last.take() {
            self.heads[index] = self.lanes[index].next()?;
        }
        let earliest =
            self.heads.iter().enumerate().filter_map(|(index, head)| Some((head.as_ref()?.time, index))).min();
        let Some((_, index)) = earliest.filter(|(time, _)| *time <= self.to) else { return Ok(None) };
        self.last = Some(index);
        Ok(self.heads[index].take())
    }

    /// How many segments were read to their ends, but for the last of each track.
    pub fn segments_read(&self) -> usize {
        self.lanes.iter().map(Lane::segments_read).sum()
    }

    /// The picture of a frame, until the next item is asked for: it is painted on, not copied.
    pub fn picture(&self) -> Option<&Frame> {
        self.lanes.iter().find(|lane| lane.track() == Track::Screen)?.picture()
    }
}

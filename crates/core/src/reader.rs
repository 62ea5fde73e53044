//! Opens a verified recording: docs/format.md §11. Bounded memory, whatever the recording's length.

mod lane;
mod segment;

use self::lane::Lane;
use crate::clock::Time;
use crate::error::Result;
use crate::event::{ContextEvent, CursorImage, KeyboardEvent, PointerEvent};
use crate::frame::{Frame, PixelFormat, Position as Point, Size};
use crate::recipient::OpenKey;
use crate::source::Source;
use crate::track::Track;
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

/// Reads all tracks of a recording, merged by time.
pub struct Reader<'a> {
    lanes: Vec<Lane<'a>>,
    heads: Vec<Option<Item>>,
    last: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Opens a recording that [`crate::verify::verify`] found untampered.
    ///
    /// # Errors
    /// `IdentityMismatch` when a segment is not sealed to `key`.
    pub fn open(source: &'a dyn Source, body: &'a Body, status: Status, key: &'a OpenKey) -> Result<Self> {
        let lane = |track| Lane::new(source, body, status, key, track);
        let lanes: Vec<Lane<'a>> = Track::ALL.into_iter().map(lane).collect();
        // The keys of the first segments are tried at once, so that a wrong identity is told before anything is given out.
        lanes.iter().try_for_each(Lane::try_key)?;
        let mut reader = Self { heads: lanes.iter().map(|_| None).collect(), lanes, last: None };
        for index in 0..reader.lanes.len() {
            reader.heads[index] = reader.lanes[index].next()?;
        }
        Ok(reader)
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
        let Some((_, index)) = earliest else { return Ok(None) };
        self.last = Some(index);
        Ok(self.heads[index].take())
    }

    /// The screen, as of the latest frame given out.
    pub fn picture(&self) -> Option<&Frame> {
        self.lanes[Track::Screen as usize].picture()
    }
}

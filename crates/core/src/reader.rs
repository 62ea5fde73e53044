//! Opens a verified recording: docs/format.md §11. Bounded memory, whatever the recording's length.

use std::collections::VecDeque;
use std::io::Read;

use zeroize::Zeroizing;

use crate::chunk::Decompressor;
use crate::clock::Time;
use crate::delta::Picture;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{ContextEvent, CursorImage, KeyboardEvent, PointerEvent};
use crate::frame::{Frame, PixelFormat, Position as Point, Size};
use crate::header::Header;
use crate::journal::SegmentFacts;
use crate::key::KeyFile;
use crate::receipt::MAX_BYTES;
use crate::recipient::{ContentKey, OpenKey};
use crate::record::{Record, RecordDecoder, ScreenRecord};
use crate::seal::{Opener, Position};
use crate::segment::SegmentParser;
use crate::source::Source;
use crate::track::Track;
use crate::verify::{Body, Status};
use crate::wire::{self, invalid};

const PIECE: usize = 64 << 10;

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
        let lane = |track| {
            let segments = body.segments.iter().filter(|facts| facts.id.track == track).collect();
            Lane { source, header: &body.header, key, cut: status == Status::Cut, segments, current: None }
        };
        let lanes: Vec<Lane<'a>> = Track::ALL.into_iter().map(lane).collect();
        // The keys of the first segments are tried at once, so that a wrong identity is told before anything is given out.
        for lane in &lanes {
            if let Some(facts) = lane.segments.front() {
                lane.content_key(facts)?;
            }
        }
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
        self.lanes[Track::Screen as usize].current.as_ref()?.picture.frame()
    }
}

/// One track.
struct Lane<'a> {
    source: &'a dyn Source,
    header: &'a Header,
    key: &'a OpenKey,
    cut: bool,
    segments: VecDeque<&'a SegmentFacts>,
    current: Option<Segment<'a>>,
}

impl<'a> Lane<'a> {
    fn next(&mut self) -> Result<Option<Item>> {
        loop {
            if let Some(segment) = &mut self.current
                && let Some(item) = segment.next()?
            {
                return Ok(Some(item));
            }
            let Some(facts) = self.segments.pop_front() else { return Ok(None) };
            self.current = Some(self.begin(facts)?);
        }
    }

    fn content_key(&self, facts: &SegmentFacts) -> Result<ContentKey> {
        let path = facts.id.key_path();
        let bytes = self.source.read_whole(&path, MAX_BYTES)?;
        let bytes = bytes.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?;
        KeyFile::decode(&bytes, self.header.id, facts.id)?.open(self.key)
    }

    fn begin(&self, facts: &'a SegmentFacts) -> Result<Segment<'a>> {
        let path = facts.id.path();
        let file = self.source.read(&path)?;
        Ok(Segment {
            facts,
            cut: self.cut && !facts.closed,
            key: self.content_key(facts)?,
            header: self.header,
            file: Some(file.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?),
            parser: SegmentParser::new(self.header.id, facts.id),
            opener: None,
            decompressor: Decompressor::new()?,
            decoder: RecordDecoder::new(facts.id.track),
            sealed: VecDeque::new(),
            records: Zeroizing::default(),
            at: 0,
            opened: 0,
            ended: false,
            finished: false,
            picture: Picture::default(),
            parts: Parts::default(),
        })
    }
}

/// One segment, from its file to items.
struct Segment<'a> {
    facts: &'a SegmentFacts,
    cut: bool,
    key: ContentKey,
    header: &'a Header,
    /// `None` once it was read to its end.
    file: Option<Box<dyn Read + 'a>>,
    parser: SegmentParser,
    opener: Option<Opener>,
    decompressor: Decompressor,
    decoder: RecordDecoder,
    sealed: VecDeque<Vec<u8>>,
    /// The opened chunk, and how far its records were given out.
    records: Zeroizing<Vec<u8>>,
    at: usize,
    opened: u32,
    ended: bool,
    finished: bool,
    picture: Picture,
    parts: Parts,
}

/// What is known of a picture whose parts still come.
#[derive(Default)]
struct Parts {
    key: bool,
    painted: u64,
    time: Time,
}

impl Segment<'_> {
    fn next(&mut self) -> Result<Option<Item>> {
        loop {
            loop {
                let mut left = wire::Reader::new(&self.records[self.at..]);
                let Some((time, record)) = self.decoder.next(&mut left)? else { break };
                self.at = self.records.len() - left.remaining();
                if let Some(value) = self.item(time, record)? {
                    return Ok(Some(Item { time, value }));
                }
            }
            if self.ended {
                return self.end();
            }
            match self.sealed.pop_front() {
                Some(sealed) => self.open(&sealed)?,
                None if self.file.is_none() => self.ended = true,
                None => self.read()?,
            }
        }
    }

    fn read(&mut self) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut piece = vec![0; PIECE];
        let count = file.read(&mut piece).map_err(|e| Error::io(self.facts.id.path(), &e))?;
        if count == 0 {
            self.file = None;
            return Ok(());
        }
        let (opener, sealed) = (&mut self.opener, &mut self.sealed);
        let (recording, segment, key) = (self.header.id, self.facts.id, &self.key);
        let pushed = self.parser.push(&piece[..count], |stream, chunk| {
            opener.get_or_insert_with(|| Opener::new(recording, segment, key, stream));
            sealed.push_back(chunk.to_vec());
            Ok(())
        });
        match pushed {
            // What verified cannot be malformed within what the journal vouches for; the chunks before are still to be opened.
            Err(_) if self.cut => self.file = None,
            pushed => pushed?,
        }
        Ok(())
    }

    fn open(&mut self, sealed: &[u8]) -> Result<()> {
        let Some(opener) = &mut self.opener else { return Ok(()) };
        let vouched = self.facts.extent.is_some_and(|extent| self.opened < extent.chunks);
        let (chunk, position) = match opener.open(sealed) {
            Ok(opened) => opened,
            Err(_) if self.cut && !vouched => {
                // Written but not vouched for: a crash may have left anything here.
                self.sealed.clear();
                self.file = None;
                self.ended = true;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.opened += 1;
        let last = position == Position::Last;
        self.records = self.decompressor.records(&chunk, last)?;
        self.at = 0;
        if last {
            self.ended = true;
            self.finished = true;
            if self.facts.closed && self.facts.extent.is_none_or(|extent| extent.chunks != self.opened) {
                let message = format!("{}: goes on behind its final chunk", self.facts.id.path());
                return Err(Error::new(ErrorKind::FormatInvalid, message));
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<Option<Item>> {
        if self.cut {
            return Ok(None);
        }
        if !self.finished {
            return Err(Error::new(ErrorKind::OpenFailed, format!("{}: has no final chunk", self.facts.id.path())));
        }
        if self.picture.is_unfinished() {
            return Err(invalid("is missing: the segment ends inside a picture"));
        }
        Ok(None)
    }

    fn item(&mut self, time: Time, record: Record) -> Result<Option<ItemValue>> {
        let within = self.picture.is_unfinished();
        if within && (time != self.parts.time || !matches!(record, Record::Screen(ScreenRecord::Frame(_)))) {
            return Err(invalid("stands between the parts of a picture"));
        }
        Ok(Some(match record {
            Record::Pointer(event) => ItemValue::Pointer(event),
            Record::Keyboard(event) => ItemValue::Keyboard(event),
            Record::Context(event) => ItemValue::Context(event),
            Record::Screen(ScreenRecord::CursorImage(image)) => ItemValue::CursorImage(image),
            Record::Screen(ScreenRecord::CursorPosition(position)) => ItemValue::CursorPosition(position),
            Record::Screen(ScreenRecord::Frame(part)) => {
                let painted = self.picture.apply(&part)?;
                if !within {
                    self.parts = Parts { key: part.key.is_some(), painted: 0, time };
                }
                self.parts.painted += painted;
                let Some(frame) = self.picture.frame().filter(|_| !part.more) else { return Ok(None) };
                let Parts { key, painted, .. } = self.parts;
                ItemValue::Frame(FrameItem { size: frame.size(), format: frame.format(), key, painted })
            }
        }))
    }
}

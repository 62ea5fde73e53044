//! One segment of a recording: pieces of its file, chunks, records, items.

use std::collections::VecDeque;
use std::io::Read;

use zeroize::Zeroizing;

use super::start::Start;
use super::{FrameItem, Item, ItemValue};
use crate::chunk::Decompressor;
use crate::clock::Time;
use crate::delta::Picture;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::Frame;
use crate::header::Header;
use crate::journal::SegmentFacts;
use crate::recipient::ContentKey;
use crate::record::{Record, RecordDecoder, ScreenRecord};
use crate::seal::{Opener, Position};
use crate::segment::SegmentParser;
use crate::wire::{self, invalid};

const PIECE: usize = 64 << 10;

/// One segment, from its file to items.
pub(super) struct Segment<'a> {
    facts: &'a SegmentFacts,
    /// Whether a crash cut the recording short.
    cut: bool,
    /// Whether a crash cut this segment short.
    broken: bool,
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
    /// What was decoded while a picture before it was given out.
    peeked: Option<Result<Option<(Time, Record)>>>,
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

impl<'a> Segment<'a> {
    pub(super) fn begin(
        header: &'a Header,
        facts: &'a SegmentFacts,
        file: Box<dyn Read + 'a>,
        key: ContentKey,
        cut: bool,
    ) -> Result<Self> {
        Ok(Self {
            facts,
            cut,
            broken: cut && !facts.closed,
            key,
            header,
            file: Some(file),
            parser: SegmentParser::new(header.id, facts.id),
            opener: None,
            decompressor: Decompressor::new()?,
            decoder: RecordDecoder::new(facts.id.track),
            sealed: VecDeque::new(),
            records: Zeroizing::default(),
            at: 0,
            peeked: None,
            opened: 0,
            ended: false,
            finished: false,
            picture: Picture::default(),
            parts: Parts::default(),
        })
    }

    /// The picture as it is now.
    pub(super) fn picture(&self) -> Option<&Frame> {
        self.picture.frame()
    }

    /// The picture, which is not painted on.
    pub(super) fn take_picture(&mut self) -> Option<Frame> {
        std::mem::take(&mut self.picture).into_frame()
    }

    pub(super) fn next(&mut self, start: &mut Start) -> Result<Option<Item>> {
        loop {
            loop {
                let decoded = self.peeked.take().unwrap_or_else(|| self.decode());
                // Before this record paints over it, or fails.
                if let Some(held) = start.release(self.decoder.time()) {
                    self.peeked = Some(decoded);
                    return Ok(Some(held));
                }
                let Some((time, record)) = decoded? else { break };
                let value = self.item(time, record, start)?;
                if let Some(item) = value.and_then(|value| start.admit(Item { time, value })) {
                    return Ok(Some(item));
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

    fn decode(&mut self) -> Result<Option<(Time, Record)>> {
        let mut left = wire::Reader::new(&self.records[self.at..]);
        let decoded = self.decoder.next(&mut left)?;
        self.at = self.records.len() - left.remaining();
        Ok(decoded)
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
            Err(_) if self.broken => self.file = None,
            pushed => pushed?,
        }
        Ok(())
    }

    fn open(&mut self, sealed: &[u8]) -> Result<()> {
        let Some(opener) = &mut self.opener else { return Ok(()) };
        let vouched = self.facts.extent.is_some_and(|extent| self.opened < extent.chunks);
        let (chunk, position) = match opener.open(sealed) {
            Ok(opened) => opened,
            Err(_) if self.broken && !vouched => {
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
        if !self.finished && !self.broken {
            return Err(Error::new(ErrorKind::OpenFailed, format!("{}: has no final chunk", self.facts.id.path())));
        }
        if self.picture.is_unfinished() && !self.cut {
            return Err(invalid("is missing: the segment ends inside a picture"));
        }
        Ok(None)
    }

    fn item(&mut self, time: Time, record: Record, start: &mut Start) -> Result<Option<ItemValue>> {
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
                if part.more && !within && self.cut {
                    start.keep(self.picture.frame());
                }
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

//! Record ⇄ bytes: docs/format.md §9. Each track's bodies and opcodes have a file.

mod context;
mod keyboard;
mod pointer;
mod screen;

use std::collections::VecDeque;

use zeroize::Zeroizing;

use crate::clock::Time;
use crate::delta::FramePart;
use crate::error::Result;
use crate::event::{ContextEvent, CursorImage, KeyboardEvent, PointerAction, PointerEvent};
use crate::frame::Position;
use crate::moves::{self, MAX_MOVES, Moves};
use crate::track::Track;
use crate::wire::{Reader, Writer, invalid};

/// Most bytes of a record's body.
pub const MAX_BODY: usize = 8 << 20;
const MAX_NAME: usize = 256;

const INJECTED: u8 = 1;
const RAW: u8 = 1 << 1;

/// One record of any track.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Of the `pointer` track.
    Pointer(PointerEvent),
    /// Of the `keyboard` track.
    Keyboard(KeyboardEvent),
    /// Of the `screen` track.
    Screen(ScreenRecord),
    /// Of the `context` track.
    Context(ContextEvent),
}

/// One record of the `screen` track.
#[derive(Clone, Debug, PartialEq)]
pub enum ScreenRecord {
    /// `frame`
    Frame(FramePart),
    /// `cursorimage`
    CursorImage(CursorImage),
    /// `cursorposition`; `None` while the pointer is hidden.
    CursorPosition(Option<Position>),
}

impl Record {
    /// The track that it belongs to.
    pub fn track(&self) -> Track {
        match self {
            Self::Pointer(_) => Track::Pointer,
            Self::Keyboard(_) => Track::Keyboard,
            Self::Screen(_) => Track::Screen,
            Self::Context(_) => Track::Context,
        }
    }
}

/// Writes the records of one segment. Times and positions are differences, so it goes from the segment's start.
#[derive(Default)]
pub struct RecordEncoder {
    last: Last,
    /// Moves that will be one record.
    moves: Moves,
    body: Zeroizing<Vec<u8>>,
}

/// What differences are taken from.
#[derive(Default)]
struct Last {
    time: Time,
    position: Position,
}

impl RecordEncoder {
    /// Appends a record. One that is earlier than the record before gets that one's time. A move waits for those that follow it,
    /// until another record or [`RecordEncoder::flush`].
    pub fn encode(&mut self, time: Time, record: &Record, out: &mut Vec<u8>) {
        let data = self.encode_front(time, record, out);
        out.extend_from_slice(data);
    }

    /// As [`RecordEncoder::encode`], but for a picture's data, which are the record's end: megabytes, that need not be copied.
    pub(crate) fn encode_front<'r>(&mut self, time: Time, record: &'r Record, out: &mut Vec<u8>) -> &'r [u8] {
        if let Record::Pointer(PointerEvent { position, injected, action: PointerAction::Move { raw } }) = record {
            if !self.moves.takes(*injected, raw.is_some()) {
                self.flush(out);
            }
            let latest = self.moves.last().map_or(self.last.time, |(latest, _)| latest);
            self.moves.push(time.max(latest), *position, *injected, *raw);
            return &[];
        }
        self.flush(out);
        self.encode_one(time, record, out)
    }

    /// Appends the moves that wait.
    pub fn flush(&mut self, out: &mut Vec<u8>) {
        let Some((latest, position)) = self.moves.last() else { return };
        if let Some((time, event)) = self.moves.single() {
            self.encode_one(time, &Record::Pointer(event), out);
        } else {
            let mut body = Writer(&mut self.body);
            body.uvarint(nanos_since(self.moves.first(), self.last.time));
            body.uvarint(self.moves.len() as u64);
            body.u8(if self.moves.injected { INJECTED } else { 0 } | if self.moves.raw { RAW } else { 0 });
            self.moves.encode(self.last.position, &mut body);
            self.last = Last { time: latest, position };
            self.append(pointer::POINTER_MOVES, 0, out);
        }
        self.moves.clear();
    }

    /// Whether moves wait.
    pub fn is_waiting(&self) -> bool {
        !self.moves.is_empty()
    }

    /// Answers what is to follow.
    fn encode_one<'r>(&mut self, time: Time, record: &'r Record, out: &mut Vec<u8>) -> &'r [u8] {
        let mut body = Writer(&mut self.body);
        body.uvarint(nanos_since(time, self.last.time));
        self.last.time = self.last.time.max(time);
        let opcode = match record {
            Record::Pointer(event) => pointer::encode(event, &mut self.last.position, &mut body),
            Record::Keyboard(event) => keyboard::encode(event, &mut body),
            Record::Screen(record) => screen::encode(record, &mut body),
            Record::Context(event) => context::encode(event, &mut body),
        };
        let data = if let Record::Screen(record) = record { screen::data(record) } else { &[] };
        self.append(opcode, data.len(), out);
        data
    }

    fn append(&mut self, opcode: u8, data: usize, out: &mut Vec<u8>) {
        out.push(opcode);
        Writer(out).uvarint((self.body.len() + data) as u64);
        out.extend_from_slice(&self.body);
        self.body.clear();
    }
}

fn nanos_since(time: Time, earlier: Time) -> u64 {
    time.as_nanos().saturating_sub(earlier.as_nanos())
}

/// Reads the records of one segment, from its start.
pub struct RecordDecoder {
    track: Track,
    last: Last,
    /// Moves of a record that holds several, not given out yet.
    moves: VecDeque<(Time, PointerEvent)>,
}

impl RecordDecoder {
    /// A decoder for a segment of `track`.
    pub fn new(track: Track) -> Self {
        Self { track, last: Last::default(), moves: VecDeque::new() }
    }

    /// When the record was that was decoded last, as far as it was.
    pub fn time(&self) -> Time {
        self.last.time
    }

    /// The next event, picture or image of a chunk; `None` at its end. A record of several moves is read whole, and then given
    /// out one by one.
    ///
    /// # Errors
    /// `FormatInvalid` for anything against §9.
    pub fn next(&mut self, chunk: &mut Reader<'_>) -> Result<Option<(Time, Record)>> {
        if let Some((time, event)) = self.moves.pop_front() {
            return Ok(Some((time, Record::Pointer(event))));
        }
        if chunk.is_empty() { Ok(None) } else { self.decode(chunk).map(Some) }
    }

    fn decode(&mut self, chunk: &mut Reader<'_>) -> Result<(Time, Record)> {
        let opcode = chunk.u8()?;
        let length = chunk.bounded(MAX_BODY as u64)? as usize;
        let mut body = Reader::new(chunk.bytes(length)?);
        let time =
            self.last.time.as_nanos().checked_add(body.uvarint()?).filter(|nanos| *nanos <= Time::MAX.as_nanos());
        self.last.time = Time::from_nanos(time.ok_or_else(|| invalid("has a time over its limit"))?);
        if (opcode, self.track) == (pointer::POINTER_MOVES, Track::Pointer) {
            return self.decode_moves(&mut body);
        }
        let record = match (opcode, self.track) {
            (pointer::POINTER_MOVE..=pointer::WHEEL, Track::Pointer) => {
                Record::Pointer(pointer::decode(opcode, &mut self.last.position, &mut body)?)
            }
            (keyboard::KEY_DOWN..=keyboard::REDACTED, Track::Keyboard) => {
                Record::Keyboard(keyboard::decode(opcode, &mut body)?)
            }
            (screen::FRAME..=screen::CURSOR_POSITION, Track::Screen) => {
                Record::Screen(screen::decode(opcode, &mut body)?)
            }
            (context::FOCUS..=context::ELEMENT, Track::Context) => Record::Context(context::decode(opcode, &mut body)?),
            _ => return Err(invalid("has an opcode that its track does not know")),
        };
        end(&body)?;
        Ok((self.last.time, record))
    }

    /// The first of several moves; the others wait.
    fn decode_moves(&mut self, body: &mut Reader<'_>) -> Result<(Time, Record)> {
        let count = body.bounded(MAX_MOVES as u64)? as usize;
        if count < 2 {
            return Err(invalid("holds fewer than two moves"));
        }
        let flags = decode_flags(body, INJECTED | RAW)?;
        let kind = moves::Kind { count, injected: flags & INJECTED != 0, raw: flags & RAW != 0 };
        let mut decoded = moves::decode(self.last.time, self.last.position, kind, body)?;
        end(body)?;
        if let Some((time, event)) = decoded.back() {
            self.last = Last { time: *time, position: event.position };
        }
        let (time, event) = decoded.pop_front().ok_or_else(|| invalid("holds no moves"))?;
        self.moves = decoded;
        Ok((time, Record::Pointer(event)))
    }
}

fn end(body: &Reader<'_>) -> Result<()> {
    if body.is_empty() { Ok(()) } else { Err(invalid("holds bytes behind its body")) }
}

fn decode_flags(body: &mut Reader<'_>, allowed: u8) -> Result<u8> {
    let flags = body.u8()?;
    if flags & !allowed == 0 { Ok(flags) } else { Err(invalid("sets a reserved flag")) }
}

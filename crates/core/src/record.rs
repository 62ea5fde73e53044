//! Record ⇄ bytes, and the table of opcodes: docs/format.md §9.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use crate::clock::Time;
use crate::delta::{FramePart, Shape, is_picture_size};
use crate::error::Result;
use crate::event::{
    App, Button, Code, ContextEvent, CursorImage, Key, KeyboardAction, KeyboardEvent, Layout, Modifiers, Monitor,
    PointerAction, PointerEvent, RawDelta, Wheel, Window, Workspace,
};
use crate::frame::{PixelFormat, Position, Rect, Size};
use crate::moves::{self, MAX_MOVES, Moves};
use crate::track::Track;
use crate::wire::{Reader, Writer, invalid};

/// Most bytes of a record's body.
pub const MAX_BODY: usize = 8 << 20;
const MAX_NAME: usize = 256;
const MAX_TITLE: usize = 1024;
const MAX_TEXT: usize = 64;
const MAX_MONITORS: usize = 64;
const MAX_CURSOR_SIDE: u64 = 256;

const POINTER_MOVE: u8 = 0x01;
const POINTER_DOWN: u8 = 0x02;
const POINTER_UP: u8 = 0x03;
const WHEEL: u8 = 0x04;
const POINTER_MOVES: u8 = 0x05;
const KEY_DOWN: u8 = 0x10;
const KEY_UP: u8 = 0x11;
const MODIFIERS: u8 = 0x12;
const LAYOUT: u8 = 0x13;
const FOCUS: u8 = 0x20;
const WINDOW: u8 = 0x21;
const MONITORS: u8 = 0x22;
const WORKSPACE: u8 = 0x23;
const FRAME: u8 = 0x30;
const CURSOR_IMAGE: u8 = 0x31;
const CURSOR_POSITION: u8 = 0x32;

const INJECTED: u8 = 1;
const RAW: u8 = 1 << 1;
const SMOOTH: u8 = 1 << 2;
const REPEAT: u8 = 1 << 3;
const KEY_FRAME: u8 = 1;
const MORE: u8 = 1 << 1;

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
        if let Record::Pointer(PointerEvent { position, injected, action: PointerAction::Move { raw } }) = record {
            if !self.moves.takes(*injected, raw.is_some()) {
                self.flush(out);
            }
            let latest = self.moves.last().map_or(self.last.time, |(latest, _)| latest);
            return self.moves.push(time.max(latest), *position, *injected, *raw);
        }
        self.flush(out);
        self.encode_one(time, record, out);
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
            self.append(POINTER_MOVES, &[], out);
        }
        self.moves.clear();
    }

    /// Whether moves wait.
    pub fn is_waiting(&self) -> bool {
        !self.moves.is_empty()
    }

    fn encode_one(&mut self, time: Time, record: &Record, out: &mut Vec<u8>) {
        let mut body = Writer(&mut self.body);
        body.uvarint(nanos_since(time, self.last.time));
        self.last.time = self.last.time.max(time);
        let opcode = match record {
            Record::Pointer(event) => encode_pointer(event, &mut self.last.position, &mut body),
            Record::Keyboard(event) => encode_keyboard(event, &mut body),
            Record::Screen(record) => encode_screen(record, &mut body),
            Record::Context(event) => encode_context(event, &mut body),
        };
        // A picture may be megabytes, which are not copied twice.
        let data = match record {
            Record::Screen(ScreenRecord::Frame(part)) => &part.data[..],
            _ => &[],
        };
        self.append(opcode, data, out);
    }

    fn append(&mut self, opcode: u8, data: &[u8], out: &mut Vec<u8>) {
        out.push(opcode);
        Writer(out).uvarint((self.body.len() + data.len()) as u64);
        out.extend_from_slice(&self.body);
        out.extend_from_slice(data);
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
        if (opcode, self.track) == (POINTER_MOVES, Track::Pointer) {
            return self.decode_moves(&mut body);
        }
        let record = match (opcode, self.track) {
            (POINTER_MOVE..=WHEEL, Track::Pointer) => {
                Record::Pointer(decode_pointer(opcode, &mut self.last.position, &mut body)?)
            }
            (KEY_DOWN..=LAYOUT, Track::Keyboard) => Record::Keyboard(decode_keyboard(opcode, &mut body)?),
            (FRAME..=CURSOR_POSITION, Track::Screen) => Record::Screen(decode_screen(opcode, &mut body)?),
            (FOCUS..=WORKSPACE, Track::Context) => Record::Context(decode_context(opcode, &mut body)?),
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

fn encode_pointer(event: &PointerEvent, last: &mut Position, body: &mut Writer<'_>) -> u8 {
    let injected = if event.injected { INJECTED } else { 0 };
    let (opcode, flags) = match event.action {
        PointerAction::Move { raw: None } => (POINTER_MOVE, 0),
        PointerAction::Move { raw: Some(_) } => (POINTER_MOVE, RAW),
        PointerAction::Down(_) => (POINTER_DOWN, 0),
        PointerAction::Up(_) => (POINTER_UP, 0),
        PointerAction::Wheel(Wheel { smooth, .. }) => (WHEEL, if smooth { SMOOTH } else { 0 }),
    };
    body.u8(injected | flags);
    body.svarint(i64::from(event.position.x) - i64::from(last.x));
    body.svarint(i64::from(event.position.y) - i64::from(last.y));
    *last = event.position;
    match event.action {
        PointerAction::Move { raw } => raw.iter().for_each(|raw| {
            body.svarint(raw.x.into());
            body.svarint(raw.y.into());
        }),
        PointerAction::Down(button) | PointerAction::Up(button) => body.u8(button.0),
        PointerAction::Wheel(wheel) => {
            body.svarint(wheel.delta_x.into());
            body.svarint(wheel.delta_y.into());
        }
    }
    opcode
}

fn decode_pointer(opcode: u8, last: &mut Position, body: &mut Reader<'_>) -> Result<PointerEvent> {
    let allowed = match opcode {
        POINTER_MOVE => INJECTED | RAW,
        WHEEL => INJECTED | SMOOTH,
        _ => INJECTED,
    };
    let flags = decode_flags(body, allowed)?;
    let moved = |from: i32, by: i64| i64::from(from).checked_add(by).and_then(|to| i32::try_from(to).ok());
    let x = moved(last.x, body.svarint()?);
    let y = moved(last.y, body.svarint()?);
    let (Some(x), Some(y)) = (x, y) else { return Err(invalid("has a position over its limit")) };
    *last = Position { x, y };
    let action = match opcode {
        POINTER_MOVE if flags & RAW != 0 => {
            PointerAction::Move { raw: Some(RawDelta { x: body.svarint32()?, y: body.svarint32()? }) }
        }
        POINTER_MOVE => PointerAction::Move { raw: None },
        POINTER_DOWN => PointerAction::Down(Button(body.u8()?)),
        POINTER_UP => PointerAction::Up(Button(body.u8()?)),
        _ => PointerAction::Wheel(Wheel {
            delta_x: body.svarint32()?,
            delta_y: body.svarint32()?,
            smooth: flags & SMOOTH != 0,
        }),
    };
    Ok(PointerEvent { position: *last, injected: flags & INJECTED != 0, action })
}

fn encode_keyboard(event: &KeyboardEvent, body: &mut Writer<'_>) -> u8 {
    let injected = if event.injected { INJECTED } else { 0 };
    let (opcode, flags) = match event.action {
        KeyboardAction::Down { repeat, .. } => (KEY_DOWN, if repeat { REPEAT } else { 0 }),
        KeyboardAction::Up { .. } => (KEY_UP, 0),
        KeyboardAction::Modifiers => (MODIFIERS, 0),
        KeyboardAction::Layout(_) => (LAYOUT, 0),
    };
    body.u8(injected | flags);
    body.uvarint(event.modifiers.bits().into());
    match &event.action {
        KeyboardAction::Down { key, .. } => {
            encode_key(key, body);
            body.string(&key.text, MAX_TEXT);
        }
        KeyboardAction::Up { key } => encode_key(key, body),
        KeyboardAction::Modifiers => {}
        KeyboardAction::Layout(layout) => {
            body.string(&layout.name, MAX_NAME);
            body.u8(layout.group);
        }
    }
    opcode
}

fn encode_key(key: &Key, body: &mut Writer<'_>) {
    body.string(key.code.as_str(), Code::MAX_LENGTH);
    body.string(&key.key, MAX_TEXT);
}

fn decode_keyboard(opcode: u8, body: &mut Reader<'_>) -> Result<KeyboardEvent> {
    let flags = decode_flags(body, if opcode == KEY_DOWN { INJECTED | REPEAT } else { INJECTED })?;
    let modifiers = u16::try_from(body.uvarint()?).ok().and_then(Modifiers::from_bits);
    let modifiers = modifiers.ok_or_else(|| invalid("has an unknown modifier"))?;
    let action = match opcode {
        KEY_DOWN => {
            let key = decode_key(body)?;
            let text = body.string(MAX_TEXT)?;
            KeyboardAction::Down { key: Key { text, ..key }, repeat: flags & REPEAT != 0 }
        }
        KEY_UP => KeyboardAction::Up { key: decode_key(body)? },
        MODIFIERS => KeyboardAction::Modifiers,
        _ => KeyboardAction::Layout(Layout { name: body.string(MAX_NAME)?, group: body.u8()? }),
    };
    Ok(KeyboardEvent { modifiers, injected: flags & INJECTED != 0, action })
}

fn decode_key(body: &mut Reader<'_>) -> Result<Key> {
    let code = Code::parse(&body.string(Code::MAX_LENGTH)?).ok_or_else(|| invalid("has a malformed key code"))?;
    Ok(Key { code, key: body.string(MAX_TEXT)?, text: String::new() })
}

fn decode_flags(body: &mut Reader<'_>, allowed: u8) -> Result<u8> {
    let flags = body.u8()?;
    if flags & !allowed == 0 { Ok(flags) } else { Err(invalid("sets a reserved flag")) }
}

fn encode_screen(record: &ScreenRecord, body: &mut Writer<'_>) -> u8 {
    match record {
        ScreenRecord::Frame(part) => {
            body.u8(if part.key.is_some() { KEY_FRAME } else { 0 } | if part.more { MORE } else { 0 });
            if let Some(Shape { size, format }) = part.key {
                body.u8(match format {
                    PixelFormat::Bgrx8 => 0,
                    PixelFormat::Bgrx10 => 1,
                });
                body.uvarint(size.width.into());
                body.uvarint(size.height.into());
            }
            // Its data follow in `append`.
            FRAME
        }
        ScreenRecord::CursorImage(image) => {
            let (x, y) = image.hotspot;
            [image.width, image.height, x, y].into_iter().for_each(|value| body.uvarint(value.into()));
            image.pixels.iter().for_each(|pixel| body.u32(*pixel));
            CURSOR_IMAGE
        }
        ScreenRecord::CursorPosition(position) => {
            body.u8(position.is_some().into());
            if let Some(position) = position {
                body.svarint(position.x.into());
                body.svarint(position.y.into());
            }
            CURSOR_POSITION
        }
    }
}

fn decode_screen(opcode: u8, body: &mut Reader<'_>) -> Result<ScreenRecord> {
    Ok(match opcode {
        FRAME => ScreenRecord::Frame(decode_frame(body)?),
        CURSOR_IMAGE => ScreenRecord::CursorImage(decode_cursor_image(body)?),
        _ if body.flag()? => {
            ScreenRecord::CursorPosition(Some(Position { x: body.svarint32()?, y: body.svarint32()? }))
        }
        _ => ScreenRecord::CursorPosition(None),
    })
}

fn decode_frame(body: &mut Reader<'_>) -> Result<FramePart> {
    let flags = decode_flags(body, KEY_FRAME | MORE)?;
    let key = if flags & KEY_FRAME == 0 { None } else { Some(decode_shape(body)?) };
    Ok(FramePart { key, more: flags & MORE != 0, data: body.rest().to_vec() })
}

fn decode_shape(body: &mut Reader<'_>) -> Result<Shape> {
    let format = match body.u8()? {
        0 => PixelFormat::Bgrx8,
        1 => PixelFormat::Bgrx10,
        _ => return Err(invalid("has an unknown pixel format")),
    };
    let size = Size { width: body.uvarint32()?, height: body.uvarint32()? };
    if is_picture_size(size) { Ok(Shape { size, format }) } else { Err(invalid("has a picture size over its limit")) }
}

fn decode_cursor_image(body: &mut Reader<'_>) -> Result<CursorImage> {
    let mut side = || body.bounded(MAX_CURSOR_SIDE).map(|value| value as u16);
    let (width, height, x, y) = (side()?, side()?, side()?, side()?);
    if x >= width || y >= height {
        return Err(invalid("has a pointer image without pixels, or its hotspot outside"));
    }
    let pixels = (0..u32::from(width) * u32::from(height)).map(|_| body.u32()).collect::<Result<_>>()?;
    Ok(CursorImage { width, height, hotspot: (x, y), pixels })
}

fn encode_context(event: &ContextEvent, body: &mut Writer<'_>) -> u8 {
    match event {
        ContextEvent::Focus(window) => {
            body.u8(window.is_some().into());
            window.iter().for_each(|window| encode_window(window, body));
            FOCUS
        }
        ContextEvent::Window(window) => {
            encode_window(window, body);
            WINDOW
        }
        ContextEvent::Monitors(monitors) => {
            let monitors = &monitors[..monitors.len().min(MAX_MONITORS)];
            body.uvarint(monitors.len() as u64);
            for monitor in monitors {
                body.string(&monitor.name, MAX_NAME);
                encode_rect(monitor.bounds, body);
                body.u8(monitor.primary.into());
            }
            MONITORS
        }
        ContextEvent::Workspace(workspace) => {
            body.uvarint(workspace.index.into());
            body.string(&workspace.name, MAX_NAME);
            WORKSPACE
        }
    }
}

fn decode_context(opcode: u8, body: &mut Reader<'_>) -> Result<ContextEvent> {
    Ok(match opcode {
        FOCUS if body.flag()? => ContextEvent::Focus(Some(decode_window(body)?)),
        FOCUS => ContextEvent::Focus(None),
        WINDOW => ContextEvent::Window(decode_window(body)?),
        MONITORS => {
            let count = body.bounded(MAX_MONITORS as u64)?;
            let monitor =
                |_| Ok(Monitor { name: body.string(MAX_NAME)?, bounds: decode_rect(body)?, primary: body.flag()? });
            ContextEvent::Monitors((0..count).map(monitor).collect::<Result<_>>()?)
        }
        _ => ContextEvent::Workspace(Workspace { index: body.uvarint32()?, name: body.string(MAX_NAME)? }),
    })
}

fn encode_window(window: &Window, body: &mut Writer<'_>) {
    body.uvarint(window.id);
    body.u8(window.app.is_some().into());
    if let Some(app) = &window.app {
        body.string(&app.id, MAX_NAME);
        body.string(&app.instance, MAX_NAME);
    }
    body.string(&window.title, MAX_TITLE);
    encode_rect(window.bounds, body);
}

fn decode_window(body: &mut Reader<'_>) -> Result<Window> {
    let id = body.bounded(crate::canonical::MAX_INTEGER)?;
    let app = match body.flag()? {
        true => Some(App { id: body.string(MAX_NAME)?, instance: body.string(MAX_NAME)? }),
        false => None,
    };
    Ok(Window { id, app, title: body.string(MAX_TITLE)?, bounds: decode_rect(body)? })
}

fn encode_rect(rect: Rect, body: &mut Writer<'_>) {
    body.svarint(rect.x.into());
    body.svarint(rect.y.into());
    body.uvarint(rect.width.into());
    body.uvarint(rect.height.into());
}

fn decode_rect(body: &mut Reader<'_>) -> Result<Rect> {
    Ok(Rect { x: body.svarint32()?, y: body.svarint32()?, width: body.uvarint32()?, height: body.uvarint32()? })
}

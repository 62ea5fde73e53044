//! Fetches rectangles of the screen, and where the pointer is, in one exchange with the server.

use understudy_core::backend::Patch;
use understudy_core::error::Result;
use understudy_core::frame::{Position, Rect};
use x11rb::cookie::Cookie;
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::rust_connection::RustConnection;
use x11rb::x11_utils::TryParse;

use super::memory::{self, Segment};
use crate::x11::{Link, answer, send};

const ALL_PLANES: u32 = !0;

/// Has the memory into which rectangles are fetched.
pub(super) struct Grabber {
    segment: Option<Segment>,
    /// What plain `GetImage` answered, where memory cannot be shared.
    received: Vec<u8>,
    pieces: Vec<Piece>,
}

/// Where a rectangle begins in the bytes.
struct Piece {
    rect: Rect,
    start: usize,
    stride: usize,
}

/// What came of a fetch.
pub(super) enum Fetched {
    /// All of it, and where the pointer was right after.
    All(Option<Position>),
    /// The server refused a rectangle, because the screen changed meanwhile.
    Refused,
}

impl Grabber {
    /// One that shares memory of this length with the server, if it can.
    pub(super) fn new(link: &Link, length: usize) -> Result<Self> {
        Ok(Self { segment: Segment::attach(link, length)?, received: Vec::new(), pieces: Vec::new() })
    }

    /// Whether pixels come without crossing the socket.
    pub(super) fn shares_memory(&self) -> bool {
        self.segment.is_some()
    }

    /// Fetches rectangles, all inside the screen.
    pub(super) fn fetch(&mut self, link: &Link, rects: &[Rect]) -> Result<Fetched> {
        let mut length = 0;
        self.pieces.clear();
        for rect in rects {
            let stride = rect.width as usize * 4;
            self.pieces.push(Piece { rect: *rect, start: length, stride });
            length += stride * rect.height as usize;
        }
        if self.segment.as_ref().is_some_and(|segment| segment.length() < length)
            && let Some(old) = self.segment.take()
        {
            memory::detach(link, old)?;
            self.segment = Segment::attach(link, length)?;
        }
        match &self.segment {
            Some(segment) => self.fetch_shared(link, segment.id),
            None => self.fetch_plain(link),
        }
    }

    /// What was fetched last.
    pub(super) fn patches(&self) -> Vec<Patch<'_>> {
        let bytes = self.segment.as_ref().map_or(&self.received[..], Segment::bytes);
        let patch = |Piece { rect, start, stride }: &Piece| Patch {
            rect: *rect,
            stride: *stride,
            pixels: &bytes[*start..start + stride * rect.height as usize],
        };
        self.pieces.iter().map(patch).collect()
    }

    fn fetch_shared(&self, link: &Link, segment: u32) -> Result<Fetched> {
        let (root, format) = (link.root(), u8::from(ImageFormat::Z_PIXMAP));
        let mut cookies = Vec::with_capacity(self.pieces.len());
        for Piece { rect, start, .. } in &self.pieces {
            let (x, y, width, height) = wire(*rect);
            let Ok(offset) = u32::try_from(*start) else { return Ok(Fetched::Refused) };
            cookies
                .push(send(link.conn.shm_get_image(root, x, y, width, height, ALL_PLANES, format, segment, offset))?);
        }
        let pointer = send(link.conn.query_pointer(root))?;
        // Every answer is waited for, so that the server writes nothing any more. The last is asked for first: the thread then
        // sleeps once and finds the others here.
        let pointer = answer(pointer)?;
        let all = all_given(cookies)?;
        Ok(fetched(all, pointer))
    }

    fn fetch_plain(&mut self, link: &Link) -> Result<Fetched> {
        self.received.clear();
        let root = link.root();
        for piece in &self.pieces {
            let (x, y, width, height) = wire(piece.rect);
            let cookie = link.conn.get_image(ImageFormat::Z_PIXMAP, root, x, y, width, height, ALL_PLANES);
            let Some(image) = answer(send(cookie)?)? else { return Ok(Fetched::Refused) };
            let length = piece.stride * piece.rect.height as usize;
            let Some(data) = image.data.get(..length) else { return Ok(Fetched::Refused) };
            self.received.extend_from_slice(data);
        }
        Ok(fetched(true, answer(send(link.conn.query_pointer(root))?)?))
    }
}

fn all_given<R: TryParse>(cookies: Vec<Cookie<'_, RustConnection, R>>) -> Result<bool> {
    let mut all = true;
    for cookie in cookies {
        all &= answer(cookie)?.is_some();
    }
    Ok(all)
}

fn fetched(all: bool, pointer: Option<x11rb::protocol::xproto::QueryPointerReply>) -> Fetched {
    if !all {
        return Fetched::Refused;
    }
    Fetched::All(pointer.map(|at| Position { x: at.root_x.into(), y: at.root_y.into() }))
}

/// A rectangle inside a screen, whose sides X limits to 16 bits.
fn wire(rect: Rect) -> (i16, i16, u16, u16) {
    let position = |value: i32| i16::try_from(value).unwrap_or(i16::MAX);
    let length = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    (position(rect.x), position(rect.y), length(rect.width), length(rect.height))
}

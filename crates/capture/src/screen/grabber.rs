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
/// Bytes that are always kept.
const SMALL: usize = 1 << 20;
/// So many grabs in a row that need at most half of the shared memory give the rest back: most are small, the first is not.
const SMALL_GRABS: u32 = 4;

/// Has the memory into which rectangles are fetched.
pub(super) struct Grabber {
    segment: Option<Segment>,
    /// What plain `GetImage` answered, where memory cannot be shared.
    received: Vec<u8>,
    pieces: Vec<Piece>,
    used: Use,
}

/// How much of the shared memory is in use.
#[derive(Default)]
struct Use {
    /// Bytes that were written since some were given back.
    touched: usize,
    /// Grabs in a row that needed at most half of that, and the most that one of them needed.
    small: u32,
    needed: usize,
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
        Ok(Self {
            segment: Segment::attach(link, length)?,
            received: Vec::new(),
            pieces: Vec::new(),
            used: Use::default(),
        })
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
        if let (Some(kept), Some(segment)) = (self.used.grab(length), &self.segment) {
            segment.release(kept);
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

    /// Gives back all but a little memory: after a grab of the whole screen, which will not come again soon.
    pub(super) fn give_back(&mut self) {
        let kept = self.used.touched.min(SMALL);
        self.used = Use { touched: kept, small: 0, needed: 0 };
        self.segment.iter().for_each(|segment| segment.release(kept));
        self.received = Vec::new();
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

impl Use {
    /// Counts a grab of this length; answers how much to keep, when the rest should be given back.
    fn grab(&mut self, length: usize) -> Option<usize> {
        if length > self.touched / 2 || self.touched <= SMALL {
            *self = Self { touched: self.touched.max(length), small: 0, needed: 0 };
            return None;
        }
        self.small += 1;
        self.needed = self.needed.max(length);
        if self.small < SMALL_GRABS {
            return None;
        }
        *self = Self { touched: self.needed, small: 0, needed: 0 };
        Some(self.touched)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_no_more_is_given_back_and_not_at_each_grab() {
        let mut used = Use::default();
        assert_eq!(used.grab(8 * SMALL), None);
        let kept: Vec<Option<usize>> = (1..=4).map(|length| used.grab(length * 10)).collect();
        assert_eq!(kept, [None, None, None, Some(40)]);
        assert_eq!(used.grab(8 * SMALL), None, "a large one again");
        assert!((0..3).all(|_| used.grab(10).is_none()));
        assert_eq!(used.grab(5 * SMALL), None, "a large one in between");
        assert!((0..3).all(|_| used.grab(10).is_none()));
        assert_eq!(used.grab(10), Some(10));
        assert!((0..100).all(|_| used.grab(10).is_none()), "what is left is little");
    }
}

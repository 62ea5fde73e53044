//! The screen on X11: XDamage says where it changed, MIT-SHM fetches those rectangles alone, XFixes has the pointer's image.
//!
//! A compositing window manager can make the server report too little: an audit now and then compares the whole screen
//! with what was handed out. A still screen costs nothing, the audit included.

use std::time::{Duration, Instant};

use understudy_core::backend::{Capturer, Notice, NoticeKind, Patch, ScreenSink, Shot, Waker};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::Window;
use understudy_core::frame::{PixelFormat, Position, Rect, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xfixes::{self, ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask, ImageFormat};

use super::cursor::cursor;
use super::memory::{self, Segment};
use super::pixels::pixel_format;
use super::rects::{self, Reference};
use crate::x11::windows::Windows;
use crate::x11::{Link, Wake, answer, deadline, lost, send};

/// Between two audits, while there is damage.
const AUDIT: Duration = Duration::from_secs(10);
/// Between two comparisons where the server does not say what changed.
const COMPARE: Duration = Duration::from_millis(33);
const ALL_PLANES: u32 = !0;

pub(crate) struct XShm {
    link: Link,
    windows: Windows,
    format: PixelFormat,
    size: Size,
    damage: Option<Damage>,
    segment: Option<Segment>,
    /// What plain `GetImage` answered, where memory cannot be shared.
    received: Vec<u8>,
    reference: Reference,
    wanted: Vec<Rect>,
    cursor_shown: bool,
    cursor_changed: Option<Time>,
    /// When the screen is compared as a whole next; with damage, only after it changed.
    compare_at: Option<Instant>,
    notices: Vec<NoticeKind>,
    whole: bool,
    /// When the grab began.
    noticed: Time,
}

struct Damage {
    id: damage::Damage,
    region: xfixes::Region,
    noted: bool,
}

/// Where a grabbed rectangle begins in the bytes.
struct Piece {
    rect: Rect,
    start: usize,
    stride: usize,
}

impl XShm {
    pub(crate) fn open(display: Option<&str>, clock: &Clock) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let format = pixel_format(&link)?;
        let events =
            ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_NOTIFY);
        send(link.conn.change_window_attributes(link.root(), &events))?;
        let mut notices = Vec::new();
        let xfixes = link.has(xfixes::X11_EXTENSION_NAME)?
            && answer(send(link.conn.xfixes_query_version(5, 0))?)?.is_some_and(|version| version.major_version >= 2);
        if xfixes {
            send(link.conn.xfixes_select_cursor_input(link.root(), CursorNotifyMask::DISPLAY_CURSOR))?;
        }
        let damage = if xfixes { Damage::create(&link)? } else { None };
        if damage.is_none() {
            notices.push(NoticeKind::NoDamage);
        }
        let size = root_size(&link)?;
        let segment = Segment::attach(&link, size.area() * 4)?;
        if segment.is_none() {
            notices.push(NoticeKind::NoSharedMemory);
        }
        Ok(Self {
            windows: Windows::query(&link)?,
            format,
            size,
            damage,
            segment,
            received: Vec::new(),
            reference: Reference::new(size, format),
            wanted: Vec::new(),
            cursor_shown: true,
            cursor_changed: xfixes.then_some(Time::ZERO),
            compare_at: None,
            notices,
            whole: true,
            noticed: Time::ZERO,
            link,
        })
    }

    /// Takes note of every event that is here.
    fn drain(&mut self) -> Result<()> {
        let root = self.link.root();
        while let Some((event, _)) = self.link.next()? {
            match event {
                Event::DamageNotify(_) => {
                    if let Some(damage) = &mut self.damage {
                        damage.noted = true;
                    }
                }
                Event::XfixesCursorNotify(event) => self.cursor_changed = Some(self.link.clock.time(event.timestamp)),
                Event::ConfigureNotify(event) if event.window == root => {
                    self.resize(Size { width: event.width.into(), height: event.height.into() });
                }
                event => self.windows.apply(&event),
            }
        }
        Ok(())
    }

    fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.whole = true;
            self.notices.push(NoticeKind::Resized(size));
        }
    }

    /// What the server says has changed since it was asked last.
    fn damaged(&mut self) -> Result<Vec<Rect>> {
        let Some(damage) = self.damage.as_mut().filter(|damage| damage.noted) else {
            return Ok(Vec::new());
        };
        damage.noted = false;
        send(self.link.conn.damage_subtract(damage.id, x11rb::NONE, damage.region))?;
        let region = answer(send(self.link.conn.xfixes_fetch_region(damage.region))?)?;
        let rects = region.map(|region| region.rectangles).unwrap_or_default();
        let rect = |rect: &x11rb::protocol::xproto::Rectangle| Rect {
            x: rect.x.into(),
            y: rect.y.into(),
            width: rect.width.into(),
            height: rect.height.into(),
        };
        Ok(rects.iter().map(rect).collect())
    }

    /// Grabs what changed or was asked for, and reports it. Answers whether anything was reported.
    fn grab(&mut self, out: &mut dyn ScreenSink) -> Result<bool> {
        let now = Instant::now();
        self.noticed = self.link.clock.now();
        let compare = self.compare_at.is_some_and(|at| at <= now) && !self.whole;
        let damaged = self.damaged()?;
        let damaged = rects::join(damaged, self.size.bounds());
        if !damaged.is_empty() && self.compare_at.is_none() {
            self.compare_at = Some(now + AUDIT);
        }
        let asked: Vec<Rect> = self.wanted.drain(..).collect();
        let rects = if self.whole {
            vec![self.size.bounds()]
        } else {
            rects::join(damaged.iter().copied().chain(asked), self.size.bounds())
        };
        if rects.is_empty() && !compare {
            return Ok(false);
        }
        if self.reference.size() != self.size {
            self.reference = Reference::new(self.size, self.format);
        }
        self.windows.begin(&self.link)?;
        let bounds = [self.size.bounds()];
        let Some(grabbed) = self.fetch(if compare { &bounds } else { &rects })? else {
            return self.recover(rects, out);
        };
        let time = self.link.clock.now();
        // What the server sent before its answers is here now: windows that moved while it copied.
        self.whole = false;
        self.drain()?;
        if self.whole {
            // Another size: what was grabbed is of a screen that is no more.
            return Ok(false);
        }
        let pieces = if compare { self.compare(grabbed, rects, time, out)? } else { grabbed };
        let windows = self.windows.list(&self.link)?;
        self.show(time, &pieces, &windows, out)?;
        Ok(!pieces.is_empty())
    }

    /// After a failed grab: with another size, everything is grabbed again; otherwise what was wanted waits for the next change.
    fn recover(&mut self, rects: Vec<Rect>, out: &mut dyn ScreenSink) -> Result<bool> {
        let size = root_size(&self.link)?;
        self.drain()?;
        if size != self.size || self.whole {
            self.resize(size);
        }
        self.wanted.extend(rects);
        if !self.whole {
            out.notice(Notice { time: self.link.clock.now(), kind: NoticeKind::GrabFailed });
        }
        Ok(false)
    }

    /// Compares the whole screen with what was handed out. What changed while it was grabbed is no miss.
    fn compare(
        &mut self,
        grabbed: Vec<Piece>,
        mut known: Vec<Rect>,
        time: Time,
        out: &mut dyn ScreenSink,
    ) -> Result<Vec<Piece>> {
        let audit = self.damage.is_some();
        // Notices of what changed until the answer are here; what changes from now on is noticed the next time.
        let late = self.damaged()?;
        self.wanted.extend(&late);
        self.compare_at = if audit { None } else { Some(Instant::now() + COMPARE) };
        let picture = bytes(&self.segment, &self.received);
        let judged: Vec<Rect> = known.iter().chain(&late).copied().collect();
        let (missed, count) = self.reference.compare(picture, &judged);
        if audit && count > 0 {
            out.notice(Notice { time, kind: NoticeKind::MissedDamage(count) });
        }
        known.extend(missed);
        let stride = self.size.width as usize * 4;
        let inside = |rect: Rect| Piece {
            rect,
            start: rect.y.unsigned_abs() as usize * stride + rect.x.unsigned_abs() as usize * 4,
            stride,
        };
        drop(grabbed);
        Ok(known.into_iter().map(inside).collect())
    }

    fn show(&mut self, time: Time, pieces: &[Piece], windows: &[Window], out: &mut dyn ScreenSink) -> Result<()> {
        if pieces.is_empty() {
            return Ok(());
        }
        let picture = bytes(&self.segment, &self.received);
        let patch = |piece: &Piece| {
            let end = piece.start + (piece.rect.height as usize - 1) * piece.stride + piece.rect.width as usize * 4;
            Patch { rect: piece.rect, stride: piece.stride, pixels: &picture[piece.start..end] }
        };
        let patches: Vec<Patch<'_>> = pieces.iter().map(patch).collect();
        for patch in &patches {
            self.reference.update(patch.rect, patch.pixels, patch.stride);
        }
        out.shot(Shot {
            time,
            noticed: self.noticed,
            size: self.size,
            format: self.format,
            patches: &patches,
            windows: Some(windows),
        });
        let pointer = answer(send(self.link.conn.query_pointer(self.link.root()))?)?;
        let position =
            pointer.filter(|_| self.cursor_shown).map(|at| Position { x: at.root_x.into(), y: at.root_y.into() });
        out.cursor_position(self.link.clock.now(), position);
        Ok(())
    }

    /// Fetches rectangles, all inside the screen. `None`: the server refused one, because the screen changed meanwhile.
    fn fetch(&mut self, rects: &[Rect]) -> Result<Option<Vec<Piece>>> {
        let mut start = 0;
        let mut pieces = Vec::with_capacity(rects.len());
        for rect in rects {
            let stride = rect.width as usize * 4;
            pieces.push(Piece { rect: *rect, start, stride });
            start += stride * rect.height as usize;
        }
        if self.segment.as_ref().is_some_and(|segment| segment.length() < start)
            && let Some(old) = self.segment.take()
        {
            memory::detach(&self.link, old)?;
            self.segment = Segment::attach(&self.link, start.max(self.size.area() * 4))?;
            if self.segment.is_none() {
                self.notices.push(NoticeKind::NoSharedMemory);
            }
        }
        let fetched = match &self.segment {
            Some(segment) => self.fetch_shared(segment.id, &pieces)?,
            None => self.fetch_plain(&pieces)?,
        };
        Ok(fetched.then_some(pieces))
    }

    fn fetch_shared(&self, segment: u32, pieces: &[Piece]) -> Result<bool> {
        let (root, format) = (self.link.root(), u8::from(ImageFormat::Z_PIXMAP));
        let mut cookies = Vec::with_capacity(pieces.len());
        for Piece { rect, start, .. } in pieces {
            let (x, y, width, height) = wire(*rect);
            let Ok(offset) = u32::try_from(*start) else { return Ok(false) };
            let conn = &self.link.conn;
            cookies.push(send(conn.shm_get_image(root, x, y, width, height, ALL_PLANES, format, segment, offset))?);
        }
        let mut all = true;
        for cookie in cookies {
            // Every answer is waited for, so that the server writes nothing any more.
            all &= answer(cookie)?.is_some();
        }
        Ok(all)
    }

    fn fetch_plain(&mut self, pieces: &[Piece]) -> Result<bool> {
        self.received.clear();
        for piece in pieces {
            let (x, y, width, height) = wire(piece.rect);
            let cookie =
                self.link.conn.get_image(ImageFormat::Z_PIXMAP, self.link.root(), x, y, width, height, ALL_PLANES);
            let Some(image) = answer(send(cookie)?)? else { return Ok(false) };
            let length = piece.stride * piece.rect.height as usize;
            let Some(data) = image.data.get(..length) else { return Ok(false) };
            self.received.extend_from_slice(data);
        }
        Ok(true)
    }

    fn report_cursor(&mut self, out: &mut dyn ScreenSink) -> Result<bool> {
        let Some(time) = self.cursor_changed.take() else { return Ok(false) };
        let Some(image) = answer(send(self.link.conn.xfixes_get_cursor_image())?)? else {
            return Ok(false);
        };
        let time = if time == Time::ZERO { self.link.clock.now() } else { time };
        let visible = image.cursor_image.iter().any(|pixel| pixel >> 24 != 0);
        let changed = self.cursor_shown != visible;
        self.cursor_shown = visible;
        if visible && let Some(image) = cursor(&image) {
            out.cursor_image(time, image);
        } else if changed {
            out.cursor_position(time, None);
        }
        Ok(true)
    }
}

impl Capturer for XShm {
    fn poll(&mut self, wait: Option<Duration>, out: &mut dyn ScreenSink) -> Result<()> {
        let deadline = deadline(wait);
        if self.whole && self.damage.is_none() && self.compare_at.is_none() {
            self.compare_at = Some(Instant::now());
        }
        // A size that changes while it is read is read again; not forever within one poll.
        let mut tries = 0;
        loop {
            self.drain()?;
            let now = self.link.clock.now();
            for kind in self.notices.drain(..) {
                out.notice(Notice { time: now, kind });
            }
            let shot = self.grab(out)?;
            let cursor = self.report_cursor(out)?;
            if shot || cursor {
                return Ok(());
            }
            tries += 1;
            if self.whole && tries < 8 {
                continue;
            }
            let audit = self.compare_at;
            let until = [deadline, audit].into_iter().flatten().min();
            match self.link.sleep(until)? {
                Wake::Server => {}
                Wake::Timeout if deadline.is_none_or(|deadline| Instant::now() < deadline) => {}
                Wake::Timeout | Wake::Waker => return Ok(()),
            }
        }
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn refresh(&mut self, rect: Rect) {
        self.wanted.push(rect);
    }
}

impl Damage {
    fn create(link: &Link) -> Result<Option<Self>> {
        if !link.has(damage::X11_EXTENSION_NAME)? || answer(send(link.conn.damage_query_version(1, 1))?)?.is_none() {
            return Ok(None);
        }
        let (id, region) = (link.conn.generate_id().map_err(lost)?, link.conn.generate_id().map_err(lost)?);
        send(link.conn.xfixes_create_region(region, &[]))?;
        send(link.conn.damage_create(id, link.root(), ReportLevel::NON_EMPTY))?;
        Ok(Some(Self { id, region, noted: false }))
    }
}

fn bytes<'a>(segment: &'a Option<Segment>, received: &'a [u8]) -> &'a [u8] {
    segment.as_ref().map_or(received, Segment::bytes)
}

fn root_size(link: &Link) -> Result<Size> {
    let geometry =
        answer(send(link.conn.get_geometry(link.root()))?)?.ok_or_else(|| lost("its root window has no size"))?;
    Ok(Size { width: geometry.width.into(), height: geometry.height.into() })
}

/// A rectangle inside a screen, whose sides X limits to 16 bits.
fn wire(rect: Rect) -> (i16, i16, u16, u16) {
    let position = |value: i32| i16::try_from(value).unwrap_or(i16::MAX);
    let length = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    (position(rect.x), position(rect.y), length(rect.width), length(rect.height))
}

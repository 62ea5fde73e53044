//! The screen on X11: XDamage says where it changed, MIT-SHM fetches those rectangles alone, XFixes has the pointer's image.
//!
//! A compositing window manager can make the server report too little: now and then the whole screen is handed out with what
//! was reported, to be compared (an audit). A still screen costs nothing, the audit included.

use std::time::{Duration, Instant};

use understudy_core::backend::{Capturer, Notice, NoticeKind, ScreenSink, Shot, Waker};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::frame::{PixelFormat, Rect, Size};
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{self, ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask};

use super::cursor::cursor;
use super::damage::Damage;
use super::grabber::{Fetched, Grabber};
use super::pixels::pixel_format;
use super::rects;
use super::watch::Watch;
use crate::x11::windows::Windows;
use crate::x11::{Link, Wake, answer, deadline, lost, send};

/// Between two audits, while there is damage.
const AUDIT: Duration = Duration::from_secs(10);
/// Between two comparisons where the server does not say what changed.
const COMPARE: Duration = Duration::from_millis(33);

pub(crate) struct XShm {
    link: Link,
    windows: Windows,
    format: PixelFormat,
    size: Size,
    damage: Option<Damage>,
    /// While it matters what is drawn.
    watch: Option<Watch>,
    grabber: Grabber,
    wanted: Vec<Rect>,
    cursor_shown: bool,
    cursor_changed: Option<Time>,
    /// Nothing is grabbed before.
    paced: Option<Instant>,
    /// The screen changed while it was paced last: then it will again, and one sleep until the pace is over is enough. Otherwise a
    /// change wakes, and a still screen does not.
    busy: bool,
    /// When the screen is compared as a whole next; with damage, only after it changed.
    compare_at: Option<Instant>,
    notices: Vec<NoticeKind>,
    whole: bool,
    /// When the grab began.
    noticed: Time,
    /// Whatever was closed since it was told last was there at this time still.
    there: Time,
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
        let grabber = Grabber::new(&link, size.area() * 4)?;
        if !grabber.shares_memory() {
            notices.push(NoticeKind::NoSharedMemory);
        }
        Ok(Self {
            windows: Windows::query(&link)?,
            format,
            size,
            damage,
            watch: None,
            grabber,
            wanted: Vec::new(),
            cursor_shown: true,
            cursor_changed: xfixes.then_some(Time::ZERO),
            paced: None,
            busy: false,
            compare_at: None,
            notices,
            whole: true,
            noticed: Time::ZERO,
            there: Time::ZERO,
            link,
        })
    }

    /// Takes note of every event that is here.
    fn drain(&mut self) -> Result<()> {
        let (root, begun) = (self.link.root(), self.link.clock.now());
        while let Some((event, told)) = self.link.next()? {
            match event {
                Event::DamageNotify(event) => {
                    if !self.damage.as_mut().is_some_and(|damage| damage.note(event.damage)) {
                        let drawn = self.watch.as_ref().and_then(|watch| watch.note(&event, told));
                        drawn.into_iter().for_each(|rect| self.windows.draw(rect));
                    }
                }
                Event::XfixesCursorNotify(event) => self.cursor_changed = Some(self.link.clock.time(event.timestamp)),
                Event::ConfigureNotify(event) if event.window == root => {
                    self.resize(Size { width: event.width.into(), height: event.height.into() });
                }
                event => self.windows.apply(&event),
            }
        }
        if self.windows.closed.is_empty() {
            self.there = begun;
        }
        Ok(())
    }

    /// Says which windows are no more, or show no more, before there is a shot without them. Answers whether one is needed.
    fn report_closed(&mut self, out: &mut dyn ScreenSink) -> bool {
        let (gone, hidden) = self.windows.closed.take();
        let mut is_needed = false;
        if !hidden.is_empty() {
            is_needed |= out.hid(self.there, &hidden);
        }
        if !gone.is_empty() {
            is_needed |= out.gone(self.there, &gone);
        }
        is_needed
    }

    fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.whole = true;
            self.notices.push(NoticeKind::Resized(size));
        }
    }

    /// Lets the pace pass, where there is something to be grabbed after it, or will be. Answers whether the waker ended that.
    fn rest(&mut self, deadline: Option<Instant>) -> Result<bool> {
        let Some(until) = self.paced.filter(|until| *until > Instant::now()) else {
            self.paced = None;
            return Ok(false);
        };
        self.drain()?;
        let pressing = self.whole || self.damage.as_ref().is_some_and(Damage::is_noted) || !self.wanted.is_empty();
        if !pressing && !self.busy {
            return Ok(false);
        }
        let woken = self.link.rest(deadline.map_or(until, |deadline| deadline.min(until)))? == Wake::Waker;
        self.drain()?;
        self.busy = self.damage.as_ref().is_some_and(Damage::is_noted);
        Ok(woken)
    }

    /// What the server says has changed since it was asked last.
    fn damaged(&mut self) -> Result<Vec<Rect>> {
        self.damage.as_mut().map_or(Ok(Vec::new()), |damage| damage.take(&self.link))
    }

    /// Grabs what changed or was asked for, and reports it. Answers whether there is anything that a caller waits for.
    fn grab(&mut self, out: &mut dyn ScreenSink) -> Result<bool> {
        let now = Instant::now();
        self.noticed = self.link.clock.now();
        let compare = self.compare_at.is_some_and(|at| at <= now) && !self.whole;
        let damaged = rects::join(self.damaged()?, self.size.bounds());
        if !damaged.is_empty() && self.compare_at.is_none() {
            self.compare_at = Some(now + AUDIT);
        }
        let bounds = self.size.bounds();
        let asked = std::mem::take(&mut self.wanted);
        let rects = if self.whole { vec![bounds] } else { rects::join(damaged.into_iter().chain(asked), bounds) };
        if rects.is_empty() && !compare {
            return Ok(false);
        }
        self.windows.begin(&self.link)?;
        let shared = self.grabber.shares_memory();
        let fetched = self.grabber.fetch(&self.link, if compare { std::slice::from_ref(&bounds) } else { &rects })?;
        if shared && !self.grabber.shares_memory() {
            self.notices.push(NoticeKind::NoSharedMemory);
        }
        let Fetched::All(pointer) = fetched else { return self.recover(rects, out) };
        let time = self.link.clock.now();
        let rare = (self.whole || compare) && self.damage.is_some();
        // What the server sent before its answers is here now: windows that moved while it copied.
        self.whole = false;
        self.drain()?;
        if self.whole {
            // Another size: what was grabbed is of a screen that is no more.
            return Ok(false);
        }
        let reported = if compare { self.audit(rects)? } else { None };
        let changed = self.show(time, reported.as_deref(), out)?;
        if rare {
            self.grabber.give_back();
        }
        if changed {
            out.cursor_position(self.link.clock.now(), pointer.filter(|_| self.cursor_shown));
        }
        // Reported damage is paced even where it changed nothing; a comparison that found nothing is nobody's business.
        Ok(changed || !compare)
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

    /// The whole screen was fetched: says what was reported of its changes, where the server reports them.
    fn audit(&mut self, mut reported: Vec<Rect>) -> Result<Option<Vec<Rect>>> {
        if self.damage.is_none() {
            self.compare_at = Some(Instant::now() + COMPARE);
            return Ok(None);
        }
        self.compare_at = None;
        // What changed while it was fetched is no miss: the server has told. What changes from now on is noticed the next time.
        let late = self.damaged()?;
        self.wanted.extend(&late);
        reported.extend(late);
        Ok(Some(reported))
    }

    fn show(&mut self, time: Time, reported: Option<&[Rect]>, out: &mut dyn ScreenSink) -> Result<bool> {
        let (scenes, passed) = self.windows.list(&self.link)?.unzip();
        self.report_closed(out);
        Ok(out.shot(Shot {
            time,
            noticed: self.noticed,
            size: self.size,
            format: self.format,
            patches: &self.grabber.patches(),
            reported,
            scenes: scenes.as_deref(),
            passed: passed.unwrap_or_default(),
            leaves: true,
        }))
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
            if self.rest(deadline)? {
                return Ok(());
            }
            self.drain()?;
            let now = self.link.clock.now();
            for kind in self.notices.drain(..) {
                out.notice(Notice { time: now, kind });
            }
            let shot = self.grab(out)?;
            let cursor = self.report_cursor(out)?;
            let closed = self.report_closed(out);
            if shot || cursor || closed {
                return Ok(());
            }
            tries += 1;
            if self.whole && tries < 8 {
                continue;
            }
            let audit = self.compare_at;
            let until = [deadline, audit].into_iter().flatten().min();
            match self.link.sleep(until)? {
                Wake::Beside | Wake::Server => {}
                Wake::Timeout if deadline.is_none_or(|deadline| Instant::now() < deadline) => {}
                Wake::Timeout | Wake::Waker => return Ok(()),
            }
        }
    }

    fn pace(&mut self, until: Instant) -> bool {
        self.paced = Some(until);
        true
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn refresh(&mut self, rect: Rect) {
        self.wanted.push(rect);
    }

    fn watch(&mut self, on: bool) -> Result<()> {
        match self.watch.take() {
            Some(watch) if !on => watch.end(&self.link)?,
            None if on && self.damage.is_some() => self.watch = Watch::create(&self.link)?,
            same => self.watch = same,
        }
        Ok(())
    }
}

fn root_size(link: &Link) -> Result<Size> {
    let geometry =
        answer(send(link.conn.get_geometry(link.root()))?)?.ok_or_else(|| lost("its root window has no size"))?;
    Ok(Size { width: geometry.width.into(), height: geometry.height.into() })
}

//! What a capturer of a real X server hands out, put together; and windows for it to see.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::time::{Duration, Instant};

use understudy_core::backend::{Capturer, Notice, NoticeKind, Scene, ScreenSink, Shot};
use understudy_core::clock::Time;
use understudy_core::event::{CursorImage, Window};
use understudy_core::frame::{Frame, Position, Rect};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, PropMode, Rectangle, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Puts shots together.
#[derive(Default)]
pub(crate) struct Album {
    pub(crate) frame: Option<Frame>,
    pub(crate) shots: Vec<(Time, Vec<Rect>)>,
    /// How many shots changed the picture.
    pub(crate) changes: usize,
    /// Of each audit: what was reported.
    pub(crate) audits: Vec<Vec<Rect>>,
    pub(crate) scene: Scene,
    pub(crate) windows: Vec<Window>,
    pub(crate) cursors: Vec<CursorImage>,
    pub(crate) positions: Vec<Option<Position>>,
    pub(crate) notices: Vec<NoticeKind>,
    /// Windows that are no more, and that were hidden; and when they were there still.
    pub(crate) gone: Vec<u64>,
    pub(crate) hidden: Vec<u64>,
    pub(crate) there: Option<Time>,
}

impl ScreenSink for Album {
    fn shot(&mut self, shot: Shot<'_>) -> bool {
        let first = self.frame.is_none();
        if self.frame.as_ref().is_none_or(|frame| frame.size() != shot.size) {
            self.frame = Some(Frame::new(shot.size, shot.format));
        }
        let frame = self.frame.as_mut().unwrap();
        let mut changed = first;
        for patch in shot.patches {
            assert_eq!(patch.rect.intersect(shot.size.bounds()), Some(patch.rect), "patches lie inside");
            let Rect { x, y, width, height } = patch.rect;
            for row in 0..height {
                let start = row as usize * patch.stride;
                let line = patch.pixels[start..start + width as usize * 4].chunks_exact(4);
                let line = line.map(|pixel| u32::from_le_bytes(pixel.try_into().unwrap()));
                for (to, from) in frame.row_mut(x.unsigned_abs(), y.unsigned_abs() + row, width).iter_mut().zip(line) {
                    let from = from & shot.format.mask();
                    changed |= *to != from;
                    *to = from;
                }
            }
        }
        self.shots.push((shot.time, shot.patches.iter().map(|patch| patch.rect).collect()));
        self.audits.extend(shot.reported.map(<[Rect]>::to_vec));
        self.changes += usize::from(changed);
        self.scene = shot.scenes.expect("X11 knows the windows").last().expect("there is a scene").clone();
        self.windows = self.scene.windows.iter().map(|shown| shown.window.clone()).collect();
        changed
    }

    fn cursor_image(&mut self, _time: Time, image: CursorImage) {
        self.cursors.push(image);
    }

    fn cursor_position(&mut self, _time: Time, position: Option<Position>) {
        self.positions.push(position);
    }

    fn notice(&mut self, notice: Notice) {
        self.notices.push(notice.kind);
    }

    fn gone(&mut self, there: Time, windows: &[u64]) -> bool {
        self.there = Some(there);
        self.gone.extend_from_slice(windows);
        false
    }

    fn hid(&mut self, there: Time, windows: &[u64]) -> bool {
        self.there = Some(there);
        self.hidden.extend_from_slice(windows);
        false
    }
}

impl Album {
    /// Polls until nothing changes any more.
    pub(crate) fn settle(&mut self, capturer: &mut dyn Capturer) {
        let start = Instant::now();
        loop {
            let before = (self.changes, self.notices.len());
            capturer.poll(Some(Duration::from_millis(250)), self).unwrap();
            if (self.changes, self.notices.len()) == before {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the screen does not come to rest");
        }
    }

    pub(crate) fn frame(&self) -> &Frame {
        self.frame.as_ref().expect("there was a shot")
    }
}

/// A window without a window manager, of an application.
pub(crate) fn window(
    conn: &RustConnection,
    root: u32,
    class: Option<&str>,
    bounds: (i16, i16, u16, u16),
    color: u32,
) -> u32 {
    let id = conn.generate_id().unwrap();
    let look = CreateWindowAux::new().background_pixel(color).border_pixel(0x00ff_ffff).override_redirect(1);
    let (x, y, width, height) = bounds;
    conn.create_window(0, id, root, x, y, width, height, 2, WindowClass::INPUT_OUTPUT, 0, &look).unwrap();
    if let Some(class) = class {
        use x11rb::protocol::xproto::AtomEnum;
        let value = format!("{}\0{class}\0", class.to_lowercase());
        conn.change_property8(PropMode::REPLACE, id, AtomEnum::WM_CLASS, AtomEnum::STRING, value.as_bytes()).unwrap();
    }
    conn.map_window(id).unwrap();
    conn.sync().unwrap();
    id
}

pub(crate) fn fill(conn: &RustConnection, drawable: u32, color: u32, rects: &[Rectangle]) {
    let gc = conn.generate_id().unwrap();
    conn.create_gc(gc, drawable, &CreateGCAux::new().foreground(color)).unwrap();
    conn.poly_fill_rectangle(drawable, gc, rects).unwrap();
    conn.free_gc(gc).unwrap();
    conn.sync().unwrap();
}

pub(crate) fn rectangle(x: i16, y: i16, width: u16, height: u16) -> Rectangle {
    Rectangle { x, y, width, height }
}

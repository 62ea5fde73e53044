//! The indicator's menu: another window that nobody manages, until something is chosen.

use std::time::Duration;

use understudy_core::backend::{AtStop, Hotkey, Status};
use understudy_core::error::Result;
use understudy_core::frame::{Position, Rect, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, PropMode, Timestamp, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::badge::{Badge, CLASS, paint, wire};
use super::picture;
use crate::x11::{Link, lost, send};

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Toggle,
    /// The latest of what is recorded.
    Forget(Duration),
    Stop,
    /// As `Stop`, and nothing is released by itself.
    Keep,
}

pub(super) struct Menu {
    window: Window,
    bounds: Rect,
    scale: u32,
    format: understudy_core::frame::PixelFormat,
    choices: Vec<Choice>,
    rows: Vec<String>,
    lit: Option<usize>,
}

impl Menu {
    /// Shows it above the indicator. From now on clicks elsewhere come to it too, so that they close it.
    pub(super) fn open(link: &Link, badge: &Badge, hotkey: &Hotkey, at_stop: AtStop, time: Timestamp) -> Result<Self> {
        let verb = if badge.shown() == Some(Status::Paused) { "Resume" } else { "Pause" };
        let toggle = match hotkey {
            Hotkey::Ready(keys) => format!("{verb}  {keys}"),
            Hotkey::Off | Hotkey::Refused(_) => verb.to_owned(),
        };
        let (minute, minutes) = (Duration::from_secs(60), Duration::from_secs(300));
        let mut entries = vec![
            (Choice::Toggle, toggle.as_str()),
            (Choice::Forget(minute), "Forget the last minute"),
            (Choice::Forget(minutes), "Forget the last 5 minutes"),
        ];
        match at_stop {
            AtStop::Kept => entries.push((Choice::Stop, "Stop recording")),
            AtStop::Released => {
                entries.extend([(Choice::Keep, "Stop and keep it"), (Choice::Stop, "Stop and release it")])
            }
        }
        let (choices, rows): (Vec<_>, Vec<_>) =
            entries.into_iter().map(|(choice, row)| (choice, row.to_owned())).unzip();
        let bounds = beside(badge, picture::menu_size(&rows, badge.scale()));
        let window = link.conn.generate_id().map_err(lost)?;
        let screen = link.screen();
        let events = EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION;
        let values = CreateWindowAux::new().override_redirect(1).event_mask(events);
        let (x, y, width, height) = wire(bounds);
        let (depth, class, visual) = (screen.root_depth, WindowClass::INPUT_OUTPUT, screen.root_visual);
        send(link.conn.create_window(depth, window, screen.root, x, y, width, height, 0, class, visual, &values))?;
        let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        send(link.conn.change_property8(PropMode::REPLACE, window, name, kind, CLASS))?;
        let menu = Self { window, bounds, scale: badge.scale(), format: badge.format(), choices, rows, lit: None };
        menu.paint(link)?;
        send(link.conn.map_window(window))?;
        let mode = GrabMode::ASYNC;
        // Where another program has the pointer the menu works all the same; it closes by itself then.
        send(link.conn.grab_pointer(true, window, events, mode, mode, x11rb::NONE, x11rb::NONE, time))?;
        Ok(menu)
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// What is at this position of the screen.
    pub(super) fn choice(&self, at: Position) -> Option<Choice> {
        self.row(at).and_then(|row| self.choices.get(row)).copied()
    }

    /// The pointer is there.
    pub(super) fn point(&mut self, link: &Link, at: Position) -> Result<()> {
        let row = self.row(at).filter(|row| *row < self.rows.len());
        if row == self.lit {
            return Ok(());
        }
        self.lit = row;
        self.paint(link)
    }

    pub(super) fn close(self, link: &Link) -> Result<()> {
        send(link.conn.ungrab_pointer(x11rb::CURRENT_TIME))?;
        send(link.conn.destroy_window(self.window))?;
        link.flush()
    }

    fn row(&self, at: Position) -> Option<usize> {
        let point = Rect { x: at.x, y: at.y, width: 1, height: 1 };
        self.bounds.intersect(point)?;
        picture::row_at(at.y - self.bounds.y, self.scale)
    }

    fn paint(&self, link: &Link) -> Result<()> {
        paint(link, self.window, &picture::menu(&self.rows, self.lit, self.scale, self.format))
    }
}

/// Above the indicator, or below it where there is no room.
fn beside(badge: &Badge, Size { width, height }: Size) -> Rect {
    let (at, monitor) = (badge.bounds(), badge.monitor());
    let x = (at.right() - i64::from(width)).max(i64::from(monitor.x));
    let above = i64::from(at.y) - i64::from(height);
    let y = if above >= i64::from(monitor.y) { above } else { at.bottom() };
    let signed = |value: i64| i32::try_from(value).unwrap_or(0);
    Rect { x: signed(x), y: signed(y), width, height }
}

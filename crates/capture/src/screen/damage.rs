//! What the server says has changed: XDamage.

use understudy_core::error::Result;
use understudy_core::frame::Rect;
use x11rb::connection::Connection as _;
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};
use x11rb::protocol::xfixes::{self, ConnectionExt as _};
use x11rb::protocol::xproto::Rectangle;

use crate::x11::{Link, answer, lost, send};

/// The damage of the whole screen since it was asked for last.
pub(super) struct Damage {
    id: damage::Damage,
    region: xfixes::Region,
    noted: bool,
}

impl Damage {
    /// `None` where the server does not report damage.
    pub(super) fn create(link: &Link) -> Result<Option<Self>> {
        if !link.has(damage::X11_EXTENSION_NAME)? || answer(send(link.conn.damage_query_version(1, 1))?)?.is_none() {
            return Ok(None);
        }
        let (id, region) = (link.conn.generate_id().map_err(lost)?, link.conn.generate_id().map_err(lost)?);
        send(link.conn.xfixes_create_region(region, &[]))?;
        send(link.conn.damage_create(id, link.root(), ReportLevel::NON_EMPTY))?;
        Ok(Some(Self { id, region, noted: false }))
    }

    /// The server said that there is some. Answers whether it is this damage.
    pub(super) fn note(&mut self, id: damage::Damage) -> bool {
        self.noted |= id == self.id;
        id == self.id
    }

    /// Whether there is some.
    pub(super) fn is_noted(&self) -> bool {
        self.noted
    }

    /// Takes it: one answer is waited for, and none where nothing was noted.
    pub(super) fn take(&mut self, link: &Link) -> Result<Vec<Rect>> {
        if !std::mem::take(&mut self.noted) {
            return Ok(Vec::new());
        }
        send(link.conn.damage_subtract(self.id, x11rb::NONE, self.region))?;
        let region = answer(send(link.conn.xfixes_fetch_region(self.region))?)?;
        Ok(region.map(|region| region.rectangles.iter().map(rect).collect()).unwrap_or_default())
    }
}

pub(super) fn rect(rect: &Rectangle) -> Rect {
    Rect { x: rect.x.into(), y: rect.y.into(), width: rect.width.into(), height: rect.height.into() }
}

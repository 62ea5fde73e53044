//! What is drawn, rectangle by rectangle: told in one order with how windows move and vanish, so that it is known what happened first.
//!
//! The server tells of what is drawn only where it can be seen; but of a window that moves, that all of it was drawn where it is then, be
//! it covered or not.

use understudy_core::error::Result;
use understudy_core::frame::Rect;
use x11rb::connection::{Connection as _, SequenceNumber};
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};

use super::damage::rect;
use crate::x11::{Link, lost, send};

/// What is drawn from now on.
pub(super) struct Watch {
    damage: damage::Damage,
    /// It began with all of the screen: what was told before this request was of that.
    since: SequenceNumber,
}

impl Watch {
    /// `None` where the server refuses.
    pub(super) fn create(link: &Link) -> Result<Option<Self>> {
        let damage = link.conn.generate_id().map_err(lost)?;
        let created = send(link.conn.damage_create(damage, link.root(), ReportLevel::RAW_RECTANGLES))?;
        if created.check().is_err() {
            return Ok(None);
        }
        let emptied = send(link.conn.damage_subtract(damage, x11rb::NONE, x11rb::NONE))?;
        let since = emptied.sequence_number();
        emptied.ignore_error();
        Ok(Some(Self { damage, since }))
    }

    /// Where something was drawn, if this says so.
    pub(super) fn note(&self, event: &damage::NotifyEvent, told: SequenceNumber) -> Option<Rect> {
        (event.damage == self.damage && told >= self.since).then(|| rect(&event.area))
    }

    pub(super) fn end(self, link: &Link) -> Result<()> {
        send(link.conn.damage_destroy(self.damage))?.ignore_error();
        Ok(())
    }
}

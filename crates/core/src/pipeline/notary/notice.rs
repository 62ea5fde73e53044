//! What the sources notice of themselves, and what was lost: counted, and said in the journal.

use super::Notary;
use crate::backend::{Notice, NoticeKind};
use crate::clock::Time;
use crate::error::Result;
use crate::journal::{DropReason, Entry, NoticeName};
use crate::track::Track;

impl Notary {
    pub(super) fn take_notice(&mut self, notice: &Notice) -> Result<()> {
        let (name, count, size) = match notice.kind {
            NoticeKind::NoDamage => (NoticeName::NoDamage, None, None),
            NoticeKind::NoSharedMemory => (NoticeName::NoSharedMemory, None, None),
            NoticeKind::NoLayout => (NoticeName::NoLayout, None, None),
            NoticeKind::NoCompose => (NoticeName::NoCompose, None, None),
            NoticeKind::NoHotkey => (NoticeName::NoHotkey, None, None),
            NoticeKind::NoAccessibility => (NoticeName::NoAccessibility, None, None),
            NoticeKind::Resized(size) => (NoticeName::Resized, None, Some(size)),
            NoticeKind::GrabFailed => {
                self.shared.stats().failed_grabs += 1;
                (NoticeName::GrabFailed, None, None)
            }
            NoticeKind::MissedDamage(pixels) => {
                self.shared.stats().missed_damage += pixels;
                (NoticeName::MissedDamage, Some(pixels), None)
            }
            NoticeKind::RateCapped if self.paused => return Ok(()),
            NoticeKind::RateCapped => {
                self.capped = true;
                (NoticeName::RateCapped, None, None)
            }
            NoticeKind::RateRestored => return self.end_cap(notice.time),
            NoticeKind::InputLost(count) => return self.dropped(Track::Pointer, count, DropReason::InputLost),
        };
        let entry = Entry::Notice {
            notice: name,
            count,
            width: size.map(|size| size.width.into()),
            height: size.map(|size| size.height.into()),
        };
        self.writer.journal(notice.time, entry)
    }

    /// A cap ends when the rate allows it, and with the pictures: then the journal says so before it says why they end.
    pub(super) fn end_cap(&mut self, at: Time) -> Result<()> {
        if !std::mem::take(&mut self.capped) {
            return Ok(());
        }
        let entry = Entry::Notice { notice: NoticeName::RateRestored, count: None, width: None, height: None };
        self.writer.journal(at, entry)
    }

    pub(super) fn dropped(&mut self, track: Track, count: u64, reason: DropReason) -> Result<()> {
        self.shared.stats().track_mut(track).dropped += count;
        let now = self.shared.clock.now();
        self.writer.journal(now, Entry::Dropped { track: track.into(), count, reason })
    }

    pub(super) fn dropped_live(&self, count: u64) {
        if count > 0 {
            self.shared.stats().live_dropped += count;
        }
    }
}

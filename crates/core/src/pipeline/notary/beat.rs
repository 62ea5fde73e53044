//! What waits for a beat of the indicator: nothing passes that it was not seen behind, and what the gate closed for goes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Content, Notary, Shared};
use crate::clock::Time;
use crate::error::Result;
use crate::gate::{Cause, GUARD};
use crate::journal::{Entry, WithheldReason};

impl Notary {
    /// Lets go of what happened until the indicator was seen last, and waits for nothing else.
    pub(super) fn let_out(&mut self) -> Result<()> {
        self.drop_closed();
        let seen = self.shared.presence.seen_until();
        while let Some((_, content)) = self.unvouched.pop_front_if(|(time, _)| *time <= seen) {
            self.write(content)?;
        }
        Ok(())
    }

    /// Until when keys may be judged: none that nobody vouched for is then let out of the hold.
    pub(super) fn vouched(&self) -> Time {
        let seen = self.shared.presence.seen_until();
        let all_seen = self.keys.latest().is_none_or(|last| last <= seen);
        if all_seen { Time::MAX } else { seen.after(GUARD) }
    }

    /// Takes what waits for nothing but a beat. The gate may have been closed for what is past since it let this in.
    pub(super) fn take_content(&mut self, mut content: Content) -> Result<()> {
        let (_, is_left) = content.retain(|time| self.is_kept(time));
        let Some(time) = content.times().max().filter(|_| is_left) else {
            discard(&self.shared, &content);
            return Ok(());
        };
        if self.unvouched.is_empty() && time <= self.shared.presence.seen_until() {
            return self.write(content);
        }
        self.unvouched.push_back((time, content));
        Ok(())
    }

    /// Erases what waits and happened while the gate is closed, as is known by now: it may have been closed for what is past.
    pub(super) fn drop_closed(&mut self) {
        let closings = self.shared.gate.closings();
        if std::mem::replace(&mut self.closings, closings) == closings {
            return;
        }
        let first = self.drop_unkept();
        self.dropped = self.dropped.into_iter().chain(first).min();
    }

    /// Erases what waits and may not be kept. Answers when the first of it happened.
    pub(super) fn drop_unkept(&mut self) -> Option<Time> {
        let (gate, until) = (self.shared.gate.clone(), self.kept_until);
        self.drop_waiting(|time| until.is_none_or(|until| time < until) && gate.is_open_at(time))
    }

    /// Erases what waits, for its verdict or for a beat, and is not wanted. Answers when the first of it happened.
    pub(super) fn drop_waiting(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        let mut first = [self.keys.retain(&keep), self.pictures.retain(&keep)].into_iter().flatten().min();
        let mut gone = |time: Time| first = Some(first.map_or(time, |first| first.min(time)));
        self.contexts.retain(|event| {
            let kept = keep(event.time());
            if !kept {
                gone(event.time());
            }
            kept
        });
        let shared = &self.shared;
        self.unvouched.retain_mut(|(_, content)| {
            let (dropped, is_left) = content.retain(&keep);
            dropped.into_iter().for_each(&mut gone);
            if !is_left {
                discard(shared, content);
            }
            is_left
        });
        first
    }

    /// Nobody vouches for what is left, and nobody will.
    pub(super) fn drop_unvouched(&mut self) {
        let seen = self.shared.presence.seen_until();
        self.shared.gate.close(Cause::Unseen, seen.after(Duration::from_nanos(1)));
        self.dropped = None;
        self.drop_closed();
        self.unseen = self.unseen.or(self.dropped.map(Time::to_second));
    }

    /// The indicator is unseen: the journal says why at once, and goes on when it is back.
    pub(super) fn take_unseen(&mut self, since: Time) -> Result<()> {
        self.let_out()?;
        self.interrupt(since)?;
        let first = self.dropped.take();
        if self.paused {
            return Ok(());
        }
        let now = self.shared.clock.now();
        // When a key was pressed, or anything else, says something of what was typed.
        self.unseen = Some(first.unwrap_or(now).to_second());
        self.tell_unseen(now)?;
        self.unseen = Some(now);
        Ok(())
    }

    /// Says in the journal that until then nothing was kept, because the indicator was not seen.
    pub(super) fn tell_unseen(&mut self, to: Time) -> Result<()> {
        let Some(from) = self.unseen.take() else { return Ok(()) };
        for track in self.tracks.iter() {
            self.shared.stats().track_mut(track).withheld += 1;
            let (from, to) = (from.as_nanos(), to.max(from).as_nanos());
            let entry =
                Entry::Withheld { track: track.into(), from, to, reason: WithheldReason::NoIndicator, class: None };
            self.writer.journal(self.shared.clock.now(), entry)?;
        }
        Ok(())
    }
}

/// What is not written does not wait any more.
fn discard(shared: &Shared, content: &Content) {
    if let Content::Picture(picture) = content {
        shared.waiting_pictures.fetch_sub(picture.bytes, Ordering::AcqRel);
    }
}

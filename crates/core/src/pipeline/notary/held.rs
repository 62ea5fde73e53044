//! Pictures wait until what was typed before them, and what their windows say that they show, has been judged, and are painted over where it must not be seen.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Notary;
use crate::chunk::Effort;
use crate::clock::Time;
use crate::error::Result;
use crate::gate::GUARD;
use crate::mask::{Exposure, Masks};
use crate::pipeline::lock;
use crate::pipeline::pictures::{Picture, Waiting};
use crate::track::Track;

/// Segments that begin while more bytes of pictures than this wait are compressed with less effort.
const BACKLOG: usize = 4 << 20;
/// What part of the hold's memory is for what was written since the last key frame, which late masks build on.
pub(super) const BUILT_ON: usize = 16;
/// How long a key frame that is asked for in case one is needed is the last such.
const READY: Duration = Duration::from_secs(5);
/// How long it is remembered that a window was painted over: a still screen is not looked at all the time.
const MEMORY: Duration = Duration::from_secs(60);

impl Notary {
    /// Has something of the screen wait.
    pub(super) fn hold(&mut self, waiting: Waiting) {
        self.pictures.push(waiting, self.shared.clock.now());
        self.pay();
    }

    /// What of the screen waits in the hold does not wait for its place there.
    fn pay(&mut self) {
        if !self.pictures.is_over() {
            let owed = std::mem::take(&mut self.owed);
            self.shared.waiting_pictures.fetch_sub(owed, Ordering::AcqRel);
        }
    }

    /// Paints over what the keyboard's judgement says that windows show.
    pub(super) fn expose(&mut self) {
        let exposures = self.keys.exposed();
        if !exposures.is_empty() {
            self.mask(|masks| exposures.into_iter().for_each(|exposure| masks.add(exposure)));
        }
    }

    /// Paints over what a window was found to show: in all pictures that wait for what was typed there, too.
    pub(super) fn expose_held(&self, exposure: Exposure) {
        let typed = self.keys.unjudged().filter(|(_, window)| *window == Some(exposure.window)).map(|(since, _)| since);
        let since = typed.fold(exposure.since, Time::min);
        self.mask(|masks| masks.add(Exposure { since, ..exposure }));
    }

    /// Changes what is painted over for what it shows.
    pub(super) fn mask(&self, change: impl FnOnce(&mut Masks)) {
        if self.tracks.contains(Track::Screen) {
            self.shared.mask(change);
        }
    }

    /// When pictures are let out, though nothing else happens.
    pub(super) fn next_picture(&self) -> Option<Time> {
        let next = self.pictures.next_time()?;
        // A moment later: what was captured at the very end of the guard waits as well.
        (next < self.judged_until(Time::MAX)).then(|| next.after(GUARD + Duration::from_nanos(1)))
    }

    /// Lets out the pictures that show nothing that has not been judged, by `heard`. Where too many wait, windows that may are painted over.
    pub(super) fn judge_pictures(&mut self, heard: Time) -> Result<()> {
        // Some may have been erased since, and whoever makes more waits for their place.
        self.pay();
        self.end_pending(heard);
        self.leave_late(heard);
        self.write_pictures(self.judged_until(heard))?;
        if self.pictures.is_over() {
            self.give_up_waiting();
            self.write_pictures(self.judged_until(heard))?;
        }
        self.get_ready();
        if self.pictures.next_time().is_none() {
            lock(&self.shared.masks).forget_before(heard.before(MEMORY));
        }
        Ok(())
    }

    /// What is typed may turn out to be sensitive: asks for a key frame that late masks can build on, where they have nothing else.
    fn get_ready(&mut self) {
        let Some(loss) = self.recoder.lost().filter(|_| self.keys.unjudged().next().is_some()) else { return };
        let now = self.shared.clock.now();
        // One that was asked for may wait for its judgement.
        let is_due = self.readied.is_none_or(|(before, at)| before != loss && now.since(at) >= READY);
        if is_due {
            self.readied = Some((loss, now));
            self.shared.key_frame_wanted.store(true, Ordering::Release);
        }
    }

    /// Writes what of the screen was captured before then.
    pub(super) fn write_pictures(&mut self, until: Time) -> Result<()> {
        while let Some((waiting, waited)) = self.pictures.pop_before(until, self.shared.clock.now()) {
            self.pay();
            match waiting {
                Waiting::Cursor(records) => records.iter().try_for_each(|record| self.keep(record))?,
                Waiting::Picture(picture) => {
                    // That it waited for its judgement is no latency.
                    let noticed = picture.noticed.after(waited);
                    self.write_picture(picture)?;
                    self.unsealed.push(noticed);
                    self.note_sealed();
                }
            }
        }
        Ok(())
    }

    fn write_picture(&mut self, picture: Picture) -> Result<()> {
        let Some(time) = picture.records.first().map(|record| record.time()).filter(|time| self.is_kept(*time)) else {
            return Ok(());
        };
        let recoded = self.recoder.take(&lock(&self.shared.masks), picture)?;
        self.shared.recodes.store(self.recoder.watches(), Ordering::Release);
        if recoded.wants_key {
            self.shared.key_frame_wanted.store(true, Ordering::Release);
        }
        recoded.reasons.into_iter().for_each(|reason| self.withhold(Track::Screen, time, reason));
        let waiting = self.shared.waiting_pictures.load(Ordering::Acquire);
        self.writer.set_effort(if waiting > BACKLOG { Effort::Least } else { Effort::Usual });
        recoded.records.iter().try_for_each(|record| self.keep(record))?;
        self.ask_for_key_frame(self.shared.clock.now());
        Ok(())
    }

    /// Until when pictures show nothing that has not been judged by `heard`, but in windows that are painted over anyway.
    fn judged_until(&self, heard: Time) -> Time {
        let waits = self.unjudged();
        let masks = lock(&self.shared.masks);
        let is_masked = |since: Time, window: Option<u64>| window.is_some_and(|window| masks.covers(window, since));
        let waits = waits.into_iter().filter(|(since, window)| !is_masked(*since, *window));
        waits.map(|(since, _)| since).fold(heard.before(GUARD), Time::min)
    }

    /// Where something may show that has not been judged, and since when: what was typed, and what windows say of themselves.
    fn unjudged(&self) -> Vec<(Time, Option<u64>)> {
        let unread = self.shared.readings.lock();
        let said = unread.waits().map(|(since, window)| (since, Some(window)));
        self.keys.unjudged().chain(said).collect()
    }

    /// There is no more room: what has not been judged is painted over, until it has been.
    fn give_up_waiting(&self) {
        let unjudged: Vec<(Time, u64)> =
            self.unjudged().into_iter().filter_map(|(since, window)| Some((since, window?))).collect();
        self.mask(|masks| unjudged.into_iter().for_each(|(since, window)| masks.add_pending(window, since)));
    }

    /// What was painted over because nobody could wait for its judgement, and has one now, may be seen.
    fn end_pending(&self, now: Time) {
        if !lock(&self.shared.masks).is_any() {
            return;
        }
        let waits: Vec<u64> = self.unjudged().into_iter().filter_map(|(_, window)| window).collect();
        self.mask(|masks| masks.judged(|window| waits.contains(&window), now));
    }
}

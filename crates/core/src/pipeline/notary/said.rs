//! What windows say that they show, as it was judged.

use std::collections::BTreeMap;

use super::Notary;
use crate::clock::Time;
use crate::pipeline::unread::{Heard, Turn};

impl Notary {
    /// Windows were read between these times.
    pub(super) fn take_said(&self, heard: BTreeMap<u64, Heard>, times: (Time, Time)) {
        for (window, heard) in heard {
            // Only this thread writes pictures: none is written in between.
            let turn = self.shared.readings.lock().hear(window, heard, times);
            match turn {
                Some(Turn::Expose(since)) => self.mask(|masks| masks.add_said(window, since)),
                Some(Turn::Clear) => self.mask(|masks| masks.end_said(window, times.1)),
                Some(Turn::Gone(unjudged)) => self.mask(|masks| {
                    masks.end_said(window, times.1);
                    unjudged.into_iter().for_each(|since| masks.add_over(window, (since, times.1)));
                }),
                None => {}
            }
        }
        // They are due again by now, or will be.
        self.shared.readings.wake();
    }

    /// Windows were there at `there` still and are in no picture behind `until`: of those that were not read, what they showed is painted
    /// over. What has a number of `gone` from now on is another one.
    pub(super) fn take_closed(&self, gone: &[u64], there: Time, until: Time) {
        let unjudged = self.shared.readings.lock().take_closed();
        self.mask(|masks| {
            unjudged.into_iter().for_each(|(window, since)| masks.add_over(window, (since, until)));
            masks.close(gone, there, until);
        });
    }

    /// Nobody reads any more: what windows showed until then, and was not read, is painted over where somebody told of them.
    pub(super) fn take_unread(&self, until: Time, paints: bool) {
        let waits = |(since, _): &(Time, u64)| *since <= until;
        let left: Vec<(Time, u64)> = self.shared.readings.lock().waits().filter(waits).collect();
        if paints {
            self.mask(|masks| left.iter().for_each(|(since, window)| masks.add_pending(*window, *since)));
        }
        let mut unread = self.shared.readings.lock();
        left.into_iter().for_each(|(_, window)| unread.give_up(window, until));
    }

    /// Whoever does not answer for long is not waited for: their windows are painted over until they do.
    pub(super) fn leave_late(&self, now: Time) {
        let late: Vec<(Time, u64)> = self.shared.readings.lock().late(now).collect();
        if !late.is_empty() {
            self.mask(|masks| late.into_iter().for_each(|(since, window)| masks.add_pending(window, since)));
        }
    }
}

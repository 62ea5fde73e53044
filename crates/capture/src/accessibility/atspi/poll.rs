//! When something is heard, asked and reported.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use understudy_core::backend::{Accessibility, Batch, ElementEvent, Waker};
use understudy_core::error::Result;

use super::{AFTERWARDS, Atspi};
use crate::accessibility::bus::Bus;
use crate::dbus::{Connection, Gone};
use crate::x11::{Wake, deadline};

impl Accessibility for Atspi {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()> {
        let until = deadline(wait);
        let before = (out.samples.len(), out.notices.len());
        if self.reported.is_none() && self.change.is_none() {
            self.begin(out)?;
        }
        loop {
            self.hear_and_report(out)?;
            if (out.samples.len(), out.notices.len()) != before {
                return Ok(());
            }
            match self.sleep(until)? {
                Wake::Beside | Wake::Server => {}
                Wake::Timeout | Wake::Waker => return Ok(()),
            }
        }
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn prompter(&self) -> Waker {
        let (prompted, waker) = (Arc::clone(&self.prompted), self.link.waker());
        Waker::new(move || {
            prompted.store(true, Ordering::Release);
            waker.wake();
        })
    }

    fn watch(&mut self, fields: &[u64]) {
        self.fields().watch(fields);
    }
}

impl Atspi {
    fn hear_and_report(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        let before = out.samples.len();
        self.hear_server(out)?;
        if self.look_at.is_some_and(|at| at <= Instant::now()) {
            self.look_for_bus(out)?;
        }
        let named = self.name_windows(out)?;
        let heard = if self.pace.due().is_none_or(|due| due <= Instant::now()) { self.hear_peers() } else { Ok(()) };
        let told = named.and(heard).and_then(|()| self.report_focus(out)).and_then(|()| self.report_again(out));
        let told = match told {
            Ok(()) => self.report_click(out)?,
            Err(gone) => Err(gone),
        };
        // What is more urgent is told first; the next poll comes at once.
        let told = if out.samples.len() == before { told.and_then(|()| self.look(out)) } else { told };
        if told == Err(Gone) {
            self.lose_bus(out);
            // Without a bus nobody is asked, and nothing fails.
            let _unknown = self.report_focus(out);
        }
        // The field is more urgent than what was clicked, and often follows from it.
        let new = &mut out.samples[before..];
        new.sort_by_key(|sample| sample.time);
        for sample in new {
            self.latest = self.latest.max(sample.time);
            sample.time = self.latest;
        }
        Ok(())
    }

    /// Sleeps until there is something; a flood is left where it is for a while.
    fn sleep(&mut self, until: Option<Instant>) -> Result<Wake> {
        let settled = self.change.as_ref().map(|change| change.due);
        let look = self.bus.as_ref().and_then(|_| self.fields().due());
        let named = self.naming.due();
        let puzzled = self.bus.as_ref().filter(|bus| bus.is_puzzled()).map(|_| Instant::now() + AFTERWARDS);
        let dues = [until, settled, self.ask_at, look, self.look_at, named, puzzled];
        let wake = self.sleep_until(dues.into_iter().flatten().min())?;
        let over = until.is_some_and(|until| until <= Instant::now());
        Ok(if wake == Wake::Timeout && !over { Wake::Beside } else { wake })
    }

    fn sleep_until(&mut self, until: Option<Instant>) -> Result<Wake> {
        let bus = self.bus.as_ref().map(Bus::connection);
        let Some(due) = self.pace.due().filter(|due| *due > Instant::now()) else {
            let waiting = bus.is_some_and(Connection::is_waiting);
            let wake = match waiting {
                true => Wake::Beside,
                false => self.link.sleep_beside(until, bus.map(Connection::fd))?,
            };
            if wake == Wake::Beside {
                self.pace.take(Instant::now());
            }
            return Ok(wake);
        };
        let first = until.map_or(due, |until| until.min(due));
        self.link.sleep(Some(first))
    }
}

//! The thread of the platform's own indicator.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::notary::Message;
use super::presence::Command;
use super::queue::{Sender, Urgency};
use super::{Shared, State};
use crate::backend::{Indicator, Sight, Status, Wish};
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Sample;

/// How long an indicator may take to show for the first time.
const APPEARS: Duration = Duration::from_secs(3);
/// Between two looks that are asked for: what waits for one waits that long at most.
const PACE: Duration = Duration::from_millis(150);
/// After it was hidden it has to be seen twice, so far apart.
const STEADY: Duration = Duration::from_millis(250);
/// Between two looks because something happened to it: whoever fights for its place does not make us busy.
const LEAST: Duration = Duration::from_millis(20);
/// Between two looks while it is hidden.
const RETRY: Duration = Duration::from_millis(500);
/// Between two tries to connect anew, the longest.
const RECONNECT: Duration = Duration::from_secs(8);

/// Waits until a new indicator shows. Answers when it was seen.
pub(super) fn appear(indicator: &mut dyn Indicator) -> Result<Time> {
    let until = Instant::now() + APPEARS;
    let mut wishes = Vec::new();
    loop {
        if let Sight::Seen(time) = indicator.look()? {
            return Ok(time);
        }
        if Instant::now() >= until {
            let message = "the indicator does not show: something covers it, or the screen is too small for it";
            return Err(Error::new(ErrorKind::NoIndicator, message));
        }
        indicator.poll(Status::Paused, Some(Duration::from_millis(20)), &mut wishes)?;
    }
}

/// Runs the indicator until the recording has ended.
pub(super) fn spawn(
    shared: &Arc<Shared>,
    indicator: Box<dyn Indicator>,
    queue: Sender<Message>,
) -> Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    let at_once = shared.flush.is_zero();
    let body =
        move || Watch { shared, queue, at_once, indicator, hidden: None, looked: Instant::now(), busy: false }.run();
    let thread = thread::Builder::new().name("understudy-indicator".into()).spawn(body);
    thread.map_err(|error| Error::io("cannot start a thread", &error))
}

struct Watch {
    shared: Arc<Shared>,
    queue: Sender<Message>,
    /// Nothing gathers, looks included.
    at_once: bool,
    indicator: Box<dyn Indicator>,
    /// It was hidden; since when it has been seen again, if it has.
    hidden: Option<Option<Instant>>,
    looked: Instant,
    /// A look was asked for lately, and will be again.
    busy: bool,
}

impl Watch {
    fn run(mut self) {
        let mut reconnect = STEADY;
        loop {
            // A panic in an indicator must close the gate, not end the host.
            let ended = catch_unwind(AssertUnwindSafe(|| self.show()));
            if let Ok(Ok(())) = ended {
                return;
            }
            self.lose();
            while !matches!(catch_unwind(AssertUnwindSafe(|| self.indicator.reopen())), Ok(Ok(()))) {
                if self.rests(reconnect) {
                    return;
                }
                reconnect = (reconnect * 2).min(RECONNECT);
            }
            reconnect = STEADY;
        }
    }

    /// Shows and looks, until the end.
    fn show(&mut self) -> Result<()> {
        let mut wishes = Vec::new();
        loop {
            let wait = self.wait();
            let orders = self.shared.presence.orders(wait.is_none());
            if orders.over {
                return Ok(());
            }
            let wait = if orders.asked { Some(wait.unwrap_or_else(|| self.due())) } else { wait };
            let disturbed = self.indicator.poll(self.status(), wait, &mut wishes)?;
            wishes.drain(..).for_each(|wish| self.forward(&wish));
            let orders = self.shared.presence.orders(false);
            if orders.over {
                return Ok(());
            }
            if disturbed {
                thread::sleep(LEAST.saturating_sub(self.looked.elapsed()));
            }
            let due = self.due().is_zero();
            let wanted = match self.hidden {
                Some(_) => self.looked.elapsed() >= STEADY,
                None => disturbed || orders.asked && due,
            };
            if wanted {
                self.look()?;
                self.busy = orders.asked;
            } else if due {
                self.busy = false;
            }
            if disturbed && self.hidden.is_some() {
                thread::sleep(LEAST);
            }
        }
    }

    /// How long to sleep at most; no limit where only a waker or the system has something to tell.
    fn wait(&self) -> Option<Duration> {
        match self.hidden {
            Some(Some(_)) => Some(STEADY),
            Some(None) => Some(RETRY),
            None if self.busy => Some(self.due()),
            None => None,
        }
    }

    /// How long until the next look may be.
    fn due(&self) -> Duration {
        if self.at_once { Duration::ZERO } else { PACE.saturating_sub(self.looked.elapsed()) }
    }

    fn look(&mut self) -> Result<()> {
        let sight = self.indicator.look()?;
        // What the contributor did before that comes first.
        let (status, mut wishes) = (self.status(), Vec::new());
        self.indicator.poll(status, Some(Duration::ZERO), &mut wishes)?;
        wishes.iter().for_each(|wish| self.forward(wish));
        self.looked = Instant::now();
        match (sight, self.hidden) {
            (Sight::Hidden, _) => self.lose(),
            (Sight::Seen(_), Some(None)) => self.hidden = Some(Some(self.looked)),
            (Sight::Seen(_), Some(Some(since))) if since.elapsed() < STEADY => {}
            (Sight::Seen(time), _) => {
                self.hidden = None;
                if self.shared.presence.beat(time) {
                    let urgency = if self.at_once { Urgency::AtOnce } else { Urgency::Gathered };
                    self.queue.send(Message::Beat, urgency);
                }
            }
        }
        Ok(())
    }

    fn lose(&mut self) {
        self.hidden = Some(None);
        self.shared.presence.lose();
    }

    fn forward(&self, wish: &Sample<Wish>) {
        let Sample { time, value } = *wish;
        let command = match value {
            Wish::Toggle if self.status() == Status::Paused => {
                Command::Resume(self.shared.pauses.load(Ordering::Acquire))
            }
            // Before anybody waits for anything.
            Wish::Toggle => {
                self.shared.shut(time);
                Command::Pause(time)
            }
            Wish::Forget(last) => {
                self.shared.direct.await_forgetting();
                Command::Forget { last, asked: time }
            }
            Wish::Stop => {
                self.shared.shut(time);
                Command::Stop
            }
            Wish::Keep => {
                self.shared.shut(time);
                // Too late where it has stopped already, and then the indicator is about to go.
                let _ = self.shared.direct.keep();
                Command::Stop
            }
        };
        self.shared.presence.send(command);
    }

    fn status(&self) -> Status {
        match super::lock(&self.shared.state).clone() {
            State::Recording => Status::Recording,
            State::Paused | State::Stopped | State::Failed(_) => Status::Paused,
            State::Withheld => Status::Withheld,
        }
    }

    /// Sleeps; answers whether the recording has ended.
    fn rests(&self, duration: Duration) -> bool {
        let until = Instant::now() + duration;
        while Instant::now() < until {
            if self.shared.presence.orders(false).over {
                return true;
            }
            thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

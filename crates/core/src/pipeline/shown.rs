//! What shows that something is recorded: before there is a recording, it has to be seen.

use std::time::{Duration, Instant};

use super::indicator;
use super::presence::Shower;
use crate::backend::{AtStop, Indicator, Platform};
use crate::clock::{Clock, Time};
use crate::error::{Error, ErrorKind, Result};
use crate::presence::{DEADLINE, Heartbeat, Pulse};

/// What shows that something is recorded.
pub(super) struct Shown {
    pub(super) shower: Shower,
    pub(super) indicator: Option<Box<dyn Indicator>>,
    /// When it was seen first.
    pub(super) since: Time,
}

pub(super) fn show(
    platform: &dyn Platform,
    heartbeat: Option<Heartbeat>,
    at_stop: AtStop,
    clock: &Clock,
) -> Result<Shown> {
    if let Some(heartbeat) = heartbeat {
        if heartbeat.says() != at_stop && at_stop == AtStop::Released {
            let message = "the host's indicator does not say that what is recorded is released unseen: make its heartbeat for one that does";
            return Err(Error::new(ErrorKind::NoIndicator, message));
        }
        heartbeat.take()?;
        let since = clock.at(first_beat(&heartbeat)?);
        return Ok(Shown { shower: Shower::Host(heartbeat), indicator: None, since });
    }
    let Some(mut indicator) = platform.indicator(clock, at_stop)? else {
        return Ok(Shown { shower: Shower::Nobody, indicator: None, since: Time::ZERO });
    };
    let since = indicator::appear(indicator.as_mut())?;
    Ok(Shown { shower: Shower::Native(indicator.waker()), indicator: Some(indicator), since })
}

fn first_beat(heartbeat: &Heartbeat) -> Result<Instant> {
    let until = Instant::now() + DEADLINE * 4;
    loop {
        if let Pulse::Steady(last) = heartbeat.listen(Instant::now()) {
            return Ok(last);
        }
        if Instant::now() >= until {
            let message = "the host's indicator does not beat: call `beat` at least every 250 ms while it can be seen";
            return Err(Error::new(ErrorKind::NoIndicator, message));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

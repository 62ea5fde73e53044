//! What shows that something is recorded: before there is a recording, it has to be seen.

use std::time::{Duration, Instant};

use super::indicator;
use super::presence::Shower;
use crate::backend::{Indicator, Platform};
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

pub(super) fn show(platform: &dyn Platform, heartbeat: Option<Heartbeat>, clock: &Clock) -> Result<Shown> {
    if let Some(heartbeat) = heartbeat {
        heartbeat.take()?;
        let since = clock.at(first_beat(&heartbeat)?);
        return Ok(Shown { shower: Shower::Host(heartbeat), indicator: None, since });
    }
    let Some(mut indicator) = platform.indicator(clock)? else {
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

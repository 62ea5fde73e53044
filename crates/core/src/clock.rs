//! Time on a recording: nanoseconds since it started, from a clock that never jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// A moment of a recording: nanoseconds since it started.
///
/// An exact integer in a JavaScript number for 104 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The start of the recording.
    pub const ZERO: Self = Self(0);
    /// The latest moment a recording can hold: 2^53 - 1 ns, so that JavaScript reads it exactly.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// This many nanoseconds after the start; at most [`Time::MAX`].
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(if nanos > Self::MAX.0 { Self::MAX.0 } else { nanos })
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self::from_nanos(self.0.saturating_add(nanos(duration)))
    }

    /// The moment `duration` earlier, the start at the earliest.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }

    /// The full second before it.
    #[must_use]
    pub fn to_second(self) -> Self {
        Self(self.0 / 1_000_000_000 * 1_000_000_000)
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The time of the calendar, in milliseconds since 1970: it jumps, and goes on while the machine sleeps.
pub(crate) fn calendar_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The clock of one recording. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Hand);

#[derive(Clone, Debug)]
enum Hand {
    Monotonic(Instant),
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// A clock that starts at zero now and runs with the system's monotonic clock.
    pub fn start() -> Self {
        Self(Hand::Monotonic(Instant::now()))
    }

    /// A clock that stands still until [`Clock::advance`] moves it: for scripted backends that run faster than time.
    pub fn manual() -> Self {
        Self(Hand::Manual(Arc::default()))
    }

    /// The time now.
    pub fn now(&self) -> Time {
        match &self.0 {
            Hand::Monotonic(origin) => Time::from_nanos(nanos(origin.elapsed())),
            Hand::Manual(nanos) => Time::from_nanos(nanos.load(Ordering::Acquire)),
        }
    }

    /// The time at `instant`, the start at the earliest. A manual clock knows no instants: it answers its time now.
    pub fn at(&self, instant: Instant) -> Time {
        match &self.0 {
            Hand::Monotonic(origin) => Time::from_nanos(nanos(instant.saturating_duration_since(*origin))),
            Hand::Manual(_) => self.now(),
        }
    }

    /// Moves a manual clock to `time`, never backwards. Does nothing to a monotonic one.
    pub fn advance(&self, time: Time) {
        if let Hand::Manual(nanos) = &self.0 {
            nanos.fetch_max(time.0, Ordering::AcqRel);
        }
    }

    /// Whether this clock moves by script alone.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Hand::Manual(_))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

//! How often peers are listened to: whoever floods us is heard late, and costs little.

use std::time::{Duration, Instant};

/// How many times in a row.
const BURST: u32 = 20;
/// How long until once more.
const INTERVAL: Duration = Duration::from_millis(50);

pub(super) struct Pace {
    left: u32,
    /// Since when one more is being waited for.
    since: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: BURST, since: now }
    }

    /// Takes a turn, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.since).as_nanos() / INTERVAL.as_nanos();
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        if passed > 0 {
            self.left = self.left.saturating_add(passed).min(BURST);
            self.since = if self.left == BURST { now } else { self.since + INTERVAL * passed };
        }
        let taken = self.left > 0;
        self.left = self.left.saturating_sub(1);
        taken
    }

    /// When there is a turn again; `None` where there is one.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.left == 0).then(|| self.since + INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_heard_at_once_and_a_flood_twenty_times_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let heard = |pace: &mut Pace, millis: u64| {
            let now = start + Duration::from_millis(millis);
            (0..1000).filter(|_| pace.take(now)).count()
        };
        assert_eq!(heard(&mut pace, 0), 20);
        assert_eq!(pace.due(), Some(start + INTERVAL));
        assert_eq!(heard(&mut pace, 49), 0);
        assert_eq!(heard(&mut pace, 50), 1);
        assert_eq!((51..=1050).map(|millis| heard(&mut pace, millis)).sum::<usize>(), 20);
        assert_eq!(heard(&mut pace, 1_000_000), 20, "rest is not saved up");
        assert_eq!(Pace::new(start).due(), None);
    }
}

//! What pictures may cost: a full-screen video is recorded with fewer pictures, and the journal says so, rather than with a machine that lags.

use std::time::Duration;

use crate::clock::Time;

/// Coded bytes a second, before compression, that pictures may take for long: about a core's tenth to compress.
const RATE: u64 = 24 << 20;
/// Bytes that may come at once: some whole views that change, as when applications are switched.
const BURST: u64 = 32 << 20;

/// A bucket of bytes that fills at a steady rate.
#[derive(Default)]
pub(super) struct Budget {
    /// Bytes spent that the rate has not made good yet.
    spent: u64,
    counted: Time,
    capped: bool,
}

impl Budget {
    /// A picture took so many bytes.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.spent += bytes as u64;
    }

    /// Whether pictures come less often than was asked for.
    pub(super) fn is_capped(&self) -> bool {
        self.capped
    }

    /// How long to wait, at least `interval`. A cap lasts until everything was made good.
    pub(super) fn pause(&mut self, now: Time, interval: Duration) -> Duration {
        let elapsed = now.since(self.counted);
        self.counted = now;
        // After a week without a picture the product would not fit; then everything was made good long ago.
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let made_good = micros.saturating_mul(RATE) / 1_000_000;
        self.spent = self.spent.saturating_sub(made_good);
        self.capped = if self.capped { self.spent > 0 } else { self.spent > BURST };
        if !self.capped {
            return interval;
        }
        // As long as it takes to get back below the burst.
        let over = self.spent.saturating_sub(BURST);
        interval.max(Duration::from_micros(over * 1_000_000 / RATE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(33);

    /// Plays pictures of so many bytes for so many seconds; answers how many there were, and whether the cap was on at the end.
    fn play(budget: &mut Budget, now: &mut Time, seconds: u64, bytes: usize) -> (u32, bool) {
        let end = now.after(Duration::from_secs(seconds));
        let mut pictures = 0;
        while *now < end {
            budget.spend(bytes);
            pictures += 1;
            *now = now.after(budget.pause(*now, INTERVAL));
        }
        (pictures, budget.is_capped())
    }

    #[test]
    fn a_video_is_slowed_down_and_what_follows_is_not() {
        let (mut budget, mut now) = (Budget::default(), Time::ZERO);
        assert_eq!(play(&mut budget, &mut now, 10, 100_000), (304, false), "scrolling");
        let (pictures, capped) = play(&mut budget, &mut now, 10, 6 << 20);
        assert!(capped && (40..60).contains(&pictures), "{pictures} whole views of noise");
        assert!(!play(&mut budget, &mut now, 10, 1000).1, "typing");
        assert!(play(&mut budget, &mut now, 1, 6 << 20).1, "a video again");
    }

    #[test]
    fn a_month_without_a_picture_is_no_overflow() {
        let mut budget = Budget::default();
        budget.spend(1 << 40);
        assert!(budget.pause(Time::ZERO, INTERVAL) > INTERVAL);
        assert_eq!(budget.pause(Time::ZERO.after(Duration::from_secs(30 * 86_400)), INTERVAL), INTERVAL);
        assert!(!budget.is_capped());
    }

    #[test]
    fn some_whole_views_may_follow_one_another() {
        let (mut budget, mut now) = (Budget::default(), Time::ZERO);
        for _ in 0..4 {
            budget.spend(6 << 20);
            assert_eq!(budget.pause(now, INTERVAL), INTERVAL);
            now = now.after(INTERVAL);
        }
    }
}

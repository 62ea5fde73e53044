//! How time goes in a released copy. Keystroke timing identifies people, and idle time measures them, so both are coarsened:
//! keys that follow each other within five seconds are a fixed step apart (within one second, where a button was pressed between),
//! later ones an even number of seconds, and where nobody did anything for five seconds, nothing more passes until somebody does.

use std::time::Duration;

use crate::clock::Time;

/// From one key to the next, where it came soon: within [`IDLE`]; within `PAUSE` if a button was pressed between.
pub const STEP: Duration = Duration::from_millis(80);
const PAUSE: Duration = Duration::from_secs(1);
/// A longer time between two keys is told as a multiple of this.
const MUCH: Duration = Duration::from_secs(2);
/// Nobody did anything: no more than this is told of it.
pub const IDLE: Duration = Duration::from_secs(5);
/// Every other time is a multiple of this.
pub const GRID: Duration = Duration::from_millis(20);

/// Hears of everything that somebody did, in its order.
#[derive(Default)]
pub struct PaceBuilder {
    /// Time without what is clipped, and what it is in the original: where idle time ends.
    runs: Vec<(Time, Time)>,
    latest: Time,
    keys: Vec<Key>,
    pressed: bool,
}

/// A key, by both times.
#[derive(Clone, Copy)]
struct Key {
    original: Time,
    told: Time,
    /// Whether it is a step behind the key before.
    soon: bool,
}

impl PaceBuilder {
    /// Somebody did something.
    pub fn input(&mut self, time: Time) {
        let idle = time.since(self.latest);
        if idle > IDLE {
            let resumed = clipped(&self.runs, self.latest).after(IDLE);
            self.runs.push((time, resumed));
        }
        self.latest = self.latest.max(time);
    }

    /// It was a button that went down.
    pub fn button(&mut self) {
        self.pressed = true;
    }

    /// It was a key that makes a step.
    pub fn key(&mut self, time: Time) {
        let now = clipped(&self.runs, time);
        let pressed = std::mem::take(&mut self.pressed);
        let (told, soon) = match self.keys.last() {
            None => (on_grid(now), false),
            Some(before) => {
                let gap = now.since(clipped(&self.runs, before.original));
                let soon = gap <= if pressed { PAUSE } else { IDLE };
                let told = if soon { STEP } else { much(gap) };
                (before.told.after(told), soon)
            }
        };
        self.keys.push(Key { original: time, told, soon });
    }

    /// How time goes.
    pub fn finish(self) -> Pace {
        Pace { runs: self.runs, latest: self.latest, keys: self.keys }
    }
}

fn much(gap: Duration) -> Duration {
    let count = gap.as_nanos().div_ceil(MUCH.as_nanos());
    MUCH * u32::try_from(count).unwrap_or(u32::MAX)
}

fn on_grid(time: Time) -> Time {
    let grid = GRID.as_nanos() as u64;
    Time::from_nanos(time.as_nanos() / grid * grid)
}

/// The time without what is clipped, by the runs so far.
fn clipped(runs: &[(Time, Time)], time: Time) -> Time {
    let index = runs.partition_point(|(from, _)| *from <= time);
    let (from, told) = runs[..index].last().copied().unwrap_or_default();
    told.after(time.since(from))
}

/// How time goes in a copy.
pub struct Pace {
    runs: Vec<(Time, Time)>,
    latest: Time,
    keys: Vec<Key>,
}

impl Pace {
    /// From the start.
    pub fn walk(&self) -> Walk<'_> {
        Walk { pace: self, keys: 0 }
    }

    /// The time without idle time; what happens while nobody does anything happens at its end.
    fn clip(&self, time: Time) -> Time {
        let index = self.runs.partition_point(|(from, _)| *from <= time);
        let next = self.runs.get(index).map_or_else(|| clipped(&self.runs, self.latest).after(IDLE), |(_, told)| *told);
        clipped(&self.runs, time).min(next)
    }
}

/// Goes through a copy's time, event by event.
pub struct Walk<'a> {
    pace: &'a Pace,
    keys: usize,
}

impl Walk<'_> {
    /// When the next key is told.
    pub fn key(&mut self) -> Time {
        let told = self.pace.keys.get(self.keys).map_or(Time::MAX, |key| key.told);
        self.keys += 1;
        told
    }

    /// When something between the latest key and the next is told.
    pub fn between(&self, time: Time) -> Time {
        let keys = &self.pace.keys;
        let (before, behind) = (self.keys.checked_sub(1).and_then(|index| keys.get(index)), keys.get(self.keys));
        let now = self.pace.clip(time);
        let told = match (before, behind) {
            (None, None) => now,
            (None, Some(behind)) => return on_grid(now).min(behind.told),
            (Some(before), None) => before.told.after(now.since(self.pace.clip(before.original))),
            (Some(before), Some(behind)) => {
                if behind.soon {
                    // Anything finer would tell when the keys were.
                    return before.told.after(STEP / 2);
                }
                let (from, to) = (self.pace.clip(before.original), self.pace.clip(behind.original));
                let share = now.since(from).as_secs_f64() / to.since(from).as_secs_f64();
                before.told.after(behind.told.since(before.told).mul_f64(share.clamp(0.0, 1.0))).min(behind.told)
            }
        };
        let least = before.map_or(Time::ZERO, |before| before.told.after(STEP / 2));
        on_grid(told).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn keys_are_a_step_apart_and_pauses_even_seconds() {
        let mut builder = PaceBuilder::default();
        for time in [100, 173, 420, 2500, 7400, 12_500, 60_000] {
            builder.input(ms(time));
            builder.key(ms(time));
        }
        builder.input(ms(61_000));
        builder.button();
        builder.key(ms(62_500));
        let pace = builder.finish();
        let mut walk = pace.walk();
        let told: Vec<u64> = (0..8).map(|_| walk.key().as_nanos() / 1_000_000).collect();
        // What is idle was clipped to five seconds before it is looked at.
        assert_eq!(told, [100, 180, 260, 340, 420, 500, 580, 4580]);
    }

    #[test]
    fn what_is_between_keys_tells_nothing_of_them() {
        let mut builder = PaceBuilder::default();
        for time in [100, 300] {
            builder.input(ms(time));
            builder.key(ms(time));
        }
        let pace = builder.finish();
        let mut walk = pace.walk();
        assert_eq!(walk.between(ms(70)), ms(60));
        walk.key();
        assert_eq!([walk.between(ms(101)), walk.between(ms(299))], [ms(140), ms(140)]);
        walk.key();
        assert_eq!([walk.between(ms(301)), walk.between(ms(1000))], [ms(220), ms(880)]);
    }

    #[test]
    fn idle_time_is_five_seconds_long() {
        let mut builder = PaceBuilder::default();
        [1000, 100_000, 101_000].into_iter().for_each(|time| builder.input(ms(time)));
        let pace = builder.finish();
        let walk = pace.walk();
        let told = |time| walk.between(ms(time)).as_nanos() / 1_000_000;
        assert_eq!([told(1000), told(3000), told(50_000), told(99_999)], [1000, 3000, 6000, 6000]);
        assert_eq!([told(100_000), told(101_000), told(900_000)], [6000, 7000, 12_000]);
    }
}

//! Whoever has released copies of fifty people, and tries to tell them apart by how they type.

use std::time::Duration;

use understudy_core::clock::Time;
use understudy_core::release::PaceBuilder;

/// A generator without surprises.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve.
    fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        mean + deviation * ((0..12).map(|_| self.next()).sum::<f64>() - 6.0)
    }
}

/// How somebody types: by milliseconds, and how often they stop to think.
struct Typist {
    interval: f64,
    spread: f64,
    pause: f64,
}

impl Typist {
    fn new(random: &mut Random) -> Self {
        Self {
            interval: 90.0 + random.next() * 180.0,
            spread: 10.0 + random.next() * 50.0,
            pause: 0.01 + random.next() * 0.09,
        }
    }

    /// The times of a session's keys.
    fn session(&self, random: &mut Random) -> Vec<Time> {
        let mut now = Time::from_nanos(1_000_000_000);
        let interval = |random: &mut Random| {
            let millis = if random.next() < self.pause {
                1000.0 + random.next() * 8000.0
            } else {
                random.normal(self.interval, self.spread)
            };
            Duration::from_secs_f64(millis.max(20.0) / 1000.0)
        };
        (0..400)
            .map(|_| {
                now = now.after(interval(random));
                now
            })
            .collect()
    }
}

fn told(session: &[Time]) -> Vec<Time> {
    let mut builder = PaceBuilder::default();
    session.iter().for_each(|time| {
        builder.input(*time);
        builder.key(*time);
    });
    let pace = builder.finish();
    let mut walk = pace.walk();
    session.iter().map(|_| walk.key()).collect()
}

/// What the adversary measures: mean and spread of short intervals, and quantiles of all.
fn features(session: &[Time]) -> Vec<f64> {
    let mut gaps: Vec<f64> = session.windows(2).map(|pair| pair[1].since(pair[0]).as_secs_f64()).collect();
    gaps.sort_by(f64::total_cmp);
    let short: Vec<f64> = gaps.iter().copied().filter(|gap| *gap <= 1.0).collect();
    let mean = short.iter().sum::<f64>() / short.len() as f64;
    let spread = (short.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / short.len() as f64).sqrt();
    let quantile = |share: f64| gaps[(gaps.len() as f64 * share) as usize];
    let total = gaps.iter().sum::<f64>() / gaps.len() as f64;
    vec![mean, spread, quantile(0.1), quantile(0.25), quantile(0.5), quantile(0.75), quantile(0.9), total]
}

/// How far two sessions are from each other, each feature by how much it differs among all.
fn distance(a: &[f64], b: &[f64], scale: &[f64]) -> f64 {
    a.iter().zip(b).zip(scale).map(|((a, b), scale)| if *scale > 1e-12 { ((a - b) / scale).powi(2) } else { 0.0 }).sum()
}

/// The rate at which as many of one person's pairs are taken for two people's as the other way round.
fn equal_error_rate(sessions: &[(usize, Vec<f64>)]) -> f64 {
    let count = sessions.len() as f64;
    let scale: Vec<f64> = (0..sessions[0].1.len())
        .map(|index| {
            let mean = sessions.iter().map(|(_, features)| features[index]).sum::<f64>() / count;
            (sessions.iter().map(|(_, features)| (features[index] - mean).powi(2)).sum::<f64>() / count).sqrt()
        })
        .collect();
    let (mut same, mut different) = (Vec::new(), Vec::new());
    for (index, (person, features)) in sessions.iter().enumerate() {
        for (other, others) in &sessions[index + 1..] {
            let far = distance(features, others, &scale);
            if person == other { same.push(far) } else { different.push(far) }
        }
    }
    let mut thresholds = same.clone();
    thresholds.extend(&different);
    let rates = thresholds.iter().map(|threshold| {
        let refused = same.iter().filter(|far| *far > threshold).count() as f64 / same.len() as f64;
        let accepted = different.iter().filter(|far| *far <= threshold).count() as f64 / different.len() as f64;
        ((refused - accepted).abs(), f64::midpoint(refused, accepted))
    });
    rates.min_by(|a, b| a.0.total_cmp(&b.0)).expect("there are pairs").1
}

/// How well fast typists can be told from slow ones: the share of pairs that are ranked rightly by a copy's pace.
fn ranked(people: &[(f64, f64)]) -> f64 {
    let (mut right, mut pairs) = (0.0, 0.0);
    for (index, (speed, pace)) in people.iter().enumerate() {
        for (other_speed, other_pace) in &people[index + 1..] {
            pairs += 1.0;
            right += match (speed.total_cmp(other_speed), pace.total_cmp(other_pace)) {
                (_, std::cmp::Ordering::Equal) => 0.5,
                (a, b) if a == b => 1.0,
                _ => 0.0,
            };
        }
    }
    right / pairs
}

#[test]
fn fifty_people_cannot_be_told_apart_or_ranked_by_how_they_type() {
    let mut random = Random(7);
    let (mut original, mut copies) = (Vec::new(), Vec::new());
    let (mut speeds, mut paces) = (Vec::new(), Vec::new());
    for person in 0..50 {
        let typist = Typist::new(&mut random);
        for _ in 0..4 {
            let session = typist.session(&mut random);
            let copy = told(&session);
            original.push((person, features(&session)));
            copies.push((person, features(&copy)));
            speeds.push((typist.interval, features(&session)[0]));
            paces.push((typist.interval, features(&copy)[0]));
        }
    }
    let (before, after) = (equal_error_rate(&original), equal_error_rate(&copies));
    let (rank_before, rank_after) = (ranked(&speeds), ranked(&paces));
    assert!(before < 0.15, "the adversary is able: {before}");
    assert!(rank_before > 0.9, "and ranks: {rank_before}");
    assert!(after >= 0.40, "{after}");
    assert!((0.45..=0.55).contains(&rank_after), "{rank_after}");
}

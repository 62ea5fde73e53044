//! What pointer moves cost: bytes an event after compression and sealing, for a hand's motion at the rates of real devices.

use std::f64::consts::{PI, TAU};

use understudy_core::canonical::Bytes;
use understudy_core::chunk::{Compressor, Effort};
use understudy_core::clock::Time;
use understudy_core::event::{PointerAction, PointerEvent, RawDelta};
use understudy_core::frame::Position;
use understudy_core::record::{Record, RecordDecoder, RecordEncoder};
use understudy_core::seal::{Position as Place, Sealer};
use understudy_core::secret::Secret;
use understudy_core::segment::SegmentId;
use understudy_core::track::Track;
use understudy_core::wire::Reader;

const SECONDS: u64 = 20;
/// How often the recorder seals what has gathered.
const CHUNK: u64 = 400_000_000;

/// How a device reports.
#[derive(Clone, Copy, Debug)]
enum Device {
    /// A mouse: counts of its own, which the server accelerates.
    Mouse { counts: f64 },
    /// A tablet: where it is, in 32,768 parts of the desktop.
    Tablet,
    /// Software, by XTEST: positions alone.
    Software,
}

/// What a clock gives: the server's whole milliseconds, or microseconds with a device's jitter.
#[derive(Clone, Copy, Debug)]
enum Clock {
    Millis,
    Micros,
}

/// Numbers that look random and are the same everywhere.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal, of deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A hand: reaches with minimum jerk from target to target, a tremor of about 10 Hz, noise of the motor on top.
struct Hand {
    noise: Noise,
    from: (f64, f64),
    to: (f64, f64),
    began: f64,
    lasts: f64,
}

impl Hand {
    fn at(&mut self, seconds: f64) -> (f64, f64) {
        if seconds >= self.began + self.lasts {
            self.from = self.to;
            self.to = (self.noise.next() * 1900.0, self.noise.next() * 1060.0);
            let distance = (self.to.0 - self.from.0).hypot(self.to.1 - self.from.1);
            // Fitts' law, for targets of 30 pixels.
            (self.began, self.lasts) = (seconds, 0.15 + 0.12 * (distance / 30.0 + 1.0).log2());
        }
        let part = ((seconds - self.began) / self.lasts).clamp(0.0, 1.0);
        let eased = part * part * part * (10.0 - 15.0 * part + 6.0 * part * part);
        let tremor = 0.8 * (TAU * 9.7 * seconds).sin() + 0.3 * (TAU * 23.0 * seconds + PI / 3.0).sin();
        let along = |from: f64, to: f64| from + (to - from) * eased + tremor;
        let x = along(self.from.0, self.to.0) + 0.05 * self.noise.normal();
        (x, along(self.from.1, self.to.1) + 0.05 * self.noise.normal())
    }
}

/// What a device reports of a hand, where it reports something.
fn motion(device: Device, rate: u64, clock: Clock) -> Vec<(Time, PointerEvent)> {
    let mut hand =
        Hand { noise: Noise(0x9e37_79b9_7f4a_7c15), from: (900.0, 500.0), to: (900.0, 500.0), began: 0.0, lasts: 0.0 };
    let mut jitter = Noise(7);
    let (mut counted, mut pointer) = ((0.0, 0.0), (900.0, 500.0));
    let mut events = Vec::new();
    for number in 0..SECONDS * rate {
        let seconds = number as f64 / rate as f64;
        let (x, y) = hand.at(seconds);
        let (position, raw) = match device {
            Device::Mouse { counts } => {
                let now = (((x - 900.0) * counts).round(), ((y - 500.0) * counts).round());
                let (dx, dy): (f64, f64) = (now.0 - counted.0, now.1 - counted.1);
                if (dx, dy) == (0.0, 0.0) {
                    continue;
                }
                counted = now;
                // Accelerated by the speed, as libinput does it.
                let gain = (0.7 + dx.hypot(dy) * rate as f64 / 40_000.0).min(1.4) / counts;
                pointer = ((pointer.0 + dx * gain).clamp(0.0, 1919.9), (pointer.1 + dy * gain).clamp(0.0, 1079.9));
                (pointer, Some(RawDelta { x: dx as i32 * 256, y: dy as i32 * 256 }))
            }
            Device::Tablet => {
                let (across, down) = ((x / 1920.0 * 32768.0).floor(), (y / 1080.0 * 32768.0).floor());
                ((x, y), Some(RawDelta { x: across as i32 * 256, y: down as i32 * 256 }))
            }
            Device::Software => ((x, y), None),
        };
        let nanos = match clock {
            Clock::Millis => (seconds * 1000.0) as u64 * 1_000_000,
            Clock::Micros => ((seconds * 1e6) + 3.0 * jitter.normal()).max(0.0) as u64 * 1_000,
        };
        let position = Position { x: position.0.floor() as i32, y: position.1.floor() as i32 };
        let event = PointerEvent { position, injected: raw.is_none(), action: PointerAction::Move { raw } };
        // The recorder's base: no multiple of anything.
        events.push((Time::from_nanos(123_456_789 + nanos), event));
    }
    events.sort_by_key(|(time, _)| *time);
    events
}

/// Bytes in a segment's file, its header left out. What was written is read again.
fn recorded(events: &[(Time, PointerEvent)]) -> usize {
    let id = SegmentId { track: Track::Pointer, number: 0 };
    let (mut sealer, _) = Sealer::new(Bytes([1; 16]), id, &Secret::random());
    let mut compressor = Compressor::new(Effort::Small).expect("zstd");
    let (mut encoder, mut decoder) = (RecordEncoder::default(), RecordDecoder::new(Track::Pointer));
    let mut size = 0;
    for chunk in events.chunk_by(|(a, _), (b, _)| a.as_nanos() / CHUNK == b.as_nanos() / CHUNK) {
        let mut records = Vec::new();
        for (time, event) in chunk {
            encoder.encode(*time, &Record::Pointer(event.clone()), &mut records);
        }
        encoder.flush(&mut records);
        let mut reader = Reader::new(&records);
        for (time, event) in chunk {
            let decoded = decoder.next(&mut reader).expect("well formed");
            assert_eq!(decoded, Some((*time, Record::Pointer(event.clone()))));
        }
        assert_eq!(decoder.next(&mut reader).expect("well formed"), None);
        let sealed = sealer.seal(compressor.chunk(&records).expect("zstd"), Place::Within).expect("seals");
        size += sealed.in_file().len();
    }
    size
}

/// Hundredths of a byte an event.
fn cost(device: Device, rate: u64, clock: Clock) -> usize {
    let events = motion(device, rate, clock);
    let bytes = recorded(&events);
    bytes * 100 / events.len()
}

const DEVICES: [Device; 4] =
    [Device::Mouse { counts: 4.0 }, Device::Mouse { counts: 16.0 }, Device::Tablet, Device::Software];

#[test]
fn at_8_khz_a_move_takes_at_most_two_and_a_half_bytes() {
    for clock in [Clock::Millis, Clock::Micros] {
        for device in DEVICES {
            let cost = cost(device, 8000, clock);
            assert!(cost <= 250, "{device:?}, {clock:?}: {cost}");
        }
    }
}

#[test]
fn at_1_khz_a_move_by_the_servers_clock_takes_at_most_two_and_a_half_bytes() {
    for device in DEVICES {
        let cost = cost(device, 1000, Clock::Millis);
        assert!(cost <= 250, "{device:?}: {cost}");
    }
}

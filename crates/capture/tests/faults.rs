//! A thousand faults, drawn by lot and several in each recording: whatever breaks, and whenever, what must be withheld is in no recording.

mod desk;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use understudy_capture::synthetic::{Part, Synthetic, SyntheticOptions};
use understudy_core::backend::{Accessibility, AtStop, Backend, Batch, ElementEvent, Indicator, Platform, Waker};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::frame::Size;
use understudy_core::identity::Identity;
use understudy_core::journal::SignedLine;
use understudy_core::pipeline::Recorder;
use understudy_core::policy::Policy;
use understudy_core::receipt::Receipt;
use understudy_core::seal::SealedChunk;
use understudy_core::segment::SegmentId;
use understudy_core::sink::{MemoryFiles, MemorySink, PublicFile, SegmentHeader, Sink};
use understudy_core::track::Tracks;

use desk::{Desk, asap, config, terms, wait_for};

/// How many faults happen in all, at least.
const FAULTS: usize = 1000;
/// Most of them happen while the script types, the first seconds of it into what is harmless.
const LENGTH: u64 = 12;

/// What goes wrong in a recording.
#[derive(Clone, Debug, Default)]
struct Plan {
    panic_at: Option<(Part, Time)>,
    lost_at: Option<Time>,
    bus: Bus,
    disk: Disk,
    /// The clock goes on by so much at once, when the bus is heard for the so-manieth time.
    jump: Option<(usize, Duration)>,
    /// Pauses after these milliseconds, each followed by going on after the next.
    pauses: Vec<u64>,
    /// Nobody waits for the script's end.
    stops_early: bool,
}

/// What becomes of the accessibility bus after so many polls.
#[derive(Clone, Copy, Debug, Default)]
enum Bus {
    #[default]
    Works,
    /// There is none from the start.
    Missing,
    Dies(usize),
    /// It says nothing any more.
    Hangs(usize),
    /// What it says comes one poll later.
    IsLate(usize),
    /// It calls every field a harmless one, but in windows of applications that are not asked.
    Repeats(usize),
}

#[derive(Clone, Copy, Debug, Default)]
enum Disk {
    #[default]
    Works,
    /// From this operation on each one fails.
    Full(usize),
    /// This one fails, once.
    Hiccups(usize),
}

impl Plan {
    fn draw(chance: &mut Chance) -> Self {
        let mut plan = Self { stops_early: chance.one_in(8), ..Self::default() };
        let moment = |chance: &mut Chance| Time::from_nanos(chance.below(LENGTH * 1000) * 1_000_000);
        // Two or three at once, of different kinds.
        for _ in 0..2 + chance.below(2) {
            match chance.below(5) {
                0 => {
                    let parts = [Part::Watcher, Part::Accessibility, Part::Hook, Part::Capturer];
                    plan.panic_at = Some((parts[chance.below(4) as usize], moment(chance)));
                }
                1 => plan.lost_at = Some(moment(chance)),
                2 => {
                    let polls = chance.below(40) as usize;
                    let kinds =
                        [Bus::Missing, Bus::Dies(polls), Bus::Hangs(polls), Bus::IsLate(polls), Bus::Repeats(polls)];
                    plan.bus = kinds[chance.below(5) as usize];
                }
                3 => {
                    let operation = chance.below(200) as usize;
                    plan.disk = if chance.one_in(2) { Disk::Full(operation) } else { Disk::Hiccups(operation) };
                }
                _ if chance.one_in(2) => {
                    plan.jump = Some((chance.below(40) as usize, Duration::from_millis(chance.below(3000))));
                }
                _ => plan.pauses = (0..2 + 2 * chance.below(2)).map(|_| chance.below(6)).collect(),
            }
        }
        plan
    }

    fn count(&self) -> usize {
        let kinds = [
            self.panic_at.is_some(),
            self.lost_at.is_some(),
            !matches!(self.bus, Bus::Works),
            !matches!(self.disk, Disk::Works),
            self.jump.is_some(),
            self.stops_early,
        ];
        kinds.iter().filter(|happens| **happens).count() + self.pauses.len() / 2
    }
}

/// The same numbers each time: what fails can be played again.
struct Chance(u64);

impl Chance {
    /// SplitMix64.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// The synthetic desktop, on a bus and a clock with faults.
struct Faulty {
    inner: Synthetic,
    plan: Plan,
    clock: Mutex<Option<Clock>>,
}

impl Platform for Faulty {
    fn clock(&self) -> Clock {
        let clock = self.inner.clock();
        *self.clock.lock().expect("the clock") = Some(clock.clone());
        clock
    }

    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend> {
        let mut backend = self.inner.open(tracks, clock)?;
        let listen = |inner| -> Box<dyn Accessibility> {
            let (bus, jump, clock) = (self.plan.bus, self.plan.jump, clock.clone());
            Box::new(FaultyBus { inner, bus, jump, clock, polls: 0, late: Batch::default() })
        };
        backend.accessibility = match self.plan.bus {
            Bus::Missing => None,
            _ => backend.accessibility.map(listen),
        };
        Ok(backend)
    }

    fn indicator(&self, clock: &Clock, at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        self.inner.indicator(clock, at_stop)
    }
}

struct FaultyBus {
    inner: Box<dyn Accessibility>,
    bus: Bus,
    jump: Option<(usize, Duration)>,
    clock: Clock,
    polls: usize,
    late: Batch<ElementEvent>,
}

impl Accessibility for FaultyBus {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()> {
        let mut heard = Batch::default();
        self.inner.poll(wait, &mut heard)?;
        self.polls += 1;
        if let Some((polls, by)) = self.jump
            && polls == self.polls
        {
            self.clock.advance(self.clock.now().after(by));
        }
        match self.bus {
            Bus::Dies(polls) if self.polls > polls => return Err(Error::new(ErrorKind::Io, "the bus is gone")),
            Bus::Hangs(polls) if self.polls > polls => {}
            Bus::IsLate(polls) if self.polls > polls => *out = std::mem::replace(&mut self.late, heard),
            Bus::Repeats(polls) if self.polls > polls => {
                let again = heard.samples.clone();
                *out = heard;
                out.samples.extend(again);
            }
            _ => *out = heard,
        }
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.inner.waker()
    }

    fn prompter(&self) -> Waker {
        self.inner.prompter()
    }
}

struct FaultyDisk {
    inner: MemorySink,
    disk: Disk,
    operations: usize,
}

impl FaultyDisk {
    fn operate(&mut self) -> Result<()> {
        self.operations += 1;
        let fails = match self.disk {
            Disk::Works => false,
            Disk::Full(operation) => self.operations > operation,
            Disk::Hiccups(operation) => self.operations == operation,
        };
        if fails { Err(Error::new(ErrorKind::DiskFull, "no space left")) } else { Ok(()) }
    }
}

impl Sink for FaultyDisk {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        self.operate()?;
        self.inner.put(file)
    }
    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        self.operate()?;
        self.inner.begin(header)
    }
    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()> {
        self.operate()?;
        self.inner.append(segment, chunk)
    }
    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        self.operate()?;
        self.inner.journal(line)
    }
    fn sync(&mut self, segment: SegmentId) -> Result<()> {
        self.operate()?;
        self.inner.sync(segment)
    }
    fn end(&mut self, segment: SegmentId) -> Result<()> {
        self.operate()?;
        self.inner.end(segment)
    }
    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        self.operate()?;
        self.inner.forget(lines, gone)
    }
    fn finish(&mut self) -> Result<()> {
        self.operate()?;
        self.inner.finish()
    }
}

/// What is typed into Vault.
const SECRET: &[u8] = b"s3cret";

/// Records with what goes wrong; `None` where nothing could be begun.
fn record(plan: &Plan, policy: &Policy) -> Option<Desk> {
    let options = SyntheticOptions {
        size: Size { width: 480, height: 270 },
        duration: Duration::from_secs(LENGTH),
        fps: 10,
        accessibility: true,
        fail_at: plan.lost_at,
        panic_at: plan.panic_at,
        ..asap(30)
    };
    let inner = Synthetic::new(options);
    let (script, probe) = (inner.script(), inner.clone());
    let files = MemoryFiles::default();
    let sink = FaultyDisk { inner: MemorySink(Arc::clone(&files)), disk: plan.disk, operations: 0 };
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let platform = Faulty { inner, plan: plan.clone(), clock: Mutex::default() };
    let recorder = Recorder::start(Box::new(platform), config(receipt, policy.clone()), || Ok(Box::new(sink))).ok()?;
    let desk = Desk { identity, files, script, finished: Box::new(move || probe.finished()), recorder };
    for pause in plan.pauses.chunks_exact(2) {
        std::thread::sleep(Duration::from_millis(pause[0]));
        // A recorder that has failed cannot be paused.
        let _paused = desk.recorder.pause();
        std::thread::sleep(Duration::from_millis(pause[1]));
        let _resumed = desk.recorder.resume();
    }
    if !plan.stops_early {
        wait_for("an end", || (desk.finished)() || desk.recorder.state().is_over());
    }
    let _failure = desk.recorder.stop();
    Some(desk)
}

#[test]
fn a_thousand_faults_and_nothing_that_must_be_withheld() {
    let trusting = |policy: Policy| policy.trusting(["Editor", "Terminal"].map(String::from)).expect("policy");
    let excluding = trusting(Policy::excluding(["Vault".into()]).expect("policy"));
    let including = trusting(Policy::default());
    let (mut faults, mut recordings, mut items_told, mut pictures) = (0, 0, 0, 0);
    for seed in 0.. {
        let plan = Plan::draw(&mut Chance(seed));
        let excluded = seed % 2 == 0;
        let Some(desk) = record(&plan, if excluded { &excluding } else { &including }) else {
            faults += 1;
            continue;
        };
        faults += plan.count();
        recordings += 1;
        let files = desk.source().0;
        let is_told = |bytes: &Vec<u8>| bytes.windows(SECRET.len()).any(|run| run == SECRET);
        assert!(!files.values().any(is_told), "{seed}: {plan:?}");
        if files.is_empty() {
            continue;
        }
        let (_, items, _) = desk.open();
        items_told += items.len();
        // Where one fails, its plan is the last that was printed.
        println!("{seed}: {plan:?}");
        if excluded {
            desk.assert_untold(&items, "Vault");
            pictures += desk.assert_painted_over("Vault");
        } else {
            desk.assert_keys_untold(&items, "Vault");
        }
        if faults >= FAULTS {
            break;
        }
    }
    println!("{faults} faults, {recordings} recordings, {items_told} items, {pictures} pictures with Vault in them");
    assert!(items_told > 10_000 && pictures > 1_000, "{items_told} items and {pictures} pictures are few");
}

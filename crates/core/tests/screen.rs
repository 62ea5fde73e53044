//! The screen's way through the recorder, from a capturer that hands out what a test draws: audits, masks, the cap on the rate.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]

mod agreed;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use understudy_core::backend::{
    AtStop, Backend, Batch, Capturer, Indicator, Patch, Platform, Scene, ScreenSink, Shot, Shown, Waker, Watcher,
};
use understudy_core::clock::Clock;
use understudy_core::error::Result;
use understudy_core::event::{App, ContextEvent, Window};
use understudy_core::frame::{Frame, PixelFormat, Rect, Size};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, NoticeName};
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use self::agreed::{config, terms};

const SIZE: Size = Size { width: 200, height: 120 };
const JUNK: u32 = 0xc000_0000;

/// What the capturer is to hand out: patches of a picture.
struct Step {
    size: Size,
    format: PixelFormat,
    pixels: Vec<u32>,
    rects: Vec<Rect>,
    reported: Option<Vec<Rect>>,
    windows: Vec<Window>,
}

/// A capturer that is told what to see.
struct Easel {
    steps: Arc<Mutex<Receiver<Step>>>,
    answers: Sender<bool>,
    clock: Clock,
}

impl Capturer for Easel {
    fn poll(&mut self, _wait: Option<Duration>, out: &mut dyn ScreenSink) -> Result<()> {
        let step = match self.steps.lock().unwrap().recv_timeout(Duration::from_millis(2)) {
            Ok(step) => step,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let bytes: Vec<u8> = step.pixels.iter().flat_map(|pixel| (pixel | JUNK).to_le_bytes()).collect();
        let stride = step.size.width as usize * 4;
        let patch = |rect: &Rect| Patch {
            rect: *rect,
            stride,
            pixels: &bytes[rect.y as usize * stride + rect.x as usize * 4..],
        };
        let patches: Vec<Patch<'_>> = step.rects.iter().map(patch).collect();
        let shown = |window: &Window| Shown { window: window.clone(), covers: true, popup: false };
        let scene = Scene { windows: step.windows.iter().map(shown).collect(), ..Scene::default() };
        let now = self.clock.now();
        let changed = out.shot(Shot {
            time: now,
            noticed: now,
            size: step.size,
            format: step.format,
            patches: &patches,
            reported: step.reported.as_deref(),
            scenes: Some(std::slice::from_ref(&scene)),
            passed: 0,
            leaves: false,
        });
        // A test that has ended asks no more.
        let _ = self.answers.send(changed);
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn refresh(&mut self, _rect: Rect) {}
}

struct Nothing;

impl Watcher for Nothing {
    fn poll(&mut self, wait: Option<Duration>, _out: &mut Batch<ContextEvent>) -> Result<()> {
        std::thread::sleep(wait.unwrap_or(Duration::from_millis(2)).min(Duration::from_millis(2)));
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn resync(&mut self) {}
}

struct Studio {
    steps: Arc<Mutex<Receiver<Step>>>,
    answers: Sender<bool>,
}

impl Platform for Studio {
    fn indicator(&self, _clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        Ok(None)
    }

    fn open(&self, _tracks: Tracks, clock: &Clock) -> Result<Backend> {
        let easel = Easel { steps: Arc::clone(&self.steps), answers: self.answers.clone(), clock: clock.clone() };
        Ok(Backend {
            hook: None,
            capturer: Some(Box::new(easel)),
            watcher: Box::new(Nothing),
            accessibility: None,
            texts: None,
        })
    }
}

/// A recorder whose screen is a test's.
struct Desk {
    recorder: Recorder,
    identity: Identity,
    files: MemoryFiles,
    steps: Sender<Step>,
    answers: Receiver<bool>,
    format: PixelFormat,
}

fn desk(policy: Policy, format: PixelFormat) -> Desk {
    let identity = Identity::random();
    let tracks: Tracks = [Track::Screen].into_iter().collect();
    let receipt = Receipt::sign(&terms(tracks), &identity).unwrap();
    let (steps, wanted) = channel();
    let (given, answers) = channel();
    let studio = Studio { steps: Arc::new(Mutex::new(wanted)), answers: given };
    let files = MemoryFiles::default();
    let config =
        Config { tracks, max_fps: 240, flush: Duration::ZERO, platform: "easel".into(), ..config(receipt, policy) };
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(Box::new(studio), config, || Ok(Box::new(MemorySink(sink)))).unwrap();
    Desk { recorder, identity, files, steps, answers, format }
}

impl Desk {
    /// Shows rectangles of a picture; says whether that changed the recorded one.
    fn show(&self, pixels: &[u32], rects: &[Rect], reported: Option<&[Rect]>, windows: &[Window]) -> bool {
        self.show_sized(SIZE, pixels, rects, reported, windows)
    }

    fn show_sized(
        &self,
        size: Size,
        pixels: &[u32],
        rects: &[Rect],
        reported: Option<&[Rect]>,
        windows: &[Window],
    ) -> bool {
        let step = Step {
            size,
            format: self.format,
            pixels: pixels.to_vec(),
            rects: rects.to_vec(),
            reported: reported.map(<[Rect]>::to_vec),
            windows: windows.to_vec(),
        };
        self.steps.send(step).unwrap();
        self.answers.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// An audit: the whole screen, of which these rectangles were reported as changed.
    fn audit(&self, pixels: &[u32], reported: &[Rect], windows: &[Window]) -> bool {
        self.show(pixels, &[SIZE.bounds()], Some(reported), windows)
    }

    fn journal(&self) -> Vec<Entry> {
        let source = MemorySource(self.files.lock().unwrap().clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        verified.body.unwrap().journal.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Ends it; answers the last picture, and what was counted as missed.
    fn stop(self) -> (Frame, Vec<u64>) {
        self.recorder.stop().unwrap();
        let source = MemorySource(self.files.lock().unwrap().clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let body = verified.body.as_ref().unwrap();
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).unwrap();
        let mut last = None;
        while let Some(item) = reader.next_item().unwrap() {
            if matches!(item.value, ItemValue::Frame(_)) {
                last = reader.picture().cloned();
            }
        }
        let missed = self.journal().into_iter().filter_map(|entry| match entry {
            Entry::Notice { notice: NoticeName::MissedDamage, count, .. } => count,
            _ => None,
        });
        let missed: Vec<u64> = missed.collect();
        assert_eq!(self.recorder.stats().missed_damage, missed.iter().sum::<u64>());
        (last.unwrap(), missed)
    }
}

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn plain() -> Vec<u32> {
    (0..SIZE.area() as u32).map(|at| at % 7 * 0x0001_0203).collect()
}

fn paint(pixels: &mut [u32], rect: Rect, color: u32) {
    for y in rect.y..rect.y + rect.height as i32 {
        let start = (y as u32 * SIZE.width) as usize + rect.x as usize;
        pixels[start..start + rect.width as usize].fill(color);
    }
}

fn vault(bounds: Rect) -> Window {
    Window { id: 1, app: Some(App { id: "Vault".into(), instance: "vault".into() }), title: String::new(), bounds }
}

#[test]
fn an_audit_counts_exactly_what_nobody_reported_and_records_it() {
    let desk = desk(Policy::default(), PixelFormat::Bgrx8);
    let mut pixels = plain();
    assert!(desk.show(&pixels, &[SIZE.bounds()], None, &[]), "the first picture");
    assert!(!desk.audit(&pixels, &[], &[]), "nothing changed");
    paint(&mut pixels, rect(30, 30, 10, 4), 0x00ab_cdef);
    paint(&mut pixels, rect(150, 100, 2, 2), 0x0012_3456);
    // Of the forty pixels five columns were reported; the other ones and the four are missed.
    assert!(desk.audit(&pixels, &[rect(30, 20, 5, 50), rect(0, 0, 3, 3)], &[]));
    assert!(!desk.audit(&pixels, &[], &[]), "it was recorded");
    paint(&mut pixels, rect(0, 0, 4, 4), 0x0000_00ff);
    assert!(desk.audit(&pixels, &[rect(0, 0, 4, 4)], &[]), "reported, and no miss");
    // Damage that changed nothing is no picture.
    assert!(!desk.show(&pixels, &[rect(10, 10, 50, 50)], None, &[]));
    let (picture, missed) = desk.stop();
    assert_eq!(picture.pixels(), pixels);
    assert_eq!(missed, [24]);
}

#[test]
fn an_audit_neither_counts_nor_shows_what_is_masked() {
    let desk = desk(Policy::excluding(["vault".into()]).unwrap(), PixelFormat::Bgrx8);
    let (secret, first, second) = (0x00fe_0107, rect(20, 20, 60, 40), rect(50, 30, 60, 40));
    let mut pixels = plain();
    paint(&mut pixels, first, secret);
    assert!(desk.show(&pixels, &[SIZE.bounds()], None, &[vault(first)]));
    paint(&mut pixels, first, secret + 1);
    assert!(!desk.audit(&pixels, &[], &[vault(first)]), "it changes behind its mask");
    // It moves, and damage tells nothing: what it uncovers was painted over, which is nobody's miss; one pixel elsewhere is.
    let mut moved = plain();
    paint(&mut moved, second, secret);
    paint(&mut moved, rect(190, 110, 1, 1), 0x0011_1111);
    assert!(desk.audit(&moved, &[], &[vault(second)]));
    let (picture, missed) = desk.stop();
    assert_eq!(missed, [1]);
    paint(&mut moved, second, PixelFormat::Bgrx8.mask_color());
    assert_eq!(picture.pixels(), moved);
}

#[test]
fn an_audit_of_a_screen_that_cannot_be_judged_counts_nothing() {
    let desk = desk(Policy::excluding(["vault".into()]).unwrap(), PixelFormat::Bgrx8);
    let unknown = Window { app: None, ..vault(rect(0, 0, 100, 120)) };
    let mut pixels = plain();
    assert!(desk.show(&pixels, &[SIZE.bounds()], None, &[]));
    paint(&mut pixels, rect(10, 10, 20, 20), 0x0077_7777);
    assert!(desk.audit(&pixels, &[], std::slice::from_ref(&unknown)), "a window of nobody known is painted over");
    let (picture, missed) = desk.stop();
    assert!(missed.is_empty());
    assert!(!picture.pixels().contains(&0x0077_7777));
}

#[test]
fn an_audit_at_another_size_is_a_new_picture() {
    let desk = desk(Policy::default(), PixelFormat::Bgrx8);
    assert!(desk.show(&plain(), &[SIZE.bounds()], None, &[]));
    let other = Size { width: 120, height: 200 };
    assert!(desk.show_sized(other, &plain(), &[other.bounds()], Some(&[]), &[]));
    assert!(!desk.show_sized(other, &plain(), &[other.bounds()], Some(&[]), &[]));
    let (picture, missed) = desk.stop();
    assert_eq!((picture.size(), picture.pixels()), (other, &plain()[..]));
    assert!(missed.is_empty(), "there was nothing to compare with");
}

#[test]
fn an_audit_of_thirty_bits_sees_each_of_them_and_no_other() {
    let desk = desk(Policy::default(), PixelFormat::Bgrx10);
    let mut pixels = plain();
    assert!(desk.show(&pixels, &[SIZE.bounds()], None, &[]));
    pixels[777] ^= JUNK;
    assert!(!desk.audit(&pixels, &[], &[]), "the top bits mean nothing");
    pixels[778] ^= 1 << 29;
    assert!(desk.audit(&pixels, &[], &[]));
    assert_eq!(desk.stop().1, [1]);
}

#[test]
fn a_recording_without_a_picture_has_a_segment_without_a_record() {
    let desk = desk(Policy::default(), PixelFormat::Bgrx8);
    desk.recorder.stop().unwrap();
    let source = MemorySource(desk.files.lock().unwrap().clone());
    assert!(source.0.contains_key("screen/000000.seg"), "it is begun before the first picture");
    let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
    assert_eq!(verified.status, Status::Intact);
    let body = verified.body.as_ref().unwrap();
    let opener = desk.identity.opening(&body.receipt).expect("derives");
    let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).unwrap();
    assert!(reader.next_item().unwrap().is_none());
}

/// Shows noise until so much was coded that pictures come less often.
fn cap(desk: &Desk, size: Size, seed: &mut u32) {
    let began = Instant::now();
    let caps = |entries: &[Entry]| {
        entries.iter().filter(|entry| matches!(entry, Entry::Notice { notice: NoticeName::RateCapped, .. })).count()
    };
    let before = caps(&desk.journal());
    while caps(&desk.journal()) == before {
        assert!(began.elapsed() < Duration::from_secs(100), "the rate is never capped");
        let noise = std::iter::repeat_with(|| {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *seed >> 8
        });
        let pixels: Vec<u32> = noise.take(size.area()).collect();
        assert!(desk.show_sized(size, &pixels, &[size.bounds()], None, &[]));
    }
}

#[test]
fn a_cap_on_the_rate_ends_in_the_journal_before_a_pause_and_before_the_stop() {
    let desk = desk(Policy::default(), PixelFormat::Bgrx8);
    let (size, mut seed) = (Size { width: 2400, height: 1800 }, 1);
    cap(&desk, size, &mut seed);
    desk.recorder.pause().unwrap();
    desk.recorder.resume().unwrap();
    cap(&desk, size, &mut seed);
    desk.recorder.stop().unwrap();
    let notable = desk.journal().into_iter().filter_map(|entry| match entry {
        Entry::Notice { notice: NoticeName::RateCapped, .. } => Some("capped"),
        Entry::Notice { notice: NoticeName::RateRestored, .. } => Some("restored"),
        Entry::Pause {} => Some("pause"),
        Entry::Resume {} => Some("resume"),
        Entry::Stop { .. } => Some("stop"),
        _ => None,
    });
    let notable: Vec<&str> = notable.collect();
    assert_eq!(notable, ["capped", "restored", "pause", "resume", "capped", "restored", "stop"]);
}

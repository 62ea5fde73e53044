//! A scripted desktop without a display: two or three applications, someone who types, clicks, scrolls and drags,
//! and pictures that are really drawn. The same options give the same script on every machine.
//!
//! With [`SyntheticOptions::asap`] it runs on a manual clock as fast as it is polled: the parts then take
//! turns in the order of the script's time, so that no thread runs ahead of another.

mod author;
mod desktop;
mod script;
mod stage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use understudy_core::backend::{
    Accessibility, AtStop, Backend, Batch, Capturer, ElementEvent, Hook, Indicator, Notice, NoticeKind, Patch,
    Platform, Scene, ScreenSink, Shot, Shown, Waker, Watcher,
};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::event::{ContextEvent, InputEvent, KeyboardAction, KeyboardEvent, Modifiers, Sample, Window};
use understudy_core::frame::{Frame, PixelFormat, Rect, Size};
use understudy_core::track::{Track, Tracks};

pub use self::script::Script;
use self::stage::{Stage, Turn};

/// What is played, and what goes wrong while it is.
#[derive(Clone, Debug)]
pub struct SyntheticOptions {
    /// Another seed, another text and other ways of the pointer.
    pub seed: u64,
    /// Of the desktop.
    pub size: Size,
    /// How its pixels lie.
    pub format: PixelFormat,
    /// Pictures a second at most; a desktop on which nothing changes gives none.
    pub fps: u32,
    /// How long the script is, in its own time.
    pub duration: Duration,
    /// As fast as it is polled, on a manual clock; otherwise in real time.
    pub asap: bool,
    /// Movements of the pointer a second, while it moves.
    pub motion_hz: u32,
    /// Every picture differs from the one before, by a spinner in a corner.
    pub animate: bool,
    /// Whether its applications tell what is in their windows.
    pub accessibility: bool,
    /// The desktop has another size from then on.
    pub resize_at: Option<(Time, Size)>,
    /// From then on every poll answers `DisplayLost`.
    pub fail_at: Option<Time>,
    /// This part panics then.
    pub panic_at: Option<(Part, Time)>,
}

impl Default for SyntheticOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            size: Size { width: 1280, height: 720 },
            format: PixelFormat::Bgrx8,
            fps: 30,
            duration: Duration::from_secs(10),
            asap: false,
            motion_hz: 125,
            animate: false,
            accessibility: false,
            resize_at: None,
            fail_at: None,
            panic_at: None,
        }
    }
}

/// One of the parts of a backend. Where they have something at the same time, they take turns in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Context.
    Watcher,
    /// What is in a window.
    Accessibility,
    /// Input.
    Hook,
    /// Screen.
    Capturer,
}

impl Part {
    /// How many there are.
    const COUNT: usize = 4;
}

/// The scripted platform.
#[derive(Clone, Debug)]
pub struct Synthetic {
    script: Arc<Script>,
    finished: Arc<AtomicBool>,
    /// Whether it was opened before: the second time is after a pause, and goes on where the script is by then.
    opened: Arc<AtomicBool>,
}

impl Synthetic {
    /// Writes the script; nothing plays before `open`.
    pub fn new(options: SyntheticOptions) -> Self {
        Self { script: Arc::new(Script::write(options)), finished: Arc::default(), opened: Arc::default() }
    }

    /// What is played, to compare a recording with.
    pub fn script(&self) -> Arc<Script> {
        Arc::clone(&self.script)
    }

    /// Whether every part has handed out all it had and was polled again. Clones share the answer.
    pub fn finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }
}

impl Platform for Synthetic {
    fn clock(&self) -> Clock {
        if self.script.options().asap { Clock::manual() } else { Clock::start() }
    }

    /// Nobody works there.
    fn indicator(&self, _clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        Ok(None)
    }

    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend> {
        let input = tracks.contains(Track::Pointer) || tracks.contains(Track::Keyboard);
        let screen = tracks.contains(Track::Screen);
        let accessible = self.script.options().accessibility;
        let open =
            [(Part::Watcher, true), (Part::Accessibility, accessible), (Part::Hook, input), (Part::Capturer, screen)];
        let parts: Vec<Part> = open.into_iter().filter_map(|(part, open)| open.then_some(part)).collect();
        let stage = Arc::new(Stage::new(clock.clone(), &parts, self.script.options(), Arc::clone(&self.finished)));
        let resync = self.opened.swap(true, Ordering::AcqRel);
        let now = clock.now();
        let seat = |part| Seat {
            part,
            stage: Arc::clone(&stage),
            script: Arc::clone(&self.script),
            next: match part {
                Part::Hook if resync => self.script.inputs().partition_point(|sample| sample.time <= now),
                Part::Watcher if resync => self.script.contexts().partition_point(|sample| sample.time <= now),
                Part::Accessibility if resync => self.script.elements().partition_point(|sample| sample.time <= now),
                _ => 0,
            },
        };
        Ok(Backend {
            hook: input.then(|| -> Box<dyn Hook> { Box::new(Player { seat: seat(Part::Hook), resync, tracks }) }),
            capturer: screen.then(|| -> Box<dyn Capturer> { Box::new(Camera::new(seat(Part::Capturer))) }),
            watcher: Box::new(Observer { seat: seat(Part::Watcher), resync }),
            accessibility: accessible
                .then(|| -> Box<dyn Accessibility> { Box::new(Prompter { seat: seat(Part::Accessibility), resync }) }),
            texts: None,
        })
    }
}

/// What each part has: its place on the stage and in the script.
struct Seat {
    part: Part,
    stage: Arc<Stage>,
    script: Arc<Script>,
    next: usize,
}

impl Seat {
    /// Waits for the part's turn. `None`: nothing is due, the poll returns empty.
    fn turn(&self, next: Option<Time>, wait: Option<Duration>) -> Result<Option<Time>> {
        let turn = self.stage.turn(self.part, next, wait);
        let options = self.script.options();
        let now = self.stage.clock().now();
        if options.fail_at.is_some_and(|at| at <= now) {
            return Err(Error::new(ErrorKind::DisplayLost, "the synthetic display went away, as scripted"));
        }
        if options.panic_at.is_some_and(|(part, at)| part == self.part && at <= now) {
            panic!("the synthetic {:?} panics, as scripted", self.part);
        }
        Ok(match turn {
            Turn::Due => Some(now),
            Turn::Idle => None,
        })
    }

    fn waker(&self) -> Waker {
        let (stage, part) = (Arc::clone(&self.stage), self.part);
        Waker::new(move || stage.wake(part))
    }

    /// Copies what is due out of the script.
    fn take<T: Clone>(&mut self, all: &[Sample<T>], now: Time, out: &mut Batch<T>, wanted: impl Fn(&T) -> bool) {
        let due = all[self.next..].iter().take_while(|sample| sample.time <= now);
        let taken = due.clone().count();
        out.samples.extend(due.filter(|sample| wanted(&sample.value)).cloned());
        self.next += taken;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.stage.leave(self.part);
    }
}

struct Player {
    seat: Seat,
    resync: bool,
    tracks: Tracks,
}

impl Hook for Player {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<InputEvent>) -> Result<()> {
        let script = Arc::clone(&self.seat.script);
        if std::mem::take(&mut self.resync) {
            let time = self.seat.stage.clock().now();
            self.seat.take(script.inputs(), time, out, |event| wanted(self.tracks, event));
            // The script holds Shift only within one key, so that a fresh look finds nothing held.
            let keyboard =
                |action| InputEvent::Keyboard(KeyboardEvent { modifiers: Modifiers::NONE, injected: true, action });
            if self.tracks.contains(Track::Keyboard) {
                out.samples.push(Sample { time, value: keyboard(KeyboardAction::Layout(Script::layout())) });
                out.samples.push(Sample { time, value: keyboard(KeyboardAction::Modifiers) });
            }
            return Ok(());
        }
        let next = script.inputs().get(self.seat.next).map(|sample| sample.time);
        if let Some(now) = self.seat.turn(next, wait)? {
            self.seat.take(script.inputs(), now, out, |event| wanted(self.tracks, event));
        }
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.seat.waker()
    }

    fn resync(&mut self) {
        self.resync = true;
    }
}

fn wanted(tracks: Tracks, event: &InputEvent) -> bool {
    tracks.contains(match event {
        InputEvent::Pointer(_) => Track::Pointer,
        InputEvent::Keyboard(_) => Track::Keyboard,
    })
}

struct Observer {
    seat: Seat,
    resync: bool,
}

impl Watcher for Observer {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ContextEvent>) -> Result<()> {
        let script = Arc::clone(&self.seat.script);
        if std::mem::take(&mut self.resync) {
            let now = self.seat.stage.clock().now();
            self.seat.take(script.contexts(), now, out, |_| true);
            out.samples.extend(script.context_at(now).into_iter().map(|value| Sample { time: now, value }));
            return Ok(());
        }
        let next = script.contexts().get(self.seat.next).map(|sample| sample.time);
        if let Some(now) = self.seat.turn(next, wait)? {
            self.seat.take(script.contexts(), now, out, |_| true);
        }
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.seat.waker()
    }

    fn resync(&mut self) {
        self.resync = true;
    }
}

struct Prompter {
    seat: Seat,
    resync: bool,
}

impl Accessibility for Prompter {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()> {
        let script = Arc::clone(&self.seat.script);
        if std::mem::take(&mut self.resync) {
            let now = self.seat.stage.clock().now();
            self.seat.take(script.elements(), now, out, |_| true);
            out.samples.extend(script.field_at(now).map(|value| Sample { time: now, value }));
            return Ok(());
        }
        let next = script.elements().get(self.seat.next).map(|sample| sample.time);
        if let Some(now) = self.seat.turn(next, wait)? {
            self.seat.take(script.elements(), now, out, |_| true);
        }
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.seat.waker()
    }

    fn prompter(&self) -> Waker {
        // The script says when it asks.
        Waker::new(|| {})
    }
}

struct Camera {
    seat: Seat,
    shown: Option<(u64, Frame)>,
    refresh: Vec<Rect>,
    beam: Option<bool>,
}

impl Camera {
    fn new(seat: Seat) -> Self {
        Self { seat, shown: None, refresh: Vec::new(), beam: None }
    }
}

impl Capturer for Camera {
    fn poll(&mut self, wait: Option<Duration>, out: &mut dyn ScreenSink) -> Result<()> {
        let script = Arc::clone(&self.seat.script);
        let next = match (&self.shown, self.refresh.is_empty()) {
            (Some((index, _)), true) => script.next_frame(*index),
            (None, _) => Some(Time::ZERO),
            (Some(_), false) => Some(self.seat.stage.clock().now()),
        };
        let Some(now) = self.seat.turn(next, wait)? else { return Ok(()) };
        let index = script.index_at(now);
        let desktop = script.desktop(index);
        let frame = desktop.draw(index);
        let size = frame.size();
        let rects = match &self.shown {
            Some((_, shown)) if shown.size() == size => desktop::changed(shown, &frame),
            Some(_) => {
                out.notice(Notice { time: now, kind: NoticeKind::Resized(size) });
                vec![size.bounds()]
            }
            None => vec![size.bounds()],
        };
        let asked = self.refresh.drain(..).filter_map(|rect| rect.intersect(size.bounds()));
        let rects: Vec<Rect> = rects.into_iter().chain(asked).collect();
        if !rects.is_empty() {
            let bytes: Vec<u8> = frame.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
            let stride = size.width as usize * 4;
            let patch = |rect: Rect| {
                let start = rect.y.unsigned_abs() as usize * stride + rect.x.unsigned_abs() as usize * 4;
                let end = start + (rect.height as usize - 1) * stride + rect.width as usize * 4;
                Patch { rect, stride, pixels: &bytes[start..end] }
            };
            let patches: Vec<Patch<'_>> = rects.into_iter().map(patch).collect();
            let windows = desktop.windows().into_iter().map(as_shown).collect();
            let scene = Scene { windows, ..Scene::default() };
            out.shot(Shot {
                time: now,
                noticed: now,
                size,
                format: frame.format(),
                patches: &patches,
                reported: None,
                scenes: Some(std::slice::from_ref(&scene)),
                passed: 0,
                leaves: false,
            });
            let beam = desktop.beam();
            if self.beam != Some(beam) {
                self.beam = Some(beam);
                out.cursor_image(now, desktop::cursor(beam));
            }
            out.cursor_position(now, Some(desktop.pointer()));
        }
        self.shown = Some((index, frame));
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.seat.waker()
    }

    fn refresh(&mut self, rect: Rect) {
        self.refresh.push(rect);
    }
}

/// A window of the synthetic desktop, which is drawn anew for each picture: nothing shines through it.
fn as_shown(window: Window) -> Shown {
    Shown { window, covers: true, popup: false }
}

//! The system under that desktop: each of its sources passes on what a test tells it, and says that it did.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use understudy_core::backend::{
    Accessibility, AtStop, Backend, Batch, Capturer, ElementEvent, Hook, Indicator, Patch, Platform, Reading, Said,
    Scene, ScreenSink, Shot, Texts, Waker, Watcher,
};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::{ContextEvent, InputEvent, Sample};
use understudy_core::frame::{Frame, Rect};
use understudy_core::track::Tracks;

use super::{FORMAT, SIZE};

/// What a thread of the recorder is to be told, and that it was.
pub(super) struct Line<T> {
    told: Mutex<Receiver<T>>,
    heard: Sender<()>,
}

impl<T> Line<T> {
    pub(super) fn new() -> (Arc<Self>, Sender<T>, Receiver<()>) {
        let ((say, told), (heard, answers)) = (channel(), channel());
        (Arc::new(Self { told: Mutex::new(told), heard }), say, answers)
    }

    /// What there is next, after at most two milliseconds.
    fn next(&self, wait: Option<Duration>) -> Option<T> {
        let wait = wait.unwrap_or(Duration::from_millis(2)).min(Duration::from_millis(2));
        self.told.lock().unwrap().recv_timeout(wait).ok()
    }

    fn answer(&self) {
        // A test that has ended asks no more.
        let _ = self.heard.send(());
    }
}

/// A source that was given something says so when it is asked for more: then it has passed that on.
pub(super) struct Source<T> {
    line: Arc<Line<T>>,
    owes: bool,
}

impl<T> Source<T> {
    fn next(&mut self, wait: Option<Duration>) -> Option<T> {
        if std::mem::take(&mut self.owes) {
            self.line.answer();
        }
        let next = self.line.next(wait);
        self.owes = next.is_some();
        next
    }
}

impl<T> Drop for Source<T> {
    fn drop(&mut self) {
        if self.owes {
            self.line.answer();
        }
    }
}

impl Hook for Source<Sample<InputEvent>> {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<InputEvent>) -> Result<()> {
        out.samples.extend(self.next(wait));
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn resync(&mut self) {}
}

impl Watcher for Source<Sample<ContextEvent>> {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ContextEvent>) -> Result<()> {
        out.samples.extend(self.next(wait));
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn resync(&mut self) {}
}

pub(super) struct Fields {
    source: Source<Sample<ElementEvent>>,
    watched: Arc<Mutex<Vec<u64>>>,
}

impl Accessibility for Fields {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()> {
        out.samples.extend(self.source.next(wait));
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn prompter(&self) -> Waker {
        Waker::new(|| {})
    }

    fn watch(&mut self, fields: &[u64]) {
        *self.watched.lock().unwrap() = fields.to_vec();
    }
}

/// How the screen is by now, and how it was since the last shot.
pub(super) struct Screen {
    pub(super) time: Time,
    pub(super) picture: Frame,
    pub(super) scenes: Vec<Scene>,
    pub(super) leaves: bool,
    pub(super) gone: Option<(Time, Vec<u64>)>,
}

impl Capturer for Source<Screen> {
    fn poll(&mut self, wait: Option<Duration>, out: &mut dyn ScreenSink) -> Result<()> {
        let Some(Screen { time, picture, scenes, leaves, gone }) = self.next(wait) else { return Ok(()) };
        if let Some((there, gone)) = gone {
            out.gone(there, &gone);
        }
        let bytes: Vec<u8> = picture.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        let patches = [Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &bytes }];
        out.shot(Shot {
            time,
            noticed: time,
            size: SIZE,
            format: FORMAT,
            patches: &patches,
            reported: None,
            scenes: Some(&scenes),
            passed: scenes.len() - 1,
            leaves,
        });
        Ok(())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }

    fn refresh(&mut self, _rect: Rect) {}
}

pub(super) struct Puppet {
    pub(super) clock: Clock,
    pub(super) keys: Arc<Line<Sample<InputEvent>>>,
    pub(super) context: Arc<Line<Sample<ContextEvent>>>,
    pub(super) fields: Arc<Line<Sample<ElementEvent>>>,
    pub(super) screens: Arc<Line<Screen>>,
    pub(super) watched: Arc<Mutex<Vec<u64>>>,
    /// What windows say, where they do.
    pub(super) says: Option<Says>,
}

/// What each window says, and how often it was asked.
pub(super) type Says = Arc<Mutex<BTreeMap<u64, (Said, usize)>>>;

struct Pages {
    says: Says,
}

impl Texts for Pages {
    fn is_there(&mut self) -> Result<bool> {
        Ok(true)
    }

    fn read(&mut self, windows: &[u64]) -> Result<Vec<Reading>> {
        let mut says = self.says.lock().unwrap();
        let reading = |window: &u64| {
            let (said, asked) = says.get_mut(window)?;
            *asked += 1;
            Some(Reading { windows: vec![*window], said: said.clone() })
        };
        Ok(windows.iter().filter_map(reading).collect())
    }

    fn waker(&self) -> Waker {
        Waker::new(|| {})
    }
}

impl Platform for Puppet {
    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn indicator(&self, _clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        Ok(None)
    }

    fn open(&self, _tracks: Tracks, _clock: &Clock) -> Result<Backend> {
        let source = Source { line: Arc::clone(&self.fields), owes: false };
        let watched = Arc::clone(&self.watched);
        Ok(Backend {
            hook: Some(Box::new(Source { line: Arc::clone(&self.keys), owes: false })),
            capturer: Some(Box::new(Source { line: Arc::clone(&self.screens), owes: false })),
            watcher: Box::new(Source { line: Arc::clone(&self.context), owes: false }),
            accessibility: Some(Box::new(Fields { source, watched })),
            texts: self.says.clone().map(|says| Box::new(Pages { says }) as Box<dyn Texts>),
        })
    }
}

/// A way to tell a source something, and to hear that it has passed it on.
pub(super) struct Way<T> {
    pub(super) say: Sender<T>,
    pub(super) heard: Receiver<()>,
}

impl<T> Way<T> {
    pub(super) fn tell(&self, what: T) {
        self.say.send(what).unwrap();
        self.heard.recv_timeout(Duration::from_secs(30)).unwrap();
    }
}

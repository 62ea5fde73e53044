//! Coded pictures wait here, in memory only, until what was typed before them has been judged.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::backend::Scene;
use crate::clock::Time;
use crate::frame::{Rect, Size};
use crate::record::{Record, ScreenRecord};
use crate::redact::Redacted;

/// Most scenes that are remembered between two pictures.
const MAX_SCENES: usize = 512;
/// About what a window takes in a scene, and what each picture takes beside its bytes.
const WINDOW_BYTES: usize = 256;

/// A coded picture.
pub(in crate::pipeline) struct Picture {
    /// Its parts.
    pub(super) records: Vec<Redacted<Record>>,
    /// How many bytes those are.
    pub(super) bytes: usize,
    /// When the screen was seen to have changed.
    pub(super) noticed: Time,
    pub(super) layout: Layout,
}

/// How the windows lay in a picture, and since the one before.
pub(in crate::pipeline) struct Layout {
    pub(super) size: Size,
    pub(super) scenes: Vec<Arc<Scene>>,
    /// How many of them were over when it was grabbed.
    pub(super) passed: usize,
    pub(super) leaves: bool,
    /// For a while nobody knew how they lay.
    pub(super) lost: bool,
    /// What is painted over in it.
    pub(super) masks: Vec<Rect>,
}

/// Gathers scenes of shots that made no picture.
#[derive(Default)]
pub(super) struct Scenery {
    scenes: Vec<Arc<Scene>>,
    lost: bool,
    latest: Option<Arc<Scene>>,
}

impl Scenery {
    /// A shot had these scenes, or nobody knows which.
    pub(super) fn pass(&mut self, scenes: Option<&[Scene]>) {
        let Some(scenes) = scenes else {
            self.lost = true;
            return;
        };
        for scene in scenes {
            // Most are as the one before, and take no memory of their own.
            let scene =
                self.latest.take().filter(|latest| **latest == *scene).unwrap_or_else(|| Arc::new(scene.clone()));
            self.scenes.push(Arc::clone(&scene));
            self.latest = Some(scene);
        }
        if self.scenes.len() > MAX_SCENES {
            self.scenes.clear();
            self.lost = true;
        }
    }

    /// A picture was made of a shot of `count` scenes, of which so many were over: takes all that passed.
    pub(super) fn take(&mut self, size: Size, count: usize, passed: usize, leaves: bool, masks: Vec<Rect>) -> Layout {
        let scenes = std::mem::take(&mut self.scenes);
        let passed = scenes.len().saturating_sub(count.saturating_sub(passed));
        Layout { size, passed, scenes, leaves, lost: std::mem::take(&mut self.lost), masks }
    }
}

/// What of the screen waits.
pub(super) enum Waiting {
    /// The pointer's image and position.
    Cursor(Vec<Redacted<Record>>),
    Picture(Picture),
}

impl Waiting {
    fn records(&self) -> &[Redacted<Record>] {
        match self {
            Self::Cursor(records) | Self::Picture(Picture { records, .. }) => records,
        }
    }

    fn time(&self) -> Time {
        self.records().first().map_or(Time::ZERO, Redacted::time)
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Cursor(records) => records.iter().map(cursor_bytes).sum(),
            Self::Picture(picture) => {
                // Scenes that are shared count where they are first.
                let own = picture.layout.scenes.iter().filter(|scene| Arc::strong_count(scene) <= 2);
                picture.bytes + WINDOW_BYTES + own.map(|scene| scene_bytes(scene)).sum::<usize>()
            }
        }
    }
}

fn cursor_bytes(record: &Redacted<Record>) -> usize {
    match record.value() {
        Record::Screen(ScreenRecord::CursorImage(image)) => WINDOW_BYTES + image.pixels.len() * 4,
        _ => WINDOW_BYTES,
    }
}

fn scene_bytes(scene: &Scene) -> usize {
    scene.windows.len() * WINDOW_BYTES + scene.drawn.len() * size_of::<Rect>()
}

/// What of the screen waits, in its order, within a bounded memory.
pub(super) struct Pictures {
    waiting: VecDeque<(Waiting, usize, Time)>,
    bytes: usize,
    limit: usize,
}

impl Pictures {
    pub(super) fn new(limit: usize) -> Self {
        Self { waiting: VecDeque::new(), bytes: 0, limit }
    }

    /// Takes what came by `now`.
    pub(super) fn push(&mut self, waiting: Waiting, now: Time) {
        let bytes = waiting.bytes();
        self.bytes += bytes;
        self.waiting.push_back((waiting, bytes, now));
    }

    /// The next one, if it was captured before `until`, and how long it has waited here by `now`.
    pub(super) fn pop_before(&mut self, until: Time, now: Time) -> Option<(Waiting, Duration)> {
        let (waiting, bytes, since) = self.waiting.pop_front_if(|(waiting, ..)| waiting.time() < until)?;
        self.bytes -= bytes;
        Some((waiting, now.since(since)))
    }

    /// When the next one was captured.
    pub(super) fn next_time(&self) -> Option<Time> {
        self.waiting.front().map(|(waiting, ..)| waiting.time())
    }

    /// Whether more waits than may.
    pub(super) fn is_over(&self) -> bool {
        self.bytes > self.limit
    }

    /// Erases what `keep` does not want. Answers when the first of it was captured.
    pub(super) fn retain(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        let mut first: Option<Time> = None;
        self.waiting.retain(|(waiting, bytes, _)| {
            let kept = waiting.records().iter().all(|record| keep(record.time()));
            if !kept {
                self.bytes -= bytes;
                first = Some(first.map_or(waiting.time(), |first| first.min(waiting.time())));
            }
            kept
        });
        first
    }
}

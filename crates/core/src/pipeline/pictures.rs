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
/// Most places where something was drawn that are remembered of scenes that passed.
const MAX_DRAWN: usize = 256;
/// About what a window takes in a scene beside its title, and what each picture takes beside its bytes.
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
    /// Bytes of those scenes that no picture before has.
    bytes: usize,
}

/// Gathers scenes of shots that made no picture.
#[derive(Default)]
pub(super) struct Scenery {
    scenes: Vec<Arc<Scene>>,
    lost: bool,
    latest: Option<Arc<Scene>>,
    bytes: usize,
}

impl Scenery {
    /// A shot had these scenes, or nobody knows which.
    pub(super) fn pass(&mut self, scenes: Option<&[Scene]>) {
        let Some(scenes) = scenes else {
            self.lost = true;
            return;
        };
        if self.scenes.len() + scenes.len() > MAX_SCENES {
            // Those of this shot are always known.
            self.scenes.clear();
            self.bytes = 0;
            self.lost = true;
        }
        for (at, scene) in scenes.iter().enumerate() {
            // Many shots make no picture, while a window that is painted over draws: the windows lay as they did in the one before.
            let before = self.scenes.pop_if(|before| at == 0 && is_alike(before, scene));
            let scene = match before {
                Some(before) => self.share(&both(&before, scene)),
                None => self.share(scene),
            };
            self.scenes.push(scene);
        }
    }

    /// Most scenes are as the one before, and take no memory of their own.
    fn share(&mut self, scene: &Scene) -> Arc<Scene> {
        let same = self.latest.take().filter(|latest| **latest == *scene);
        let shared = same.unwrap_or_else(|| {
            self.bytes += scene_bytes(scene);
            Arc::new(scene.clone())
        });
        self.latest = Some(Arc::clone(&shared));
        shared
    }

    /// A picture was made of a shot of `count` scenes, of which so many were over: takes all that passed.
    pub(super) fn take(&mut self, size: Size, count: usize, passed: usize, leaves: bool, masks: Vec<Rect>) -> Layout {
        let scenes = std::mem::take(&mut self.scenes);
        let passed = scenes.len().saturating_sub(count.saturating_sub(passed));
        let (lost, bytes) = (std::mem::take(&mut self.lost), std::mem::take(&mut self.bytes));
        Layout { size, passed, scenes, leaves, lost, masks, bytes }
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
            Self::Picture(picture) => picture.bytes + WINDOW_BYTES + picture.layout.bytes,
        }
    }
}

fn is_alike(one: &Scene, other: &Scene) -> bool {
    (&one.windows, one.composed) == (&other.windows, other.composed)
}

/// Two scenes, one after the other, in which the windows lay the same way. What was drawn in them is told, or less of it.
fn both(before: &Scene, scene: &Scene) -> Scene {
    let mut both = scene.clone();
    both.drawn.extend(before.drawn.iter().filter(|rect| !scene.drawn.contains(rect)));
    both.drawn.truncate(MAX_DRAWN);
    both
}

fn cursor_bytes(record: &Redacted<Record>) -> usize {
    match record.value() {
        Record::Screen(ScreenRecord::CursorImage(image)) => WINDOW_BYTES + image.pixels.len() * 4,
        _ => WINDOW_BYTES,
    }
}

fn scene_bytes(scene: &Scene) -> usize {
    let titles: usize = scene.windows.iter().map(|shown| WINDOW_BYTES + shown.window.title.len()).sum();
    titles + scene.drawn.len() * size_of::<Rect>()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Shown;
    use crate::event::Window;

    const SIZE: Size = Size { width: 8, height: 8 };

    fn scene(title: &str) -> Scene {
        let window = Window { id: 1, app: None, title: title.into(), bounds: SIZE.bounds() };
        Scene { windows: vec![Shown { window, covers: true, popup: false }], ..Scene::default() }
    }

    #[test]
    fn a_scene_counts_once_and_with_its_titles() {
        let mut scenery = Scenery::default();
        let mut taken = |scenes: &[Scene]| {
            scenery.pass(Some(scenes));
            scenery.take(SIZE, scenes.len(), scenes.len() - 1, true, Vec::new()).bytes
        };
        assert_eq!(taken(&[scene("four"), scene("four")]), WINDOW_BYTES + 4);
        assert_eq!(taken(&[scene("four")]), 0, "the picture before has it");
        assert_eq!(taken(&[scene(""), scene("six..."), scene("six...")]), 2 * WINDOW_BYTES + 6);
    }

    #[test]
    fn what_passed_without_a_picture_is_over_in_the_next() {
        let mut scenery = Scenery::default();
        scenery.pass(Some(&[scene("a"), scene("b")]));
        scenery.pass(Some(&[scene("c"), scene("d")]));
        let layout = scenery.take(SIZE, 2, 1, true, Vec::new());
        assert_eq!((layout.scenes.len(), layout.passed, layout.lost), (4, 3, false));
    }

    #[test]
    fn shots_of_windows_that_stay_are_one_scene_with_all_that_was_drawn() {
        let drawn = |x: i32| Scene { drawn: vec![Rect { x, ..SIZE.bounds() }], ..scene("a") };
        let mut scenery = Scenery::default();
        for x in 0..2000 {
            scenery.pass(Some(&[drawn(x % 3)]));
        }
        let layout = scenery.take(SIZE, 1, 0, true, Vec::new());
        assert_eq!((layout.scenes.len(), layout.passed, layout.lost), (1, 0, false));
        let mut places: Vec<i32> = layout.scenes[0].drawn.iter().map(|rect| rect.x).collect();
        places.sort_unstable();
        assert_eq!(places, [0, 1, 2]);
    }

    #[test]
    fn of_too_many_the_latest_shots_are_known_and_that_others_are_not() {
        let mut scenery = Scenery::default();
        for at in 0..MAX_SCENES {
            scenery.pass(Some(&[scene(&at.to_string())]));
        }
        scenery.pass(Some(&[scene("x"), scene("y")]));
        let layout = scenery.take(SIZE, 2, 1, true, Vec::new());
        assert_eq!((layout.scenes.len(), layout.passed, layout.lost), (2, 1, true));
    }
}

//! Which parts of a picture show what must not be seen: windows by their stacking order, and what they left on the screen.
//!
//! A system that composes its screen anew takes a window's pixels away with the window. X does not: they stay until somebody draws there,
//! be it that nobody does. So a place that was painted over stays painted over until something was drawn there, and a while longer: what
//! was drawn is told in boxes, a little too large, and a compositor fades windows out. A window that is moved takes with it what was left
//! on it.

use std::time::Duration;

use crate::backend::{Scene, Shown};
use crate::clock::Time;
use crate::frame::{Rect, Size};
use crate::journal::WithheldReason;

/// How long a place that a window left stays painted over at least.
const LINGER: Duration = Duration::from_millis(500);
/// Places that were left are told apart up to this many.
const MAX_LEFT: usize = 64;
/// Scenes whose drawing counts from the next shot on. That of others does not count, which is no harm.
const MAX_LATE: usize = 256;
/// A place in more pieces than this is painted over as a whole.
const MAX_PIECES: usize = 128;

/// How the windows lay until a shot.
#[derive(Clone, Copy)]
pub(crate) struct Scenes<'a> {
    /// When it was grabbed.
    pub(crate) time: Time,
    pub(crate) size: Size,
    pub(crate) all: &'a [Scene],
    /// How many of them were over when the grab began.
    pub(crate) passed: usize,
    /// Whether the system leaves on the screen what a window showed.
    pub(crate) leaves: bool,
}

/// A part of the picture, and why it must not be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) reason: WithheldReason,
    pub(crate) rect: Rect,
}

/// What must not be seen of a scene.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hidden {
    /// What shows of it.
    pub(crate) parts: Vec<Part>,
    /// Windows of which nothing may be seen.
    pub(crate) windows: Vec<u64>,
    /// Windows that may be seen again for what they show, though they have drawn nothing since.
    pub(crate) lifted: Vec<u64>,
}

impl Hidden {
    /// Adds what shows of a rectangle of the window at this place of a scene.
    pub(crate) fn add(&mut self, reason: WithheldReason, scene: &Scene, at: usize, rect: Rect, size: Size) {
        for rect in visible(scene, at, rect, size) {
            let part = Part { reason, rect };
            if !self.parts.contains(&part) {
                self.parts.push(part);
            }
        }
    }

    /// Adds the window at this place of a scene.
    pub(crate) fn add_window(&mut self, reason: WithheldReason, scene: &Scene, at: usize, size: Size) {
        let Some(shown) = scene.windows.get(at) else { return };
        self.windows.push(shown.window.id);
        self.add(reason, scene, at, shown.window.bounds, size);
    }
}

/// What was painted over in the pictures before.
#[derive(Default)]
pub(crate) struct Shades {
    /// What showed in the scene before.
    shown: Vec<Part>,
    /// Of which windows.
    windows: Vec<u64>,
    left: Vec<Left>,
    /// Where each window lay in the scene before.
    places: Vec<(u64, Rect)>,
    /// The number of the scene before.
    scene: u64,
    /// What was drawn in these scenes, after the grab before had begun: that may show what was there before.
    late: Vec<(u64, Vec<Rect>)>,
}

/// A place that something left.
struct Left {
    reason: WithheldReason,
    since: Time,
    /// The scene in which it was no longer there.
    scene: u64,
    /// What of it is painted over: all, and after a while what nobody has drawn.
    pieces: Vec<Rect>,
    /// What of it nobody has drawn since.
    undrawn: Vec<Rect>,
}

impl Shades {
    /// What is to be painted over in a shot, and why, if this must not be seen of a scene.
    pub(crate) fn take(&mut self, scenes: &Scenes<'_>, hide: impl Fn(&Scene) -> Hidden) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (scene, drawn) in std::mem::take(&mut self.late) {
            self.draw(scene, &drawn);
        }
        for (at, scene) in scenes.all.iter().enumerate() {
            let Hidden { parts: shown, windows, lifted } = hide(scene);
            if at >= scenes.passed {
                parts.extend(shown.iter().filter(|part| !parts.contains(part)).copied().collect::<Vec<_>>());
            }
            if scenes.leaves {
                self.lift(scene, &lifted);
                let drawn = self.pass(scenes, scene, shown, &windows);
                match at < scenes.passed {
                    true => self.draw(self.scene, &drawn),
                    false if self.late.len() < MAX_LATE && !drawn.is_empty() => self.late.push((self.scene, drawn)),
                    false => {}
                }
            }
        }
        self.left.retain_mut(|left| left.stays(scenes));
        let left = self.left.iter().flat_map(|left| left.pieces.iter().map(|rect| (left.reason, *rect)));
        parts.extend(left.map(|(reason, rect)| Part { reason, rect }));
        parts
    }

    /// What lies where these windows do is their own, and was painted over for what they showed: nothing was left there.
    fn lift(&mut self, scene: &Scene, lifted: &[u64]) {
        let is_lifted = |id: &u64| lifted.contains(id) && self.windows.contains(id);
        let bounds = |shown: &Shown| is_lifted(&shown.window.id).then_some(shown.window.bounds);
        let lifted: Vec<Rect> = scene.windows.iter().filter_map(bounds).collect();
        let shown = std::mem::take(&mut self.shown).into_iter().flat_map(|part| {
            let rects = if part.reason.is_of_window() { vec![part.rect] } else { without(vec![part.rect], &lifted) };
            rects.into_iter().map(move |rect| Part { rect, ..part })
        });
        self.shown = shown.collect();
    }

    /// A shot came of which nobody knows how the windows lay: what must not be seen may have been anywhere since, though none was there
    /// before.
    pub(crate) fn lose(&mut self, time: Time, size: Size) {
        self.scene += 1;
        self.late.clear();
        let (reason, pieces) = (WithheldReason::UnknownGeometry, vec![size.bounds()]);
        self.leave(Left { reason, since: time, scene: self.scene, undrawn: pieces.clone(), pieces });
    }

    /// Whether anything is hidden or was left: only then it matters what is drawn.
    pub(crate) fn is_any(&self) -> bool {
        !self.shown.is_empty() || !self.left.is_empty()
    }

    /// When something that was left and drawn since may be seen again, and where.
    pub(crate) fn next(&self) -> Option<(Time, &[Rect])> {
        let drawn = self.left.iter().filter(|left| left.undrawn != left.pieces);
        drawn.map(|left| (left.since.after(LINGER), &left.pieces[..])).min_by_key(|(time, _)| *time)
    }

    /// Goes on to the next scene, in which this shows. Answers what was drawn in it.
    fn pass(&mut self, scenes: &Scenes<'_>, scene: &Scene, shown: Vec<Part>, hidden: &[u64]) -> Vec<Rect> {
        self.scene += 1;
        let before = std::mem::replace(&mut self.shown, shown);
        self.windows = hidden.to_vec();
        let moves = self.moves(scene);
        let carried = self.carried(scenes, moves.iter().filter(|(id, ..)| !hidden.contains(id)));
        let rects: Vec<Rect> = self.shown.iter().map(|part| part.rect).collect();
        let gone = before.into_iter().filter_map(|Part { reason, rect }| {
            let pieces = without(vec![rect], &rects);
            (!pieces.is_empty()).then_some((reason, pieces))
        });
        for (reason, pieces) in gone.chain(carried).collect::<Vec<_>>() {
            self.leave(Left { reason, since: scenes.time, scene: self.scene, undrawn: pieces.clone(), pieces });
        }
        if !scene.composed {
            // Where no window lies, the server has painted the root's background, which there always is.
            let windows: Vec<Rect> = scene.windows.iter().map(|shown| shown.window.bounds).collect();
            self.left.iter_mut().for_each(|left| left.undrawn = covered(&left.undrawn, &windows));
        }
        self.places.clear();
        if self.is_any() {
            self.places.extend(scene.windows.iter().map(|shown| (shown.window.id, shown.window.bounds)));
        }
        let moved: Vec<Rect> = moves.into_iter().map(|(.., to)| to).collect();
        without(scene.drawn.clone(), &moved)
    }

    /// Which windows lie elsewhere than in the scene before: from where, and where.
    fn moves(&self, scene: &Scene) -> Vec<(u64, Rect, Rect)> {
        let moved = |Shown { window, .. }: &Shown| {
            let (_, from) = self.places.iter().find(|(id, _)| *id == window.id)?;
            (*from != window.bounds).then_some((window.id, *from, window.bounds))
        };
        let mut moves: Vec<(u64, Rect, Rect)> = scene.windows.iter().filter_map(moved).collect();
        moves.dedup();
        moves
    }

    /// What was left on windows that have moved since the scene before, where it is now: of each window in one piece, since how many there
    /// are doubles with each move otherwise.
    fn carried<'m>(
        &self,
        scenes: &Scenes<'_>,
        moves: impl Iterator<Item = &'m (u64, Rect, Rect)>,
    ) -> Vec<(WithheldReason, Vec<Rect>)> {
        let carried = |(_, from, to): &(u64, Rect, Rect)| {
            let lay = self.left.iter().flat_map(|left| left.pieces.iter().map(|rect| (left.reason, *rect)));
            let on_it = lay.filter_map(|(reason, rect)| Some((reason, rect.intersect(*from)?)));
            let (reason, rect) = on_it.reduce(|(reason, one), (_, other)| (reason, one.around(other)))?;
            Some((reason, vec![moved(rect, *from, *to).intersect(scenes.size.bounds())?]))
        };
        moves.filter_map(carried).collect()
    }

    /// This was drawn in a scene: what was left before then, or in it.
    fn draw(&mut self, scene: u64, drawn: &[Rect]) {
        for left in self.left.iter_mut().filter(|left| left.scene <= scene) {
            left.undrawn = bounded(without(std::mem::take(&mut left.undrawn), drawn));
        }
    }

    fn leave(&mut self, left: Left) {
        // It stays as long as this does.
        self.left.iter_mut().for_each(|old| old.leave_to(&left.pieces));
        self.left.retain(|old| !old.pieces.is_empty());
        self.left.push(left);
        if self.left.len() > MAX_LEFT {
            let oldest = self.left.remove(0);
            if let Some(next) = self.left.first_mut() {
                next.join(oldest);
            }
        }
    }
}

impl Left {
    /// Something else was left here since.
    fn leave_to(&mut self, later: &[Rect]) {
        let all = [&mut self.pieces, &mut self.undrawn];
        all.into_iter().for_each(|rects| *rects = bounded(without(std::mem::take(rects), later)));
    }

    /// Becomes both, for as long as either would last.
    fn join(&mut self, other: Self) {
        self.since = self.since.max(other.since);
        self.scene = self.scene.max(other.scene);
        let all = [(&mut self.pieces, other.pieces), (&mut self.undrawn, other.undrawn)];
        for (own, others) in all {
            let others = without(others, own);
            own.extend(others);
            *own = bounded(std::mem::take(own));
        }
    }

    /// Whether anything of it is still painted over.
    fn stays(&mut self, scenes: &Scenes<'_>) -> bool {
        if !scenes.leaves {
            return false;
        }
        let bounds = scenes.size.bounds();
        self.undrawn = covered(&self.undrawn, &[bounds]);
        self.pieces = covered(&self.pieces, &[bounds]);
        if scenes.time.since(self.since) >= LINGER {
            self.pieces.clone_from(&self.undrawn);
        }
        !self.pieces.is_empty()
    }
}

/// What of a rectangle of the window at this place of a scene is not covered by windows above it.
pub(crate) fn visible(scene: &Scene, at: usize, rect: Rect, size: Size) -> Vec<Rect> {
    let Some(inside) = rect.intersect(size.bounds()) else { return Vec::new() };
    // A window is there once for each of its titles, and does not cover itself.
    let id = scene.windows.get(at).map(|shown| shown.window.id);
    let above = scene.windows.iter().skip(at + 1).filter(|shown| shown.covers && Some(shown.window.id) != id);
    let holes: Vec<Rect> = above.filter(|_| !scene.composed).map(|shown| shown.window.bounds).collect();
    let pieces = without(vec![inside], &holes);
    if pieces.len() > MAX_PIECES { vec![inside] } else { pieces }
}

/// A piece of a window, after that moved. Where a window has another size, its pieces may be anywhere in it.
fn moved(piece: Rect, from: Rect, to: Rect) -> Rect {
    if (from.width, from.height) != (to.width, to.height) {
        return to;
    }
    let by = |place: i32, from: i32, to: i32| place.saturating_add(to.saturating_sub(from));
    Rect { x: by(piece.x, from.x, to.x), y: by(piece.y, from.y, to.y), ..piece }
}

/// What of these lies in none of those.
pub(crate) fn without(rects: Vec<Rect>, holes: &[Rect]) -> Vec<Rect> {
    let mut left = rects;
    for hole in holes {
        if left.iter().any(|rect| rect.intersect(*hole).is_some()) {
            left = left.into_iter().flat_map(|rect| rect.subtract(*hole)).collect();
        }
    }
    left
}

/// What of these lies in any of those, or a little more.
fn covered(rects: &[Rect], those: &[Rect]) -> Vec<Rect> {
    let whole = |rect: &Rect| those.iter().any(|other| rect.intersect(*other) == Some(*rect));
    let (mut kept, others): (Vec<Rect>, Vec<Rect>) = rects.iter().copied().partition(whole);
    for rect in others {
        let mut rest = vec![rect];
        for other in those {
            kept.extend(rest.iter().filter_map(|rect| rect.intersect(*other)));
            rest = rest.into_iter().flat_map(|rect| rect.subtract(*other)).collect();
        }
    }
    bounded(kept)
}

/// Where there are too many, the one rectangle around them all.
fn bounded(rects: Vec<Rect>) -> Vec<Rect> {
    if rects.len() > MAX_PIECES { rects.into_iter().reduce(Rect::around).into_iter().collect() } else { rects }
}

#[cfg(test)]
mod tests;

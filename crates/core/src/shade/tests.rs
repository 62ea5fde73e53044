//! What is painted over of windows that are covered, go, move and leave something behind.

use proptest::prelude::*;

use super::*;
use crate::event::Window;

const SIZE: Size = Size { width: 100, height: 100 };
const REASON: WithheldReason = WithheldReason::ExcludedApplication;
/// The window that must not be seen.
const VAULT: u64 = 1;

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn shown(id: u64, bounds: Rect, covers: bool) -> Shown {
    Shown { window: Window { id, app: None, title: String::new(), bounds }, covers, popup: false }
}

fn at(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

/// A wall that covers all of the screen, and these above it.
fn scene(windows: &[(u64, Rect)], drawn: &[Rect]) -> Scene {
    let wall = shown(0, SIZE.bounds(), true);
    let windows = windows.iter().map(|(id, bounds)| shown(*id, *bounds, true));
    Scene { windows: std::iter::once(wall).chain(windows).collect(), composed: false, drawn: drawn.to_vec() }
}

fn hide(scene: &Scene) -> Hidden {
    let mut hidden = Hidden::default();
    for (at, _) in scene.windows.iter().enumerate().filter(|(_, shown)| shown.window.id == VAULT) {
        hidden.add_window(REASON, scene, at, SIZE);
    }
    hidden
}

/// Shots, one after the other.
#[derive(Default)]
struct Film(Shades);

impl Film {
    /// A shot at a moment, before which these scenes passed and in which the last of them was.
    fn take(&mut self, millis: u64, scenes: &[Scene]) -> Vec<Rect> {
        let mut all = scenes.to_vec();
        all.extend(scenes.last().map(|last| Scene { drawn: Vec::new(), ..last.clone() }));
        self.take_all(millis, &all, scenes.len())
    }

    fn take_all(&mut self, millis: u64, all: &[Scene], passed: usize) -> Vec<Rect> {
        let parts = self.0.take(&Scenes { time: at(millis), size: SIZE, all, passed, leaves: true }, hide);
        parts.iter().map(|part| part.rect).collect()
    }
}

fn is_covered(rect: Rect, by: &[Rect]) -> bool {
    without(vec![rect], by).is_empty()
}

#[test]
fn only_what_covers_and_lies_above_uncovers() {
    let windows = vec![
        shown(1, rect(0, 0, 50, 50), true),
        shown(2, rect(10, 10, 40, 40), false),
        shown(3, rect(30, 0, 70, 100), true),
        shown(4, rect(0, 40, 100, 60), false),
    ];
    let mut scene = Scene { windows, ..Scene::default() };
    let seen = |scene: &Scene, at: usize| visible(scene, at, scene.windows[at].window.bounds, SIZE);
    assert_eq!(seen(&scene, 0), [rect(0, 0, 30, 50)]);
    assert_eq!(seen(&scene, 1), [rect(10, 10, 20, 40)]);
    assert_eq!(seen(&scene, 3), [rect(0, 40, 100, 60)]);
    scene.composed = true;
    assert_eq!(seen(&scene, 0), [rect(0, 0, 50, 50)]);
}

#[test]
fn what_a_window_left_stays_painted_over_until_it_was_drawn_and_a_while_longer() {
    let (mut film, place, other) = (Film::default(), rect(10, 10, 20, 20), rect(60, 60, 20, 20));
    assert_eq!(film.take(0, &[scene(&[(VAULT, place)], &[place])]), [place]);
    assert_eq!(film.take(100, &[scene(&[(VAULT, other)], &[])]), [other, place]);
    assert_eq!(film.0.next(), None, "nobody knows when it is drawn");
    assert_eq!(film.take(5000, &[scene(&[(VAULT, other)], &[rect(0, 0, 100, 20)])]), [other, rect(10, 20, 20, 10)]);
    assert_eq!(film.take(5001, &[scene(&[(VAULT, other)], &[rect(0, 20, 100, 10)])]), [other]);
    // And the other way: drawn at once, and painted over for a while all the same.
    assert_eq!(film.take(6000, &[scene(&[], &[other])]), [other]);
    assert_eq!(film.0.next(), Some((at(6500), &[other][..])));
    assert_eq!(film.take(6499, &[scene(&[], &[])]), [other]);
    assert_eq!(film.take(6500, &[scene(&[], &[])]), []);
    assert!(!film.0.is_any());
}

#[test]
fn what_was_drawn_before_it_went_uncovers_nothing() {
    let (mut film, place) = (Film::default(), rect(10, 10, 20, 20));
    let there = |drawn: &[Rect]| scene(&[(VAULT, place)], drawn);
    film.take(0, &[there(&[])]);
    assert_eq!(film.take(1000, &[there(&[place]), scene(&[], &[])]), [place]);
    assert_eq!(film.take(2000, &[scene(&[], &[])]), [place]);
    assert_eq!(film.take(3000, &[scene(&[], &[place])]), []);
}

#[test]
fn what_was_drawn_while_a_shot_was_grabbed_counts_from_the_next() {
    let (mut film, place) = (Film::default(), rect(10, 10, 20, 20));
    film.take(0, &[scene(&[(VAULT, place)], &[])]);
    film.take(1000, &[scene(&[], &[])]);
    assert_eq!(film.take_all(2000, &[scene(&[], &[]), scene(&[], &[place])], 1), [place]);
    assert_eq!(film.take(2001, &[scene(&[], &[])]), []);
}

#[test]
fn a_window_that_moves_below_another_is_not_drawn_there() {
    let (mut film, place) = (Film::default(), rect(10, 10, 20, 20));
    film.take(0, &[scene(&[(2, rect(50, 50, 20, 20)), (VAULT, place)], &[])]);
    film.take(1000, &[scene(&[(2, rect(50, 50, 20, 20))], &[])]);
    // The server says that all of it was drawn where it is now.
    let moved = rect(15, 15, 20, 20);
    assert_eq!(film.take(2000, &[scene(&[(2, moved)], &[moved])]), [place]);
    assert_eq!(film.take(3000, &[scene(&[(2, moved)], &[moved])]), [rect(10, 10, 20, 5), rect(10, 15, 5, 15)]);
}

#[test]
fn where_no_window_lies_nothing_is_left() {
    let (mut film, place) = (Film::default(), rect(10, 10, 20, 20));
    let bare = |windows: Vec<Shown>| Scene { windows, ..Scene::default() };
    film.take(0, &[bare(vec![shown(2, rect(0, 0, 20, 100), true), shown(VAULT, place, true)])]);
    let after = bare(vec![shown(2, rect(0, 0, 20, 100), true)]);
    assert_eq!(film.take(1000, std::slice::from_ref(&after)), [place], "for a while");
    assert_eq!(film.take(2000, &[after]), [rect(10, 10, 10, 20)]);
}

#[test]
fn a_system_that_leaves_nothing_has_nothing_painted_over() {
    let (mut film, place) = (Film::default(), rect(10, 10, 20, 20));
    film.take(0, &[scene(&[(VAULT, place)], &[])]);
    let all = [scene(&[], &[])];
    let scenes = Scenes { time: at(1), size: SIZE, all: &all, passed: 0, leaves: false };
    assert_eq!(film.0.take(&scenes, hide), []);
}

#[test]
fn a_window_that_moves_takes_with_it_what_was_left_on_it() {
    let (place, here, there) = (rect(10, 10, 20, 20), rect(0, 0, 40, 40), rect(50, 50, 40, 40));
    let larger = rect(50, 40, 50, 50);
    let mut film = Film::default();
    let on = |hung: Rect, drawn: &[Rect]| scene(&[(2, hung)], drawn);
    film.take(0, &[scene(&[(2, here), (VAULT, place)], &[])]);
    assert_eq!(film.take(1000, &[on(here, &[])]), [place]);
    let carried = rect(60, 60, 20, 20);
    assert_eq!(film.take(2000, &[on(there, &[here, there])]), [carried], "the server says that both were drawn");
    assert_eq!(film.take(3000, &[on(there, &[])]), [carried]);
    let masks = film.take(4000, &[on(larger, &[])]);
    assert!(is_covered(larger, &masks), "it may have moved within: {masks:?}");
    assert_eq!(film.take(5000, &[on(larger, &[larger])]), []);
}

#[test]
fn where_it_is_not_known_how_windows_lay_everything_is_left() {
    let mut film = Film::default();
    film.take(0, &[scene(&[], &[])]);
    film.0.lose(at(10), SIZE);
    assert!(is_covered(SIZE.bounds(), &film.take(1000, &[scene(&[], &[])])));
    assert_eq!(film.take(2000, &[scene(&[], &[SIZE.bounds()])]), []);
}

#[test]
fn a_window_that_moves_for_ever_leaves_a_bounded_trail_that_is_never_too_small() {
    let mut film = Film::default();
    let place = |step: i32| rect(step % 80, step * 7 % 80, 20, 20);
    for step in 0..1000 {
        let painted = film.take(step as u64, &[scene(&[(VAULT, place(step))], &[])]);
        assert!(film.0.left.len() <= MAX_LEFT && painted.len() <= MAX_LEFT * MAX_PIECES);
        for before in 0..=step {
            assert!(is_covered(place(before), &painted), "step {step} shows {before}");
        }
    }
    let everywhere = [SIZE.bounds()];
    film.take(10_000, &[scene(&[], &everywhere)]);
    assert_eq!(film.take(10_500, &[scene(&[], &everywhere)]), []);
}

/// A step of a small desktop, each told by the server as X does it.
#[derive(Clone, Debug)]
enum Step {
    Move(usize, i32, i32),
    Raise(usize),
    Paint(usize),
    Show(bool),
    Shoot,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3usize, 0..8i32, 0..8i32).prop_map(|(at, x, y)| Step::Move(at, x * 10, y * 10)),
        2 => (0..3usize).prop_map(Step::Raise),
        3 => (0..3usize).prop_map(Step::Paint),
        1 => any::<bool>().prop_map(Step::Show),
        3 => Just(Step::Shoot),
    ]
}

/// A screen of 10 by 10 cells on which windows lie, and what each cell shows: the window whose pixels are there.
struct Desk {
    windows: Vec<(u64, Rect)>,
    shown: bool,
    cells: Vec<u64>,
    scenes: Vec<Scene>,
}

impl Desk {
    fn cell(index: usize) -> Rect {
        rect((index % 10) as i32 * 10, (index / 10) as i32 * 10, 10, 10)
    }

    fn top(&self, index: usize) -> u64 {
        let here =
            |(id, bounds): &&(u64, Rect)| (*id != VAULT || self.shown) && bounds.intersect(Self::cell(index)).is_some();
        self.windows.iter().rfind(here).map_or(0, |(id, _)| *id)
    }

    fn lie(&mut self) {
        let windows: Vec<(u64, Rect)> =
            self.windows.iter().copied().filter(|(id, _)| *id != VAULT || self.shown).collect();
        self.scenes.push(scene(&windows, &[]));
    }

    /// All that shows of a window is drawn by it, as one box a cell; windows of these numbers hang.
    fn paint(&mut self, id: u64) {
        for index in 0..self.cells.len() {
            if self.top(index) == id {
                self.cells[index] = id;
                self.scenes.iter_mut().last().into_iter().for_each(|scene| scene.drawn.push(Self::cell(index)));
            }
        }
    }

    fn moved(&mut self, at: usize, x: i32, y: i32) {
        let (id, from) = self.windows[at];
        if (from.x, from.y) == (x, y) {
            return;
        }
        let showed: Vec<bool> = (0..100).map(|index| self.top(index) == id).collect();
        let before = self.cells.clone();
        self.windows[at].1 = Rect { x, y, ..from };
        self.lie();
        let (dx, dy) = ((x - from.x) / 10, (y - from.y) / 10);
        for index in 0..100_usize {
            let (column, row) = ((index % 10) as i32 - dx, (index / 10) as i32 - dy);
            let source = (0..10).contains(&column) && (0..10).contains(&row);
            let source = source.then_some((row * 10 + column) as usize).filter(|source| showed[*source]);
            let Some(source) = source else { continue };
            // Told as drawn, be it covered or not; copied only where it shows.
            self.scenes.iter_mut().last().into_iter().for_each(|scene| scene.drawn.push(Self::cell(index)));
            if self.top(index) == id {
                self.cells[index] = before[source];
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Two windows that never paint unless told to, one that must not be seen and always does.
    #[test]
    fn whatever_windows_do_no_shot_shows_the_hidden_one(steps in prop::collection::vec(step(), 1..60)) {
        let windows = vec![(2, rect(0, 0, 50, 50)), (3, rect(40, 40, 50, 50)), (VAULT, rect(20, 20, 30, 30))];
        let mut desk = Desk { windows, shown: true, cells: vec![0; 100], scenes: Vec::new() };
        let mut film = Film::default();
        desk.lie();
        desk.paint(VAULT);
        for (at, step) in steps.into_iter().enumerate() {
            match step {
                Step::Move(which, x, y) => desk.moved(which, x, y),
                Step::Raise(which) => {
                    let window = desk.windows.remove(which);
                    desk.windows.push(window);
                    desk.lie();
                }
                Step::Paint(which) => desk.paint(desk.windows[which].0),
                Step::Show(shown) => {
                    desk.shown = shown;
                    desk.lie();
                }
                Step::Shoot => {
                    let masks = film.take(at as u64 * 300, &desk.scenes);
                    for (index, shows) in desk.cells.iter().enumerate() {
                        prop_assert!(*shows != VAULT || is_covered(Desk::cell(index), &masks), "cell {index}: {masks:?}");
                    }
                    desk.scenes.drain(..desk.scenes.len() - 1);
                    desk.scenes[0].drawn.clear();
                }
            }
            // Whoever is told to hide paints itself at once; the root's window is painted by the server.
            desk.paint(VAULT);
            desk.paint(0);
        }
    }
}

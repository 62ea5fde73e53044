//! Where the pointer is after each raw movement. Raw events hold no position: only what the device said.
//!
//! A batch of movements lies between two positions that the server told, and each movement in it is followed by what the
//! kind of its device means. XTEST's device calls itself relative, but its raw values are positions when a client asked for
//! a position: which of both they are is found by where the pointer is at the end of the batch.

use understudy_core::frame::{Position, Size};

/// One raw movement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    /// By a distance, accelerated.
    By(f64, f64),
    /// To a position of the desktop; an axis that did not move is left out.
    To(Option<f64>, Option<f64>),
    /// XTEST's: either of them.
    Fake(f64, f64),
}

/// More fake movements than this in one batch are all taken for positions.
const TRIES: usize = 512;
const DISTANCE_WEIGHT: f64 = 4.0;

/// Follows the pointer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracker {
    x: f64,
    y: f64,
    size: Size,
}

impl Tracker {
    pub(super) fn new(position: Position, size: Size) -> Self {
        Self { x: f64::from(position.x), y: f64::from(position.y), size }
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
    }

    pub(super) fn position(&self) -> Position {
        // The server truncates what it holds as a fraction.
        Position { x: self.x.floor() as i32, y: self.y.floor() as i32 }
    }

    /// The server's word. The fraction stays where the pixel agrees.
    pub(super) fn correct(&mut self, position: Position) {
        if self.position() != position {
            (self.x, self.y) = (f64::from(position.x), f64::from(position.y));
        }
    }

    pub(super) fn follow(&mut self, step: Step) -> Position {
        let (x, y) = match step {
            Step::By(dx, dy) => (self.x + dx, self.y + dy),
            Step::To(x, y) => (x.unwrap_or(self.x), y.unwrap_or(self.y)),
            Step::Fake(x, y) => (x, y),
        };
        let edge = |length: u32| f64::from(length.max(1) - 1);
        // Between the last pixel and the next there is room for a fraction.
        (self.x, self.y) = (x.clamp(0.0, edge(self.size.width) + 0.999), y.clamp(0.0, edge(self.size.height) + 0.999));
        self.position()
    }

    /// Decides of each fake movement what it is, so that the batch ends where the server says.
    ///
    /// All are positions where that fits: that is what almost every client sends. Otherwise distances lie between them, and of
    /// all ways that fit the shortest is taken, on which distances count more, because they are small where they are used.
    pub(super) fn resolve(&self, steps: &mut [Step], end: Position) {
        let fakes: Vec<(f64, f64)> =
            steps.iter().filter_map(|step| if let Step::Fake(x, y) = step { Some((*x, *y)) } else { None }).collect();
        let plain = fakes.len() < steps.len() || fakes.len() > TRIES;
        let distances = if plain || self.fits(&fakes, end) { None } else { self.distances(&fakes, end) };
        let mut kinds = distances.unwrap_or_else(|| vec![false; fakes.len()]).into_iter();
        for step in steps {
            if let Step::Fake(x, y) = *step {
                *step = if kinds.next() == Some(true) { Step::By(x, y) } else { Step::To(Some(x), Some(y)) };
            }
        }
    }

    /// Whether the batch ends rightly when all are positions.
    fn fits(&self, fakes: &[(f64, f64)], end: Position) -> bool {
        let mut tracker = *self;
        for (x, y) in fakes {
            tracker.follow(Step::To(Some(*x), Some(*y)));
        }
        fakes.iter().all(|fake| is_position(*fake)) && (fakes.is_empty() || tracker.position() == end)
    }

    /// Which of the fakes are distances; `None` where nothing fits.
    fn distances(&self, fakes: &[(f64, f64)], end: Position) -> Option<Vec<bool>> {
        // Node 0 is the start, node n the n-th fake taken as a position; what lies between two nodes are distances.
        let nodes = [(self.x, self.y)].into_iter().chain(fakes.iter().copied()).collect::<Vec<_>>();
        let mut best = vec![(f64::INFINITY, 0); nodes.len()];
        best[0].0 = 0.0;
        let mut last: Option<(f64, usize)> = None;
        for from in 0..nodes.len() {
            let mut way = Self { x: nodes[from].0, y: nodes[from].1, size: self.size };
            let mut cost = best[from].0;
            for next in from + 1..=nodes.len() {
                if next == nodes.len() {
                    if way.position() == end && last.is_none_or(|(least, _)| cost < least) {
                        last = Some((cost, from));
                    }
                    break;
                }
                let (x, y) = nodes[next];
                let jump = (x - way.x).hypot(y - way.y);
                if is_position((x, y)) && cost + jump < best[next].0 {
                    best[next] = (cost + jump, from);
                }
                way.follow(Step::By(x, y));
                cost += DISTANCE_WEIGHT * x.hypot(y);
            }
        }
        let mut distances = vec![true; fakes.len()];
        let mut node = last.filter(|(cost, _)| cost.is_finite())?.1;
        while node > 0 {
            distances[node - 1] = false;
            node = best[node].1;
        }
        Some(distances)
    }
}

/// No position is negative.
fn is_position((x, y): (f64, f64)) -> bool {
    x >= 0.0 && y >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 100, height: 80 };

    fn at(x: i32, y: i32) -> Position {
        Position { x, y }
    }

    fn play(start: Position, mut steps: Vec<Step>, end: Position) -> Vec<Position> {
        let mut tracker = Tracker::new(start, SIZE);
        tracker.resolve(&mut steps, end);
        steps.into_iter().map(|step| tracker.follow(step)).collect()
    }

    #[test]
    fn fractions_add_up_and_edges_stop() {
        let mut tracker = Tracker::new(at(10, 10), SIZE);
        let path: Vec<Position> = (0..4).map(|_| tracker.follow(Step::By(0.3, -0.25))).collect();
        assert_eq!(path, [at(10, 9), at(10, 9), at(10, 9), at(11, 9)]);
        assert_eq!(tracker.follow(Step::By(500.0, -500.0)), at(99, 0));
        assert_eq!(tracker.follow(Step::By(-1.0, 1.0)), at(98, 1));
    }

    #[test]
    fn an_axis_that_did_not_move_stays() {
        let mut tracker = Tracker::new(at(10, 10), SIZE);
        assert_eq!(tracker.follow(Step::To(Some(40.0), None)), at(40, 10));
    }

    #[test]
    fn fake_movements_are_told_apart_by_where_they_end() {
        let fakes = vec![Step::Fake(20.0, 20.0), Step::Fake(5.0, 6.0)];
        assert_eq!(play(at(1, 1), fakes.clone(), at(5, 6)), [at(20, 20), at(5, 6)]);
        assert_eq!(play(at(1, 1), fakes.clone(), at(26, 27)), [at(21, 21), at(26, 27)]);
        assert_eq!(play(at(1, 1), fakes.clone(), at(25, 26)), [at(20, 20), at(25, 26)]);
        let mixed = vec![Step::Fake(60.0, 60.0), Step::Fake(5.0, -7.0), Step::Fake(90.0, 70.0), Step::Fake(1.0, 1.0)];
        assert_eq!(play(at(50, 40), mixed, at(91, 71)), [at(60, 60), at(65, 53), at(90, 70), at(91, 71)]);
        // Someone warped the pointer: positions, as is most likely.
        assert_eq!(play(at(1, 1), fakes, at(77, 77)), [at(20, 20), at(5, 6)]);
    }
}

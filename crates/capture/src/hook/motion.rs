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

/// Fake movements more than this are not tried one by one.
const TRIES: usize = 256;

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
        (self.x, self.y) = (
            x.clamp(0.0, edge(self.size.width) + 0.999),
            y.clamp(0.0, edge(self.size.height) + 0.999),
        );
        self.position()
    }

    /// Decides of each fake movement what it is, so that the batch ends where the server says.
    pub(super) fn resolve(&self, steps: &mut [Step], end: Position) {
        let fakes: Vec<usize> =
            (0..steps.len()).filter(|at| matches!(steps[*at], Step::Fake(..))).collect();
        let resolved = |absolute: usize| {
            let mut steps = steps.to_vec();
            for (number, at) in fakes.iter().enumerate() {
                if let Step::Fake(x, y) = steps[*at] {
                    steps[*at] =
                        if number < absolute { Step::To(Some(x), Some(y)) } else { Step::By(x, y) };
                }
            }
            steps
        };
        // All positions, which is what almost every client sends; all distances; first positions, then distances.
        let between = if fakes.len() <= TRIES { fakes.len() } else { 0 };
        let mut tries = [fakes.len(), 0].into_iter().chain((1..between).rev()).map(resolved);
        let fits = |steps: &Vec<Step>| {
            let mut tracker = *self;
            for step in steps {
                tracker.follow(*step);
            }
            tracker.position() == end
        };
        let found = tries.find(fits).unwrap_or_else(|| resolved(fakes.len()));
        steps.copy_from_slice(&found);
    }
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
        // Someone warped the pointer: positions, as is most likely.
        assert_eq!(play(at(1, 1), fakes, at(77, 77)), [at(20, 20), at(5, 6)]);
    }
}

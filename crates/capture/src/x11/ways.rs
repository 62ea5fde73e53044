//! The ways in which something lay from one look to the next, and what was drawn meanwhile: in one order.

use std::sync::Arc;

use understudy_core::frame::Rect;

/// Ways from one look to the next. Where there are more, nobody can tell what a picture shows.
const WAYS: usize = 256;
/// Rectangles of one way. Of more, the smallest are left out: that less was drawn is no harm.
const DRAWN: usize = 128;

/// How something lay for a while.
pub(super) struct Way<T> {
    pub(super) lie: Arc<T>,
    pub(super) drawn: Vec<Rect>,
}

impl<T> Way<T> {
    fn new(lie: Arc<T>) -> Self {
        Self { lie, drawn: Vec::new() }
    }
}

/// The ways since the last look.
pub(super) struct Ways<T> {
    over: Vec<Way<T>>,
    /// How it lies now.
    now: Way<T>,
    /// How many were over when a grab began.
    passed: usize,
    /// There were too many.
    overrun: bool,
}

impl<T: PartialEq> Ways<T> {
    pub(super) fn new(lie: Arc<T>) -> Self {
        Self { over: Vec::new(), now: Way::new(lie), passed: 0, overrun: false }
    }

    /// It lies like this now. The caller shares what did not change.
    pub(super) fn lie(&mut self, lie: &Arc<T>) {
        if !Arc::ptr_eq(&self.now.lie, lie) && self.now.lie != *lie {
            self.turn(Arc::clone(lie));
        }
    }

    /// A grab begins: what is drawn from now on is told apart.
    pub(super) fn begin(&mut self, lie: Arc<T>) {
        if self.now.drawn.is_empty() && self.now.lie == lie {
            self.now.lie = lie;
        } else {
            self.turn(lie);
        }
        self.passed = self.over.len();
    }

    /// Something was drawn here.
    pub(super) fn draw(&mut self, drawn: Rect) {
        let known = &mut self.now.drawn;
        let holds = |one: &Rect, other: Rect| one.intersect(other) == Some(other);
        if known.iter().any(|known| holds(known, drawn)) {
            return;
        }
        known.retain(|known| !holds(&drawn, *known));
        known.push(drawn);
        let area = |rect: &Rect| u64::from(rect.width) * u64::from(rect.height);
        let smallest = known.iter().enumerate().min_by_key(|(_, rect)| area(rect)).map(|(at, _)| at);
        if let Some(smallest) = smallest.filter(|_| known.len() > DRAWN) {
            known.swap_remove(smallest);
        }
    }

    /// The ways since this was asked last, and how many of them were over when the grab began; `None` when there were too many.
    pub(super) fn take(&mut self) -> Option<(Vec<Way<T>>, usize)> {
        let next = Way::new(Arc::clone(&self.now.lie));
        let mut ways = std::mem::take(&mut self.over);
        ways.push(std::mem::replace(&mut self.now, next));
        let (passed, overrun) = (std::mem::take(&mut self.passed), std::mem::take(&mut self.overrun));
        (!overrun).then_some((ways, passed))
    }

    fn turn(&mut self, lie: Arc<T>) {
        let before = std::mem::replace(&mut self.now, Way::new(lie));
        if self.over.len() < WAYS { self.over.push(before) } else { self.overrun = true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: i32, width: u32) -> Rect {
        Rect { x, y: 0, width, height: 1 }
    }

    type Drawn = (u32, Vec<Rect>);

    /// What was taken: each way with what was drawn, and how many were over.
    fn taken(ways: &mut Ways<u32>) -> Option<(Vec<Drawn>, usize)> {
        let (ways, passed) = ways.take()?;
        Some((ways.into_iter().map(|way| (*way.lie, way.drawn)).collect(), passed))
    }

    #[test]
    fn what_is_drawn_belongs_to_the_way_that_it_was_drawn_in() {
        let mut ways = Ways::new(Arc::new(1));
        ways.draw(rect(0, 5));
        ways.lie(&Arc::new(2));
        ways.draw(rect(5, 5));
        ways.begin(Arc::new(2));
        ways.draw(rect(9, 1));
        ways.lie(&Arc::new(3));
        let all = vec![(1, vec![rect(0, 5)]), (2, vec![rect(5, 5)]), (2, vec![rect(9, 1)]), (3, vec![])];
        assert_eq!(taken(&mut ways), Some((all, 2)));
        assert_eq!(taken(&mut ways), Some((vec![(3, vec![])], 0)), "and it goes on from there");
    }

    #[test]
    fn where_nothing_happened_there_is_one_way() {
        let mut ways = Ways::new(Arc::new(1));
        ways.begin(Arc::new(1));
        ways.lie(&Arc::new(1));
        assert_eq!(taken(&mut ways), Some((vec![(1, vec![])], 0)));
    }

    #[test]
    fn of_too_much_that_was_drawn_the_smallest_are_left_out() {
        let mut ways = Ways::new(Arc::new(1));
        (0..DRAWN as i32).for_each(|at| ways.draw(rect(10 * at, 2)));
        ways.draw(rect(5, 1));
        ways.draw(rect(-5, 3));
        let (all, _) = taken(&mut ways).expect("not too many ways");
        assert!(all[0].1.len() == DRAWN && all[0].1.contains(&rect(-5, 3)) && !all[0].1.contains(&rect(5, 1)));
        ways.draw(rect(2, 1));
        ways.draw(rect(0, 9));
        ways.draw(rect(3, 2));
        assert_eq!(taken(&mut ways), Some((vec![(1, vec![rect(0, 9)])], 0)), "what holds others stands for them");
    }

    #[test]
    fn too_many_ways_are_none() {
        let mut ways = Ways::new(Arc::new(0));
        (1..=WAYS as u32).for_each(|lie| ways.lie(&Arc::new(lie)));
        assert!(taken(&mut ways).is_some());
        (0..=WAYS as u32).for_each(|lie| ways.lie(&Arc::new(lie)));
        assert_eq!(taken(&mut ways), None);
        assert_eq!(taken(&mut ways), Some((vec![(WAYS as u32, vec![])], 0)));
    }
}

//! How far a release is.

/// Tells how many segments were read, of how many, whenever that changes.
pub(super) struct Told<'a> {
    all: usize,
    /// Read in readings before the one that goes on.
    before: usize,
    last: usize,
    tell: &'a mut dyn FnMut(usize, usize),
}

impl<'a> Told<'a> {
    pub(super) fn new(all: usize, tell: &'a mut dyn FnMut(usize, usize)) -> Self {
        tell(0, all);
        Self { all, before: 0, last: 0, tell }
    }

    /// So many were read in this reading.
    pub(super) fn read(&mut self, segments: usize) {
        let done = self.before + segments;
        if done > self.last {
            self.last = done;
            (self.tell)(done, self.all);
        }
    }

    /// This reading has ended, after so many.
    pub(super) fn end(&mut self, segments: usize) {
        self.read(segments);
        self.before += segments;
    }
}

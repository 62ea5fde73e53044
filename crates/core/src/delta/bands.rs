//! Changed tiles → what is painted: bands of rows that hold something, and fills between them.
//!
//! A band is cut where rows are of one colour, so that a line of text is a band of its own, wherever it lies in its tiles: the
//! same word then gives the same bytes. Bands side by side are joined into one block as long as it stays about as high as a line.

use super::TILE;
use super::changes::Extent;
use crate::frame::{Frame, Rect};
use crate::kernel;

/// A joined block is at most this high, unless its bands are equally high: a line of text.
const LINE: u32 = 20;
/// A band that is higher is cut where tiles end.
const HIGH: u32 = 48;

/// A rectangle of one colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) rect: Rect,
    pub(super) color: u32,
}

/// What to paint: first the fills, then the blocks.
#[derive(Default)]
pub(super) struct Bands {
    pub(super) fills: Vec<Fill>,
    pub(super) blocks: Vec<Rect>,
    /// Blocks and fills that end at the right edge of the strip before.
    open_blocks: Vec<usize>,
    open_fills: Vec<usize>,
    next_blocks: Vec<usize>,
    next_fills: Vec<usize>,
    runs: Vec<Fill>,
}

impl Bands {
    pub(super) fn begin(&mut self) {
        self.fills.clear();
        self.blocks.clear();
    }

    /// A whole tile of one colour.
    pub(super) fn solid(&mut self, rect: Rect, color: u32) {
        match self.fills.last_mut() {
            Some(last)
                if last.color == color
                    && last.rect.right() == i64::from(rect.x)
                    && (last.rect.y, last.rect.height) == (rect.y, rect.height) =>
            {
                last.rect.width += rect.width;
            }
            _ => self.fills.push(Fill { rect, color }),
        }
    }

    /// The changed parts of a column of tiles, from the top; columns come from the left. `None`: nothing to paint in this tile.
    pub(super) fn column(&mut self, frame: &Frame, column: u32, tiles: impl Iterator<Item = Option<Extent>>) {
        let mut stack: Option<Rect> = None;
        for (row, extent) in tiles.enumerate() {
            let rect = extent.map(|extent| place(column, row as u32, extent));
            let (joined, done) = match (stack, rect) {
                (Some(above), Some(rect)) if above.bottom() == i64::from(rect.y) => (Some(above.around(rect)), None),
                (above, rect) => (rect, above),
            };
            stack = joined;
            done.iter().for_each(|done| self.stack(frame, *done));
        }
        stack.iter().for_each(|last| self.stack(frame, *last));
        self.open_blocks.clear();
        self.open_fills.clear();
        std::mem::swap(&mut self.open_blocks, &mut self.next_blocks);
        std::mem::swap(&mut self.open_fills, &mut self.next_fills);
    }

    /// The columns are complete: the blocks from the top, and from the left in each row.
    pub(super) fn end(&mut self) {
        self.open_blocks.clear();
        self.open_fills.clear();
        self.blocks.sort_by_key(|rect| (rect.y, rect.x));
    }

    /// Cuts a rectangle of at most a tile's width into bands and runs of rows of one colour.
    fn stack(&mut self, frame: &Frame, rect: Rect) {
        let (left, top) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
        let mut runs = std::mem::take(&mut self.runs);
        let mut band: Option<u32> = None;
        for y in top..top + rect.height {
            let row = frame.row(left, y, rect.width);
            if !kernel::is_uniform(row) {
                band.get_or_insert(y);
                continue;
            }
            if let Some(from) = band.take() {
                self.band(rect, from, y);
            }
            match runs.last_mut() {
                Some(run) if run.color == row[0] && run.rect.bottom() == i64::from(y) => run.rect.height += 1,
                _ => runs.push(Fill { rect: Rect { y: y.cast_signed(), height: 1, ..rect }, color: row[0] }),
            }
        }
        if let Some(from) = band {
            self.band(rect, from, top + rect.height);
        }
        self.fill(&runs);
        runs.clear();
        self.runs = runs;
    }

    /// The colour of most rows is painted over all of them, bands included; the others come on top.
    fn fill(&mut self, runs: &[Fill]) {
        let rows = |color: u32| runs.iter().filter(|run| run.color == color).map(|run| run.rect.height).sum::<u32>();
        let Some(main) = runs.iter().map(|run| run.color).max_by_key(|color| rows(*color)) else { return };
        let of_main = || runs.iter().filter(|run| run.color == main);
        if let (Some(first), Some(last)) = (of_main().next(), of_main().next_back()) {
            self.add_fill(Fill { rect: first.rect.around(last.rect), color: main });
        }
        runs.iter().filter(|run| run.color != main).for_each(|run| self.add_fill(*run));
    }

    fn add_fill(&mut self, fill: Fill) {
        let beside = self.open_fills.iter().copied().find(|at| {
            let known = self.fills[*at];
            known.color == fill.color
                && known.rect.right() == i64::from(fill.rect.x)
                && (known.rect.y, known.rect.height) == (fill.rect.y, fill.rect.height)
        });
        let at = beside.unwrap_or(self.fills.len());
        match beside {
            // A fill that comes on top must not slip below one that came later.
            Some(at) if self.is_uncovered(at, fill.rect) => self.fills[at].rect.width += fill.rect.width,
            _ => {
                self.fills.push(fill);
                self.next_fills.push(self.fills.len() - 1);
                return;
            }
        }
        self.next_fills.push(at);
    }

    /// Whether no fill behind this one touches a rectangle of the column. Those that reach into the column were put there in it.
    fn is_uncovered(&self, at: usize, rect: Rect) -> bool {
        self.next_fills.iter().filter(|next| **next > at).all(|next| self.fills[*next].rect.intersect(rect).is_none())
    }

    fn band(&mut self, stack: Rect, from: u32, to: u32) {
        if to - from <= HIGH {
            self.add_block(Rect { y: from.cast_signed(), height: to - from, ..stack });
            return;
        }
        let mut y = from;
        while y < to {
            let end = ((y / TILE + 1) * TILE).min(to);
            self.add_block(Rect { y: y.cast_signed(), height: end - y, ..stack });
            y = end;
        }
    }

    fn add_block(&mut self, rect: Rect) {
        let beside = self.open_blocks.iter().copied().find(|at| {
            let known = self.blocks[*at];
            let same = (known.y, known.height) == (rect.y, rect.height);
            let overlap = i64::from(known.y) < rect.bottom() && i64::from(rect.y) < known.bottom();
            known.right() == i64::from(rect.x) && (same || (overlap && known.around(rect).height <= LINE))
        });
        // A second band beside the same block, or beside what that has become.
        let within = self.next_blocks.iter().copied().find(|at| {
            let known = self.blocks[*at];
            known.right() == rect.right()
                && i64::from(known.y) < rect.bottom() + 1
                && i64::from(rect.y) < known.bottom() + 1
                && known.around(rect).height <= LINE
        });
        match within.or(beside) {
            Some(at) => {
                self.blocks[at] = self.blocks[at].around(rect);
                if !self.next_blocks.contains(&at) {
                    self.next_blocks.push(at);
                }
            }
            None => {
                self.blocks.push(rect);
                self.next_blocks.push(self.blocks.len() - 1);
            }
        }
    }
}

fn place(column: u32, row: u32, extent: Extent) -> Rect {
    Rect {
        x: (column * TILE + u32::from(extent.left)).cast_signed(),
        y: (row * TILE + u32::from(extent.top)).cast_signed(),
        width: (extent.right - extent.left).into(),
        height: (extent.bottom - extent.top).into(),
    }
}

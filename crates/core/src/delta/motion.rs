//! Parts of the picture that moved: a page that scrolled, a window that was dragged.
//!
//! Short runs of pixels are looked up in the picture before by their hash, and vote for a vector; what counts is equal pixels.

use super::TILE;
use super::changes::{Changes, Piece};
use crate::frame::{Frame, Rect};
use crate::kernel;

/// Fewer changed tiles are coded as they are.
const MIN_TILES: usize = 12;
/// Vectors that were right not long ago are tried first.
const RECENT: usize = 8;
/// How many tiles a vector is tried on.
const SAMPLE: usize = 48;
/// Pixels that are hashed together.
const RUN: usize = 16;
/// Every so manieth row of the picture before can be found: a tile's height holds several.
const STEP: u32 = 8;
/// Places of the table of runs.
const PLACES: usize = 1 << 15;
/// Rectangles that may be moved in one picture.
const MAX_MOVES: usize = 32;

/// Pixels that come from `dx` to the left and `dy` above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vector {
    pub(super) dx: i32,
    pub(super) dy: i32,
}

/// Finds what moved.
#[derive(Default)]
pub(super) struct Motion {
    recent: Vec<Vector>,
    runs: Vec<Run>,
    grid: Vec<Cell>,
    marks: Vec<bool>,
    hashes: RunHashes,
}

/// A run of pixels in the picture before; a `hash` of 0: none.
#[derive(Clone, Copy, Default)]
struct Run {
    hash: u32,
    /// Several runs have this hash: none of them counts.
    twice: bool,
    x: u16,
    y: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Not what lies at the vector's other end.
    Other,
    /// Unchanged, and equal to what lies at the vector's other end.
    Still,
    /// Changed, and moved.
    Moved,
}

impl Motion {
    /// The rectangles of a piece that moved, in the order in which they can be moved one after the other, and how.
    pub(super) fn find(&mut self, frame: &Frame, piece: &Piece<'_>, changes: &Changes) -> Option<(Vector, Vec<Rect>)> {
        let changed: Vec<(u32, u32)> = inner_tiles(frame, piece, changes).collect();
        if changed.len() < MIN_TILES {
            return None;
        }
        let mask = frame.format().mask();
        let textured = changed.iter().copied().filter(|tile| is_textured(piece, *tile, mask));
        let sample: Vec<(u32, u32)> = textured.step_by(changed.len().div_ceil(4 * SAMPLE)).take(2 * SAMPLE).collect();
        if sample.len() < MIN_TILES / 3 {
            return None;
        }
        let score =
            |vector: Vector| sample.iter().filter(|(x, y)| matches(frame, piece, *x, *y, TILE, TILE, vector)).count();
        let mut best = self.recent.iter().map(|vector| (score(*vector), *vector)).max_by_key(|(score, _)| *score);
        if best.is_none_or(|(score, _)| score * 2 < sample.len()) {
            let found = self.vote(frame, piece, &sample, bounds(&changed));
            best = found.into_iter().map(|vector| (score(vector), vector)).chain(best).max_by_key(|(score, _)| *score);
        }
        let (_, vector) = best.filter(|(score, _)| *score >= 2 && *score * 12 >= sample.len())?;
        self.remember(vector);
        let rects = self.regions(frame, piece, changes, &changed, vector);
        (!rects.is_empty()).then_some((vector, rects))
    }

    fn remember(&mut self, vector: Vector) {
        self.recent.retain(|known| *known != vector);
        self.recent.insert(0, vector);
        self.recent.truncate(RECENT);
    }

    /// The vectors that most runs of the sample's tiles vote for.
    fn vote(&mut self, frame: &Frame, piece: &Piece<'_>, sample: &[(u32, u32)], area: Rect) -> Vec<Vector> {
        self.index(frame, area);
        let mask = frame.format().mask();
        let mut votes: Vec<(usize, Vector)> = Vec::new();
        for (left, top) in sample {
            for y in *top..top + TILE {
                let width = (piece.right() - left).min(TILE + RUN as u32);
                let row = piece.row(*left, y, width);
                let pixel = |at: usize| u32::from_le_bytes(row[at]) & mask;
                let edge = (1..row.len().saturating_sub(RUN)).find(|at| pixel(*at) != pixel(at - 1));
                let Some(at) = edge else { continue };
                let hash = finish(hash(std::array::from_fn(|index| pixel(at + index))));
                let run = self.runs[hash as usize % PLACES];
                if run.hash != hash || run.twice {
                    continue;
                }
                // Positions in a picture, which fit 16 bits.
                let vector = Vector {
                    dx: (left + at as u32).cast_signed() - i32::from(run.x),
                    dy: y.cast_signed() - i32::from(run.y),
                };
                match votes.iter_mut().find(|(_, known)| *known == vector) {
                    Some((count, _)) => *count += 1,
                    None => votes.push((1, vector)),
                }
            }
        }
        votes.retain(|(count, vector)| *count >= 3 && (vector.dx != 0 || vector.dy != 0));
        votes.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        votes.into_iter().take(3).map(|(_, vector)| vector).collect()
    }

    /// Notes runs of the picture before that begin where the colour changes.
    fn index(&mut self, frame: &Frame, area: Rect) {
        self.runs.clear();
        self.runs.resize(PLACES, Run::default());
        let (left, top) = (area.x.unsigned_abs(), area.y.unsigned_abs());
        for y in (top.next_multiple_of(STEP)..top + area.height).step_by(STEP as usize) {
            let row = frame.row(left, y, area.width);
            let hashes = self.hashes.of(row);
            for from in (1..hashes.len()).step_by(RUN) {
                let to = hashes.len().min(from + RUN);
                // Much of most pictures is ground without edges.
                if kernel::is_uniform(&row[from - 1..to]) {
                    continue;
                }
                for at in (from..to).filter(|at| row[at - 1] != row[*at]) {
                    // A picture's side is at most 32,768.
                    note(&mut self.runs, finish(hashes[at]), (left as usize + at) as u16, y as u16);
                }
            }
        }
    }

    /// Rectangles that can be moved by a vector, each with changed tiles in it.
    fn regions(
        &mut self,
        frame: &Frame,
        piece: &Piece<'_>,
        changes: &Changes,
        changed: &[(u32, u32)],
        vector: Vector,
    ) -> Vec<Rect> {
        let area = bounds(changed);
        let columns = area.width / TILE;
        self.grid.clear();
        for y in (area.y.unsigned_abs()..area.y.unsigned_abs() + area.height).step_by(TILE as usize) {
            self.match_row(frame, piece, changes, Rect { y: y.cast_signed(), height: TILE, ..area }, vector);
        }
        let mut rects = joined_runs(&self.grid, columns as usize, area);
        rects.sort_by_key(|(moved, _)| std::cmp::Reverse(*moved));
        rects.truncate(MAX_MOVES);
        let mut rects: Vec<Rect> = rects.into_iter().map(|(_, rect)| extend(frame, piece, rect, vector)).collect();
        // Those that others are moved onto go first.
        rects.sort_by_key(|rect| {
            let along = |at: i32, by: i32| i64::from(at) * -i64::from(by.signum());
            (along(rect.y, vector.dy), along(rect.x, vector.dx))
        });
        rects
    }

    /// Adds a row of tiles to the grid, compared line by line: so memory is read as it lies.
    fn match_row(&mut self, frame: &Frame, piece: &Piece<'_>, changes: &Changes, area: Rect, vector: Vector) {
        let (left, y, size) = (area.x.unsigned_abs(), area.y.unsigned_abs(), frame.size());
        let (mask, across) = (frame.format().mask(), super::tile_columns(size));
        let start = self.grid.len();
        self.grid.resize(start + (area.width / TILE) as usize, Cell::Other);
        // Of these columns the vector's other end is inside the picture.
        let inside = |column: &u32| source(frame, left + column * TILE, y, TILE, TILE, vector);
        let mut columns = (0..area.width / TILE).skip_while(|column| inside(column).is_none());
        let Some(first) = columns.next() else { return };
        let count = 1 + columns.take_while(|column| inside(column).is_some()).count() as u32;
        let Some((from_x, from_y)) = inside(&first) else { return };
        let (x, width) = (left + first * TILE, count * TILE);
        self.marks.clear();
        self.marks.resize(count as usize, false);
        for line in 0..TILE {
            let (old, new) = (frame.row(from_x, from_y + line, width), piece.row(x, y + line, width));
            kernel::mark_differences(old, new, mask, TILE as usize, &mut self.marks);
        }
        let cells = &mut self.grid[start + first as usize..];
        for ((cell, _), column) in cells.iter_mut().zip(&self.marks).zip(first..).filter(|((_, differs), _)| !**differs)
        {
            let still = changes.extent(y / TILE * across + left / TILE + column).is_empty();
            *cell = if still { Cell::Still } else { Cell::Moved };
        }
    }
}

/// Puts a run into the table, or notes that it is there twice.
fn note(runs: &mut [Run], hash: u32, x: u16, y: u16) {
    let place = &mut runs[hash as usize % PLACES];
    if place.hash == hash {
        place.twice = true;
    } else if place.hash == 0 {
        *place = Run { hash, twice: false, x, y };
    }
}

/// The changed tiles that lie in the piece as a whole: their corners.
fn inner_tiles(frame: &Frame, piece: &Piece<'_>, changes: &Changes) -> impl Iterator<Item = (u32, u32)> {
    let columns = super::tile_columns(frame.size());
    let (left, top, right, bottom) = (piece.left(), piece.top(), piece.right(), piece.bottom());
    changes
        .tiles()
        .map(move |tile| (tile % columns * TILE, tile / columns * TILE))
        .filter(move |(x, y)| *x >= left && *y >= top && x + TILE <= right && y + TILE <= bottom)
}

fn bounds(tiles: &[(u32, u32)]) -> Rect {
    let edge = |values: &dyn Fn(&(u32, u32)) -> u32| {
        let (low, high) = tiles.iter().map(values).fold((u32::MAX, 0), |(low, high), at| (low.min(at), high.max(at)));
        (low, (high + TILE).saturating_sub(low))
    };
    let ((x, width), (y, height)) = (edge(&|tile| tile.0), edge(&|tile| tile.1));
    Rect { x: x.cast_signed(), y: y.cast_signed(), width, height }
}

/// Whether a tile of the piece has more than lines of one colour each: such lines are everywhere.
fn is_textured(piece: &Piece<'_>, (x, y): (u32, u32), mask: u32) -> bool {
    (y..y + TILE).step_by(4).any(|line| {
        let row = piece.row(x, line, TILE);
        let first = u32::from_le_bytes(row[0]);
        let differing = row.iter().fold(0, |bits, pixel| bits | (u32::from_le_bytes(*pixel) ^ first));
        differing & mask != 0
    })
}

/// Whether a rectangle inside the piece shows what the picture has at the vector's other end.
fn matches(frame: &Frame, piece: &Piece<'_>, x: u32, y: u32, width: u32, height: u32, vector: Vector) -> bool {
    let Some((from_x, from_y)) = source(frame, x, y, width, height, vector) else { return false };
    let mask = frame.format().mask();
    let row =
        |line: u32| !kernel::differs(frame.row(from_x, from_y + line, width), piece.row(x, y + line, width), mask);
    (0..height).all(row)
}

/// Where the pixels come from, if that is inside the picture.
fn source(frame: &Frame, x: u32, y: u32, width: u32, height: u32, vector: Vector) -> Option<(u32, u32)> {
    let from_x = x.checked_add_signed(vector.dx.checked_neg()?)?;
    let from_y = y.checked_add_signed(vector.dy.checked_neg()?)?;
    let inside = from_x.checked_add(width)? <= frame.size().width && from_y.checked_add(height)? <= frame.size().height;
    inside.then_some((from_x, from_y))
}

/// Runs of cells that match, joined downwards where they span the same columns; each with how many moved.
fn joined_runs(grid: &[Cell], columns: usize, area: Rect) -> Vec<(usize, Rect)> {
    let mut rects: Vec<(usize, Rect)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (row, y) in grid.chunks(columns).zip((0..).map(|row| area.y + row * TILE.cast_signed())) {
        let mut below = Vec::new();
        let mut start = 0;
        for run in row.split(|cell| *cell == Cell::Other) {
            let moved = run.iter().filter(|cell| **cell == Cell::Moved).count();
            let x = area.x + start as i32 * TILE.cast_signed();
            let width = run.len() as u32 * TILE;
            start += run.len() + 1;
            if moved == 0 {
                continue;
            }
            let above = open.iter().copied().find(|at| rects[*at].1.x == x && rects[*at].1.width == width);
            let at = above.unwrap_or_else(|| {
                rects.push((0, Rect { x, y, width, height: 0 }));
                rects.len() - 1
            });
            rects[at].0 += moved;
            rects[at].1.height += TILE;
            below.push(at);
        }
        open = below;
    }
    rects
}

/// Grows a rectangle, whose tiles match, to where pixels stop matching: less than a tile on each side.
fn extend(frame: &Frame, piece: &Piece<'_>, rect: Rect, vector: Vector) -> Rect {
    let (mut left, mut top) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
    let (mut right, mut bottom) = (left + rect.width, top + rect.height);
    let fits = |x: u32, y: u32, width: u32, height: u32| matches(frame, piece, x, y, width, height, vector);
    for _ in 1..TILE {
        if top > piece.top() && fits(left, top - 1, right - left, 1) {
            top -= 1;
        }
        if bottom < piece.bottom() && fits(left, bottom, right - left, 1) {
            bottom += 1;
        }
    }
    for _ in 1..TILE {
        if left > piece.left() && fits(left - 1, top, 1, bottom - top) {
            left -= 1;
        }
        if right < piece.right() && fits(right, top, 1, bottom - top) {
            right += 1;
        }
    }
    Rect { x: left.cast_signed(), y: top.cast_signed(), width: right - left, height: bottom - top }
}

/// What a run's pixels come to: the sum of each by a power of the golden ratio's number, which is odd and has no pattern.
fn hash(run: [u32; RUN]) -> u32 {
    run.iter().rev().fold(0, |hash, pixel| hash.wrapping_mul(GOLDEN).wrapping_add(*pixel))
}

const GOLDEN: u32 = 0x9e37_79b1;

/// The hash as it is looked up; 0 stands for no run.
fn finish(hash: u32) -> u32 {
    let hash = hash.wrapping_mul(GOLDEN);
    (hash ^ (hash >> 15)).wrapping_mul(GOLDEN).max(1)
}

/// The hashes of all runs of a row: those of runs of 1, 2, 4 and 8 pixels are each put together to ones of twice the length.
#[derive(Default)]
struct RunHashes(Vec<u32>, Vec<u32>);

impl RunHashes {
    fn of(&mut self, row: &[u32]) -> &[u32] {
        let Self(from, to) = self;
        from.clear();
        from.extend_from_slice(row);
        let (mut length, mut factor) = (1, GOLDEN);
        while length < RUN {
            to.resize(from.len().saturating_sub(length), 0);
            kernel::join_hashes(from, from.get(length..).unwrap_or_default(), factor, to);
            std::mem::swap(from, to);
            (length, factor) = (length * 2, factor.wrapping_mul(factor));
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_hashes_of_its_runs() {
        let row: Vec<u32> = (0..200_u32).map(|at| at.wrapping_mul(0x00c2_b2ae) >> 8).collect();
        let mut hashes = RunHashes::default();
        for length in [0, 1, RUN - 1, RUN, RUN + 1, 200, 33] {
            let expected: Vec<u32> =
                row[..length].windows(RUN).map(|run| hash(std::array::from_fn(|at| run[at]))).collect();
            assert_eq!(hashes.of(&row[..length]), expected, "{length} pixels");
        }
    }
}

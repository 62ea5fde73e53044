//! Where a shot differs from the picture, tile by tile.

use std::ops::Range;

use super::{TILE, tile_bounds, tile_columns, tile_count};
use crate::backend::Patch;
use crate::frame::{Frame, Rect, Size};
use crate::kernel;

/// Pixels that a part of the picture should have now: a visible part of a patch, or a mask.
pub(super) struct Piece<'a> {
    /// Where, inside the picture and not empty.
    pub(super) rect: Rect,
    bytes: &'a [u8],
    stride: usize,
}

impl<'a> Piece<'a> {
    /// What of a patch lies in `visible` and in the picture.
    pub(super) fn of_patch(patch: &Patch<'a>, visible: Rect, size: Size) -> Option<Self> {
        let rect = visible.intersect(patch.rect)?.intersect(size.bounds())?;
        let from_left = rect.x.abs_diff(patch.rect.x) as usize * 4;
        let from_top = rect.y.abs_diff(patch.rect.y) as usize * patch.stride;
        let end = from_left + from_top + (rect.height as usize - 1) * patch.stride + rect.width as usize * 4;
        let bytes = patch.pixels.get(from_top + from_left..end)?;
        Some(Self { rect, bytes, stride: patch.stride })
    }

    /// A rectangle of one colour, of which `row` is a row as wide as the picture.
    pub(super) fn of_mask(rect: Rect, row: &'a [u8], size: Size) -> Option<Self> {
        let rect = rect.intersect(size.bounds())?;
        Some(Self { rect, bytes: row, stride: 0 })
    }

    /// `width` pixels from a position inside the piece.
    pub(super) fn row(&self, x: u32, y: u32, width: u32) -> &'a [[u8; 4]] {
        let (from_left, from_top) = (x.abs_diff(self.left()) as usize, y.abs_diff(self.top()) as usize);
        let start = from_top * self.stride + from_left * 4;
        self.bytes[start..start + width as usize * 4].as_chunks().0
    }

    /// How many of its pixels the picture does not show.
    pub(super) fn differing(&self, frame: &Frame) -> u64 {
        let mask = frame.format().mask();
        let rows = (self.top()..self.bottom()).map(|y| {
            let old = frame.row(self.left(), y, self.rect.width);
            let new = self.row(self.left(), y, self.rect.width);
            if !kernel::differs(old, new, mask) {
                return 0;
            }
            old.iter().zip(new).filter(|(old, new)| **old != u32::from_le_bytes(**new) & mask).count() as u64
        });
        rows.sum()
    }

    /// Whether the picture does not show some of its pixels.
    pub(super) fn differs(&self, frame: &Frame) -> bool {
        let (mask, left, width) = (frame.format().mask(), self.left(), self.rect.width);
        let differs = |y| kernel::differs(frame.row(left, y, width), self.row(left, y, width), mask);
        (self.top()..self.bottom()).any(differs)
    }

    // Inside the picture, so that no edge is negative.
    pub(super) fn left(&self) -> u32 {
        self.rect.x.unsigned_abs()
    }

    pub(super) fn top(&self) -> u32 {
        self.rect.y.unsigned_abs()
    }

    pub(super) fn right(&self) -> u32 {
        self.left() + self.rect.width
    }

    pub(super) fn bottom(&self) -> u32 {
        self.top() + self.rect.height
    }
}

/// The smallest rectangle of a tile that holds every changed pixel: edges inside the tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) left: u8,
    pub(super) top: u8,
    pub(super) right: u8,
    pub(super) bottom: u8,
}

impl Extent {
    pub(super) fn is_empty(self) -> bool {
        self.right == 0
    }

    pub(super) fn area(self) -> usize {
        usize::from(self.right - self.left) * usize::from(self.bottom - self.top)
    }

    fn join(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return if self.is_empty() { other } else { self };
        }
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// The changed part of every tile.
#[derive(Default)]
pub(super) struct Changes {
    columns: u32,
    extents: Vec<Extent>,
    /// Tiles of which it is known that they changed, and not yet where: whoever looks for what moved need not know.
    unmeasured: Vec<bool>,
    marks: Vec<bool>,
}

impl Changes {
    /// No tile of a picture of this size has changed.
    pub(super) fn begin(&mut self, size: Size) {
        self.columns = tile_columns(size);
        self.extents.clear();
        self.extents.resize(tile_count(size), Extent::default());
        self.unmeasured.clear();
        self.unmeasured.resize(tile_count(size), false);
    }

    /// The tiles that changed.
    pub(super) fn tiles(&self) -> impl Iterator<Item = u32> + '_ {
        self.extents.iter().zip(0..).filter(|(extent, _)| !extent.is_empty()).map(|(_, tile)| tile)
    }

    pub(super) fn extent(&self, tile: u32) -> Extent {
        self.extents[tile as usize]
    }

    /// The whole of a tile counts as changed, `width` and `height` being what of it lies in the picture.
    pub(super) fn set_whole(&mut self, tile: u32, width: u32, height: u32) {
        // At most a tile's side.
        self.extents[tile as usize] = Extent { left: 0, top: 0, right: width as u8, bottom: height as u8 };
    }

    /// Every tile of a picture of this size counts as changed.
    pub(super) fn set_all(&mut self, size: Size) {
        for tile in 0..tile_count(size) as u32 {
            let bounds = tile_bounds(size, tile);
            self.set_whole(tile, bounds.width, bounds.height);
        }
    }

    /// Nothing of a tile is left to be coded.
    pub(super) fn clear(&mut self, tile: u32) {
        self.extents[tile as usize] = Extent::default();
    }

    /// Compares a piece with the picture; [`Changes::take`] says the rest.
    pub(super) fn compare(&mut self, frame: &Frame, piece: &Piece<'_>) {
        let (columns, rows) = tiles(piece.rect);
        let lead = (columns.start + 1) * TILE - piece.left();
        let mask = frame.format().mask();
        let mut marks = std::mem::take(&mut self.marks);
        for row in rows {
            marks.clear();
            marks.resize(columns.len(), false);
            for y in (row * TILE).max(piece.top())..((row + 1) * TILE).min(piece.bottom()) {
                let new = piece.row(piece.left(), y, piece.rect.width);
                let old = frame.row(piece.left(), y, piece.rect.width);
                kernel::mark_differences(old, new, mask, lead as usize, &mut marks);
            }
            for (column, _) in columns.clone().zip(&marks).filter(|(_, mark)| **mark) {
                let tile = row * self.columns + column;
                self.set_whole(tile, TILE, TILE);
                self.unmeasured[tile as usize] = true;
            }
        }
        self.marks = marks;
    }

    /// Compares again what lies in `rect`, which was painted meanwhile.
    pub(super) fn compare_again(&mut self, frame: &Frame, pieces: &[Piece<'_>], rect: Rect) {
        let (columns, rows) = tiles(rect);
        for row in rows {
            for column in columns.clone() {
                self.compare_tile(frame, pieces, column, row);
            }
        }
    }

    /// All of `rect` is what it should be by now. Tiles that reach beyond it are compared again.
    pub(super) fn settle(&mut self, frame: &Frame, pieces: &[Piece<'_>], rect: Rect) {
        let (columns, rows) = tiles(rect);
        for row in rows {
            for column in columns.clone() {
                let tile = row * self.columns + column;
                let bounds = tile_bounds(frame.size(), tile);
                if bounds.intersect(rect) == Some(bounds) {
                    self.clear(tile);
                    self.unmeasured[tile as usize] = false;
                } else {
                    self.compare_tile(frame, pieces, column, row);
                }
            }
        }
    }

    /// Takes over what the pieces have of the changed tiles, and finds out where each of them changed.
    pub(super) fn take(&mut self, frame: &mut Frame, pieces: &[Piece<'_>]) {
        for tile in 0..self.extents.len() as u32 {
            if self.is_untaken(tile) {
                self.take_tile(frame, pieces, tile);
            }
        }
    }

    /// Whether a tile is known to have changed, and was not taken over yet.
    pub(super) fn is_untaken(&self, tile: u32) -> bool {
        self.unmeasured[tile as usize]
    }

    pub(super) fn take_tile(&mut self, frame: &mut Frame, pieces: &[Piece<'_>], tile: u32) {
        let mask = frame.format().mask();
        self.measure(pieces, tile % self.columns, tile / self.columns, |piece, [x, y, width], bits| {
            kernel::take_differences(frame.row_mut(x, y, width), piece.row(x, y, width), mask, bits)
        });
    }

    /// Where a tile differs: it is taken over later.
    fn compare_tile(&mut self, frame: &Frame, pieces: &[Piece<'_>], column: u32, row: u32) {
        let mask = frame.format().mask();
        self.measure(pieces, column, row, |piece, [x, y, width], bits| {
            kernel::add_differences(frame.row(x, y, width), piece.row(x, y, width), mask, bits)
        });
        let tile = (row * self.columns + column) as usize;
        self.unmeasured[tile] = !self.extents[tile].is_empty();
    }

    /// Measures a tile, `differs` being asked row by row: it adds the bits that differ in each column, and answers whether any do.
    fn measure<'a>(
        &mut self,
        pieces: &[Piece<'a>],
        column: u32,
        row: u32,
        mut differs: impl FnMut(&Piece<'a>, [u32; 3], &mut [u32; TILE as usize]) -> bool,
    ) {
        let tile = (row * self.columns + column) as usize;
        self.extents[tile] = Extent::default();
        self.unmeasured[tile] = false;
        for piece in pieces {
            let (columns, rows) = tiles(piece.rect);
            if columns.contains(&column) && rows.contains(&row) {
                let part = measure_part(piece, column * TILE, row * TILE, &mut differs);
                self.extents[tile] = self.extents[tile].join(part);
            }
        }
    }

    /// Takes over what a piece has of the changed parts.
    pub(super) fn copy(&self, frame: &mut Frame, piece: &Piece<'_>) {
        let (columns, rows) = tiles(piece.rect);
        let mask = frame.format().mask();
        for row in rows {
            for column in columns.clone() {
                let extent = self.extents[(row * self.columns + column) as usize];
                let (x, y) = (column * TILE, row * TILE);
                let (left, right) =
                    ((x + u32::from(extent.left)).max(piece.left()), (x + u32::from(extent.right)).min(piece.right()));
                let (top, bottom) =
                    ((y + u32::from(extent.top)).max(piece.top()), (y + u32::from(extent.bottom)).min(piece.bottom()));
                if extent.is_empty() || left >= right {
                    continue;
                }
                for line in top..bottom {
                    let new = piece.row(left, line, right - left);
                    kernel::copy(frame.row_mut(left, line, right - left), new, mask);
                }
            }
        }
    }
}

/// The tiles that a rectangle inside the picture touches: columns, rows.
fn tiles(rect: Rect) -> (Range<u32>, Range<u32>) {
    let (left, top) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
    (left / TILE..(left + rect.width).div_ceil(TILE), top / TILE..(top + rect.height).div_ceil(TILE))
}

/// Where what a piece has of the tile at (x, y) differs.
fn measure_part<'a>(
    piece: &Piece<'a>,
    x: u32,
    y: u32,
    differs: &mut impl FnMut(&Piece<'a>, [u32; 3], &mut [u32; TILE as usize]) -> bool,
) -> Extent {
    let (left, right) = (x.max(piece.left()), (x + TILE).min(piece.right()));
    let (top, bottom) = (y.max(piece.top()), (y + TILE).min(piece.bottom()));
    let (mut bits, mut lines) = ([0; TILE as usize], None);
    for line in top..bottom {
        if differs(piece, [left, line, right - left], &mut bits) {
            lines = Some((lines.map_or(line, |(first, _)| first), line + 1));
        }
    }
    let Some((first, end)) = lines else { return Extent::default() };
    let from = bits.iter().position(|bits| *bits != 0).unwrap_or_default() as u32;
    let to = bits.iter().rposition(|bits| *bits != 0).map_or(0, |last| last as u32 + 1);
    // Inside a tile, so below 33.
    Extent {
        left: (left + from - x) as u8,
        top: (first - y) as u8,
        right: (left + to - x) as u8,
        bottom: (end - y) as u8,
    }
}

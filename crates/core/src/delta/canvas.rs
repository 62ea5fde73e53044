//! The writer's half: compares a shot with the picture, finds what moved or was there before, and codes the rest.

use super::bands::Bands;
use super::changes::{Changes, Piece};
use super::cost::Counts;
use super::memory::MemoryWriter;
use super::motion::{Motion, Vector};
use super::ops::{Op, Streams, empty};
use super::packed::Film;
use super::palette::{Assignment, PalettesWriter, Shades, write_pixel};
use super::predict::{self, Rows};
use super::unrest::{Habit, Unrest};
use super::{FramePart, MAX_PAINTED, Shape, TILE, TILE_AREA, area, is_whole, tile_bounds, tile_columns, tile_count};
use crate::backend::{Patch, Shot};
use crate::frame::{Frame, PixelFormat, Rect, Size};
use crate::kernel;
use crate::redact::MaskedShot;

/// A part is ended when its streams take this many bytes, well under a record's limit.
const PART_BYTES: usize = 4 << 20;
/// A block is coded by palette, without a look at what repeats itself, if its palette lacks at most one colour for so many pixels, and these.
const CLEAR_PIXELS: usize = 40;
const CLEAR_COLORS: usize = 8;
/// It is not if more than one is lacking for so many pixels.
const COLOR_PIXELS: usize = 2;
/// What a colour costs that has to be assigned: its three channels, compressed.
const COLOR_BITS: f32 = 14.0;
/// What is left of the indices' entropy where they repeat themselves.
const REPETITION: f32 = 0.8;
/// Pieces of the picture that are searched for motion, one after the other.
const SEARCHES: usize = 2;

/// The picture as the recording will show it.
pub struct Canvas {
    frame: Frame,
    key: bool,
    changes: Changes,
    motion: Motion,
    palettes: PalettesWriter,
    memory: MemoryWriter,
    unrest: Unrest,
    bands: Bands,
    coder: Coder,
    hashes: Vec<(u32, u32)>,
}

impl Canvas {
    /// A black picture that was never coded.
    pub fn new(size: Size, format: PixelFormat) -> Self {
        Self {
            frame: Frame::new(size, format),
            key: true,
            changes: Changes::default(),
            motion: Motion::default(),
            palettes: PalettesWriter::default(),
            memory: MemoryWriter::default(),
            unrest: Unrest::default(),
            bands: Bands::default(),
            coder: Coder::default(),
            hashes: Vec::new(),
        }
    }

    /// The picture.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The next coding starts from black: for a new segment.
    pub fn restart(&mut self) {
        self.key = true;
    }

    /// Takes what of a shot may be shown, paints over the rest, and codes what changed: no parts when nothing did.
    pub fn take(&mut self, masked: &MaskedShot<'_>) -> Vec<FramePart> {
        let size = self.frame.size();
        let color = self.frame.format().mask_color().to_le_bytes();
        let row = if masked.masks.is_empty() { Vec::new() } else { color.repeat(size.width as usize) };
        let visible = pieces(masked.shot, &masked.visible, size);
        let masks = masked.masks.iter().filter_map(|mask| Piece::of_mask(*mask, &row, size));
        let pieces: Vec<Piece<'_>> = visible.chain(masks).collect();
        self.code(&pieces)
    }

    /// How many pixels of what may be shown of a shot differ from the picture, outside `known`. Nothing else of the shot is read.
    pub fn differing(&self, masked: &MaskedShot<'_>, known: &[Rect]) -> u64 {
        let unknown = known.iter().fold(masked.visible.clone(), |left, known| {
            left.into_iter().flat_map(|rect| rect.subtract(*known)).collect()
        });
        pieces(masked.shot, &unknown, self.frame.size()).map(|piece| piece.differing(&self.frame)).sum()
    }

    /// Whether anything of what may be shown of a shot differs from the picture within `bounds`.
    pub fn differs_within(&self, masked: &MaskedShot<'_>, bounds: Rect) -> bool {
        let within: Vec<Rect> = masked.visible.iter().filter_map(|visible| visible.intersect(bounds)).collect();
        pieces(masked.shot, &within, self.frame.size()).any(|piece| piece.differs(&self.frame))
    }

    /// As [`Canvas::take`], with a whole patch: for pictures that nobody has to judge.
    pub fn take_patch(&mut self, patch: &Patch<'_>) -> Vec<FramePart> {
        let piece = Piece::of_patch(patch, patch.rect, self.frame.size());
        self.code(piece.as_slice())
    }

    fn code(&mut self, pieces: &[Piece<'_>]) -> Vec<FramePart> {
        let key = std::mem::take(&mut self.key);
        let shape = Shape { size: self.frame.size(), format: self.frame.format() };
        self.coder.begin(shape, key);
        self.changes.begin(shape.size);
        self.unrest.begin(tile_count(shape.size));
        if key {
            // All of it is coded, so nothing need be compared.
            self.changes.set_all(shape.size);
            pieces.iter().for_each(|piece| self.changes.copy(&mut self.frame, piece));
            self.palettes = PalettesWriter::default();
            self.memory = MemoryWriter::default();
            self.change_all();
        } else {
            pieces.iter().for_each(|piece| self.changes.compare(&self.frame, piece));
            if self.move_parts(pieces) {
                self.changes.take(&mut self.frame, pieces);
            }
        }
        self.sort_tiles(pieces);
        self.paint();
        self.coder.end()
    }

    /// Everything that is not black has changed.
    fn change_all(&mut self) {
        let size = self.frame.size();
        self.changes.begin(size);
        for tile in 0..tile_count(size) as u32 {
            let bounds = tile_bounds(size, tile);
            if !is_solid(&self.frame, bounds, Some(0)) {
                self.changes.set_whole(tile, bounds.width, bounds.height);
            }
        }
    }

    /// Moves what moved, so that only what is still different is left to be coded. Answers whether anything was moved.
    fn move_parts(&mut self, pieces: &[Piece<'_>]) -> bool {
        let mut moved = false;
        for piece in pieces {
            for _ in 0..SEARCHES {
                let Some((Vector { dx, dy }, rects)) = self.motion.find(&self.frame, piece, &self.changes) else {
                    break;
                };
                if !std::mem::replace(&mut moved, true) {
                    // Before anything is moved: what is moved onto an unchanged tile may be nothing of its own.
                    self.changes.tiles().for_each(|tile| self.memory.keep(&self.frame, tile));
                }
                for rect in &rects {
                    // The source lies inside the picture.
                    self.frame.shift(*rect, (rect.x - dx).unsigned_abs(), (rect.y - dy).unsigned_abs());
                    self.coder.push(Op::Move { rect: *rect, dx, dy });
                }
                let (found, painted): (Vec<_>, Vec<_>) = (0..rects.len()).partition(|at| {
                    let rect = rects[*at];
                    let source = Rect { x: rect.x - dx, y: rect.y - dy, ..rect };
                    // As it was compared: nothing was moved onto its source before, and no other piece says anything else.
                    rects[..*at].iter().all(|before| before.intersect(source).is_none())
                        && pieces.iter().filter(|piece| piece.rect.intersect(rect).is_some()).count() == 1
                });
                found.into_iter().for_each(|at| self.changes.settle(&self.frame, pieces, rects[at]));
                painted.into_iter().for_each(|at| self.changes.compare_again(&self.frame, pieces, rects[at]));
            }
        }
        moved
    }

    /// Takes over each changed tile that was not yet, and decides while its pixels are at hand: of one colour, seen before, or to be coded.
    fn sort_tiles(&mut self, pieces: &[Piece<'_>]) {
        self.bands.begin();
        self.hashes.clear();
        let mut recalls = Runs::default();
        let changed: Vec<u32> = self.changes.tiles().collect();
        for tile in changed {
            if self.changes.is_untaken(tile) {
                self.memory.keep(&self.frame, tile);
                self.changes.take_tile(&mut self.frame, pieces, tile);
            }
            if let Some(slot) = self.sort_tile(tile) {
                recalls.add(tile, slot).into_iter().for_each(|op| self.coder.push(op));
            }
        }
        recalls.end().into_iter().for_each(|op| self.coder.push(op));
    }

    /// Where a changed tile is remembered; `None` where it is not, or not to be recalled.
    fn sort_tile(&mut self, tile: u32) -> Option<u32> {
        let (bounds, extent) = (tile_bounds(self.frame.size(), tile), self.changes.extent(tile));
        if extent.area() * 4 < TILE_AREA || !is_whole(self.frame.size(), tile) {
            return None;
        }
        if is_solid(&self.frame, bounds, None) {
            let color = self.frame.row(bounds.x.unsigned_abs(), bounds.y.unsigned_abs(), 1)[0];
            self.bands.solid(bounds, color);
            self.changes.clear(tile);
            return None;
        }
        let hash = hash(&self.frame, bounds);
        let slot = self.memory.find(&self.frame, tile, hash);
        if slot.is_some() {
            self.changes.clear(tile);
        } else if extent.area() * 4 >= TILE_AREA * 3 {
            self.changes.set_whole(tile, TILE, TILE);
            self.hashes.push((tile, hash));
        }
        slot
    }

    /// Codes what is left.
    fn paint(&mut self) {
        let size = self.frame.size();
        let columns = tile_columns(size);
        for column in 0..columns {
            let tiles = (column..tile_count(size) as u32).step_by(columns as usize);
            let extents = tiles.map(|tile| Some(self.changes.extent(tile)).filter(|extent| !extent.is_empty()));
            self.bands.column(&self.frame, column, extents);
        }
        self.bands.end();
        let mut film = Film::default();
        self.hashes.retain(|(tile, _)| {
            let habit = self.unrest.change(*tile);
            if habit == Habit::Rests || !self.memory.is_photograph(&self.frame, *tile) {
                return true;
            }
            film.stirring += TILE_AREA;
            if habit == Habit::Films {
                film.pixels += TILE_AREA;
            }
            // What a film shows does not come back.
            habit != Habit::Films
        });
        self.coder.film = film;
        for fill in &self.bands.fills {
            self.coder.fill(fill.rect, fill.color);
        }
        for block in &self.bands.blocks {
            self.coder.block(&self.frame, &mut self.palettes, *block);
        }
        let mut remembered = Runs::default();
        for (tile, hash) in self.hashes.drain(..) {
            self.memory.remember(&self.frame, tile, hash);
            remembered.add(tile, tile).into_iter().for_each(|op| self.coder.push(as_remember(op)));
        }
        remembered.end().into_iter().for_each(|op| self.coder.push(as_remember(op)));
    }
}

/// What the patches of a shot have of these rectangles.
fn pieces<'a>(shot: &'a Shot<'a>, rects: &'a [Rect], size: Size) -> impl Iterator<Item = Piece<'a>> {
    let of_patch = move |patch| rects.iter().filter_map(move |rect| Piece::of_patch(patch, *rect, size));
    shot.patches.iter().flat_map(of_patch)
}

/// Tiles one after the other, from slots one after the other.
#[derive(Default)]
struct Runs {
    tile: u32,
    slot: u32,
    count: u32,
}

impl Runs {
    /// Adds a tile; gives the run before, where this one does not continue it.
    fn add(&mut self, tile: u32, slot: u32) -> Option<Op> {
        if self.count > 0 && tile == self.tile + self.count && slot == self.slot + self.count {
            self.count += 1;
            return None;
        }
        let done = self.end();
        *self = Self { tile, slot, count: 1 };
        done
    }

    fn end(&mut self) -> Option<Op> {
        let Self { tile, slot, count } = std::mem::take(self);
        (count > 0).then_some(Op::Recall { tile, slot, count })
    }
}

fn as_remember(op: Op) -> Op {
    match op {
        Op::Recall { tile, count, .. } => Op::Remember { tile, count },
        other => other,
    }
}

fn is_solid(frame: &Frame, rect: Rect, color: Option<u32>) -> bool {
    let (x, y) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
    let color = color.unwrap_or_else(|| frame.row(x, y, 1)[0]);
    (y..y + rect.height).all(|line| {
        let row = frame.row(x, line, rect.width);
        row[0] == color && kernel::is_uniform(row)
    })
}

fn hash(frame: &Frame, rect: Rect) -> u32 {
    let (x, y) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
    let mut lanes = [0x9e37_79b1; TILE as usize];
    (y..y + rect.height).for_each(|line| kernel::hash_row(frame.row(x, line, rect.width), &mut lanes));
    let hash = lanes.into_iter().fold(0_u32, |hash, lane| (hash ^ lane).wrapping_mul(0x85eb_ca6b).rotate_left(15));
    hash ^ (hash >> 16)
}

/// Adds a strip to those that were gathered to its left.
fn gather(gathered: &mut Option<Rect>, strip: Rect) {
    *gathered = Some(gathered.map_or(strip, |left| left.around(strip)));
}

/// Puts operations and what they need into records.
struct Coder {
    shape: Shape,
    key: bool,
    parts: Vec<FramePart>,
    streams: Streams,
    painted: u64,
    rows: Rows,
    shades: Shades,
    assignment: Assignment,
    /// Residuals that were tried. What is then coded as residuals may be joined with strips beside it, and has others.
    tried: [Vec<u8>; 3],
    film: Film,
}

impl Default for Coder {
    fn default() -> Self {
        let shape = Shape { size: Size::default(), format: PixelFormat::Bgrx8 };
        let (streams, rows) = (Streams::default(), Rows::default());
        let (shades, assignment) = (Shades::default(), Assignment::default());
        let (parts, tried) = (Vec::new(), Default::default());
        Self { shape, key: false, parts, streams, painted: 0, rows, shades, assignment, tried, film: Film::default() }
    }
}

impl Coder {
    fn begin(&mut self, shape: Shape, key: bool) {
        self.shape = shape;
        self.key = key;
    }

    fn end(&mut self) -> Vec<FramePart> {
        if !self.streams.is_empty() || self.key {
            self.finish_part();
        }
        let mut parts = std::mem::take(&mut self.parts);
        if let Some(last) = parts.last_mut() {
            last.more = false;
        }
        parts
    }

    fn finish_part(&mut self) {
        let key = std::mem::take(&mut self.key).then_some(self.shape);
        let (data, packed) = self.streams.take(self.film);
        self.parts.push(FramePart { key, more: true, packed, data: data.into() });
        self.painted = 0;
    }

    /// Adds an operation, whose streams were written already.
    fn push(&mut self, op: Op) {
        let pixels = match op {
            Op::Fill(rect) | Op::Move { rect, .. } | Op::Indexed { rect, .. } | Op::Predicted(rect) | Op::Raw(rect) => {
                area(rect)
            }
            Op::Recall { count, .. } | Op::Remember { count, .. } => u64::from(count) * TILE_AREA as u64,
        };
        self.painted += pixels;
        self.streams.push(op);
        // Room for one operation more, which paints the picture once at most.
        let full = self.painted > (MAX_PAINTED - 1) * self.shape.size.area() as u64;
        if full || self.streams.len() >= PART_BYTES {
            self.finish_part();
        }
    }

    fn fill(&mut self, rect: Rect, color: u32) {
        write_pixel(&mut self.streams.colors, color, self.shape.format);
        self.push(Op::Fill(rect));
    }

    /// A block, strip by strip of a tile's width: as palette slots for as long as there are colours enough, otherwise as residuals.
    fn block(&mut self, frame: &Frame, palettes: &mut PalettesWriter, rect: Rect) {
        let (mut indexed, mut predicted) = (None, None);
        let mut x = rect.x;
        self.shades.clear();
        while i64::from(x) < rect.right() {
            let width = TILE.min((rect.right() - i64::from(x)) as u32);
            let strip = Rect { x, width, ..rect };
            let limit = area(strip) as usize / 2 + 1;
            x = x.saturating_add_unsigned(width);
            let mut fits = self.shades.add(frame, strip, limit);
            if !fits && indexed.is_some() {
                // Its colours may have been too many only together with those before it.
                self.indexed(frame, palettes, &mut indexed, &mut predicted);
                fits = self.shades.add(frame, strip, limit);
            }
            if fits {
                self.predicted(frame, &mut predicted);
                gather(&mut indexed, strip);
            } else {
                gather(&mut predicted, strip);
            }
        }
        self.indexed(frame, palettes, &mut indexed, &mut predicted);
        self.predicted(frame, &mut predicted);
    }

    /// The shades gathered so far, if there are any, as an operation of their own; or as residuals, behind those that are `predicted`.
    fn indexed(
        &mut self,
        frame: &Frame,
        palettes: &mut PalettesWriter,
        gathered: &mut Option<Rect>,
        predicted: &mut Option<Rect>,
    ) {
        let Some(rect) = gathered.take() else { return };
        let lack = palettes.choose(&self.shades.colors);
        if self.is_for_palette(frame, rect, lack.missing) {
            palettes.assign(&self.shades.colors, &lack, &mut self.assignment);
            self.assignment.write(&mut self.streams.colors, self.shape.format);
            let slots = &self.assignment.slots;
            let indices = self.shades.indices.iter().map(|index| slots[usize::from(*index)]);
            self.streams.indices.extend(indices);
            self.push(Op::Indexed { rect, palette: self.assignment.palette, assigned: self.assignment.count() });
        } else {
            gather(predicted, rect);
        }
        self.shades.clear();
    }

    /// Whether slots, and the colours that have to be assigned first, cost less than residuals.
    fn is_for_palette(&mut self, frame: &Frame, rect: Rect, missing: usize) -> bool {
        let pixels = area(rect) as usize;
        if missing <= pixels / CLEAR_PIXELS + CLEAR_COLORS {
            return true;
        }
        if missing > pixels / COLOR_PIXELS {
            return false;
        }
        if self.shape.format != PixelFormat::Bgrx8 {
            return true;
        }
        if self.shades.never_repeat() {
            return false;
        }
        predict::encode(frame, rect, &mut self.tried, &mut self.rows);
        let residuals: f32 = self.tried.iter().map(|plane| Counts::of(plane).bits()).sum();
        self.tried.iter_mut().for_each(empty);
        missing as f32 * COLOR_BITS + Counts::of(&self.shades.indices).bits() * REPETITION <= residuals
    }

    /// The strips gathered so far, if there are any, as residuals.
    fn predicted(&mut self, frame: &Frame, gathered: &mut Option<Rect>) {
        let Some(rect) = gathered.take() else { return };
        if self.shape.format == PixelFormat::Bgrx8 {
            predict::encode(frame, rect, &mut self.streams.planes, &mut self.rows);
            self.push(Op::Predicted(rect));
            return;
        }
        for y in rect.y.unsigned_abs()..rect.y.unsigned_abs() + rect.height {
            for pixel in frame.row(rect.x.unsigned_abs(), y, rect.width) {
                write_pixel(&mut self.streams.colors, *pixel, self.shape.format);
            }
        }
        self.push(Op::Raw(rect));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::noise::noise;

    const SIZE: Size = Size { width: TILE, height: TILE };

    /// How many bytes a picture of a film takes that was shown before, after so many others.
    fn shown_again(colors: u32, pictures: u32, again: u32) -> usize {
        let mut canvas = Canvas::new(SIZE, PixelFormat::Bgrx8);
        let mut show = |picture: u32| {
            let pixels: Vec<u8> = noise(picture + 1, colors).take(TILE_AREA).flat_map(u32::to_le_bytes).collect();
            let patch = Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &pixels };
            canvas.take_patch(&patch).iter().map(|part| part.data.len()).sum()
        };
        (0..pictures).for_each(|picture| _ = show(picture));
        show(again)
    }

    #[test]
    fn what_a_film_showed_is_not_remembered_and_an_animation_is() {
        const RECALLED: usize = 64;
        assert!(shown_again(1 << 20, 30, 3) < RECALLED, "nobody knows yet that it is a film");
        assert!(shown_again(1 << 20, 30, 20) > RECALLED);
        assert!(shown_again(20, 30, 20) < RECALLED, "few colours");
    }
}

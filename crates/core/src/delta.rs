//! Picture ⇄ what changed in it: docs/format.md §9.3.
//!
//! The writer's half is [`Canvas`], the reader's [`Picture`]; each part of the work has a file, with both directions in it.

mod bands;
mod canvas;
mod changes;
mod copies;
mod cost;
mod holders;
mod memory;
mod motion;
#[cfg(test)]
mod noise;
mod ops;
mod packed;
mod palette;
mod predict;
mod unrest;
mod work;

use std::sync::Arc;

pub use self::canvas::Canvas;
#[cfg(test)]
pub(crate) use self::predict::median;
pub(crate) use self::work::Work;

use self::memory::Memory;
use self::ops::{Op, StreamReader};
use self::packed::Unpacker;
use self::palette::Palettes;
use crate::error::Result;
use crate::frame::{Frame, PixelFormat, Rect, Size};
use crate::wire::invalid;

/// Pixels along a tile's side.
pub const TILE: u32 = 32;
/// Longest side of a picture.
pub const MAX_SIDE: u32 = 32_768;
/// Most pixels of a picture.
pub const MAX_AREA: usize = 1 << 27;
/// A record paints at most this many pixels for each that its picture has.
pub const MAX_PAINTED: u64 = 8;
const TILE_AREA: usize = (TILE * TILE) as usize;

/// A `frame` record: all or a part of what changed in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramePart {
    /// The picture starts from black, in this size and format.
    pub key: Option<Shape>,
    /// More parts of the same picture follow.
    pub more: bool,
    /// Its residuals are packed, as a film's are.
    pub packed: bool,
    /// The operations, coded: shared with who remembers what later pictures build on.
    pub data: Arc<Vec<u8>>,
}

/// A picture's size and pixel format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its size.
    pub size: Size,
    /// Its pixel format.
    pub format: PixelFormat,
}

/// The picture as a reader puts it together.
#[derive(Default)]
pub struct Picture {
    frame: Option<Frame>,
    palettes: Palettes,
    memory: Memory,
    unpacker: Unpacker,
    unfinished: bool,
}

impl Picture {
    /// The picture so far; `None` before the first key frame.
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }

    /// The picture, which is not painted on.
    pub(crate) fn into_frame(self) -> Option<Frame> {
        self.frame
    }

    /// Whether parts of a picture are still to come.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// Applies a part; answers how many pixels it painted.
    ///
    /// # Errors
    /// `FormatInvalid` for anything against §9.3.
    pub fn apply(&mut self, part: &FramePart) -> Result<u64> {
        if let Some(Shape { size, format }) = part.key {
            if self.unfinished {
                return Err(invalid("starts a picture inside another"));
            }
            // The old picture goes first: two of the largest at once would be a gigabyte.
            *self = Self { unpacker: std::mem::take(&mut self.unpacker), ..Self::default() };
            self.frame = Some(Frame::new(size, format));
        }
        let frame = self.frame.as_mut().ok_or_else(|| invalid("changes a picture before the first key frame"))?;
        let mut streams = StreamReader::new(part, frame.size())?;
        let residuals = streams.packed.map(|packed| self.unpacker.unpack(packed)).transpose()?;
        if let Some(residuals) = &residuals {
            streams.split(residuals);
        }
        let mut painted = 0;
        while let Some(op) = streams.next()? {
            painted += paint(op, frame, &mut self.palettes, &mut self.memory, &mut streams)?;
        }
        self.unfinished = part.more;
        Ok(painted)
    }
}

/// Does one operation; answers how many pixels it painted.
fn paint(
    op: Op,
    frame: &mut Frame,
    palettes: &mut Palettes,
    memory: &mut Memory,
    streams: &mut StreamReader<'_>,
) -> Result<u64> {
    let format = frame.format();
    match op {
        Op::Fill(rect) => {
            frame.fill(rect, palette::read_pixel(&mut streams.colors, format)?);
            Ok(area(rect))
        }
        Op::Move { rect, dx, dy } => {
            // The streams have seen that both are inside the picture.
            frame.shift(rect, (rect.x - dx).unsigned_abs(), (rect.y - dy).unsigned_abs());
            Ok(area(rect))
        }
        Op::Indexed { rect, palette, assigned } => {
            let colors = palettes.assign(palette as usize, assigned, &mut streams.colors, format)?;
            let height = rect.height as usize;
            let indices = streams.indices.bytes(rect.width as usize * height)?;
            for line in 0..height {
                let row = frame.row_mut(rect.x.unsigned_abs(), rect.y.unsigned_abs() + line as u32, rect.width);
                for (pixel, index) in row.iter_mut().zip(indices[line..].iter().step_by(height)) {
                    *pixel = colors[usize::from(*index)];
                }
            }
            Ok(area(rect))
        }
        Op::Predicted(_) if format != PixelFormat::Bgrx8 => Err(invalid("predicts channels of more than 8 bits")),
        Op::Predicted(rect) => {
            predict::decode(frame, rect, &mut streams.planes)?;
            Ok(area(rect))
        }
        Op::Raw(rect) => {
            for y in rect.y.unsigned_abs()..rect.y.unsigned_abs() + rect.height {
                for pixel in frame.row_mut(rect.x.unsigned_abs(), y, rect.width) {
                    *pixel = palette::read_pixel(&mut streams.colors, format)?;
                }
            }
            Ok(area(rect))
        }
        Op::Recall { tile, slot, count } => {
            for step in 0..count {
                let tile = whole_tile(frame.size(), tile + step)?;
                memory.recall(slot as usize + step as usize, frame, tile)?;
            }
            Ok(u64::from(count) * TILE_AREA as u64)
        }
        Op::Remember { tile, count } => {
            for step in 0..count {
                let tile = whole_tile(frame.size(), tile + step)?;
                memory.remember(frame, tile);
            }
            Ok(0)
        }
    }
}

/// Whether a picture may have this size.
pub fn is_picture_size(size: Size) -> bool {
    let side = 1..=MAX_SIDE;
    side.contains(&size.width) && side.contains(&size.height) && size.area() <= MAX_AREA
}

fn area(rect: Rect) -> u64 {
    u64::from(rect.width) * u64::from(rect.height)
}

fn tile_columns(size: Size) -> u32 {
    size.width.div_ceil(TILE)
}

fn tile_count(size: Size) -> usize {
    tile_columns(size) as usize * size.height.div_ceil(TILE) as usize
}

/// The left top corner of a tile.
fn tile_corner(size: Size, tile: u32) -> (u32, u32) {
    (tile % tile_columns(size) * TILE, tile / tile_columns(size) * TILE)
}

/// Where a tile lies, cut to the picture.
fn tile_bounds(size: Size, tile: u32) -> Rect {
    let (x, y) = tile_corner(size, tile);
    let (width, height) = (TILE.min(size.width - x), TILE.min(size.height - y));
    Rect { x: x.cast_signed(), y: y.cast_signed(), width, height }
}

fn is_whole(size: Size, tile: u32) -> bool {
    let bounds = tile_bounds(size, tile);
    (bounds.width, bounds.height) == (TILE, TILE)
}

/// A tile that is not cut by the picture's edge: others are not remembered.
fn whole_tile(size: Size, tile: u32) -> Result<u32> {
    if is_whole(size, tile) { Ok(tile) } else { Err(invalid("remembers or recalls a tile at the edge")) }
}

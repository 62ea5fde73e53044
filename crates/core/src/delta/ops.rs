//! Operation ⇄ bytes: the four streams of a `frame` record (docs/format.md §9.3).
//!
//! What is alike lies together, so that zstd finds it: operations, colours, indices, residuals.

use super::packed::{Film, Packed, Packer};
use super::palette::{PALETTES, SLOTS};
use super::{FramePart, MAX_PAINTED};
use crate::error::Result;
use crate::frame::{Rect, Size};
use crate::wire::{Reader, Writer, invalid};

/// A stream keeps this much memory at most between two records, as a film in a window needs; a picture that is new as a whole comes once a
/// minute.
const KEPT_BYTES: usize = 1 << 20;

/// Bytes of a length, at most.
const MAX_VARINT: usize = 4;

const FILL: u8 = 0;
const MOVE: u8 = 1;
const INDEXED: u8 = 2;
const PREDICTED: u8 = 3;
const RAW: u8 = 4;
const RECALL: u8 = 5;
const REMEMBER: u8 = 6;

/// One step of painting a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// One colour, which follows in the colours.
    Fill(Rect),
    /// Takes the pixels that lie `dx` to the left and `dy` above.
    Move { rect: Rect, dx: i32, dy: i32 },
    /// A slot of this palette a pixel; first so many of its slots get another colour.
    Indexed { rect: Rect, palette: u32, assigned: u32 },
    /// A residual a channel.
    Predicted(Rect),
    /// A colour a pixel.
    Raw(Rect),
    /// Tiles from the memory's slots, both counted up.
    Recall { tile: u32, slot: u32, count: u32 },
    /// Tiles go into the memory's next slots.
    Remember { tile: u32, count: u32 },
}

/// What differences are taken from; starts anew in each record.
#[derive(Default)]
struct Last {
    right: i64,
    top: i64,
    tile: i64,
    slot: i64,
}

/// Writes the streams of one record.
#[derive(Default)]
pub(super) struct Streams {
    ops: Vec<u8>,
    pub(super) colors: Vec<u8>,
    pub(super) indices: Vec<u8>,
    /// Green, blue less green, red less green.
    pub(super) planes: [Vec<u8>; 3],
    last: Last,
    packer: Packer,
}

impl Streams {
    pub(super) fn push(&mut self, op: Op) {
        let mut ops = Writer(&mut self.ops);
        match op {
            Op::Fill(rect) => {
                ops.u8(FILL);
                write_rect(rect, &mut self.last, &mut ops);
            }
            Op::Move { rect, dx, dy } => {
                ops.u8(MOVE);
                ops.svarint(dx.into());
                ops.svarint(dy.into());
                write_rect(rect, &mut self.last, &mut ops);
            }
            Op::Indexed { rect, palette, assigned } => {
                ops.u8(INDEXED);
                write_rect(rect, &mut self.last, &mut ops);
                ops.uvarint(palette.into());
                ops.uvarint(assigned.into());
            }
            Op::Predicted(rect) => {
                ops.u8(PREDICTED);
                write_rect(rect, &mut self.last, &mut ops);
            }
            Op::Raw(rect) => {
                ops.u8(RAW);
                write_rect(rect, &mut self.last, &mut ops);
            }
            Op::Recall { tile, slot, count } => {
                ops.u8(RECALL);
                ops.svarint(i64::from(tile) - self.last.tile);
                ops.svarint(i64::from(slot) - self.last.slot);
                ops.uvarint(count.into());
                self.last.tile = i64::from(tile) + i64::from(count);
                self.last.slot = i64::from(slot) + i64::from(count);
            }
            Op::Remember { tile, count } => {
                ops.u8(REMEMBER);
                ops.svarint(i64::from(tile) - self.last.tile);
                ops.uvarint(count.into());
                self.last.tile = i64::from(tile) + i64::from(count);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        let planes: usize = self.planes.iter().map(Vec::len).sum();
        self.ops.len() + self.colors.len() + self.indices.len() + planes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The body of the record behind its flags and size, and whether its residuals are packed. The streams are empty afterwards.
    pub(super) fn take(&mut self, film: Film) -> (Vec<u8>, bool) {
        let residuals = self.planes.iter().map(Vec::len).sum();
        let packed = if film.is_worth_packing(self.planes[0].len()) { self.packer.pack(&self.planes) } else { None };
        let others = self.ops.len() + self.colors.len() + self.indices.len();
        let mut bytes = Vec::with_capacity(others + packed.map_or(residuals, <[u8]>::len) + 4 * MAX_VARINT);
        let mut writer = Writer(&mut bytes);
        for stream in [&self.ops, &self.colors, &self.indices] {
            writer.uvarint(stream.len() as u64);
        }
        if packed.is_some() {
            writer.uvarint(residuals as u64);
        }
        for stream in [&self.ops, &self.colors, &self.indices] {
            bytes.extend_from_slice(stream);
        }
        match packed {
            Some(packed) => bytes.extend_from_slice(packed),
            None => self.planes.iter().for_each(|plane| bytes.extend_from_slice(plane)),
        }
        let is_packed = packed.is_some();
        [&mut self.ops, &mut self.colors, &mut self.indices].into_iter().chain(&mut self.planes).for_each(empty);
        self.last = Last::default();
        (bytes, is_packed)
    }
}

/// Takes everything out of a stream, whose memory the next record uses.
pub(super) fn empty(stream: &mut Vec<u8>) {
    stream.clear();
    if stream.capacity() > KEPT_BYTES {
        *stream = Vec::new();
    }
}

fn write_rect(rect: Rect, last: &mut Last, ops: &mut Writer<'_>) {
    ops.svarint(i64::from(rect.x) - last.right);
    ops.svarint(i64::from(rect.y) - last.top);
    ops.uvarint(rect.width.into());
    ops.uvarint(rect.height.into());
    last.right = rect.right();
    last.top = rect.y.into();
}

/// Reads the streams of one record.
pub(super) struct StreamReader<'a> {
    ops: Reader<'a>,
    pub(super) colors: Reader<'a>,
    pub(super) indices: Reader<'a>,
    /// Empty while the residuals are packed.
    pub(super) planes: [Reader<'a>; 3],
    pub(super) packed: Option<Packed<'a>>,
    size: Size,
    last: Last,
    painted: u64,
}

impl<'a> StreamReader<'a> {
    pub(super) fn new(part: &'a FramePart, size: Size) -> Result<Self> {
        let mut reader = Reader::new(&part.data);
        let mut length = || reader.bounded(part.data.len() as u64).map(|length| length as usize);
        let lengths = [length()?, length()?, length()?];
        let unpacked = if part.packed { Some(Packed::read_length(&mut reader)?) } else { None };
        let [ops, colors, indices] = lengths.map(|length| reader.bytes(length).map(Reader::new));
        let rest = reader.rest();
        if unpacked.is_none() && !rest.len().is_multiple_of(3) {
            return Err(invalid("has residuals that are not three planes"));
        }
        let mut streams = Self {
            ops: ops?,
            colors: colors?,
            indices: indices?,
            planes: std::array::from_fn(|_| Reader::new(&[])),
            packed: unpacked.map(|length| Packed::new(length, rest)),
            size,
            last: Last::default(),
            painted: 0,
        };
        if unpacked.is_none() {
            streams.split(rest);
        }
        Ok(streams)
    }

    /// The residuals are these: three planes of the same length.
    pub(super) fn split(&mut self, residuals: &'a [u8]) {
        let (green, others) = residuals.split_at(residuals.len() / 3);
        let (blue, red) = others.split_at(green.len());
        self.planes = [green, blue, red].map(Reader::new);
    }

    /// The next operation; `None` when all were read and nothing else is left.
    pub(super) fn next(&mut self) -> Result<Option<Op>> {
        if self.ops.is_empty() {
            let left = !self.colors.is_empty() || !self.indices.is_empty() || !self.planes[0].is_empty();
            return if left { Err(invalid("holds bytes behind its last operation")) } else { Ok(None) };
        }
        Ok(Some(match self.ops.u8()? {
            FILL => Op::Fill(self.rect()?),
            MOVE => {
                let (dx, dy) = (self.ops.svarint32()?, self.ops.svarint32()?);
                let rect = self.rect()?;
                let from = |at: i32, by: i32| i64::from(at) - i64::from(by);
                let (x, y) = (from(rect.x, dx), from(rect.y, dy));
                let inside = x >= 0
                    && y >= 0
                    && x + i64::from(rect.width) <= self.size.width.into()
                    && y + i64::from(rect.height) <= self.size.height.into();
                if !inside {
                    return Err(invalid("moves pixels from outside the picture"));
                }
                Op::Move { rect, dx, dy }
            }
            INDEXED => {
                let rect = self.rect()?;
                let palette = self.ops.bounded(PALETTES as u64 - 1)? as u32;
                Op::Indexed { rect, palette, assigned: self.ops.bounded(SLOTS as u64)? as u32 }
            }
            PREDICTED => Op::Predicted(self.rect()?),
            RAW => Op::Raw(self.rect()?),
            RECALL => {
                let (tile, slot) = (self.tile()?, self.ops.svarint()?);
                let slot = self.last.slot.checked_add(slot).and_then(|slot| u32::try_from(slot).ok());
                let slot = slot.ok_or_else(|| invalid("recalls a slot that there is not"))?;
                let count = self.count(tile)?;
                self.last.slot = i64::from(slot) + i64::from(count);
                Op::Recall { tile, slot, count }
            }
            REMEMBER => {
                let tile = self.tile()?;
                Op::Remember { tile, count: self.count(tile)? }
            }
            _ => return Err(invalid("holds an unknown operation")),
        }))
    }

    fn rect(&mut self) -> Result<Rect> {
        let outside = || invalid("paints outside the picture");
        let at = |last: i64, by: i64| last.checked_add(by).and_then(|at| i32::try_from(at).ok()).filter(|at| *at >= 0);
        let x = at(self.last.right, self.ops.svarint()?).ok_or_else(outside)?;
        let y = at(self.last.top, self.ops.svarint()?).ok_or_else(outside)?;
        let (width, height) = (self.ops.uvarint32()?, self.ops.uvarint32()?);
        let rect = Rect { x, y, width, height };
        let inside = rect.right() <= self.size.width.into() && rect.bottom() <= self.size.height.into();
        if rect.is_empty() || !inside {
            return Err(outside());
        }
        self.last.right = rect.right();
        self.last.top = y.into();
        self.paint(u64::from(width) * u64::from(height))?;
        Ok(rect)
    }

    fn tile(&mut self) -> Result<u32> {
        let tile = self.last.tile.checked_add(self.ops.svarint()?).and_then(|tile| u32::try_from(tile).ok());
        tile.ok_or_else(|| invalid("names a tile outside the picture"))
    }

    fn count(&mut self, tile: u32) -> Result<u32> {
        let count = self.ops.uvarint32()?;
        let end = u64::from(tile) + u64::from(count);
        if count == 0 || end > super::tile_count(self.size) as u64 {
            return Err(invalid("names a tile outside the picture"));
        }
        self.last.tile = end.cast_signed();
        self.paint(u64::from(count) * u64::from(super::TILE * super::TILE))?;
        Ok(count)
    }

    /// A few bytes could paint for hours.
    fn paint(&mut self, pixels: u64) -> Result<()> {
        self.painted += pixels;
        let limit = MAX_PAINTED * (self.size.area() as u64).max(1024);
        if self.painted > limit { Err(invalid("paints its picture too often")) } else { Ok(()) }
    }
}

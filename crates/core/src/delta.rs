//! Picture ⇄ changed tiles: docs/format.md §9.3.

use crate::backend::Patch;
use crate::error::Result;
use crate::frame::{Frame, PixelFormat, Rect, Size};
use crate::redact::MaskedShot;
use crate::wire::{Reader, Writer, invalid};

/// Pixels along a tile's side.
pub const TILE: u32 = 32;
/// Longest side of a picture.
pub const MAX_SIDE: u32 = 32_768;
/// Most pixels of a picture.
pub const MAX_AREA: usize = 1 << 27;
/// A part is ended when its tiles take this many bytes, well under a record's limit.
const PART_BYTES: usize = 4 << 20;
const SOLID: u8 = 0;
const PALETTE: u8 = 1;
const RAW: u8 = 2;
const MAX_COLORS: usize = 256;

/// A `frame` record: all or a part of a picture's changed tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramePart {
    /// The picture starts from black.
    pub key: bool,
    /// More parts of the same picture follow.
    pub more: bool,
    /// The picture's size.
    pub size: Size,
    /// Its pixel format.
    pub format: PixelFormat,
    /// How many tiles follow.
    pub tiles: u32,
    /// The tiles, coded.
    pub data: Vec<u8>,
}

/// The picture as the recording will show it, and which of its tiles changed since it was last coded.
pub struct Canvas {
    frame: Frame,
    dirty: Vec<bool>,
    key: bool,
}

impl Canvas {
    /// A black picture that was never coded.
    pub fn new(size: Size, format: PixelFormat) -> Self {
        Self { frame: Frame::new(size, format), dirty: vec![false; tile_count(size)], key: true }
    }

    /// The picture.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The next coding starts from black: for a new segment.
    pub fn restart(&mut self) {
        self.key = true;
    }

    /// Takes what of a shot may be shown, and paints over the rest.
    pub fn apply(&mut self, masked: &MaskedShot<'_>) {
        for patch in masked.shot.patches {
            masked.visible.iter().for_each(|visible| self.patch(patch, *visible));
        }
        masked.masks.iter().for_each(|mask| self.paint(*mask));
    }

    /// Takes a whole patch: for pictures that nobody has to judge, as in tests.
    pub fn copy(&mut self, patch: &Patch<'_>) {
        self.patch(patch, patch.rect);
    }

    fn patch(&mut self, patch: &Patch<'_>, visible: Rect) {
        let inside = visible.intersect(patch.rect).and_then(|rect| rect.intersect(self.frame.size().bounds()));
        let Some(inside) = inside else { return };
        let mask = self.frame.format().mask();
        // Inside both the picture and the patch, so no difference is negative.
        let (left, top) = (inside.x.unsigned_abs(), inside.y.unsigned_abs());
        let from_left = inside.x.abs_diff(patch.rect.x) as usize;
        for y in top..top + inside.height {
            let from_top = y.cast_signed().abs_diff(patch.rect.y) as usize;
            let start = from_top * patch.stride + from_left * 4;
            let Some(row) = patch.pixels.get(start..start + inside.width as usize * 4) else { return };
            self.copy_row(left, y, row, mask);
        }
    }

    /// Compares and copies tile by tile, so that only what differs is touched.
    fn copy_row(&mut self, left: u32, y: u32, row: &[u8], mask: u32) {
        let columns = self.frame.size().width.div_ceil(TILE);
        let (pixels, _) = row.as_chunks::<4>();
        let mut x = left;
        let right = left + pixels.len() as u32;
        while x < right {
            let end = ((x / TILE + 1) * TILE).min(right);
            let source = &pixels[(x - left) as usize..(end - left) as usize];
            let target = self.frame.row_mut(x, y, end - x);
            let differs = target.iter().zip(source).any(|(old, new)| *old != u32::from_le_bytes(*new) & mask);
            if differs {
                for (old, new) in target.iter_mut().zip(source) {
                    *old = u32::from_le_bytes(*new) & mask;
                }
                self.dirty[(y / TILE * columns + x / TILE) as usize] = true;
            }
            x = end;
        }
    }

    fn paint(&mut self, rect: Rect) {
        let color = self.frame.format().mask_color();
        let Some(inside) = rect.intersect(self.frame.size().bounds()) else { return };
        let row: Vec<u8> = std::iter::repeat_n(color.to_le_bytes(), inside.width as usize).flatten().collect();
        for y in inside.y.unsigned_abs()..inside.y.unsigned_abs() + inside.height {
            self.copy_row(inside.x.unsigned_abs(), y, &row, u32::MAX);
        }
    }

    /// Codes what changed since the last time: no parts when nothing did.
    pub fn take(&mut self) -> Vec<FramePart> {
        let key = std::mem::take(&mut self.key);
        let size = self.frame.size();
        let empty = |key| FramePart { key, more: false, size, format: self.frame.format(), tiles: 0, data: Vec::new() };
        let mut parts = Vec::new();
        let mut part = empty(key);
        let mut next = 0;
        let mut tile = Vec::with_capacity((TILE * TILE) as usize);
        for (index, dirty) in self.dirty.iter_mut().enumerate() {
            let changed = std::mem::take(dirty);
            if !(changed || key) {
                continue;
            }
            read_tile(&self.frame, index as u32, &mut tile);
            if key && tile.iter().all(|pixel| *pixel == 0) {
                continue;
            }
            let mut writer = Writer(&mut part.data);
            writer.uvarint(index as u64 - next);
            encode_tile(&mut writer, &tile, self.frame.format());
            part.tiles += 1;
            next = index as u64 + 1;
            if part.data.len() >= PART_BYTES {
                part.more = true;
                parts.push(std::mem::replace(&mut part, empty(false)));
                next = 0;
            }
        }
        if part.tiles > 0 || part.key {
            parts.push(part);
        } else if let Some(last) = parts.last_mut() {
            last.more = false;
        }
        parts
    }
}

/// The picture as a reader puts it together.
#[derive(Default)]
pub struct Picture {
    frame: Option<Frame>,
    unfinished: bool,
}

impl Picture {
    /// The picture so far; `None` before the first key frame.
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }

    /// Whether parts of a picture are still to come.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// Applies a part.
    ///
    /// # Errors
    /// `FormatInvalid` for anything against §9.3.
    pub fn apply(&mut self, part: &FramePart) -> Result<()> {
        if part.key {
            if self.unfinished {
                return Err(invalid("starts a picture inside another"));
            }
            // The old picture goes first: two of the largest at once would be a gigabyte.
            self.frame = None;
            self.frame = Some(Frame::new(part.size, part.format));
        }
        let frame = self.frame.as_mut().ok_or_else(|| invalid("changes a picture before the first key frame"))?;
        if frame.size() != part.size || frame.format() != part.format {
            return Err(invalid("changes the picture's size without a key frame"));
        }
        let mut reader = Reader::new(&part.data);
        let count = tile_count(part.size) as u64;
        let mut next = 0;
        for _ in 0..part.tiles {
            let index = reader.uvarint()?.checked_add(next).filter(|index| *index < count);
            let index = index.ok_or_else(|| invalid("holds a tile outside the picture"))?;
            // Below the number of tiles, which fits 32 bits.
            decode_tile(&mut reader, frame, index as u32)?;
            next = index + 1;
        }
        if !reader.is_empty() {
            return Err(invalid("holds bytes behind its tiles"));
        }
        self.unfinished = part.more;
        Ok(())
    }
}

/// Whether a picture may have this size.
pub fn is_picture_size(size: Size) -> bool {
    let side = 1..=MAX_SIDE;
    side.contains(&size.width) && side.contains(&size.height) && size.area() <= MAX_AREA
}

fn tile_count(size: Size) -> usize {
    size.width.div_ceil(TILE) as usize * size.height.div_ceil(TILE) as usize
}

/// Where a tile lies: left, top, width, height.
fn tile_bounds(size: Size, index: u32) -> (u32, u32, u32, u32) {
    let columns = size.width.div_ceil(TILE);
    let (left, top) = (index % columns * TILE, index / columns * TILE);
    (left, top, TILE.min(size.width - left), TILE.min(size.height - top))
}

fn read_tile(frame: &Frame, index: u32, tile: &mut Vec<u32>) {
    let (left, top, width, height) = tile_bounds(frame.size(), index);
    tile.clear();
    for y in top..top + height {
        tile.extend_from_slice(frame.row(left, y, width));
    }
}

fn encode_tile(writer: &mut Writer<'_>, tile: &[u32], format: PixelFormat) {
    let palette = Palette::of(tile);
    let indexed = palette.colors.len() * pixel_bytes(format) + 1 + tile.len();
    if palette.colors.len() == 1 {
        writer.u8(SOLID);
        write_pixel(writer, tile[0], format);
    } else if !palette.overflows && indexed < tile.len() * pixel_bytes(format) {
        writer.u8(PALETTE);
        writer.u8((palette.colors.len() - 1) as u8);
        palette.colors.iter().for_each(|color| write_pixel(writer, *color, format));
        writer.0.extend_from_slice(&palette.indices);
    } else {
        writer.u8(RAW);
        tile.iter().for_each(|pixel| write_pixel(writer, *pixel, format));
    }
}

fn decode_tile(reader: &mut Reader<'_>, frame: &mut Frame, index: u32) -> Result<()> {
    let (left, top, width, height) = tile_bounds(frame.size(), index);
    let format = frame.format();
    match reader.u8()? {
        SOLID => {
            let pixel = read_pixel(reader, format)?;
            (top..top + height).for_each(|y| frame.row_mut(left, y, width).fill(pixel));
        }
        PALETTE => {
            let count = usize::from(reader.u8()?) + 1;
            if count < 2 {
                return Err(invalid("holds a palette of one colour"));
            }
            let colors = (0..count).map(|_| read_pixel(reader, format)).collect::<Result<Vec<_>>>()?;
            for y in top..top + height {
                let indices = reader.bytes(width as usize)?;
                for (pixel, index) in frame.row_mut(left, y, width).iter_mut().zip(indices) {
                    let color = colors.get(usize::from(*index));
                    *pixel = *color.ok_or_else(|| invalid("holds an index outside its palette"))?;
                }
            }
        }
        RAW => {
            for y in top..top + height {
                for pixel in frame.row_mut(left, y, width) {
                    *pixel = read_pixel(reader, format)?;
                }
            }
        }
        _ => return Err(invalid("holds a tile of an unknown kind")),
    }
    Ok(())
}

fn pixel_bytes(format: PixelFormat) -> usize {
    match format {
        PixelFormat::Bgrx8 => 3,
        PixelFormat::Bgrx10 => 4,
    }
}

fn write_pixel(writer: &mut Writer<'_>, pixel: u32, format: PixelFormat) {
    writer.0.extend_from_slice(&pixel.to_le_bytes()[..pixel_bytes(format)]);
}

fn read_pixel(reader: &mut Reader<'_>, format: PixelFormat) -> Result<u32> {
    let mut bytes = [0; 4];
    bytes[..pixel_bytes(format)].copy_from_slice(reader.bytes(pixel_bytes(format))?);
    let pixel = u32::from_le_bytes(bytes);
    if pixel & !format.mask() == 0 { Ok(pixel) } else { Err(invalid("holds a pixel with undefined bits")) }
}

/// The colours of a tile in the order they first come, found through a small open-addressed table.
struct Palette {
    colors: Vec<u32>,
    indices: Vec<u8>,
    overflows: bool,
}

impl Palette {
    fn of(tile: &[u32]) -> Self {
        const SLOTS: usize = 1024;
        let mut table = [u16::MAX; SLOTS];
        let mut palette = Self { colors: Vec::new(), indices: Vec::with_capacity(tile.len()), overflows: false };
        for pixel in tile {
            let mut slot = (pixel.wrapping_mul(0x9e37_79b1) >> 22) as usize;
            let index = loop {
                match table[slot] {
                    u16::MAX if palette.colors.len() == MAX_COLORS => {
                        palette.overflows = true;
                        return palette;
                    }
                    u16::MAX => {
                        table[slot] = palette.colors.len() as u16;
                        palette.colors.push(*pixel);
                        break table[slot];
                    }
                    index if palette.colors[usize::from(index)] == *pixel => break index,
                    _ => slot = (slot + 1) % SLOTS,
                }
            };
            // At most 256 colours, so every index fits a byte.
            palette.indices.push(index as u8);
        }
        palette
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patch_of(frame: &Frame) -> Vec<u8> {
        // The undefined byte holds rubbish, as real servers leave it.
        frame.pixels().iter().flat_map(|pixel| (pixel | 0xab00_0000).to_le_bytes()).collect()
    }

    fn show(canvas: &mut Canvas, picture: &mut Picture) {
        canvas.take().iter().for_each(|part| picture.apply(part).expect("applies"));
        assert_eq!(picture.frame(), Some(canvas.frame()));
        assert!(!picture.is_unfinished());
    }

    proptest! {
        #[test]
        fn any_sequence_of_patches_decodes_equal(
            width in 1_u32..100, height in 1_u32..100, seed: u32,
            rects in proptest::collection::vec((0_u32..100, 0_u32..100, 1_u32..100, 1_u32..100, 1_u32..400), 1..12),
        ) {
            let size = Size { width, height };
            let mut source = Frame::new(size, PixelFormat::Bgrx8);
            let (mut canvas, mut picture) = (Canvas::new(size, PixelFormat::Bgrx8), Picture::default());
            let mut noise = seed;
            for (x, y, w, h, colors) in rects {
                let rect = Rect { x: x.cast_signed(), y: y.cast_signed(), width: w, height: h };
                let Some(rect) = rect.intersect(size.bounds()) else { continue };
                for row in rect.y.unsigned_abs()..rect.y.unsigned_abs() + rect.height {
                    for pixel in source.row_mut(rect.x.unsigned_abs(), row, rect.width) {
                        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        *pixel = ((noise >> 8) % colors * 40_503) & 0x00ff_ffff;
                    }
                }
                let pixels = patch_of(&source);
                let whole = Patch { rect: size.bounds(), stride: width as usize * 4, pixels: &pixels };
                canvas.patch(&whole, rect);
                show(&mut canvas, &mut picture);
                prop_assert_eq!(canvas.frame(), &source);
            }
        }

        #[test]
        fn random_bytes_never_panic(data: Vec<u8>, tiles in 0_u32..10, width in 1_u32..70, height in 1_u32..70) {
            let part = FramePart { key: true, more: false, size: Size { width, height }, format: PixelFormat::Bgrx8, tiles, data };
            let _ = Picture::default().apply(&part);
        }
    }

    #[test]
    fn nothing_changed_codes_nothing_and_a_restart_codes_all() {
        let size = Size { width: 70, height: 40 };
        let (mut canvas, mut picture) = (Canvas::new(size, PixelFormat::Bgrx8), Picture::default());
        canvas.paint(Rect { x: 10, y: 10, width: 40, height: 10 });
        show(&mut canvas, &mut picture);
        assert!(canvas.take().is_empty());
        canvas.paint(Rect { x: 10, y: 10, width: 40, height: 10 });
        assert!(canvas.take().is_empty(), "painting the same again changes nothing");
        canvas.restart();
        let mut fresh = Picture::default();
        show(&mut canvas, &mut fresh);
    }

    #[test]
    fn a_large_picture_comes_in_parts() {
        let size = Size { width: 2048, height: 1600 };
        let pixels: Vec<u8> =
            (0..size.area() as u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let (mut canvas, mut picture) = (Canvas::new(size, PixelFormat::Bgrx8), Picture::default());
        canvas.patch(&Patch { rect: size.bounds(), stride: 2048 * 4, pixels: &pixels }, size.bounds());
        let parts = canvas.take();
        assert!(parts.len() > 1);
        parts.iter().for_each(|part| picture.apply(part).expect("applies"));
        assert_eq!(picture.frame(), Some(canvas.frame()));
    }
}

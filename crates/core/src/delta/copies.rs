//! Copies of tiles, packed: what is on a screen has few colours mostly, and then takes a seventh of the room.

use super::TILE;
use super::palette::{BLOCK, Shades, pixel_bytes, write_pixel};
use crate::frame::PixelFormat;

/// Copies of a shelf that lie together: 144 KiB of the smallest, so that the system has each block back at once (docs/design.md). Of all together,
/// the picture that first needed one was seen to take 20 ms longer.
const TOGETHER: usize = 256;
/// Bytes of a colour in a packed tile.
const COLOR: usize = 4;
/// So many colours have numbers of half a byte.
const FEW: usize = 16;

/// Copies of tiles. Their memory grows with the most that there were at once, of each way to pack them.
#[derive(Default)]
pub(super) struct Copies {
    shelves: [Shelf; 3],
    packer: Packer,
}

/// A copy: which one, and how it is packed.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    way: Way,
    number: u16,
}

/// How a tile is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// At most 16 colours, and half a byte for each pixel.
    Few,
    /// At most [`BLOCK`] colours, and a byte for each pixel.
    Many,
    /// Pixels.
    Whole,
}

impl Way {
    /// How many colours a tile has, when it is packed, before its pixels.
    fn colors(self) -> usize {
        match self {
            Self::Few => FEW,
            Self::Many => BLOCK,
            Self::Whole => 0,
        }
    }
}

impl Copies {
    pub(super) fn make<'f>(&mut self, rows: impl Iterator<Item = &'f [u32]> + Clone, format: PixelFormat) -> Kept {
        let way = self.packer.pack(rows, format);
        Kept { way, number: self.shelves[way as usize].put(&self.packer.bytes) }
    }

    /// Whether a copy was made of a tile with exactly these pixels.
    pub(super) fn is_of<'f>(&self, copy: Kept, mut rows: impl Iterator<Item = &'f [u32]>, format: PixelFormat) -> bool {
        let packed = Packed::of(copy.way, self.shelves[copy.way as usize].of(copy.number), format);
        (0..TILE as usize).all(|y| rows.next() == Some(&packed.row(y)))
    }

    /// Whether a tile has more colours than [`BLOCK`].
    pub(super) fn is_photograph<'f>(&mut self, rows: impl Iterator<Item = &'f [u32]>) -> bool {
        !self.packer.number(rows)
    }

    pub(super) fn give_up(&mut self, copy: Kept) {
        self.shelves[copy.way as usize].free.push(copy.number);
    }

    /// How many copies there were at once, at most.
    #[cfg(test)]
    pub(super) fn made(&self) -> usize {
        self.shelves.iter().map(|shelf| usize::from(shelf.made)).sum()
    }
}

/// Copies of one length.
#[derive(Default)]
struct Shelf {
    blocks: Vec<Box<[u8]>>,
    /// Copies that were given up, and how many were ever made beside.
    free: Vec<u16>,
    made: u16,
}

impl Shelf {
    fn put(&mut self, bytes: &[u8]) -> u16 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            self.made - 1
        });
        let (block, at) = place(number);
        if block == self.blocks.len() {
            self.blocks.push(vec![0; TOGETHER * bytes.len()].into());
        }
        self.blocks[block][at * bytes.len()..][..bytes.len()].copy_from_slice(bytes);
        number
    }

    fn of(&self, number: u16) -> &[u8] {
        let (block, at) = place(number);
        let length = self.blocks[block].len() / TOGETHER;
        &self.blocks[block][at * length..][..length]
    }
}

/// Where a copy lies.
fn place(number: u16) -> (usize, usize) {
    let number = usize::from(number);
    (number / TOGETHER, number % TOGETHER)
}

/// Packs tiles.
#[derive(Default)]
struct Packer {
    shades: Shades,
    numbers: Vec<[u8; TILE as usize]>,
    /// The tile that was packed last.
    bytes: Vec<u8>,
}

impl Packer {
    fn pack<'f>(&mut self, rows: impl Iterator<Item = &'f [u32]> + Clone, format: PixelFormat) -> Way {
        self.bytes.clear();
        if !self.number(rows.clone()) {
            rows.flatten().for_each(|pixel| write_pixel(&mut self.bytes, *pixel, format));
            return Way::Whole;
        }
        let (colors, numbers) = (&self.shades.colors, self.numbers.as_flattened());
        let way = if colors.len() <= FEW { Way::Few } else { Way::Many };
        self.bytes.extend(colors.iter().flat_map(|color| color.to_le_bytes()));
        self.bytes.resize(way.colors() * COLOR, 0);
        match way {
            Way::Few => self.bytes.extend(numbers.chunks_exact(2).map(|pair| pair[0] | pair[1] << 4)),
            _ => self.bytes.extend_from_slice(numbers),
        }
        way
    }

    /// Numbers the colours and the pixels of a tile, if it has few enough of them.
    fn number<'f>(&mut self, rows: impl Iterator<Item = &'f [u32]>) -> bool {
        self.shades.clear();
        self.numbers.clear();
        let mut before: (&[u32], _) = (&[], [0; TILE as usize]);
        for row in rows {
            // Half of the rows of a screen are as the one above.
            if row != before.0 {
                let Some(numbers) = self.shades.number(row, BLOCK) else { return false };
                before = (row, numbers);
            }
            self.numbers.push(before.1);
        }
        true
    }
}

/// A packed tile.
struct Packed<'a> {
    way: Way,
    colors: [u32; BLOCK],
    /// The numbers of its pixels, or they themselves.
    pixels: &'a [u8],
    format: PixelFormat,
}

impl<'a> Packed<'a> {
    fn of(way: Way, bytes: &'a [u8], format: PixelFormat) -> Self {
        let (known, pixels) = bytes.split_at(way.colors() * COLOR);
        let mut colors = [0; BLOCK];
        let known = known.as_chunks().0.iter().map(|color| u32::from_le_bytes(*color));
        colors.iter_mut().zip(known).for_each(|(color, known)| *color = known);
        Self { way, colors, pixels, format }
    }

    fn row(&self, y: usize) -> [u32; TILE as usize] {
        let length = self.pixels.len() / TILE as usize;
        let packed = &self.pixels[y * length..][..length];
        let mut row = [0; TILE as usize];
        match self.way {
            Way::Few => row.as_chunks_mut().0.iter_mut().zip(packed).for_each(|(pair, numbers)| {
                *pair = [numbers & 15, numbers >> 4].map(|number| self.colors[usize::from(number)]);
            }),
            Way::Many => row.iter_mut().zip(packed).for_each(|(pixel, number)| {
                *pixel = self.colors[usize::from(*number) % BLOCK];
            }),
            Way::Whole => {
                row.iter_mut().zip(packed.chunks_exact(pixel_bytes(self.format))).for_each(|(pixel, bytes)| {
                    *pixel = bytes.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
                })
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::TILE_AREA;
    use crate::delta::noise::noise;

    /// A tile of so many colours, another with each seed.
    fn tile(colors: u32, seed: u32) -> Vec<u32> {
        noise(seed, colors).take(TILE_AREA).collect()
    }

    #[test]
    fn a_packed_tile_is_all_of_its_pixels() {
        let mut packer = Packer::default();
        for format in [PixelFormat::Bgrx8, PixelFormat::Bgrx10] {
            for (colors, way, length) in [
                (1, Way::Few, 576),
                (16, Way::Few, 576),
                (17, Way::Many, 1536),
                (128, Way::Many, 1536),
                (129, Way::Whole, 0),
                (1 << 20, Way::Whole, 0),
            ] {
                let pixels = tile(colors, colors);
                let rows = pixels.chunks_exact(TILE as usize);
                assert!(packer.pack(rows, format) == way, "{colors} colours");
                assert!(length == 0 || packer.bytes.len() == length, "{colors} colours");
                let packed = Packed::of(way, &packer.bytes, format);
                let unpacked = (0..TILE as usize).map(|y| packed.row(y)).collect::<Vec<_>>();
                assert_eq!(unpacked.as_flattened(), pixels, "{colors} colours");
            }
        }
    }

    #[test]
    fn a_copy_is_of_its_tile_alone_also_where_another_was_given_up() {
        let mut copies = Copies::default();
        let format = PixelFormat::Bgrx8;
        let tiles: Vec<Vec<u32>> = (0..402).map(|seed| tile([3, 40, 5000][seed as usize % 3], seed + 1)).collect();
        let rows = |at: usize| tiles[at].chunks_exact(TILE as usize);
        let mut kept: Vec<Kept> = (0..200).map(|at| copies.make(rows(at), format)).collect();
        for at in (0..200).step_by(2) {
            copies.give_up(kept[at]);
            kept[at] = copies.make(rows(at + 201), format);
        }
        assert_eq!(copies.made(), 200, "room is used again");
        for (at, copy) in kept.iter().enumerate() {
            let is_of = |tile: &usize| copies.is_of(*copy, rows(*tile), format);
            let of: Vec<usize> = (0..402).filter(is_of).collect();
            assert_eq!(of, [if at % 2 == 0 { at + 201 } else { at }]);
        }
    }

    #[test]
    fn one_pixel_more_or_less_is_another_tile() {
        let mut copies = Copies::default();
        for colors in [3, 40, 5000] {
            let mut pixels = tile(colors, 7);
            let copy = copies.make(pixels.chunks_exact(TILE as usize), PixelFormat::Bgrx8);
            for at in [0, 31, 500, TILE_AREA - 1] {
                let before = std::mem::replace(&mut pixels[at], 0x0012_3456);
                assert!(!copies.is_of(copy, pixels.chunks_exact(TILE as usize), PixelFormat::Bgrx8));
                pixels[at] = before;
            }
            assert!(copies.is_of(copy, pixels.chunks_exact(TILE as usize), PixelFormat::Bgrx8));
        }
    }
}

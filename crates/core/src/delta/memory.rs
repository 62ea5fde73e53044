//! Tiles seen before: a ring of whole tiles, which a reader keeps as the writer does.

use crate::error::Result;
use crate::frame::Frame;
use crate::wire::invalid;

use super::{TILE, TILE_AREA, tile_corner};

/// How many tiles are remembered: a screen of 1920 × 1080, or 8 MiB.
pub(super) const SLOTS: usize = 2048;
/// Places of the table that finds a tile by its hash.
const PLACES: usize = 16_384;

/// The ring. Its memory grows with what is remembered.
#[derive(Default)]
pub(super) struct Memory {
    pixels: Vec<u32>,
    next: usize,
}

impl Memory {
    /// Remembers a whole tile of the picture, and answers its slot.
    pub(super) fn remember(&mut self, frame: &Frame, tile: u32) -> usize {
        let slot = self.next;
        self.next = (slot + 1) % SLOTS;
        let start = slot * TILE_AREA;
        if self.pixels.len() == start {
            self.pixels.resize(start + TILE_AREA, 0);
        }
        let (x, y) = tile_corner(frame.size(), tile);
        let side = TILE as usize;
        for (row, line) in self.pixels[start..start + TILE_AREA].chunks_exact_mut(side).zip(y..) {
            row.copy_from_slice(frame.row(x, line, TILE));
        }
        slot
    }

    /// Paints a remembered tile.
    pub(super) fn recall(&self, slot: usize, frame: &mut Frame, tile: u32) -> Result<()> {
        let pixels = self.tile(slot).ok_or_else(|| invalid("recalls a tile that was not remembered"))?;
        let (x, y) = tile_corner(frame.size(), tile);
        for (row, line) in pixels.chunks_exact(TILE as usize).zip(y..) {
            frame.row_mut(x, line, TILE).copy_from_slice(row);
        }
        Ok(())
    }

    fn tile(&self, slot: usize) -> Option<&[u32]> {
        self.pixels.get(slot.checked_mul(TILE_AREA)?..)?.get(..TILE_AREA)
    }

    fn holds(&self, slot: usize, frame: &Frame, tile: u32) -> bool {
        let Some(pixels) = self.tile(slot) else { return false };
        let (x, y) = tile_corner(frame.size(), tile);
        pixels.chunks_exact(TILE as usize).zip(y..).all(|(row, line)| row == frame.row(x, line, TILE))
    }
}

/// The ring with a way to find a tile in it.
pub(super) struct MemoryWriter {
    memory: Memory,
    /// Slot + 1, by the tile's hash: the latest tile there. Only equal pixels count, never the hash alone.
    places: Vec<u16>,
}

impl Default for MemoryWriter {
    fn default() -> Self {
        Self { memory: Memory::default(), places: vec![0; PLACES] }
    }
}

impl MemoryWriter {
    /// The slot that holds exactly the pixels of this tile.
    pub(super) fn find(&self, frame: &Frame, tile: u32, hash: u32) -> Option<u32> {
        let slot = usize::from(self.places[hash as usize % PLACES]).checked_sub(1)?;
        self.memory.holds(slot, frame, tile).then_some(slot as u32)
    }

    pub(super) fn remember(&mut self, frame: &Frame, tile: u32, hash: u32) {
        let slot = self.memory.remember(frame, tile);
        self.places[hash as usize % PLACES] = slot as u16 + 1;
    }
}

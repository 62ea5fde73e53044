//! Tiles seen before: a ring of whole tiles, which a reader keeps as the writer does.

use crate::error::Result;
use crate::frame::Frame;
use crate::wire::invalid;

use super::{TILE, TILE_AREA, tile_corner, tile_count};

/// How many tiles are remembered: a screen of 1920 × 1080, or 8 MiB.
pub(super) const SLOTS: usize = 2048;
/// Places of the table that finds a tile by its hash.
const PLACES: usize = 65_536;
/// Slots whose pixels lie together: 2 MiB.
const TOGETHER: usize = 512;

/// The ring. Its memory grows with what is remembered.
#[derive(Default)]
pub(super) struct Memory {
    pixels: Vec<u32>,
    next: usize,
}

impl Memory {
    /// Remembers a whole tile of the picture.
    pub(super) fn remember(&mut self, frame: &Frame, tile: u32) {
        let slot = self.next;
        self.next = (slot + 1) % SLOTS;
        let start = slot * TILE_AREA;
        if self.pixels.len() == start {
            self.pixels.resize(start + TILE_AREA, 0);
        }
        let slot = self.pixels[start..start + TILE_AREA].chunks_exact_mut(TILE as usize);
        slot.zip(rows(frame, tile)).for_each(|(slot, row)| slot.copy_from_slice(row));
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
}

/// The ring with a way to find a tile in it. What is remembered lies in the picture until it is painted over there, and is copied then: most
/// tiles of a quiet screen never are.
pub(super) struct MemoryWriter {
    slots: Vec<Slot>,
    next: usize,
    /// The pixels of slots that are [`Slot::Kept`], each at its slot, so many slots together. In one block of all slots, the picture that first
    /// needed it was seen to take 20 ms longer.
    kept: [Vec<u32>; SLOTS / TOGETHER],
    /// Slot + 1 of each tile of the picture that a slot's pixels lie in.
    lenders: Vec<u16>,
    /// Slot + 1, by the tile's hash: the latest tile there. Only equal pixels count, never the hash alone.
    places: Vec<u16>,
}

/// Where a slot's pixels are.
#[derive(Clone, Copy)]
enum Slot {
    /// In this tile of the picture.
    Shown(u32),
    /// Copied.
    Kept,
}

impl Default for MemoryWriter {
    fn default() -> Self {
        let (slots, kept, lenders) = (Vec::new(), Default::default(), Vec::new());
        Self { slots, next: 0, kept, lenders, places: vec![0; PLACES] }
    }
}

impl MemoryWriter {
    /// The slot that holds exactly the pixels of this tile.
    pub(super) fn find(&self, frame: &Frame, tile: u32, hash: u32) -> Option<u32> {
        let slot = usize::from(self.places[hash as usize % PLACES]).checked_sub(1)?;
        let same = match *self.slots.get(slot)? {
            Slot::Shown(other) => rows(frame, tile).eq(rows(frame, other)),
            Slot::Kept => {
                let kept = &self.kept[slot / TOGETHER][slot % TOGETHER * TILE_AREA..];
                rows(frame, tile).eq(kept.chunks_exact(TILE as usize).take(TILE as usize))
            }
        };
        same.then_some(slot as u32)
    }

    /// A whole tile of the picture goes into the next slot.
    pub(super) fn remember(&mut self, frame: &Frame, tile: u32, hash: u32) {
        self.keep(frame, tile);
        let slot = self.next;
        self.next = (slot + 1) % SLOTS;
        match self.slots.get_mut(slot) {
            Some(old) => {
                if let Slot::Shown(other) = std::mem::replace(old, Slot::Shown(tile)) {
                    self.lenders[other as usize] = 0;
                }
            }
            None => self.slots.push(Slot::Shown(tile)),
        }
        self.lenders.resize(tile_count(frame.size()), 0);
        // Slots are below 2,048.
        self.lenders[tile as usize] = slot as u16 + 1;
        self.places[hash as usize % PLACES] = slot as u16 + 1;
    }

    /// A tile of the picture is about to be painted over.
    pub(super) fn keep(&mut self, frame: &Frame, tile: u32) {
        let Some(lender) = self.lenders.get_mut(tile as usize) else { return };
        let Some(slot) = usize::from(std::mem::take(lender)).checked_sub(1) else { return };
        let together = &mut self.kept[slot / TOGETHER];
        if together.is_empty() {
            *together = vec![0; TOGETHER * TILE_AREA];
        }
        let kept = together[slot % TOGETHER * TILE_AREA..].chunks_exact_mut(TILE as usize);
        kept.zip(rows(frame, tile)).for_each(|(kept, row)| kept.copy_from_slice(row));
        self.slots[slot] = Slot::Kept;
    }
}

/// The rows of a whole tile.
fn rows(frame: &Frame, tile: u32) -> impl Iterator<Item = &[u32]> {
    let (x, y) = tile_corner(frame.size(), tile);
    (y..y + TILE).map(move |line| frame.row(x, line, TILE))
}

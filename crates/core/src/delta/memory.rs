//! Tiles seen before: a ring of whole tiles, which a reader keeps as the writer does.

use crate::error::Result;
use crate::frame::Frame;
use crate::wire::invalid;

use super::copies::{Copies, Kept};
use super::{TILE, TILE_AREA, tile_corner, tile_count};

/// How many tiles are remembered: a screen of 1920 × 1080, or 8 MiB.
pub(super) const SLOTS: usize = 2048;
/// Places of the table that finds a tile by its hash.
const PLACES: usize = 65_536;

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
    copies: Copies,
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
    /// In this copy.
    Kept(Kept),
}

impl Default for MemoryWriter {
    fn default() -> Self {
        let (slots, copies, lenders) = (Vec::new(), Copies::default(), Vec::new());
        Self { slots, next: 0, copies, lenders, places: vec![0; PLACES] }
    }
}

impl MemoryWriter {
    /// The slot that holds exactly the pixels of this tile.
    pub(super) fn find(&self, frame: &Frame, tile: u32, hash: u32) -> Option<u32> {
        let slot = usize::from(self.places[hash as usize % PLACES]).checked_sub(1)?;
        let same = match *self.slots.get(slot)? {
            Slot::Shown(other) => rows(frame, tile).eq(rows(frame, other)),
            Slot::Kept(copy) => self.copies.is_of(copy, rows(frame, tile), frame.format()),
        };
        same.then_some(slot as u32)
    }

    /// Whether a tile has too many colours to be packed well.
    pub(super) fn is_photograph(&mut self, frame: &Frame, tile: u32) -> bool {
        self.copies.is_photograph(rows(frame, tile))
    }

    /// A whole tile of the picture goes into the next slot.
    pub(super) fn remember(&mut self, frame: &Frame, tile: u32, hash: u32) {
        self.keep(frame, tile);
        let slot = self.next;
        self.next = (slot + 1) % SLOTS;
        match self.slots.get_mut(slot) {
            Some(old) => match std::mem::replace(old, Slot::Shown(tile)) {
                Slot::Shown(other) => self.lenders[other as usize] = 0,
                Slot::Kept(copy) => self.copies.give_up(copy),
            },
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
        self.slots[slot] = Slot::Kept(self.copies.make(rows(frame, tile), frame.format()));
    }
}

/// The rows of a whole tile.
fn rows(frame: &Frame, tile: u32) -> impl Iterator<Item = &[u32]> + Clone {
    let (x, y) = tile_corner(frame.size(), tile);
    (y..y + TILE).map(move |line| frame.row(x, line, TILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{PixelFormat, Size};

    const SIZE: Size = Size { width: 4 * TILE, height: TILE };

    /// Paints tiles, one after the other, as the writer and a reader do; answers how many copies the writer had at most.
    fn play(painted: impl Iterator<Item = (u32, u32)>) -> usize {
        let (mut writer, mut reader) = (MemoryWriter::default(), Memory::default());
        let mut frame = Frame::new(SIZE, PixelFormat::Bgrx8);
        let mut shown = frame.clone();
        for (tile, pattern) in painted {
            writer.keep(&frame, tile);
            for line in 0..TILE {
                frame.row_mut(tile * TILE, line, TILE).fill(pattern << 8 | line);
            }
            if let Some(slot) = writer.find(&frame, tile, pattern) {
                reader.recall(slot as usize, &mut shown, tile).expect("a reader has it");
                assert!(shown == frame, "it has it as the writer does");
            } else {
                writer.remember(&frame, tile, pattern);
                shown = frame.clone();
                reader.remember(&shown, tile);
            }
        }
        writer.copies.made()
    }

    #[test]
    fn what_is_recalled_is_what_was_remembered_also_when_the_ring_was_full() {
        for patterns in [1, 6, 300, 4000] {
            let mut state = 1_u32;
            let painted = std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 30, (state >> 8) % patterns)
            });
            let copies = play(painted.take(20_000));
            assert!(copies <= SLOTS.min(patterns as usize), "{copies} copies of {patterns} patterns");
        }
    }

    #[test]
    fn two_views_that_take_turns_are_copied_once() {
        let view = |first: u32| (0..4).map(move |tile| (tile, first + tile));
        let copies = play((0..100).flat_map(|turn| view(turn % 2 * 4)));
        assert_eq!(copies, 8);
    }
}

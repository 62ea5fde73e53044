//! The segment's palettes: a colour keeps its slot for as long as it is used, so that the same letter gives the same bytes. Text on
//! another ground has other shades, so there are several palettes, and each block names its own.

use super::TILE;
use super::holders::Holders;
use crate::error::Result;
use crate::frame::{Frame, PixelFormat, Rect};
use crate::wire::{Reader, invalid};

/// How many palettes there are.
pub(super) const PALETTES: usize = 64;
/// How many colours each has.
pub(super) const SLOTS: usize = 256;
/// Places of the table that finds a colour's slot, and how many are looked at for one.
const PLACES: usize = 1024;
const WAYS: usize = 4;
/// A block has at most this many colours: half of a palette, so that what one block is painted in does not drive out another's.
pub(super) const BLOCK: usize = 128;
/// How many blocks are told apart in the table of a block's colours, which is cleared then.
const STAMPS: u64 = 1 << 24;
/// Lacking fewer colours than this, a block does not begin a palette of its own.
const FEW: usize = 16;
/// Indices that are compared together to see what repeats itself, and the share of them that does not in a photograph: one in so many.
const TURN: usize = 4;
const REPEATED: usize = 32;

/// The palettes as a reader has them.
pub(super) struct Palettes(Vec<[u32; SLOTS]>);

impl Default for Palettes {
    fn default() -> Self {
        Self(vec![[0; SLOTS]; PALETTES])
    }
}

impl Palettes {
    /// Takes a block's assignments from its colours, and gives its palette.
    pub(super) fn assign(
        &mut self,
        palette: usize,
        count: u32,
        colors: &mut Reader<'_>,
        format: PixelFormat,
    ) -> Result<&[u32; SLOTS]> {
        let palette = self.0.get_mut(palette).ok_or_else(|| invalid("names a palette that there is not"))?;
        let (mut left, mut slot) = (count as usize, 0);
        while left > 0 {
            slot += usize::from(colors.u8()?);
            let run = usize::from(colors.u8()?) + 1;
            if run > left || slot + run > SLOTS {
                return Err(invalid("assigns slots that there are not"));
            }
            for slot in slot..slot + run {
                palette[slot] = read_difference(colors, before(palette, slot), format)?;
            }
            slot += run;
            left -= run;
        }
        Ok(palette)
    }
}

/// The palettes as a writer has them: finds slots, and gives up those that were not used for longest.
#[derive(Default)]
pub(super) struct PalettesWriter {
    palettes: Vec<PaletteWriter>,
    holders: Holders,
    block: u32,
}

/// One of them.
struct PaletteWriter {
    colors: [u32; SLOTS],
    /// The block that used a slot last; 0: none did.
    used: [u32; SLOTS],
    /// Colours and their slots, by the colour's hash. A place whose slot has another colour by now is free.
    places: [[(u32, u8); WAYS]; PLACES / WAYS],
    /// The first slot that was never used.
    free: usize,
}

/// What a block's palette needs before the block can be painted.
pub(super) struct Assignment {
    pub(super) palette: u32,
    /// Slots that get another colour, in their order.
    changed: Vec<Changed>,
    /// The slot of each of the block's colours.
    pub(super) slots: [u8; SLOTS],
}

/// A slot that gets another colour.
struct Changed {
    slot: u8,
    color: u32,
    /// What the slot before it has.
    before: u32,
}

impl Default for Assignment {
    fn default() -> Self {
        Self { palette: 0, changed: Vec::new(), slots: [0; SLOTS] }
    }
}

impl Assignment {
    /// How many slots get another colour.
    pub(super) fn count(&self) -> u32 {
        self.changed.len() as u32
    }

    /// Writes the changed slots: runs of them, each colour as a difference.
    pub(super) fn write(&self, bytes: &mut Vec<u8>, format: PixelFormat) {
        let mut end = 0_u8;
        for run in self.changed.chunk_by(|one, next| one.slot + 1 == next.slot) {
            let (slot, more) = (run[0].slot, run.len() - 1);
            // At most 256 slots, in their order.
            bytes.extend([slot - end, more as u8]);
            end = slot.wrapping_add(run.len() as u8);
            run.iter().for_each(|changed| write_difference(bytes, changed.before, changed.color, format));
        }
    }
}

/// What a palette lacks of a block's colours.
pub(super) struct Lack {
    palette: usize,
    pub(super) missing: usize,
}

impl PalettesWriter {
    /// Finds or makes place for a block's colours, at most [`BLOCK`], all different, in the palette that [`PalettesWriter::choose`] chose.
    pub(super) fn assign(&mut self, colors: &[u32], lack: &Lack, assignment: &mut Assignment) {
        self.block += 1;
        assignment.changed.clear();
        assignment.palette = lack.palette as u32;
        if lack.palette == self.palettes.len() {
            self.palettes.push(PaletteWriter::default());
        }
        let palette = &mut self.palettes[lack.palette];
        let mut missing = Vec::with_capacity(lack.missing);
        // Those that are there are marked before others are given up. At most as many slots are this block's as it has colours.
        for (color, index) in colors.iter().zip(0..) {
            let slot = palette.find(*color);
            slot.iter().for_each(|slot| palette.used[*slot] = self.block);
            // A slot is less than 256.
            assignment.slots[index] = slot.unwrap_or_default() as u8;
            if slot.is_none() {
                missing.push((by_green(*color), *color, index));
            }
        }
        // Neighbours of nearly the same colour have small differences.
        missing.sort_unstable();
        for ((_, color, index), slot) in missing.iter().zip(palette.give_up(missing.len())) {
            let lost = palette.put(*color, slot, self.block);
            lost.into_iter().flatten().for_each(|color| self.holders.remove(color, lack.palette));
            self.holders.add(*color, lack.palette);
            let before = before(&palette.colors, slot);
            assignment.changed.push(Changed { slot: slot as u8, color: *color, before });
            assignment.slots[*index] = slot as u8;
        }
    }

    /// The palette that lacks the fewest of these colours, or a new one where they have little to do with any; and how many it lacks.
    pub(super) fn choose(&self, colors: &[u32]) -> Lack {
        // Of equals the first: what two palettes have is taken from the same one each time, so that it gives the same bytes.
        let (palette, held) = self.holders.most(colors, self.palettes.len());
        let missing = colors.len() - held;
        let strange = missing * 8 > colors.len() * 5 && missing >= FEW;
        if self.palettes.is_empty() || (strange && self.palettes.len() < PALETTES) {
            return Lack { palette: self.palettes.len(), missing: colors.len() };
        }
        Lack { palette, missing }
    }
}

impl Default for PaletteWriter {
    fn default() -> Self {
        Self { colors: [0; SLOTS], used: [0; SLOTS], places: [[(0, 0); WAYS]; PLACES / WAYS], free: 0 }
    }
}

impl PaletteWriter {
    fn find(&self, color: u32) -> Option<usize> {
        let places = &self.places[place(color) / WAYS];
        let found = places.iter().find(|(known, slot)| *known == color && self.has(color, *slot));
        found.map(|(_, slot)| usize::from(*slot))
    }

    fn has(&self, color: u32, slot: u8) -> bool {
        self.colors[usize::from(slot)] == color && usize::from(slot) < self.free
    }

    /// So many slots, in their order: never used ones first, then those that were not used for longest.
    fn give_up(&mut self, count: usize) -> Vec<usize> {
        let fresh = count.min(SLOTS - self.free);
        let mut slots: Vec<usize> = (self.free..self.free + fresh).collect();
        if fresh < count {
            let mut old: Vec<usize> = (0..self.free).collect();
            old.select_nth_unstable_by_key(count - fresh - 1, |slot| (self.used[*slot], *slot));
            slots.extend(&old[..count - fresh]);
            slots.sort_unstable();
        }
        self.free += fresh;
        slots
    }

    /// Gives a slot another colour; answers which colours are not found here any more.
    fn put(&mut self, color: u32, slot: usize, block: u32) -> [Option<u32>; 2] {
        let old = std::mem::replace(&mut self.colors[slot], color);
        self.used[slot] = block;
        // Where all places are taken, which is rare, a colour may get a second slot later.
        let places = self.places[place(color) / WAYS];
        let free = places.iter().position(|(known, slot)| !self.has(*known, *slot)).unwrap_or_default();
        self.places[place(color) / WAYS][free] = (color, slot as u8);
        [old, places[free].0].map(|lost| self.find(lost).is_none().then_some(lost))
    }
}

/// The colour of the slot before one: most colours of a block are shades between the same two.
fn before(colors: &[u32; SLOTS], slot: usize) -> u32 {
    slot.checked_sub(1).map_or(0, |before| colors[before])
}

/// The order in which colours are assigned.
fn by_green(color: u32) -> u32 {
    color >> 8 & 0xff
}

fn place(color: u32) -> usize {
    (color.wrapping_mul(0x9e37_79b1) >> 22) as usize
}

/// The colours of a block, and each pixel's number among them, column by column.
pub(super) struct Shades {
    pub(super) colors: Vec<u32>,
    pub(super) indices: Vec<u8>,
    /// By a colour's hash: the colour, the stamp of the block that it is of, its number among that one's. One of another block is no colour.
    places: Box<[u64; PLACES]>,
    stamp: u64,
    /// The numbers of a strip's pixels, row by row.
    rows: Vec<[u8; TILE as usize]>,
    /// Indices that follow one another and came before, by their hash.
    seen: Vec<[u8; TURN]>,
}

impl Default for Shades {
    fn default() -> Self {
        Self {
            colors: Vec::new(),
            indices: Vec::new(),
            places: Box::new([0; PLACES]),
            stamp: 0,
            rows: Vec::new(),
            seen: vec![[0; TURN]; PLACES],
        }
    }
}

impl Shades {
    pub(super) fn clear(&mut self) {
        self.keep(0, 0);
    }

    /// Whether hardly anything comes twice: where colours change, other indices follow each time. So it is in photographs, whose indices
    /// do not compress; letters repeat themselves.
    pub(super) fn never_repeat(&mut self) -> bool {
        let indices = &self.indices;
        let turns = |at: &usize| *at == 0 || indices[*at - 1] != indices[*at];
        let (mut count, mut again) = (0, 0);
        self.seen.fill([0; TURN]);
        for at in (0..self.indices.len().saturating_sub(TURN - 1)).filter(turns) {
            let Some(next) = self.indices[at..].first_chunk::<TURN>() else { break };
            // Four zeros stand for nothing seen: a run of the first colour, which is not worth a mark.
            let place = &mut self.seen[place(u32::from_le_bytes(*next))];
            count += 1;
            again += usize::from(place == next);
            *place = *next;
            if again * REPEATED > self.indices.len() {
                return false;
            }
        }
        again * REPEATED <= count
    }

    /// Goes back to the first colours and indices.
    fn keep(&mut self, colors: usize, indices: usize) {
        self.indices.truncate(indices);
        self.colors.truncate(colors);
        self.stamp = (self.stamp + 1) % STAMPS;
        if self.stamp == 0 {
            self.places.fill(0);
            self.stamp = 1;
        }
        for (color, index) in self.colors.iter().zip(0..) {
            let mut at = place(*color);
            while self.is_taken(at) {
                at = (at + 1) % PLACES;
            }
            self.places[at] = self.entry(*color) | index;
        }
    }

    /// What a colour's place holds, without its number.
    fn entry(&self, color: u32) -> u64 {
        u64::from(color) << 32 | self.stamp << 8
    }

    fn is_taken(&self, at: usize) -> bool {
        (self.places[at] >> 8) % STAMPS == self.stamp
    }

    /// Adds the pixels of a strip, at most a tile wide, if it brings at most `limit` colours more, and there are at most [`BLOCK`] then.
    pub(super) fn add(&mut self, frame: &Frame, rect: Rect, limit: usize) -> bool {
        let (known, before) = (self.colors.len(), self.indices.len());
        let limit = (known + limit).min(BLOCK);
        let (left, height) = (rect.x.unsigned_abs(), rect.height as usize);
        self.rows.clear();
        for y in (rect.y.unsigned_abs()..).take(height) {
            let Some(row) = self.number(frame.row(left, y, rect.width), limit) else {
                self.keep(known, before);
                return false;
            };
            self.rows.push(row);
        }
        self.indices.resize(before + rect.width as usize * height, 0);
        for (x, column) in self.indices[before..].chunks_exact_mut(height).enumerate() {
            column.iter_mut().zip(&self.rows).for_each(|(index, row)| *index = row[x % TILE as usize]);
        }
        true
    }

    /// Each pixel of a row as its number.
    pub(super) fn number(&mut self, row: &[u32], limit: usize) -> Option<[u8; TILE as usize]> {
        let (mut numbers, mut unknown) = ([0; TILE as usize], 0);
        // Whether a pixel is as the one before it, or known at all, is not asked one by one: no processor guesses that right.
        for (number, pixel) in numbers.iter_mut().zip(row) {
            let index = self.places[place(*pixel)] ^ self.entry(*pixel);
            unknown |= index >> 8;
            *number = index as u8;
        }
        if unknown != 0 {
            for (number, pixel) in numbers.iter_mut().zip(row) {
                *number = self.index(*pixel, limit)?;
            }
        }
        Some(numbers)
    }

    fn index(&mut self, color: u32, limit: usize) -> Option<u8> {
        let (mut at, entry) = (place(color), self.entry(color));
        // At most a block's colours are there, so that most places are free.
        while self.is_taken(at) {
            let index = self.places[at] ^ entry;
            if index <= u64::from(u8::MAX) {
                return Some(index as u8);
            }
            at = (at + 1) % PLACES;
        }
        if self.colors.len() == limit {
            return None;
        }
        let index = self.colors.len();
        self.places[at] = entry | index as u64;
        self.colors.push(color);
        Some(index as u8)
    }
}

pub(super) fn pixel_bytes(format: PixelFormat) -> usize {
    match format {
        PixelFormat::Bgrx8 => 3,
        PixelFormat::Bgrx10 => 4,
    }
}

pub(super) fn write_pixel(bytes: &mut Vec<u8>, pixel: u32, format: PixelFormat) {
    bytes.extend_from_slice(&pixel.to_le_bytes()[..pixel_bytes(format)]);
}

pub(super) fn read_pixel(reader: &mut Reader<'_>, format: PixelFormat) -> Result<u32> {
    let mut bytes = [0; 4];
    bytes[..pixel_bytes(format)].copy_from_slice(reader.bytes(pixel_bytes(format))?);
    let pixel = u32::from_le_bytes(bytes);
    if pixel & !format.mask() == 0 { Ok(pixel) } else { Err(invalid("holds a pixel with undefined bits")) }
}

/// A colour as what it differs by from another. What blue and red differ by follows green, of 8 bits a channel.
fn write_difference(bytes: &mut Vec<u8>, from: u32, color: u32, format: PixelFormat) {
    if format != PixelFormat::Bgrx8 {
        write_pixel(bytes, color, format);
        return;
    }
    let ([blue, green, red, _], [blue_before, green_before, red_before, _]) = (color.to_le_bytes(), from.to_le_bytes());
    let by = green.wrapping_sub(green_before);
    bytes.extend([by, blue.wrapping_sub(blue_before).wrapping_sub(by), red.wrapping_sub(red_before).wrapping_sub(by)]);
}

fn read_difference(reader: &mut Reader<'_>, from: u32, format: PixelFormat) -> Result<u32> {
    if format != PixelFormat::Bgrx8 {
        return read_pixel(reader, format);
    }
    let [blue, green, red, _] = from.to_le_bytes();
    let (by, blue_by, red_by) = (reader.u8()?, reader.u8()?, reader.u8()?);
    let follow = |channel: u8, less: u8| channel.wrapping_add(less).wrapping_add(by);
    Ok(u32::from_le_bytes([follow(blue, blue_by), green.wrapping_add(by), follow(red, red_by), 0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_chosen_is_what_a_look_at_each_palette_finds(
            blocks in proptest::collection::vec((0_u32..40, 1_u32..200), 1..200),
        ) {
            let (mut palettes, mut assignment) = (PalettesWriter::default(), Assignment::default());
            for (from, step) in blocks {
                let color = |at: u32| (from * 64 + at * step).wrapping_mul(0x0001_0301) & 0x00ff_ffff;
                let mut colors: Vec<u32> = (0..BLOCK as u32).map(color).collect();
                colors.sort_unstable();
                colors.dedup();
                let held = |palette: &PaletteWriter| colors.iter().filter(|color| palette.find(**color).is_some()).count();
                let most = palettes.palettes.iter().map(held).max();
                let lack = palettes.choose(&colors);
                if let (Some(most), Some(chosen)) = (most, palettes.palettes.get(lack.palette)) {
                    prop_assert_eq!(held(chosen), most);
                    prop_assert_eq!(lack.missing, colors.len() - most);
                    prop_assert_eq!(palettes.palettes.iter().position(|other| held(other) == most), Some(lack.palette));
                }
                palettes.assign(&colors, &lack, &mut assignment);
                let slots = assignment.slots.iter().take(colors.len());
                let palette = &palettes.palettes[lack.palette];
                prop_assert!(slots.zip(&colors).all(|(slot, color)| palette.colors[usize::from(*slot)] == *color));
            }
        }
    }
}

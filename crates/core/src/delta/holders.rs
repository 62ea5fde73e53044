//! Which of the palettes hold a colour: a bit each, so that one look at a colour tells of all of them.

use super::palette::PALETTES;

/// Places of the table at first: a screen of text and controls has some hundred colours.
const LEAST: usize = 1024;
/// What stands for no colour: every format has bits that mean nothing.
const NONE: u32 = u32::MAX;
/// Bits of a count of colours, of which a block has at most 128.
const PLANES: usize = 8;

/// A table from colours to palettes.
pub(super) struct Holders {
    /// Each colour at its hash's place or at the next free one behind it.
    colors: Vec<u32>,
    palettes: Vec<u64>,
    used: usize,
}

impl Default for Holders {
    fn default() -> Self {
        Self { colors: vec![NONE; LEAST], palettes: vec![0; LEAST], used: 0 }
    }
}

impl Holders {
    pub(super) fn add(&mut self, color: u32, palette: usize) {
        if self.used * 2 >= self.colors.len() {
            self.make_room();
        }
        let at = self.place(color);
        if self.colors[at] == NONE {
            self.colors[at] = color;
            self.used += 1;
        }
        self.palettes[at] |= 1 << palette;
    }

    /// The colour keeps its place: those behind it are found past it.
    pub(super) fn remove(&mut self, color: u32, palette: usize) {
        let at = self.place(color);
        self.palettes[at] &= !(1 << palette);
    }

    /// Of the first `count` palettes the one that holds the most of these colours, the first of several; and how many it holds.
    pub(super) fn most(&self, colors: &[u32], count: usize) -> (usize, usize) {
        // A count for each palette, all counted up at once: bit `n` of plane `k` is bit `k` of palette `n`'s count.
        let mut planes = [0_u64; PLANES];
        for color in colors {
            let mut carry = self.palettes[self.place(*color)];
            for plane in &mut planes {
                (*plane, carry) = (*plane ^ carry, *plane & carry);
                if carry == 0 {
                    break;
                }
            }
        }
        let mut best = u64::MAX >> (PALETTES - count.clamp(1, PALETTES));
        let mut most = 0;
        for (bit, plane) in planes.iter().enumerate().rev() {
            if best & plane != 0 {
                best &= plane;
                most |= 1 << bit;
            }
        }
        (best.trailing_zeros() as usize, most)
    }

    /// Where a colour is, or would be: at most half of the places are taken.
    fn place(&self, color: u32) -> usize {
        let last = self.colors.len() - 1;
        let mut at = (color.wrapping_mul(0x9e37_79b1) >> 8) as usize & last;
        while self.colors[at] != color && self.colors[at] != NONE {
            at = (at + 1) & last;
        }
        at
    }

    /// Begins anew with the colours that some palette holds, and with room for as many again.
    fn make_room(&mut self) {
        let held = self.palettes.iter().filter(|palettes| **palettes != 0).count();
        let length = (held * 4).next_power_of_two().max(LEAST);
        let colors = std::mem::replace(&mut self.colors, vec![NONE; length]);
        let palettes = std::mem::replace(&mut self.palettes, vec![0; length]);
        self.used = held;
        for (color, palettes) in colors.into_iter().zip(palettes).filter(|(_, palettes)| *palettes != 0) {
            let at = self.place(color);
            (self.colors[at], self.palettes[at]) = (color, palettes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_those_that_hold_the_most() {
        let mut holders = Holders::default();
        assert_eq!(holders.most(&[1, 2, 3], 64), (0, 0));
        for (color, palette) in [(1, 5), (2, 5), (2, 63), (3, 63), (3, 7)] {
            holders.add(color, palette);
        }
        assert_eq!(holders.most(&[1, 2, 3], 64), (5, 2));
        assert_eq!(holders.most(&[2, 3], 64), (63, 2));
        assert_eq!(holders.most(&[2, 3], 63), (5, 1));
        holders.remove(2, 63);
        assert_eq!(holders.most(&[2, 3], 64), (5, 1));
        assert_eq!(holders.most(&[4], 2), (0, 0));
    }

    #[test]
    fn colors_that_come_and_go_leave_the_others_found() {
        let mut holders = Holders::default();
        let color = |at: u32| at.wrapping_mul(0x0101_6b43) & 0x00ff_ffff;
        for at in 0..20_000 {
            holders.add(color(at), at as usize % 64);
            if at >= 128 {
                holders.remove(color(at - 128), (at as usize - 128) % 64);
            }
        }
        assert!(holders.colors.len() <= 4 * LEAST, "places of colours that nobody holds are used again");
        for at in 20_000 - 128..20_000 {
            assert_eq!(holders.most(&[color(at)], 64), (at as usize % 64, 1));
        }
        let all: Vec<u32> = (20_000 - 128..20_000).map(color).collect();
        (0..64).for_each(|palette| all.iter().for_each(|color| holders.add(*color, palette)));
        assert_eq!(holders.most(&all, 64), (0, 128), "as many as a block has");
    }
}

//! How often tiles changed, one picture after the other: a film does so all the time, and what it showed does not come back.

/// So many pictures in a row: a third of a second of a film.
const OFTEN: u8 = 10;

/// Whole tiles that changed lately.
#[derive(Default)]
pub(super) struct Unrest {
    tiles: Vec<Tile>,
    picture: u32,
}

/// When a tile changed last, and in how many pictures one after the other until then.
#[derive(Clone, Copy, Default)]
struct Tile {
    picture: u32,
    times: u8,
}

impl Unrest {
    /// The next picture begins, of so many tiles.
    pub(super) fn begin(&mut self, tiles: usize) {
        self.picture = self.picture.wrapping_add(1);
        self.tiles.resize(tiles, Tile::default());
    }

    /// A tile changed as a whole; answers whether it does so all the time.
    pub(super) fn change(&mut self, tile: u32) -> bool {
        let tile = &mut self.tiles[tile as usize];
        let again = tile.picture == self.picture.wrapping_sub(1);
        tile.times = if again { tile.times.saturating_add(1) } else { 1 };
        tile.picture = self.picture;
        tile.times >= OFTEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_each_picture_is_told_until_it_rests() {
        let mut unrest = Unrest::default();
        let mut play = |changes: &[bool]| -> usize {
            let restless = changes.iter().filter(|changes| {
                unrest.begin(2);
                **changes && unrest.change(1)
            });
            restless.count()
        };
        assert_eq!(play(&[true; 9]), 0);
        assert_eq!(play(&[true; 3]), 3);
        assert_eq!(play(&[false, true, true]), 0);
        assert_eq!(play(&[true, false].repeat(30)), 0, "every second one");
        assert_eq!(play(&[true; 400]), 391);
    }
}

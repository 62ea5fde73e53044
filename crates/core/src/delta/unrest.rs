//! How often tiles changed, one picture after the other: a film does so all the time, and what it showed does not come back.

/// So many pictures in a row: a third of a second of a film.
const OFTEN: u8 = 10;
/// So many in a row are the beginning of one.
const AGAIN: u8 = 4;

/// What a tile has done lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Habit {
    /// It was still.
    Rests,
    /// It changed in some pictures, one after the other.
    Stirs,
    /// It does so all the time.
    Films,
}

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

    /// A tile changed as a whole; answers how it has been lately.
    pub(super) fn change(&mut self, tile: u32) -> Habit {
        let tile = &mut self.tiles[tile as usize];
        let again = tile.picture == self.picture.wrapping_sub(1);
        tile.times = if again { tile.times.saturating_add(1) } else { 1 };
        tile.picture = self.picture;
        match tile.times {
            OFTEN.. => Habit::Films,
            AGAIN.. => Habit::Stirs,
            _ => Habit::Rests,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_each_picture_is_told_until_it_rests() {
        let mut unrest = Unrest::default();
        let mut play = |changes: &[bool]| -> (usize, usize) {
            let habit = |changes: &bool| {
                unrest.begin(2);
                if *changes { unrest.change(1) } else { Habit::Rests }
            };
            let habits: Vec<Habit> = changes.iter().map(habit).collect();
            let count = |habit| habits.iter().filter(|other| **other == habit).count();
            (count(Habit::Stirs), count(Habit::Films))
        };
        assert_eq!(play(&[true; 9]), (6, 0));
        assert_eq!(play(&[true; 3]), (0, 3));
        assert_eq!(play(&[false, true, true]), (0, 0));
        assert_eq!(play(&[true, false].repeat(30)), (0, 0), "every second one");
        assert_eq!(play(&[true; 400]), (6, 391));
    }
}

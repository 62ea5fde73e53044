//! The four tracks of a recording, and sets of them.

use std::fmt;

/// One stream of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Track {
    /// Movements, buttons, wheel.
    Pointer,
    /// Keys, layouts.
    Keyboard,
    /// Pictures, the pointer's image.
    Screen,
    /// Focus, monitors, workspace.
    Context,
}

impl Track {
    /// Every track, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Pointer, Self::Keyboard, Self::Screen, Self::Context];

    /// Its name: its folder, and its word in receipts and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pointer => "pointer",
            Self::Keyboard => "keyboard",
            Self::Screen => "screen",
            Self::Context => "context",
        }
    }

    /// Its number in sealed chunks.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The track of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|track| track.name() == name)
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracks(u8);

impl Tracks {
    /// None.
    pub const NONE: Self = Self(0);
    /// All four.
    pub const ALL: Self = Self(0b1111);

    /// Whether the set holds `track`.
    pub fn contains(self, track: Track) -> bool {
        self.0 & (1 << track.number()) != 0
    }

    /// Whether every track of `other` is in this set.
    pub fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The tracks that are in both sets.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its tracks, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Track> {
        Track::ALL.into_iter().filter(move |track| self.contains(*track))
    }
}

impl FromIterator<Track> for Tracks {
    fn from_iter<I: IntoIterator<Item = Track>>(tracks: I) -> Self {
        Self(tracks.into_iter().fold(0, |set, track| set | 1 << track.number()))
    }
}

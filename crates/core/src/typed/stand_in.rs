//! What is told instead of keys.

use super::role::FieldId;
use crate::clock::Time;
use crate::detect::Class;
use crate::event::KeyClasses;

/// Why keys are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// They hold, or helped to make, something of this class.
    Found(Class),
    /// What they made cannot be rebuilt, and may be sensitive.
    Uncertain,
    /// Nobody knows whether the field is a secret one.
    UnknownField,
    /// The field had not been left when recording ended, and they may be the beginning of something.
    Unfinished,
}

impl Label {
    /// Its name, as in records: a class of the detectors, or one of these.
    pub fn name(self) -> &'static str {
        match self {
            Self::Found(class) => class.name(),
            Self::Uncertain => "uncertain",
            Self::UnknownField => "unknown_field",
            Self::Unfinished => "unfinished",
        }
    }
}

/// Stands for a stretch of keys: presses, releases, modifiers. It says neither how many they were nor in which order, and when it began only to
/// the second; the times around it are those of the keys around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The second in which the stretch began, or the moment of the record before it if that is later.
    pub time: Time,
    /// Why.
    pub label: Label,
    /// What kinds of keys they were; nothing where the label says enough.
    pub keys: KeyClasses,
    /// What is known of it beside that, for pictures.
    pub visible: Visible,
}

/// Where keys may have become visible, and since when. It is told nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visible {
    /// When the first of them was pressed.
    pub since: Time,
    /// The field, where that is known.
    pub field: Option<FieldId>,
    /// Whether any of them puts text there.
    pub types: bool,
}

//! What a press means for the text of the field that has the keyboard.

use std::fmt;

use super::text::TypedText;
use crate::event::{KeyClass, KeyClasses, KeyboardAction, KeyboardEvent, Modifiers};

/// What a press does to the field. What depends on the application (is Ctrl+A "select all" or "to the start of the line"?)
/// stays open here: each `Convention` answers it its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Types this text.
    Insert(TypedText),
    /// Pastes; `None` where nobody knows what, which is always so in a recording: clipboard content is never captured.
    Paste(Option<TypedText>),
    /// Moves the caret; with `extend`, the selection's other end stays.
    Move {
        /// Where to.
        motion: Motion,
        /// Whether Shift is held.
        extend: bool,
    },
    /// Deletes the selection, or else from the caret to there.
    Delete(Motion),
    /// A letter with Control, Alt or Meta.
    Chord(Chord),
    /// Leaves the field, or may.
    Leave(Leave),
    /// Changes the text in a way that keys do not tell: an input method, a menu, overwrite mode.
    Opaque,
    /// Shift and its like, by itself; a dead key.
    Modifier,
    /// Changes no text.
    Nothing,
}

/// Where the caret goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One character back.
    Left,
    /// One character on.
    Right,
    /// One word back.
    WordLeft,
    /// One word on.
    WordRight,
    /// Back to white space, as a terminal's Ctrl+W.
    SpaceLeft,
    /// To the start of the line.
    LineStart,
    /// To the end of the line.
    LineEnd,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// To the start of the text.
    Start,
    /// To the end of the text.
    End,
}

/// A letter with modifiers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    /// The letter, in lower case.
    pub letter: char,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether it is Alt alone that makes it a chord.
    pub alt: bool,
}

/// How a field is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// To the field after it: Tab.
    Next,
    /// To the field before it: Shift+Tab.
    Previous,
    /// Enter: sends it, or begins a line in the same field. Both are thought of.
    Enter,
    /// To somewhere else: another window, another element.
    Away,
    /// A click: the caret, or the keyboard, may be anywhere now.
    Click,
}

impl Edit {
    /// What a press of the keyboard track means; `None` for what is no press.
    pub fn of(event: &KeyboardEvent) -> Option<Self> {
        let KeyboardAction::Down { key, .. } = &event.action else { return None };
        Some(Self::from_key(&key.key, &key.text, event.modifiers))
    }

    /// What a key means, by its W3C `key` value, the text that it types and the modifiers in effect.
    pub fn from_key(key: &str, text: &str, modifiers: Modifiers) -> Self {
        let held = Held::of(modifiers, text);
        if let Some(edit) = moving(key, held).or_else(|| deleting(key, held)).or_else(|| leaving(key, held)) {
            return edit;
        }
        match key {
            "Shift" | "Control" | "Alt" | "Meta" | "AltGraph" | "CapsLock" | "NumLock" | "ScrollLock" | "Fn" => {
                return Self::Modifier;
            }
            "Insert" if held.shift || held.control => return if held.shift { Self::Paste(None) } else { copy() },
            "Paste" => return Self::Paste(None),
            "Copy" => return copy(),
            "Cut" => return chord('x'),
            "Undo" => return chord('z'),
            "Redo" => return chord('y'),
            // What they type comes with a later key, and they belong to it as Shift does.
            "Dead" | "Compose" => return Self::Modifier,
            "Escape" | "Pause" | "PrintScreen" | "PageUp" | "PageDown" | "Help" => {
                return Self::Nothing;
            }
            _ => {}
        }
        if held.is_chord() {
            return with_modifiers(key, held);
        }
        match text.chars().any(|typed| !typed.is_control()) {
            true => Self::Insert(text.into()),
            false if is_function(key) => Self::Nothing,
            false => Self::Opaque,
        }
    }

    /// Whether the keyboard goes to another field by it.
    pub fn goes_on(&self) -> bool {
        matches!(self, Self::Leave(Leave::Next | Leave::Previous))
    }

    /// Which classes it is made of; none for what says nothing of the text.
    pub fn classes(&self) -> KeyClasses {
        let none = KeyClasses::default();
        match self {
            Self::Insert(text) => text.chars().fold(none, |set, typed| set.with(KeyClass::of(typed))),
            Self::Paste(_) | Self::Delete(_) | Self::Opaque => none.with(KeyClass::Editing),
            Self::Chord(chord) if chord.edits() => none.with(KeyClass::Editing),
            Self::Move { .. } => none.with(KeyClass::Navigation),
            Self::Chord(_) | Self::Leave(_) | Self::Modifier | Self::Nothing => none,
        }
    }

    /// Whether it brings text into the field.
    pub fn types(&self) -> bool {
        matches!(self, Self::Insert(_) | Self::Paste(_) | Self::Opaque)
    }

    /// Whether it may put something into a field that can be seen there.
    pub fn shows(&self) -> bool {
        match self {
            Self::Insert(text) => !text.trim().is_empty(),
            edit => edit.types(),
        }
    }

    /// Whether there may be another text in the field than before.
    pub fn changes_text(&self) -> bool {
        match self {
            Self::Insert(_) | Self::Paste(_) | Self::Delete(_) | Self::Opaque | Self::Leave(Leave::Enter) => true,
            Self::Chord(chord) => chord.edits(),
            Self::Move { .. } | Self::Leave(_) | Self::Modifier | Self::Nothing => false,
        }
    }

    /// How many characters it brings, where that is known.
    pub fn length(&self) -> usize {
        match self {
            Self::Insert(text) | Self::Paste(Some(text)) => text.chars().count(),
            _ => 0,
        }
    }

    /// Whether applications differ in what it does.
    pub fn divides(&self) -> bool {
        match self {
            Self::Chord(chord) => chord.edits(),
            Self::Move { motion, .. } | Self::Delete(motion) => {
                matches!(motion, Motion::WordLeft | Motion::WordRight | Motion::Up | Motion::Down)
            }
            _ => false,
        }
    }

    /// Whether it leaves nobody knowing what the field holds.
    pub fn is_opaque(&self) -> bool {
        matches!(self, Self::Opaque | Self::Paste(None))
    }
}

impl fmt::Debug for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chord")
    }
}

impl Chord {
    /// Whether it changes text, caret or selection anywhere: on a desktop, or in a terminal's line.
    pub fn edits(self) -> bool {
        if self.alt { "bdf".contains(self.letter) } else { "abcdefhkuwxyz_".contains(self.letter) }
    }
}

/// The modifiers that matter here.
#[derive(Clone, Copy)]
struct Held {
    shift: bool,
    control: bool,
    alt: bool,
    meta: bool,
}

impl Held {
    fn of(modifiers: Modifiers, text: &str) -> Self {
        let [shift, control, alt, meta, graph] =
            [Modifiers::SHIFT, Modifiers::CONTROL, Modifiers::ALT, Modifiers::META, Modifiers::ALT_GRAPH]
                .map(|modifier| modifiers.contains(modifier));
        // Some systems report AltGr as Control and Alt together; what types text is no chord then.
        let types = text.chars().any(|typed| !typed.is_control());
        let third_level = graph || (control && alt && types);
        Self { shift, control: control && !third_level, alt: alt && !third_level, meta }
    }

    fn is_chord(self) -> bool {
        self.control || self.alt || self.meta
    }
}

fn moving(key: &str, held: Held) -> Option<Edit> {
    let by_word = held.control || held.alt;
    let motion = match key {
        "ArrowLeft" if held.meta => Motion::LineStart,
        "ArrowRight" if held.meta => Motion::LineEnd,
        "ArrowUp" if held.meta => Motion::Start,
        "ArrowDown" if held.meta => Motion::End,
        "ArrowLeft" if by_word => Motion::WordLeft,
        "ArrowRight" if by_word => Motion::WordRight,
        "ArrowLeft" => Motion::Left,
        "ArrowRight" => Motion::Right,
        "ArrowUp" => Motion::Up,
        "ArrowDown" => Motion::Down,
        "Home" if by_word => Motion::Start,
        "End" if by_word => Motion::End,
        "Home" => Motion::LineStart,
        "End" => Motion::LineEnd,
        _ => return None,
    };
    Some(Edit::Move { motion, extend: held.shift })
}

fn deleting(key: &str, held: Held) -> Option<Edit> {
    let by_word = held.control || held.alt;
    Some(match key {
        "Backspace" if held.meta => Edit::Delete(Motion::LineStart),
        "Backspace" if by_word => Edit::Delete(Motion::WordLeft),
        "Backspace" => Edit::Delete(Motion::Left),
        "Delete" if by_word => Edit::Delete(Motion::WordRight),
        "Delete" if held.shift => chord('x'),
        "Delete" => Edit::Delete(Motion::Right),
        _ => return None,
    })
}

fn leaving(key: &str, held: Held) -> Option<Edit> {
    Some(Edit::Leave(match key {
        "Tab" if held.is_chord() => Leave::Away,
        "Tab" if held.shift => Leave::Previous,
        "Tab" => Leave::Next,
        "Enter" => Leave::Enter,
        _ => return None,
    }))
}

fn with_modifiers(key: &str, held: Held) -> Edit {
    let mut letters = key.chars().flat_map(char::to_lowercase);
    match (letters.next(), letters.next()) {
        (Some('v'), None) if !held.alt => Edit::Paste(None),
        // A terminal's other names for Enter and Tab.
        (Some('m' | 'j'), None) if held.control => Edit::Leave(Leave::Enter),
        (Some(letter), None) => {
            Edit::Chord(Chord { letter, shift: held.shift, alt: held.alt && !held.control && !held.meta })
        }
        _ => Edit::Nothing,
    }
}

fn chord(letter: char) -> Edit {
    Edit::Chord(Chord { letter, shift: false, alt: false })
}

fn copy() -> Edit {
    chord('c')
}

/// Keys of the standard that have a name, and change no text.
fn is_function(key: &str) -> bool {
    let numbered = key.strip_prefix('F').is_some_and(|rest| rest.parse::<u8>().is_ok());
    let families = ["Audio", "Media", "Browser", "Launch", "Brightness", "Microphone", "Power", "WakeUp", "Eject"];
    numbered || families.iter().any(|family| key.starts_with(family))
}

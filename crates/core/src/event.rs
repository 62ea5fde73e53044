//! What a person does: pointer and keyboard events, and the context they happen in.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroize;

use crate::class_name::ClassName;
use crate::clock::Time;
use crate::frame::{Position, Rect};

/// Something at a moment of the recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample<T> {
    /// When it happened, by the most exact clock the system offers (docs/platforms.md).
    pub time: Time,
    /// What happened.
    pub value: T,
}

/// What a hook reports.
#[derive(Clone, Debug, PartialEq)]
pub enum InputEvent {
    /// For the `pointer` track.
    Pointer(PointerEvent),
    /// For the `keyboard` track.
    Keyboard(KeyboardEvent),
}

/// One event of the `pointer` track.
#[derive(Clone, Debug, PartialEq)]
pub struct PointerEvent {
    /// Where the pointer is after the event.
    pub position: Position,
    /// Whether software made it (XTEST), where the system tells.
    pub injected: bool,
    /// What happened.
    pub action: PointerAction,
}

/// What the pointer did. The names are the DOM's.
#[derive(Clone, Debug, PartialEq)]
pub enum PointerAction {
    /// `pointermove`
    Move {
        /// What the device itself reported, before acceleration, in its own units; `None` where the system hides it.
        raw: Option<RawDelta>,
    },
    /// `pointerdown`
    Down(Button),
    /// `pointerup`
    Up(Button),
    /// `wheel`
    Wheel(Wheel),
}

/// A device's own, unaccelerated movement: 1/256 of a device unit, right and down positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RawDelta {
    /// To the right, in 1/256 units.
    pub x: i32,
    /// Downwards, in 1/256 units.
    pub y: i32,
}

/// A button, numbered as the DOM's `MouseEvent.button`: 0 left, 1 middle, 2 right, 3 back, 4 forward, more by device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Button(pub u8);

/// A turn of a wheel or a two-finger scroll: 120 is one detent, right and down positive.
///
/// 120 is Windows' `WHEEL_DELTA` and libinput's `v120`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wheel {
    /// To the right, in 1/120 detents.
    pub delta_x: i32,
    /// Downwards, in 1/120 detents.
    pub delta_y: i32,
    /// Whether the device scrolls smoothly (touchpad, high-resolution wheel) or in whole detents.
    pub smooth: bool,
}

/// One event of the `keyboard` track.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyboardEvent {
    /// Which modifiers are in effect after the event.
    pub modifiers: Modifiers,
    /// Whether software made it (XTEST), where the system tells.
    pub injected: bool,
    /// What happened.
    pub action: KeyboardAction,
}

/// What the keyboard did. The names are the DOM's.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyboardAction {
    /// `keydown`
    Down {
        /// Which key.
        key: Key,
        /// Whether the system made this press because the key was held.
        repeat: bool,
    },
    /// `keyup`
    Up {
        /// Which key.
        key: Key,
    },
    /// `modifiers`: nothing was pressed; [`KeyboardEvent::modifiers`] was read afresh (at start, on focus, on unlock).
    Modifiers,
    /// `layout`: from now on this layout gives the text.
    Layout(Layout),
    /// `redacted`: stands for keys that are not told.
    Redacted(Placeholder),
}

/// Stands for a stretch of keys that are not told: neither how many they were nor in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// What they made: the name of a detector's class, or why nobody knows (docs/format.md §9.2).
    pub class: ClassName,
    /// What kinds of keys they were, where the class does not say it.
    pub keys: KeyClasses,
}

/// A key, by place and by meaning. What it means and types is erased from memory when it goes, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its place on the keyboard: a W3C UI Events `code`.
    pub code: Code,
    /// Its meaning, as the W3C's `key`: the text the active layout gives, or a name such as `Enter` or `Dead`.
    pub key: String,
    /// The text that it types, dead keys and compose sequences resolved; empty when it types none.
    pub text: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.key.zeroize();
        self.text.zeroize();
    }
}

/// A W3C UI Events `code` such as `KeyA`; `Unidentified` for a key that the standard does not name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// A key without a standard name.
    pub const UNIDENTIFIED: Self = Self(Cow::Borrowed("Unidentified"));
    /// Longest `code` of the standard is `AudioVolumeDown`-like; this leaves room.
    pub const MAX_LENGTH: usize = 32;

    /// A code from a table.
    pub const fn from_static(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// A code from a recording: 1 to 32 ASCII letters and digits, else `None`.
    pub fn parse(code: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&code.len());
        (fits && code.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| Self(Cow::Owned(code.to_owned())))
    }

    /// The code's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Modifiers in effect, a set. The names are the W3C's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modifiers(u16);

impl Modifiers {
    /// Nothing in effect.
    pub const NONE: Self = Self(0);
    /// Shift
    pub const SHIFT: Self = Self(1);
    /// Control
    pub const CONTROL: Self = Self(1 << 1);
    /// Alt, Option
    pub const ALT: Self = Self(1 << 2);
    /// Windows key, Command, Super
    pub const META: Self = Self(1 << 3);
    /// Alt Gr
    pub const ALT_GRAPH: Self = Self(1 << 4);
    /// Caps Lock, as a state
    pub const CAPS_LOCK: Self = Self(1 << 5);
    /// Num Lock, as a state
    pub const NUM_LOCK: Self = Self(1 << 6);
    /// Scroll Lock, as a state
    pub const SCROLL_LOCK: Self = Self(1 << 7);
    /// Every modifier with its W3C name, in the order of the bits.
    pub const NAMES: [(Self, &'static str); 8] = [
        (Self::SHIFT, "Shift"),
        (Self::CONTROL, "Control"),
        (Self::ALT, "Alt"),
        (Self::META, "Meta"),
        (Self::ALT_GRAPH, "AltGraph"),
        (Self::CAPS_LOCK, "CapsLock"),
        (Self::NUM_LOCK, "NumLock"),
        (Self::SCROLL_LOCK, "ScrollLock"),
    ];

    /// The set as bits, as the recording holds it.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of these bits; `None` when a bit is unknown.
    pub const fn from_bits(bits: u16) -> Option<Self> {
        if bits < 1 << 8 { Some(Self(bits)) } else { None }
    }

    /// Whether all of `other` is in effect.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What kind of key it was, where the key itself must not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyClass {
    /// Types a letter.
    Letter,
    /// Types a digit.
    Digit,
    /// Types white space.
    Space,
    /// Types anything else.
    Punctuation,
    /// Deletes, undoes, cuts, pastes.
    Editing,
    /// Moves the caret or selects.
    Navigation,
}

impl KeyClass {
    /// Every class, in the order of the bits of [`KeyClasses`].
    pub const ALL: [Self; 6] =
        [Self::Letter, Self::Digit, Self::Space, Self::Punctuation, Self::Editing, Self::Navigation];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Digit => "digit",
            Self::Space => "space",
            Self::Punctuation => "punctuation",
            Self::Editing => "editing",
            Self::Navigation => "navigation",
        }
    }

    /// The class of a key that types this.
    pub fn of(typed: char) -> Self {
        match typed {
            _ if typed.is_alphabetic() => Self::Letter,
            _ if typed.is_numeric() => Self::Digit,
            _ if typed.is_whitespace() => Self::Space,
            _ => Self::Punctuation,
        }
    }
}

/// Which classes occur: a set, so that neither order nor number is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyClasses(u8);

impl KeyClasses {
    /// The set as bits, as the recording holds it.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of these bits; `None` when a bit is unknown.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits < 1 << KeyClass::ALL.len() { Some(Self(bits)) } else { None }
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, class: KeyClass) -> Self {
        Self(self.0 | 1 << class as u8)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its members, in the order of [`KeyClass::ALL`].
    pub fn members(self) -> impl Iterator<Item = KeyClass> {
        KeyClass::ALL.into_iter().filter(move |class| self.0 & 1 << *class as u8 != 0)
    }
}

/// A keyboard layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The system's name for it: on X11 the XKB symbols of the active group, such as `de(nodeadkeys)` or `us`.
    pub name: String,
    /// Which of the configured layouts it is, from 0.
    pub group: u8,
}

/// What a watcher reports, for the `context` track.
#[derive(Clone, Debug, PartialEq)]
pub enum ContextEvent {
    /// `focus`: another window has the keyboard, or none that is known.
    Focus(Option<Window>),
    /// `window`: the focused window's title or bounds changed.
    Window(Window),
    /// `monitors`: these are connected now.
    Monitors(Vec<Monitor>),
    /// `workspace`: another virtual desktop is shown.
    Workspace(Workspace),
    /// `element`: what within a window has the keyboard now, or was clicked.
    Element(Contact, Element),
}

/// How someone came to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// A button was pressed over it.
    Clicked,
    /// It has the keyboard.
    Focused,
}

impl Contact {
    /// Every way, in the order of its number in a record.
    pub const ALL: [Self; 2] = [Self::Focused, Self::Clicked];

    /// Its name in NDJSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clicked => "clicked",
            Self::Focused => "focused",
        }
    }
}

/// A part of a window that its application tells of: a button, a field, an entry of a menu. What it holds is never asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// A number for it, unique while it lives, of at most 53 bits.
    pub id: u64,
    /// The number of the window that it is in.
    pub window: u64,
    /// Whose it is; `None` while that is not known, and then it counts as excluded.
    pub app: Option<App>,
    /// What it is.
    pub role: ElementRole,
    /// What it is called; empty where it has no name, and for a secret field, whose name is not asked for.
    pub name: String,
    /// Where it is; `None` where that is not told.
    pub bounds: Option<Rect>,
}

/// What an element is: the W3C's ARIA role where it has one, such as `textbox`, else the name that its system gives it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ElementRole(Cow<'static, str>);

impl ElementRole {
    /// A field whose text is not shown, which ARIA does not name.
    pub const PASSWORD: Self = Self(Cow::Borrowed("password"));
    /// A terminal, which ARIA does not name: nobody can tell whether it shows what is typed.
    pub const TERMINAL: Self = Self(Cow::Borrowed("terminal"));
    /// Something that its system does not name either.
    pub const UNKNOWN: Self = Self(Cow::Borrowed("unknown"));
    /// Of its name.
    pub const MAX_LENGTH: usize = 32;

    /// A role from a table.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A role from a recording: 1 to 32 lower-case letters and hyphens, else `None`.
    pub fn parse(name: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len());
        (fits && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')).then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ElementRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A top-level window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The system's number for it, unique while it lives.
    pub id: u64,
    /// Whose window it is; `None` while that is not known, and then it counts as excluded.
    pub app: Option<App>,
    /// Its title; empty when it has none.
    pub title: String,
    /// Where it is, its frame included.
    pub bounds: Rect,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct App {
    /// What rules name: the class part of `WM_CLASS` on X11, the bundle identifier on macOS, the executable on Windows.
    pub id: String,
    /// The instance part of `WM_CLASS` on X11; elsewhere as `id`.
    pub instance: String,
}

/// A monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// The connector's name, such as `DP-1`.
    pub name: String,
    /// The part of the virtual desktop that it shows.
    pub bounds: Rect,
    /// Whether it is the primary one.
    pub primary: bool,
}

/// A virtual desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Which one, from 0.
    pub index: u32,
    /// Its name; empty when it has none.
    pub name: String,
}

/// The pointer's picture: premultiplied BGRA, as the system draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorImage {
    /// Pixels from left to right, 1 to 256.
    pub width: u16,
    /// Pixels from top to bottom, 1 to 256.
    pub height: u16,
    /// The pixel that is at the pointer's position.
    pub hotspot: (u16, u16),
    /// `width * height` premultiplied pixels: blue in bits 0–7, alpha in 24–31.
    pub pixels: Vec<u32>,
}

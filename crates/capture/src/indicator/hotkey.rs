//! The key that pauses and resumes wherever the keyboard is: grabbed from the server, so that no application gets it.

use understudy_core::backend::Hotkey;
use understudy_core::error::{Error, ErrorKind, Result};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xkb::{self, BoolCtrl, ConnectionExt as _, ID, PerClientFlag};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KeyPressEvent, KeyReleaseEvent, Keycode, Keysym, ModMask};

use crate::keymap;
use crate::x11::{Link, answer, lost, send};

/// Held keys that count whatever else is locked: Caps Lock, and Num Lock where X has it.
const LOCKS: [u16; 4] = [0, 2, 16, 18];
/// Modifiers, and X's bits for them.
const MODIFIERS: [(&str, u16); 4] = [("Ctrl", 4), ("Alt", 8), ("Shift", 1), ("Super", 64)];
const EVDEV_OFFSET: u32 = 8;

/// A combination of keys, such as `Ctrl+Alt+Shift+P`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    modifiers: u16,
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    name: String,
    keysym: Keysym,
    /// Where it is on a keyboard that has no such letter.
    code: String,
}

impl Keys {
    /// Reads `Ctrl`, `Alt`, `Shift`, `Super` in any case and order, and one letter, digit, `F1` to `F24` or `Pause`.
    ///
    /// # Errors
    /// `InvalidArgument` for anything else, and for a letter or digit without `Ctrl`, `Alt` or `Super`, which would be missed in every text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let invalid = || {
            let why = "a hot-key is such as Ctrl+Alt+Shift+P: Ctrl, Alt, Shift, Super and a letter, a digit, F1 to F24 or Pause";
            Error::new(ErrorKind::InvalidArgument, why)
        };
        let mut parts: Vec<&str> = text.split('+').collect();
        let key = parts.pop().and_then(Key::parse).ok_or_else(invalid)?;
        let mut modifiers = 0;
        for part in parts {
            let known = MODIFIERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(part)).ok_or_else(invalid)?;
            modifiers |= known.1;
        }
        if key.name.len() == 1 && modifiers & !1 == 0 {
            return Err(invalid());
        }
        Ok(Self { modifiers, key })
    }

    /// As people call it.
    fn name(&self) -> String {
        let modifiers = MODIFIERS.iter().filter(|(_, bit)| self.modifiers & bit != 0).map(|(name, _)| *name);
        modifiers.chain([self.key.name.as_str()]).collect::<Vec<_>>().join("+")
    }
}

impl Key {
    fn parse(name: &str) -> Option<Self> {
        let upper = name.to_ascii_uppercase();
        if let (1, Some(letter)) = (upper.len(), upper.chars().next()) {
            let code = match letter {
                'A'..='Z' => format!("Key{letter}"),
                '0'..='9' => format!("Digit{letter}"),
                _ => return None,
            };
            return Some(Self { keysym: u32::from(letter.to_ascii_lowercase()), name: upper, code });
        }
        if upper == "PAUSE" {
            return Some(Self { name: "Pause".into(), keysym: 0xff13, code: "Pause".into() });
        }
        let number: u32 = upper.strip_prefix('F').filter(|digits| !digits.starts_with('0'))?.parse().ok()?;
        (1..=24).contains(&number).then(|| Self { keysym: 0xffbd + number, code: upper.clone(), name: upper })
    }
}

/// The grab of a combination.
pub(super) struct Grab {
    keys: Option<Keys>,
    keycode: Option<Keycode>,
    hotkey: Hotkey,
    /// It repeats while it is held.
    held: bool,
}

impl Grab {
    pub(super) fn new(link: &Link, keys: Option<&Keys>) -> Result<Self> {
        let mut grab = Self { keys: keys.cloned(), keycode: None, hotkey: Hotkey::Off, held: false };
        if grab.keys.is_some() && link.has(xkb::X11_EXTENSION_NAME)? {
            answer(send(link.conn.xkb_use_extension(1, 0))?)?;
            let (device, flag, none) =
                (u16::from(ID::USE_CORE_KBD), PerClientFlag::DETECTABLE_AUTO_REPEAT, BoolCtrl::default());
            answer(send(link.conn.xkb_per_client_flags(device, flag, flag, none, none, none))?)?;
        }
        grab.take(link)?;
        Ok(grab)
    }

    pub(super) fn hotkey(&self) -> &Hotkey {
        &self.hotkey
    }

    /// The keyboard has another layout.
    pub(super) fn renew(&mut self, link: &Link) -> Result<()> {
        let keycode = self.keys.as_ref().map(|keys| keycode(link, keys)).transpose()?.flatten();
        if keycode == self.keycode {
            return Ok(());
        }
        if let Some(old) = self.keycode {
            send(link.conn.ungrab_key(old, link.root(), ModMask::ANY))?;
        }
        self.take(link)
    }

    /// Whether a key means it, and for the first time since it went down.
    pub(super) fn presses(&mut self, event: &KeyPressEvent) -> bool {
        Some(event.detail) == self.keycode && !std::mem::replace(&mut self.held, true)
    }

    pub(super) fn releases(&mut self, event: &KeyReleaseEvent) {
        if Some(event.detail) == self.keycode {
            self.held = false;
        }
    }

    fn take(&mut self, link: &Link) -> Result<()> {
        self.held = false;
        let Some(keys) = &self.keys else { return Ok(()) };
        self.keycode = keycode(link, keys)?;
        self.hotkey = match self.keycode {
            Some(keycode) if grab(link, keycode, keys.modifiers)? => Hotkey::Ready(keys.name()),
            Some(_) | None => Hotkey::Refused(keys.name()),
        };
        Ok(())
    }
}

/// Takes a key under every lock. Answers whether the server gave it: it refuses what another program has.
fn grab(link: &Link, keycode: Keycode, modifiers: u16) -> Result<bool> {
    let (root, mode) = (link.root(), GrabMode::ASYNC);
    let mut given = true;
    for lock in LOCKS {
        let cookie = link.conn.grab_key(false, root, ModMask::from(modifiers | lock), keycode, mode, mode);
        match send(cookie)?.check() {
            Ok(()) => {}
            Err(ReplyError::X11Error(_)) => given = false,
            Err(ReplyError::ConnectionError(error)) => return Err(lost(error)),
        }
    }
    Ok(given)
}

/// Which key it is under the layout that is active: the one with the letter, or the one in its place.
fn keycode(link: &Link, keys: &Keys) -> Result<Option<Keycode>> {
    let setup = link.conn.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = answer(send(link.conn.get_keyboard_mapping(first, last - first + 1))?)?;
    let by_letter = mapping.and_then(|mapping| {
        let each = usize::from(mapping.keysyms_per_keycode).max(1);
        let at = mapping.keysyms.chunks(each).position(|keysyms| keysyms.first() == Some(&keys.key.keysym))?;
        Keycode::try_from(at).ok()?.checked_add(first)
    });
    let by_place = || keymap::to_evdev(&keys.key.code).and_then(|key| Keycode::try_from(key + EVDEV_OFFSET).ok());
    Ok(by_letter.or_else(by_place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_read_and_called_the_same() {
        for (text, name) in [
            ("Ctrl+Alt+Shift+P", "Ctrl+Alt+Shift+P"),
            ("shift+super+ctrl+f12", "Ctrl+Shift+Super+F12"),
            ("Pause", "Pause"),
            ("Alt+7", "Alt+7"),
        ] {
            assert_eq!(Keys::parse(text).expect("is one").name(), name);
        }
        assert_eq!(Keys::parse("F24").expect("is one").key.keysym, 0xffd5);
        for text in
            ["", "P", "Shift+P", "Ctrl+", "Ctrl", "Ctrl+Alt+ü", "Hyper+P", "F25", "F0", "F01", "Ctrl+PP", "Ctrl++"]
        {
            assert_eq!(Keys::parse(text).expect_err(text).kind(), ErrorKind::InvalidArgument);
        }
    }
}

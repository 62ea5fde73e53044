//! Keyboard event ⇄ a record's body: docs/format.md §9.2.

use super::{INJECTED, MAX_NAME, decode_flags};
use crate::class_name::ClassName;
use crate::error::Result;
use crate::event::{Code, Key, KeyClasses, KeyboardAction, KeyboardEvent, Layout, Modifiers, Placeholder};
use crate::wire::{Reader, Writer, invalid};

pub(super) const KEY_DOWN: u8 = 0x10;
pub(super) const KEY_UP: u8 = 0x11;
pub(super) const MODIFIERS: u8 = 0x12;
pub(super) const LAYOUT: u8 = 0x13;
pub(super) const REDACTED: u8 = 0x14;

const MAX_TEXT: usize = 64;
const REPEAT: u8 = 1 << 3;

pub(super) fn encode(event: &KeyboardEvent, body: &mut Writer<'_>) -> u8 {
    match &event.action {
        KeyboardAction::Down { key, repeat } => {
            encode_head(event, if *repeat { REPEAT } else { 0 }, body);
            encode_key(key, body);
            body.string(&key.text, MAX_TEXT);
            KEY_DOWN
        }
        KeyboardAction::Up { key } => {
            encode_head(event, 0, body);
            encode_key(key, body);
            KEY_UP
        }
        KeyboardAction::Modifiers => {
            encode_head(event, 0, body);
            MODIFIERS
        }
        KeyboardAction::Layout(layout) => {
            encode_head(event, 0, body);
            body.string(&layout.name, MAX_NAME);
            body.u8(layout.group);
            LAYOUT
        }
        // Says nothing of how the keys were pressed.
        KeyboardAction::Redacted(Placeholder { class, keys }) => {
            body.string(class.as_str(), ClassName::MAX_LENGTH);
            body.u8(keys.bits());
            REDACTED
        }
    }
}

fn encode_head(event: &KeyboardEvent, flags: u8, body: &mut Writer<'_>) {
    let injected = if event.injected { INJECTED } else { 0 };
    body.u8(injected | flags);
    body.uvarint(event.modifiers.bits().into());
}

fn encode_key(key: &Key, body: &mut Writer<'_>) {
    body.string(key.code.as_str(), Code::MAX_LENGTH);
    body.string(&key.key, MAX_TEXT);
}

pub(super) fn decode(opcode: u8, body: &mut Reader<'_>) -> Result<KeyboardEvent> {
    if opcode == REDACTED {
        return decode_placeholder(body);
    }
    let flags = decode_flags(body, if opcode == KEY_DOWN { INJECTED | REPEAT } else { INJECTED })?;
    let modifiers = u16::try_from(body.uvarint()?).ok().and_then(Modifiers::from_bits);
    let modifiers = modifiers.ok_or_else(|| invalid("has an unknown modifier"))?;
    let action = match opcode {
        KEY_DOWN => {
            let mut key = decode_key(body)?;
            key.text = body.string(MAX_TEXT)?;
            KeyboardAction::Down { key, repeat: flags & REPEAT != 0 }
        }
        KEY_UP => KeyboardAction::Up { key: decode_key(body)? },
        MODIFIERS => KeyboardAction::Modifiers,
        _ => KeyboardAction::Layout(Layout { name: body.string(MAX_NAME)?, group: body.u8()? }),
    };
    Ok(KeyboardEvent { modifiers, injected: flags & INJECTED != 0, action })
}

fn decode_placeholder(body: &mut Reader<'_>) -> Result<KeyboardEvent> {
    let class = body.string(ClassName::MAX_LENGTH)?;
    let class = ClassName::try_from(class).map_err(|_| invalid("has a malformed class"))?;
    let keys = KeyClasses::from_bits(body.u8()?).ok_or_else(|| invalid("has an unknown kind of key"))?;
    let action = KeyboardAction::Redacted(Placeholder { class, keys });
    Ok(KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action })
}

fn decode_key(body: &mut Reader<'_>) -> Result<Key> {
    let code = Code::parse(&body.string(Code::MAX_LENGTH)?).ok_or_else(|| invalid("has a malformed key code"))?;
    Ok(Key { code, key: body.string(MAX_TEXT)?, text: String::new() })
}

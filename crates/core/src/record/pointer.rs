//! Pointer event ⇄ a record's body: docs/format.md §9.1. Several moves in one record are `moves`' affair.

use super::{INJECTED, RAW, decode_flags};
use crate::error::Result;
use crate::event::{Button, PointerAction, PointerEvent, RawDelta, Wheel};
use crate::frame::Position;
use crate::wire::{Reader, Writer, invalid};

pub(super) const POINTER_MOVE: u8 = 0x01;
pub(super) const POINTER_DOWN: u8 = 0x02;
pub(super) const POINTER_UP: u8 = 0x03;
pub(super) const WHEEL: u8 = 0x04;
pub(super) const POINTER_MOVES: u8 = 0x05;

const SMOOTH: u8 = 1 << 2;

pub(super) fn encode(event: &PointerEvent, last: &mut Position, body: &mut Writer<'_>) -> u8 {
    let injected = if event.injected { INJECTED } else { 0 };
    let (opcode, flags) = match event.action {
        PointerAction::Move { raw: None } => (POINTER_MOVE, 0),
        PointerAction::Move { raw: Some(_) } => (POINTER_MOVE, RAW),
        PointerAction::Down(_) => (POINTER_DOWN, 0),
        PointerAction::Up(_) => (POINTER_UP, 0),
        PointerAction::Wheel(Wheel { smooth, .. }) => (WHEEL, if smooth { SMOOTH } else { 0 }),
    };
    body.u8(injected | flags);
    body.svarint(i64::from(event.position.x) - i64::from(last.x));
    body.svarint(i64::from(event.position.y) - i64::from(last.y));
    *last = event.position;
    match event.action {
        PointerAction::Move { raw } => raw.iter().for_each(|raw| {
            body.svarint(raw.x.into());
            body.svarint(raw.y.into());
        }),
        PointerAction::Down(button) | PointerAction::Up(button) => body.u8(button.0),
        PointerAction::Wheel(wheel) => {
            body.svarint(wheel.delta_x.into());
            body.svarint(wheel.delta_y.into());
        }
    }
    opcode
}

pub(super) fn decode(opcode: u8, last: &mut Position, body: &mut Reader<'_>) -> Result<PointerEvent> {
    let allowed = match opcode {
        POINTER_MOVE => INJECTED | RAW,
        WHEEL => INJECTED | SMOOTH,
        _ => INJECTED,
    };
    let flags = decode_flags(body, allowed)?;
    let moved = |from: i32, by: i64| i64::from(from).checked_add(by).and_then(|to| i32::try_from(to).ok());
    let x = moved(last.x, body.svarint()?);
    let y = moved(last.y, body.svarint()?);
    let (Some(x), Some(y)) = (x, y) else { return Err(invalid("has a position over its limit")) };
    *last = Position { x, y };
    let action = match opcode {
        POINTER_MOVE if flags & RAW != 0 => {
            PointerAction::Move { raw: Some(RawDelta { x: body.svarint32()?, y: body.svarint32()? }) }
        }
        POINTER_MOVE => PointerAction::Move { raw: None },
        POINTER_DOWN => PointerAction::Down(Button(body.u8()?)),
        POINTER_UP => PointerAction::Up(Button(body.u8()?)),
        _ => PointerAction::Wheel(Wheel {
            delta_x: body.svarint32()?,
            delta_y: body.svarint32()?,
            smooth: flags & SMOOTH != 0,
        }),
    };
    Ok(PointerEvent { position: *last, injected: flags & INJECTED != 0, action })
}

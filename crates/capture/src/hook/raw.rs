//! An event of XInput2 where it lies, in the bytes that the server sent.
//!
//! x11rb reads a raw movement into three vectors of its own. Of everything the hook does for a fast mouse, that was the largest
//! part in user space; so this one event is read in place, and every other by x11rb. The layout is XI2proto's `XIRawEvent`.

use x11rb::protocol::xinput::{
    DeviceId, Fp3232, RAW_BUTTON_PRESS_EVENT, RAW_BUTTON_RELEASE_EVENT, RAW_KEY_PRESS_EVENT, RAW_KEY_RELEASE_EVENT,
    RAW_MOTION_EVENT,
};
use x11rb::protocol::xproto::{GE_GENERIC_EVENT, Timestamp};

/// Where the fields lie.
const KIND: usize = 8;
const TIME: usize = 12;
const DETAIL: usize = 16;
const SOURCE: usize = 20;
const MASK_LENGTH: usize = 22;
const MASK: usize = 32;
/// A value of an axis: 32 bits before the point, 32 behind it.
const VALUE: usize = 8;

/// A raw movement.
#[derive(Clone, Copy)]
pub(super) struct RawMotion<'a> {
    pub(super) time: Timestamp,
    pub(super) source: DeviceId,
    mask: &'a [u8],
    values: &'a [u8],
    raw_values: &'a [u8],
}

/// What a movement says of one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub(super) number: u16,
    /// As the server accelerated it.
    pub(super) value: Fp3232,
    /// As the device said it.
    pub(super) raw: Fp3232,
}

impl<'a> RawMotion<'a> {
    /// The movement in an event, if it is one and is whole. `opcode` is the extension's.
    pub(super) fn parse(event: &'a [u8], opcode: u8) -> Option<Self> {
        if kind(event, opcode)? != RAW_MOTION_EVENT {
            return None;
        }
        let length = 4 * usize::from(u16_at(event, MASK_LENGTH)?);
        let (mask, rest) = event.get(MASK..)?.split_at_checked(length)?;
        let axes: usize = mask.iter().map(|byte| byte.count_ones() as usize).sum();
        let (values, rest) = rest.split_at_checked(VALUE * axes)?;
        let raw_values = rest.get(..VALUE * axes)?;
        Some(Self { time: u32_at(event, TIME)?, source: u16_at(event, SOURCE)?, mask, values, raw_values })
    }

    /// The axes that moved, by their numbers.
    pub(super) fn axes(self) -> impl Iterator<Item = Axis> + 'a {
        // Words of the server's byte order, which is this machine's; the low bit is the lowest axis.
        let words = self.mask.chunks_exact(4).map(|word| u32_at(word, 0).unwrap_or_default());
        let numbers = words.zip((0_u16..).step_by(32)).flat_map(|(word, first)| {
            (0..32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first.saturating_add(bit))
        });
        let values = self.values.chunks_exact(VALUE).zip(self.raw_values.chunks_exact(VALUE));
        numbers.zip(values).map(|(number, (value, raw))| Axis { number, value: fixed(value), raw: fixed(raw) })
    }
}

/// Whether an event is one of a pointer, so that it has to be asked where that is now. Keys do not move it.
pub(super) fn moves(event: &[u8], opcode: u8) -> bool {
    let kinds = [RAW_MOTION_EVENT, RAW_BUTTON_PRESS_EVENT, RAW_BUTTON_RELEASE_EVENT];
    kind(event, opcode).is_some_and(|kind| kinds.contains(&kind))
}

/// The keycode of a key that went down or up.
pub(super) fn keycode(event: &[u8], opcode: u8) -> Option<u32> {
    matches!(kind(event, opcode)?, RAW_KEY_PRESS_EVENT | RAW_KEY_RELEASE_EVENT).then(|| u32_at(event, DETAIL))?
}

fn kind(event: &[u8], opcode: u8) -> Option<u16> {
    // The top bit says that another client sent it, which no extension's event is.
    if event.first_chunk::<2>()? != &[GE_GENERIC_EVENT, opcode] {
        return None;
    }
    u16_at(event, KIND)
}

fn fixed(bytes: &[u8]) -> Fp3232 {
    let integral = u32_at(bytes, 0).unwrap_or_default().cast_signed();
    Fp3232 { integral, frac: u32_at(bytes, 4).unwrap_or_default() }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use x11rb::protocol::xinput::{PointerEventFlags, RAW_KEY_PRESS_EVENT, RawButtonPressEvent};
    use x11rb::x11_utils::{Serialize, TryParse};

    const OPCODE: u8 = 131;

    fn event(mask: Vec<u32>, axes: i32) -> RawButtonPressEvent {
        let values = |from: i32| (0..axes).map(|n| Fp3232 { integral: from - n, frac: 7 }).collect();
        RawButtonPressEvent {
            response_type: GE_GENERIC_EVENT,
            extension: OPCODE,
            sequence: 3,
            length: 0,
            event_type: RAW_MOTION_EVENT,
            deviceid: 2,
            time: 0xfedc_ba98,
            detail: 0,
            sourceid: 11,
            flags: PointerEventFlags::default(),
            valuator_mask: mask,
            axisvalues: values(5),
            axisvalues_raw: values(500),
        }
    }

    #[test]
    fn a_movement_is_what_x11rb_reads() {
        for (mask, numbers) in [(vec![0b1011], vec![0, 1, 3]), (vec![0, 1], vec![32]), (vec![], vec![])] {
            let event = event(mask, numbers.len() as i32);
            let bytes = event.serialize();
            let (theirs, _) = RawButtonPressEvent::try_parse(&bytes).expect("x11rb reads it");
            let ours = RawMotion::parse(&bytes, OPCODE).expect("we read it");
            assert_eq!((ours.time, ours.source), (theirs.time, theirs.sourceid));
            let parts = |value: Fp3232| (value.integral, value.frac);
            let axes: Vec<_> = ours.axes().map(|axis| (axis.number, parts(axis.value), parts(axis.raw))).collect();
            let values = theirs.axisvalues.iter().zip(&theirs.axisvalues_raw).zip(numbers);
            let expected: Vec<_> = values.map(|((value, raw), number)| (number, parts(*value), parts(*raw))).collect();
            assert_eq!(axes, expected);
        }
    }

    #[test]
    fn what_is_cut_or_something_else_is_no_movement() {
        let bytes = event(vec![0b11], 2).serialize();
        for length in 0..bytes.len() {
            assert!(RawMotion::parse(&bytes[..length], OPCODE).is_none(), "{length} bytes");
        }
        assert!(RawMotion::parse(&bytes, OPCODE + 1).is_none(), "another extension");
        let mut other = bytes.clone();
        other[KIND..KIND + 2].copy_from_slice(&RAW_BUTTON_PRESS_EVENT.to_ne_bytes());
        assert!(RawMotion::parse(&other, OPCODE).is_none() && moves(&other, OPCODE), "a button");
        other[KIND..KIND + 2].copy_from_slice(&RAW_KEY_PRESS_EVENT.to_ne_bytes());
        assert!(RawMotion::parse(&other, OPCODE).is_none() && !moves(&other, OPCODE), "a key");
        assert!(!moves(&[0; 32], OPCODE), "an error");
    }
}

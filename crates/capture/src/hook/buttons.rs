//! X's button numbers, which are buttons and wheels, to the DOM's.

use understudy_core::event::{Button, Wheel};

/// X's buttons 4 to 7 are one detent up, down, left, right.
pub(super) fn wheel(button: u32) -> Option<Wheel> {
    let (delta_x, delta_y) = match button {
        4 => (0, -120),
        5 => (0, 120),
        6 => (-120, 0),
        7 => (120, 0),
        _ => return None,
    };
    Some(Wheel { delta_x, delta_y, smooth: false })
}

/// The DOM's number of an X button: left, middle and right come first in both, the wheel's four are none of the DOM's, and what
/// follows closes the gap (8 back → 3, 9 forward → 4, 10 → 5, …).
pub(super) fn button(button: u32) -> Option<Button> {
    match button {
        1..=3 => u8::try_from(button - 1).ok().map(Button),
        8.. => u8::try_from(button - 5).ok().map(Button),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_have_the_doms_numbers() {
        let numbers: Vec<Option<u8>> = (0..=10).map(|detail| button(detail).map(|button| button.0)).collect();
        assert_eq!(numbers, [None, Some(0), Some(1), Some(2), None, None, None, None, Some(3), Some(4), Some(5)]);
        assert_eq!(button(u32::MAX), None);
        assert_eq!(wheel(5), Some(Wheel { delta_x: 0, delta_y: 120, smooth: false }));
    }
}

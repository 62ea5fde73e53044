//! What the indicator and its menu look like.

use understudy_core::backend::Status;
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};

use super::font;

/// Colours, as red, green and blue of eight bits.
const GROUND: u32 = 0x0020_2428;
const TEXT: u32 = 0x00ff_ffff;
const LIT: u32 = 0x0033_5f9f;
const RED: u32 = 0x00f0_3a3a;
const AMBER: u32 = 0x00ff_b000;
const BLUE: u32 = 0x0058_a6ff;

/// In pixels of the font.
const PADDING: u32 = 3;
const SIGN: u32 = 7;
const GAP: u32 = 4;
const ROW: u32 = font::HEIGHT + 2 * PADDING;

/// The longest of the words, so that the indicator keeps its size.
const LONGEST: &str = "Recording";

/// How large the indicator is.
pub(super) fn size(scale: u32) -> Size {
    let width = (2 * PADDING + SIGN + GAP) * scale + font::width(LONGEST, scale);
    Size { width, height: ROW * scale }
}

/// The indicator. Neither colour nor shape nor word says it alone.
pub(super) fn badge(status: Status, scale: u32, format: PixelFormat) -> Frame {
    let (word, color) = match status {
        Status::Recording => ("Recording", RED),
        Status::Paused => ("Paused", AMBER),
        Status::Withheld => ("Withheld", BLUE),
    };
    let mut frame = Frame::new(size(scale), format);
    let ink = |color| ink(color, format);
    frame.fill(frame.size().bounds(), ink(color));
    frame.fill(inner(frame.size(), scale), ink(GROUND));
    let corner = Position { x: signed(PADDING * scale), y: signed((PADDING + 1) * scale) };
    for y in 0..SIGN {
        for x in (0..SIGN).filter(|x| has_sign(status, *x, y)) {
            let (x, y) = (corner.x + signed(x * scale), corner.y + signed(y * scale));
            frame.fill(Rect { x, y, width: scale, height: scale }, ink(color));
        }
    }
    let text = Position { x: signed((PADDING + SIGN + GAP) * scale), y: corner.y };
    font::draw(&mut frame, text, scale, word, ink(TEXT));
    frame
}

/// A menu of these rows, of which one may be lit.
pub(super) fn menu(rows: &[String], lit: Option<usize>, scale: u32, format: PixelFormat) -> Frame {
    let mut frame = Frame::new(menu_size(rows, scale), format);
    let ink = |color| ink(color, format);
    frame.fill(frame.size().bounds(), ink(TEXT));
    frame.fill(inner(frame.size(), scale), ink(GROUND));
    for (at, row) in rows.iter().enumerate() {
        let bounds = row_bounds(at, frame.size().width, scale);
        if lit == Some(at) {
            frame.fill(bounds, ink(LIT));
        }
        let at = Position { x: signed(2 * PADDING * scale), y: bounds.y + signed((PADDING + 1) * scale) };
        font::draw(&mut frame, at, scale, row, ink(TEXT));
    }
    frame
}

pub(super) fn menu_size(rows: &[String], scale: u32) -> Size {
    let widest = rows.iter().map(|row| font::width(row, scale)).max().unwrap_or(0);
    let count = u32::try_from(rows.len()).unwrap_or(1);
    Size { width: widest + 4 * PADDING * scale, height: (count * ROW + 2) * scale }
}

/// Which row a position in a menu is on.
pub(super) fn row_at(y: i32, scale: u32) -> Option<usize> {
    let inside = u32::try_from(y).ok()?.checked_sub(scale)?;
    usize::try_from(inside / (ROW * scale)).ok()
}

fn row_bounds(at: usize, width: u32, scale: u32) -> Rect {
    let top = u32::try_from(at).unwrap_or(0) * ROW * scale + scale;
    Rect { x: signed(scale), y: signed(top), width: width - 2 * scale, height: ROW * scale }
}

/// A disc, two bars, a ring.
fn has_sign(status: Status, x: u32, y: u32) -> bool {
    let (dx, dy) = (signed(x) - signed(SIGN / 2), signed(y) - signed(SIGN / 2));
    let distance = dx * dx + dy * dy;
    match status {
        Status::Recording => distance <= 11,
        Status::Paused => matches!(x, 1 | 2 | 4 | 5),
        Status::Withheld => (6..=11).contains(&distance),
    }
}

fn inner(size: Size, border: u32) -> Rect {
    let at = signed(border);
    Rect { x: at, y: at, width: size.width - 2 * border, height: size.height - 2 * border }
}

/// A colour in a screen's own bits.
fn ink(color: u32, format: PixelFormat) -> u32 {
    let wide = |shift: u32| (color >> shift & 0xff) << 2 | (color >> shift & 0xff) >> 6;
    match format {
        PixelFormat::Bgrx10 => wide(16) << 20 | wide(8) << 10 | wide(0),
        _ => color,
    }
}

fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_different_for_each_status_and_is_always_as_large() {
        let badges =
            [Status::Recording, Status::Paused, Status::Withheld].map(|status| badge(status, 2, PixelFormat::Bgrx8));
        assert!(badges.iter().all(|badge| badge.size() == size(2)));
        assert!(badges[0] != badges[1] && badges[1] != badges[2] && badges[0] != badges[2]);
    }

    #[test]
    fn rows_are_found_where_they_are_drawn() {
        let rows = ["Pause".to_owned(), "Stop recording".to_owned()];
        let size = menu_size(&rows, 2);
        for (at, _) in rows.iter().enumerate() {
            let bounds = row_bounds(at, size.width, 2);
            assert_eq!(row_at(bounds.y, 2), Some(at));
            assert_eq!(row_at(bounds.y + signed(bounds.height) - 1, 2), Some(at));
        }
        assert_eq!(row_at(0, 2), None);
    }
}

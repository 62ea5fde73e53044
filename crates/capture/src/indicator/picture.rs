//! What the indicator and its menu look like.

use understudy_core::backend::{AtStop, Status};
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};

use super::font;

/// Colours, as red, green and blue of eight bits.
const GROUND: u32 = 0x0020_2428;
const TEXT: u32 = 0x00ff_ffff;
const LIT: u32 = 0x0033_5f9f;
const RED: u32 = 0x00f0_3a3a;
const AMBER: u32 = 0x00ff_b000;
const BLUE: u32 = 0x0058_a6ff;
/// The ground of one whose recording is released unseen.
const WINE: u32 = 0x0058_1038;

/// In pixels of the font.
const PADDING: u32 = 3;
const SIGN: u32 = 7;
const GAP: u32 = 4;
const ROW: u32 = font::HEIGHT + 2 * PADDING;

/// The longest of the words, so that the indicator keeps its size.
const LONGEST: &str = "Recording";
/// What stands below where nobody looks through the recording before others get it.
const UNSEEN: &str = "Released unseen";

/// How large the indicator is.
pub(super) fn size(at_stop: AtStop, scale: u32) -> Size {
    let (longest, rows) = match at_stop {
        AtStop::Kept => (LONGEST, 1),
        AtStop::Released => (UNSEEN, 2),
    };
    let width = (2 * PADDING + SIGN + GAP) * scale + font::width(longest, scale);
    Size { width, height: rows * ROW * scale }
}

/// The indicator. Neither colour nor shape nor word says it alone: not what is done, nor what becomes of it.
pub(super) fn badge(status: Status, at_stop: AtStop, scale: u32, format: PixelFormat) -> Frame {
    let (word, color) = match status {
        Status::Recording => ("Recording", RED),
        Status::Paused => ("Paused", AMBER),
        Status::Withheld => ("Withheld", BLUE),
    };
    let ground = if at_stop == AtStop::Released { WINE } else { GROUND };
    let mut frame = Frame::new(size(at_stop, scale), format);
    let ink = |color| ink(color, format);
    frame.fill(frame.size().bounds(), ink(color));
    frame.fill(inner(frame.size(), scale), ink(ground));
    row(&mut frame, 0, scale, |x, y| has_sign(status, x, y), (word, ink(color), ink(TEXT)));
    if at_stop == AtStop::Released {
        row(&mut frame, 1, scale, has_arrow, (UNSEEN, ink(TEXT), ink(TEXT)));
    }
    frame
}

/// A sign and a word beside it.
fn row(frame: &mut Frame, at: u32, scale: u32, sign: impl Fn(u32, u32) -> bool, (word, color, text): (&str, u32, u32)) {
    let corner = Position { x: signed(PADDING * scale), y: signed((at * ROW + PADDING + 1) * scale) };
    for y in 0..SIGN {
        for x in (0..SIGN).filter(|x| sign(*x, y)) {
            let (x, y) = (corner.x + signed(x * scale), corner.y + signed(y * scale));
            frame.fill(Rect { x, y, width: scale, height: scale }, color);
        }
    }
    let beside = Position { x: signed((PADDING + SIGN + GAP) * scale), y: corner.y };
    font::draw(frame, beside, scale, word, text);
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

/// An arrow that leads out.
fn has_arrow(x: u32, y: u32) -> bool {
    let middle = SIGN / 2;
    y == middle || x >= middle && x + y.abs_diff(middle) == SIGN - 1
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
        let all = [Status::Recording, Status::Paused, Status::Withheld];
        for at_stop in [AtStop::Kept, AtStop::Released] {
            let badges = all.map(|status| badge(status, at_stop, 2, PixelFormat::Bgrx8));
            assert!(badges.iter().all(|badge| badge.size() == size(at_stop, 2)));
            assert!(badges[0] != badges[1] && badges[1] != badges[2] && badges[0] != badges[2]);
        }
    }

    #[test]
    fn that_it_is_released_unseen_is_said_by_colour_shape_and_word_and_in_each_status() {
        let format = PixelFormat::Bgrx8;
        for status in [Status::Recording, Status::Paused, Status::Withheld] {
            let [kept, released] = [AtStop::Kept, AtStop::Released].map(|at_stop| badge(status, at_stop, 1, format));
            let count = |frame: &Frame, color| frame.pixels().iter().filter(|pixel| **pixel == color).count();
            assert!(count(&kept, WINE) == 0 && count(&released, GROUND) == 0, "the ground");
            assert!(released.size().height == 2 * kept.size().height && released.size().width > kept.size().width);
            let mut words = Frame::new(released.size(), format);
            let left = signed(PADDING + SIGN + GAP);
            font::draw(&mut words, Position { x: left, y: signed(ROW + PADDING + 1) }, 1, UNSEEN, TEXT);
            let drawn = words.pixels().iter().zip(released.pixels());
            assert!(drawn.clone().filter(|(word, _)| **word == TEXT).count() > 100, "the font has the words");
            assert!(drawn.filter(|(word, _)| **word == TEXT).all(|(_, pixel)| *pixel == TEXT));
        }
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

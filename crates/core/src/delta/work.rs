//! What a segment's pictures cost whoever has to decode them all: as a reader does that wants the last of them.

use super::ops::{Op, StreamReader};
use super::packed::Packed;
use super::{FramePart, Shape, TILE_AREA, area};
use crate::frame::Size;

/// Work that a segment may take, unless its first picture alone takes much of it: a seek decodes no more.
/// In nanoseconds of the portable reader, which is the slower one (docs/design.md has what was measured).
const MAX_WORK: u64 = 100_000_000;
/// And not less than this many times its first picture's, so that first pictures never become the most of a recording.
const KEY_SHARE: u64 = 3;

/// Nanoseconds for each coded byte, to open and decompress it; for each byte that is unpacked; for each operation; and for each pixel that it paints.
const BYTE: u64 = 3;
const UNPACKED: u64 = 1;
const OP: u64 = 300;
const FILL: u64 = 1;
const TILE: u64 = 2;
const COLORED: u64 = 3;
const PREDICTED: u64 = 16;
/// Pixels that are moved in a nanosecond.
const MOVED: u64 = 10;

/// Work that has gathered since the latest key frame. It is counted, not timed: the same pictures are the same work everywhere.
#[derive(Default)]
pub(crate) struct Work {
    size: Size,
    total: u64,
    key: u64,
    within_key: bool,
}

impl Work {
    /// Counts a part that this crate coded.
    pub(crate) fn add(&mut self, part: &FramePart) {
        if let Some(Shape { size, .. }) = part.key {
            *self = Self { size, within_key: true, ..Self::default() };
        }
        let work = BYTE * part.data.len() as u64 + ops_work(part, self.size);
        self.total += work;
        if self.within_key {
            self.key += work;
            self.within_key = part.more;
        }
    }

    /// Whether a seek to the end costs as much as one may.
    pub(crate) fn is_great(&self) -> bool {
        self.total >= MAX_WORK.max(KEY_SHARE * self.key)
    }
}

fn ops_work(part: &FramePart, size: Size) -> u64 {
    let Ok(mut streams) = StreamReader::new(part, size) else { return 0 };
    let mut work = UNPACKED * streams.packed.map_or(0, Packed::length) as u64;
    // Only operations are read here, so that it is the other streams, left over, that end this.
    while let Ok(Some(op)) = streams.next() {
        work += OP
            + match op {
                Op::Fill(rect) => FILL * area(rect),
                Op::Move { rect, .. } => area(rect) / MOVED,
                Op::Indexed { rect, .. } | Op::Raw(rect) => COLORED * area(rect),
                Op::Predicted(rect) => PREDICTED * area(rect),
                Op::Recall { count, .. } | Op::Remember { count, .. } => TILE * u64::from(count) * TILE_AREA as u64,
            };
    }
    work
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Patch;
    use crate::delta::noise::noise;
    use crate::delta::{Canvas, TILE as SIDE};
    use crate::frame::{Frame, PixelFormat};

    const SIZE: Size = Size { width: 640, height: 320 };

    fn code(canvas: &mut Canvas, pixels: &[u32]) -> Vec<FramePart> {
        let bytes: Vec<u8> = pixels.iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        canvas.take_patch(&Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &bytes })
    }

    fn until_great(colors: u32) -> (u64, u64) {
        let (mut canvas, mut work) = (Canvas::new(SIZE, PixelFormat::Bgrx8), Work::default());
        let mut pictures = 0;
        while !work.is_great() {
            code(&mut canvas, &noise(pictures as u32 + 1, colors).take(SIZE.area()).collect::<Vec<_>>())
                .iter()
                .for_each(|part| work.add(part));
            pictures += 1;
        }
        (pictures, work.total)
    }

    #[test]
    fn what_is_harder_to_decode_ends_a_segment_sooner() {
        let (photographs, most) = until_great(1 << 24);
        let (texts, _) = until_great(8);
        assert!(photographs * 3 < texts, "{photographs} photographs, {texts} texts");
        let each = most / photographs;
        assert!(most < MAX_WORK + 2 * each, "one picture beyond the bound at most");
    }

    #[test]
    fn a_change_of_a_tile_is_little_work() {
        let (mut canvas, mut work) = (Canvas::new(SIZE, PixelFormat::Bgrx8), Work::default());
        let mut frame = Frame::new(SIZE, PixelFormat::Bgrx8);
        code(&mut canvas, frame.pixels()).iter().for_each(|part| work.add(part));
        let before = work.total;
        for (pixel, color) in frame.row_mut(0, 0, SIDE).iter_mut().zip(1..) {
            *pixel = color;
        }
        code(&mut canvas, frame.pixels()).iter().for_each(|part| work.add(part));
        let least = BYTE * u64::from(SIDE) + OP;
        assert!((least..100 * least).contains(&(work.total - before)), "{}", work.total - before);
    }

    #[test]
    fn first_pictures_are_not_most_of_a_recording() {
        let mut work = Work { key: MAX_WORK, total: 2 * MAX_WORK, ..Work::default() };
        assert!(!work.is_great());
        work.total += MAX_WORK;
        assert!(work.is_great());
    }
}

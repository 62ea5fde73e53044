//! Rectangles: fewer of them, and where two pictures differ.

use understudy_core::frame::{PixelFormat, Rect, Size};

/// Each rectangle costs a request; more than this are joined whatever that adds.
const LIMIT: usize = 48;
/// Two rectangles are joined when that adds at most this many pixels.
const SLACK: u64 = 64 * 64;
/// Side of the squares in which pictures are compared.
const TILE: u32 = 32;

/// Joins rectangles that lie close together; drops what is outside.
pub(super) fn join(rects: impl IntoIterator<Item = Rect>, bounds: Rect) -> Vec<Rect> {
    let mut rects: Vec<Rect> = rects.into_iter().filter_map(|rect| rect.intersect(bounds)).collect();
    rects.sort_by_key(|rect| (rect.y, rect.x));
    let mut joined: Vec<Rect> = Vec::new();
    for rect in rects {
        let near = |other: &&mut Rect| {
            let both = area(union(**other, rect));
            both <= area(**other) + area(rect) + SLACK
        };
        match joined.iter_mut().rev().take(LIMIT).find(near) {
            Some(other) => *other = union(*other, rect),
            None => joined.push(rect),
        }
    }
    while joined.len() > LIMIT {
        joined = joined.chunks(2).map(|pair| pair.iter().copied().reduce(union).unwrap_or_default()).collect();
    }
    // Joined ones may have grown into others; a little is grabbed twice, but never the whole screen more than once.
    let total: u64 = joined.iter().copied().map(area).sum();
    if total > area(bounds) { vec![bounds] } else { joined }
}

fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let length = |end: i64, start: i32| u32::try_from(end - i64::from(start)).unwrap_or(u32::MAX);
    Rect { x, y, width: length(a.right().max(b.right()), x), height: length(a.bottom().max(b.bottom()), y) }
}

fn area(rect: Rect) -> u64 {
    u64::from(rect.width) * u64::from(rect.height)
}

/// A copy of what was handed out, to compare with.
pub(super) struct Reference {
    size: Size,
    mask: u32,
    pixels: Vec<u32>,
}

impl Reference {
    pub(super) fn new(size: Size, format: PixelFormat) -> Self {
        Self { size, mask: format.mask(), pixels: vec![0; size.area()] }
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Takes over a rectangle inside the picture.
    pub(super) fn update(&mut self, rect: Rect, pixels: &[u8], stride: usize) {
        let mask = self.mask;
        for (line, row) in self.rows(rect).zip(pixels.chunks(stride)) {
            for (kept, pixel) in self.pixels[line].iter_mut().zip(row.chunks_exact(4)) {
                *kept = value(pixel) & mask;
            }
        }
    }

    /// Where a whole picture differs, in rows of tiles, and in how many pixels outside `known`.
    pub(super) fn compare(&self, picture: &[u8], known: &[Rect]) -> (Vec<Rect>, u64) {
        let (mut rects, mut missed) = (Vec::new(), 0);
        let stride = self.size.width as usize * 4;
        for top in (0..self.size.height).step_by(TILE as usize) {
            let band = Rect { x: 0, y: signed(top), width: self.size.width, height: TILE.min(self.size.height - top) };
            if self.count(band, picture, stride, &[]) == 0 {
                continue;
            }
            for left in (0..self.size.width).step_by(TILE as usize) {
                let tile = Rect { x: signed(left), width: TILE.min(self.size.width - left), ..band };
                let differing = self.count(tile, picture, stride, known);
                if differing > 0 {
                    missed += differing;
                    rects.push(tile);
                }
            }
        }
        (join(rects, self.size.bounds()), missed)
    }

    /// How many pixels of a rectangle differ outside `known`.
    fn count(&self, rect: Rect, picture: &[u8], stride: usize, known: &[Rect]) -> u64 {
        let mut count = 0;
        for (line, y) in self.rows(rect).zip(rect.y..) {
            let start = y.unsigned_abs() as usize * stride + rect.x.unsigned_abs() as usize * 4;
            let row = &picture[start..start + line.len() * 4];
            for ((kept, pixel), x) in self.pixels[line].iter().zip(row.chunks_exact(4)).zip(rect.x..) {
                if *kept != value(pixel) & self.mask {
                    let point = Rect { x, y, width: 1, height: 1 };
                    count += u64::from(!known.iter().any(|known| known.intersect(point).is_some()));
                }
            }
        }
        count
    }

    fn rows(&self, rect: Rect) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let width = self.size.width as usize;
        let (x, y) = (rect.x.unsigned_abs() as usize, rect.y.unsigned_abs() as usize);
        (y..y + rect.height as usize).map(move |y| y * width + x..y * width + x + rect.width as usize)
    }
}

fn value(pixel: &[u8]) -> u32 {
    pixel.try_into().map_or(0, u32::from_le_bytes)
}

fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rect = Rect { x: 0, y: 0, width: 1000, height: 800 };

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn what_lies_close_is_joined_and_what_is_outside_dropped() {
        let rects = [
            rect(0, 0, 10, 10),
            rect(12, 0, 10, 10),
            rect(500, 500, 10, 10),
            rect(-5, 790, 10, 50),
            rect(2000, 0, 5, 5),
        ];
        assert_eq!(join(rects, BOUNDS), [rect(0, 0, 22, 10), rect(500, 500, 10, 10), rect(0, 790, 5, 10)]);
    }

    #[test]
    fn many_rectangles_become_few_that_cover_them() {
        let rects: Vec<Rect> = (0..400).map(|at| rect(at % 20 * 50, at / 20 * 40, 3, 3)).collect();
        let joined = join(rects.clone(), BOUNDS);
        assert!(joined.len() <= LIMIT);
        for rect in rects {
            assert!(joined.iter().any(|joined| joined.intersect(rect) == Some(rect)));
        }
    }

    #[test]
    fn a_comparison_finds_every_pixel_and_ignores_the_fourth_byte() {
        let size = Size { width: 70, height: 40 };
        let reference = Reference::new(size, PixelFormat::Bgrx8);
        let mut picture = vec![0; size.area() * 4];
        for pixel in picture.chunks_exact_mut(4) {
            pixel[3] = 0x5a;
        }
        assert_eq!(reference.compare(&picture, &[]), (vec![], 0));
        picture[(33 * 70 + 65) * 4] = 1;
        picture[0] = 1;
        let (rects, missed) = reference.compare(&picture, &[rect(0, 0, 5, 5)]);
        assert_eq!((rects, missed), (vec![rect(64, 32, 6, 8)], 1));
    }
}

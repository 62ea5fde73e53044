//! Pictures: positions, rectangles, pixel formats, a whole frame in memory.

use std::borrow::Cow;

/// A position in physical pixels of the virtual desktop; the top left corner of its bounding box is (0, 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

/// A size in physical pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// How many pixels that is.
    pub fn area(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The rectangle of this size at (0, 0).
    pub fn bounds(self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }
}

/// A rectangle in physical pixels of the virtual desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Rect {
    /// Whether it holds no pixel.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The edge behind the last column.
    pub fn right(self) -> i64 {
        i64::from(self.x) + i64::from(self.width)
    }

    /// The edge behind the last row.
    pub fn bottom(self) -> i64 {
        i64::from(self.y) + i64::from(self.height)
    }

    /// The pixels in both, `None` where there are none.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let right = self.right().min(other.right());
        let bottom = self.bottom().min(other.bottom());
        let width = u32::try_from(right - i64::from(x)).ok()?;
        let height = u32::try_from(bottom - i64::from(y)).ok()?;
        let rect = Self { x, y, width, height };
        (!rect.is_empty()).then_some(rect)
    }

    /// The parts of this rectangle that are not in `hole`: at most four, disjoint.
    pub fn subtract(self, hole: Self) -> Vec<Self> {
        let Some(hole) = self.intersect(hole) else { return vec![self] };
        // An intersection lies inside, so none of these differences is negative.
        let span = |from: i64, to: i64| u32::try_from(to - from).unwrap_or(0);
        let (x, y) = (i64::from(self.x), i64::from(self.y));
        let above = Self { height: span(y, hole.y.into()), ..self };
        let below =
            Self { y: hole.y.saturating_add_unsigned(hole.height), height: span(hole.bottom(), self.bottom()), ..self };
        let left = Self { y: hole.y, height: hole.height, width: span(x, hole.x.into()), ..self };
        let right = Self {
            x: hole.x.saturating_add_unsigned(hole.width),
            y: hole.y,
            width: span(hole.right(), self.right()),
            height: hole.height,
        };
        [above, left, right, below].into_iter().filter(|part| !part.is_empty()).collect()
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let length = |end: i64, start: i32| u32::try_from(end - i64::from(start)).unwrap_or(u32::MAX);
        Self {
            x,
            y,
            width: length(self.right().max(other.right()), x),
            height: length(self.bottom().max(other.bottom()), y),
        }
    }

    /// This rectangle with `margin` pixels more on each side.
    #[must_use]
    pub fn grow(self, margin: u16) -> Self {
        Self {
            x: self.x.saturating_sub(i32::from(margin)),
            y: self.y.saturating_sub(i32::from(margin)),
            width: self.width.saturating_add(2 * u32::from(margin)),
            height: self.height.saturating_add(2 * u32::from(margin)),
        }
    }
}

/// How a pixel lies in its four bytes: a little-endian `u32`, whose undefined top bits are always masked to zero here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// Depth 24: blue in bits 0–7, green in 8–15, red in 16–23.
    Bgrx8,
    /// Depth 30: blue in bits 0–9, green in 10–19, red in 20–29.
    Bgrx10,
}

impl PixelFormat {
    /// The colour of what was painted over: a quarter of full brightness in each channel.
    pub const fn mask_color(self) -> u32 {
        match self {
            Self::Bgrx8 => 0x0040_4040,
            Self::Bgrx10 => 256 << 20 | 256 << 10 | 256,
        }
    }

    /// The bits that mean something.
    pub const fn mask(self) -> u32 {
        match self {
            Self::Bgrx8 => 0x00ff_ffff,
            Self::Bgrx10 => 0x3fff_ffff,
        }
    }
}

/// A whole picture in memory. Every pixel is masked ([`PixelFormat::mask`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    size: Size,
    format: PixelFormat,
    pixels: Vec<u32>,
}

impl Frame {
    /// A black picture.
    pub fn new(size: Size, format: PixelFormat) -> Self {
        Self { size, format, pixels: vec![0; size.area()] }
    }

    /// Its size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Its pixel format.
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// All pixels, row by row, without gaps.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The same, as systems hand over pixels: four bytes each, the lowest first.
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        if cfg!(target_endian = "little") {
            return Cow::Borrowed(bytemuck::cast_slice(&self.pixels));
        }
        Cow::Owned(self.pixels.iter().flat_map(|pixel| pixel.to_le_bytes()).collect())
    }

    /// One row from `x` on, `width` pixels. Panics when that is not inside the picture.
    pub fn row(&self, x: u32, y: u32, width: u32) -> &[u32] {
        let start = self.index(x, y);
        &self.pixels[start..start + width as usize]
    }

    /// One row from `x` on, to be written; whoever writes masks. Panics when that is not inside the picture.
    pub fn row_mut(&mut self, x: u32, y: u32, width: u32) -> &mut [u32] {
        let start = self.index(x, y);
        &mut self.pixels[start..start + width as usize]
    }

    /// Hashes every pixel as a little-endian `u32`, row by row: what tests and `dump --hashes` compare pictures by.
    pub fn hash(&self) -> crate::sign::Hash {
        crate::sign::hash(&self.bytes())
    }

    /// Paints what of `rect` lies inside the picture in one colour.
    pub fn fill(&mut self, rect: Rect, color: u32) {
        let color = color & self.format.mask();
        let Some(inside) = rect.intersect(self.size.bounds()) else { return };
        // An intersection with the picture has no negative corner.
        let (x, y) = (inside.x.unsigned_abs(), inside.y.unsigned_abs());
        for row in y..y + inside.height {
            self.row_mut(x, row, inside.width).fill(color);
        }
    }

    /// Moves the pixels at (`x`, `y`) into `rect`, as if they were all read before the first is written.
    /// Panics when either is not inside the picture.
    pub fn shift(&mut self, rect: Rect, x: u32, y: u32) {
        let (to_x, to_y, width) = (rect.x.unsigned_abs(), rect.y.unsigned_abs(), rect.width as usize);
        let mut line = |line: u32| {
            let (from, to) = (self.index(x, y + line), self.index(to_x, to_y + line));
            self.pixels.copy_within(from..from + width, to);
        };
        // Towards where the pixels came from, so that none is overwritten before it is read.
        if to_y > y { (0..rect.height).rev().for_each(line) } else { (0..rect.height).for_each(&mut line) }
    }

    fn index(&self, x: u32, y: u32) -> usize {
        y as usize * self.size.width as usize + x as usize
    }
}

//! What a bench codes: pictures that are drawn from a seed, the same in every run. The desktop of `npm run bench` is the real one.

#![allow(dead_code, reason = "each bench uses its own part")]

use std::fmt;

use understudy_core::backend::Patch;
use understudy_core::clock::Time;
use understudy_core::delta::{Canvas, FramePart};
use understudy_core::frame::{PixelFormat, Rect, Size};
use understudy_core::record::{Record, RecordEncoder, ScreenRecord};

const SEED: u32 = 0x5eed;
/// A line of text, and a letter in it.
const LINE: u32 = 18;
const LETTER: u32 = 8;
/// What does not scroll, above the page.
const TOOLBAR: u32 = 64;
/// By how much a page moves from picture to picture: three lines, as a detent of the wheel does.
const DETENT: u32 = 3 * LINE;
const SCROLLS: u32 = 8;
/// How far down another page lies: too far to have been scrolled to, and not by whole lines.
const OTHER_PAGE: u32 = 100 * LINE + 5;
const LETTERS: u32 = 60;

/// The size of a screen, as its name in a result.
#[derive(Clone, Copy)]
pub(crate) struct Screen(pub(crate) u32, pub(crate) u32);

impl Screen {
    pub(crate) fn size(self) -> Size {
        Size { width: self.0, height: self.1 }
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}

/// What a capturer hands over of one picture: a rectangle that changed.
pub(crate) struct Change {
    rect: Rect,
    pixels: Vec<u8>,
}

impl Change {
    fn draw(rect: Rect, color: impl Fn(u32, u32) -> u32) -> Self {
        let (left, top) = (rect.x.unsigned_abs(), rect.y.unsigned_abs());
        let mut pixels = Vec::with_capacity(rect.width as usize * rect.height as usize * 4);
        for y in top..top + rect.height {
            for x in left..left + rect.width {
                pixels.extend_from_slice(&color(x, y).to_le_bytes());
            }
        }
        Self { rect, pixels }
    }

    fn patch(&self) -> Patch<'_> {
        Patch { rect: self.rect, stride: self.rect.width as usize * 4, pixels: &self.pixels }
    }
}

/// Pictures one after the other, some of which were there before.
pub(crate) struct Scene {
    screen: Screen,
    before: Vec<Change>,
    changes: Vec<Change>,
}

impl Scene {
    /// The first picture: a page of text, tables' white and photographs under a toolbar.
    pub(crate) fn key(screen: Screen) -> Self {
        Self { screen, before: Vec::new(), changes: vec![whole(screen, page)] }
    }

    /// The first picture, of which nothing repeats: the most that coding can cost.
    pub(crate) fn noise(screen: Screen) -> Self {
        Self { screen, before: Vec::new(), changes: vec![whole(screen, mix)] }
    }

    /// A page that scrolls under its toolbar; the system says that all of it changed.
    pub(crate) fn scroll(screen: Screen) -> Self {
        let scrolled = |by: u32| whole(screen, |x, y| if y < TOOLBAR { page(x, y) } else { page(x, y + by) });
        let changes = (1..=SCROLLS).map(|step| scrolled(step * DETENT)).collect();
        Self { screen, before: vec![scrolled(0)], changes }
    }

    /// The whole view changes, and changes back: applications that come to the front in turn.
    pub(crate) fn switch(screen: Screen) -> Self {
        let other = |x: u32, y: u32| page(x, y + OTHER_PAGE);
        Self { screen, before: vec![whole(screen, page)], changes: vec![whole(screen, other), whole(screen, page)] }
    }

    /// Letters that are typed into a line of a page; the system says that the line changed.
    pub(crate) fn typing(screen: Screen) -> Self {
        let (left, top) = (200, TOOLBAR + 10 * LINE);
        let line = Rect { x: 200, y: top.cast_signed(), width: LETTERS * LETTER + 40, height: LINE };
        let typed = |letters: u32| {
            let end = left + letters * LETTER;
            Change::draw(line, |x, y| if x < end { ink(x, y - top) } else { caret(x, end) })
        };
        Self { screen, before: vec![whole(screen, page), typed(0)], changes: (1..=LETTERS).map(typed).collect() }
    }

    /// Bytes of the pixels that are handed over.
    pub(crate) fn bytes(&self) -> usize {
        self.changes.iter().map(|change| change.pixels.len()).sum()
    }

    /// A writer that has coded what was there before, and the parts of that.
    pub(crate) fn canvas(&self) -> (Canvas, Vec<FramePart>) {
        let mut canvas = Canvas::new(self.screen.size(), PixelFormat::Bgrx8);
        let parts = self.before.iter().flat_map(|change| canvas.take_patch(&change.patch())).collect();
        (canvas, parts)
    }

    /// Codes the changes.
    pub(crate) fn code(&self, canvas: &mut Canvas) -> Vec<FramePart> {
        self.changes.iter().flat_map(|change| canvas.take_patch(&change.patch())).collect()
    }

    /// The records of the changes, coded.
    pub(crate) fn records(&self) -> Vec<u8> {
        let (mut encoder, mut records) = (RecordEncoder::default(), Vec::new());
        for part in self.code(&mut self.canvas().0) {
            encoder.encode(Time::ZERO, &Record::Screen(ScreenRecord::Frame(part)), &mut records);
        }
        records
    }
}

fn whole(screen: Screen, color: impl Fn(u32, u32) -> u32) -> Change {
    Change::draw(screen.size().bounds(), color)
}

fn page(x: u32, y: u32) -> u32 {
    let line = y / LINE;
    if y < TOOLBAR {
        0x00e8_e8e8 - y / 4 * 0x0001_0101
    } else if line % 24 < 15 && (160..1600).contains(&x) {
        ink(x, y)
    } else if line % 24 >= 17 && (480..1120).contains(&x) {
        photograph(x, y)
    } else {
        0x00ff_ffff
    }
}

/// Something like letters, that repeat nowhere.
fn ink(x: u32, y: u32) -> u32 {
    let letter = mix(x / LETTER, y / LINE);
    let drawn = y % LINE < 12 && letter >> (x % LETTER + y % LINE) & 1 == 1;
    if drawn { 0x0020_2020 + (letter >> 8 & 3) * 0x0010_1010 } else { 0x00ff_ffff }
}

fn caret(x: u32, at: u32) -> u32 {
    if x == at { 0 } else { 0x00ff_ffff }
}

/// Gradients with the grain of a camera.
fn photograph(x: u32, y: u32) -> u32 {
    let grain = mix(x, y) & 0x0003_0303;
    let (red, green, blue) = ((x / 6) & 0x7f, (y / 3) & 0x7f, ((x + y) / 9) & 0x7f);
    (red << 16 | green << 8 | blue) + grain
}

fn mix(x: u32, y: u32) -> u32 {
    let mixed = (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b) ^ SEED).wrapping_mul(0xc2b2_ae35);
    (mixed ^ mixed >> 13) & 0x00ff_ffff
}

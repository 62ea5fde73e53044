//! The codec on pictures: whatever is drawn, a reader shows the same.

use proptest::prelude::*;
use understudy_core::backend::Patch;
use understudy_core::delta::{Canvas, FramePart, Picture, Shape};
use understudy_core::frame::{Frame, PixelFormat, Rect, Size};

/// A screen that is drawn on, its recording, and what a reader makes of that.
struct Studio {
    screen: Frame,
    canvas: Canvas,
    picture: Picture,
    /// Whether residuals were packed, in the latest shot.
    packed: bool,
}

impl Studio {
    fn new(size: Size, format: PixelFormat) -> Self {
        let (screen, canvas) = (Frame::new(size, format), Canvas::new(size, format));
        Self { screen, canvas, picture: Picture::default(), packed: false }
    }

    /// Codes a rectangle of the screen; answers how many bytes that took.
    fn shoot(&mut self, rect: Rect) -> usize {
        let width = self.screen.size().width as usize;
        // The undefined bits hold rubbish, as real servers leave them.
        let rubbish = !self.screen.format().mask();
        let pixels: Vec<u8> = self.screen.pixels().iter().flat_map(|pixel| (pixel | rubbish).to_le_bytes()).collect();
        let start = (rect.y.unsigned_abs() as usize * width + rect.x.unsigned_abs() as usize) * 4;
        self.packed = false;
        let parts = self.canvas.take_patch(&Patch { rect, stride: width * 4, pixels: &pixels[start..] });
        parts.iter().for_each(|part| {
            self.packed |= part.packed;
            self.picture.apply(part).expect("applies");
        });
        assert_eq!(self.picture.frame(), Some(self.canvas.frame()));
        assert!(!self.picture.is_unfinished());
        parts.iter().map(|part| part.data.len()).sum()
    }

    fn shoot_all(&mut self) -> usize {
        let bytes = self.shoot(self.screen.size().bounds());
        assert_eq!(self.picture.frame(), Some(&self.screen));
        bytes
    }

    fn draw(&mut self, rect: Rect, color: impl Fn(u32, u32) -> u32) {
        let Some(rect) = rect.intersect(self.screen.size().bounds()) else { return };
        let mask = self.screen.format().mask();
        for y in rect.y.unsigned_abs()..rect.y.unsigned_abs() + rect.height {
            for (x, pixel) in (rect.x.unsigned_abs()..).zip(self.screen.row_mut(rect.x.unsigned_abs(), y, rect.width)) {
                *pixel = color(x, y) & mask;
            }
        }
    }
}

/// Something like lines of text, that repeats nowhere.
fn text(x: u32, y: u32) -> u32 {
    let letter = (x / 8).wrapping_mul(0x9e37_79b1) ^ (y / 18).wrapping_mul(0x85eb_ca6b);
    let ink = y % 18 < 12 && (letter >> ((x % 8) + y % 18)) & 1 == 1;
    if ink { 0x0020_2020 + (letter >> 8 & 3) * 0x0010_1010 } else { 0x00ff_ffff }
}

fn noise(x: u32, y: u32) -> u32 {
    let mixed = (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
    mixed ^ (mixed >> 13)
}

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

#[derive(Clone, Debug)]
enum Stroke {
    Fill(u32),
    Text(u32),
    Noise(u32),
    Gradient(u32),
    Scroll(i32, i32),
    Restart,
}

fn stroke() -> impl Strategy<Value = Stroke> {
    prop_oneof![
        any::<u32>().prop_map(Stroke::Fill),
        any::<u32>().prop_map(Stroke::Text),
        any::<u32>().prop_map(Stroke::Noise),
        (0_u32..200).prop_map(Stroke::Gradient),
        (-40_i32..40, -40_i32..40).prop_map(|(dx, dy)| Stroke::Scroll(dx, dy)),
        Just(Stroke::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_drawn_a_reader_shows_the_same(
        width in 1_u32..300, height in 1_u32..200, ten: bool,
        strokes in proptest::collection::vec((stroke(), 0_i32..300, 0_i32..200, 1_u32..300, 1_u32..200, any::<bool>()), 1..12),
    ) {
        let format = if ten { PixelFormat::Bgrx10 } else { PixelFormat::Bgrx8 };
        let size = Size { width, height };
        let mut studio = Studio::new(size, format);
        for (stroke, x, y, wide, high, whole) in strokes {
            let Some(at) = rect(x, y, wide, high).intersect(size.bounds()) else { continue };
            match stroke {
                Stroke::Fill(color) => studio.draw(at, |_, _| color),
                Stroke::Text(seed) => studio.draw(at, |x, y| text(x + seed % 997, y)),
                Stroke::Noise(seed) => studio.draw(at, |x, y| noise(x ^ seed, y)),
                Stroke::Gradient(step) => studio.draw(at, |x, y| x * step + y * 0x0001_0101),
                Stroke::Scroll(dx, dy) => {
                    let from = rect(at.x - dx, at.y - dy, at.width, at.height);
                    if from.intersect(size.bounds()) == Some(from) {
                        studio.screen.shift(at, from.x.unsigned_abs(), from.y.unsigned_abs());
                    }
                }
                Stroke::Restart => {
                    studio.canvas.restart();
                    studio.picture = Picture::default();
                }
            }
            studio.shoot(if whole { size.bounds() } else { at });
            prop_assert_eq!(studio.canvas.frame(), &studio.screen);
        }
    }

    #[test]
    fn random_bytes_never_panic(data: Vec<u8>, width in 1_u32..70, height in 1_u32..70, ten: bool, packed: bool) {
        let format = if ten { PixelFormat::Bgrx10 } else { PixelFormat::Bgrx8 };
        let shape = Shape { size: Size { width, height }, format };
        let _ = Picture::default().apply(&FramePart { key: Some(shape), more: false, packed, data: data.into() });
    }
}

const SIZE: Size = Size { width: 640, height: 480 };

/// A film of so many pictures beside a text; in which of them residuals were packed, and what each took.
fn play(studio: &mut Studio, film: Rect, pictures: u32) -> Vec<(bool, usize)> {
    let play = |picture: u32| {
        // Grain: a few bits of each channel.
        studio.draw(film, |x, y| (noise(x, y.wrapping_add(picture * 1000)) & 0x000f_0f0f) + x / 4 * 0x0001_0101);
        let bytes = studio.shoot_all();
        (studio.packed, bytes)
    };
    (0..pictures).map(play).collect()
}

#[test]
fn a_film_is_packed_once_it_is_known_for_one() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    studio.draw(SIZE.bounds(), text);
    let pictures = play(&mut studio, rect(100, 100, 320, 240), 30);
    let first = pictures.iter().position(|(packed, _)| *packed).expect("some are");
    assert!((3..10).contains(&first), "the first {first} might have come back");
    assert!(pictures[first..].iter().all(|(packed, bytes)| *packed && *bytes * 10 < pictures[1].1 * 8), "{pictures:?}");
    studio.canvas.restart();
    studio.picture = Picture::default();
    play(&mut studio, rect(100, 100, 320, 240), 1);
}

#[test]
fn what_is_small_or_rests_is_not_packed() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    let pictures = play(&mut studio, rect(96, 96, 96, 96), 30);
    assert!(pictures.iter().all(|(packed, _)| !packed), "a small film");
    play(&mut studio, SIZE.bounds(), 1);
    assert!(!studio.packed, "a photograph");
    assert!(play(&mut studio, SIZE.bounds(), 20)[19].0, "which begins to move");
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx10);
    let pictures = play(&mut studio, rect(100, 100, 320, 240), 30);
    assert!(pictures.iter().all(|(packed, _)| !packed), "there are no residuals of ten bits");
}

#[test]
fn what_stays_as_it_is_takes_no_bytes() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    studio.draw(SIZE.bounds(), text);
    assert!(studio.shoot_all() > 1000);
    assert_eq!(studio.shoot_all(), 0);
}

#[test]
fn a_page_that_scrolls_takes_about_what_is_new() {
    for (dx, dy) in [(0, -54), (0, 7), (13, 0), (-3, 5)] {
        let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
        studio.draw(SIZE.bounds(), text);
        let first = studio.shoot_all();
        studio.draw(SIZE.bounds(), |x, y| text(x.wrapping_add_signed(10_000 - dx), y.wrapping_add_signed(18_000 - dy)));
        studio.shoot_all();
        studio.draw(SIZE.bounds(), |x, y| {
            text(x.wrapping_add_signed(10_000 - 2 * dx), y.wrapping_add_signed(18_000 - 2 * dy))
        });
        let scrolled = studio.shoot_all();
        assert!(scrolled * 4 < first, "by {dx}, {dy}: {scrolled} of {first} bytes");
    }
}

#[test]
fn a_window_that_comes_back_is_remembered() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    studio.draw(SIZE.bounds(), text);
    studio.shoot_all();
    let window = rect(64, 64, 320, 256);
    studio.draw(window, noise);
    let covered = studio.shoot_all();
    studio.draw(window, text);
    let back = studio.shoot_all();
    assert!(back < 4_000 && covered > 100_000, "{back} bytes after {covered}");
}

/// Palettes overflow: each block has nearly as many colours as it may, of more than all palettes hold.
#[test]
fn more_colors_than_palettes_hold_are_all_right() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    for step in 0..12 {
        studio.draw(SIZE.bounds(), |x, y| {
            let block = noise(x / 32, y / 32 + step) % 200;
            let shade = noise(x, y.wrapping_mul(31) + step) % (90 + block % 40);
            (block * 251 + shade).wrapping_mul(0x0001_0f35)
        });
        studio.shoot_all();
    }
}

#[test]
fn a_large_picture_comes_in_parts() {
    let size = Size { width: 2048, height: 1600 };
    let mut studio = Studio::new(size, PixelFormat::Bgrx8);
    studio.draw(size.bounds(), noise);
    assert!(studio.shoot_all() > 8 << 20);
}

/// What comes late can be painted over: the pictures that wait are decoded, painted and coded again, into a segment of their own.
#[test]
fn pictures_that_wait_can_be_painted_over_and_coded_afresh() {
    let mut studio = Studio::new(SIZE, PixelFormat::Bgrx8);
    let mut held = Vec::new();
    for step in 0..6 {
        studio.draw(SIZE.bounds(), |x, y| text(x, y + step * 54));
        let pixels: Vec<u8> = studio.screen.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
        let patch = Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &pixels };
        held.push(studio.canvas.take_patch(&patch));
    }
    let secret = rect(100, 100, 200, 30);
    let (mut before, mut afresh) = (Picture::default(), Studio::new(SIZE, PixelFormat::Bgrx8));
    for parts in &held {
        parts.iter().for_each(|part| {
            before.apply(part).expect("applies");
        });
        afresh.screen = before.frame().expect("a picture").clone();
        afresh.screen.fill(secret, PixelFormat::Bgrx8.mask_color());
        afresh.shoot_all();
        let shown = afresh.picture.frame().expect("a picture");
        for y in 100..130 {
            assert!(shown.row(100, y, 200).iter().all(|pixel| *pixel == PixelFormat::Bgrx8.mask_color()));
        }
    }
}

//! The screen of a real X server: what the capturer reports is what an independent screenshot shows, pixel for pixel.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]
#![cfg(target_os = "linux")]

mod album;
mod display;

use std::time::{Duration, Instant};

use understudy_core::backend::NoticeKind;
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, ImageFormat, Rectangle,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use album::{Album, fill, rectangle, window};
use display::Display;

/// An independent picture of the whole screen.
fn screenshot(conn: &RustConnection, root: u32, format: PixelFormat) -> Frame {
    let size = conn.get_geometry(root).unwrap().reply().unwrap();
    let (width, height) = (size.width, size.height);
    let image = conn.get_image(ImageFormat::Z_PIXMAP, root, 0, 0, width, height, !0).unwrap().reply().unwrap();
    let mut frame = Frame::new(Size { width: width.into(), height: height.into() }, format);
    for (y, row) in image.data.chunks_exact(usize::from(width) * 4).enumerate() {
        let line = row.chunks_exact(4).map(|pixel| u32::from_le_bytes(pixel.try_into().unwrap()) & format.mask());
        for (to, from) in frame.row_mut(0, y as u32, width.into()).iter_mut().zip(line) {
            *to = from;
        }
    }
    frame
}

/// Draws, and compares with a screenshot after each step.
fn draw_and_compare(display: &Display, format: PixelFormat) -> Album {
    let (conn, root) = display.connect();
    let id = window(&conn, root, Some("Painter"), (40, 30, 300, 200), 0x0020_4060);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    assert!(*album.frame() == screenshot(&conn, root, format), "the first picture differs");
    for step in 0..20_u32 {
        let at = |number: u32| i16::try_from(number % 260).unwrap();
        fill(&conn, id, 0x3ff0_1000 | (step * 1_234_567), &[rectangle(at(step * 37), at(step * 23) % 180, 17, 9)]);
        if step % 4 == 0 {
            let many: Vec<Rectangle> = (0..300).map(|n| rectangle(at(n * 7), at(n * 13) % 190, 2, 2)).collect();
            fill(&conn, id, step * 7_654_321, &many);
        }
        album.settle(&mut *capturer);
        assert!(*album.frame() == screenshot(&conn, root, format), "step {step} differs");
    }
    conn.configure_window(id, &ConfigureWindowAux::new().x(200).y(100)).unwrap();
    conn.sync().unwrap();
    album.settle(&mut *capturer);
    assert!(*album.frame() == screenshot(&conn, root, format), "the picture after a move differs");
    album
}

#[test]
fn a_still_screen_equals_a_screenshot_after_everything_drawn() {
    let display = Display::start("640x480x24", &[]);
    let album = draw_and_compare(&display, PixelFormat::Bgrx8);
    assert_eq!(album.notices, []);
    let whole = Size { width: 640, height: 480 }.bounds();
    assert_eq!(album.shots[0].1, [whole]);
    assert!(album.shots[1..].iter().all(|(_, rects)| !rects.contains(&whole)), "only what changed");
    assert!(album.shots.is_sorted_by_key(|(time, _)| *time));
    assert_eq!(album.positions.len(), album.changes, "the pointer's position is told with each picture, and only then");
}

#[test]
fn real_applications_equal_a_screenshot() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let (_terminal, _file) = display.xterm_that_saves();
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    display.play("move 200 150\nclick\nsleep 200\ntype some text every 10\nmove 500 500\nsync\n");
    album.settle(&mut *capturer);
    // A caret that blinks would be another picture at any time; this terminal's does not.
    let (conn, root) = display.connect();
    assert!(*album.frame() == screenshot(&conn, root, PixelFormat::Bgrx8));
    let apps: Vec<&str> =
        album.windows.iter().filter_map(|window| window.app.as_ref().map(|app| app.id.as_str())).collect();
    assert!(apps.contains(&"XTerm"), "{:?}", album.windows);
}

#[test]
fn without_shared_memory_pixels_come_through_the_socket() {
    let display = Display::start("640x480x24", &["-extension", "MIT-SHM"]);
    let album = draw_and_compare(&display, PixelFormat::Bgrx8);
    assert_eq!(album.notices, [NoticeKind::NoSharedMemory]);
}

#[test]
fn without_damage_whole_frames_are_compared() {
    let display = Display::start("640x480x24", &["-extension", "DAMAGE"]);
    let album = draw_and_compare(&display, PixelFormat::Bgrx8);
    assert_eq!(album.notices, [NoticeKind::NoDamage]);
    // A still screen is compared on and on, and nothing is told of it.
    let mut capturer = display.capturer();
    let mut still = Album::default();
    still.settle(&mut *capturer);
    let (first, before) = (still.shots.len(), (still.changes, still.positions.len(), still.cursors.len()));
    capturer.poll(Some(Duration::from_millis(500)), &mut still).unwrap();
    assert!(still.shots.len() > first, "it is compared");
    assert_eq!((still.changes, still.positions.len(), still.cursors.len()), before);
    assert!(still.audits.is_empty(), "nothing can be missed where nothing is reported");
}

#[test]
fn a_screen_of_depth_30_keeps_its_colours() {
    let display = Display::start("640x480x30", &[]);
    let album = draw_and_compare(&display, PixelFormat::Bgrx10);
    assert_eq!(album.notices, []);
    assert_eq!(album.frame().format(), PixelFormat::Bgrx10);
    let deep = album.frame().pixels().iter().any(|pixel| pixel & !0x00ff_ffff != 0);
    assert!(deep, "colours use all thirty bits");
}

#[test]
fn a_resize_is_a_notice_and_a_whole_picture() {
    let display = Display::start("1024x768x24", &[]);
    let (conn, root) = display.connect();
    let id = window(&conn, root, Some("Painter"), (40, 30, 300, 200), 0x0020_4060);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    for (size, rect) in [("640x480", (640, 480)), ("800x600", (800, 600)), ("1024x768", (1024, 768))] {
        display.resize(size);
        fill(&conn, id, 0x00aa_bbcc, &[rectangle(5, 5, 30, 30)]);
        album.settle(&mut *capturer);
        let size = Size { width: rect.0, height: rect.1 };
        assert_eq!(album.notices.last(), Some(&NoticeKind::Resized(size)));
        assert!(*album.frame() == screenshot(&conn, root, PixelFormat::Bgrx8), "{size:?} differs");
    }
    assert!(album.notices.iter().all(|notice| matches!(notice, NoticeKind::Resized(_))), "{:?}", album.notices);
}

#[test]
fn resizes_in_the_middle_of_grabs_end_nothing() {
    let display = Display::start("1024x768x24", &[]);
    let (conn, root) = display.connect();
    let id = window(&conn, root, Some("Painter"), (0, 0, 1000, 700), 0x0020_4060);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    let done = std::sync::atomic::AtomicBool::new(false);
    let done = &done;
    std::thread::scope(|scope| {
        let display = &display;
        let conn = &conn;
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            for size in ["640x480", "1024x768", "800x600", "1024x768", "640x480", "800x600"] {
                display.resize(size);
            }
            done.store(true, std::sync::atomic::Ordering::Release);
        });
        scope.spawn(move || {
            let mut color = 0_u32;
            while !done.load(std::sync::atomic::Ordering::Acquire) {
                color = color.wrapping_add(0x0001_0203);
                fill(conn, id, color & 0x00ff_ffff, &[rectangle(0, 0, 1000, 700)]);
                // The other clients want their turn.
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        while !done.load(std::sync::atomic::Ordering::Acquire) {
            capturer.poll(Some(Duration::from_millis(50)), &mut album).unwrap();
        }
    });
    album.settle(&mut *capturer);
    assert!(*album.frame() == screenshot(&conn, root, PixelFormat::Bgrx8));
    assert!(album.notices.contains(&NoticeKind::Resized(Size { width: 800, height: 600 })));
}

#[test]
fn the_pointer_has_an_image_and_a_position_and_is_not_in_the_picture() {
    let display = Display::start("640x480x24", &[]);
    let (conn, root) = display.connect();
    let id = window(&conn, root, Some("Painter"), (100, 100, 200, 200), 0x0020_4060);
    display.play("move 20 20\nsync\n");
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    assert_eq!(album.positions.last(), Some(&Some(Position { x: 20, y: 20 })));
    let first = album.cursors.len();
    assert!(first >= 1);
    let font = conn.generate_id().unwrap();
    conn.open_font(font, b"cursor").unwrap();
    let cursor = conn.generate_id().unwrap();
    conn.create_glyph_cursor(cursor, font, font, 34, 35, 0, 0, 0, !0, !0, !0).unwrap();
    conn.change_window_attributes(id, &ChangeWindowAttributesAux::new().cursor(cursor)).unwrap();
    conn.sync().unwrap();
    display.play("move 150 150\nsync\n");
    album.settle(&mut *capturer);
    assert!(album.cursors.len() > first, "another window, another image");
    let image = album.cursors.last().unwrap();
    assert_eq!(image.pixels.len(), usize::from(image.width) * usize::from(image.height));
    assert!(*album.frame() == screenshot(&conn, root, PixelFormat::Bgrx8));
}

#[test]
fn a_refreshed_rectangle_comes_with_the_next_poll() {
    let display = Display::start("640x480x24", &[]);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    let rect = Rect { x: 600, y: 400, width: 100, height: 20 };
    capturer.refresh(rect);
    capturer.poll(Some(Duration::from_secs(5)), &mut album).unwrap();
    assert_eq!(album.shots.last().unwrap().1, [Rect { width: 40, ..rect }]);
}

#[test]
fn a_still_screen_does_not_wake_even_after_the_time_of_an_audit() {
    let display = Display::start("640x480x24", &[]);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    let (conn, root) = display.connect();
    fill(&conn, root, 0x00ff_0000, &[rectangle(0, 0, 50, 50)]);
    album.settle(&mut *capturer);
    // The audit after that change finds nothing: one poll sleeps on through it.
    let start = Instant::now();
    let (changes, positions) = (album.changes, album.positions.len());
    capturer.poll(Some(Duration::from_secs(12)), &mut album).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(12), "{:?}", start.elapsed());
    assert_eq!((album.audits.len(), album.changes, album.positions.len()), (1, changes, positions));
    assert_eq!((&album.audits[0][..], &album.notices[..]), (&[][..], &[][..]), "nothing was reported since");
}

#[test]
fn a_screen_of_4k_fits() {
    let display = Display::start("3840x2160x24", &[]);
    let (conn, root) = display.connect();
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    fill(&conn, root, 0x0012_3456, &[rectangle(3800, 2100, 40, 60), rectangle(0, 0, 3840, 1)]);
    album.settle(&mut *capturer);
    assert!(*album.frame() == screenshot(&conn, root, PixelFormat::Bgrx8));
}

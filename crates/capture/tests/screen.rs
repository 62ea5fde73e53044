//! The screen of a real X server: what the capturer reports is what an independent screenshot shows, pixel for pixel.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]
#![cfg(target_os = "linux")]

mod display;

use std::time::{Duration, Instant};

use understudy_core::backend::{Capturer, Notice, NoticeKind, Scene, ScreenSink, Shot};
use understudy_core::clock::Time;
use understudy_core::event::{CursorImage, Window};
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};
use x11rb::connection::Connection;
use x11rb::protocol::shape;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ClipOrdering, ColormapAlloc, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, ImageFormat, PropMode, Rectangle, StackMode, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use display::Display;

/// Puts shots together.
#[derive(Default)]
struct Album {
    frame: Option<Frame>,
    shots: Vec<(Time, Vec<Rect>)>,
    /// How many shots changed the picture.
    changes: usize,
    /// Of each audit: what was reported.
    audits: Vec<Vec<Rect>>,
    scene: Scene,
    windows: Vec<Window>,
    cursors: Vec<CursorImage>,
    positions: Vec<Option<Position>>,
    notices: Vec<NoticeKind>,
}

impl ScreenSink for Album {
    fn shot(&mut self, shot: Shot<'_>) -> bool {
        let first = self.frame.is_none();
        if self.frame.as_ref().is_none_or(|frame| frame.size() != shot.size) {
            self.frame = Some(Frame::new(shot.size, shot.format));
        }
        let frame = self.frame.as_mut().unwrap();
        let mut changed = first;
        for patch in shot.patches {
            assert_eq!(patch.rect.intersect(shot.size.bounds()), Some(patch.rect), "patches lie inside");
            let Rect { x, y, width, height } = patch.rect;
            for row in 0..height {
                let start = row as usize * patch.stride;
                let line = patch.pixels[start..start + width as usize * 4].chunks_exact(4);
                let line = line.map(|pixel| u32::from_le_bytes(pixel.try_into().unwrap()));
                for (to, from) in frame.row_mut(x.unsigned_abs(), y.unsigned_abs() + row, width).iter_mut().zip(line) {
                    let from = from & shot.format.mask();
                    changed |= *to != from;
                    *to = from;
                }
            }
        }
        self.shots.push((shot.time, shot.patches.iter().map(|patch| patch.rect).collect()));
        self.audits.extend(shot.reported.map(<[Rect]>::to_vec));
        self.changes += usize::from(changed);
        self.scene = shot.scenes.expect("X11 knows the windows").last().expect("there is a scene").clone();
        self.windows = self.scene.windows.iter().map(|shown| shown.window.clone()).collect();
        changed
    }

    fn cursor_image(&mut self, _time: Time, image: CursorImage) {
        self.cursors.push(image);
    }

    fn cursor_position(&mut self, _time: Time, position: Option<Position>) {
        self.positions.push(position);
    }

    fn notice(&mut self, notice: Notice) {
        self.notices.push(notice.kind);
    }
}

impl Album {
    /// Polls until nothing changes any more.
    fn settle(&mut self, capturer: &mut dyn Capturer) {
        let start = Instant::now();
        loop {
            let before = (self.changes, self.notices.len());
            capturer.poll(Some(Duration::from_millis(250)), self).unwrap();
            if (self.changes, self.notices.len()) == before {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the screen does not come to rest");
        }
    }

    fn frame(&self) -> &Frame {
        self.frame.as_ref().expect("there was a shot")
    }
}

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

/// A window without a window manager, of an application.
fn window(conn: &RustConnection, root: u32, class: Option<&str>, bounds: (i16, i16, u16, u16), color: u32) -> u32 {
    let id = conn.generate_id().unwrap();
    let look = CreateWindowAux::new().background_pixel(color).border_pixel(0x00ff_ffff).override_redirect(1);
    let (x, y, width, height) = bounds;
    conn.create_window(0, id, root, x, y, width, height, 2, WindowClass::INPUT_OUTPUT, 0, &look).unwrap();
    if let Some(class) = class {
        use x11rb::protocol::xproto::AtomEnum;
        let value = format!("{}\0{class}\0", class.to_lowercase());
        conn.change_property8(PropMode::REPLACE, id, AtomEnum::WM_CLASS, AtomEnum::STRING, value.as_bytes()).unwrap();
    }
    conn.map_window(id).unwrap();
    conn.sync().unwrap();
    id
}

fn fill(conn: &RustConnection, drawable: u32, color: u32, rects: &[Rectangle]) {
    let gc = conn.generate_id().unwrap();
    conn.create_gc(gc, drawable, &CreateGCAux::new().foreground(color)).unwrap();
    conn.poly_fill_rectangle(drawable, gc, rects).unwrap();
    conn.free_gc(gc).unwrap();
    conn.sync().unwrap();
}

fn rectangle(x: i16, y: i16, width: u16, height: u16) -> Rectangle {
    Rectangle { x, y, width, height }
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
fn windows_are_listed_bottom_first_with_their_applications() {
    let display = Display::start("640x480x24", &[]);
    let (conn, root) = display.connect();
    let low = window(&conn, root, Some("Low"), (10, 10, 200, 100), 0x0011_2233);
    let high = window(&conn, root, Some("High"), (60, 40, 200, 100), 0x0044_5566);
    let nobody = window(&conn, root, None, (400, 300, 50, 40), 0x0077_8899);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    let listed = |album: &Album| -> Vec<(u64, Option<String>, Rect)> {
        let app = |window: &Window| window.app.as_ref().map(|app| app.id.clone());
        album.windows.iter().map(|window| (window.id, app(window), window.bounds)).collect()
    };
    let rect = |x, y, width, height| Rect { x, y, width, height };
    let named = |name: &str| Some(name.to_owned());
    let expected = [
        (low.into(), named("Low"), rect(10, 10, 204, 104)),
        (high.into(), named("High"), rect(60, 40, 204, 104)),
        (nobody.into(), None, rect(400, 300, 54, 44)),
    ];
    assert_eq!(listed(&album), expected);
    // A popup for a window belongs to its application.
    let transient = x11rb::protocol::xproto::AtomEnum::WM_TRANSIENT_FOR;
    let kind = x11rb::protocol::xproto::AtomEnum::WINDOW;
    conn.change_property32(PropMode::REPLACE, nobody, transient, kind, &[low]).unwrap();
    conn.configure_window(low, &ConfigureWindowAux::new().x(300).y(200).stack_mode(StackMode::ABOVE)).unwrap();
    conn.unmap_window(high).unwrap();
    conn.sync().unwrap();
    album.settle(&mut *capturer);
    let expected =
        [(nobody.into(), named("Low"), rect(400, 300, 54, 44)), (low.into(), named("Low"), rect(300, 200, 204, 104))];
    assert_eq!(listed(&album), expected);
    conn.destroy_window(low).unwrap();
    conn.map_window(high).unwrap();
    conn.sync().unwrap();
    album.settle(&mut *capturer);
    assert_eq!(listed(&album).len(), 2);
}

#[test]
fn windows_have_their_titles_and_menus_those_of_their_program() {
    use x11rb::protocol::xproto::AtomEnum;
    let display = Display::start("640x480x24", &[]);
    let (conn, root) = display.connect();
    let call = |window: u32, title: &str| {
        conn.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, title.as_bytes())
            .unwrap();
        conn.sync().unwrap();
    };
    let first = window(&conn, root, Some("Web"), (10, 10, 200, 100), 0x0011_2233);
    let second = window(&conn, root, Some("Web"), (300, 10, 200, 100), 0x0044_5566);
    call(first, "News");
    let menu = window(&conn, root, Some("Web"), (10, 200, 50, 40), 0x0077_8899);
    let other = window(&conn, root, Some("Other"), (300, 200, 50, 40), 0x0077_8899);
    let mut capturer = display.capturer();
    let mut album = Album::default();
    let mut titles = |changed: u32| -> Vec<(u32, String)> {
        // Only a picture has a list of windows.
        fill(&conn, changed, changed, &[rectangle(1, 1, 9, 9)]);
        conn.clear_area(false, changed, 0, 0, 0, 0).unwrap();
        conn.sync().unwrap();
        album.settle(&mut *capturer);
        album.windows.iter().map(|window| (window.id as u32, window.title.clone())).collect()
    };
    let named = |window: u32, title: &str| (window, title.to_owned());
    let untitled = [named(second, "News"), named(second, ""), named(menu, "News"), named(menu, ""), named(other, "")];
    assert_eq!(titles(first), [&[named(first, "News")], &untitled[..]].concat());
    // A title that changes while nobody looks is known with the next picture.
    call(second, "Private");
    let of_menu = [named(menu, "News"), named(menu, "Private"), named(menu, ""), named(other, "")];
    assert_eq!(titles(first), [&[named(first, "News"), named(second, "Private")], &of_menu[..]].concat());
    // Whose menu it is may be said; a dialog bears a title of its own as well.
    conn.change_property32(PropMode::REPLACE, menu, AtomEnum::WM_TRANSIENT_FOR, AtomEnum::WINDOW, &[first]).unwrap();
    conn.change_property32(PropMode::REPLACE, other, AtomEnum::WM_TRANSIENT_FOR, AtomEnum::WINDOW, &[second]).unwrap();
    call(other, "Save");
    let of_menu = [named(menu, "News"), named(menu, ""), named(other, "Private"), named(other, "Save")];
    assert_eq!(titles(first), [&[named(first, "News"), named(second, "Private")], &of_menu[..]].concat());
    call(second, "News too");
    assert!(titles(first).contains(&named(other, "News too")));
}

#[test]
fn a_window_covers_when_nothing_can_shine_through_it() {
    let display = Display::start("640x480x24", &[]);
    let (conn, root) = display.connect();
    let plain = window(&conn, root, Some("Plain"), (10, 10, 200, 100), 0x0011_2233);
    let cut = window(&conn, root, Some("Cut"), (60, 40, 200, 100), 0x0044_5566);
    let hole = rectangle(0, 0, 50, 50);
    shape::rectangles(&conn, shape::SO::SUBTRACT, shape::SK::BOUNDING, ClipOrdering::UNSORTED, cut, 0, 0, &[hole])
        .unwrap();
    let glass = glass(&conn, root);
    conn.sync().unwrap();
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    let covering = |album: &Album| -> Vec<u64> {
        let covering = album.scene.windows.iter().filter(|shown| shown.covers).map(|shown| shown.window.id);
        covering.filter(|id| [plain, cut, glass].map(u64::from).contains(id)).collect()
    };
    let changed = |album: &mut Album, capturer: &mut dyn Capturer| {
        fill(&conn, plain, 0x0012_3456, &[rectangle(20, 80, 5, 5)]);
        fill(&conn, plain, 0x0065_4321, &[rectangle(20, 80, 5, 5)]);
        album.settle(capturer);
    };
    assert_eq!(covering(&album), [u64::from(plain)]);
    // Whole again, and another one cut that was listed as whole before.
    shape::mask(&conn, shape::SO::SET, shape::SK::BOUNDING, cut, 0, 0, x11rb::NONE).unwrap();
    shape::rectangles(&conn, shape::SO::SUBTRACT, shape::SK::BOUNDING, ClipOrdering::UNSORTED, plain, 0, 0, &[hole])
        .unwrap();
    conn.sync().unwrap();
    changed(&mut album, &mut *capturer);
    assert_eq!(covering(&album), [u64::from(cut)]);
    // A compositor may let anything shine through.
    let selection = conn.intern_atom(false, b"_NET_WM_CM_S0").unwrap().reply().unwrap().atom;
    conn.set_selection_owner(plain, selection, x11rb::CURRENT_TIME).unwrap();
    conn.sync().unwrap();
    changed(&mut album, &mut *capturer);
    assert!(album.scene.composed);
    conn.set_selection_owner(x11rb::NONE, selection, x11rb::CURRENT_TIME).unwrap();
    conn.sync().unwrap();
    // The first picture after that may show what was composed before it.
    changed(&mut album, &mut *capturer);
    changed(&mut album, &mut *capturer);
    assert!(!album.scene.composed);
}

/// A window with an alpha channel.
fn glass(conn: &RustConnection, root: u32) -> u32 {
    let depths = &conn.setup().roots[0].allowed_depths;
    let visual = depths.iter().find(|depth| depth.depth == 32).expect("Xvfb has depth 32").visuals[0].visual_id;
    let (id, colors) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
    conn.create_colormap(ColormapAlloc::NONE, colors, root, visual).unwrap();
    let look =
        CreateWindowAux::new().background_pixel(0x8000_00ff).border_pixel(0).colormap(colors).override_redirect(1);
    conn.create_window(32, id, root, 100, 100, 90, 90, 0, WindowClass::INPUT_OUTPUT, visual, &look).unwrap();
    conn.map_window(id).unwrap();
    id
}

#[test]
fn a_window_that_moves_during_grabs_is_never_shown_where_it_is_not_listed() {
    let display = Display::start("800x600x24", &[]);
    let (conn, root) = display.connect();
    let secret = 0x00fe_0107;
    let id = window(&conn, root, Some("Vault"), (0, 0, 120, 90), secret);
    let mut capturer = display.capturer();
    /// Looks at every patch for the window's colour outside the listed places.
    struct Judge(u32, usize);
    impl ScreenSink for Judge {
        fn shot(&mut self, shot: Shot<'_>) -> bool {
            let shown = shot.scenes.unwrap().iter().skip(shot.passed).flat_map(|scene| &scene.windows);
            let listed: Vec<Rect> = shown.map(|shown| shown.window.bounds).collect();
            for patch in shot.patches {
                for (row, y) in patch.pixels.chunks(patch.stride).zip(patch.rect.y..) {
                    for (pixel, x) in row.chunks_exact(4).take(patch.rect.width as usize).zip(patch.rect.x..) {
                        if u32::from_le_bytes(pixel.try_into().unwrap()) & 0x00ff_ffff == self.0 {
                            let point = Rect { x, y, width: 1, height: 1 };
                            let covered = listed.iter().any(|rect| rect.intersect(point).is_some());
                            assert!(covered, "({x}, {y}) shows the window, listed at {listed:?}");
                        }
                    }
                }
            }
            self.1 += 1;
            true
        }
        fn cursor_image(&mut self, _: Time, _: CursorImage) {}
        fn cursor_position(&mut self, _: Time, _: Option<Position>) {}
        fn notice(&mut self, _: Notice) {}
    }
    let mut judge = Judge(secret, 0);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut step = 0;
            while !done.load(std::sync::atomic::Ordering::Acquire) {
                step += 1;
                let place = ConfigureWindowAux::new().x(step * 7 % 680).y(step * 5 % 500);
                conn.configure_window(id, &place).unwrap();
                conn.sync().unwrap();
            }
        });
        let start = Instant::now();
        while judge.1 < 40 && start.elapsed() < Duration::from_secs(20) {
            // A leak must not leave the mover running.
            let poll = || capturer.poll(Some(Duration::from_millis(20)), &mut judge).unwrap();
            let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(poll));
            if let Err(leak) = judged {
                done.store(true, std::sync::atomic::Ordering::Release);
                std::panic::resume_unwind(leak);
            }
        }
        done.store(true, std::sync::atomic::Ordering::Release);
    });
    assert!(judge.1 >= 20, "{} shots", judge.1);
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

//! The windows that a capturer lists with what it grabs, on a real X server: where they lie, whose they are, what they are called, what
//! they cover.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]
#![cfg(target_os = "linux")]

mod album;
mod display;

use std::time::{Duration, Instant};

use understudy_core::backend::{Capturer, Notice, ScreenSink, Shot};
use understudy_core::clock::Time;
use understudy_core::event::{CursorImage, Window};
use understudy_core::frame::{Position, Rect};
use x11rb::connection::Connection;
use x11rb::protocol::shape;
use x11rb::protocol::xproto::{
    ClipOrdering, ColormapAlloc, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, PropMode, StackMode,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use album::{Album, fill, rectangle, window};
use display::Display;

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
fn a_window_that_is_no_more_is_told_and_one_that_another_client_says_is_none_is_not() {
    use x11rb::protocol::xproto::{
        DESTROY_NOTIFY_EVENT, DestroyNotifyEvent, EventMask, UNMAP_NOTIFY_EVENT, UnmapNotifyEvent,
    };
    let display = Display::start("640x480x24", &[]);
    let ((conn, root), (manager, _)) = (display.connect(), display.connect());
    let plain = window(&conn, root, Some("Plain"), (10, 10, 200, 100), 0x0011_2233);
    let inner = window(&conn, root, Some("Inner"), (0, 0, 100, 80), 0x0044_5566);
    let menu = window(&conn, root, Some("Menu"), (400, 10, 60, 80), 0x0077_8899);
    // A frame, as window managers put around others' windows: of that one, the root tells nothing.
    let frame = window(&manager, root, None, (300, 200, 120, 100), 0x0022_2222);
    manager.reparent_window(inner, frame, 4, 4).unwrap();
    manager.sync().unwrap();
    let mut capturer = display.capturer();
    let mut album = Album::default();
    album.settle(&mut *capturer);
    assert!(album.windows.iter().any(|window| window.id == u64::from(inner)), "{:?}", album.windows);
    // Others that came and went meanwhile.
    album.gone.clear();
    let (destroyed, unmapped) = (
        DestroyNotifyEvent { response_type: DESTROY_NOTIFY_EVENT, sequence: 0, event: root, window: plain },
        UnmapNotifyEvent {
            response_type: UNMAP_NOTIFY_EVENT,
            sequence: 0,
            event: root,
            window: plain,
            from_configure: false,
        },
    );
    manager.send_event(false, root, EventMask::SUBSTRUCTURE_NOTIFY, destroyed).unwrap();
    manager.send_event(false, root, EventMask::SUBSTRUCTURE_NOTIFY, unmapped).unwrap();
    manager.sync().unwrap();
    fill(&conn, plain, 0x0066_6666, &[rectangle(1, 1, 9, 9)]);
    album.settle(&mut *capturer);
    assert_eq!((&album.gone[..], &album.hidden[..]), (&[][..], &[][..]));
    assert!(album.windows.iter().any(|window| window.id == u64::from(plain)), "it lies there still");
    conn.unmap_window(menu).unwrap();
    conn.sync().unwrap();
    album.settle(&mut *capturer);
    assert_eq!((&album.gone[..], &album.hidden[..]), (&[][..], &[u64::from(menu)][..]));
    // One that does not show, one in a frame, and one of the root's own: none is told twice.
    for window in [menu, inner, plain] {
        album.gone.clear();
        conn.destroy_window(window).unwrap();
        conn.sync().unwrap();
        album.settle(&mut *capturer);
        assert_eq!(album.gone, [u64::from(window)]);
    }
    assert!(album.there.is_some_and(|there| there > Time::ZERO && there < album.shots.last().unwrap().0));
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
            // Where they moved too often to tell, the whole shot is withheld.
            let Some(scenes) = shot.scenes else { return true };
            let shown = scenes.iter().skip(shot.passed).flat_map(|scene| &scene.windows);
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
                if step % 64 == 0 {
                    std::thread::sleep(Duration::from_millis(2));
                }
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

//! A recording that is released by itself, on a real X server: what its indicator says, and what is chosen from its menu.

#![cfg(target_os = "linux")]

mod display;
mod recorded;

use std::path::PathBuf;

use understudy_core::pipeline::{Config, Recorder, State};
use understudy_core::sink::FolderSink;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

use self::display::{Display, indicators};
use self::recorded::agreed::directly;
use self::recorded::{desk, wait_for};

/// The grounds of the two looks.
const PLAIN: u32 = 0x0020_2428;
const WINE: u32 = 0x0058_1038;
/// What says that it records.
const RED: u32 = 0x00f0_3a3a;

struct Desk {
    recorder: Recorder,
    folder: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn record(display: &Display, direct: bool) -> Desk {
    let (agreed, folder) = directly();
    let config = Config { max_fps: 30, platform: "x11".into(), direct: agreed.direct.filter(|_| direct), ..agreed };
    let platform = understudy_capture::native(Some(display.name.clone()), None).expect("a platform");
    let sink = FolderSink::create(&folder).expect("a folder");
    let recorder = Recorder::start(platform, config, || Ok(Box::new(sink))).expect("starts");
    wait_for("the first picture", || recorder.stats().frames > 0);
    Desk { recorder, folder }
}

/// What of the screen an indicator covers: its height, and its pixels as anyone sees them.
fn look(conn: &RustConnection, root: Window, window: Window) -> (u16, Vec<u32>) {
    let at = conn.get_geometry(window).expect("sent").reply().expect("is there");
    let asked = conn.get_image(ImageFormat::Z_PIXMAP, root, at.x, at.y, at.width, at.height, !0).expect("sent");
    let bytes = asked.reply().expect("a picture").data;
    let pixel = |pixel: &[u8]| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]);
    (at.height, bytes.chunks_exact(4).map(pixel).collect())
}

fn name(conn: &RustConnection, window: Window) -> String {
    let asked = conn.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::STRING, 0, 64).expect("sent");
    String::from_utf8(asked.reply().expect("a name").value).expect("text")
}

#[test]
fn the_indicator_looks_different_and_says_so_for_as_long_as_it_shows() {
    let (display, _clients) = desk();
    let (conn, root) = display.connect();
    let shown = |direct: bool| {
        let desk = record(&display, direct);
        let [indicator] = indicators(&conn, root)[..] else { panic!("one indicator") };
        wait_for("it to say so", || look(&conn, root, indicator).1.contains(&RED));
        let recording = look(&conn, root, indicator);
        desk.recorder.pause().expect("pauses");
        wait_for("another picture", || look(&conn, root, indicator) != recording);
        let paused = look(&conn, root, indicator);
        let name = name(&conn, indicator);
        desk.recorder.keep().expect("kept");
        desk.recorder.stop().expect("stops");
        (recording, paused, name)
    };
    let ((plain, pixels), (_, paused), usual) = shown(false);
    let ((height, direct), (paused_height, paused_direct), says) = shown(true);
    let count = |pixels: &[u32], color| pixels.iter().filter(|pixel| **pixel == color).count();
    assert!(count(&pixels, PLAIN) > 1000 && count(&pixels, WINE) == 0 && count(&paused, WINE) == 0);
    assert!(count(&direct, WINE) > 1000 && count(&direct, PLAIN) == 0);
    assert!(count(&paused_direct, WINE) > 1000 && count(&paused_direct, PLAIN) == 0);
    assert_eq!((height, paused_height), (2 * plain, 2 * plain), "a line more");
    assert_eq!(usual, "Recording indicator");
    assert!(says.contains("released unseen"), "{says}");
}

#[test]
fn the_menu_keeps_it_or_releases_it() {
    let (display, _clients) = desk();
    let (conn, root) = display.connect();
    for (row, released) in [(3, false), (4, true)] {
        let desk = record(&display, true);
        let [indicator] = indicators(&conn, root)[..] else { panic!("one indicator") };
        let at = conn.get_geometry(indicator).expect("sent").reply().expect("is there");
        display.play(&format!("move {} {}\nsleep 50\nclick 3", at.x + 12, at.y + 12));
        let menu = || indicators(&conn, root).into_iter().find(|window| *window != indicator);
        wait_for("the menu", || menu().is_some());
        let menu = conn.get_geometry(menu().expect("a menu")).expect("sent").reply().expect("is there");
        let (x, y) = (menu.x + 20, i32::from(menu.y) + i32::from(menu.height) * (2 * row + 1) / 10);
        display.play(&format!("move {x} {y}\nsleep 50\nclick"));
        wait_for("the end", || desk.recorder.state() == State::Stopped);
        // Whoever else stops it waits until that is over.
        desk.recorder.stop().expect("has stopped");
        let outcome = desk.recorder.released();
        assert_eq!(outcome.as_ref().map_or(0, |outcome| outcome.copies.len()), usize::from(released), "{outcome:?}");
        assert_eq!(desk.folder.join("release").exists(), released);
        wait_for("the indicator to go", || indicators(&conn, root).is_empty());
    }
}

//! The indicator on a real X server with a real window manager: what hides it, and what the contributor does with it.

#![cfg(target_os = "linux")]

mod display;
mod recorded;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use understudy_core::backend::Hotkey;
use understudy_core::journal::{Entry, NoticeName};
use understudy_core::pipeline::State;
use understudy_core::track::Track;
use x11rb::connection::Connection as _;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, GrabMode, ModMask, PropMode,
    Rectangle, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use self::display::{Display, indicators};
use self::recorded::{CANARY, desk, record, wait_for};

fn bounds(conn: &RustConnection, window: Window) -> (i16, i16, u16, u16) {
    let at = conn.get_geometry(window).expect("sent").reply().expect("is there");
    (at.x, at.y, at.width, at.height)
}

/// A window that nobody manages, over these bounds.
fn cover(conn: &RustConnection, root: Window, (x, y, width, height): (i16, i16, u16, u16)) -> Window {
    let window = conn.generate_id().expect("an id");
    let values = CreateWindowAux::new().override_redirect(1).background_pixel(0x0000_4000);
    let class = WindowClass::INPUT_OUTPUT;
    conn.create_window(0, window, root, x, y, width, height, 0, class, 0, &values).expect("sent");
    conn.map_window(window).expect("sent");
    conn.sync().expect("the display is there");
    window
}

/// Ways to make the indicator go, each done again and again.
type Attack = fn(&RustConnection, Window, Window);

fn unmap(conn: &RustConnection, _root: Window, target: Window) {
    drop(conn.unmap_window(target));
}

fn send_away(conn: &RustConnection, _root: Window, target: Window) {
    drop(conn.configure_window(target, &ConfigureWindowAux::new().x(3000).y(20)));
}

fn shrink(conn: &RustConnection, _root: Window, target: Window) {
    drop(conn.configure_window(target, &ConfigureWindowAux::new().width(2).height(2)));
}

fn destroy(conn: &RustConnection, _root: Window, target: Window) {
    drop(conn.destroy_window(target));
}

fn kill(conn: &RustConnection, _root: Window, target: Window) {
    drop(conn.kill_client(target));
}

fn swallow(conn: &RustConnection, root: Window, target: Window) {
    // A window of ours, made once, on which it is put.
    let own = cover(conn, root, (700, 10, 50, 30));
    drop(conn.reparent_window(target, own, 0, 0));
}

fn cut_out(conn: &RustConnection, _root: Window, target: Window) {
    let nothing: [Rectangle; 0] = [];
    let order = x11rb::protocol::xproto::ClipOrdering::UNSORTED;
    drop(conn.shape_rectangles(shape::SO::SET, shape::SK::BOUNDING, order, target, 0, 0, &nothing));
}

fn fade(conn: &RustConnection, _root: Window, target: Window) {
    let opacity = conn.intern_atom(false, b"_NET_WM_WINDOW_OPACITY").expect("sent").reply().expect("an atom").atom;
    drop(conn.change_property32(PropMode::REPLACE, target, opacity, AtomEnum::CARDINAL, &[0]));
}

fn paint_over(conn: &RustConnection, _root: Window, target: Window) {
    let context = conn.generate_id().expect("an id");
    drop(conn.create_gc(context, target, &CreateGCAux::new().foreground(0)));
    let all = Rectangle { x: 0, y: 0, width: 500, height: 100 };
    drop(conn.poly_fill_rectangle(target, context, &[all]));
    drop(conn.free_gc(context));
}

fn stay_above(conn: &RustConnection, root: Window, target: Window) {
    // The one that was made for it, always on top again.
    let above = conn.query_tree(root).expect("sent").reply().expect("a tree").children;
    let ours = above.iter().copied().find(|window| {
        let name = conn.get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::STRING, 0, 8).expect("sent");
        name.reply().is_ok_and(|reply| reply.value == b"hostile")
    });
    let window = ours.unwrap_or_else(|| {
        let window = cover(conn, root, bounds(conn, target));
        drop(conn.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, b"hostile"));
        window
    });
    drop(conn.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)));
}

/// Goes on until it is told to end; then what it made is gone.
fn attack(display: &Display, attack: Attack, ended: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let (name, ended) = (display.name.clone(), Arc::clone(ended));
    std::thread::spawn(move || {
        let (conn, screen) = x11rb::connect(Some(&name)).expect("the display is there");
        let root = conn.setup().roots[screen].root;
        while !ended.load(Ordering::Acquire) {
            if let Some(target) = indicators(&conn, root).first() {
                attack(&conn, root, *target);
            }
            drop(conn.sync());
            std::thread::sleep(Duration::from_millis(4));
        }
    })
}

fn paint_root(display: &Display, color: u32) {
    display.run("xsetroot", &["-solid", &format!("#{color:06x}")]);
}

#[test]
fn whatever_hides_the_indicator_nothing_is_kept_until_it_is_back() {
    let attacks: [(&str, Attack); 10] = [
        ("unmap", unmap),
        ("send away", send_away),
        ("shrink", shrink),
        ("destroy", destroy),
        ("kill", kill),
        ("swallow", swallow),
        ("cut out", cut_out),
        ("fade", fade),
        ("paint over", paint_over),
        ("stay above", stay_above),
    ];
    let (display, _clients) = desk();
    paint_root(&display, 0x0020_3040);
    let desk = record(&display, None);
    desk.settle();
    display.play("key F5\nmove 100 100\nsleep 100");
    for (name, way) in attacks {
        let ended = Arc::new(AtomicBool::new(false));
        let attacker = attack(&display, way, &ended);
        wait_for(&format!("{name} to be noticed"), || desk.recorder.state() == State::Withheld);
        let frames = desk.recorder.stats().frames;
        paint_root(&display, CANARY);
        display.play("key F6\nmove 122 122 over 100\nclick\nkey F6\nsleep 600");
        assert_eq!(desk.recorder.state(), State::Withheld, "{name}");
        assert_eq!(desk.recorder.stats().frames, frames, "{name}");
        paint_root(&display, 0x0020_3040);
        ended.store(true, Ordering::Release);
        attacker.join().expect("no panic");
        desk.wait_for(&State::Recording);
        wait_for("pictures", || desk.recorder.stats().frames > frames);
        display.play("sleep 300\nkey F7\nmove 100 110\nsleep 300");
    }
    desk.recorder.stop().expect("stops");
    let recorded = desk.open();
    assert!(!recorded.canary, "a picture shows what nobody could know to be recorded");
    assert_eq!((recorded.count("F5"), recorded.count("F6")), (1, 0), "{:?}", recorded.keys);
    assert_eq!(recorded.count("F7"), attacks.len(), "{:?}", recorded.keys);
    assert!(!recorded.clicks.contains(&(122, 122)) && !recorded.moves.contains(&(122, 122)));
    for track in Track::ALL {
        assert!(recorded.unseen(track) >= 2 * attacks.len(), "{track:?}: {:#?}", recorded.journal);
    }
}

#[test]
fn a_window_that_merely_comes_above_is_let_stay_below_and_nothing_is_lost() {
    let (display, _clients) = desk();
    let desk = record(&display, None);
    desk.settle();
    let (conn, root) = display.connect();
    let [indicator] = indicators(&conn, root)[..] else { panic!("one indicator") };
    let windows: Vec<Window> = (0..4)
        .map(|_| {
            let window = cover(&conn, root, bounds(&conn, indicator));
            wait_for("the indicator on top", || {
                let tree = conn.query_tree(root).expect("sent").reply().expect("a tree");
                tree.children.last() == Some(&indicator)
            });
            std::thread::sleep(Duration::from_millis(300));
            window
        })
        .collect();
    display.play("key F5\nsleep 400");
    assert_eq!(desk.recorder.state(), State::Recording);
    windows.into_iter().for_each(|window| drop(conn.destroy_window(window)));
    desk.recorder.stop().expect("stops");
    let recorded = desk.open();
    assert_eq!((recorded.count("F5"), recorded.unseen(Track::Keyboard)), (1, 0));
    assert!(indicators(&conn, root).is_empty(), "it goes with the recording");
}

#[test]
fn two_recordings_show_two_indicators_side_by_side() {
    let (display, _clients) = desk();
    let first = record(&display, None);
    let second = record(&display, None);
    first.settle();
    second.settle();
    let (conn, root) = display.connect();
    let shown = indicators(&conn, root);
    assert_eq!(shown.len(), 2);
    let [(_, one, _, height), (_, other, ..)] = [shown[0], shown[1]].map(|window| bounds(&conn, window));
    assert!(one.abs_diff(other) >= height, "{one} {other}");
    display.play("move 300 300\nsleep 500");
    for desk in [first, second] {
        desk.recorder.stop().expect("stops");
        assert_eq!(desk.open().unseen(Track::Pointer), 0);
    }
}

#[test]
fn a_click_pauses_and_resumes_and_the_menu_stops() {
    let (display, _clients) = desk();
    let desk = record(&display, None);
    desk.settle();
    let (conn, root) = display.connect();
    let [indicator] = indicators(&conn, root)[..] else { panic!("one indicator") };
    let (x, y, ..) = bounds(&conn, indicator);
    let (x, y) = (i32::from(x) + 12, i32::from(y) + 12);
    display.play(&format!("key F5\nsleep 100\nmove {x} {y}\nsleep 300\nclick"));
    desk.wait_for(&State::Paused);
    display.play("key F6\nmove 222 222\nsleep 300");
    display.play(&format!("move {x} {y}\nsleep 50\nclick"));
    desk.wait_for(&State::Recording);
    desk.settle();
    display.play("sleep 300\nkey F7\nsleep 400");
    // Dragged away, and not paused by that.
    display.play(&format!("move {x} {y}\ndown\nmove {} {} over 200\nup\nsleep 300", x - 200, y - 200));
    assert_eq!(desk.recorder.state(), State::Recording);
    let (left, top, ..) = bounds(&conn, indicator);
    assert_eq!((i32::from(left) + 12, i32::from(top) + 12), (x - 200, y - 200));
    display.play(&format!("move {} {}\nclick 3\nsleep 300", x - 200, y - 200));
    let shown = indicators(&conn, root);
    let [menu] = shown.iter().copied().filter(|window| *window != indicator).collect::<Vec<_>>()[..] else {
        panic!("a menu: {shown:?}")
    };
    let (left, top, _, height) = bounds(&conn, menu);
    display.play(&format!("move {} {}\nsleep 100\nclick", left + 20, i32::from(top) + i32::from(height) - 10));
    desk.wait_for(&State::Stopped);
    let recorded = desk.open();
    assert_eq!((recorded.count("F5"), recorded.count("F6"), recorded.count("F7")), (1, 0, 1), "{:?}", recorded.keys);
    // The one that began to drag.
    assert_eq!(recorded.clicks.iter().filter(|at| **at == (x, y)).count(), 1, "{:?}", recorded.clicks);
    let paused = recorded.journal.iter().filter(|(_, entry)| matches!(entry, Entry::Pause {})).count();
    assert_eq!((paused, recorded.unseen(Track::Pointer)), (1, 0));
}

/// Opens the indicator's menu by the right button, and answers where it is.
fn open_menu(display: &Display, conn: &RustConnection, root: Window, indicator: Window) -> (i32, i32, i32) {
    let (x, y, ..) = bounds(conn, indicator);
    display.play(&format!("move {} {}\nsleep 50\nclick 3", i32::from(x) + 12, i32::from(y) + 12));
    let menu = || indicators(conn, root).into_iter().find(|window| *window != indicator);
    wait_for("the menu", || menu().is_some());
    let (left, top, _, height) = bounds(conn, menu().expect("a menu"));
    (left.into(), top.into(), height.into())
}

/// Chooses a row of four.
fn choose(display: &Display, conn: &RustConnection, root: Window, indicator: Window, row: i32) {
    let (left, top, height) = open_menu(display, conn, root, indicator);
    display.play(&format!("move {} {}\nsleep 50\nclick", left + 20, top + height * (2 * row + 1) / 8));
    wait_for("the menu to close", || indicators(conn, root).iter().all(|window| *window == indicator));
}

#[test]
fn each_row_of_the_menu_does_what_it_says() {
    let (display, _clients) = desk();
    let desk = record(&display, None);
    desk.settle();
    let (conn, root) = display.connect();
    let [indicator] = indicators(&conn, root)[..] else { panic!("one indicator") };
    let choose = |row| choose(&display, &conn, root, indicator, row);
    display.play("key F5\nsleep 700");
    choose(0);
    desk.wait_for(&State::Paused);
    display.play("key F6\nsleep 300");
    choose(0);
    desk.wait_for(&State::Recording);
    desk.settle();
    // Clicked elsewhere, it closes, and nothing else happens.
    let (left, top, _) = open_menu(&display, &conn, root, indicator);
    display.play(&format!("move {} {}\nclick\nsleep 300", left - 100, top - 100));
    assert_eq!((indicators(&conn, root).len(), desk.recorder.state()), (1, State::Recording));
    for (row, key) in [(1, "F7"), (2, "F8")] {
        let before = desk.told("forget");
        display.play(&format!("key {key}\nsleep 700"));
        choose(row);
        wait_for("the journal to tell it", || desk.told("forget") > before);
        desk.wait_for(&State::Recording);
        desk.settle();
    }
    display.play("sleep 300\nkey F9\nsleep 700");
    choose(3);
    desk.wait_for(&State::Stopped);
    let recorded = desk.open();
    let counts = ["F5", "F6", "F7", "F8", "F9"].map(|key| recorded.count(key));
    assert_eq!(counts, [0, 0, 0, 0, 1], "{:?}", recorded.keys);
    let told = |wanted: fn(&Entry) -> bool| recorded.journal.iter().filter(|(_, entry)| wanted(entry)).count();
    // Forgetting is a short pause.
    assert_eq!(told(|entry| matches!(entry, Entry::Pause {})), 3);
    assert_eq!(told(|entry| matches!(entry, Entry::Resume {})), 3);
    assert_eq!(told(|entry| matches!(entry, Entry::Stop { reason } if reason.as_str() == "requested")), 1);
    assert!(told(|entry| matches!(entry, Entry::Forget { .. })) >= 2);
}

#[test]
fn the_hot_key_pauses_and_resumes_wherever_the_keyboard_is() {
    let (display, _clients) = desk();
    let desk = record(&display, Some(understudy_capture::HOTKEY));
    assert_eq!(*desk.recorder.hotkey(), Hotkey::Ready(understudy_capture::HOTKEY.into()));
    desk.settle();
    let press = || display.run("xdotool", &["key", "ctrl+alt+shift+p"]);
    display.play("key F5\nsleep 400");
    press();
    desk.wait_for(&State::Paused);
    display.play("key F6\nsleep 300");
    press();
    desk.wait_for(&State::Recording);
    desk.settle();
    display.play("sleep 300\nkey F7\nsleep 300");
    desk.recorder.stop().expect("stops");
    let recorded = desk.open();
    assert_eq!((recorded.count("F5"), recorded.count("F6"), recorded.count("F7")), (1, 0, 1), "{:?}", recorded.keys);
    assert!(!recorded.keys.iter().any(|key| key.eq_ignore_ascii_case("p")), "{:?}", recorded.keys);
}

#[test]
fn a_hot_key_that_another_program_has_is_told() {
    let (display, _clients) = desk();
    let (conn, root) = display.connect();
    let (mode, modifiers) = (GrabMode::ASYNC, ModMask::from(0b1101_u16));
    conn.grab_key(false, root, modifiers, 33, mode, mode).expect("sent").check().expect("is free");
    let desk = record(&display, Some(understudy_capture::HOTKEY));
    assert_eq!(*desk.recorder.hotkey(), Hotkey::Refused(understudy_capture::HOTKEY.into()));
    desk.settle();
    desk.recorder.stop().expect("stops");
    let told = |entry: &Entry| matches!(entry, Entry::Notice { notice: NoticeName::NoHotkey, .. });
    assert_eq!(desk.open().journal.iter().filter(|(_, entry)| told(entry)).count(), 1);
}

//! The context on a real X server: focus, titles, bounds, monitors, workspaces; and a server that goes away.

#![cfg(target_os = "linux")]

mod display;

use std::time::{Duration, Instant};

use understudy_core::backend::{Batch, Watcher};
use understudy_core::error::ErrorKind;
use understudy_core::event::{ContextEvent, Sample, Window};
use understudy_core::frame::Rect;
use understudy_core::track::{Track, Tracks};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, PropMode, WindowClass};
use x11rb::wrapper::ConnectionExt as _;

use display::{Display, assert_lost};

struct Notes {
    watcher: Box<dyn Watcher>,
    samples: Vec<Sample<ContextEvent>>,
}

impl Notes {
    fn open(display: &Display) -> Self {
        let mut notes = Self { watcher: display.watcher().0, samples: Vec::new() };
        notes.poll();
        notes
    }

    fn poll(&mut self) {
        let mut batch = Batch::default();
        self.watcher.poll(Some(Duration::from_millis(100)), &mut batch).expect("the display is there");
        self.samples.append(&mut batch.samples);
    }

    fn until(&mut self, what: &str, enough: impl Fn(&[ContextEvent]) -> bool) -> Vec<ContextEvent> {
        let start = Instant::now();
        loop {
            let events: Vec<ContextEvent> = self.samples.iter().map(|sample| sample.value.clone()).collect();
            if enough(&events) {
                return events;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{what}: this is all that came: {events:#?}");
            self.poll();
        }
    }
}

fn focused(event: &ContextEvent) -> Option<&Window> {
    match event {
        ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => Some(window),
        _ => None,
    }
}

fn app(event: &ContextEvent) -> Option<&str> {
    focused(event).and_then(|window| window.app.as_ref()).map(|app| app.id.as_str())
}

#[test]
fn the_first_poll_tells_monitors_workspace_and_focus() {
    let display = Display::start("640x480x24", &[]);
    let _manager = display.openbox();
    let (_terminal, _file) = display.xterm_that_saves();
    let mut notes = Notes::open(&display);
    let events = notes.until("the start", |events| events.len() >= 3);
    let ContextEvent::Monitors(monitors) = &events[0] else { panic!("{events:?}") };
    assert_eq!(monitors[0].bounds, Rect { x: 0, y: 0, width: 640, height: 480 });
    assert!(matches!(&events[1], ContextEvent::Workspace(workspace) if workspace.index == 0), "{events:?}");
    let window = focused(&events[2]).unwrap_or_else(|| panic!("{events:?}"));
    let app = window.app.as_ref().unwrap();
    assert_eq!((app.id.as_str(), app.instance.as_str()), ("XTerm", "first"));
    assert!(!window.title.is_empty());
    notes.watcher.resync();
    notes.until("a fresh look", |events| events.len() >= 6);
}

#[test]
fn focus_goes_between_two_windows_in_order_and_with_their_titles() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let _editor = display.spawn("xterm", &["-geometry", "30x10+450+300", "-class", "Editor", "-T", "Name of it"]);
    display.wait_for_window("Editor");
    let _terminal = display.spawn("xterm", &["-geometry", "30x10+0+0", "-class", "Terminal"]);
    display.wait_for_window("Terminal");
    std::thread::sleep(Duration::from_millis(500));
    let mut notes = Notes::open(&display);
    let before = notes.samples.len();
    let click = "move 550 400\nclick\nsleep 120\nmove 100 100\nclick\nsleep 120\n";
    let player = display.play_in_background(&format!("{click}{click}sync\n"));
    let focus = |events: &[ContextEvent]| -> Vec<String> {
        let focus = events[before..].iter().filter(|event| matches!(event, ContextEvent::Focus(_)));
        focus.filter_map(app).map(str::to_owned).collect()
    };
    let events = notes.until("four changes", |events| focus(events).len() >= 4);
    player.join();
    assert_eq!(focus(&events), ["Editor", "Terminal", "Editor", "Terminal"]);
    assert!(
        events.iter().any(|event| focused(event).is_some_and(|window| window.title == "Name of it")),
        "{events:#?}"
    );
    assert!(notes.samples.is_sorted_by_key(|sample| sample.time));
}

#[test]
fn a_focus_change_is_here_within_50_ms_of_its_click() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let _editor = display.spawn("xterm", &["-geometry", "30x10+450+300", "-class", "Editor"]);
    display.wait_for_window("Editor");
    let _terminal = display.spawn("xterm", &["-geometry", "30x10+0+0", "-class", "Terminal"]);
    display.wait_for_window("Terminal");
    std::thread::sleep(Duration::from_millis(500));
    let (backend, _clock) = display.open(&[Track::Pointer]);
    let (mut hook, mut watcher) = (backend.hook.unwrap(), backend.watcher);
    watcher.poll(Some(Duration::ZERO), &mut Batch::default()).unwrap();
    hook.poll(Some(Duration::ZERO), &mut Batch::default()).unwrap();
    display.play("move 550 400\nclick\nsync\n");
    let (mut inputs, mut contexts) = (Batch::default(), Batch::default());
    let start = Instant::now();
    let is_focus = |sample: &&Sample<ContextEvent>| matches!(sample.value, ContextEvent::Focus(_));
    while !contexts.samples.iter().any(|sample| is_focus(&sample)) {
        hook.poll(Some(Duration::from_millis(20)), &mut inputs).unwrap();
        watcher.poll(Some(Duration::from_millis(20)), &mut contexts).unwrap();
        assert!(start.elapsed() < Duration::from_secs(20));
    }
    use understudy_core::event::{InputEvent, PointerAction};
    let down = inputs.samples.iter().find(
        |sample| matches!(&sample.value, InputEvent::Pointer(event) if matches!(event.action, PointerAction::Down(_))),
    );
    let focus = contexts.samples.iter().find(is_focus).unwrap();
    let late = focus.time.since(down.unwrap().time);
    assert!(late < Duration::from_millis(50), "{late:?} by the server's own times");
    println!("focus {late:?} after its click");
}

#[test]
fn a_title_and_bounds_that_change_are_told() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let (_terminal, _file) = display.xterm_that_saves();
    let mut notes = Notes::open(&display);
    notes.until("the terminal", |events| events.iter().any(|event| app(event) == Some("XTerm")));
    let (conn, _root) = display.connect();
    let id = display.wait_for_window("XTerm");
    let atom = |name: &[u8]| conn.intern_atom(false, name).unwrap().reply().unwrap().atom;
    let long = "é".repeat(2000);
    conn.change_property8(PropMode::REPLACE, id, atom(b"_NET_WM_NAME"), atom(b"UTF8_STRING"), long.as_bytes()).unwrap();
    conn.sync().unwrap();
    // All of it is judged; what is recorded of it is cut behind that.
    notes.until("the title", |events| {
        events.iter().any(|event| focused(event).is_some_and(|window| window.title == long))
    });
    display.run("xdotool", &["windowmove", &id.to_string(), "123", "77"]);
    let events = notes.until("the move", |events| {
        events
            .iter()
            .any(|event| matches!(event, ContextEvent::Window(window) if (100..140).contains(&window.bounds.x)))
    });
    let bounds = focused(events.last().unwrap()).unwrap().bounds;
    // The frame's, not the client's.
    let inner = conn.get_geometry(id).unwrap().reply().unwrap();
    assert!(bounds.height > u32::from(inner.height) && bounds.width >= u32::from(inner.width), "{bounds:?} {inner:?}");
}

#[test]
fn monitors_and_workspaces_that_change_are_told() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let mut notes = Notes::open(&display);
    display.resize("640x480");
    let monitors = |events: &[ContextEvent]| {
        events.iter().rev().find_map(|event| match event {
            ContextEvent::Monitors(monitors) => Some(monitors.clone()),
            _ => None,
        })
    };
    notes.until("the resize", |events| monitors(events).is_some_and(|monitors| monitors[0].bounds.width == 640));
    display.run("xrandr", &["--setmonitor", "left", "320/100x480/100+0+0", "screen"]);
    display.run("xrandr", &["--setmonitor", "right", "320/100x480/100+320+0", "none"]);
    // Naming monitors is no event of the server's; a change of size afterwards is.
    display.resize("800x600");
    let events = notes.until("two monitors", |events| monitors(events).is_some_and(|monitors| monitors.len() == 2));
    let names: Vec<String> = monitors(&events).unwrap().into_iter().map(|monitor| monitor.name).collect();
    assert_eq!(names, ["left", "right"]);
    display.run("xrandr", &["--delmonitor", "right"]);
    display.resize("640x480");
    notes.until("one monitor", |events| monitors(events).is_some_and(|monitors| monitors.len() == 1));
    display.run("xdotool", &["set_desktop", "2"]);
    notes.until("the workspace", |events| {
        events.iter().any(|event| matches!(event, ContextEvent::Workspace(workspace) if workspace.index == 2 && !workspace.name.is_empty()))
    });
}

#[test]
fn without_a_window_manager_the_servers_focus_counts() {
    let display = Display::start("640x480x24", &[]);
    let (conn, root) = display.connect();
    let make = |class: &str, x: i16| {
        let id = conn.generate_id().unwrap();
        let look = CreateWindowAux::new().background_pixel(0x0012_3456);
        conn.create_window(0, id, root, x, 10, 100, 100, 0, WindowClass::INPUT_OUTPUT, 0, &look).unwrap();
        let value = format!("{class}\0{class}\0");
        conn.change_property8(PropMode::REPLACE, id, AtomEnum::WM_CLASS, AtomEnum::STRING, value.as_bytes()).unwrap();
        conn.map_window(id).unwrap();
        conn.sync().unwrap();
        id
    };
    let one = make("One", 10);
    let mut notes = Notes::open(&display);
    display.play("move 50 50\nsync\n");
    notes.until("under the pointer", |events| events.last().and_then(app) == Some("One"));
    let two = make("Two", 200);
    for (window, class) in [(two, "Two"), (one, "One"), (two, "Two")] {
        use x11rb::protocol::xproto::InputFocus;
        conn.set_input_focus(InputFocus::NONE, window, x11rb::CURRENT_TIME).unwrap();
        conn.sync().unwrap();
        notes.until(class, |events| events.last().and_then(app) == Some(class));
    }
    conn.destroy_window(two).unwrap();
    conn.sync().unwrap();
    notes.until("nothing", |events| events.last() == Some(&ContextEvent::Focus(None)));
}

#[test]
fn windows_that_come_and_go_at_once_are_no_errors() {
    let display = Display::start("640x480x24", &[]);
    let _manager = display.openbox();
    let mut notes = Notes::open(&display);
    let mut capturer = display.capturer();
    let (conn, root) = display.connect();
    std::thread::scope(|scope| {
        let player = scope.spawn(|| {
            for _ in 0..60 {
                let id = conn.generate_id().unwrap();
                let look = CreateWindowAux::new().background_pixel(0x0012_3456);
                conn.create_window(0, id, root, 10, 10, 100, 100, 0, WindowClass::INPUT_OUTPUT, 0, &look).unwrap();
                conn.map_window(id).unwrap();
                conn.sync().unwrap();
                std::thread::sleep(Duration::from_millis(5));
                conn.destroy_window(id).unwrap();
                conn.sync().unwrap();
            }
        });
        struct Blind;
        impl understudy_core::backend::ScreenSink for Blind {
            fn shot(&mut self, _: understudy_core::backend::Shot<'_>) -> bool {
                true
            }
            fn cursor_image(&mut self, _: understudy_core::clock::Time, _: understudy_core::event::CursorImage) {}
            fn cursor_position(
                &mut self,
                _: understudy_core::clock::Time,
                _: Option<understudy_core::frame::Position>,
            ) {
            }
            fn notice(&mut self, _: understudy_core::backend::Notice) {}
        }
        while !player.is_finished() {
            notes.poll();
            capturer.poll(Some(Duration::from_millis(5)), &mut Blind).unwrap();
        }
    });
}

#[test]
fn an_idle_watcher_does_not_wake() {
    let display = Display::start("640x480x24", &[]);
    let mut notes = Notes::open(&display);
    notes.poll();
    let start = Instant::now();
    notes.watcher.poll(Some(Duration::from_secs(2)), &mut Batch::default()).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2));
    let waker = notes.watcher.waker();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            waker.wake();
        });
        notes.watcher.poll(None, &mut Batch::default()).unwrap();
    });
}

#[test]
fn a_server_that_is_killed_is_lost_within_a_second() {
    struct Blind;
    impl understudy_core::backend::ScreenSink for Blind {
        fn shot(&mut self, _: understudy_core::backend::Shot<'_>) -> bool {
            true
        }
        fn cursor_image(&mut self, _: understudy_core::clock::Time, _: understudy_core::event::CursorImage) {}
        fn cursor_position(&mut self, _: understudy_core::clock::Time, _: Option<understudy_core::frame::Position>) {}
        fn notice(&mut self, _: understudy_core::backend::Notice) {}
    }
    let open = |display: &Display| display.open(&[Track::Pointer, Track::Keyboard, Track::Screen]).0;
    let mut display = Display::start("640x480x24", &[]);
    let mut backend = open(&display);
    assert_lost(&mut display, &mut backend.watcher, |watcher| watcher.poll(None, &mut Batch::default()));
    let mut display = Display::start("640x480x24", &[]);
    let mut hook = open(&display).hook.unwrap();
    assert_lost(&mut display, &mut hook, |hook| hook.poll(None, &mut Batch::default()));
    let mut display = Display::start("640x480x24", &[]);
    let mut capturer = open(&display).capturer.unwrap();
    assert_lost(&mut display, &mut capturer, |capturer| capturer.poll(None, &mut Blind));
}

#[test]
fn a_display_that_is_not_there_is_a_typed_error() {
    let platform = understudy_capture::native(Some(":61999".to_owned()), None).expect("a platform");
    let error = platform.open(Tracks::ALL, &platform.clock()).err().expect("no such display");
    assert_eq!(error.kind(), ErrorKind::DisplayUnavailable);
    assert!(error.message().contains(":61999"), "{error}");
}

//! Input on a real X server: what XTEST plays is what the hook reports.

#![cfg(target_os = "linux")]

mod display;

use std::time::{Duration, Instant};

use understudy_core::backend::NoticeKind;
use understudy_core::event::{
    Button, InputEvent, KeyboardAction, Modifiers, PointerAction, PointerEvent, Sample, Wheel,
};
use understudy_core::frame::Position;

use display::{Display, Listener};

/// Text of every key that went down.
fn typed(samples: &[Sample<InputEvent>]) -> String {
    downs(samples).into_iter().map(|(_, _, text, _)| text).collect()
}

/// Code, key, text and repeat flag of every key that went down.
fn downs(samples: &[Sample<InputEvent>]) -> Vec<(String, String, String, bool)> {
    let down = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Keyboard(event) => match &event.action {
            KeyboardAction::Down { key, repeat } => {
                Some((key.code.as_str().to_owned(), key.key.clone(), key.text.clone(), *repeat))
            }
            _ => None,
        },
        InputEvent::Pointer(_) => None,
    };
    samples.iter().filter_map(down).collect()
}

fn pointer(samples: &[Sample<InputEvent>]) -> Vec<PointerEvent> {
    let event = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Pointer(event) => Some(event.clone()),
        InputEvent::Keyboard(_) => None,
    };
    samples.iter().filter_map(event).collect()
}

fn layouts(samples: &[Sample<InputEvent>]) -> Vec<(String, u8)> {
    let layout = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Keyboard(event) => match &event.action {
            KeyboardAction::Layout(layout) => Some((layout.name.clone(), layout.group)),
            _ => None,
        },
        InputEvent::Pointer(_) => None,
    };
    samples.iter().filter_map(layout).collect()
}

fn modifiers(samples: &[Sample<InputEvent>]) -> Vec<Modifiers> {
    let modifiers = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Keyboard(event) => matches!(event.action, KeyboardAction::Modifiers).then_some(event.modifiers),
        InputEvent::Pointer(_) => None,
    };
    samples.iter().filter_map(modifiers).collect()
}

/// Types into an xterm under a layout; answers what the hook saw and what the terminal received.
fn type_into_xterm(layout: &[&str], text: &str) -> (Vec<Sample<InputEvent>>, String) {
    let display = Display::start("800x600x24", &[]);
    display.run("setxkbmap", layout);
    let (_terminal, file) = display.xterm_that_saves();
    let mut hook = Listener::open(&display);
    display.play(&format!("move 200 150\nclick 1\nsleep 200\ntype {text} every 15\nkey Enter\nsync\n"));
    let samples = hook.until(|samples| downs(samples).iter().any(|(code, ..)| code == "Enter"));
    (samples, display::read_line(&file))
}

#[test]
fn text_in_xterm_comes_out_key_by_key_under_a_us_layout() {
    let text = "Hello, World! {x} ~/a_b #1";
    let (samples, received) = type_into_xterm(&["us"], text);
    assert_eq!(received, text);
    assert_eq!(typed(&samples), text);
    let first = &downs(&samples)[..3];
    let strings = |code: &str, key: &str, text: &str| (code.to_owned(), key.to_owned(), text.to_owned(), false);
    assert_eq!(first, [strings("ShiftLeft", "Shift", ""), strings("KeyH", "H", "H"), strings("KeyE", "e", "e")]);
    assert_eq!(layouts(&samples), [("us".to_owned(), 0)]);
    assert!(samples.is_sorted_by_key(|sample| sample.time));
    let injected = samples.iter().all(|sample| match &sample.value {
        InputEvent::Keyboard(event) => event.injected || !matches!(event.action, KeyboardAction::Down { .. }),
        InputEvent::Pointer(event) => event.injected,
    });
    assert!(injected, "XTEST is told apart");
}

#[test]
fn text_in_xterm_comes_out_under_a_german_layout_with_altgr_and_dead_keys() {
    let text = "Zyüß @{}[]\\~| é à î €";
    let (samples, received) = type_into_xterm(&["de"], text);
    assert_eq!(received, text);
    assert_eq!(typed(&samples), text);
    let downs = downs(&samples);
    assert!(downs.contains(&("KeyY".to_owned(), "Z".to_owned(), "Z".to_owned(), false)), "{downs:?}");
    assert!(downs.contains(&("KeyQ".to_owned(), "@".to_owned(), "@".to_owned(), false)));
    assert!(downs.contains(&("AltRight".to_owned(), "AltGraph".to_owned(), String::new(), false)));
    assert!(downs.contains(&("Equal".to_owned(), "Dead".to_owned(), String::new(), false)));
    assert!(downs.contains(&("KeyE".to_owned(), "é".to_owned(), "é".to_owned(), false)));
    assert_eq!(layouts(&samples), [("de".to_owned(), 0)]);
}

#[test]
fn text_in_xterm_comes_out_under_a_french_layout() {
    let text = "Été à la plage, ça va? 12 ê ï @ #";
    let (samples, received) = type_into_xterm(&["fr"], text);
    assert_eq!(received, text);
    assert_eq!(typed(&samples), text);
    assert!(downs(&samples).contains(&("KeyQ".to_owned(), "a".to_owned(), "a".to_owned(), false)));
}

#[test]
fn text_in_a_gtk_editor_comes_out_key_by_key() {
    for (layout, text) in [("us", "Dear editor, 1+1=2"), ("de", "Grüße: é @ zy"), ("fr", "ça va, à bientôt")] {
        let display = Display::start("800x600x24", &[]);
        display.run("setxkbmap", &[layout]);
        let _manager = display.openbox();
        let (_editor, file) = display.mousepad();
        let mut hook = Listener::open(&display);
        display.play(&format!("move 300 300\nclick 1\nsleep 300\ntype {text} every 30\nkey ControlLeft+KeyS\nsync\n"));
        let samples = hook.until(|samples| downs(samples).iter().any(|(code, ..)| code == "KeyS"));
        assert_eq!(typed(&samples), text);
        assert_eq!(display::read_line(&file).trim_end(), text);
    }
}

#[test]
fn with_control_held_a_key_has_its_letter_and_types_nothing() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    display.play("key ControlLeft+KeyA\nkey ControlLeft+ShiftLeft+KeyC\nkey AltLeft+KeyF\nkey KeyX\nsync\n");
    let samples = hook.until(|samples| typed(samples) == "x");
    let keys: Vec<(String, String)> = downs(&samples).into_iter().map(|(_, key, text, _)| (key, text)).collect();
    let expected =
        [("Control", ""), ("a", ""), ("Control", ""), ("Shift", ""), ("C", ""), ("Alt", ""), ("f", ""), ("x", "x")];
    assert_eq!(keys, expected.map(|(key, text)| (key.to_owned(), text.to_owned())));
    // Modifiers are those after the event, the event's own included.
    let after = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Keyboard(event) => match &event.action {
            KeyboardAction::Down { .. } | KeyboardAction::Up { .. } => Some(event.modifiers),
            _ => None,
        },
        InputEvent::Pointer(_) => None,
    };
    let after: Vec<Modifiers> = samples.iter().filter_map(after).collect();
    let control = Modifiers::CONTROL;
    assert_eq!(after[..4], [control, control, control, Modifiers::NONE]);
}

#[test]
fn eighty_thousand_motions_at_8_khz_come_out_each_at_its_position() {
    let display = Display::start("1280x1024x24", &[]);
    let mut hook = Listener::open(&display);
    let (count, width, height) = (80_000, 1280, 1024);
    let player = display.play_in_background(&format!("flood {count} 8000 {width} {height}\nsync\n"));
    let start = Instant::now();
    let samples = hook.until_count(count, Duration::from_secs(60));
    let took = start.elapsed();
    player.join();
    let moves = pointer(&samples);
    assert_eq!(moves.len(), count);
    for (number, event) in moves.iter().enumerate() {
        let expected = Position { x: (number % width) as i32, y: (number / width % height) as i32 };
        assert_eq!(event.position, expected, "motion {number}");
        assert!(matches!(event.action, PointerAction::Move { .. }) && event.injected);
    }
    assert!(samples.is_sorted_by_key(|sample| sample.time));
    println!("80,000 motions in {took:?}, {} polls", hook.polls);
    assert!(hook.polls < 800, "{} polls: wake-ups followed the mouse", hook.polls);
}

#[test]
fn relative_motions_are_told_apart_from_positions() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    display.play("move 100 100\nrel 5 -7\nrel -10 3\nmove 300 200\nrel 1 1\nsync\n");
    let samples = hook.until(|samples| pointer(samples).len() >= 5);
    let positions: Vec<(i32, i32)> =
        pointer(&samples).iter().map(|event| (event.position.x, event.position.y)).collect();
    assert_eq!(positions, [(100, 100), (105, 93), (95, 96), (300, 200), (301, 201)]);
}

#[test]
fn clicks_land_on_the_pixel_and_the_wheel_turns_in_detents() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    display.play("move 17 23\nclick 1\nmove 639 479\nclick 3\nwheel 2\nwheel -1\nmove 0 0\nclick 2\nsync\n");
    let samples = hook.until(|samples| pointer(samples).len() >= 12);
    let events: Vec<(i32, i32, PointerAction)> = pointer(&samples)
        .into_iter()
        .filter(|event| !matches!(event.action, PointerAction::Move { .. }))
        .map(|event| (event.position.x, event.position.y, event.action))
        .collect();
    let wheel = |delta_y| PointerAction::Wheel(Wheel { delta_x: 0, delta_y, smooth: false });
    let (down, up) = (|button| PointerAction::Down(Button(button)), |button| PointerAction::Up(Button(button)));
    let expected = [
        (17, 23, down(0)),
        (17, 23, up(0)),
        (639, 479, down(2)),
        (639, 479, up(2)),
        (639, 479, wheel(120)),
        (639, 479, wheel(120)),
        (639, 479, wheel(-120)),
        (0, 0, down(1)),
        (0, 0, up(1)),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_held_key_repeats_with_the_flag_and_real_times() {
    let display = Display::start("640x480x24", &[]);
    let (_terminal, _file) = display.xterm_that_saves();
    display.run("xset", &["r", "on"]);
    let mut hook = Listener::open(&display);
    display.play("move 200 150\nclick 1\nsleep 200\nkeydown KeyA\nsleep 1200\nkeyup KeyA\nkey KeyB\nsync\n");
    let samples = hook.until(|samples| typed(samples).ends_with('b'));
    let repeats: Vec<_> = samples
        .iter()
        .filter(|sample| match &sample.value {
            InputEvent::Keyboard(event) => {
                matches!(&event.action, KeyboardAction::Down { key, repeat: true } if key.text == "a")
            }
            InputEvent::Pointer(_) => false,
        })
        .collect();
    // X's default: after 660 ms (or 500), 25 a second.
    assert!(repeats.len() >= 8, "{} repeats", repeats.len());
    let gaps: Vec<Duration> = repeats.windows(2).map(|pair| pair[1].time.since(pair[0].time)).collect();
    let mean = gaps.iter().sum::<Duration>() / u32::try_from(gaps.len()).unwrap();
    assert!((20..=60).contains(&mean.as_millis()), "{gaps:?}");
    assert_eq!(downs(&samples).iter().filter(|(code, _, _, repeat)| code == "KeyA" && !repeat).count(), 1);
}

#[test]
fn modifiers_held_at_the_start_are_reported_and_keys_not_invented() {
    let display = Display::start("640x480x24", &[]);
    display.play("keydown ShiftLeft\nkeydown KeyA\nsync\n");
    let mut hook = Listener::open(&display);
    let samples = hook.until(|samples| !modifiers(samples).is_empty());
    assert_eq!(modifiers(&samples), [Modifiers::SHIFT]);
    assert_eq!(downs(&samples), []);
    display.play("keyup KeyA\nkeyup ShiftLeft\nsync\n");
    hook.wait();
    hook.hook.resync();
    let samples = hook.until(|samples| modifiers(samples).len() == 2);
    assert_eq!(modifiers(&samples)[1], Modifiers::NONE);
}

#[test]
fn a_change_of_layout_is_a_record_and_changes_the_text() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    display.play("key KeyZ\nsync\n");
    hook.until(|samples| typed(samples) == "z");
    display.run("setxkbmap", &["de,us", ",", "-option", "grp:menu_toggle"]);
    display.play("key KeyZ\nsync\n");
    hook.until(|samples| typed(samples) == "zy");
    display.play("key ContextMenu\nkey KeyZ\nsync\n");
    let samples = hook.until(|samples| typed(samples) == "zyz");
    assert_eq!(layouts(&samples), [("us".to_owned(), 0), ("de".to_owned(), 0), ("us".to_owned(), 1)]);
}

#[test]
fn an_idle_hook_does_not_wake_and_its_waker_ends_a_poll() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    hook.wait();
    let waker = hook.hook.waker();
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(700));
            waker.wake();
        });
        hook.poll(None);
    });
    let slept = start.elapsed();
    assert!((650..2000).contains(&slept.as_millis()), "one poll slept {slept:?}");
    let waker = hook.hook.waker();
    waker.wake();
    let start = Instant::now();
    hook.poll(Some(Duration::from_secs(5)));
    assert!(start.elapsed() < Duration::from_secs(1), "a use before the poll is not lost");
}

#[test]
fn all_there_is_was_found() {
    let display = Display::start("640x480x24", &[]);
    let mut hook = Listener::open(&display);
    hook.poll(Some(Duration::from_millis(10)));
    let missing: Vec<&NoticeKind> = hook.batch.notices.iter().map(|notice| &notice.kind).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

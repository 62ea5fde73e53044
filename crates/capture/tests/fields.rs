//! What fields hold, and that they are no more: of real applications, and of one that hangs and lies.

#![cfg(target_os = "linux")]

mod display;
mod listener;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use understudy_core::backend::ElementEvent;
use understudy_core::typed::Role;

use display::{AccessibilityBus, Display, Process};
use listener::{Listener, middle, signal};

const PATIENCE: Duration = Duration::from_secs(20);
/// A field that was left for good is told within this time.
const PROMPT: Duration = Duration::from_secs(2);
/// One that is there still is asked more than once within this.
const WHILE: Duration = Duration::from_millis(2500);

/// An application that tells of its fields by itself, and writes down what it is asked.
struct Liar {
    process: Process,
    log: PathBuf,
}

impl Liar {
    fn start(display: &Display, bus: &AccessibilityBus, fields: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/display/liar.py");
        let log = display.file("asked");
        let first = [script, &bus.address, &log.to_string_lossy()];
        let process = display.spawn("/usr/bin/python3", &[&first, fields].concat());
        display.wait_for_window("Liar.py");
        Self { process, log }
    }

    /// Gives the keyboard to the next of its fields.
    fn proceed(&self) {
        signal(&self.process, "USR1");
    }

    /// Has its fields behave as they do later.
    fn turn(&self) {
        signal(&self.process, "USR2");
        let start = Instant::now();
        while !self.asked().contains(&"turned".to_owned()) {
            assert!(start.elapsed() < PATIENCE, "it has not turned");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn asked(&self) -> Vec<String> {
        std::fs::read_to_string(&self.log).expect("it writes").lines().map(str::to_owned).collect()
    }

    /// Which of its fields, by their places, were asked this.
    fn asked_for(&self, member: &str) -> Vec<usize> {
        let of = |line: &String| line.strip_suffix(member)?.trim().parse().ok();
        let mut fields: Vec<usize> = self.asked().iter().filter_map(of).collect();
        fields.dedup();
        fields
    }
}

/// What fields were told to hold.
fn held(listener: &Listener) -> Vec<&str> {
    let texts = listener.events.iter().map(|event| match event {
        ElementEvent::Holds { text, .. } => Some(text.expose()),
        _ => None,
    });
    texts.flatten().collect()
}

#[test]
fn what_a_field_holds_is_told_when_it_gets_the_keyboard_and_when_it_is_asked_again() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    let name = listener.until_known("Name");
    assert_eq!(listener.until_held(name.id), "");
    display.play("type Gruss 7\nsync\n");
    listener.wait();
    assert_eq!(held(&listener), [""; 0], "nobody is asked for each key");
    listener.ask_again();
    let window = listener.until("what it holds", |event| match event {
        ElementEvent::Holds { id, window, text } if *id == name.id && text.expose() == "Gruss 7" => Some(*window),
        _ => None,
    });
    assert_eq!(window, name.window);
    listener.ask_again();
    listener.wait();
    assert_eq!(held(&listener), [""; 0], "that was told");
    display.play("key Tab\nkey Tab\nsync\n");
    let city = listener.until_known("City");
    assert_eq!(listener.until_held(city.id), "");
    display.play(&middle(name.bounds.expect("it has")));
    listener.until_known("Name");
    listener.wait();
    assert_eq!(held(&listener), [""; 0], "it holds the same");
}

#[test]
fn of_a_long_text_what_lies_around_the_caret_is_told() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let around = format!("{}{}{}", "a".repeat(48), "😀".repeat(4000), "b".repeat(48));
    let text = format!("text={}{around}{},caret=5000", "a".repeat(2952), "b".repeat(2952));
    let liar = Liar::start(&display, &bus, &[&text, "x=1000000"]);
    let id = listener.until_known("Field 0").id;
    assert!(listener.until_held(id) == around);
    liar.proceed();
    let id = listener.until_known("Field 1").id;
    assert_eq!(listener.until_held(id), "x".repeat(4096));
}

#[test]
fn a_password_is_not_asked_for_even_when_it_is_shown() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let liar = Liar::start(&display, &bus, &["password,text=hunter2/text=hunter2", "text=harmless"]);
    assert_eq!(listener.until_focused("password", "").0, Role::Password);
    listener.ask_again();
    liar.turn();
    listener.ask_again();
    listener.wait();
    assert_eq!(held(&listener), [""; 0]);
    liar.proceed();
    let id = listener.until_known("Field 1").id;
    assert_eq!(listener.until_held(id), "harmless");
    for member in ["CaretOffset", "CharacterCount", "GetText"] {
        assert_eq!(liar.asked_for(member), [1], "{member}");
    }
}

#[test]
fn a_text_that_is_late_too_long_or_of_another_type_is_none() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let fields = [
        "text=held",
        "text=late,no=GetText",
        "text=late,no=CaretOffset",
        "text=longer than it says,count=3",
        "x=1000000,count=4096",
        "text=number,typed=GetText",
        "text=number,typed=CaretOffset",
        "text=number,typed=CharacterCount",
        "text=no caret,caret=-1",
        "text=no text,count=-1",
        "text=beyond its end,caret=99",
        "text=held too",
    ];
    let liar = Liar::start(&display, &bus, &fields);
    let first = listener.until_known("Field 0").id;
    assert_eq!(listener.until_held(first), "held");
    for (number, words) in fields.iter().enumerate().take(fields.len() - 1).skip(1) {
        liar.proceed();
        listener.until_known(&format!("Field {number}"));
        let took = listener.ask_again();
        assert!(took < Duration::from_secs(1), "{words}: {took:?}");
        listener.wait();
        assert_eq!(held(&listener), [""; 0], "{words}");
    }
    liar.proceed();
    let last = listener.until_known(&format!("Field {}", fields.len() - 1)).id;
    assert_eq!(listener.until_held(last), "held too");
}

#[test]
fn a_field_whose_name_does_not_come_in_time_is_unknown() {
    let display = Display::start("640x480x24", &[]);
    let (bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let liar = Liar::start(&display, &bus, &["text=one", "no=Name,text=two", "typed=Name,text=three"]);
    listener.until_known("Field 0");
    for _ in 0..2 {
        liar.proceed();
        assert_eq!(listener.until_focused("unknown", "").0, Role::Unknown);
        listener.wait();
        let known = |event: &&ElementEvent| matches!(event, ElementEvent::Focused { role: Role::Known, .. });
        assert_eq!(listener.events.iter().find(known), None);
    }
}

#[test]
fn a_field_is_gone_with_its_dialog_and_its_application() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let mut form = display.form(None);
    let name = listener.until_known("Name").id;
    display.play("key F2\nsync\n");
    let asked = listener.until_known("Where to").id;
    listener.accessibility.watch(&[name, asked]);
    assert_eq!(listener.gone_within(WHILE), [0; 0]);
    display.play("key Escape\nsync\n");
    assert_eq!(listener.gone_within(PROMPT), [asked]);
    form.kill();
    assert_eq!(listener.gone_within(PROMPT), [name]);
}

#[test]
fn what_is_not_watched_is_not_told_to_be_gone_and_a_pause_forgets_no_field() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let mut form = display.form(None);
    let name = listener.until_known("Name").id;
    display.play("key Tab\nkey Tab\nsync\n");
    let city = listener.until_known("City").id;
    listener.reopen();
    listener.accessibility.watch(&[city, city ^ 1]);
    form.kill();
    assert_eq!(listener.gone_within(PROMPT), [city]);
    listener.accessibility.watch(&[city]);
    assert_eq!(listener.gone_within(WHILE), [0; 0], "once");
    listener.accessibility.watch(&[name]);
    assert_eq!(listener.gone_within(PROMPT), [name]);
}

#[test]
fn only_what_plainly_says_so_is_gone() {
    const FATES: [(&str, bool); 14] = [
        ("/error=org.freedesktop.DBus.Error.UnknownObject", true),
        ("/error=org.freedesktop.DBus.Error.UnknownMethod", true),
        ("/defunct", true),
        ("/", false),
        ("/hidden", false),
        ("/password", false),
        ("/typed=GetState", false),
        ("/error=org.freedesktop.DBus.Error.Failed", false),
        ("/error=org.freedesktop.DBus.Error.NoReply", false),
        ("/error=org.freedesktop.DBus.Error.Timeout", false),
        ("/error=org.freedesktop.DBus.Error.AccessDenied", false),
        // What only the bus can say, of a peer.
        ("/error=org.freedesktop.DBus.Error.ServiceUnknown", false),
        ("/error=org.freedesktop.DBus.Error.NameHasNoOwner", false),
        ("/no=GetState", false),
    ];
    let display = Display::start("640x480x24", &[]);
    let (mut bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let liar = Liar::start(&display, &bus, &FATES.map(|(words, _)| words));
    let mut ids = Vec::new();
    for number in 0..FATES.len() {
        ids.push(listener.until_known(&format!("Field {number}")).id);
        liar.proceed();
    }
    listener.accessibility.watch(&ids);
    assert_eq!(listener.gone_within(WHILE), [0; 0]);
    let turned = Instant::now();
    liar.turn();
    let gone: Vec<u64> = ids.iter().zip(FATES).filter_map(|(id, (_, gone))| gone.then_some(*id)).collect();
    assert_eq!(listener.gone_within(WHILE), gone);
    // One of them hangs, and is asked less and less.
    listener.gone_within(Duration::from_secs(5));
    let hangs = format!("{} GetState", FATES.len() - 1);
    let since = liar.asked().into_iter().skip_while(|line| line != "turned");
    let asked = since.filter(|line| *line == hangs).count();
    assert!((2..=4).contains(&asked), "{asked} times in {:?}", turned.elapsed());
    bus.daemon.kill();
    assert_eq!(listener.gone_within(WHILE), [0; 0], "nobody is left to tell");
}

#[test]
fn an_application_that_hangs_is_there_still_and_keeps_nobody_waiting() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let form = display.form(None);
    let name = listener.until_known("Name");
    listener.accessibility.watch(&[name.id]);
    signal(&form, "STOP");
    assert_eq!(listener.gone_within(WHILE), [0; 0]);
    signal(&form, "KILL");
    assert_eq!(listener.gone_within(Duration::from_secs(5)), [name.id]);
}

#[test]
fn a_page_that_is_left_takes_its_fields_with_it() {
    let display = Display::start("1000x800x24", &[]);
    let (session, _manager) = (display.session(), display.openbox());
    display.name_bus(&session.accessibility());
    let mut listener = Listener::open(&display);
    let page = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/tests/display/hiding.html");
    let _browser = display.chromium(&session, &["--force-renderer-accessibility", page]);
    let street = listener.until_known("Street").id;
    assert_eq!(listener.until_held(street), "");
    display.play("type Hauptweg 7\nsync\n");
    listener.ask_again();
    assert_eq!(listener.until_held(street), "Hauptweg 7");
    listener.accessibility.watch(&[street]);
    assert_eq!(listener.gone_within(WHILE), [0; 0]);
    // Whatever hides it, it is the same one when it is shown again.
    for keys in ["ControlLeft+KeyT", "ControlLeft+KeyW", "F9", "F9", "F4", "F4"] {
        display.play(&format!("key {keys}\nsync\n"));
        assert_eq!(listener.gone_within(WHILE), [0; 0], "{keys}");
    }
    display.play("key F2\nsync\n");
    assert_eq!(listener.gone_within(PROMPT), [street]);
    // Back, to what was typed: that is another field for whoever tells of it.
    display.play("key AltLeft+ArrowLeft\nsync\n");
    let again = listener.until_known("Street").id;
    assert_ne!(again, street);
    assert_eq!(listener.until_held(again), "Hauptweg 7");
    listener.accessibility.watch(&[again]);
    display.play("key F8\nsync\n");
    assert_eq!(listener.gone_within(PROMPT), [again], "it was taken out of the page");
}

#[test]
fn an_element_of_another_window_is_none_of_the_one_that_is_active() {
    let display = Display::start("800x600x24", &[]);
    let (_bus, _manager) = (display.accessibility_bus(), display.openbox());
    let mut listener = Listener::open(&display);
    let _form = display.form(None);
    let window = display.wait_for_window("Form.py");
    listener.until_known("Name");
    listener.until_called("the form", |called| {
        called.iter().flat_map(|called| &called.windows).any(|window| window.name.as_deref() == Some("Form"))
    });
    display.play("key F2\nsync\n");
    let asked = listener.until_known("Where to");
    assert_ne!(asked.window, u64::from(window));
    listener.wait();
    listener.events.clear();
    // The server says that the form is active, and the dialog's field still says that it has the keyboard.
    display.activate(window);
    let element = listener.until("the form", |event| match event {
        ElementEvent::Focused { role: Role::Unknown, element: Some(element) } => Some(element.clone()),
        _ => None,
    });
    assert_eq!((element.window, element.name.as_str(), element.id), (u64::from(window), "", asked.id));
    listener.wait();
    let named = |event: &ElementEvent| matches!(event, ElementEvent::Focused { element: Some(element), .. } if !element.name.is_empty());
    assert!(!listener.events.iter().any(named), "{:?}", listener.events);
}

//! A desktop that does what a test says: windows that lie over one another and show something, a keyboard, fields. Its clock goes by script.

#![allow(dead_code, reason = "each test binary uses its own part")]

mod system;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use understudy_core::backend::{ElementEvent, Said, Scene, Shown};
use understudy_core::clock::{Clock, Time};
use understudy_core::event::{
    App, Code, ContextEvent, InputEvent, Key, KeyboardAction, KeyboardEvent, Modifiers, Sample, Window,
};
use understudy_core::frame::{Frame, PixelFormat, Rect, Size};
use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, ForgetLast, Recorder, State};
use understudy_core::policy::Policy;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::Tracks;
use understudy_core::verify::verify;

use self::system::{Line, Puppet, Says, Screen, Way};
use crate::agreed::{config, terms};

pub(crate) const EDITOR: u64 = 1;
pub(crate) const BROWSER: u64 = 2;
/// What a window shows that must not be seen.
pub(crate) const SECRET: u32 = 0x00fe_0107;
const SIZE: Size = Size { width: 80, height: 60 };
const FORMAT: PixelFormat = PixelFormat::Bgrx8;
const BACKGROUND: u32 = 0x0010_1010;

/// Pictures by their times in nanoseconds.
pub(crate) type Pictures = BTreeMap<u64, Frame>;

/// A window.
#[derive(Clone)]
pub(crate) struct Win {
    id: u64,
    bounds: Rect,
    color: u32,
    reveals: bool,
    popup: bool,
}

impl Win {
    pub(crate) fn new(id: u64, bounds: Rect, color: u32) -> Self {
        Self { id, bounds, color, reveals: false, popup: false }
    }

    /// A menu.
    pub(crate) fn popup(self) -> Self {
        Self { popup: true, ..self }
    }

    /// It shows what must not be seen.
    pub(crate) fn revealing(self) -> Self {
        Self { reveals: true, ..self }
    }

    fn as_window(&self) -> Window {
        let id = if self.id == EDITOR { "Editor" } else { "Browser" };
        let app = App { id: id.into(), instance: id.to_lowercase() };
        Window { id: self.id, app: Some(app), title: format!("{id} 1"), bounds: self.bounds }
    }
}

/// The desktop, and a recorder of it.
pub(crate) struct Desk {
    recorder: Recorder,
    identity: Identity,
    files: MemoryFiles,
    clock: Clock,
    keys: Way<Sample<InputEvent>>,
    context: Way<Sample<ContextEvent>>,
    fields: Way<Sample<ElementEvent>>,
    screens: Way<Screen>,
    watched: Arc<Mutex<Vec<u64>>>,
    says: Says,
    windows: Vec<Win>,
    /// What is on the screen: what nobody draws stays, where the system leaves it.
    picture: Frame,
    passed: Vec<Scene>,
    leaves: bool,
    /// Windows that were destroyed since the last shot, and when the first of them was there still.
    gone: Vec<u64>,
    there: Option<Time>,
    /// What could be seen in each shot.
    shots: Pictures,
}

impl Desk {
    pub(crate) fn start(trusted: &[u64]) -> Self {
        Self::start_with(trusted, Config::HOLD_BYTES)
    }

    pub(crate) fn start_with(trusted: &[u64], hold_bytes: usize) -> Self {
        Self::start_on(trusted, hold_bytes, true)
    }

    /// Windows say what they show.
    pub(crate) fn start_that_says() -> Self {
        Self::open(&[], Config::HOLD_BYTES, true, Some(Says::default()))
    }

    pub(crate) fn start_on(trusted: &[u64], hold_bytes: usize, leaves: bool) -> Self {
        Self::open(trusted, hold_bytes, leaves, None)
    }

    fn open(trusted: &[u64], hold_bytes: usize, leaves: bool, says: Option<Says>) -> Self {
        let (identity, clock, files) = (Identity::random(), Clock::manual(), MemoryFiles::default());
        let (keys, say_keys, heard_keys) = Line::new();
        let (context, say_context, heard_context) = Line::new();
        let (fields, say_fields, heard_fields) = Line::new();
        let (screens, say_screens, heard_screens) = Line::new();
        let watched = Arc::new(Mutex::default());
        let puppet = Puppet {
            clock: clock.clone(),
            keys,
            context,
            fields,
            screens,
            watched: Arc::clone(&watched),
            says: says.clone(),
        };
        let names = trusted.iter().map(|id| if *id == EDITOR { "Editor" } else { "Browser" }.to_owned());
        let policy = Policy::default().trusting(names).unwrap();
        let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).unwrap();
        let config = Config { max_fps: 240, hold_bytes, ..config(receipt, policy) };
        let sink = Arc::clone(&files);
        let recorder = Recorder::start(Box::new(puppet), config, || Ok(Box::new(MemorySink(sink)))).unwrap();
        Self {
            recorder,
            identity,
            files,
            clock,
            keys: Way { say: say_keys, heard: heard_keys },
            context: Way { say: say_context, heard: heard_context },
            fields: Way { say: say_fields, heard: heard_fields },
            screens: Way { say: say_screens, heard: heard_screens },
            watched,
            says: says.unwrap_or_default(),
            windows: Vec::new(),
            picture: Frame::new(SIZE, FORMAT),
            passed: Vec::new(),
            leaves,
            gone: Vec::new(),
            there: None,
            shots: Pictures::new(),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now().as_nanos()
    }

    pub(crate) fn pass(&mut self, millis: u64) {
        self.clock.advance(self.clock.now().after(Duration::from_millis(millis)));
    }

    /// Every window, bottom first.
    pub(crate) fn lay(&mut self, windows: &[Win]) {
        self.windows = windows.to_vec();
        self.picture.fill(SIZE.bounds(), BACKGROUND);
        self.draw_all();
    }

    /// All is drawn anew, as when the recorder has just looked.
    pub(crate) fn lay_again(&mut self) {
        self.passed.clear();
    }

    pub(crate) fn has(&self, window: u64) -> bool {
        self.windows.iter().any(|win| win.id == window)
    }

    pub(crate) fn put(&mut self, window: u64, x: i32, y: i32) {
        self.rearrange(|windows| {
            for win in windows.iter_mut().filter(|win| win.id == window) {
                (win.bounds.x, win.bounds.y) = (x, y);
            }
        });
    }

    pub(crate) fn raise(&mut self, window: u64) {
        self.rearrange(|windows| windows.sort_by_key(|win| win.id == window));
    }

    /// It goes, and what lies behind it is drawn, or not.
    pub(crate) fn close(&mut self, window: u64, draws: bool) {
        let change = |windows: &mut Vec<Win>| windows.retain(|win| win.id != window);
        if draws || !self.leaves {
            return self.rearrange(change);
        }
        change(&mut self.windows);
        self.pass_scene(Vec::new());
    }

    /// One more window, over the others.
    pub(crate) fn open_window(&mut self, win: Win) {
        self.rearrange(|windows| windows.push(win));
    }

    /// It goes, and its number may be another's from now on. What lies behind it is drawn.
    pub(crate) fn destroy(&mut self, window: u64) {
        self.there.get_or_insert(self.clock.now());
        self.pass(1);
        self.gone.push(window);
        self.rearrange(|windows| windows.retain(|win| win.id != window));
    }

    pub(crate) fn change(&mut self, window: u64, color: u32) {
        self.redraw(window, |win| win.color = color);
    }

    /// It shows what must not be seen, or no longer.
    pub(crate) fn reveal(&mut self, window: u64, reveals: bool) {
        self.redraw(window, |win| win.reveals = reveals);
    }

    pub(crate) fn focus(&mut self, window: u64) {
        let window = self.windows.iter().find(|win| win.id == window).map(Win::as_window);
        self.context.tell(Sample { time: self.clock.now(), value: ContextEvent::Focus(window) });
    }

    pub(crate) fn tell(&mut self, event: ElementEvent) {
        self.fields.tell(Sample { time: self.clock.now(), value: event });
    }

    pub(crate) fn key(&mut self, key: char) {
        self.press(&key.to_string(), Modifiers::NONE);
    }

    pub(crate) fn paste(&mut self) {
        self.press("v", Modifiers::CONTROL);
    }

    /// The screen is grabbed, if anything can be seen of it.
    pub(crate) fn shoot(&mut self) {
        self.pass(3);
        let mut scenes = std::mem::take(&mut self.passed);
        scenes.push(self.scene(Vec::new()));
        self.shots.insert(self.now(), self.picture.clone());
        let screen = Screen {
            time: self.clock.now(),
            picture: self.picture.clone(),
            scenes,
            leaves: self.leaves,
            gone: self.there.take().map(|there| (there, std::mem::take(&mut self.gone))),
        };
        self.screens.tell(screen);
    }

    /// What can be seen.
    pub(crate) fn expected(&self) -> Frame {
        self.picture.clone()
    }

    /// The same, these windows painted over where they show.
    pub(crate) fn expected_without(&self, masked: &[u64]) -> Frame {
        let mut picture = Frame::new(SIZE, FORMAT);
        picture.fill(SIZE.bounds(), BACKGROUND);
        for win in &self.windows {
            match masked.contains(&win.id) {
                true => picture.fill(win.bounds, FORMAT.mask_color()),
                false => draw(&mut picture, win),
            }
        }
        picture
    }

    pub(crate) fn watched(&self) -> Vec<u64> {
        // It is told between two polls.
        std::thread::sleep(Duration::from_millis(50));
        self.watched_so_far()
    }

    /// The same, as far as it was told.
    pub(crate) fn watched_so_far(&self) -> Vec<u64> {
        self.watched.lock().unwrap().clone()
    }

    pub(crate) fn pause(&self) {
        self.recorder.pause().unwrap();
    }

    pub(crate) fn resume(&self) {
        self.recorder.resume().unwrap();
    }

    pub(crate) fn forget(&self, millis: u64) {
        let last = Duration::from_millis(millis);
        self.recorder.forget(&ForgetLast { last, app: None, window: None }).unwrap();
    }

    pub(crate) fn unmask(&self) {
        self.recorder.unmask().unwrap();
    }

    /// From now on a window says this of itself.
    pub(crate) fn say(&mut self, window: u64, said: Said) {
        self.says.lock().unwrap().insert(window, (said, 0));
    }

    /// Lets time pass until a window has been asked so often for what it says now, and once more for the answer to be heard.
    pub(crate) fn until_asked(&mut self, window: u64, count: usize) {
        let began = Instant::now();
        while self.says.lock().unwrap().get(&window).is_some_and(|(_, asked)| *asked < count) {
            assert!(began.elapsed() < Duration::from_secs(30), "window {window} is not asked");
            self.pass(20);
            std::thread::sleep(Duration::from_millis(3));
        }
        std::thread::sleep(Duration::from_millis(150));
    }

    /// Lets time pass until so many windows are painted over.
    pub(crate) fn until_masked(&mut self, count: usize) {
        let began = Instant::now();
        while self.recorder.status().masked != count {
            assert!(began.elapsed() < Duration::from_secs(30), "{} are", self.recorder.status().masked);
            self.pass(20);
            self.shoot();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until the window with the keyboard is withheld, or no longer.
    pub(crate) fn until_withheld(&self, withheld: bool) {
        let began = Instant::now();
        while (self.recorder.state() == State::Withheld) != withheld {
            assert!(began.elapsed() < Duration::from_secs(30), "it is {:?}", self.recorder.state());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it; answers every picture. Each is what was on the screen then, or is painted over.
    pub(crate) fn stop(self) -> Pictures {
        self.stop_and_tell().0
    }

    /// The same, and what was typed, and what windows with the focus and elements are called.
    pub(crate) fn stop_and_tell(self) -> (Pictures, Vec<String>) {
        self.recorder.stop().unwrap();
        let source = MemorySource(self.files.lock().unwrap().clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let body = verified.body.as_ref().unwrap();
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).unwrap();
        let (mut pictures, mut told) = (Pictures::new(), Vec::new());
        while let Some(item) = reader.next_item().unwrap() {
            match item.value {
                ItemValue::Frame(_) => {
                    pictures.insert(item.time.as_nanos(), reader.picture().unwrap().clone());
                }
                ItemValue::Keyboard(event) => {
                    told.extend(match event.action {
                        KeyboardAction::Down { key, .. } => Some(key.text.to_string()),
                        _ => None,
                    });
                }
                ItemValue::Context(event) => {
                    told.extend(match event {
                        ContextEvent::Focus(window) => {
                            Some(window.map_or_else(|| "none".into(), |window| window.title))
                        }
                        ContextEvent::Window(window) => Some(window.title),
                        ContextEvent::Element(_, element) => Some(element.name),
                        _ => None,
                    });
                }
                _ => {}
            }
        }
        for (time, picture) in &pictures {
            let there = self.shots[time].pixels().iter().zip(picture.pixels());
            let foreign = there.filter(|(was, is)| was != is && **is != FORMAT.mask_color()).count();
            assert_eq!(foreign, 0, "pixels at {time} that were not there");
        }
        (pictures, told)
    }

    fn press(&mut self, key: &str, modifiers: Modifiers) {
        self.strike(key, if modifiers == Modifiers::NONE { key } else { "" }, modifiers);
    }

    /// Presses a key that means this and types that.
    pub(crate) fn strike(&mut self, key: &str, text: &str, modifiers: Modifiers) {
        let key = Key { code: Code::UNIDENTIFIED, key: key.into(), text: text.into() };
        let action = KeyboardAction::Down { key, repeat: false };
        let value = InputEvent::Keyboard(KeyboardEvent { modifiers, injected: false, action });
        self.keys.tell(Sample { time: self.clock.now(), value });
    }

    /// Windows lie elsewhere, and all of the screen is drawn anew.
    fn rearrange(&mut self, change: impl FnOnce(&mut Vec<Win>)) {
        change(&mut self.windows);
        self.picture.fill(SIZE.bounds(), BACKGROUND);
        self.draw_all();
    }

    fn draw_all(&mut self) {
        self.windows.iter().for_each(|win| draw(&mut self.picture, win));
        self.pass_scene(vec![SIZE.bounds()]);
    }

    fn redraw(&mut self, window: u64, change: impl FnOnce(&mut Win)) {
        let Some(at) = self.windows.iter().position(|win| win.id == window) else { return };
        change(&mut self.windows[at]);
        self.windows[at..].iter().for_each(|win| draw(&mut self.picture, win));
        let drawn = self.windows[at].bounds.intersect(SIZE.bounds());
        self.pass_scene(drawn.into_iter().collect());
    }

    fn pass_scene(&mut self, drawn: Vec<Rect>) {
        let scene = self.scene(drawn);
        self.passed.push(scene);
    }

    fn scene(&self, drawn: Vec<Rect>) -> Scene {
        let shown = |win: &Win| Shown { window: win.as_window(), covers: true, popup: win.popup };
        Scene { windows: self.windows.iter().map(shown).collect(), composed: false, drawn }
    }
}

fn draw(picture: &mut Frame, win: &Win) {
    picture.fill(win.bounds, win.color);
    if win.reveals {
        let Rect { x, y, width, height } = win.bounds;
        picture.fill(Rect { x: x + 3, y: y + 3, width: width - 6, height: height - 6 }, SECRET);
    }
}

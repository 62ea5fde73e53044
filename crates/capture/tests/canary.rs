//! An excluded application's window on a real X server, with colours that nothing else has: covered, moved, hidden, shown again, over
//! windows that paint and one that never does. No frame of the recording has a pixel of it.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]
#![cfg(target_os = "linux")]

#[path = "../../core/tests/agreed/mod.rs"]
mod agreed;
mod display;

use std::sync::Arc;
use std::time::{Duration, Instant};

use understudy_core::backend::{AtStop, Backend, Indicator, Platform};
use understudy_core::clock::Clock;
use understudy_core::error::Result;
use understudy_core::frame::{Frame, PixelFormat};
use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::receipt::Receipt;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::verify;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, PropMode, Rectangle, StackMode,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use agreed::{config, terms};
use display::Display;

/// Red and blue of the canary's pixels; its green changes all the time.
const CANARY: u32 = 0x00f1_001f;
const RED_AND_BLUE: u32 = 0x00ff_00ff;
/// The colour of the window that covers.
const COVER: u32 = 0x0022_7744;
const WALL: u32 = 0x0040_5060;

/// How long the windows dance: `CANARY_SECONDS`, or so long that the test is quick.
fn dance() -> Duration {
    let seconds = std::env::var("CANARY_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(8))
}

/// Where the dance begins: `CANARY_SEED`.
fn first_step() -> u32 {
    std::env::var("CANARY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Without an indicator, which the windows of these tests would cover.
struct Bare(Box<dyn Platform>);

impl Platform for Bare {
    fn clock(&self) -> Clock {
        self.0.clock()
    }

    fn indicator(&self, _clock: &Clock, _at_stop: AtStop) -> Result<Option<Box<dyn Indicator>>> {
        Ok(None)
    }

    fn open(&self, tracks: Tracks, clock: &Clock) -> Result<Backend> {
        self.0.open(tracks, clock)
    }
}

struct Recording {
    recorder: Recorder,
    identity: Identity,
    files: MemoryFiles,
}

impl Recording {
    fn start(display: &Display, policy: Policy) -> Self {
        let identity = Identity::random();
        let tracks: Tracks = [Track::Screen].into_iter().collect();
        let receipt = Receipt::sign(&terms(tracks), &identity).unwrap();
        let config = Config { tracks, max_fps: 240, platform: "x11".into(), ..config(receipt, policy) };
        let files = MemoryFiles::default();
        let sink = MemorySink(Arc::clone(&files));
        let platform = Bare(understudy_capture::native(Some(display.name.clone()), None).unwrap());
        let recorder = Recorder::start(Box::new(platform), config, || Ok(Box::new(sink))).unwrap();
        while recorder.stats().frames == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { recorder, identity, files }
    }

    /// Stops, and looks at every frame; answers how many there were.
    fn stop(self, mut look: impl FnMut(&Frame)) -> usize {
        self.recorder.stop().unwrap();
        let source = MemorySource(self.files.lock().unwrap().clone());
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let body = verified.body.as_ref().unwrap();
        let opener = self.identity.opening(&body.receipt).expect("derives");
        let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).unwrap();
        let mut frames = 0;
        while let Some(item) = reader.next_item().unwrap() {
            if matches!(item.value, ItemValue::Frame(_)) {
                frames += 1;
                look(reader.picture().unwrap());
            }
        }
        frames
    }
}

/// An unframed window. Without a colour the server paints nothing into it: what was there stays.
fn window(conn: &RustConnection, root: u32, class: &str, bounds: (i16, i16, u16, u16), color: Option<u32>) -> u32 {
    let id = conn.generate_id().unwrap();
    let look = CreateWindowAux::new().override_redirect(1);
    let look = color.map_or(look, |color| look.background_pixel(color));
    let (x, y, width, height) = bounds;
    conn.create_window(0, id, root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &look).unwrap();
    let value = format!("{}\0{class}\0", class.to_lowercase());
    conn.change_property8(PropMode::REPLACE, id, AtomEnum::WM_CLASS, AtomEnum::STRING, value.as_bytes()).unwrap();
    conn.map_window(id).unwrap();
    conn.sync().unwrap();
    id
}

fn fill(conn: &RustConnection, drawable: u32, color: u32, (x, y, width, height): (i16, i16, u16, u16)) {
    fill_all(conn, drawable, color, &[Rectangle { x, y, width, height }]);
}

fn fill_all(conn: &RustConnection, drawable: u32, color: u32, rects: &[Rectangle]) {
    let gc = conn.generate_id().unwrap();
    conn.create_gc(gc, drawable, &CreateGCAux::new().foreground(color)).unwrap();
    conn.poly_fill_rectangle(drawable, gc, rects).unwrap();
    conn.free_gc(gc).unwrap();
}

/// Paints the canary: stripes of all its colours, others each time.
fn sing(conn: &RustConnection, canary: u32, step: u32) {
    for stripe in 0..12_u32 {
        let green = (step * 17 + stripe * 31) % 256;
        fill(conn, canary, CANARY | green << 8, (0, (stripe * 15) as i16, 240, 15));
    }
}

fn is_canary(pixel: u32) -> bool {
    pixel & RED_AND_BLUE == CANARY
}

fn count(frame: &Frame, is: impl Fn(u32) -> bool) -> usize {
    frame.pixels().iter().filter(|pixel| is(**pixel)).count()
}

/// Some places where a frame shows the canary.
fn places(frame: &Frame) -> Vec<(u32, u32)> {
    let width = frame.size().width;
    let all = (0_u32..).zip(frame.pixels()).filter(|(_, pixel)| is_canary(**pixel));
    all.map(|(place, _)| (place % width, place / width)).step_by(7).take(12).collect()
}

fn vault() -> Policy {
    Policy::excluding(["vault".into()]).unwrap()
}

#[test]
fn no_frame_shows_an_excluded_window_whatever_it_and_others_do() {
    let display = Display::start("800x600x24", &[]);
    let _manager = display.openbox();
    let (_terminal, _file) = display.xterm_that_saves();
    let (conn, root) = display.connect();
    let wall = window(&conn, root, "Wall", (0, 0, 800, 600), Some(WALL));
    // One that never paints, as an application that hangs: what lay on it stays to be seen.
    let hung = window(&conn, root, "Hung", (300, 0, 500, 600), None);
    let cover = window(&conn, root, "Cover", (100, 250, 300, 250), Some(COVER));
    let canary = window(&conn, root, "Vault", (150, 200, 240, 180), Some(CANARY));
    sing(&conn, canary, 0);
    conn.sync().unwrap();
    let recording = Recording::start(&display, vault());
    let start = Instant::now();
    let first = first_step();
    let (mut step, mut rests) = (first, 0);
    while start.elapsed() < dance() {
        step += 1;
        let place =
            |speed: u32, room: u32| ((step * speed) % (2 * room)).min(2 * room - (step * speed) % (2 * room)) as i32;
        match step % 40 {
            0 => drop(conn.unmap_window(canary).unwrap()),
            3 => drop(conn.map_window(canary).unwrap()),
            8 | 28 => {
                drop(conn.configure_window(canary, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap())
            }
            13 => drop(conn.configure_window(cover, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap()),
            18 => drop(conn.configure_window(hung, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap()),
            23 => drop(conn.configure_window(canary, &ConfigureWindowAux::new().stack_mode(StackMode::BELOW)).unwrap()),
            33 => drop(
                conn.configure_window(cover, &ConfigureWindowAux::new().x(place(5, 400)).y(place(3, 250))).unwrap(),
            ),
            _ => drop(
                conn.configure_window(canary, &ConfigureWindowAux::new().x(place(7, 560)).y(place(4, 420))).unwrap(),
            ),
        }
        if !step.is_multiple_of(3) {
            sing(&conn, canary, step);
        }
        fill(&conn, cover, COVER + ((step % 5) << 4), ((step * 13 % 280) as i16, 10, 12, 12));
        // One request, told as one box that holds everything.
        let corner = |x, y| Rectangle { x, y, width: 20, height: 20 };
        fill_all(&conn, wall, WALL + step % 7, &[corner(0, 0), corner(780, 580)]);
        conn.sync().unwrap();
        std::thread::sleep(Duration::from_millis(4));
        if step.is_multiple_of(250) {
            // What was left over windows that paint may be seen again once they have.
            conn.configure_window(cover, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap();
            conn.sync().unwrap();
            std::thread::sleep(Duration::from_millis(700));
            rests += 1;
        }
    }
    let (mut canaries, mut covers, mut number) = (0, 0, 0);
    let frames = recording.stop(|frame| {
        number += 1;
        let seen = count(frame, is_canary);
        assert_eq!(seen, 0, "frame {number} shows {seen} pixels of the canary: {:?}", places(frame));
        canaries += usize::from(count(frame, |pixel| pixel == PixelFormat::Bgrx8.mask_color()) > 0);
        covers += usize::from(count(frame, |pixel| pixel == COVER) > 10_000);
    });
    println!("{} steps, {frames} frames, {canaries} with a mask, {covers} that show what covers", step - first);
    assert!(frames > 100 && canaries > frames / 2 && rests > 0 && covers >= rests);
}

#[test]
fn what_covers_is_shown_and_what_was_left_comes_back_once_it_was_drawn() {
    let display = Display::start("400x300x24", &[]);
    let (conn, root) = display.connect();
    let wall = window(&conn, root, "Wall", (0, 0, 400, 300), Some(WALL));
    let canary = window(&conn, root, "Vault", (100, 50, 200, 200), Some(CANARY));
    window(&conn, root, "Cover", (100, 150, 200, 100), Some(COVER));
    let recording = Recording::start(&display, vault());
    let settle = || std::thread::sleep(Duration::from_millis(900));
    settle();
    conn.unmap_window(canary).unwrap();
    fill(&conn, wall, WALL + 1, (0, 0, 10, 10));
    conn.sync().unwrap();
    settle();
    let mut frames = Vec::new();
    recording.stop(|frame| frames.push(frame.clone()));
    let mask = |pixel| pixel == PixelFormat::Bgrx8.mask_color();
    let (first, last) = (frames.first().unwrap(), frames.last().unwrap());
    assert_eq!((count(first, mask), count(first, |pixel| pixel == COVER)), (200 * 100, 200 * 100));
    assert_eq!((count(last, mask), count(last, |pixel| pixel == COVER)), (0, 200 * 100), "{} frames", frames.len());
    assert!(frames.iter().all(|frame| count(frame, is_canary) == 0));
}

#[test]
fn what_an_excluded_window_left_on_one_that_hangs_stays_painted_over() {
    let display = Display::start("400x300x24", &[]);
    let (conn, root) = display.connect();
    window(&conn, root, "Wall", (0, 0, 400, 300), Some(WALL));
    let hung = window(&conn, root, "Hung", (50, 0, 350, 300), None);
    let canary = window(&conn, root, "Vault", (100, 50, 200, 200), Some(CANARY));
    let recording = Recording::start(&display, vault());
    conn.unmap_window(canary).unwrap();
    conn.sync().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    fill(&conn, hung, COVER, (0, 0, 150, 300));
    conn.sync().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let mut last = None;
    recording.stop(|frame| {
        assert_eq!(count(frame, is_canary), 0);
        last = Some(frame.clone());
    });
    // It was drawn over from 50 to 200; the rest is as the canary left it.
    let masked = count(&last.unwrap(), |pixel| pixel == PixelFormat::Bgrx8.mask_color());
    assert_eq!(masked, 100 * 200);
}

#[test]
fn under_a_compositor_nothing_of_it_is_shown_either() {
    let display = Display::start("400x300x24", &["+extension", "Composite"]);
    let compositor = display.spawn("picom", &["--backend", "xrender", "--fading", "--fade-delta", "12"]);
    let (conn, root) = display.connect();
    let selection = conn.intern_atom(false, b"_NET_WM_CM_S0").unwrap().reply().unwrap().atom;
    display.wait_for("a compositor", |conn, _| {
        let owner = conn.get_selection_owner(selection).ok()?.reply().ok()?.owner;
        (owner != x11rb::NONE).then_some(())
    });
    let wall = window(&conn, root, "Wall", (0, 0, 400, 300), Some(WALL));
    let canary = window(&conn, root, "Vault", (100, 50, 200, 200), Some(CANARY));
    window(&conn, root, "Cover", (150, 100, 100, 100), Some(COVER));
    let recording = Recording::start(&display, vault());
    for step in 0..120_u32 {
        sing(&conn, canary, step);
        let at = ConfigureWindowAux::new().x((step * 11 % 200) as i32).y((step * 7 % 100) as i32);
        conn.configure_window(canary, &at).unwrap();
        let change = if step % 20 == 10 { conn.unmap_window(canary) } else { conn.map_window(canary) };
        drop(change.unwrap());
        fill(&conn, wall, WALL + step % 5, (0, 0, 400, 300));
        conn.sync().unwrap();
        std::thread::sleep(Duration::from_millis(25));
    }
    conn.unmap_window(canary).unwrap();
    conn.sync().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    fill(&conn, wall, WALL, (0, 0, 400, 300));
    conn.sync().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let mut last = None;
    let frames = recording.stop(|frame| {
        // While it fades, it is mixed with what lies behind; nothing else is that red.
        let red = count(frame, |pixel| (pixel >> 16) & 0xff > 0x60);
        assert_eq!(red, 0, "a picture shows it");
        last = Some(frame.clone());
    });
    drop(compositor);
    let masked = count(&last.unwrap(), |pixel| pixel == PixelFormat::Bgrx8.mask_color());
    assert!(frames > 20 && masked == 0, "{frames} frames, {masked} pixels are painted over still");
}

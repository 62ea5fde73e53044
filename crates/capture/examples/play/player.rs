//! Runs commands.

use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

use understudy_capture::keymap;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::keys::Keys;
use crate::windows::Windows;

type Outcome = Result<(), Box<dyn Error>>;

/// Positions a second on an eased way.
const HZ: u32 = 120;
/// How long a key or button is held, and the usual time from key to key.
const HOLD: Duration = Duration::from_millis(12);
const PACE: Duration = Duration::from_millis(40);

pub(crate) struct Player {
    conn: RustConnection,
    root: u32,
}

impl Player {
    pub(crate) fn connect(display: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let (conn, screen) = x11rb::connect(display)?;
        conn.xtest_get_version(2, 2)?.reply()?;
        let root = conn.setup().roots[screen].root;
        Ok(Self { conn, root })
    }

    pub(crate) fn run(&mut self, line: &str) -> Outcome {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let button = words.first().map_or(Ok(1), |word| word.parse::<u8>());
        match (command, words.as_slice()) {
            ("sleep", [millis]) => {
                self.conn.flush()?;
                sleep(Duration::from_millis(millis.parse()?));
                Ok(())
            }
            ("move", [x, y]) => self.put(x.parse()?, y.parse()?),
            ("move", [x, y, "over", millis]) => {
                self.glide(x.parse()?, y.parse()?, Duration::from_millis(millis.parse()?))
            }
            ("rel", [x, y]) => self.fake(MOTION_NOTIFY_EVENT, 1, x.parse()?, y.parse()?),
            ("down", [] | [_]) => self.fake(BUTTON_PRESS_EVENT, button?, 0, 0),
            ("up", [] | [_]) => self.fake(BUTTON_RELEASE_EVENT, button?, 0, 0),
            ("click", [] | [_]) => self.click(button?),
            ("wheel", [detents]) => {
                let detents: i32 = detents.parse()?;
                for _ in 0..detents.unsigned_abs() {
                    self.click(if detents < 0 { 4 } else { 5 })?;
                }
                Ok(())
            }
            ("key", [codes]) => {
                let keycodes = codes.split('+').map(keycode).collect::<Result<Vec<u8>, _>>()?;
                self.stroke(&keycodes)
            }
            ("keydown", [code]) => self.fake(KEY_PRESS_EVENT, keycode(code)?, 0, 0),
            ("keyup", [code]) => self.fake(KEY_RELEASE_EVENT, keycode(code)?, 0, 0),
            ("type", _) => self.type_text(rest),
            ("flood", [count, rate, width, height]) => {
                self.flood(0, count.parse()?, rate.parse()?, [width.parse()?, height.parse()?])
            }
            ("flood", [count, rate, width, height, "from", first]) => {
                self.flood(first.parse()?, count.parse()?, rate.parse()?, [width.parse()?, height.parse()?])
            }
            ("show", [class]) => self.windows().show(class),
            ("maximize", [class]) => self.windows().maximize(class),
            ("place", [class, x, y, width, height]) => {
                self.windows().place(class, [x.parse()?, y.parse()?, width.parse()?, height.parse()?])
            }
            ("sync", []) => self.sync(),
            _ => Err(format!("not understood: {line}").into()),
        }
    }

    pub(crate) fn sync(&self) -> Outcome {
        self.conn.get_input_focus()?.reply()?;
        Ok(())
    }

    fn windows(&self) -> Windows<'_> {
        Windows { conn: &self.conn, root: self.root }
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) -> Outcome {
        self.conn.xtest_fake_input(kind, detail, 0, self.root, x, y, 0)?;
        self.conn.flush()?;
        Ok(())
    }

    fn put(&self, x: i16, y: i16) -> Outcome {
        self.fake(MOTION_NOTIFY_EVENT, 0, x, y)
    }

    fn click(&self, button: u8) -> Outcome {
        self.fake(BUTTON_PRESS_EVENT, button, 0, 0)?;
        sleep(HOLD);
        self.fake(BUTTON_RELEASE_EVENT, button, 0, 0)
    }

    /// A hand's way: slow at both ends, a little bent.
    fn glide(&self, x: i16, y: i16, over: Duration) -> Outcome {
        let from = self.conn.query_pointer(self.root)?.reply()?;
        let steps = (over.as_secs_f64() * f64::from(HZ)).ceil().max(1.0) as u32;
        let start = Instant::now();
        let (dx, dy) = (f64::from(x - from.root_x), f64::from(y - from.root_y));
        for step in 1..=steps {
            let part = f64::from(step) / f64::from(steps);
            let eased = part * part * (3.0 - 2.0 * part);
            let bend = (part * std::f64::consts::PI).sin() * 0.06;
            let at =
                |from: i16, along: f64, across: f64| (f64::from(from) + along * eased + across * bend).round() as i16;
            self.put(at(from.root_x, dx, -dy), at(from.root_y, dy, dx))?;
            sleep_until(start + over.mul_f64(part));
        }
        Ok(())
    }

    /// Presses keys in order, releases them the other way around.
    fn stroke(&self, keycodes: &[u8]) -> Outcome {
        for keycode in keycodes {
            self.fake(KEY_PRESS_EVENT, *keycode, 0, 0)?;
        }
        sleep(HOLD);
        for keycode in keycodes.iter().rev() {
            self.fake(KEY_RELEASE_EVENT, *keycode, 0, 0)?;
        }
        Ok(())
    }

    fn type_text(&self, rest: &str) -> Outcome {
        let paced = rest.rsplit_once(" every ").and_then(|(text, millis)| Some((text, millis.trim().parse().ok()?)));
        let (text, pace) = paced.map_or((rest, PACE), |(text, millis)| (text, Duration::from_millis(millis)));
        let keys = Keys::read(&self.conn)?;
        for typed in text.replace("\\n", "\n").chars() {
            let start = Instant::now();
            let strokes = keys.strokes(typed).ok_or_else(|| format!("the active layout cannot type {typed:?}"))?;
            for stroke in strokes {
                let mut keycodes = stroke.held;
                keycodes.push(stroke.keycode);
                self.stroke(&keycodes)?;
            }
            sleep_until(start + pace);
        }
        Ok(())
    }

    fn flood(&self, first: u32, count: u32, rate: u32, [width, height]: [u32; 2]) -> Outcome {
        let start = Instant::now();
        for number in 0..count {
            let at = first + number;
            let (x, y) = (at % width, at / width % height);
            self.conn.xtest_fake_input(
                MOTION_NOTIFY_EVENT,
                0,
                0,
                self.root,
                i16::try_from(x)?,
                i16::try_from(y)?,
                0,
            )?;
            // A millisecond's worth goes out together: nobody sleeps an eighth of one exactly.
            if number % (rate / 1000).max(1) == 0 {
                self.conn.flush()?;
                sleep_until(start + Duration::from_secs_f64(f64::from(number) / f64::from(rate)));
            }
        }
        self.sync()
    }
}

fn keycode(code: &str) -> Result<u8, String> {
    let key = keymap::to_evdev(code).ok_or_else(|| format!("{code} is no W3C code that this keyboard has"))?;
    u8::try_from(key + 8).map_err(|_| format!("X has no keycode for {code}"))
}

fn sleep_until(instant: Instant) {
    sleep(instant.saturating_duration_since(Instant::now()));
}

//! Measures how long a key takes to become a pixel: XTEST, then the server's own framebuffer. See `USAGE`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

#[cfg(target_os = "linux")]
const USAGE: &str = "\
Usage: echo --display :N --framebuffer FILE --rect X,Y,W,H [--keys N] [--every MS]

Presses KeyX and Backspace in turn in whatever has the keyboard, and waits until pixels in a rectangle change. The
pixels are read from the file that Xvfb maps (`-fbdir`): looking costs the server nothing.
Prints {\"milliseconds\":[…],\"unanswered\":N}, a number for each key that showed.

  --rect X,Y,W,H   where what is typed shows, in pixels of the screen
  --keys N         how many keys (default 50)
  --every MS       from key to key (default 80)";

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match linux::Options::parse(&arguments) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("echo: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match linux::measure(&options) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("echo: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("echo: works on Linux with X11 only");
    std::process::ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
mod linux {
    use std::error::Error;
    use std::fs::File;
    use std::os::unix::fs::FileExt;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use understudy_capture::keymap;
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
    use x11rb::protocol::xtest::ConnectionExt as _;
    use x11rb::rust_connection::RustConnection;

    /// A key that has not shown after this long will not.
    const PATIENCE: Duration = Duration::from_millis(500);
    /// Between two looks; short beside what is measured, and long enough to leave the processor to the others.
    const LOOK: Duration = Duration::from_micros(50);
    /// How long a key is held.
    const HOLD: Duration = Duration::from_millis(12);

    pub(super) struct Options {
        display: Option<String>,
        framebuffer: String,
        rect: [u64; 4],
        keys: usize,
        every: Duration,
    }

    impl Options {
        pub(super) fn parse(arguments: &[String]) -> Result<Self, Box<dyn Error>> {
            let mut options = Self {
                display: None,
                framebuffer: String::new(),
                rect: [0; 4],
                keys: 50,
                every: Duration::from_millis(80),
            };
            for pair in arguments.chunks(2) {
                let [name, value] = pair else { return Err(format!("{} lacks a value", pair.join(" ")).into()) };
                match name.as_str() {
                    "--display" => options.display = Some(value.clone()),
                    "--framebuffer" => options.framebuffer.clone_from(value),
                    "--rect" => options.rect = rect(value)?,
                    "--keys" => options.keys = value.parse()?,
                    "--every" => options.every = Duration::from_millis(value.parse()?),
                    _ => return Err(format!("unknown argument {name}").into()),
                }
            }
            if options.framebuffer.is_empty() || options.rect[2] * options.rect[3] == 0 {
                return Err("--framebuffer and --rect are needed".into());
            }
            Ok(options)
        }
    }

    fn rect(value: &str) -> Result<[u64; 4], Box<dyn Error>> {
        let numbers = value.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
        numbers.try_into().map_err(|_| format!("{value} is no rectangle X,Y,W,H").into())
    }

    pub(super) fn measure(options: &Options) -> Result<String, Box<dyn Error>> {
        let (conn, screen) = x11rb::connect(options.display.as_deref())?;
        conn.xtest_get_version(2, 2)?.reply()?;
        let root = conn.setup().roots[screen].root;
        let mut window = Window::open(&options.framebuffer, options.rect)?;
        let mut milliseconds = Vec::with_capacity(options.keys);
        for number in 0..options.keys {
            let start = Instant::now();
            let code = if number % 2 == 0 { "KeyX" } else { "Backspace" };
            if let Some(took) = press(&conn, root, code, &mut window)? {
                milliseconds.push(format!("{:.3}", took.as_secs_f64() * 1000.0));
            }
            sleep(options.every.saturating_sub(start.elapsed()));
        }
        let unanswered = options.keys - milliseconds.len();
        Ok(format!("{{\"milliseconds\":[{}],\"unanswered\":{unanswered}}}", milliseconds.join(",")))
    }

    /// Presses a key and waits until it shows, then lets it go.
    fn press(
        conn: &RustConnection,
        root: u32,
        code: &str,
        window: &mut Window,
    ) -> Result<Option<Duration>, Box<dyn Error>> {
        let key = keymap::to_evdev(code).ok_or("the keyboard lacks the key")?;
        let keycode = u8::try_from(key + 8)?;
        window.look()?;
        let start = Instant::now();
        conn.xtest_fake_input(KEY_PRESS_EVENT, keycode, 0, root, 0, 0, 0)?;
        conn.flush()?;
        let mut took = None;
        while took.is_none() && start.elapsed() < PATIENCE {
            sleep(LOOK);
            if window.look()? {
                took = Some(start.elapsed());
            }
        }
        sleep(HOLD.saturating_sub(start.elapsed()));
        conn.xtest_fake_input(KEY_RELEASE_EVENT, keycode, 0, root, 0, 0, 0)?;
        conn.flush()?;
        Ok(took)
    }

    /// A rectangle of the framebuffer, as X dumps windows.
    struct Window {
        file: File,
        rect: [u64; 4],
        start: u64,
        row_length: u64,
        pixels: Vec<u8>,
    }

    impl Window {
        fn open(path: &str, rect: [u64; 4]) -> Result<Self, Box<dyn Error>> {
            let file = File::open(path)?;
            let mut header = [0; 80];
            file.read_exact_at(&mut header, 0)?;
            let member = |index: usize| {
                let bytes = &header[4 * index..4 * index + 4];
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
            };
            if member(1) != 7 || member(11) != 32 {
                return Err("the framebuffer has not 32 bits a pixel".into());
            }
            let start = member(0) + 12 * member(19);
            Ok(Self { file, rect, start, row_length: member(12), pixels: Vec::new() })
        }

        /// Whether anything changed since the last look.
        fn look(&mut self) -> Result<bool, Box<dyn Error>> {
            let [x, y, width, height] = self.rect;
            let row = usize::try_from(4 * width)?;
            let mut pixels = vec![0; row * usize::try_from(height)?];
            for (at, line) in (y..).zip(pixels.chunks_exact_mut(row)) {
                self.file.read_exact_at(line, self.start + at * self.row_length + 4 * x)?;
            }
            let changed = pixels != self.pixels;
            self.pixels = pixels;
            Ok(changed)
        }
    }
}

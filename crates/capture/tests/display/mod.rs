//! A private X display for each test, with real applications; whatever it starts, it ends, and nothing else.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use understudy_core::backend::{Backend, Batch, Capturer, Hook, Watcher};
use understudy_core::clock::Clock;
use understudy_core::error::ErrorKind;
use understudy_core::event::{InputEvent, Sample};
use understudy_core::track::{Track, Tracks};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const PATIENCE: Duration = Duration::from_secs(20);

/// A running Xvfb.
pub(crate) struct Display {
    server: Process,
    pub(crate) name: String,
    folder: PathBuf,
    names_bus: AtomicBool,
}

const FORM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/display/form.py");

/// A bus that knows the applications of a display.
pub(crate) struct AccessibilityBus {
    pub(crate) daemon: Process,
    pub(crate) address: String,
}

/// A session with accessibility.
pub(crate) struct Session {
    launcher: Process,
    bus: Process,
    pub(crate) address: String,
}

impl Session {
    /// Where its accessibility bus listens.
    pub(crate) fn accessibility(&self) -> String {
        self.send(&["org.a11y.Bus.GetAddress"]).trim().to_owned()
    }

    /// A bus that has just started may refuse.
    fn send(&self, arguments: &[&str]) -> String {
        let mut output = self.try_to_send(arguments);
        for _ in 0..20 {
            if output.status.success() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
            output = self.try_to_send(arguments);
        }
        assert!(output.status.success(), "dbus-send {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn try_to_send(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("dbus-send");
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command.args(["--session", "--print-reply=literal", "--dest=org.a11y.Bus", "/org/a11y/bus"]);
        command.args(arguments).output().expect("dbus-send runs")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It ends the bus that it started only when it is asked to end.
        drop(Command::new("kill").arg(self.launcher.id().to_string()).status());
        drop(self.launcher.0.wait());
    }
}

/// In a test that runs again in a session: the name of its display.
pub(crate) const IN_SESSION: &str = "UNDERSTUDY_TEST_DISPLAY";

/// A child that is killed and waited for when it is dropped.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Display {
    /// Starts Xvfb with a screen such as `640x480x24` on a display that is free.
    pub(crate) fn start(screen: &str, arguments: &[&str]) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Xvfb cannot be started ({error}): apt-get install xvfb"));
        let mut number = String::new();
        let output = server.stdout.take().expect("its output is a pipe");
        let server = Process(server);
        BufReader::new(output).read_line(&mut number).expect("Xvfb says its display");
        assert!(!number.trim().is_empty(), "Xvfb {screen} {arguments:?} ended before it had a display");
        let folder = std::env::temp_dir().join(format!("understudy-capture-{}-{}", std::process::id(), server.id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Self { server, name: format!(":{}", number.trim()), folder, names_bus: AtomicBool::new(false) }
    }

    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    pub(crate) fn connect(&self) -> (RustConnection, u32) {
        let (conn, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let root = conn.setup().roots[screen].root;
        (conn, root)
    }

    pub(crate) fn kill(&mut self) {
        self.server.kill();
    }

    /// A file of the test's own, which goes with the display.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env("LC_ALL", "C.UTF-8").env("HOME", &self.folder);
        command.env_remove("XDG_RUNTIME_DIR").env("NO_AT_BRIDGE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs a program to its end.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program).args(arguments).status();
        let status = status.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"));
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }

    /// Gives the screen another size, such as `640x480`, not larger than at the start. Xvfb has only that one mode by itself,
    /// and no size in millimetres, without which `xrandr` needs `--dpi`.
    pub(crate) fn resize(&self, size: &str) {
        let (width, height) = size.split_once('x').expect("WIDTHxHEIGHT");
        let mode = ["--newmode", size, "25", width, width, width, width, height, height, height, height];
        // Fails where the mode is there already.
        drop(self.command("xrandr").args(mode).status());
        drop(self.command("xrandr").args(["--addmode", "screen", size]).status());
        self.run("xrandr", &["--dpi", "96", "--output", "screen", "--mode", size]);
    }

    /// Starts a program that runs on.
    pub(crate) fn spawn(&self, program: &str, arguments: &[&str]) -> Process {
        let child = self.command(program).args(arguments).spawn();
        Process(child.unwrap_or_else(|error| panic!("{program} cannot be started: {error}")))
    }

    /// Starts an accessibility bus of this display's own, which the display names, as a desktop's launcher does.
    pub(crate) fn accessibility_bus(&self) -> AccessibilityBus {
        let address = format!("--address=unix:path={}/at-spi", self.folder.display());
        let mut daemon = self
            .command("dbus-daemon")
            .args(["--config-file=/usr/share/defaults/at-spi2/accessibility.conf", "--nofork", "--nopidfile"])
            .args(["--print-address=1", &address])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon cannot be started ({error}): apt-get install at-spi2-core"));
        let output = daemon.stdout.take().expect("its output is a pipe");
        let daemon = Process(daemon);
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address).expect("the bus says its address");
        let address = address.trim().to_owned();
        self.name_bus(&address);
        AccessibilityBus { daemon, address }
    }

    /// Has the display name its accessibility bus.
    pub(crate) fn name_bus(&self, address: &str) {
        self.names_bus.store(true, Ordering::Release);
        self.run("xprop", &["-root", "-f", "AT_SPI_BUS", "8s", "-set", "AT_SPI_BUS", address]);
    }

    /// Whether it names one.
    pub(crate) fn has_accessibility(&self) -> bool {
        self.names_bus.load(Ordering::Acquire)
    }

    /// Has the display say that this window is active, as any client can.
    pub(crate) fn activate(&self, window: u32) {
        let (conn, root) = self.connect();
        let atom = conn.intern_atom(false, b"_NET_ACTIVE_WINDOW").expect("sent").reply().expect("an atom").atom;
        let written = conn.change_property32(PropMode::REPLACE, root, atom, AtomEnum::WINDOW, &[window]);
        written.expect("sent").check().expect("written");
    }

    /// Writes on a window that it is another process's, as any client can.
    pub(crate) fn name_process(&self, window: u32, process: u32) {
        let (window, process) = (window.to_string(), process.to_string());
        self.run("xprop", &["-id", &window, "-f", "_NET_WM_PID", "32c", "-set", "_NET_WM_PID", &process]);
    }

    /// Starts a session's bus, with accessibility switched on as a desktop's settings do.
    pub(crate) fn session(&self) -> Session {
        let address = format!("unix:path={}/session", self.folder.display());
        let bus = self.spawn(
            "dbus-daemon",
            &["--session", "--nofork", "--nopidfile", "--nosyslog", &format!("--address={address}")],
        );
        let start = Instant::now();
        while !self.folder.join("session").exists() {
            assert!(start.elapsed() < PATIENCE, "the session's bus did not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        let launcher =
            self.command("/usr/libexec/at-spi-bus-launcher").env("DBUS_SESSION_BUS_ADDRESS", &address).spawn();
        let launcher = launcher.unwrap_or_else(|error| panic!("{error}: apt-get install at-spi2-core"));
        let session = Session { launcher: Process(launcher), bus, address };
        let switch = ["string:org.a11y.Status", "string:IsEnabled", "variant:boolean:true"];
        session.send(&[&["org.freedesktop.DBus.Properties.Set"], &switch[..]].concat());
        session
    }

    /// Starts a program that runs on and tells of its elements: on the display's own bus, or on the session's.
    pub(crate) fn spawn_accessible(&self, session: Option<&Session>, program: &str, arguments: &[&str]) -> Process {
        let mut command = self.command(program);
        command.env_remove("NO_AT_BRIDGE").env_remove("DBUS_SESSION_BUS_ADDRESS").args(arguments);
        command.envs(session.map(|session| ("DBUS_SESSION_BUS_ADDRESS", &session.address)));
        Process(command.spawn().unwrap_or_else(|error| panic!("{program} cannot be started: {error}")))
    }

    /// Starts a GTK form, and waits until it shows.
    pub(crate) fn form(&self, session: Option<&Session>) -> Process {
        let form = self.spawn_accessible(session, "/usr/bin/python3", &[FORM]);
        self.wait_for_window("Form.py");
        form
    }

    /// The same, of which accessibility is told nothing: it starts no bus by itself, either.
    pub(crate) fn silent_form(&self) -> Process {
        let form = self.spawn("/usr/bin/python3", &[FORM]);
        self.wait_for_window("Form.py");
        form
    }

    /// Runs one test of this binary again, by itself, in a session.
    pub(crate) fn run_test_in(&self, session: &Session, test: &str) {
        let mut command = Command::new(std::env::current_exe().expect("a test knows itself"));
        command.args([test, "--exact", "--nocapture"]);
        command.env("DBUS_SESSION_BUS_ADDRESS", &session.address);
        command.env("DISPLAY", &self.name).env(IN_SESSION, &self.name);
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts a browser with a profile of its own, and waits until it shows.
    pub(crate) fn chromium(&self, session: &Session, arguments: &[&str]) -> Process {
        let profile = format!("--user-data-dir={}/profile", self.folder.display());
        let mut all =
            vec![profile.as_str(), "--no-sandbox", "--no-first-run", "--disable-gpu", "--window-size=900,700"];
        all.extend(["--window-position=10,10", "--disable-background-networking", "--password-store=basic"]);
        all.extend(arguments);
        let browser = self.spawn_accessible(Some(session), "chromium", &all);
        self.wait_for_window("Chromium");
        browser
    }

    /// Starts openbox, and waits until it manages.
    pub(crate) fn openbox(&self) -> Process {
        let manager = self.spawn("openbox", &[]);
        self.wait_for("a window manager", |conn, root| {
            use x11rb::protocol::xproto::{AtomEnum, ConnectionExt};
            let atom = conn.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").ok()?.reply().ok()?.atom;
            let reply = conn.get_property(false, root, atom, AtomEnum::WINDOW, 0, 1).ok()?.reply().ok()?;
            (!reply.value.is_empty()).then_some(())
        });
        manager
    }

    /// Starts an xterm that writes the first line typed into it to a file, and waits until it shows.
    pub(crate) fn xterm_that_saves(&self) -> (Process, PathBuf) {
        let file = self.folder.join("typed");
        let script = format!(
            "IFS= read -r line; printf '%s' \"$line\" > '{0}.part'; mv '{0}.part' '{0}'; sleep 1000",
            file.display()
        );
        let arguments = ["-u8", "-geometry", "60x20+0+0", "-name", "first", "-e", "sh", "-c", &script];
        let terminal = self.spawn("xterm", &arguments);
        self.wait_for_window("XTerm");
        // The shell inside has to come up as well.
        std::thread::sleep(Duration::from_millis(400));
        (terminal, file)
    }

    /// Starts a GTK editor on a file that does not exist before it is saved, and waits until it shows.
    pub(crate) fn mousepad(&self) -> (Process, PathBuf) {
        let file = self.folder.join("notes.txt");
        let editor = self.spawn("mousepad", &["--disable-server", &file.to_string_lossy()]);
        self.wait_for_window("Mousepad");
        std::thread::sleep(Duration::from_millis(800));
        (editor, file)
    }

    /// Waits until a window of this class shows.
    pub(crate) fn wait_for_window(&self, class: &str) -> u32 {
        self.wait_for(class, |conn, root| find_window(conn, root, class))
    }

    pub(crate) fn wait_for<T>(&self, what: &str, mut check: impl FnMut(&RustConnection, u32) -> Option<T>) -> T {
        let (conn, root) = self.connect();
        let start = Instant::now();
        loop {
            if let Some(found) = check(&conn, root) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "{what} did not come up on {}", self.name);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Plays a script by `examples/play`.
    pub(crate) fn play(&self, script: &str) {
        self.play_in_background(script).join();
    }

    pub(crate) fn play_in_background(&self, script: &str) -> Player {
        let mut child = Command::new(player())
            .args(["--display", &self.name])
            .stdin(Stdio::piped())
            .spawn()
            .expect("the player was built");
        let mut input = child.stdin.take().expect("its input is a pipe");
        input.write_all(script.as_bytes()).expect("the player reads");
        drop(input);
        Player(Process(child))
    }

    pub(crate) fn open(&self, tracks: &[Track]) -> (Backend, Clock) {
        let platform = understudy_capture::native(Some(self.name.clone()), None).expect("a platform");
        let clock = platform.clock();
        let tracks: Tracks = tracks.iter().copied().collect();
        (platform.open(tracks, &clock).expect("the display can be captured"), clock)
    }

    pub(crate) fn capturer(&self) -> Box<dyn Capturer> {
        self.open(&[Track::Screen]).0.capturer.expect("the screen was asked for")
    }

    pub(crate) fn watcher(&self) -> (Box<dyn Watcher>, Clock) {
        let (backend, clock) = self.open(&[]);
        (backend.watcher, clock)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

pub(crate) struct Player(Process);

impl Player {
    pub(crate) fn join(mut self) {
        let status = self.0.0.wait().expect("the player can be waited for");
        assert!(status.success(), "the player: {status}");
    }
}

/// The built player. Cargo builds examples before it runs tests, but tells no test where.
fn player() -> &'static Path {
    static PLAYER: OnceLock<PathBuf> = OnceLock::new();
    PLAYER.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows itself");
        let built = test.parent().and_then(Path::parent).expect("target/PROFILE/deps").join("examples/play");
        assert!(built.exists(), "{} is missing: cargo build -p understudy-capture --examples", built.display());
        built
    })
}

/// A mapped window whose WM_CLASS names this class.
pub(crate) fn find_window(conn: &RustConnection, window: u32, class: &str) -> Option<u32> {
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, MapState};
    let name = conn.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 128).ok()?.reply().ok()?.value;
    let state = conn.get_window_attributes(window).ok()?.reply().ok()?.map_state;
    if state == MapState::VIEWABLE && name.split(|byte| *byte == 0).nth(1) == Some(class.as_bytes()) {
        return Some(window);
    }
    let children = conn.query_tree(window).ok()?.reply().ok()?.children;
    children.into_iter().find_map(|child| find_window(conn, child, class))
}

/// The content of a file that appears.
pub(crate) fn read_line(file: &Path) -> String {
    let start = Instant::now();
    loop {
        if let Ok(text) = std::fs::read_to_string(file) {
            return text;
        }
        assert!(start.elapsed() < PATIENCE, "{} did not appear", file.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A hook and what it has reported.
pub(crate) struct Listener {
    pub(crate) hook: Box<dyn Hook>,
    pub(crate) batch: Batch<InputEvent>,
    pub(crate) polls: usize,
}

impl Listener {
    pub(crate) fn open(display: &Display) -> Self {
        let backend = display.open(&[Track::Pointer, Track::Keyboard]).0;
        let mut listener = Self { hook: backend.hook.expect("input was asked for"), batch: Batch::default(), polls: 0 };
        listener.poll(Some(Duration::ZERO));
        listener
    }

    pub(crate) fn poll(&mut self, wait: Option<Duration>) {
        self.polls += 1;
        let mut batch = Batch::default();
        self.hook.poll(wait, &mut batch).expect("the display is there");
        self.batch.samples.append(&mut batch.samples);
        self.batch.notices.append(&mut batch.notices);
    }

    /// Takes what is there already.
    pub(crate) fn wait(&mut self) {
        loop {
            let before = self.batch.samples.len();
            self.poll(Some(Duration::from_millis(100)));
            if self.batch.samples.len() == before {
                return;
            }
        }
    }

    /// Polls until what was reported is enough.
    pub(crate) fn until(&mut self, enough: impl Fn(&[Sample<InputEvent>]) -> bool) -> Vec<Sample<InputEvent>> {
        let start = Instant::now();
        while !enough(&self.batch.samples) {
            assert!(start.elapsed() < PATIENCE, "this is all that came: {:#?}", self.batch.samples);
            self.poll(Some(Duration::from_millis(200)));
        }
        self.batch.samples.clone()
    }

    /// Polls until there are so many movements of the pointer.
    pub(crate) fn until_count(&mut self, count: usize, patience: Duration) -> Vec<Sample<InputEvent>> {
        let start = Instant::now();
        let pointer = |sample: &&Sample<InputEvent>| matches!(sample.value, InputEvent::Pointer(_));
        while self.batch.samples.iter().filter(pointer).count() < count {
            let came = self.batch.samples.len();
            assert!(start.elapsed() < patience, "{came} of {count} came");
            self.poll(Some(Duration::from_millis(200)));
        }
        self.batch.samples.clone()
    }
}

/// Whether a poll ends with `DisplayLost` within a second of the server's end.
pub(crate) fn assert_lost<T: Send>(
    display: &mut Display,
    part: &mut T,
    poll: impl Fn(&mut T) -> understudy_core::error::Result<()> + Send + Sync,
) {
    std::thread::scope(|scope| {
        let poller = scope.spawn(|| {
            loop {
                if let Err(error) = poll(part) {
                    return (error, Instant::now());
                }
            }
        });
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        display.kill();
        let (error, at) = poller.join().expect("no panic");
        assert_eq!(error.kind(), ErrorKind::DisplayLost, "{error}");
        assert!(at.saturating_duration_since(start) < Duration::from_secs(1));
    });
}

/// Every indicator of a recording on a display, bottom first.
pub(crate) fn indicators(conn: &RustConnection, root: Window) -> Vec<Window> {
    let children = conn.query_tree(root).expect("sent").reply().expect("a tree").children;
    let class = |window: &Window| {
        let asked = conn.get_property(false, *window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 32).expect("sent");
        asked.reply().is_ok_and(|reply| reply.value.starts_with(b"understudy\0"))
    };
    children.into_iter().filter(class).collect()
}

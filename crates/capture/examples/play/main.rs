//! Plays input into an X display by XTEST, from a small script on standard input. See `USAGE`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod player;
#[cfg(target_os = "linux")]
mod windows;

#[cfg(target_os = "linux")]
const USAGE: &str = "\
Usage: play [--display :N] [--log] < SCRIPT

Plays input into an X display by XTEST. One command a line; empty lines and lines that begin with # are passed over.

  sleep MS                     wait
  move X Y [over MS]           the pointer to a position; with `over`, on an eased way at about 120 Hz
  rel DX DY                    the pointer by a distance
  down [N], up [N], click [N]  a button: 1 left (default), 2 middle, 3 right
  wheel DY                     detents, down positive
  key CODE[+CODE…]             press and release keys by W3C code, such as `key ControlLeft+KeyA`
  keydown CODE, keyup CODE     one half of that
  type TEXT [every MS]         types text under the active layout, AltGr and dead keys included; \\n is Enter
  flood COUNT RATE W H [from N]
                               COUNT positions at RATE a second, from number N (0): n is at (n mod W, n / W mod H)
  show CLASS                   the window with this WM_CLASS to the front, with the keyboard
  maximize CLASS               as large as the screen
  place CLASS X Y W H          its frame's corner at X, Y; its content W by H
  sync                         wait until the server has done all that

  --display :N   the display (default: the environment's)
  --log          a line {\"line\":…,\"command\":…,\"at\":…} for each command, when it is done; `at` is Unix time in ms";

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use std::process::ExitCode;
    let mut display = None;
    let mut log = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--display" => display = arguments.next(),
            "--log" => log = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => {
                eprintln!("play: unknown argument {other}\n\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match play(display.as_deref(), log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("play: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn play(display: Option<&str>, log: bool) -> Result<(), Box<dyn std::error::Error>> {
    use std::time::UNIX_EPOCH;
    let mut player = player::Player::connect(display)?;
    for (number, line) in std::io::stdin().lines().enumerate() {
        let (number, line) = (number + 1, line?);
        // What `type` types may end with blanks.
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        player.run(line).map_err(|error| format!("line {number}: {error}"))?;
        if log {
            let at = UNIX_EPOCH.elapsed()?.as_secs_f64() * 1000.0;
            let command = line.split(' ').next().unwrap_or_default();
            println!("{{\"line\":{number},\"command\":\"{command}\",\"at\":{at:.3}}}");
        }
    }
    player.sync()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("play: works on Linux with X11 only");
    std::process::ExitCode::FAILURE
}

//! The recorder without a host, for whoever counts what it does. See `USAGE`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::error::Error;
use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::track::{Track, Tracks};

/// As in the addon: what it frees is wiped, and that is counted, too.
#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: understudy_capture::heap::Heap = understudy_capture::heap::Heap;

const USAGE: &str = "\
Usage: recorder --display :N [--trust APP]…

Records a display, all tracks, at most 30 pictures a second, sealed to an identity that nobody keeps, into memory, which
goes when it ends. Prints {\"ready\":true} when it records; stops when its standard input ends, and prints
{\"keyboard\":N,\"frames\":N,\"unseen\":N}: how many records of the keyboard it sealed, how many pictures, and how often its
indicator was not seen in time, so that nothing was kept.

  --trust APP   an application whose typed text is kept where no field tells its kind";

fn main() -> ExitCode {
    let (mut display, mut trusted) = (None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--display", value @ Some(_)) => display = value,
            ("--trust", Some(value)) => trusted.push(value),
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match record(display, trusted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recorder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn record(display: Option<String>, trusted: Vec<String>) -> Result<(), Box<dyn Error>> {
    let config = Config {
        receipt: Receipt::sign(&terms()?, &Identity::random())?,
        tracks: Tracks::ALL,
        policy: Policy::excluding([])?.trusting(trusted)?,
        max_fps: 30,
        flush: Config::MAX_FLUSH,
        platform: "x11".into(),
        on_change: None,
        live: None,
        heartbeat: None,
        direct: None,
        hold_bytes: Config::HOLD_BYTES,
    };
    let files = MemoryFiles::default();
    let platform = understudy_capture::native(display, None)?;
    let recorder = Recorder::start(platform, config, || Ok(Box::new(MemorySink(Arc::clone(&files)))))?;
    println!("{{\"ready\":true}}");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    recorder.stop()?;
    let stats = recorder.stats();
    let files = files.lock().map_err(|_| "a thread of the recorder panicked")?;
    let journal = files.get("journal.ndjson").map(Vec::as_slice).unwrap_or_default();
    let unseen = String::from_utf8_lossy(journal).matches("\"no-indicator\"").count();
    let keyboard = stats.track(Track::Keyboard).records;
    println!("{{\"keyboard\":{keyboard},\"frames\":{},\"unseen\":{unseen}}}", stats.frames);
    Ok(())
}

/// Consent for an hour, and for somebody whom nobody knows.
fn terms() -> Result<Terms, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    Ok(Terms {
        tracks: Tracks::ALL,
        live: Tracks::NONE,
        purpose: Purpose::AgentTraining,
        recipients: vec![OpenKey::random().public()],
        issued: now,
        expires: now + 3600,
        notice: "bench".into(),
        ..Terms::default()
    })
}

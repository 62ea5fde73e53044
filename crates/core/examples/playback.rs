//! What reading costs: `playback FOLDER SECRET [TIME]…` opens a recording, reads its pictures to the end, then from each of the
//! times its first picture, each time with a reader of its own. Prints one line of JSON; times are wall-clock seconds.
//! The key is the 64 hexadecimal digits of an X25519 secret key; a time is in nanoseconds.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use understudy_core::canonical::Bytes;
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::identity::Identity;
use understudy_core::reader::{ItemValue, OpenOptions, Reader};
use understudy_core::recipient::OpenKey;
use understudy_core::secret::Secret;
use understudy_core::source::FolderSource;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Body, Verified, verify};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [folder, secret, times @ ..] => run(Path::new(folder), secret, times),
        _ => Err(wrong("usage: playback FOLDER SECRET [TIME]…")),
    };
    match done {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{} {error}", error.kind().code());
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path, secret: &str, times: &[String]) -> Result<String> {
    let secret = Bytes::parse(secret).ok_or_else(|| wrong("not an identity's secret"))?;
    let identity = Identity::from_secret(&Secret::copy_of(&secret.0));
    let times = times.iter().map(|text| text.parse().map(Time::from_nanos).map_err(|_| wrong("not a time")));
    let times = times.collect::<Result<Vec<_>>>()?;
    let began = Instant::now();
    let source = FolderSource::new(folder)?;
    let verified = verify(&source).map_err(|failure| failure.error)?;
    let verify_seconds = began.elapsed().as_secs_f64();
    let body = verified.body.as_ref().ok_or_else(|| wrong("there is nothing in the recording"))?;
    let opener = identity.opening(&body.receipt)?;
    let key = opener.open_key();
    let began = Instant::now();
    let frames = play(&source, body, &verified, key)?;
    let play_seconds = began.elapsed().as_secs_f64();
    let seeks = times.iter().map(|from| seek(&source, body, &verified, key, *from)).collect::<Result<Vec<_>>>()?;
    Ok(format!(
        r#"{{"verifySeconds":{verify_seconds},"frames":{frames},"playSeconds":{play_seconds},"seekSeconds":{seeks:?}}}"#
    ))
}

/// Every picture, looked at where it lies.
fn play(source: &FolderSource, body: &Body, verified: &Verified, key: &OpenKey) -> Result<u64> {
    let options = OpenOptions { tracks: screen(), ..OpenOptions::default() };
    let mut reader = Reader::open_with(source, body, verified.status, key, options)?;
    let mut frames = 0;
    while let Some(item) = reader.next_item()? {
        if matches!(item.value, ItemValue::Frame(_)) {
            black_box(reader.picture());
            frames += 1;
        }
    }
    Ok(frames)
}

/// How long the first picture takes.
fn seek(source: &FolderSource, body: &Body, verified: &Verified, key: &OpenKey, from: Time) -> Result<f64> {
    let began = Instant::now();
    let options = OpenOptions { tracks: screen(), from, ..OpenOptions::default() };
    let mut reader = Reader::open_with(source, body, verified.status, key, options)?;
    while let Some(item) = reader.next_item()? {
        if matches!(item.value, ItemValue::Frame(_)) {
            black_box(reader.picture());
            return Ok(began.elapsed().as_secs_f64());
        }
    }
    Err(wrong("there is no picture at a time"))
}

fn screen() -> Tracks {
    Track::ALL.into_iter().filter(|track| *track == Track::Screen).collect()
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

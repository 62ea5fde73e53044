//! The Rust reader as a command, to be compared with the portable one: `read verify FOLDER`, `read dump FOLDER SECRET [FROM TO]…`.
//! The secret is the 128 hexadecimal digits of an identity's (docs/format.md §12); a span is two times in nanoseconds, and each is read anew.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::io::{BufWriter, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use understudy_core::canonical::Bytes;
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::frame::Frame;
use understudy_core::identity::Identity;
use understudy_core::ndjson;
use understudy_core::reader::{ItemValue, OpenOptions, Reader};
use understudy_core::secret::Secret;
use understudy_core::source::FolderSource;
use understudy_core::verify::{Status, verify};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["verify", folder] => run_verify(Path::new(folder)),
        ["dump", folder, secret, ref spans @ ..] => {
            run_dump(Path::new(folder), secret, spans).map(|()| ExitCode::SUCCESS)
        }
        _ => Err(wrong("usage: read verify FOLDER | read dump FOLDER SECRET [FROM TO]…")),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{} {error}", error.kind().code());
        ExitCode::FAILURE
    })
}

fn run_verify(folder: &Path) -> Result<ExitCode> {
    match verify(&FolderSource::new(folder)?) {
        Ok(verified) if verified.status == Status::Intact => println!("intact"),
        Ok(_) => {
            println!("cut");
            return Ok(ExitCode::from(3));
        }
        Err(failure) => {
            println!("{} {}", failure.error.kind().code(), failure.at);
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn run_dump(folder: &Path, secret: &str, spans: &[&str]) -> Result<()> {
    let secret = Bytes::parse(secret).ok_or_else(|| wrong("not an identity's secret"))?;
    let identity = Identity::from_secret(&Secret::copy_of(&secret.0));
    let source = FolderSource::new(folder)?;
    let verified = verify(&source).map_err(|failure| failure.error)?;
    let Some(body) = &verified.body else { return Ok(()) };
    let opener = identity.opening(&body.receipt)?;
    let mut out = BufWriter::new(stdout().lock());
    let written = |e| Error::io("standard output", &e);
    for options in parse_spans(spans)? {
        let mut reader = Reader::open_with(&source, body, verified.status, opener.open_key(), options)?;
        while let Some(item) = reader.next_item()? {
            let frame = matches!(item.value, ItemValue::Frame(_)).then(|| reader.picture()).flatten();
            writeln!(out, "{}", ndjson::line(&item, frame.map(Frame::hash))?).map_err(written)?;
        }
    }
    out.flush().map_err(written)
}

/// Everything, where no span is given.
fn parse_spans(times: &[&str]) -> Result<Vec<OpenOptions>> {
    if times.is_empty() {
        return Ok(vec![OpenOptions::default()]);
    }
    let parse =
        |text: &str| text.parse().map(Time::from_nanos).map_err(|_| wrong("a span is two times in nanoseconds"));
    let times = times.iter().copied().map(parse).collect::<Result<Vec<_>>>()?;
    let span = |pair: &[Time]| match *pair {
        [from, to] => Ok(OpenOptions { from, to, ..OpenOptions::default() }),
        _ => Err(wrong("a span is two times in nanoseconds")),
    };
    times.chunks(2).map(span).collect()
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

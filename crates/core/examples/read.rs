//! The Rust reader as a command, to be compared with the portable one: `read verify FOLDER`, `read dump FOLDER SECRETKEY`.
//! The key is the 64 hexadecimal digits of an X25519 secret key.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::io::{BufWriter, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use understudy_core::canonical::Bytes;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::ndjson;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::recipient::OpenKey;
use understudy_core::secret::Secret;
use understudy_core::source::FolderSource;
use understudy_core::verify::{Status, verify};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["verify", folder] => run_verify(Path::new(folder)),
        ["dump", folder, key] => run_dump(Path::new(folder), key).map(|()| ExitCode::SUCCESS),
        _ => Err(Error::new(ErrorKind::InvalidArgument, "usage: read verify FOLDER | read dump FOLDER SECRETKEY")),
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

fn run_dump(folder: &Path, key: &str) -> Result<()> {
    let key = Bytes::parse(key).ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "not a secret key"))?;
    let key = OpenKey::from_secret(Secret::copy_of(&key.0));
    let source = FolderSource::new(folder)?;
    let verified = verify(&source).map_err(|failure| failure.error)?;
    let Some(body) = &verified.body else { return Ok(()) };
    let mut reader = Reader::open(&source, body, verified.status, &key)?;
    let mut out = BufWriter::new(stdout().lock());
    let written = |e| Error::io("standard output", &e);
    while let Some(item) = reader.next_item()? {
        let hash = matches!(item.value, ItemValue::Frame(_)).then(|| reader.picture().map(|picture| picture.hash()));
        writeln!(out, "{}", ndjson::line(&item, hash.flatten())?).map_err(written)?;
    }
    out.flush().map_err(written)
}

//! Makes `test/vectors` again, byte for byte: `cargo run -p understudy-core --example vectors`.
//!
//! Each vector says what must come of it; what the Rust reader makes of it is checked here, and what the portable reader makes of
//! it by `test/vectors.test.ts`.

#![expect(clippy::print_stdout, reason = "a command prints")]

mod recording;
mod scenarios;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use understudy_core::ndjson;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::sign::{Hash, Hasher};
use understudy_core::source::MemorySource;
use understudy_core::verify::{Status, verify};

use self::recording::{Files, identity, secrets};

/// What must come of a vector.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// `verify` answers this, and opening ends like that: `success`, or a failure's code.
    Opens(Status, &'static str),
    /// `verify` fails with this code.
    Fails(&'static str),
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors");
    fs::create_dir_all(&folder).expect("the folder can be made");
    for entry in fs::read_dir(&folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "vec") {
            fs::remove_file(path).expect("an old vector can be removed");
        }
    }
    let all = scenarios::all();
    for (name, comment, expect, files) in &all {
        let path = folder.join(format!("{name}.vec"));
        fs::write(path, encode(name, comment, *expect, files)).expect("a vector can be written");
    }
    println!("{} vectors", all.len());
}

fn encode(name: &str, comment: &str, expect: Expect, files: &Files) -> Vec<u8> {
    let mut text = format!("comment: {comment}\n");
    let (answer, at) = answer(files);
    match expect {
        Expect::Fails(code) => {
            assert_eq!(answer, code, "{name}: {at}");
            writeln!(text, "expect: {code}\nat: {at}").expect("writes");
        }
        Expect::Opens(status, open) => {
            let word = if status == Status::Intact { "intact" } else { "cut" };
            assert_eq!(answer, word, "{name}: {at}");
            let (outcome, ndjson) = read(files);
            assert_eq!(outcome, open, "{name}");
            let secrets = secrets();
            writeln!(text, "expect: {word}\nopen: {open}\nidentity: {secrets}\nndjson: {ndjson}").expect("writes");
        }
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    for (path, content) in files {
        bytes.extend(format!("{path} {}\n", content.len()).into_bytes());
        bytes.extend(content);
        bytes.push(b'\n');
    }
    bytes
}

fn answer(files: &Files) -> (String, String) {
    match verify(&MemorySource(files.clone())) {
        Ok(verified) if verified.status == Status::Intact => ("intact".into(), String::new()),
        Ok(_) => ("cut".into(), String::new()),
        Err(failure) => (failure.error.kind().code().into(), failure.at),
    }
}

fn read(files: &Files) -> (String, Hash) {
    let source = MemorySource(files.clone());
    let verified = verify(&source).expect("verified before");
    let mut hasher = Hasher::default();
    let Some(body) = &verified.body else { return ("success".into(), hasher.finish()) };
    let opener = identity().opening(&body.receipt).expect("derives");
    let outcome = Reader::open(&source, body, verified.status, opener.open_key()).and_then(|mut reader| {
        while let Some(item) = reader.next_item()? {
            let hash = matches!(item.value, ItemValue::Frame(_)).then(|| reader.picture().expect("a picture").hash());
            hasher.update(ndjson::line(&item, hash)?.as_bytes());
            hasher.update(b"\n");
        }
        Ok(())
    });
    (outcome.map_or_else(|error| error.kind().code().into(), |()| "success".into()), hasher.finish())
}

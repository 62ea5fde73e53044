//! Walks `test/vectors`, as `test/vectors.test.ts` does: docs/format.md §14.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use understudy_core::canonical::Bytes;
use understudy_core::error::Result;
use understudy_core::identity::Identity;
use understudy_core::ndjson;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::secret::Secret;
use understudy_core::sign::Hasher;
use understudy_core::source::Source;
use understudy_core::verify::{Status, verify};

/// A recording whose files come in pieces of this many bytes.
struct Pieces {
    files: BTreeMap<String, Vec<u8>>,
    size: usize,
}

struct Piecewise<'a>(Cursor<&'a [u8]>, usize);

impl Read for Piecewise<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(self.1);
        self.0.read(&mut buffer[..count])
    }
}

impl Source for Pieces {
    fn list(&self) -> Result<Vec<String>> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> Result<Option<Box<dyn Read + '_>>> {
        let reader = |bytes| Box::new(Piecewise(Cursor::new(bytes), self.size)) as Box<dyn Read>;
        Ok(self.files.get(path).map(|bytes| reader(&bytes[..])))
    }
}

struct Vector {
    headers: BTreeMap<String, String>,
    files: BTreeMap<String, Vec<u8>>,
}

fn line<'a>(rest: &mut &'a [u8]) -> &'a str {
    let end = rest.iter().position(|b| *b == b'\n').expect("a line feed");
    let (line, left) = rest.split_at(end);
    *rest = &left[1..];
    std::str::from_utf8(line).expect("text")
}

fn parse(bytes: &[u8]) -> Vector {
    let (mut rest, mut headers, mut files) = (bytes, BTreeMap::new(), BTreeMap::new());
    loop {
        let header = line(&mut rest);
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.insert(name.to_owned(), value.to_owned());
    }
    while !rest.is_empty() {
        let (path, length) = line(&mut rest).rsplit_once(' ').expect("path and length");
        let (content, left) = rest.split_at(length.parse().expect("a length"));
        files.insert(path.to_owned(), content.to_vec());
        rest = left.strip_prefix(b"\n").expect("a line feed");
    }
    Vector { headers, files }
}

fn check(name: &str, headers: &BTreeMap<String, String>, source: &Pieces) {
    let verified = match verify(source) {
        Err(failure) => {
            assert_eq!(failure.error.kind().code(), headers["expect"], "{name}: {failure}");
            assert_eq!(failure.at, headers["at"], "{name}: {failure}");
            return;
        }
        Ok(verified) => verified,
    };
    let word = if verified.status == Status::Intact { "intact" } else { "cut" };
    assert_eq!(word, headers["expect"], "{name}");
    let secret = Bytes::parse(&headers["identity"]).expect("a secret");
    let identity = Identity::from_secret(&Secret::copy_of(&secret.0));
    let mut hasher = Hasher::default();
    let mut read = || -> Result<()> {
        let Some(body) = &verified.body else { return Ok(()) };
        let opener = identity.opening(&body.receipt)?;
        let mut reader = Reader::open(source, body, verified.status, opener.open_key())?;
        while let Some(item) = reader.next_item()? {
            let hash = matches!(item.value, ItemValue::Frame(_)).then(|| reader.picture().expect("a picture").hash());
            hasher.update(ndjson::line(&item, hash)?.as_bytes());
            hasher.update(b"\n");
        }
        Ok(())
    };
    let outcome = read().map_or_else(|error| error.kind().code(), |()| "success");
    assert_eq!(outcome, headers["open"], "{name}");
    assert_eq!(hasher.finish().to_string(), headers["ndjson"], "{name}");
}

#[test]
fn every_vector_is_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the vectors") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "vec") {
            continue;
        }
        let Vector { headers, files } = parse(&fs::read(&path).expect("a vector"));
        let name = path.file_stem().expect("a name").to_string_lossy();
        for size in [usize::MAX, 7, 1] {
            check(&name, &headers, &Pieces { files: files.clone(), size });
        }
        count += 1;
    }
    assert!(count >= 160, "only {count} vectors");
}

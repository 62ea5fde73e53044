//! Makes the corpora to begin with, from test/vectors: `cargo run --example seeds`, in this folder.

use std::error::Error;
use std::fs;
use std::path::Path;

use understudy_core::canonical::Bytes;
use understudy_core::chunk::Decompressor;
use understudy_core::header::Header;
use understudy_core::identity::Identity;
use understudy_core::key::KeyFile;
use understudy_core::seal::{Opener, Position};
use understudy_core::segment::{SegmentId, SegmentParser};
use understudy_core::sign::hash;
use understudy_core::source::MemorySource;
use understudy_core::track::Track;
use understudy_fuzz::{OPEN_KEY, archive};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(FOLDER);
    for entry in fs::read_dir(root.join("../test/vectors"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "vec") {
            of_vector(&fs::read(path)?)?;
        }
    }
    seed("identity", &Identity::random().encode(None)?)?;
    let layer = br#"{"exclude": {"addresses": ["a.example"], "applications": ["b*"], "titles": ["c"]}, "layer": "recording", "only": ["d"], "schema": "understudy.policy/1", "trusted": []}"#;
    seed("policy", &[&layer[..], b"\0a page - a.example - browser"].concat())?;
    seed("public_key", OPEN_KEY.public().to_string().as_bytes())?;
    for (signature, body) in BODIES {
        seed("dbus", &[message(4, signature, body), message(2, signature, body)].concat())?;
    }
    Ok(())
}

/// The values that accessibility reads of a message's body: their types, and some.
const BODIES: [(&str, &[u8]); 7] = [
    ("sii", b"\x07\0\0\0focused\0\x01\0\0\0\0\0\0\0"),
    ("u", b"\x4f\0\0\0"),
    ("au", b"\x08\0\0\0\x80\x10\0\x02\0\0\0\0"),
    ("v", b"\x01s\0\0\x04\0\0\0City\0"),
    ("v", b"\x01i\0\0\x04\0\0\0"),
    ("s", b"\x04\0\0\0City\0"),
    ("a(so)", b"\x10\0\0\0\0\0\0\0\x04\0\0\0:1.4\0\0\0\0\x02\0\0\0/a\0"),
];

/// A D-Bus message of this kind: to call 1, from `:1.4`, of the object `/a`.
fn message(kind: u8, signature: &str, body: &[u8]) -> Vec<u8> {
    let mut fields = vec![1, 1, b'o', 0, 2, 0, 0, 0, b'/', b'a', 0];
    for (code, value) in [(2, "a.b"), (3, "C"), (7, ":1.4")] {
        fields.resize(fields.len().next_multiple_of(8), 0);
        fields.extend([code, 1, b's', 0, value.len() as u8, 0, 0, 0]);
        fields.extend([value.as_bytes(), b"\0"].concat());
    }
    fields.resize(fields.len().next_multiple_of(8), 0);
    fields.extend([5, 1, b'u', 0, 1, 0, 0, 0, 8, 1, b'g', 0, signature.len() as u8]);
    fields.extend([signature.as_bytes(), b"\0"].concat());
    let mut bytes = vec![b'l', kind, 0, 1, body.len() as u8, 0, 0, 0, 9, 0, 0, 0, fields.len() as u8, 0, 0, 0];
    bytes.append(&mut fields);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    [&bytes, body].concat()
}

fn of_vector(vector: &[u8]) -> Result<(), Box<dyn Error>> {
    let header = vector.windows(2).position(|pair| pair == b"\n\n").ok_or("a vector without a header")?;
    let files = &vector[header + 2..];
    seed("verify", files)?;
    seed("recording", files)?;
    let source = archive(files);
    for (path, bytes) in &source.0 {
        match path.as_str() {
            "header.json" => seed("header", bytes)?,
            "receipt.json" => seed("receipt", bytes)?,
            "release.json" => seed("release", bytes)?,
            "openings/000000.json" => seed("opening", bytes)?,
            "withdrawal.json" => seed("withdrawal", bytes)?,
            "unfinished.json" => seed("unfinished", bytes)?,
            "journal.ndjson" => {
                seed("journal", bytes)?;
                seed("journal_order", bytes)?;
            }
            "pointer/000000.key" => seed("key", bytes)?,
            "pointer/000000.seg" => seed("segment", &[&[7], &bytes[..]].concat())?,
            _ => {}
        }
        if path.ends_with(".json") {
            seed("canonical", bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        }
    }
    for track in Track::ALL {
        of_segment(&source, SegmentId { track, number: 0 })?;
    }
    Ok(())
}

/// What lies in a segment, where it opens; many vectors are of segments that do not.
fn of_segment(source: &MemorySource, id: SegmentId) -> Result<(), Box<dyn Error>> {
    let track = id.track.number();
    for chunks in opened(source, id).into_iter().filter(|chunks| !chunks.is_empty()) {
        let framed: Vec<u8> = chunks.iter().flat_map(|(chunk, last)| frame(chunk, *last)).collect();
        seed("chunk", &framed)?;
        seed("reader", &[&[track], &framed[..]].concat())?;
        let (mut decompressor, mut records) = (Decompressor::new()?, vec![track]);
        for (chunk, last) in &chunks {
            let Ok(more) = decompressor.records(chunk, *last) else { break };
            records.extend_from_slice(&more);
        }
        seed("record", &records)?;
        seed("wire", &[&[0; 16], &records[1..]].concat())?;
        if id.track == Track::Screen {
            seed("delta", &frame(&records[1..], true))?;
        }
    }
    Ok(())
}

fn opened(source: &MemorySource, id: SegmentId) -> Option<Vec<(Vec<u8>, bool)>> {
    let recording = Header::decode(source.0.get("header.json")?).map_or(Bytes([0x11; 16]), |header| header.id);
    let key = KeyFile::decode(source.0.get(&id.key_path())?, recording, id).ok()?.open(&OPEN_KEY).ok()?;
    let (mut opener, mut chunks) = (None, Vec::new());
    let mut parser = SegmentParser::new(recording, id);
    let _ = parser.push(source.0.get(&id.path())?, |stream, sealed| {
        let opener = opener.get_or_insert_with(|| Opener::new(recording, id, &key, stream));
        let (chunk, position) = opener.open(sealed)?;
        chunks.push((chunk.to_vec(), position == Position::Last));
        Ok(())
    });
    Some(chunks)
}

/// A chunk as the targets take it.
fn frame(chunk: &[u8], last: bool) -> Vec<u8> {
    let length = chunk.len().min(0x7fff) as u16 | if last { 0x8000 } else { 0 };
    [&length.to_le_bytes(), &chunk[..chunk.len().min(0x7fff)]].concat()
}

fn seed(target: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(FOLDER).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(hash(bytes).to_string()), bytes)?)
}

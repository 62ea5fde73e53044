//! Makes hashes and signatures good again, so that what lies behind those checks is fuzzed too.

use serde_json::Value;
use understudy_core::clock::Time;
use understudy_core::error::Result;
use understudy_core::header::{Header, Unfinished};
use understudy_core::journal::{Entry, Extent, JournalWriter};
use understudy_core::recipient::ContentKey;
use understudy_core::segment::SegmentId;
use understudy_core::sign::{Hash, hash};
use understudy_core::source::MemorySource;
use understudy_core::track::Tracks;

use crate::{DEVICE, RECEIPT, RECORDING, STARTED};

/// The key of every segment that is sealed here.
pub fn content_key() -> ContentKey {
    ContentKey::copy_of(&[0x41; 32])
}

/// The header of a recording by [`DEVICE`], under [`RECEIPT`].
pub fn header() -> Header {
    Header {
        id: RECORDING,
        tracks: Tracks::ALL,
        started: STARTED,
        device: DEVICE.public(),
        platform: "fuzz".into(),
        software: "fuzz".into(),
        receipt: hash(RECEIPT.bytes()),
        policy: hash(b""),
    }
}

/// Entries as journal lines hold them, with their times; what has not their form is left out.
pub fn entries(journal: &[u8]) -> Vec<(Time, Entry)> {
    let entry = |line: &[u8]| {
        let mut line: Value = serde_json::from_slice(line).ok()?;
        let members = line.as_object_mut()?;
        let time = members.remove("time").and_then(|time| time.as_u64()).unwrap_or_default();
        ["seq", "prev", "signature"].into_iter().for_each(|name| drop(members.remove(name)));
        Some((Time::from_nanos(time), serde_json::from_value(line).ok()?))
    };
    journal.split(|byte| *byte == b'\n').filter_map(entry).collect()
}

/// The same recording, signed by [`DEVICE`], with the hashes that its files have.
pub fn repair(mut source: MemorySource) -> Result<MemorySource> {
    let header = header().encode(&DEVICE)?;
    let journal = source.0.remove("journal.ndjson").unwrap_or_default();
    let mut writer = JournalWriter::new(&header);
    let mut lines = Vec::new();
    for (time, entry) in entries(&journal) {
        lines.extend_from_slice(writer.line(&DEVICE, time, with_hashes(entry, &source))?.bytes());
    }
    if !journal.is_empty() && !journal.ends_with(b"\n") {
        lines.extend_from_slice(b"{\"prev");
    }
    if source.0.contains_key("unfinished.json") {
        let marker = Unfinished::new(RECORDING, DEVICE.public()).encode(&DEVICE)?;
        source.0.insert("unfinished.json".into(), marker);
    }
    source.0.insert("header.json".into(), header);
    source.0.insert("receipt.json".into(), RECEIPT.bytes().into());
    source.0.insert("journal.ndjson".into(), lines);
    Ok(source)
}

fn with_hashes(entry: Entry, source: &MemorySource) -> Entry {
    let file_hash = |path: String, size: u64| -> Option<Hash> {
        let file = source.0.get(&path)?;
        // At most the length of a slice.
        Some(hash(&file[..size.min(file.len() as u64) as usize]))
    };
    let extended = |extent: Extent| {
        let id = SegmentId { track: extent.track.into(), number: extent.segment };
        Extent { hash: file_hash(id.path(), extent.size).unwrap_or(extent.hash), ..extent }
    };
    match entry {
        Entry::Open { track, segment, key } => {
            let id = SegmentId { track: track.into(), number: segment };
            Entry::Open { track, segment, key: file_hash(id.key_path(), u64::MAX).unwrap_or(key) }
        }
        Entry::Checkpoint(extent) => Entry::Checkpoint(extended(extent)),
        Entry::Close(extent) => Entry::Close(extended(extent)),
        other => other,
    }
}

//! The journal: signed, hash-chained lines, both directions (docs/format.md §5).

mod entry;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use self::entry::{DropReason, Entry, Extent, NoticeName, TrackName, WithheldReason};
use crate::canonical;
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::recipient::PublicKey;
use crate::segment::{HEADER_BYTES, SegmentId};
use crate::sign::{self, Document, Hash, SignKey, Signature, VerifyKey};
use crate::track::Tracks;

/// Most bytes of a line.
pub const MAX_LINE: usize = 64 * 1024;
/// Most bytes of the file.
pub const MAX_FILE: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
struct Line {
    seq: u64,
    prev: Hash,
    time: u64,
    #[serde(flatten)]
    entry: Entry,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
}

/// A signed line, ready to be written. Only [`JournalWriter::line`] makes one.
#[derive(Debug)]
pub struct SignedLine(Vec<u8>);

impl SignedLine {
    /// The line, its line feed included.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Signs and chains lines.
pub struct JournalWriter {
    seq: u64,
    prev: Hash,
    time: Time,
}

impl JournalWriter {
    /// A journal whose first line is chained to these bytes of header.json.
    pub fn new(header: &[u8]) -> Self {
        Self { seq: 0, prev: sign::hash(header), time: Time::ZERO }
    }

    /// Goes on behind what this reader has read.
    pub fn behind(journal: &JournalReader) -> Self {
        Self { seq: journal.seq, prev: journal.prev, time: journal.time }
    }

    /// The next line.
    pub fn line(&mut self, key: &SignKey, time: Time, entry: Entry) -> Result<SignedLine> {
        let time = self.time.max(time);
        let line = Line { seq: self.seq, prev: self.prev, time: time.as_nanos(), entry, signature: None };
        let mut bytes = key.sign(Document::Journal, &line)?;
        if bytes.len() > MAX_LINE {
            return Err(Error::new(ErrorKind::Internal, "a journal line over 64 KiB"));
        }
        self.prev = sign::hash(&bytes);
        self.seq += 1;
        self.time = time;
        bytes.push(b'\n');
        Ok(SignedLine(bytes))
    }
}

/// What the journal says of one segment.
#[derive(Clone, Debug)]
pub struct SegmentFacts {
    /// Which segment.
    pub id: SegmentId,
    /// Hash of its key file.
    pub key: Hash,
    /// When it was begun: nothing in the segments before was captured later.
    pub opened: Time,
    /// How far its file goes, by the last checkpoint or its end; `None` before the first checkpoint.
    pub extent: Option<Extent>,
    /// Whether it is complete.
    pub closed: bool,
    /// Whether the contributor forgot all of it: it has no files any more.
    pub destroyed: bool,
}

/// Who signed a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signer {
    Device,
    Contributor,
}

/// Reads lines in order and checks each: form, number, chain, time, signature, and the order of §5.
pub struct JournalReader {
    device: VerifyKey,
    contributor: VerifyKey,
    tracks: Tracks,
    seq: u64,
    prev: Hash,
    time: Time,
    segments: Vec<SegmentFacts>,
    by_id: HashMap<SegmentId, usize>,
    paused: bool,
    stop: Option<String>,
    /// How many were made to each.
    releases: HashMap<PublicKey, u32>,
    /// Whether the contributor's lines have begun.
    amended: bool,
}

impl JournalReader {
    /// A reader for the journal of the recording with this header, whose receipt `contributor` signed.
    pub fn new(header: &[u8], device: VerifyKey, contributor: VerifyKey, tracks: Tracks) -> Self {
        Self {
            device,
            contributor,
            tracks,
            seq: 0,
            prev: sign::hash(header),
            time: Time::ZERO,
            segments: Vec::new(),
            by_id: HashMap::new(),
            paused: false,
            stop: None,
            releases: HashMap::new(),
            amended: false,
        }
    }

    /// Takes a line, without its line feed.
    ///
    /// # Errors
    /// `FormatInvalid`, `Tampered`; the message names the line, from 1.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(Time, Entry)> {
        let number = self.seq + 1;
        let name = format!("journal.ndjson: line {number}");
        let tampered = |why: &str| Error::new(ErrorKind::Tampered, format!("{name}: {why}"));
        if bytes.len() > MAX_LINE {
            return Err(Error::new(ErrorKind::FormatInvalid, format!("{name}: is over 64 KiB")));
        }
        let line: Line = canonical::decode(&name, bytes)?;
        if !line.has_exactly_its_members(bytes) {
            return Err(Error::new(
                ErrorKind::FormatInvalid,
                format!("{name}: has a missing, unknown or malformed member"),
            ));
        }
        if line.seq != self.seq || line.prev != self.prev {
            return Err(tampered("does not follow the line before: a line was removed, added or altered"));
        }
        let signer = self.signer(&line.entry, bytes).ok_or_else(|| tampered("its signature does not hold"))?;
        let time = Time::from_nanos(line.time);
        if time < self.time {
            return Err(tampered("is earlier than the line before"));
        }
        self.take(&line.entry, time, signer).map_err(tampered)?;
        self.seq += 1;
        self.prev = sign::hash(bytes);
        self.time = time;
        Ok((time, line.entry))
    }

    /// The segments so far, in the order in which they were begun.
    pub fn segments(&self) -> &[SegmentFacts] {
        &self.segments
    }

    /// What was released: to whom, and which of the releases to them.
    pub fn releases(&self) -> impl Iterator<Item = (PublicKey, u32)> {
        self.releases.iter().flat_map(|(recipient, count)| (0..*count).map(|number| (*recipient, number)))
    }

    /// Why the recording stopped; `None` before the last line.
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop.as_deref()
    }

    /// The time of the latest line.
    pub fn time(&self) -> Time {
        self.time
    }

    /// How many lines came.
    pub fn lines(&self) -> u64 {
        self.seq
    }

    /// Who signed a line; `None` where that is not who must.
    fn signer(&self, entry: &Entry, bytes: &[u8]) -> Option<Signer> {
        let holds = |signer: &Signer| {
            let key = match signer {
                Signer::Device => &self.device,
                Signer::Contributor => &self.contributor,
            };
            sign::verify(Document::Journal, bytes, key)
        };
        // Either may forget: the device while it records, the contributor later.
        let may_be_devices = !entry.is_contributors() || (entry.forgets() && self.stop.is_none() && !self.amended);
        let device = may_be_devices.then_some(Signer::Device).filter(holds);
        device.or_else(|| entry.is_contributors().then_some(Signer::Contributor).filter(holds))
    }

    fn take(&mut self, entry: &Entry, time: Time, signer: Signer) -> Result<(), &'static str> {
        if signer == Signer::Device && (self.stop.is_some() || self.amended) {
            return Err("stands behind the stop, or behind the contributor's lines");
        }
        if (self.seq == 0) != matches!(entry, Entry::Start {}) {
            return Err("start must be the first line, and no other");
        }
        match entry {
            Entry::Start {} | Entry::Notice { .. } => Ok(()),
            Entry::Open { track, segment, key } => {
                self.open(SegmentId { track: (*track).into(), number: *segment }, *key, time)
            }
            Entry::Checkpoint(extent) => self.extend(extent, false),
            Entry::Close(extent) => self.extend(extent, true),
            Entry::Pause {} => self.pause(true),
            Entry::Resume {} => self.pause(false),
            Entry::Withheld { track, .. } | Entry::Dropped { track, .. } => self.known(*track),
            Entry::Stop { reason } => {
                self.stop = Some(reason.clone());
                Ok(())
            }
            Entry::Forget { .. } | Entry::Destroy { .. } | Entry::Recut { .. } | Entry::Release { .. } => {
                self.amended = signer == Signer::Contributor;
                self.amend(entry)
            }
        }
    }

    /// What became of segments later.
    fn amend(&mut self, entry: &Entry) -> Result<(), &'static str> {
        match entry {
            Entry::Forget { track, .. } => self.known(*track),
            Entry::Destroy { track, segment } => {
                let facts = self.left(*track, *segment)?;
                facts.destroyed = true;
                facts.closed = true;
                Ok(())
            }
            Entry::Recut { track, segment, key, chunks, size, hash } => {
                let facts = self.left(*track, *segment)?;
                if *chunks == 0 || *size <= HEADER_BYTES as u64 {
                    return Err("cuts a segment to a size that none has");
                }
                facts.key = *key;
                facts.extent =
                    Some(Extent { track: *track, segment: *segment, chunks: *chunks, size: *size, hash: *hash });
                facts.closed = true;
                Ok(())
            }
            Entry::Release { recipient, number, .. } => {
                let next = self.releases.entry(*recipient).or_default();
                if number != next {
                    return Err("counts releases wrongly");
                }
                *next += 1;
                Ok(())
            }
            _ => Err("is none of the contributor's lines"),
        }
    }

    /// A segment that was begun, and not forgotten.
    fn left(&mut self, track: TrackName, number: u32) -> Result<&mut SegmentFacts, &'static str> {
        let index = self.by_id.get(&SegmentId { track: track.into(), number });
        let facts = index.and_then(|index| self.segments.get_mut(*index)).filter(|facts| !facts.destroyed);
        facts.ok_or("is about a segment that is not there")
    }

    fn known(&self, track: TrackName) -> Result<(), &'static str> {
        if self.tracks.contains(track.into()) { Ok(()) } else { Err("names a track that is not recorded") }
    }

    fn pause(&mut self, paused: bool) -> Result<(), &'static str> {
        if self.paused == paused {
            return Err("pause and resume do not alternate");
        }
        self.paused = paused;
        Ok(())
    }

    fn open(&mut self, id: SegmentId, key: Hash, opened: Time) -> Result<(), &'static str> {
        self.known(id.track.into())?;
        let last = self.segments.iter().rev().find(|facts| facts.id.track == id.track);
        let next = last.map_or(0, |facts| facts.id.number + 1);
        if last.is_some_and(|facts| !facts.closed) || id.number != next {
            return Err("opens a segment out of turn");
        }
        self.by_id.insert(id, self.segments.len());
        self.segments.push(SegmentFacts { id, key, opened, extent: None, closed: false, destroyed: false });
        Ok(())
    }

    fn extend(&mut self, extent: &Extent, close: bool) -> Result<(), &'static str> {
        let id = SegmentId { track: extent.track.into(), number: extent.segment };
        let facts = self.by_id.get(&id).and_then(|index| self.segments.get_mut(*index)).filter(|facts| !facts.closed);
        let facts = facts.ok_or("extends a segment that is not open")?;
        let (chunks, size) = facts.extent.map_or((0, HEADER_BYTES as u64), |before| (before.chunks, before.size));
        if extent.chunks <= chunks || extent.size <= size {
            return Err("does not extend its segment");
        }
        facts.extent = Some(*extent);
        facts.closed = close;
        Ok(())
    }
}

impl Line {
    /// serde cannot deny unknown members of a flattened struct; writing the line again and comparing can.
    fn has_exactly_its_members(&self, bytes: &[u8]) -> bool {
        self.entry.fits() && self.signature.is_some() && canonical::encode(self).is_ok_and(|again| again == bytes)
    }
}

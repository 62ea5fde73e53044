//! Records → sealed segments and journal lines, in the order that always verifies (docs/format.md §6). No threads, no clock.

mod forget;
mod open;

use std::time::Duration;

pub use self::forget::Destroyed;
pub(crate) use self::open::SEGMENT_TIME;
use self::open::{Captured, OpenSegment};
use crate::canonical::Bytes;
use crate::chunk::{Compressor, Effort};
use crate::clock::Time;
use crate::error::Result;
use crate::header::{FORMAT, Header, RecordingId, Unfinished};
use crate::journal::{Entry, JournalWriter};
use crate::key::KeyFile;
use crate::keyring::Keyring;
use crate::receipt::Receipt;
use crate::recipient::PublicKey;
use crate::record::{Record, RecordEncoder, ScreenRecord};
use crate::redact::Redacted;
use crate::scratch::Scratch;
use crate::seal::{Position, Sealer};
use crate::secret::Secret;
use crate::segment::{HEADER_BYTES, SegmentId};
use crate::sign::{Hash, Hasher, SignKey};
use crate::sink::{PublicFile, SegmentHeader, Sink};
use crate::track::{Track, Tracks};

const _: () = assert!(FORMAT == 4, "this writer writes format 4");

/// A chunk is sealed when its records take this many bytes, well under the format's limit: beside them lies what they are compressed
/// and sealed to. A film's picture has more, and is not copied before it is compressed.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;
/// A chunk holds at most this much of time.
pub(crate) const CHUNK_TIME: Duration = Duration::from_secs(1);
/// What was written is made durable, and vouched for, this often. A process that dies in between loses nothing that was written.
const CHECKPOINT_TIME: Duration = Duration::from_millis(800);

/// What a recording is about, beside its receipt.
#[derive(Clone, Debug)]
pub struct About {
    /// What is recorded.
    pub tracks: Tracks,
    /// Wall clock at time 0, milliseconds since 1970.
    pub started: u64,
    /// What captures it.
    pub platform: String,
    /// Hash of the policy in force.
    pub policy: Hash,
}

/// Writes one recording.
pub struct RecordingWriter {
    sink: Box<dyn Sink>,
    id: RecordingId,
    device: SignKey,
    recorded: Tracks,
    holders: Vec<PublicKey>,
    /// For whoever releases it at the end.
    keyring: Option<Keyring>,
    journal: JournalWriter,
    tracks: [Option<OpenSegment>; 4],
    next_segment: [u32; 4],
    /// Segments that are closed and hold something.
    past: Vec<Captured>,
    vouched: Time,
    written: [Written; 4],
    effort: Effort,
}

/// What was written of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Bytes of segment files.
    pub bytes: u64,
}

impl RecordingWriter {
    /// Begins a recording: marker, receipt, header, first line.
    pub fn begin(sink: Box<dyn Sink>, receipt: &Receipt, about: &About) -> Result<Self> {
        let mut id = [0; 16];
        dryoc::rng::copy_randombytes(&mut id);
        Self::begin_with(sink, receipt, about, Bytes(id), SignKey::random())
    }

    /// As [`RecordingWriter::begin`], with an id and a device key of the caller's: for vectors.
    pub fn begin_with(
        mut sink: Box<dyn Sink>,
        receipt: &Receipt,
        about: &About,
        id: RecordingId,
        device: SignKey,
    ) -> Result<Self> {
        let header = Header {
            id,
            tracks: about.tracks,
            started: about.started,
            device: device.public(),
            platform: about.platform.clone(),
            software: concat!("understudy ", env!("CARGO_PKG_VERSION")).into(),
            receipt: crate::sign::hash(receipt.bytes()),
            policy: about.policy,
        };
        sink.put(&PublicFile::unfinished(&Unfinished::new(id, device.public()), &device)?)?;
        sink.put(&PublicFile::receipt(receipt))?;
        let header = PublicFile::header(&header, &device)?;
        sink.put(&header)?;
        let mut writer = Self {
            sink,
            id,
            device,
            recorded: about.tracks,
            holders: vec![receipt.contributor()],
            keyring: None,
            journal: JournalWriter::new(header.bytes()),
            tracks: [const { None }; 4],
            next_segment: [0; 4],
            past: Vec::new(),
            vouched: Time::ZERO,
            written: [Written::default(); 4],
            effort: Effort::Usual,
        };
        writer.journal(Time::ZERO, Entry::Start {})?;
        Ok(writer)
    }

    /// Seals to this key, and to no other, from the next segment on.
    pub(crate) fn seal_to(&mut self, holder: PublicKey) {
        self.holders = vec![holder];
    }

    /// Gives this ring the key of each segment from the next one on, for as long as the segment is there.
    pub(crate) fn hand_keys_to(&mut self, keyring: Keyring) {
        self.keyring = Some(keyring);
    }

    /// Begins a track's first segment before there is a record: its files cost the disk some ten milliseconds, which no record
    /// then waits for.
    pub fn prepare(&mut self, track: Track) -> Result<()> {
        if self.tracks[track as usize].is_none() { self.open(track, Time::ZERO) } else { Ok(()) }
    }

    /// Adds a record to its track. It is sealed by the next [`RecordingWriter::seal`], or at once when much has gathered.
    pub fn append(&mut self, record: &Redacted<Record>) -> Result<()> {
        let (time, record) = (record.time(), record.value());
        let index = record.track() as usize;
        if self.tracks[index].as_ref().is_some_and(|segment| segment.ends_before(record, time)) {
            self.close(index, time)?;
        }
        if self.lacks_picture(index, record) {
            return Ok(());
        }
        if self.tracks[index].is_none() {
            self.open(record.track(), time)?;
        }
        if self.tracks[index].as_ref().is_some_and(|segment| segment.is_long(time)) {
            self.seal_pending(index)?;
        }
        let Some(segment) = &mut self.tracks[index] else { return Ok(()) };
        if !segment.has_pending() {
            segment.pending_since = time;
        }
        let data = segment.records.encode_front(time, record, &mut segment.pending);
        segment.pending_records += 1;
        segment.latest = segment.latest.max(time);
        segment.has_picture |= matches!(record, Record::Screen(ScreenRecord::Frame(_)));
        self.written[index].records += 1;
        if segment.pending.len() + data.len() >= CHUNK_BYTES {
            return self.seal_with(index, data);
        }
        segment.pending.make_room(data.len());
        segment.pending.extend_from_slice(data);
        Ok(())
    }

    /// Whether a record of the screen builds on a picture that is not in its segment: where that was discarded, what is on its way
    /// behind it is of no use.
    fn lacks_picture(&self, index: usize, record: &Record) -> bool {
        let has_picture = self.tracks[index].as_ref().is_some_and(|segment| segment.has_picture);
        match record {
            Record::Screen(ScreenRecord::Frame(part)) => part.key.is_none() && !has_picture,
            Record::Screen(_) => !has_picture,
            Record::Pointer(_) | Record::Keyboard(_) | Record::Context(_) => false,
        }
    }

    /// Whether a track's segment has run long enough, in time or bytes. Of the screen, a key frame then has to be asked for.
    pub fn is_due(&self, track: Track, now: Time) -> bool {
        self.tracks[track as usize].as_ref().is_some_and(|segment| segment.is_due(now))
    }

    /// Whether anything waits to be sealed.
    pub fn has_unsealed(&self) -> bool {
        self.tracks.iter().flatten().any(OpenSegment::has_pending)
    }

    /// Whether anything was sealed that the journal does not vouch for yet.
    pub fn has_unattested(&self) -> bool {
        self.tracks.iter().flatten().any(|segment| segment.unattested)
    }

    /// How much compressing may cost, in screen segments from the next one on.
    pub fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// Seals and writes what has gathered.
    pub fn seal(&mut self) -> Result<()> {
        (0..self.tracks.len()).try_for_each(|index| self.seal_pending(index))
    }

    /// Vouches in the journal for what was sealed, if that is due. It waits for the disk, which sealing does not.
    pub fn vouch(&mut self, now: Time) -> Result<()> {
        if now.since(self.vouched) >= CHECKPOINT_TIME {
            self.vouched = now;
            self.checkpoint(now)?;
        }
        Ok(())
    }

    /// First the disk, then the promise.
    fn checkpoint(&mut self, now: Time) -> Result<()> {
        for index in 0..self.tracks.len() {
            let Some(segment) = &mut self.tracks[index] else { continue };
            if std::mem::take(&mut segment.unattested) {
                let extent = segment.extent();
                self.sink.sync(segment.id)?;
                self.journal(now, Entry::Checkpoint(extent))?;
            }
        }
        Ok(())
    }

    /// Adds a line to the journal.
    pub fn journal(&mut self, time: Time, entry: Entry) -> Result<()> {
        let line = self.journal.line(&self.device, time, entry)?;
        self.sink.journal(&line)
    }

    /// The recording's id.
    pub fn id(&self) -> RecordingId {
        self.id
    }

    /// What was written so far, by track number.
    pub fn written(&self) -> [Written; 4] {
        self.written
    }

    /// Ends the recording and gives what was written of each track: closes every segment, says why it stopped, removes the marker. The device key is erased with the writer.
    pub fn finish(mut self, now: Time, reason: &str) -> Result<[Written; 4]> {
        for index in 0..self.tracks.len() {
            self.close(index, now)?;
        }
        self.journal(now, Entry::Stop { reason: reason.into() })?;
        self.sink.finish()?;
        Ok(self.written)
    }

    fn open(&mut self, track: Track, time: Time) -> Result<()> {
        let id = SegmentId { track, number: self.next_segment[track as usize] };
        let key = Secret::random();
        let file = PublicFile::key(id, &KeyFile::seal(self.id, id, &key, &self.holders)?)?;
        let (sealer, stream) = Sealer::new(self.id, id, &key);
        let header = SegmentHeader::new(self.id, id, &stream);
        if let Some(keyring) = &self.keyring {
            keyring.take(id, &key);
        }
        self.sink.put(&file)?;
        self.sink.begin(&header)?;
        self.journal(time, Entry::Open { track: track.into(), segment: id.number, key: file.hash() })?;
        self.next_segment[track as usize] += 1;
        let mut hasher = Hasher::default();
        hasher.update(header.bytes());
        self.written[track as usize].bytes += HEADER_BYTES as u64;
        self.tracks[track as usize] = Some(OpenSegment {
            id,
            sealer,
            compressor: Compressor::new(if track == Track::Screen { self.effort } else { Effort::Small })?,
            records: RecordEncoder::default(),
            pending: Scratch::default(),
            pending_since: time,
            pending_records: 0,
            latest: Time::ZERO,
            sealed: None,
            hasher,
            chunks: 0,
            size: HEADER_BYTES as u64,
            began: time,
            has_picture: false,
            unattested: false,
        });
        Ok(())
    }

    fn seal_pending(&mut self, index: usize) -> Result<()> {
        let Some(segment) = &mut self.tracks[index] else { return Ok(()) };
        segment.records.flush(&mut segment.pending);
        if segment.pending.is_empty() { Ok(()) } else { self.seal_with(index, &[]) }
    }

    /// Seals what waits, which is something, and the end of its last record.
    fn seal_with(&mut self, index: usize, end: &[u8]) -> Result<()> {
        let Some(segment) = &mut self.tracks[index] else { return Ok(()) };
        let sealed = segment.sealer.seal(segment.compressor.chunk_with(&segment.pending, end)?, Position::Within)?;
        segment.compressor.erase();
        segment.erase_pending();
        let first = segment.sealed.map_or(segment.pending_since, |(first, _)| first);
        segment.sealed = Some((first, segment.latest));
        self.sink.append(segment.id, &sealed)?;
        self.written[index].bytes += segment.took(&sealed);
        Ok(())
    }

    fn close(&mut self, index: usize, now: Time) -> Result<()> {
        self.seal_pending(index)?;
        let Some(mut segment) = self.tracks[index].take() else { return Ok(()) };
        let last = segment.sealer.seal(segment.compressor.finish()?, Position::Last)?;
        self.sink.append(segment.id, &last)?;
        self.written[index].bytes += segment.took(&last);
        self.past.extend(segment.captured());
        self.sink.end(segment.id)?;
        self.journal(now, Entry::Close(segment.extent()))
    }
}

#[cfg(test)]
mod tests;

//! Records → sealed segments and journal lines, in the order that always verifies (docs/format.md §6). No threads, no clock.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::canonical::Bytes;
use crate::chunk::{Compressor, Effort};
use crate::clock::Time;
use crate::error::Result;
use crate::header::{FORMAT, Header, RecordingId, Unfinished};
use crate::journal::{Entry, Extent, JournalWriter};
use crate::key::KeyFile;
use crate::receipt::Receipt;
use crate::recipient::PublicKey;
use crate::record::{Record, RecordEncoder, ScreenRecord};
use crate::redact::Redacted;
use crate::seal::{Position, Sealer};
use crate::secret::Secret;
use crate::segment::{HEADER_BYTES, SegmentId};
use crate::sign::{Hash, Hasher, SignKey};
use crate::sink::{PublicFile, SegmentHeader, Sink};
use crate::span::{Span, Spans};
use crate::track::{Track, Tracks};

const _: () = assert!(FORMAT == 2, "this writer writes format 2");

/// A segment is ended after this long: what can be forgotten or released at once.
const SEGMENT_TIME: Duration = Duration::from_secs(60);
/// A segment is ended when it takes this many bytes.
const SEGMENT_BYTES: u64 = 64 << 20;
/// A chunk is sealed when its records take this many bytes, well under the format's limit.
pub(crate) const CHUNK_BYTES: usize = 5 << 20;
/// What waits keeps this much memory at most when it was sealed: a key frame comes once a minute.
const KEPT_BYTES: usize = 512 << 10;
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

/// What was destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destroyed {
    /// How many segments.
    pub segments: usize,
    /// When what they held was captured.
    pub spans: Spans,
}

/// When what a segment holds was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Captured {
    id: SegmentId,
    first: Time,
    last: Time,
}

impl Captured {
    fn touches(&self, spans: &Spans) -> bool {
        spans.iter().any(|span| self.first < span.to && span.from <= self.last)
    }

    /// From its first record until right behind its last.
    fn span(&self) -> Span {
        Span { from: self.first, to: self.last.after(Duration::from_nanos(1)) }
    }
}

/// A segment that is being written.
struct OpenSegment {
    id: SegmentId,
    sealer: Sealer,
    compressor: Compressor,
    records: RecordEncoder,
    /// Records that were not yet sealed.
    pending: Zeroizing<Vec<u8>>,
    pending_since: Time,
    pending_records: u64,
    /// When the latest record was captured.
    latest: Time,
    /// When what was sealed was captured: the first record, the latest.
    sealed: Option<(Time, Time)>,
    hasher: Hasher,
    chunks: u32,
    size: u64,
    began: Time,
    /// Whether it has a picture: the next one that stands alone begins another segment.
    has_picture: bool,
    /// Chunks that no journal line names yet.
    unattested: bool,
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
        segment.records.encode(time, record, &mut segment.pending);
        segment.pending_records += 1;
        segment.latest = segment.latest.max(time);
        segment.has_picture |= matches!(record, Record::Screen(ScreenRecord::Frame(_)));
        self.written[index].records += 1;
        if segment.pending.len() >= CHUNK_BYTES {
            self.seal_pending(index)?;
        }
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

    /// Erases what was not sealed yet of each track of which something there was captured in one of the spans, and ends that track's
    /// segment: differences from what is gone cannot be told. Answers when the first of it was captured, if anything was.
    pub fn discard(&mut self, spans: &Spans) -> Result<Option<Time>> {
        let mut first = None;
        for index in 0..self.tracks.len() {
            let Some(segment) = self.tracks[index].as_mut().filter(|segment| segment.has_pending()) else { continue };
            let pending = Captured { id: segment.id, first: segment.pending_since, last: segment.latest };
            if !pending.touches(spans) {
                continue;
            }
            first = Some(first.map_or(pending.first, |first: Time| first.min(pending.first)));
            self.written[index].records -= segment.pending_records;
            segment.records = RecordEncoder::default();
            segment.erase_pending();
            self.close(index, pending.first)?;
        }
        Ok(first)
    }

    /// Destroys every segment that holds something that was captured in one of the spans, wholly: nobody here could open it, to leave
    /// something of it. What was not sealed of the spans must be discarded before. Answers what went.
    pub fn forget(&mut self, spans: &Spans, now: Time) -> Result<Destroyed> {
        let open = self.tracks.iter().flatten().filter_map(OpenSegment::captured);
        let gone: Vec<Captured> =
            self.past.iter().copied().chain(open).filter(|captured| captured.touches(spans)).collect();
        let mut lines = Vec::new();
        for track in Track::ALL.into_iter().filter(|track| self.recorded.contains(*track)) {
            let of_track = || gone.iter().filter(|captured| captured.id.track == track);
            // The journal tells what really went.
            for span in spans.union(&of_track().map(Captured::span).collect()).iter() {
                let entry = Entry::Forget { track: track.into(), from: span.from.as_nanos(), to: span.to.as_nanos() };
                lines.push(self.journal.line(&self.device, now, entry)?);
            }
            for Captured { id, .. } in of_track() {
                let entry = Entry::Destroy { track: track.into(), segment: id.number };
                lines.push(self.journal.line(&self.device, now, entry)?);
            }
        }
        let ids: Vec<SegmentId> = gone.iter().map(|captured| captured.id).collect();
        for segment in &mut self.tracks {
            segment.take_if(|segment| ids.contains(&segment.id));
        }
        self.past.retain(|captured| !ids.contains(&captured.id));
        self.sink.forget(&lines, &ids)?;
        Ok(Destroyed { segments: ids.len(), spans: gone.iter().map(Captured::span).collect() })
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
            pending: Zeroizing::default(),
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
        if segment.pending.is_empty() {
            return Ok(());
        }
        let chunk = segment.compressor.chunk(&segment.pending)?;
        segment.erase_pending();
        let first = segment.sealed.map_or(segment.pending_since, |(first, _)| first);
        segment.sealed = Some((first, segment.latest));
        let sealed = segment.sealer.seal(&chunk, Position::Within)?;
        let bytes = self.sink.append(segment.id, &sealed)?;
        self.written[index].bytes += segment.took(&bytes);
        Ok(())
    }

    fn close(&mut self, index: usize, now: Time) -> Result<()> {
        self.seal_pending(index)?;
        let Some(mut segment) = self.tracks[index].take() else { return Ok(()) };
        let last = segment.sealer.seal(&segment.compressor.finish()?, Position::Last)?;
        let bytes = self.sink.append(segment.id, &last)?;
        self.written[index].bytes += segment.took(&bytes);
        self.past.extend(segment.captured());
        self.sink.end(segment.id)?;
        self.journal(now, Entry::Close(segment.extent()))
    }
}

impl OpenSegment {
    fn is_due(&self, now: Time) -> bool {
        now.since(self.began) >= SEGMENT_TIME || self.size >= SEGMENT_BYTES
    }

    /// Whether a record begins another segment. Of the screen a key frame does, which is coded for that, and nothing else can.
    fn ends_before(&self, record: &Record, now: Time) -> bool {
        match record {
            Record::Screen(ScreenRecord::Frame(part)) => part.key.is_some() && self.has_picture,
            Record::Screen(_) => false,
            Record::Pointer(_) | Record::Keyboard(_) | Record::Context(_) => self.is_due(now),
        }
    }

    fn has_pending(&self) -> bool {
        !self.pending.is_empty() || self.records.is_waiting()
    }

    fn is_long(&self, now: Time) -> bool {
        self.has_pending() && now.since(self.pending_since) >= CHUNK_TIME
    }

    /// When what was sealed was captured.
    fn captured(&self) -> Option<Captured> {
        self.sealed.map(|(first, last)| Captured { id: self.id, first, last })
    }

    fn erase_pending(&mut self) {
        zeroize::Zeroize::zeroize(self.pending.as_mut_slice());
        self.pending.clear();
        self.pending_records = 0;
        if self.pending.capacity() > KEPT_BYTES {
            self.pending = Zeroizing::default();
        }
    }

    fn took(&mut self, bytes: &[u8]) -> u64 {
        self.hasher.update(bytes);
        self.chunks += 1;
        self.size += bytes.len() as u64;
        self.unattested = true;
        bytes.len() as u64
    }

    fn extent(&self) -> Extent {
        Extent {
            track: self.id.track.into(),
            segment: self.id.number,
            chunks: self.chunks,
            size: self.size,
            hash: self.hasher.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backend::Patch;
    use crate::delta::{Canvas, Work};
    use crate::event::Sample;
    use crate::frame::{PixelFormat, Size};
    use crate::gate::Gate;
    use crate::identity::Identity;
    use crate::reader::{ItemValue, Reader};
    use crate::receipt::{Purpose, Terms};
    use crate::redact::Redactor;
    use crate::sink::{MemoryFiles, MemorySink};
    use crate::source::MemorySource;
    use crate::verify::verify;

    const SIZE: Size = Size { width: 640, height: 320 };

    fn receipt(identity: &Identity) -> Receipt {
        let terms = Terms {
            tracks: Tracks::ALL,
            live: Tracks::NONE,
            purpose: Purpose::AgentTraining,
            recipients: vec![identity.open_key().public()],
            issued: 1,
            expires: 1000,
            notice: "test".into(),
            ..Terms::default()
        };
        Receipt::sign(&terms, identity).expect("a receipt")
    }

    fn admit(time: Time, record: Record) -> Redacted<Record> {
        let sample = Sample { time, value: record };
        Redactor::cursor(Gate::for_tests().admit(Track::Screen, sample).expect("the gate is open"))
    }

    /// Records so many pictures within a minute, as the pipeline does: a key frame where a segment is due. Answers how many pictures each
    /// segment has.
    fn record(pictures: u32, colors: u32) -> Vec<usize> {
        let identity = Identity::random();
        let files = MemoryFiles::default();
        let about =
            About { tracks: Tracks::ALL, started: 2000, platform: "test".into(), policy: crate::sign::hash(b"") };
        let sink = Box::new(MemorySink(Arc::clone(&files)));
        let mut writer = RecordingWriter::begin(sink, &receipt(&identity), &about).expect("begins");
        let (mut canvas, mut state) = (Canvas::new(SIZE, PixelFormat::Bgrx8), 1_u32);
        let (mut now, mut work) = (Time::ZERO, Work::default());
        for _ in 0..pictures {
            now = now.after(Duration::from_millis(100));
            if writer.is_due(Track::Screen, now) || work.is_great() {
                canvas.restart();
            }
            let noise = std::iter::repeat_with(|| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 8) % colors).wrapping_mul(0x0001_0701)
            });
            let pixels: Vec<u8> = noise.take(SIZE.area()).flat_map(u32::to_le_bytes).collect();
            let patch = Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &pixels };
            for part in canvas.take_patch(&patch) {
                work.add(&part);
                writer.append(&admit(now, Record::Screen(ScreenRecord::Frame(part)))).expect("appends");
            }
        }
        writer.finish(now, "requested").expect("finishes");
        pictures_of(&files, &identity)
    }

    fn pictures_of(files: &MemoryFiles, identity: &Identity) -> Vec<usize> {
        let source = MemorySource(files.lock().expect("files").clone());
        let verified = verify(&source).expect("verifies");
        let body = verified.body.as_ref().expect("a body");
        let mut reader = Reader::open(&source, body, verified.status, identity.open_key()).expect("opens");
        let mut segments = Vec::new();
        while let Some(item) = reader.next_item().expect("reads") {
            if let ItemValue::Frame(frame) = item.value {
                if frame.key {
                    segments.push(0);
                }
                *segments.last_mut().expect("a key frame comes first") += 1;
            }
        }
        assert_eq!(segments.len(), body.segments.len(), "each segment has one key frame");
        segments
    }

    #[test]
    fn a_screen_segment_ends_when_decoding_it_has_become_much_work() {
        let photographs = record(90, 1 << 24);
        assert!(photographs.len() > 3, "{photographs:?}");
        let whole = &photographs[..photographs.len() - 1];
        assert!(whole.iter().all(|pictures| pictures.abs_diff(whole[0]) <= 1), "each is as much: {photographs:?}");
        assert_eq!(record(90, 2).len(), 1, "lines of two colours are little work");
    }
}

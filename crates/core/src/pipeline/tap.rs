//! The live tap: what the writing thread appends, for a host whose contributor agreed to that (docs/format.md §4, §15).
//!
//! Records wait in a bounded ring until the host takes them. Recording never waits for the host: what finds no room is dropped,
//! counted, and the gap is marked. Bytes that were taken, or that nobody may take any more, are erased.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use zeroize::{Zeroize, Zeroizing};

use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Record, RecordEncoder};
use crate::redact::Redacted;
use crate::track::{Track, Tracks};

/// Bytes that may wait for the host.
const LIMIT: usize = 4 << 20;
/// Records of a track become a block at the latest when they take this many bytes.
const BLOCK: usize = 64 << 10;
/// The smallest buffer that holds any block: one that was just not full, and the largest record behind it, 4096 moves.
pub const LEAST_BUFFER: usize = 256 << 10;
/// Bytes of a block before its records: its track, their length.
const HEAD: usize = 5;
/// Beside a block's track number: records before it were dropped, and its differences begin anew.
const ANEW: u8 = 0x80;

/// What a host may read while it is recorded.
pub struct Live {
    /// Which tracks; the receipt must allow each.
    pub tracks: Tracks,
    /// Called from the writing thread when there is something to drain, and at the end; must not block.
    pub on_ready: Box<dyn Fn() + Send + Sync>,
}

/// The writing thread's end of the tap.
pub(super) struct Feed {
    tap: Arc<Tap>,
    lanes: [Lane; 4],
}

/// Records of one track, until they are a block.
#[derive(Default)]
struct Lane {
    encoder: RecordEncoder,
    bytes: Zeroizing<Vec<u8>>,
    records: u64,
    anew: bool,
}

/// What both ends share.
pub(super) struct Tap {
    live: Live,
    ring: Mutex<Ring>,
    ended: AtomicBool,
}

#[derive(Default)]
struct Ring {
    bytes: VecDeque<u8>,
    /// The lengths of the blocks in `bytes`.
    blocks: VecDeque<usize>,
}

impl Tap {
    pub(super) fn new(live: Live) -> Self {
        Self { live, ring: Mutex::default(), ended: AtomicBool::new(false) }
    }

    /// Moves whole blocks into `buffer`, oldest first, and says how many bytes they are; 0 when there is none.
    pub(super) fn drain(&self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.len() < LEAST_BUFFER {
            let why = format!("a buffer for a live tap must have {LEAST_BUFFER} bytes");
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        Ok(self.ring().take(buffer))
    }

    /// Nothing is given out from now on, and nothing gathers any more.
    pub(super) fn end(&self) {
        let mut ring = self.ring();
        self.ended.store(true, Ordering::Release);
        ring.erase();
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        lock(&self.ring)
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Adds a block, if it has room.
    fn put(&self, first: u8, records: &[u8]) -> bool {
        let mut ring = self.ring();
        // A tap that was ended drops everything, and that is no loss.
        self.has_ended() || ring.put(first, records)
    }
}

impl Ring {
    fn put(&mut self, first: u8, records: &[u8]) -> bool {
        let length = HEAD + records.len();
        let Ok(size) = u32::try_from(records.len()) else { return false };
        if self.bytes.len() + length > LIMIT {
            return false;
        }
        if self.bytes.capacity() == 0 {
            // All at once: a ring that grew would leave its bytes behind. Pages that are never touched cost nothing.
            self.bytes.reserve_exact(LIMIT);
        }
        self.bytes.push_back(first);
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(records);
        self.blocks.push_back(length);
        true
    }

    fn take(&mut self, buffer: &mut [u8]) -> usize {
        let mut length = 0;
        while let Some(next) = self.blocks.front().filter(|next| length + **next <= buffer.len()) {
            length += next;
            self.blocks.pop_front();
        }
        let (front, back) = self.bytes.as_mut_slices();
        let (first, second) = (length.min(front.len()), length.saturating_sub(front.len()));
        for (from, to) in [(&mut front[..first], 0), (&mut back[..second], first)] {
            buffer[to..to + from.len()].copy_from_slice(from);
            from.zeroize();
        }
        self.bytes.drain(..length);
        if self.bytes.is_empty() {
            // Back to the first pages.
            self.bytes.clear();
        }
        length
    }

    fn erase(&mut self) {
        let (front, back) = self.bytes.as_mut_slices();
        front.zeroize();
        back.zeroize();
        self.bytes.clear();
        self.blocks.clear();
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.erase();
    }
}

impl Feed {
    pub(super) fn new(tap: Arc<Tap>) -> Self {
        Self { tap, lanes: Default::default() }
    }

    /// Takes a record that is being appended. Answers how many were dropped for want of room.
    pub(super) fn take(&mut self, record: &Redacted<Record>) -> u64 {
        let track = record.value().track();
        if !self.tap.live.tracks.contains(track) || self.tap.has_ended() {
            return 0;
        }
        let lane = &mut self.lanes[track as usize];
        lane.encoder.encode(record.time(), record.value(), &mut lane.bytes);
        lane.records += 1;
        if lane.bytes.len() >= BLOCK { self.put(track) } else { 0 }
    }

    /// Erases what the host did not take yet. What comes next cannot be told by differences from it.
    pub(super) fn erase(&mut self) {
        for lane in &mut self.lanes {
            lane.bytes.as_mut_slice().zeroize();
            *lane = Lane { anew: true, ..Lane::default() };
        }
        self.tap.ring().erase();
    }

    /// Whether anything waits to be a block.
    pub(super) fn is_waiting(&self) -> bool {
        self.lanes.iter().any(|lane| lane.records > 0)
    }

    /// Makes blocks of what waits, and tells the host. Answers as [`Feed::take`].
    pub(super) fn flush(&mut self) -> u64 {
        let dropped = Track::ALL.into_iter().map(|track| self.put(track)).sum();
        if !self.tap.has_ended() {
            (self.tap.live.on_ready)();
        }
        dropped
    }

    fn put(&mut self, track: Track) -> u64 {
        let lane = &mut self.lanes[track as usize];
        if lane.records == 0 {
            return 0;
        }
        lane.encoder.flush(&mut lane.bytes);
        let records = std::mem::take(&mut lane.records);
        let found_room = self.tap.put(track.number() | if lane.anew { ANEW } else { 0 }, &lane.bytes);
        lane.bytes.as_mut_slice().zeroize();
        lane.bytes.clear();
        if found_room {
            lane.anew = false;
            return 0;
        }
        // The host misses these, so what follows cannot be told by differences from them.
        lane.encoder = RecordEncoder::default();
        lane.anew = true;
        records
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::clock::Time;
    use crate::event::{ContextEvent, PointerAction, PointerEvent, Sample, Workspace};
    use crate::frame::Position;
    use crate::gate::Gate;
    use crate::record::RecordDecoder;
    use crate::redact::Redactor;
    use crate::wire::Reader;

    fn tap(tracks: &[Track]) -> (Arc<Tap>, Feed, Arc<AtomicU64>) {
        let rings = Arc::new(AtomicU64::new(0));
        let rung = Arc::clone(&rings);
        let on_ready = Box::new(move || {
            rung.fetch_add(1, Ordering::AcqRel);
        });
        let tap = Arc::new(Tap::new(Live { tracks: tracks.iter().copied().collect(), on_ready }));
        (Arc::clone(&tap), Feed::new(tap), rings)
    }

    fn moved(number: u64) -> Redacted<Record> {
        let position = Position { x: number as i32, y: -1 };
        let event = PointerEvent { position, injected: false, action: PointerAction::Move { raw: None } };
        redacted(number, event).map(Record::Pointer)
    }

    fn redacted(nanos: u64, event: PointerEvent) -> Redacted<PointerEvent> {
        let admitted = Gate::for_tests().admit(Track::Pointer, Sample { time: Time::from_nanos(nanos), value: event });
        Redactor::new(crate::policy::Policy::default()).pointer(admitted.expect("is admitted"))
    }

    fn workspace(number: u64, name: String) -> Redacted<Record> {
        let value = ContextEvent::Workspace(Workspace { index: number as u32, name });
        let admitted = Gate::for_tests().admit(Track::Context, Sample { time: Time::from_nanos(number), value });
        Redactor::new(crate::policy::Policy::default())
            .context(admitted.expect("is admitted"), |_| false)
            .0
            .expect("is no element")
            .map(Record::Context)
    }

    /// The blocks in some bytes: first byte, records.
    fn blocks(bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        let mut reader = Reader::new(bytes);
        let mut blocks = Vec::new();
        while !reader.is_empty() {
            let (first, length) = (reader.u8().expect("a track"), reader.u32().expect("a length"));
            blocks.push((first, reader.bytes(length as usize).expect("records").to_vec()));
        }
        blocks
    }

    fn drain(tap: &Tap) -> Vec<(u8, Vec<u8>)> {
        let mut buffer = vec![0; LEAST_BUFFER];
        let length = tap.drain(&mut buffer).expect("drains");
        blocks(&buffer[..length])
    }

    #[test]
    fn what_was_taken_comes_out_and_is_erased() {
        let (tap, mut feed, rings) = tap(&[Track::Pointer]);
        (0..5).for_each(|number| assert_eq!(feed.take(&moved(number)), 0));
        assert_eq!(feed.take(&workspace(1, "not asked for".into())), 0);
        assert!(drain(&tap).is_empty() && feed.is_waiting());
        assert_eq!(feed.flush(), 0);
        assert_eq!(rings.load(Ordering::Acquire), 1);
        let found = drain(&tap);
        assert_eq!(found.len(), 1);
        let (mut decoder, mut records) = (RecordDecoder::new(Track::Pointer), Reader::new(&found[0].1));
        for number in 0..5 {
            let decoded = decoder.next(&mut records).expect("well formed").expect("a move");
            assert_eq!((decoded.0, &decoded.1), (moved(number).time(), moved(number).value()));
        }
        assert!(drain(&tap).is_empty(), "once");
        let ring = tap.ring();
        assert!(ring.bytes.is_empty() && ring.blocks.is_empty());
    }

    #[test]
    fn what_finds_no_room_is_counted_and_the_next_block_begins_anew() {
        let (tap, mut feed, _) = tap(&[Track::Context]);
        let (mut dropped, mut taken) = (0, 0);
        while dropped == 0 {
            dropped += feed.take(&workspace(taken, "x".repeat(256)));
            taken += 1;
        }
        assert!(tap.ring().bytes.len() <= LIMIT);
        let mut decoder = RecordDecoder::new(Track::Context);
        let mut given = 0;
        loop {
            let found = drain(&tap);
            if found.is_empty() {
                break;
            }
            for (first, records) in found {
                assert_eq!(first, Track::Context.number());
                let mut records = Reader::new(&records);
                while let Some((time, _)) = decoder.next(&mut records).expect("well formed") {
                    assert_eq!(time.as_nanos(), given);
                    given += 1;
                }
            }
        }
        assert_eq!(given + dropped, taken);
        assert_eq!(feed.take(&workspace(taken, "y".into())), 0);
        assert_eq!(feed.flush(), 0);
        let found = drain(&tap);
        assert_eq!(found[0].0, Track::Context.number() | ANEW);
        let decoded = RecordDecoder::new(Track::Context).next(&mut Reader::new(&found[0].1));
        assert_eq!(decoded.expect("well formed").expect("a record").0.as_nanos(), taken);
    }

    #[test]
    fn a_small_buffer_is_refused_and_an_ended_tap_is_empty() {
        let (tap, mut feed, rings) = tap(&[Track::Pointer]);
        feed.take(&moved(1));
        feed.flush();
        let refused = tap.drain(&mut [0; LEAST_BUFFER - 1]).expect_err("too small");
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
        tap.end();
        assert!(drain(&tap).is_empty());
        assert_eq!((feed.take(&moved(2)), feed.flush()), (0, 0));
        assert!(drain(&tap).is_empty());
        assert_eq!(rings.load(Ordering::Acquire), 1, "nobody is told any more");
    }
}

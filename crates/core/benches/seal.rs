//! Sealing chunks, and opening them; what they hold makes no difference.

use divan::Bencher;
use divan::counter::BytesCount;
use understudy_core::header::RecordingId;
use understudy_core::recipient::ContentKey;
use understudy_core::seal::{Opener, Position, Sealer};
use understudy_core::segment::SegmentId;
use understudy_core::track::Track;

/// Of a chunk: a typed letter, a change, a first picture.
const BYTES: [usize; 3] = [256, 16 << 10, 1 << 20];
const RECORDING: RecordingId = understudy_core::canonical::Bytes([1; 16]);
const SEGMENT: SegmentId = SegmentId { track: Track::Screen, number: 0 };

fn main() {
    divan::main();
}

#[divan::bench(args = BYTES)]
fn seal(bencher: Bencher<'_, '_>, length: usize) {
    let (key, chunk) = (ContentKey::random(), vec![7; length]);
    let (mut sealer, _) = Sealer::new(RECORDING, SEGMENT, &key);
    bencher
        .counter(BytesCount::new(length))
        .bench_local(|| sealer.seal(&chunk, Position::Within).expect("room for a chunk"));
}

#[divan::bench(args = BYTES)]
fn open(bencher: Bencher<'_, '_>, length: usize) {
    let key = ContentKey::random();
    let (mut sealer, header) = Sealer::new(RECORDING, SEGMENT, &key);
    let sealed = sealer.seal(&vec![7; length], Position::Within).expect("room for a chunk");
    bencher
        .counter(BytesCount::new(length))
        .with_inputs(|| Opener::new(RECORDING, SEGMENT, &key, &header))
        .bench_local_refs(|opener| opener.open(sealed.bytes()).expect("what was sealed"));
}

//! Where segments end.

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
        recipients: vec![Identity::random().open_key().public()],
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
    let about = About { tracks: Tracks::ALL, started: 2000, platform: "test".into(), policy: crate::sign::hash(b"") };
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
    let opener = identity.opening(&body.receipt).expect("derives");
    let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
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

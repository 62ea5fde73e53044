//! What breaks while a recording is written: a backend, a display, a disk.

mod desk;

use std::sync::Arc;

use understudy_capture::synthetic::{Part, Synthetic, SyntheticOptions};
use understudy_core::clock::Time;
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, NoticeName, SignedLine};
use understudy_core::pipeline::Recorder;
use understudy_core::policy::Policy;
use understudy_core::reader::Reader;
use understudy_core::receipt::Receipt;
use understudy_core::seal::SealedChunk;
use understudy_core::segment::SegmentId;
use understudy_core::sink::{MemoryFiles, MemorySink, PublicFile, SegmentHeader, Sink};
use understudy_core::source::MemorySource;
use understudy_core::track::Tracks;
use understudy_core::verify::{Status, verify};

use desk::{asap, config, elements, play, terms, trusting, wait_for};

#[test]
fn accessibility_that_panics_ends_no_recording_and_the_journal_says_so() {
    let panic_at = Some((Part::Accessibility, Time::from_nanos(4_000_000_000)));
    let desk = play(SyntheticOptions { accessibility: true, panic_at, ..asap(900) }, Policy::default());
    desk.recorder.stop().expect("stops as asked");
    let (verified, items, _) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    let body = verified.body.expect("body");
    let told = |entry: &Entry| matches!(entry, Entry::Notice { notice: NoticeName::NoAccessibility, .. });
    assert_eq!(body.journal.iter().filter(|(_, entry)| told(entry)).count(), 1);
    assert!(elements(&items).iter().all(|(time, ..)| time.as_nanos() < 4_000_000_000));
    assert!(items.last().expect("items").time.as_nanos() > 8_000_000_000, "the rest goes on");
}

#[test]
fn a_lost_display_and_a_panic_end_the_recording_but_not_what_was_written() {
    let lost = SyntheticOptions { fail_at: Some(Time::from_nanos(3_000_000_000)), ..asap(300) };
    let panics = |part| SyntheticOptions { panic_at: Some((part, Time::from_nanos(3_000_000_000))), ..asap(300) };
    let cases = [
        (lost, ErrorKind::DisplayLost),
        (panics(Part::Hook), ErrorKind::Internal),
        (panics(Part::Watcher), ErrorKind::Internal),
        (panics(Part::Capturer), ErrorKind::Internal),
    ];
    for (options, kind) in cases {
        let desk = play(options, trusting());
        wait_for("the failed state", || desk.recorder.state().is_over());
        assert_eq!(desk.recorder.stop().expect_err("failed").kind(), kind);
        let (verified, items, _) = desk.open();
        assert_eq!(verified.status, Status::Intact);
        assert!(!items.is_empty());
        let (_, last) = verified.body.expect("body").journal.pop().expect("a last line");
        assert_eq!(last, Entry::Stop { reason: kind.code().into() });
    }
}

/// A disk that is full after some bytes.
struct FullDisk {
    inner: MemorySink,
    left: usize,
}

impl FullDisk {
    fn take(&mut self, bytes: usize) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| Error::new(ErrorKind::DiskFull, "no space left"))?;
        Ok(())
    }
}

impl Sink for FullDisk {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        self.take(file.bytes().len())?;
        self.inner.put(file)
    }
    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        self.take(header.bytes().len())?;
        self.inner.begin(header)
    }
    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()> {
        self.take(chunk.bytes().len())?;
        self.inner.append(segment, chunk)
    }
    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        self.take(line.bytes().len())?;
        self.inner.journal(line)
    }
    fn sync(&mut self, _: SegmentId) -> Result<()> {
        Ok(())
    }
    fn end(&mut self, _: SegmentId) -> Result<()> {
        Ok(())
    }
    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        self.take(lines.iter().map(|line| line.bytes().len()).sum())?;
        self.inner.forget(lines, gone)
    }
    fn finish(&mut self) -> Result<()> {
        self.inner.finish()
    }
}

#[test]
fn a_disk_that_fills_up_at_any_byte_leaves_a_recording_that_verifies() {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    for left in (0..60_000).step_by(1_999) {
        let files = MemoryFiles::default();
        let sink = FullDisk { inner: MemorySink(Arc::clone(&files)), left };
        let synthetic = Synthetic::new(SyntheticOptions {
            size: understudy_core::frame::Size { width: 320, height: 240 },
            ..asap(120)
        });
        let probe = synthetic.clone();
        let started = Recorder::start(Box::new(synthetic), config(receipt.clone(), trusting()), || Ok(Box::new(sink)));
        match started {
            Err(error) => assert_eq!(error.kind(), ErrorKind::DiskFull),
            Ok(recorder) => {
                wait_for("an end", || probe.finished() || recorder.state().is_over());
                if let Err(error) = recorder.stop() {
                    assert_eq!(error.kind(), ErrorKind::DiskFull);
                }
            }
        }
        let source = MemorySource(files.lock().expect("files").clone());
        if source.0.is_empty() {
            continue;
        }
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{left} bytes: {}: {failure}", failure.at));
        if let Some(body) = &verified.body {
            let opener = identity.opening(&body.receipt).expect("derives");
            let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
            while reader.next_item().expect("reads").is_some() {}
        }
    }
}

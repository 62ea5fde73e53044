//! Forgetting while it is recorded: what goes from memory and from the disk, what stays, and what a stop at any step leaves.

mod desk;
#[path = "../../core/tests/written/stopping.rs"]
mod stopping;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use understudy_capture::synthetic::{Synthetic, SyntheticOptions};
use understudy_core::amend::settle;
use understudy_core::error::{ErrorKind, Result};
use understudy_core::identity::Identity;
use understudy_core::journal::{Entry, SignedLine};
use understudy_core::pipeline::{ForgetLast, Recorder, State, WhichWindow};
use understudy_core::reader::{Item, ItemValue};
use understudy_core::receipt::Receipt;
use understudy_core::seal::SealedChunk;
use understudy_core::segment::SegmentId;
use understudy_core::sink::{FolderSink, PublicFile, SegmentHeader, Sink};
use understudy_core::source::{FolderSource, Source};
use understudy_core::span::Spans;
use understudy_core::track::{Track, Tracks};
use understudy_core::verify::{Status, verify};

use desk::{Desk, asap, config, play, start, terms, trusting};
use stopping::Stopping;

fn last(seconds: u64) -> ForgetLast {
    ForgetLast { last: Duration::from_secs(seconds), app: None, window: None }
}

/// What is open of it now; what was typed and not left yet waits, and is not in it.
fn items(desk: &Desk) -> Vec<Item> {
    desk.open().1
}

fn outside(items: &[Item], lost: &Spans) -> Vec<Item> {
    items.iter().filter(|item| lost.at(item.time).is_none()).cloned().collect()
}

#[test]
fn the_last_minute_is_gone_from_every_track_and_the_minutes_before_stay() {
    let options = SyntheticOptions { duration: Duration::from_secs(200), fps: 3, ..asap(30) };
    let desk = play(options, trusting());
    desk.recorder.pause().expect("pauses");
    std::thread::sleep(Duration::from_millis(50));
    let before = items(&desk);
    let files = desk.source().0;
    let forgotten = desk.recorder.forget(&last(60)).expect("forgets");
    assert_eq!(desk.recorder.state(), State::Paused, "it stays paused");
    let span = forgotten.spans.iter().next().expect("a span");
    assert_eq!(span.to.since(span.from), Duration::from_secs(60));
    let lost = forgotten.lost.iter().next().expect("a span");
    assert!(lost.from <= span.from && span.from.since(lost.from) < Duration::from_secs(62), "{lost:?}");
    assert!(forgotten.destroyed >= 4);
    let left = desk.source().0;
    let gone: Vec<&String> = files.keys().filter(|path| !left.contains_key(*path)).collect();
    assert_eq!(gone.len(), forgotten.destroyed as usize * 2, "{gone:?}");
    desk.recorder.stop().expect("stops");
    let (verified, after, _) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    assert!(outside(&after, &forgotten.spans) == after, "nothing of it is left");
    let before: Vec<Item> = before.into_iter().filter(|item| item.time < lost.from).collect();
    let kept: Vec<Item> = after.iter().filter(|item| item.time < lost.from).cloned().collect();
    assert!(before.len() > 1000 && before.iter().all(|item| kept.contains(item)), "{} items", before.len());
    let body = verified.body.expect("a body");
    for track in Track::ALL {
        let told = |entry: &Entry| matches!(entry, Entry::Forget { track: of, .. } if Track::from(*of) == track);
        assert!(body.journal.iter().any(|(_, entry)| told(entry)), "{track} was forgotten");
    }
}

#[test]
fn what_waits_in_memory_is_forgotten_and_the_recording_goes_on() {
    let options = SyntheticOptions { asap: false, ..asap(600) };
    let desk = start(options, trusting());
    std::thread::sleep(Duration::from_millis(1500));
    let forgotten = desk.recorder.forget(&last(3600)).expect("forgets");
    assert!(matches!(desk.recorder.state(), State::Recording | State::Withheld));
    std::thread::sleep(Duration::from_millis(1500));
    let again = desk.recorder.forget(&ForgetLast { last: Duration::from_millis(300), ..last(1) }).expect("forgets");
    std::thread::sleep(Duration::from_millis(1200));
    desk.recorder.stop().expect("stops");
    let (verified, after, _) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    for spans in [&forgotten.spans, &again.spans] {
        assert!(!spans.is_empty());
        assert!(outside(&after, spans) == after, "{spans:?}");
    }
    let end = again.lost.end();
    let goes_on = |is: fn(&ItemValue) -> bool| after.iter().any(|item| item.time > end && is(&item.value));
    assert!(goes_on(|value| matches!(value, ItemValue::Frame(_))));
    assert!(goes_on(|value| matches!(value, ItemValue::Context(_))));
    let journal = verified.body.expect("a body").journal;
    let pauses = journal.iter().filter(|(_, entry)| matches!(entry, Entry::Pause {} | Entry::Resume {})).count();
    assert_eq!(pauses, 4, "the journal tells of both");
}

#[test]
fn an_application_or_a_window_goes_and_others_stay() {
    let options = SyntheticOptions { duration: Duration::from_secs(400), fps: 2, ..asap(30) };
    let desk = play(options, trusting());
    desk.recorder.pause().expect("pauses");
    let nothing = ForgetLast { app: Some("Nothing".into()), ..last(3600) };
    assert_eq!(desk.recorder.forget(&nothing).expect("finds nothing").destroyed, 0);
    let window = ForgetLast { window: Some(WhichWindow::Focused), last: Duration::from_secs(5), ..last(1) };
    let spans = desk.recorder.forget(&window).expect("forgets").spans;
    assert!(!spans.is_empty() && spans.iter().all(|span| span.to.since(span.from) <= Duration::from_secs(5)));
    let app = ForgetLast { app: Some("VAULT".into()), ..last(3600) };
    let forgotten = desk.recorder.forget(&app).expect("forgets");
    assert!(!forgotten.spans.is_empty() && forgotten.destroyed > 0);
    desk.recorder.stop().expect("stops");
    let (verified, after, _) = desk.open();
    assert_eq!(verified.status, Status::Intact);
    assert!(outside(&after, &forgotten.spans) == after);
    assert!(!after.iter().any(|item| format!("{:?}", item.value).contains("Vault")));
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_happens() {
    let desk = play(asap(30), trusting());
    let named = |app: &str| ForgetLast { app: Some(app.into()), ..last(1) };
    for what in [last(0), named(""), named(&"x".repeat(257))] {
        assert_eq!(desk.recorder.forget(&what).expect_err("refuses").kind(), ErrorKind::InvalidArgument);
    }
    assert!(!desk.recorder.state().is_over());
    desk.recorder.stop().expect("stops");
    assert_eq!(desk.recorder.forget(&last(1)).expect_err("has ended").kind(), ErrorKind::State);
}

/// A folder whose disk stops at a step of a forgetting.
struct Stopped {
    inner: FolderSink,
    folder: PathBuf,
    left: usize,
    steps: Arc<AtomicUsize>,
}

impl Sink for Stopped {
    fn put(&mut self, file: &PublicFile) -> Result<()> {
        self.inner.put(file)
    }
    fn begin(&mut self, header: &SegmentHeader) -> Result<()> {
        self.inner.begin(header)
    }
    fn append(&mut self, segment: SegmentId, chunk: &SealedChunk) -> Result<()> {
        self.inner.append(segment, chunk)
    }
    fn journal(&mut self, line: &SignedLine) -> Result<()> {
        self.inner.journal(line)
    }
    fn sync(&mut self, segment: SegmentId) -> Result<()> {
        self.inner.sync(segment)
    }
    fn end(&mut self, segment: SegmentId) -> Result<()> {
        self.inner.end(segment)
    }
    fn forget(&mut self, lines: &[SignedLine], gone: &[SegmentId]) -> Result<()> {
        let mut disk = Stopping::new(&self.folder, self.left);
        let forgotten = self.inner.forget_on(&mut disk, lines, gone);
        self.steps.store(disk.steps, Ordering::Release);
        forgotten
    }
    fn finish(&mut self) -> Result<()> {
        self.inner.finish()
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let source = FolderSource::new(folder).expect("a folder");
    let read = |path: String| {
        let bytes = source.read_whole(&path, 1 << 26).expect("reads").expect("is there");
        (path, bytes)
    };
    source.list().expect("lists").into_iter().map(read).collect()
}

/// Records for a moment, forgets all of it on a disk that stops at a step; how many steps were begun, and what lay there just before.
fn forget_stopped(folder: &Path, left: usize) -> (usize, BTreeMap<String, Vec<u8>>, Result<()>) {
    let receipt = Receipt::sign(&terms(Tracks::ALL), &Identity::random()).expect("a receipt");
    let size = understudy_core::frame::Size { width: 320, height: 240 };
    let synthetic = Synthetic::new(SyntheticOptions { asap: false, size, ..asap(600) });
    let steps = Arc::new(AtomicUsize::new(0));
    let sink = || -> Result<Box<dyn Sink>> {
        let inner = FolderSink::create(folder)?;
        Ok(Box::new(Stopped { inner, folder: folder.into(), left, steps: Arc::clone(&steps) }))
    };
    let recorder = Recorder::start(Box::new(synthetic), config(receipt, trusting()), sink).expect("starts");
    std::thread::sleep(Duration::from_millis(600));
    recorder.pause().expect("pauses");
    // Until all that was recorded is judged, and sealed.
    std::thread::sleep(Duration::from_millis(1000));
    let before = files(folder);
    let forgotten = recorder.forget(&last(3600)).map(drop);
    if forgotten.is_err() {
        assert!(matches!(recorder.stop().expect_err("has failed").kind(), ErrorKind::Io));
    }
    drop(recorder);
    (steps.load(Ordering::Acquire), before, forgotten)
}

/// Whether a journal says that something was destroyed.
fn is_told(journal: &[u8]) -> bool {
    String::from_utf8_lossy(journal).contains("\"type\":\"destroy\"")
}

#[test]
fn a_stop_at_any_step_leaves_it_not_begun_or_complete() {
    let root = std::env::temp_dir().join(format!("understudy-forget-{}", std::process::id()));
    let (steps, _, forgotten) = forget_stopped(&root.join("whole"), 1 << 20);
    forgotten.expect("forgets");
    // The journal, its name, two files of each track, the journal's name again, the folder.
    assert_eq!(steps, 12);
    let (mut begun, mut complete) = (0, 0);
    for step in 0..steps {
        let folder = root.join(step.to_string());
        let (_, before, stopped) = forget_stopped(&folder, step);
        assert_eq!(stopped.expect_err("stops").message(), "stopped", "step {step}");
        let verified = || verify(&FolderSource::new(&folder).expect("a folder"));
        if let Err(unsettled) = verified() {
            assert_eq!(unsettled.error.kind(), ErrorKind::State, "step {step}: never taken for tampering");
        }
        settle(&folder).expect("settles");
        let status = verified().unwrap_or_else(|failure| panic!("step {step}: {}: {failure}", failure.at)).status;
        assert_eq!(status, Status::Cut, "step {step}");
        let after = files(&folder);
        let sealed = |path: &&String| path.ends_with(".seg") || path.ends_with(".key");
        if is_told(&after["journal.ndjson"]) {
            assert!(!after.keys().any(|path| sealed(&path)), "step {step}");
            for (path, bytes) in before.iter().filter(|(path, _)| sealed(path)) {
                let canary = &bytes[bytes.len() - 40..];
                let found = after.values().any(|left| left.windows(canary.len()).any(|window| window == canary));
                assert!(!found, "step {step}: {path}");
            }
            complete += 1;
        } else {
            assert!(before.keys().filter(sealed).all(|path| after.contains_key(path)), "step {step}");
            begun += 1;
        }
    }
    assert!(begun >= 2 && complete >= 8, "{begun} not begun, {complete} complete");
    std::fs::remove_dir_all(&root).expect("removes");
}

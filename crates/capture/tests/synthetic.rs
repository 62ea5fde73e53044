//! The synthetic platform keeps the promises that pipeline tests rest on.

#![expect(clippy::unwrap_used, reason = "a test that unwraps fails at the right line")]

use std::time::{Duration, Instant};

use understudy_capture::synthetic::{Part, Synthetic, SyntheticOptions};
use understudy_core::backend::{Batch, ElementEvent, Notice, NoticeKind, Platform, ScreenSink, Shot};
use understudy_core::clock::Time;
use understudy_core::error::ErrorKind;
use understudy_core::event::{ContextEvent, CursorImage, InputEvent, KeyboardAction, Sample};
use understudy_core::frame::{Frame, Position, Rect, Size};
use understudy_core::track::Tracks;

#[derive(Default)]
struct Album {
    frame: Option<Frame>,
    shown: Vec<(Time, Frame)>,
    cursors: usize,
    notices: Vec<NoticeKind>,
}

impl ScreenSink for Album {
    fn shot(&mut self, shot: Shot<'_>) -> bool {
        let frame = self.frame.get_or_insert_with(|| Frame::new(shot.size, shot.format));
        if frame.size() != shot.size {
            *frame = Frame::new(shot.size, shot.format);
        }
        for patch in shot.patches {
            let Rect { x, y, width, height } = patch.rect;
            for row in 0..height {
                let start = row as usize * patch.stride;
                let line = patch.pixels[start..start + width as usize * 4].chunks_exact(4);
                let line = line.map(|pixel| u32::from_le_bytes(pixel.try_into().unwrap()));
                for (to, from) in frame.row_mut(x.unsigned_abs(), y.unsigned_abs() + row, width).iter_mut().zip(line) {
                    *to = from & shot.format.mask();
                }
            }
        }
        self.shown.push((shot.time, frame.clone()));
        true
    }

    fn cursor_image(&mut self, _time: Time, _image: CursorImage) {
        self.cursors += 1;
    }

    fn cursor_position(&mut self, _time: Time, _position: Option<Position>) {}

    fn notice(&mut self, notice: Notice) {
        self.notices.push(notice.kind);
    }
}

struct Played {
    inputs: Vec<Sample<InputEvent>>,
    contexts: Vec<Sample<ContextEvent>>,
    elements: Vec<Sample<ElementEvent>>,
    album: Album,
}

fn play(synthetic: &Synthetic) -> Played {
    let clock = synthetic.clock();
    let backend = synthetic.open(Tracks::ALL, &clock).unwrap();
    let (mut hook, mut capturer, mut watcher) = (backend.hook.unwrap(), backend.capturer.unwrap(), backend.watcher);
    let accessibility = backend.accessibility;
    let wait = Some(Duration::from_millis(100));
    std::thread::scope(|scope| {
        let inputs = scope.spawn(move || {
            let mut batch = Batch::default();
            while !synthetic.finished() {
                hook.poll(wait, &mut batch).unwrap();
            }
            batch.samples
        });
        let contexts = scope.spawn(move || {
            let mut batch = Batch::default();
            while !synthetic.finished() {
                watcher.poll(wait, &mut batch).unwrap();
            }
            batch.samples
        });
        let elements = scope.spawn(move || {
            let mut batch = Batch::default();
            let Some(mut accessibility) = accessibility else { return batch.samples };
            while !synthetic.finished() {
                accessibility.poll(wait, &mut batch).unwrap();
            }
            batch.samples
        });
        let mut album = Album::default();
        while !synthetic.finished() {
            capturer.poll(wait, &mut album).unwrap();
        }
        Played {
            inputs: inputs.join().unwrap(),
            contexts: contexts.join().unwrap(),
            elements: elements.join().unwrap(),
            album,
        }
    })
}

fn asap() -> SyntheticOptions {
    SyntheticOptions { asap: true, size: Size { width: 640, height: 360 }, ..SyntheticOptions::default() }
}

#[test]
fn a_script_plays_whole_in_order_and_as_drawn() {
    let synthetic =
        Synthetic::new(SyntheticOptions { duration: Duration::from_secs(25), accessibility: true, ..asap() });
    let script = synthetic.script();
    let played = play(&synthetic);
    assert_eq!(played.inputs, script.inputs());
    assert_eq!(played.contexts, script.contexts());
    assert_eq!(played.elements, script.elements());
    assert!(played.inputs.is_sorted_by_key(|sample| sample.time));
    assert!(played.album.shown.len() > 100, "{} pictures", played.album.shown.len());
    assert!(played.album.cursors >= 2);
    for (time, frame) in &played.album.shown {
        assert!(*frame == script.picture(script.index_at(*time)), "picture at {time:?} differs");
    }
    let typed = |sample: &Sample<InputEvent>| match &sample.value {
        InputEvent::Keyboard(event) => match &event.action {
            KeyboardAction::Down { key, .. } => Some(key.text.clone()),
            _ => None,
        },
        InputEvent::Pointer(_) => None,
    };
    let text: String = played.inputs.iter().filter_map(typed).collect();
    assert!(text.contains("s3cret"), "{text}");
}

#[test]
fn without_accessibility_nobody_tells_what_is_in_a_window() {
    let synthetic = Synthetic::new(asap());
    assert_eq!(play(&synthetic).elements, []);
    assert!(!synthetic.script().elements().is_empty());
}

#[test]
fn a_thousand_frames_take_seconds() {
    let options = SyntheticOptions { duration: Duration::from_millis(33_300), animate: true, ..asap() };
    let start = Instant::now();
    let played = play(&Synthetic::new(options));
    assert_eq!(played.album.shown.len(), 1000);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn the_same_seed_gives_the_same_script() {
    let write = |seed| Synthetic::new(SyntheticOptions { seed, ..asap() }).script();
    assert_eq!(write(7).inputs(), write(7).inputs());
    assert_ne!(write(7).inputs(), write(8).inputs());
}

#[test]
fn a_resize_gives_a_notice_and_a_whole_picture() {
    let size = Size { width: 800, height: 400 };
    let resize_at = Some((Time::from_nanos(3_000_000_000), size));
    let synthetic = Synthetic::new(SyntheticOptions { resize_at, ..asap() });
    let played = play(&synthetic);
    assert_eq!(played.album.notices, [NoticeKind::Resized(size)]);
    let script = synthetic.script();
    for (time, frame) in &played.album.shown {
        assert!(*frame == script.picture(script.index_at(*time)), "picture at {time:?} differs");
    }
}

#[test]
fn a_scripted_loss_is_an_error_and_a_scripted_panic_a_panic() {
    let fail_at = Some(Time::from_nanos(1_000_000_000));
    let synthetic = Synthetic::new(SyntheticOptions { fail_at, ..asap() });
    let clock = synthetic.clock();
    let mut watcher = synthetic.open([].into_iter().collect(), &clock).unwrap().watcher;
    let error = loop {
        if let Err(error) = watcher.poll(None, &mut Batch::default()) {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::DisplayLost);

    let panic_at = Some((Part::Watcher, Time::from_nanos(1_000_000_000)));
    let synthetic = Synthetic::new(SyntheticOptions { panic_at, ..asap() });
    let clock = synthetic.clock();
    let mut watcher = synthetic.open([].into_iter().collect(), &clock).unwrap().watcher;
    let poll = move || {
        for _ in 0..100 {
            watcher.poll(None, &mut Batch::default()).unwrap();
        }
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(poll)).is_err());
}

#[test]
fn in_real_time_it_waits_and_its_waker_ends_a_poll() {
    let duration = Duration::from_millis(400);
    let synthetic = Synthetic::new(SyntheticOptions { duration, asap: false, ..asap() });
    let start = Instant::now();
    let played = play(&synthetic);
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!(played.inputs, synthetic.script().inputs());

    let synthetic = Synthetic::new(SyntheticOptions { duration: Duration::ZERO, asap: false, ..asap() });
    let clock = synthetic.clock();
    let mut watcher = synthetic.open([].into_iter().collect(), &clock).unwrap().watcher;
    let waker = watcher.waker();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            waker.wake();
        });
        let start = Instant::now();
        watcher.poll(None, &mut Batch::default()).unwrap();
        watcher.poll(None, &mut Batch::default()).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5));
    });
}

//! Recordings in folders, for tests: three segments of each track, ten seconds each.

pub(crate) mod stopping;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use understudy_core::backend::Patch;
use understudy_core::canonical::Bytes;
use understudy_core::delta::Canvas;
use understudy_core::event::{
    App, Button, Code, ContextEvent, Key, KeyboardAction, KeyboardEvent, Modifiers, PointerAction, PointerEvent, Window,
};
use understudy_core::frame::{PixelFormat, Position, Rect, Size};
use understudy_core::identity::Identity;
use understudy_core::ndjson;
use understudy_core::reader::{ItemValue, Reader};
use understudy_core::record::{Record, ScreenRecord};
use understudy_core::secret::Secret;
use understudy_core::source::{FolderSource, Source};
use understudy_core::track::Track;
use understudy_core::verify::verify;

use crate::recording::{Files, Recording};

pub(crate) const SECOND: u64 = 1_000_000_000;
const SIZE: Size = Size { width: 128, height: 96 };

/// The contributor of [`recorded`].
pub(crate) fn identity() -> Identity {
    identity_of(0x21, 0x23)
}

/// The identity of these secrets.
pub(crate) fn identity_of(open: u8, sign: u8) -> Identity {
    let mut secret = [open; 64];
    secret[32..].fill(sign);
    Identity::from_secret(&Secret::copy_of(&secret))
}

/// A complete recording of half a minute.
pub(crate) fn recorded() -> Files {
    let mut recording = Recording::new();
    for number in 0..3 {
        for track in Track::ALL {
            recording.time = time(u64::from(number) * 10);
            recording.segment(track, number, &records(track, u64::from(number)));
        }
    }
    recording.time = time(30);
    recording.stop()
}

/// The same, cut short: the last segments were never closed, and files of others lie there that no line names.
pub(crate) fn recorded_cut() -> Files {
    let mut recording = Recording::new();
    for number in 0..3 {
        for track in Track::ALL {
            recording.time = time(u64::from(number) * 10);
            let mut segment = recording.open(track, number);
            segment.records(&mut recording, &records(track, u64::from(number)));
            if number < 2 {
                segment.close(&mut recording);
            } else {
                segment.checkpoint(&mut recording);
            }
        }
    }
    let orphan = recording.files["keyboard/000000.key"].clone();
    recording.files.insert("keyboard/000003.key".into(), orphan);
    let journal = recording.files.get_mut("journal.ndjson").expect("the journal");
    journal.extend_from_slice(b"{\"half\":");
    recording.cut()
}

fn time(seconds: u64) -> understudy_core::clock::Time {
    understudy_core::clock::Time::from_nanos(seconds * SECOND)
}

/// Ten seconds of a track.
fn records(track: Track, number: u64) -> Vec<(u64, Record)> {
    let start = number * 10 * SECOND;
    let each = |step: u64, make: &dyn Fn(u64) -> Record| -> Vec<(u64, Record)> {
        (0..10 * SECOND / step).map(|count| (start + count * step + 1, make(count))).collect()
    };
    match track {
        Track::Keyboard => each(SECOND / 2, &key),
        Track::Pointer => each(SECOND / 5, &pointer),
        Track::Context => context(start),
        Track::Screen => screen(start, number),
    }
}

fn key(count: u64) -> Record {
    let letter = char::from(b'a' + (count / 2 % 26) as u8);
    let code = Code::parse(&format!("Key{}", letter.to_ascii_uppercase())).expect("a code");
    let key =
        Key { code, key: letter.into(), text: if count.is_multiple_of(2) { letter.into() } else { String::new() } };
    let action =
        if count.is_multiple_of(2) { KeyboardAction::Down { key, repeat: false } } else { KeyboardAction::Up { key } };
    Record::Keyboard(KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action })
}

fn pointer(count: u64) -> Record {
    let action = match count % 10 {
        3 => PointerAction::Down(Button(0)),
        4 => PointerAction::Up(Button(0)),
        _ => PointerAction::Move { raw: None },
    };
    let position = Position { x: (count * 3) as i32, y: (count * 2) as i32 };
    Record::Pointer(PointerEvent { position, injected: false, action })
}

fn window(id: u64, app: &str, title: &str) -> Window {
    let app = App { id: app.into(), instance: app.to_lowercase() };
    Window { id, app: Some(app), title: title.into(), bounds: Rect { x: 0, y: 0, width: 100, height: 90 } }
}

fn context(start: u64) -> Vec<(u64, Record)> {
    let focus = |second: u64, app: &str| {
        (start + second * SECOND, Record::Context(ContextEvent::Focus(Some(window(second, app, "canary title")))))
    };
    match start / SECOND {
        10 => vec![focus(2, "Bank"), focus(5, "Editor")],
        _ => vec![focus(1, "Editor"), focus(7, "Browser")],
    }
}

fn screen(start: u64, number: u64) -> Vec<(u64, Record)> {
    let mut canvas = Canvas::new(SIZE, PixelFormat::Bgrx8);
    let mut records = Vec::new();
    for count in 0..20 {
        let color = (number * 20 + count + 1) as u32 * 0x0003_0507;
        let rect = Rect { x: (count * 5) as i32, y: (count * 3) as i32, width: 20, height: 20 };
        let whole = if count == 0 { SIZE.bounds() } else { rect };
        let pixels: Vec<u8> = (0..whole.width * whole.height).flat_map(|_| color.to_le_bytes()).collect();
        let patch = Patch { rect: whole, stride: whole.width as usize * 4, pixels: &pixels };
        for part in canvas.take_patch(&patch) {
            records.push((start + count * SECOND / 2 + 2, Record::Screen(ScreenRecord::Frame(part))));
        }
    }
    records
}

/// A recording's folder, which goes away.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn with(files: &Files) -> Self {
        let mut random = [0; 8];
        dryoc::rng::copy_randombytes(&mut random);
        let folder = std::env::temp_dir().join(format!("understudy-written-{}", Bytes(random)));
        for (path, bytes) in files {
            let full = folder.join(path);
            std::fs::create_dir_all(full.parent().expect("a parent")).expect("makes folders");
            std::fs::write(full, bytes).expect("writes");
        }
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Every file of a folder.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let source = FolderSource::new(folder).expect("a folder");
    let read = |path: String| {
        let bytes = source.read_whole(&path, 1 << 24).expect("reads").expect("is there");
        (path, bytes)
    };
    source.list().expect("lists").into_iter().map(read).collect()
}

/// Everything in a recording, as `dump` prints it with hashes.
pub(crate) fn lines(folder: &Path) -> Vec<String> {
    read(folder, &identity())
}

/// As [`lines`], opened by somebody else.
pub(crate) fn read(folder: &Path, identity: &Identity) -> Vec<String> {
    let source = FolderSource::new(folder).expect("a folder");
    let verified = verify(&source).expect("verifies");
    let body = verified.body.as_ref().expect("a body");
    let opener = identity.opening(&body.receipt).expect("derives");
    let mut reader = Reader::open(&source, body, verified.status, opener.open_key()).expect("opens");
    let mut lines = Vec::new();
    while let Some(item) = reader.next_item().expect("reads") {
        let hash = matches!(item.value, ItemValue::Frame(_)).then(|| reader.picture().expect("a picture").hash());
        lines.push(ndjson::line(&item, hash).expect("a line"));
    }
    lines
}

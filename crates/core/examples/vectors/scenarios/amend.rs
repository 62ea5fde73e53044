//! What the contributor adds to a journal.

use super::*;

pub(super) fn amend() -> Vec<Vector> {
    let stopped = || {
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        recording.segment(Track::Keyboard, 0, &keyboard_records());
        recording.stopped();
        recording
    };
    let entries = |entries: Vec<Entry>| {
        let mut recording = stopped();
        entries.into_iter().for_each(|entry| recording.amend(entry));
        recording.files
    };
    let told = || Entry::Forget { track: Track::Pointer.into(), from: 0, to: 9 };
    let destroy = |number| Entry::Destroy { track: Track::Pointer.into(), segment: number };
    let recut = |chunks, size| Entry::Recut {
        track: Track::Pointer.into(),
        segment: 0,
        key: hash(b""),
        chunks,
        size,
        hash: hash(b""),
    };
    let release =
        |number| Entry::Release { recipient: OpenKey::from_secret(secret(0x22)).public(), number, manifest: hash(b"") };

    let mut forgotten = stopped();
    forgotten.amend(told());
    forgotten.destroy(Track::Pointer, 0);
    forgotten.recut(Track::Keyboard, 0, &keyboard_records()[..2]);
    let mut later = stopped();
    later.recut(Track::Keyboard, 0, &keyboard_records()[..3]);
    later.recut(Track::Keyboard, 0, &keyboard_records()[..1]);
    later.destroy(Track::Keyboard, 0);
    let mut cut = Recording::new();
    cut.segment(Track::Pointer, 0, &pointer_records());
    let mut open = cut.open(Track::Keyboard, 0);
    open.records(&mut cut, &keyboard_records());
    open.checkpoint(&mut cut);
    cut.amend(told());
    cut.destroy(Track::Pointer, 0);
    cut.recut(Track::Keyboard, 0, &keyboard_records()[..2]);
    let mut kept = stopped();
    let key = kept.files["pointer/000000.key"].clone();
    kept.destroy(Track::Pointer, 0);
    kept.files.insert("pointer/000000.key".into(), key);
    let mut old = stopped();
    let before = old.files.clone();
    old.recut(Track::Keyboard, 0, &keyboard_records()[..2]);
    old.files.insert("keyboard/000000.seg".into(), before["keyboard/000000.seg"].clone());
    let mut by_device = stopped();
    by_device.line(told());
    let mut by_contributor = Recording::new();
    by_contributor.amend(Entry::Pause {});
    let mut between = Recording::new();
    between.amend(told());
    between.stopped();
    let mut twice = stopped();
    twice.destroy(Track::Pointer, 0);
    twice.amend(destroy(0));
    let mut dropped = stopped();
    dropped.destroy(Track::Pointer, 0);
    let lines = dropped.lines();
    let journal: Vec<u8> = lines[..lines.len() - 1].iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect();
    dropped.files.insert("journal.ndjson".into(), journal);
    vec![
        ("amend_forgotten", "a segment is gone, another was cut", GOOD, forgotten.files),
        ("amend_forgotten_again", "a segment was cut twice, and went", GOOD, later.files),
        ("amend_forgotten_of_cut", "the contributor forgot a part of a recording that was cut short", CUT, cut.cut()),
        ("amend_released", "two copies went to a recipient", GOOD, entries(vec![release(0), release(1)])),
        ("amend_destroyed_is_there", "the key of a segment that is gone", TAMPERED, kept.files),
        ("amend_recut_is_old", "a segment as it was before it was cut", TAMPERED, old.files),
        ("amend_line_removed", "a segment is gone, and no line says so", TAMPERED, dropped.files),
        ("amend_by_device", "the device signed what is the contributor's", TAMPERED, by_device.files),
        ("amend_by_contributor", "the contributor signed what is the device's", TAMPERED, by_contributor.stop()),
        ("amend_device_behind", "the device's line behind the contributor's", TAMPERED, between.files),
        ("amend_destroyed_twice", "what is gone goes again", TAMPERED, twice.files),
        ("amend_destroyed_nothing", "a segment goes that never was", TAMPERED, entries(vec![destroy(1)])),
        ("amend_recut_no_chunks", "a segment is cut to no chunks", TAMPERED, entries(vec![recut(0, 60)])),
        ("amend_recut_no_bytes", "a segment is cut to its header", TAMPERED, entries(vec![recut(1, 52)])),
        (
            "amend_forget_backwards",
            "a span that ends as it begins",
            INVALID,
            entries(vec![Entry::Forget { track: Track::Pointer.into(), from: 9, to: 9 }]),
        ),
        ("amend_destroyed_over", "a segment's number has seven digits", INVALID, entries(vec![destroy(1_000_000)])),
        ("amend_recut_chunks_over", "more chunks than a segment has", INVALID, entries(vec![recut((1 << 20) + 1, 60)])),
        ("amend_recut_bytes_over", "more bytes than a segment has", INVALID, entries(vec![recut(1, (1 << 30) + 1)])),
        ("amend_release_over", "a release's number has seven digits", INVALID, entries(vec![release(1_000_000)])),
        ("amend_release_skips", "a release is left out", TAMPERED, entries(vec![release(1)])),
    ]
}

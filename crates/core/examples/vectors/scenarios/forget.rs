//! What the device forgets while it records.

use super::*;

pub(super) fn forget() -> Vec<Vector> {
    let told = || Entry::Forget { track: Track::Pointer.into(), from: 0, to: 9 };
    let destroy = |number| Entry::Destroy { track: Track::Pointer.into(), segment: number };
    // Closed, and one that is open and was never vouched for.
    let forgotten = || {
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        let mut open = recording.open(Track::Pointer, 1);
        open.records(&mut recording, &pointer_records());
        recording.line(told());
        for number in [0, 1] {
            recording.take(Track::Pointer, number);
            recording.line(destroy(number));
        }
        recording
    };
    let mut goes_on = forgotten();
    goes_on.segment(Track::Pointer, 2, &pointer_records());
    goes_on.segment(Track::Keyboard, 0, &keyboard_records());
    let mut later = forgotten();
    later.segment(Track::Keyboard, 0, &keyboard_records());
    later.stopped();
    later.amend(told());
    later.recut(Track::Keyboard, 0, &keyboard_records()[..2]);
    let mut of_cut = forgotten();
    of_cut.segment(Track::Keyboard, 0, &keyboard_records());
    of_cut.destroy(Track::Keyboard, 0);
    let mut again = forgotten();
    again.segment(Track::Pointer, 1, &pointer_records());
    let mut recut = Recording::new();
    recut.segment(Track::Pointer, 0, &pointer_records());
    let segment = &recut.files["pointer/000000.seg"];
    let size = segment.len() as u64;
    let entry = Entry::Recut {
        track: Track::Pointer.into(),
        segment: 0,
        key: hash(&recut.files["pointer/000000.key"]),
        chunks: 2,
        size,
        hash: hash(segment),
    };
    recut.line(entry);
    let mut extended = forgotten();
    extended.line(Entry::Close(Extent {
        track: Track::Pointer.into(),
        segment: 1,
        chunks: 1,
        size: 99,
        hash: hash(b""),
    }));
    let mut behind = forgotten();
    behind.amend(told());
    behind.line(told());
    vec![
        ("forget_goes_on", "the device forgot two segments, one of them open, and went on", GOOD, goes_on.stop()),
        ("forget_cut_behind", "cut short behind what the device forgot", CUT, forgotten().cut()),
        ("forget_and_later", "the device forgot, and later the contributor", GOOD, later.files),
        ("forget_of_cut", "the device forgot, was cut short, and the contributor forgot more", CUT, of_cut.cut()),
        ("forget_number_again", "a number that was forgotten is used again", TAMPERED, again.stop()),
        (
            "forget_recut",
            "the device cut a segment anew, which nobody could without the identity",
            TAMPERED,
            recut.stop(),
        ),
        ("forget_closed_behind", "a segment is closed behind its end", TAMPERED, extended.stop()),
        ("forget_device_behind", "the device forgets behind the contributor", TAMPERED, behind.files),
    ]
}

//! Records.

use super::*;

pub(super) fn record() -> Vec<Vector> {
    let one = |track: Track, bytes: &[u8]| {
        let mut recording = Recording::new();
        recording.raw_segment(track, bytes);
        recording.stop()
    };
    let framed = |opcode: u8, body: &[u8]| [&[opcode, body.len() as u8], body].concat();
    let pointer = |opcode, body: &[u8]| one(Track::Pointer, &framed(opcode, body));
    let keyboard = |opcode, body: &[u8]| one(Track::Keyboard, &framed(opcode, body));
    let context = |opcode, body: &[u8]| one(Track::Context, &framed(opcode, body));
    let text = |parts: &[&[u8]]| parts.concat();
    let mut first_is_good = encoded(&pointer_records()[..2]);
    first_is_good.extend([0x7f, 0]);
    vec![
        ("record_unknown_opcode", "what came before is given out", BAD_RECORD, one(Track::Pointer, &first_is_good)),
        ("record_of_another_track", "a key in the pointer track", BAD_RECORD, pointer(0x12, &[0, 0, 0])),
        ("record_cut", "a body shorter than its length", BAD_RECORD, one(Track::Pointer, &[0x02, 9, 0, 0, 0, 0, 0])),
        ("record_too_long", "a length over 8 MiB", BAD_RECORD, one(Track::Pointer, &[0x02, 0x81, 0x80, 0x80, 0x04])),
        ("record_bytes_left", "a byte behind the body", BAD_RECORD, pointer(0x02, &[0, 0, 0, 0, 1, 9])),
        (
            "record_long_integer",
            "an integer not in its shortest form",
            BAD_RECORD,
            pointer(0x02, &[0x80, 0, 0, 0, 0, 1]),
        ),
        (
            "record_large_integer",
            "an integer over 64 bits",
            BAD_RECORD,
            pointer(0x02, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 1]),
        ),
        (
            "record_time_limit",
            "a time over 2^53 - 1",
            BAD_RECORD,
            pointer(0x02, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0, 0, 1]),
        ),
        (
            "record_last_time",
            "the time 2^53 - 1 itself",
            GOOD,
            pointer(0x02, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 1]),
        ),
        (
            "record_position_limit",
            "a position over 32 bits",
            BAD_RECORD,
            pointer(0x02, &[0, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 1]),
        ),
        ("record_reserved_flag", "a flag that the opcode has not", BAD_RECORD, pointer(0x02, &[0, 2, 0, 0, 1])),
        (
            "record_raw_limit",
            "a raw movement over 32 bits",
            BAD_RECORD,
            pointer(0x01, &[0, 2, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x10, 0]),
        ),
        (
            "record_key_code",
            "a code with a hyphen",
            BAD_RECORD,
            keyboard(0x11, &text(&[&[0, 0, 0, 3], b"a-b", &[1], b"a"])),
        ),
        ("record_empty_key_code", "an empty code", BAD_RECORD, keyboard(0x11, &[0, 0, 0, 0, 0])),
        (
            "record_long_text",
            "a key over 64 bytes",
            BAD_RECORD,
            keyboard(0x11, &text(&[&[0, 0, 0, 1], b"a", &[65], &[b'a'; 65]])),
        ),
        (
            "record_not_utf8",
            "a key that is not UTF-8",
            BAD_RECORD,
            keyboard(0x11, &text(&[&[0, 0, 0, 1], b"a", &[1, 0xff]])),
        ),
        ("record_unknown_modifier", "modifier bit 8", BAD_RECORD, keyboard(0x12, &[0, 0, 0x80, 2])),
        ("record_flag_byte", "neither 0 nor 1", BAD_RECORD, context(0x20, &[0, 2])),
        ("record_many_monitors", "65 monitors", BAD_RECORD, context(0x22, &[0, 65])),
        (
            "record_large_window_id",
            "a window's id over 2^53 - 1",
            BAD_RECORD,
            context(0x20, &[0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0, 0, 0, 0, 0]),
        ),
    ]
}

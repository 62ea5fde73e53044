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
        ("record_empty_class", "a placeholder without a class", BAD_RECORD, keyboard(0x14, &[0, 0, 0])),
        ("record_class_in_capitals", "a class in capitals", BAD_RECORD, keyboard(0x14, &[0, 1, b'A', 0])),
        ("record_unknown_key_class", "a kind of key of bit 6", BAD_RECORD, keyboard(0x14, &[0, 1, b'a', 64])),
        ("record_flag_byte", "neither 0 nor 1", BAD_RECORD, context(0x20, &[0, 2])),
        (
            "record_element_role",
            "a role is of lower-case letters and hyphens",
            BAD_RECORD,
            context(0x24, &[&[0, 0, 1, 1, 0, 2][..], b"a1", &[0, 0]].concat()),
        ),
        ("record_many_monitors", "65 monitors", BAD_RECORD, context(0x22, &[0, 65])),
        (
            "record_large_window_id",
            "a window's id over 2^53 - 1",
            BAD_RECORD,
            context(0x20, &[0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0, 0, 0, 0, 0]),
        ),
    ]
}

/// Several moves in one record.
pub(super) fn moves() -> Vec<Vector> {
    let one = |bytes: &[u8]| {
        let mut recording = Recording::new();
        recording.raw_segment(Track::Pointer, bytes);
        recording.stop()
    };
    let framed = |body: &[u8]| [&[0x05, body.len() as u8], body].concat();
    let moves = |body: &[u8]| one(&framed(body));
    let many = |count: usize, length: &[u8]| {
        let body = [&[0][..], length, &[0, 2], &vec![1; count - 1], &vec![2; count], &vec![1; count]].concat();
        let mut bytes = vec![0x05];
        Writer(&mut bytes).uvarint(body.len() as u64);
        one(&[bytes, body].concat())
    };
    let mut first_is_good = framed(&[0, 2, 0, 0, 1, 2, 2, 2, 2]);
    first_is_good.extend(framed(&[0, 2, 0, 0, 1, 2, 2, 2]));
    let mut joined = encoded(&pointer_records()[..3]);
    joined.extend(framed(&[9, 2, 3, 6, 1, 2, 4, 2, 1, 2, 3, 4, 5]));
    joined.extend([0x02, 5, 7, 0, 0, 0, 1]);
    let max = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    let past = [0x80, 0x80, 0x80, 0x80, 0x10];
    let last = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    vec![
        ("moves", "encoded as our writer does", GOOD, one(&encoded(&pointer_moves()))),
        ("moves_between_others", "times and positions go on behind them", GOOD, one(&joined)),
        ("moves_nanoseconds", "time counted in nanoseconds", GOOD, moves(&[5, 3, 1, 0, 7, 9, 0, 1, 2, 0, 1, 2])),
        ("moves_microseconds", "time counted in microseconds", GOOD, moves(&[5, 3, 1, 1, 7, 9, 0, 1, 2, 0, 1, 2])),
        ("moves_raw_fractions", "raw in 1/256", GOOD, moves(&[5, 2, 2, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4])),
        ("moves_raw_whole", "raw in whole units", GOOD, moves(&[5, 2, 2, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4])),
        ("moves_raw_differences", "raw by differences", GOOD, moves(&[5, 2, 2, 10, 1, 0, 0, 0, 0, 1, 2, 3, 4])),
        ("moves_raw_whole_differences", "both", GOOD, moves(&[5, 2, 3, 14, 1, 0, 0, 0, 0, 1, 2, 3, 4])),
        (
            "moves_last_position",
            "the position 2^31 - 1 itself",
            GOOD,
            moves(&[&[0, 2, 0, 0, 1], &max[..], &[1, 0, 0]].concat()),
        ),
        ("moves_most", "4096 of them", GOOD, many(4096, &[0x80, 0x20])),
        ("moves_too_many", "4097 of them", BAD_RECORD, many(4097, &[0x81, 0x20])),
        ("moves_none", "none of them", BAD_RECORD, moves(&[0, 0, 0, 0])),
        ("moves_single", "one alone", BAD_RECORD, moves(&[0, 1, 0, 0, 0, 0])),
        ("moves_cut", "a column too short; what came before is given out", BAD_RECORD, one(&first_is_good)),
        ("moves_bytes_left", "a byte behind the columns", BAD_RECORD, moves(&[0, 2, 0, 0, 1, 2, 2, 2, 2, 9])),
        ("moves_reserved_flag", "a flag that moves have not", BAD_RECORD, moves(&[0, 2, 4, 0, 1, 2, 2, 2, 2])),
        ("moves_unknown_unit", "unit 3 of time", BAD_RECORD, moves(&[0, 2, 0, 3, 1, 2, 2, 2, 2])),
        ("moves_reserved_form", "bit 4 of the form", BAD_RECORD, moves(&[0, 2, 0, 16, 1, 2, 2, 2, 2])),
        ("moves_form_without_raw", "raw in whole units, and none", BAD_RECORD, moves(&[0, 2, 0, 4, 1, 2, 2, 2, 2])),
        (
            "moves_position_limit",
            "a position over 32 bits",
            BAD_RECORD,
            moves(&[&[0, 2, 0, 0, 1], &max[..], &[2, 0, 0]].concat()),
        ),
        (
            "moves_raw_limit",
            "a raw movement over 32 bits",
            BAD_RECORD,
            moves(&[&[0, 2, 2, 0, 1, 0, 0, 0, 0], &past[..], &[0, 0, 0]].concat()),
        ),
        (
            "moves_raw_whole_limit",
            "a raw movement over 32 bits once it is multiplied",
            BAD_RECORD,
            moves(&[0, 2, 2, 4, 1, 0, 0, 0, 0, 0x80, 0x80, 0x80, 8, 0, 0, 0]),
        ),
        (
            "moves_raw_sum_limit",
            "raw movements that add up to over 32 bits",
            BAD_RECORD,
            moves(&[&[0, 2, 2, 8, 1, 0, 0, 0, 0], &max[..], &[2, 0, 0]].concat()),
        ),
        (
            "moves_time_limit",
            "a time over 2^53 - 1",
            BAD_RECORD,
            moves(&[&last[..], &[2, 0, 0, 1, 2, 2, 2, 2]].concat()),
        ),
        (
            "moves_time_overflows",
            "a time over 64 bits once it is multiplied",
            BAD_RECORD,
            moves(&[&[0, 2, 0, 2], &last[..], &[2, 2, 2, 2]].concat()),
        ),
    ]
}

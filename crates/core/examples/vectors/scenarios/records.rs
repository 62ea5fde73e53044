//! Records and pictures.

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

pub(super) fn delta() -> Vec<Vector> {
    let parts = |parts: Vec<(u64, FramePart)>| {
        let mut recording = Recording::new();
        let records: Vec<_> =
            parts.into_iter().map(|(time, part)| (time, Record::Screen(ScreenRecord::Frame(part)))).collect();
        recording.segment(Track::Screen, 0, &records);
        recording.stop()
    };
    let first = |part: FramePart| parts(vec![(1, FramePart { key: true, ..part })]);
    let second = |part: FramePart| parts(vec![(1, FramePart { key: true, ..self::part(&[], 0) }), (2, part)]);
    let raw = |opcode: u8, body: &[u8]| {
        let mut recording = Recording::new();
        recording.raw_segment(Track::Screen, &[&[opcode, body.len() as u8], body].concat());
        recording.stop()
    };
    let sized = |width: u8, height: u8| raw(0x30, &[0, 1, 0, width, height, 0]);
    let mut between = Recording::new();
    between.segment(
        Track::Screen,
        0,
        &[
            (1, Record::Screen(ScreenRecord::Frame(FramePart { key: true, more: true, ..part(&[], 0) }))),
            (1, Record::Screen(ScreenRecord::CursorPosition(None))),
        ],
    );
    let ten = FramePart { format: PixelFormat::Bgrx10, ..part(&[0, 0, 1, 2, 3, 0x3f], 1) };
    vec![
        ("delta_bgrx10", "ten bits a channel", GOOD, first(ten.clone())),
        (
            "delta_bgrx10_undefined_bits",
            "bits 30 and 31 must be zero",
            BAD_RECORD,
            first(FramePart { data: vec![0, 0, 1, 2, 3, 0x40], ..ten }),
        ),
        ("delta_solid", "one tile of one colour", GOOD, first(part(&[5, 0, 1, 2, 3], 1))),
        (
            "delta_parts",
            "a picture in three records",
            GOOD,
            parts(vec![
                (1, FramePart { key: true, more: true, ..part(&[0, 0, 1, 2, 3], 1) }),
                (1, FramePart { more: true, ..part(&[1, 0, 4, 5, 6], 1) }),
                (1, part(&[2, 0, 7, 8, 9], 1)),
            ]),
        ),
        (
            "delta_not_a_key_frame",
            "a segment's first picture is no key frame",
            BAD_RECORD,
            parts(vec![(1, part(&[], 0))]),
        ),
        (
            "delta_size_without_key",
            "another size without a key frame",
            BAD_RECORD,
            second(FramePart { size: Size { width: 69, height: 40 }, ..part(&[], 0) }),
        ),
        (
            "delta_format_without_key",
            "another format without a key frame",
            BAD_RECORD,
            second(FramePart { format: PixelFormat::Bgrx10, ..part(&[], 0) }),
        ),
        (
            "delta_new_size",
            "another size with a key frame",
            GOOD,
            second(FramePart { key: true, size: Size { width: 3, height: 40 }, ..part(&[1, 0, 1, 2, 3], 1) }),
        ),
        ("delta_tile_outside", "a tile behind the last", BAD_RECORD, second(part(&[6, 0, 1, 2, 3], 1))),
        (
            "delta_gap_overflows",
            "a gap that goes round",
            BAD_RECORD,
            second(part(&[0, 0, 1, 2, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 2)),
        ),
        ("delta_unknown_kind", "a kind of tile that there is not", BAD_RECORD, second(part(&[0, 3, 1, 2, 3], 1))),
        (
            "delta_palette_of_one",
            "a palette of one colour",
            BAD_RECORD,
            second(part(&[&[0, 1, 0, 1, 2, 3][..], &[0; 1024]].concat(), 1)),
        ),
        (
            "delta_palette_index",
            "an index that the palette has not",
            BAD_RECORD,
            second(part(&[&[0, 1, 1, 1, 2, 3, 4, 5, 6][..], &[2; 1024]].concat(), 1)),
        ),
        ("delta_cut", "fewer tiles than named", BAD_RECORD, second(part(&[0, 0, 1, 2, 3], 2))),
        ("delta_bytes_left", "bytes behind the tiles", BAD_RECORD, second(part(&[0, 0, 1, 2, 3, 9], 1))),
        (
            "delta_key_inside_a_picture",
            "a key frame begins before the picture before it ends",
            BAD_RECORD,
            parts(vec![
                (1, FramePart { key: true, more: true, ..part(&[], 0) }),
                (1, FramePart { key: true, ..part(&[], 0) }),
            ]),
        ),
        (
            "delta_parts_apart",
            "the parts of a picture have two times",
            BAD_RECORD,
            parts(vec![(1, FramePart { key: true, more: true, ..part(&[], 0) }), (2, part(&[], 0))]),
        ),
        ("delta_record_inside_a_picture", "another record between the parts of a picture", BAD_RECORD, between.stop()),
        (
            "delta_ends_inside_a_picture",
            "a complete segment ends inside a picture",
            BAD_RECORD,
            parts(vec![(1, FramePart { key: true, more: true, ..part(&[], 0) })]),
        ),
        ("delta_no_width", "a picture without pixels", BAD_RECORD, sized(0, 1)),
        ("delta_no_height", "a picture without pixels", BAD_RECORD, sized(1, 0)),
        ("delta_too_wide", "a side over 32,768", BAD_RECORD, raw(0x30, &[0, 1, 0, 0x81, 0x80, 2, 1, 0])),
        (
            "delta_too_large",
            "more than 2^27 pixels",
            BAD_RECORD,
            raw(0x30, &[0, 1, 0, 0x80, 0x80, 2, 0x80, 0x80, 2, 0]),
        ),
        ("delta_unknown_format", "a pixel format that there is not", BAD_RECORD, raw(0x30, &[0, 1, 2, 1, 1, 0])),
        ("delta_reserved_flag", "a flag that frames have not", BAD_RECORD, raw(0x30, &[0, 5, 0, 1, 1, 0])),
        ("delta_cursor_hotspot", "a hotspot outside the image", BAD_RECORD, raw(0x31, &[0, 1, 1, 1, 0, 0, 0, 0, 0])),
        ("delta_cursor_empty", "an image without pixels", BAD_RECORD, raw(0x31, &[0, 0, 1, 0, 0])),
        ("delta_cursor_large", "an image over 256 pixels", BAD_RECORD, raw(0x31, &[0, 0x81, 2, 1, 0, 0])),
    ]
}

/// A part of a 70 × 40 picture: 3 × 2 tiles.
pub(super) fn part(data: &[u8], tiles: u32) -> FramePart {
    let size = Size { width: 70, height: 40 };
    FramePart { key: false, more: false, size, format: PixelFormat::Bgrx8, tiles, data: data.to_vec() }
}

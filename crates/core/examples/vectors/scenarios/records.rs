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

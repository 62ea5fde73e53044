//! Pictures: docs/format.md §9.3.

use understudy_core::delta::Shape;

use super::*;

/// The shape of most pictures here: 3 × 2 tiles, of which the first two are whole.
const SHAPE: Shape = Shape { size: Size { width: 70, height: 40 }, format: PixelFormat::Bgrx8 };
/// A rectangle of one pixel at the top left, right after another that ended at x = 0 on row 0.
const PIXEL: [u8; 4] = [0, 0, 1, 1];
const COLOR: [u8; 3] = [1, 2, 3];

/// The streams of a part.
#[derive(Clone, Copy, Default)]
pub(super) struct Streams<'a> {
    pub(super) ops: &'a [u8],
    pub(super) colors: &'a [u8],
    pub(super) indices: &'a [u8],
    /// How many residuals there are, if they are packed.
    pub(super) packed: Option<&'a [u8]>,
    pub(super) residuals: &'a [u8],
}

impl Streams<'_> {
    fn part(self) -> FramePart {
        let mut data = Vec::new();
        for stream in [self.ops, self.colors, self.indices] {
            Writer(&mut data).uvarint(stream.len() as u64);
        }
        for stream in [self.packed.unwrap_or_default(), self.ops, self.colors, self.indices, self.residuals] {
            data.extend_from_slice(stream);
        }
        FramePart { key: None, more: false, packed: self.packed.is_some(), data: data.into() }
    }

    /// As the first part of a picture.
    fn key(self) -> FramePart {
        FramePart { key: Some(SHAPE), ..self.part() }
    }
}

/// Fills a pixel: a part that is good.
pub(super) fn pixel() -> FramePart {
    Streams { ops: &[&[0][..], &PIXEL].concat(), colors: &COLOR, ..Streams::default() }.part()
}

fn parts(parts: Vec<(u64, FramePart)>) -> Files {
    let mut recording = Recording::new();
    let records: Vec<_> =
        parts.into_iter().map(|(time, part)| (time, Record::Screen(ScreenRecord::Frame(part)))).collect();
    recording.segment(Track::Screen, 0, &records);
    recording.stop()
}

fn keyed(part: FramePart) -> FramePart {
    FramePart { key: Some(SHAPE), ..part }
}

fn empty() -> FramePart {
    Streams::default().part()
}

pub(super) fn delta() -> Vec<Vector> {
    [pictures(), operations(), limits()].concat()
}

/// How pictures follow one another.
fn pictures() -> Vec<Vector> {
    let more = |part: FramePart| FramePart { more: true, ..part };
    let raw = |opcode: u8, body: &[u8]| {
        let mut recording = Recording::new();
        recording.raw_segment(Track::Screen, &[&[opcode, body.len() as u8], body].concat());
        recording.stop()
    };
    let sized = |width: u8, height: u8| raw(0x30, &[0, 1, 0, width, height, 0, 0, 0]);
    let mut between = Recording::new();
    let frame = |part| Record::Screen(ScreenRecord::Frame(part));
    let cursor = Record::Screen(ScreenRecord::CursorPosition(None));
    between.segment(Track::Screen, 0, &[(1, frame(more(keyed(empty())))), (1, cursor)]);
    let small = Shape { size: Size { width: 1, height: 40 }, ..SHAPE };
    vec![
        (
            "delta_parts",
            "a picture in three records",
            GOOD,
            parts(vec![
                (1, more(keyed(pixel()))),
                (1, more(Streams { ops: &[0, 4, 6, 2, 2], colors: &COLOR, ..Streams::default() }.part())),
                (1, pixel()),
            ]),
        ),
        ("delta_not_a_key_frame", "a segment's first picture is no key frame", BAD_RECORD, parts(vec![(1, empty())])),
        (
            "delta_new_size",
            "another size with a key frame",
            GOOD,
            parts(vec![(1, keyed(pixel())), (2, FramePart { key: Some(small), ..pixel() })]),
        ),
        (
            "delta_key_inside_a_picture",
            "a key frame begins before the picture before it ends",
            BAD_RECORD,
            parts(vec![(1, more(keyed(empty()))), (1, keyed(empty()))]),
        ),
        (
            "delta_parts_apart",
            "the parts of a picture have two times",
            BAD_RECORD,
            parts(vec![(1, more(keyed(empty()))), (2, empty())]),
        ),
        ("delta_record_inside_a_picture", "another record between the parts of a picture", BAD_RECORD, between.stop()),
        (
            "delta_ends_inside_a_picture",
            "a complete segment ends inside a picture",
            BAD_RECORD,
            parts(vec![(1, more(keyed(empty())))]),
        ),
        ("delta_no_width", "a picture without pixels", BAD_RECORD, sized(0, 1)),
        ("delta_no_height", "a picture without pixels", BAD_RECORD, sized(1, 0)),
        ("delta_too_wide", "a side over 32,768", BAD_RECORD, raw(0x30, &[0, 1, 0, 0x81, 0x80, 2, 1, 0, 0, 0])),
        (
            "delta_too_large",
            "more than 2^27 pixels",
            BAD_RECORD,
            raw(0x30, &[0, 1, 0, 0x80, 0x80, 2, 0x80, 0x80, 2, 0, 0, 0]),
        ),
        ("delta_unknown_format", "a pixel format that there is not", BAD_RECORD, raw(0x30, &[0, 1, 2, 1, 1, 0, 0, 0])),
        ("delta_reserved_flag", "a flag that frames have not", BAD_RECORD, raw(0x30, &[0, 9, 0, 1, 1, 0, 0, 0])),
        ("delta_cursor_hotspot", "a hotspot outside the image", BAD_RECORD, raw(0x31, &[0, 1, 1, 1, 0, 0, 0, 0, 0])),
        ("delta_cursor_empty", "an image without pixels", BAD_RECORD, raw(0x31, &[0, 0, 1, 0, 0])),
        ("delta_cursor_large", "an image over 256 pixels", BAD_RECORD, raw(0x31, &[0, 0x81, 2, 1, 0, 0])),
    ]
}

/// One part, or a key frame with one fill and that part.
pub(super) fn second(streams: Streams<'_>) -> Files {
    parts(vec![(1, keyed(pixel())), (2, streams.part())])
}

/// Each operation, as it should be.
fn operations() -> Vec<Vector> {
    let none = Streams::default();
    // A tile of 32 × 32 from x 0, painted in two colours; remembered; recalled as the second tile.
    let striped: Vec<u8> = (0..1024).map(|at| (at / 32 % 2) as u8).collect();
    // Slots 0 and 1: blue 9, green 8, red 7; then blue 6, green 5, red 4.
    let two = [0, 1, 8, 1, 255, 253, 0, 0];
    let remembered = Streams { ops: &[2, 0, 0, 32, 32, 3, 2, 6, 0, 1], colors: &two, indices: &striped, ..none };
    let noise: Vec<u8> = (0..36_u8).map(|at| at.wrapping_mul(97)).collect();
    let ten = Shape { format: PixelFormat::Bgrx10, ..SHAPE };
    let ten_fill = Streams { ops: &[&[0][..], &PIXEL].concat(), colors: &[1, 2, 3, 0x3f], ..none };
    let ten_raw = Streams { ops: &[4, 2, 0, 2, 1], colors: &[9, 8, 7, 6, 5, 4, 3, 2], ..none };
    let ten_indexed =
        Streams { ops: &[2, 0, 0, 2, 1, 0, 2], colors: &[4, 1, 9, 8, 7, 6, 5, 4, 3, 2], indices: &[4, 5], ..none };
    let ten_bits = parts(vec![(1, FramePart { key: Some(ten), ..ten_fill.part() }), (2, ten_raw.part())]);
    vec![
        (
            "delta_fill",
            "a rectangle of one colour",
            GOOD,
            second(Streams { ops: &[0, 4, 2, 60, 30], colors: &COLOR, ..none }),
        ),
        (
            "delta_move",
            "a rectangle moved onto itself, to the right and down",
            GOOD,
            parts(vec![
                (1, Streams { ops: &[4, 0, 0, 3, 2], colors: &noise[..18], ..none }.key()),
                (2, Streams { ops: &[1, 2, 2, 2, 2, 3, 2], ..none }.part()),
                (3, Streams { ops: &[1, 1, 1, 0, 0, 3, 2], ..none }.part()),
            ]),
        ),
        (
            "delta_indexed",
            "a palette that later blocks go on using",
            GOOD,
            parts(vec![
                (1, remembered.key()),
                (
                    2,
                    Streams {
                        ops: &[2, 66, 4, 2, 3, 3, 1],
                        colors: &[1, 0, 1, 1, 1],
                        indices: &[0, 1, 7, 1, 0, 0],
                        ..none
                    }
                    .part(),
                ),
            ]),
        ),
        (
            "delta_indexed_runs",
            "slots in two runs, the last slot among them, and differences that go round",
            GOOD,
            parts(vec![
                (1, remembered.key()),
                (
                    2,
                    Streams {
                        ops: &[2, 66, 4, 2, 3, 3, 3],
                        colors: &[&[1, 0, 250, 3, 4, 252, 1][..], &[200, 100, 50, 7, 255, 0]].concat(),
                        indices: &[0, 1, 2, 254, 255, 3],
                        ..none
                    }
                    .part(),
                ),
            ]),
        ),
        (
            "delta_predicted",
            "residuals of three planes, two rectangles",
            GOOD,
            second(Streams { ops: &[3, 2, 2, 4, 2, 3, 9, 10, 2, 2], residuals: &noise, ..none }),
        ),
        (
            "delta_raw",
            "a colour a pixel",
            GOOD,
            second(Streams { ops: &[4, 2, 2, 2, 2], colors: &noise[..12], ..none }),
        ),
        (
            "delta_recall",
            "a tile remembered, and painted again beside it",
            GOOD,
            parts(vec![(1, remembered.key()), (2, Streams { ops: &[5, 2, 0, 1], ..none }.part())]),
        ),
        ("delta_bgrx10", "ten bits a channel", GOOD, ten_bits),
        (
            "delta_bgrx10_indexed",
            "colours of ten bits a channel are whole pixels",
            GOOD,
            parts(vec![(1, FramePart { key: Some(ten), ..ten_indexed.part() })]),
        ),
        (
            "delta_bgrx10_undefined_bits",
            "bits 30 and 31 must be zero",
            BAD_RECORD,
            parts(vec![(1, FramePart { key: Some(ten), ..Streams { colors: &[1, 2, 3, 0x40], ..ten_fill }.part() })]),
        ),
        (
            "delta_bgrx10_predicted",
            "residuals are for channels of 8 bits",
            BAD_RECORD,
            parts(vec![(
                1,
                FramePart {
                    key: Some(ten),
                    ..Streams { ops: &[&[3][..], &PIXEL].concat(), residuals: &[0; 3], ..none }.part()
                },
            )]),
        ),
        (
            "delta_forgets_with_a_key_frame",
            "a key frame empties the memory",
            BAD_RECORD,
            parts(vec![(1, remembered.key()), (2, keyed(pixel())), (3, Streams { ops: &[5, 2, 0, 1], ..none }.part())]),
        ),
    ]
}

/// Each operation, as it must not be.
fn limits() -> Vec<Vector> {
    let none = Streams::default();
    let whole = [0, 0, 70, 40];
    let fills = [&[0][..], &whole, &[0, 0x8b, 1, 0, 70, 40].repeat(7), &[0, 0x8b, 1, 0, 1, 1]].concat();
    let many = |count: usize| COLOR.repeat(count);
    // Runs of one slot each.
    let assigned = vec![0; 257 * 5];
    vec![
        (
            "delta_unknown_operation",
            "an operation that there is not",
            BAD_RECORD,
            second(Streams { ops: &[7], ..none }),
        ),
        (
            "delta_operation_cut",
            "an operation ends too early",
            BAD_RECORD,
            second(Streams { ops: &[0, 0, 0, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_empty_rectangle",
            "a rectangle without pixels",
            BAD_RECORD,
            second(Streams { ops: &[0, 0, 0, 0, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_left_of_the_picture",
            "a rectangle at x −1",
            BAD_RECORD,
            second(Streams { ops: &[0, 1, 0, 1, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_right_of_the_picture",
            "a rectangle ends at x 71",
            BAD_RECORD,
            second(Streams { ops: &[0, 0, 0, 71, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_below_the_picture",
            "a rectangle ends at y 41",
            BAD_RECORD,
            second(Streams { ops: &[0, 0, 80, 1, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_rectangle_overflows",
            "an x that goes round",
            BAD_RECORD,
            second(Streams {
                ops: &[0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 1, 1],
                colors: &COLOR,
                ..none
            }),
        ),
        (
            "delta_moved_from_outside",
            "pixels from x −1",
            BAD_RECORD,
            second(Streams { ops: &[1, 2, 0, 0, 0, 1, 1], ..none }),
        ),
        (
            "delta_moved_from_below",
            "pixels from behind the last row",
            BAD_RECORD,
            second(Streams { ops: &[1, 0, 1, 0, 0, 1, 40], ..none }),
        ),
        (
            "delta_unknown_palette",
            "palette 64",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 1, 1, 64, 0], indices: &[0], ..none }),
        ),
        (
            "delta_many_assigned",
            "257 colours assigned",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 1, 1, 0, 0x81, 2], colors: &assigned, indices: &[0], ..none }),
        ),
        (
            "delta_run_too_long",
            "a run of more slots than get a colour",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 1, 1, 0, 1], colors: &[0, 1, 0, 0, 0, 0, 0, 0], indices: &[0], ..none }),
        ),
        (
            "delta_slot_256",
            "a run that ends behind the last slot",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 1, 1, 0, 2], colors: &[255, 1, 0, 0, 0, 0, 0, 0], indices: &[0], ..none }),
        ),
        (
            "delta_indices_cut",
            "an index is missing",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 2, 1, 0, 0], indices: &[0], ..none }),
        ),
        (
            "delta_indices_left",
            "an index too many",
            BAD_RECORD,
            second(Streams { ops: &[2, 0, 0, 1, 1, 0, 0], indices: &[0, 0], ..none }),
        ),
        (
            "delta_colors_cut",
            "a colour is missing",
            BAD_RECORD,
            second(Streams { ops: &[4, 0, 0, 2, 1], colors: &COLOR, ..none }),
        ),
        (
            "delta_colors_left",
            "a byte behind the colours",
            BAD_RECORD,
            second(Streams { ops: &[&[0][..], &PIXEL].concat(), colors: &many(2)[..4], ..none }),
        ),
        (
            "delta_residuals_uneven",
            "residuals that are not three planes",
            BAD_RECORD,
            second(Streams { ops: &[&[3][..], &PIXEL].concat(), residuals: &[0; 4], ..none }),
        ),
        (
            "delta_residuals_cut",
            "a plane ends too early",
            BAD_RECORD,
            second(Streams { ops: &[3, 0, 0, 2, 1], residuals: &[0; 3], ..none }),
        ),
        (
            "delta_residuals_left",
            "planes that nothing takes",
            BAD_RECORD,
            second(Streams { residuals: &[0; 3], ..none }),
        ),
        (
            "delta_stream_too_long",
            "operations longer than the record",
            BAD_RECORD,
            parts(vec![(1, FramePart { key: Some(SHAPE), more: false, packed: false, data: vec![9, 0, 0, 0].into() })]),
        ),
        ("delta_recall_empty", "a slot that holds nothing", BAD_RECORD, second(Streams { ops: &[5, 0, 0, 1], ..none })),
        ("delta_recall_slot", "a slot before the first", BAD_RECORD, second(Streams { ops: &[5, 0, 1, 1], ..none })),
        ("delta_remember_none", "no tile remembered", BAD_RECORD, second(Streams { ops: &[6, 0, 0], ..none })),
        (
            "delta_remember_edge",
            "a tile that the right edge cuts",
            BAD_RECORD,
            second(Streams { ops: &[6, 4, 1], ..none }),
        ),
        ("delta_remember_outside", "a tile behind the last", BAD_RECORD, second(Streams { ops: &[6, 12, 1], ..none })),
        ("delta_remember_before", "a tile before the first", BAD_RECORD, second(Streams { ops: &[6, 1, 1], ..none })),
        (
            "delta_painted_often",
            "eight times the picture",
            GOOD,
            second(Streams { ops: &fills[..fills.len() - 6], colors: &many(8), ..none }),
        ),
        (
            "delta_painted_too_often",
            "eight times the picture, and a pixel",
            BAD_RECORD,
            second(Streams { ops: &fills, colors: &many(9), ..none }),
        ),
    ]
}

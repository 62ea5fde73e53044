//! Residuals that are packed: docs/format.md §9.3. The zstd frames (RFC 8878, 3.1.1) are put together here, byte by byte.

use super::delta::{Streams, second};
use super::*;

/// Four pixels from (2, 2) on, as residuals.
const OPS: [u8; 5] = [3, 2, 2, 2, 2];
const RESIDUALS: [u8; 12] = [1, 0, 2, 0, 0, 255, 0, 1, 3, 0, 0, 254];

/// A frame's descriptor: a single segment, whose length is a byte; that, or a window of a kibibyte.
const SINGLE: u8 = 1 << 5;
const CHECKSUM: u8 = 1 << 2;
const DICTIONARY: u8 = 1;

/// A zstd frame with this descriptor and what belongs to it, of one block that is not compressed.
fn frame(descriptor: u8, fields: &[u8], bytes: &[u8]) -> Vec<u8> {
    let block = ((bytes.len() as u32) << 3 | 1).to_le_bytes();
    [&0xfd2f_b528_u32.to_le_bytes(), &[descriptor][..], fields, &block[..3], bytes].concat()
}

/// Residuals as one frame.
fn single(bytes: &[u8]) -> Vec<u8> {
    frame(SINGLE, &[bytes.len() as u8], bytes)
}

/// So many residuals are told, and this is what lies there.
fn packed(length: u64, frame: &[u8]) -> Files {
    let mut told = Vec::new();
    Writer(&mut told).uvarint(length);
    second(Streams { ops: &OPS, packed: Some(&told), residuals: frame, ..Streams::default() })
}

pub(super) fn packed_residuals() -> Vec<Vector> {
    let good = single(&RESIDUALS);
    let twice = [&good[..], &good].concat();
    let skipped = [&0x184d_2a50_u32.to_le_bytes()[..], &[0; 4], &good].concat();
    // What RFC 8878 takes of XXH64, of the twelve bytes above, is not computed here: whoever looks at it is wrong already.
    let with_checksum = [&frame(SINGLE | CHECKSUM, &[12], &RESIDUALS)[..], &[0; 4]].concat();
    let large = |log: u8| frame(0, &[(log - 10) << 3], &RESIDUALS);
    let third = 16 << 20;
    vec![
        ("packed_residuals", "residuals in a frame of their own", GOOD, packed(12, &good)),
        ("packed_window", "the largest window", GOOD, packed(12, &large(23))),
        ("packed_window_too_large", "a window over 8 MiB", BAD_RECORD, packed(12, &large(24))),
        ("packed_gives_more", "more residuals than were told", BAD_RECORD, packed(9, &good)),
        ("packed_gives_less", "fewer residuals than were told", BAD_RECORD, packed(15, &good)),
        (
            "packed_not_three_planes",
            "a number that three does not divide",
            BAD_RECORD,
            packed(10, &single(&RESIDUALS[..10])),
        ),
        ("packed_nothing", "no residuals", BAD_RECORD, packed(0, &single(&[]))),
        ("packed_too_much", "over 16 MiB", BAD_RECORD, packed(third + 3 - third % 3, &good)),
        ("packed_is_not_used_up", "residuals that no operation takes", BAD_RECORD, packed(15, &single(&[0; 15]))),
        ("packed_is_missing", "no frame", BAD_RECORD, packed(12, &[])),
        ("packed_is_cut", "a frame without its end", BAD_RECORD, packed(12, &good[..good.len() - 1])),
        ("packed_twice", "a frame behind the frame", BAD_RECORD, packed(24, &twice)),
        ("packed_something_behind", "a byte behind the frame", BAD_RECORD, packed(12, &[&good[..], &[0]].concat())),
        ("packed_skippable", "a frame that is to be skipped", BAD_RECORD, packed(12, &skipped)),
        ("packed_checksum", "a frame with a checksum", BAD_RECORD, packed(12, &with_checksum)),
        (
            "packed_dictionary",
            "a frame that needs a dictionary",
            BAD_RECORD,
            packed(12, &frame(SINGLE | DICTIONARY, &[7, 12], &RESIDUALS)),
        ),
        ("packed_damaged", "not zstd", BAD_RECORD, packed(12, &RESIDUALS)),
    ]
}

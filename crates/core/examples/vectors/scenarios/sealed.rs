//! Keys, segment files, sealed chunks and what is in them.

use super::*;

pub(super) fn key() -> Vec<Vector> {
    let id = SegmentId { track: Track::Pointer, number: 0 };
    let with = |file: Vec<u8>| {
        let mut recording = Recording::new();
        let mut segment = recording.open_with(id, file);
        segment.records(&mut recording, &pointer_records());
        segment.close(&mut recording);
        recording.stop()
    };
    let me = contributor().open_key().public();
    let mine = || stanza(&me, &content_key(id));
    let other = OpenKey::from_secret(secret(0x24)).public();
    let mut broken = mine();
    broken["sealed"] = json!(Bytes([0x77; 80]));
    let mut short = mine();
    short["sealed"] = json!("77");
    let mut shown = with(key_file(id, &[mine()]));
    flip_in(&mut shown, "pointer/000000.key", "sealed");
    let mut missing = with(key_file(id, &[mine()]));
    missing.remove("pointer/000000.key");
    let elsewhere = SegmentId { track: Track::Keyboard, number: 0 };
    vec![
        ("key_missing", "no key file", TAMPERED, missing),
        ("key_altered", "not the file that the journal names", TAMPERED, shown),
        ("key_of_another_segment", "names another segment", TAMPERED, with(key_file(elsewhere, &[mine()]))),
        ("key_without_stanzas", "sealed to nobody", INVALID, with(key_file(id, &[]))),
        ("key_short_stanza", "an x25519 stanza of a wrong length", INVALID, with(key_file(id, &[short]))),
        (
            "key_for_somebody_else",
            "not sealed to this identity",
            MISMATCH,
            with(key_file(id, &[stanza(&other, &content_key(id))])),
        ),
        ("key_that_does_not_open", "a stanza that does not open", UNOPENED, with(key_file(id, &[broken]))),
        ("key_wrong", "opens, but is another key", UNOPENED, with(key_file(id, &[stanza(&me, &secret(0x01))]))),
    ]
}

pub(super) fn segment() -> Vec<Vector> {
    let two = || {
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        recording.segment(Track::Pointer, 1, &pointer_records());
        recording.segment(Track::Keyboard, 0, &keyboard_records());
        recording.stop()
    };
    let changed = |change: fn(&mut Files)| {
        let mut files = two();
        change(&mut files);
        files
    };
    let headed = |at: usize, value: u8| {
        let mut recording = Recording::new();
        let mut segment = recording.open(Track::Pointer, 0);
        recording.files.get_mut("pointer/000000.seg").expect("file")[at] = value;
        segment.records(&mut recording, &pointer_records());
        segment.close(&mut recording);
        recording.stop()
    };
    let swap = |files: &mut Files, one: &str, other: &str| {
        let (first, second) = (files[one].clone(), files[other].clone());
        files.insert(one.into(), second);
        files.insert(other.into(), first);
    };
    let mut numbers = two();
    swap(&mut numbers, "pointer/000000.seg", "pointer/000001.seg");
    let mut tracks = two();
    swap(&mut tracks, "pointer/000000.seg", "keyboard/000000.seg");
    let mut unchunked = Recording::new();
    let segment = unchunked.open(Track::Pointer, 0);
    let mut extent = segment.extent(&unchunked);
    (extent.chunks, extent.size) = (1, extent.size + 1);
    unchunked.files.get_mut("pointer/000000.seg").expect("file").push(0);
    extent.hash = hash(&unchunked.files["pointer/000000.seg"]);
    unchunked.line(Entry::Close(extent));
    vec![
        (
            "segment_missing",
            "no segment file",
            TAMPERED,
            changed(|files| {
                files.remove("pointer/000001.seg");
            }),
        ),
        (
            "segment_truncated",
            "its last byte is gone",
            TAMPERED,
            changed(|files| {
                files.get_mut("pointer/000001.seg").expect("file").pop();
            }),
        ),
        (
            "segment_extended",
            "a byte more",
            TAMPERED,
            changed(|files| files.get_mut("pointer/000001.seg").expect("file").push(0)),
        ),
        (
            "segment_altered",
            "a byte of ciphertext",
            TAMPERED,
            changed(|files| files.get_mut("pointer/000001.seg").expect("file")[70] ^= 1),
        ),
        ("segment_swapped_numbers", "two segments of a track changed places", TAMPERED, numbers),
        ("segment_swapped_tracks", "segments of two tracks changed places", TAMPERED, tracks),
        (
            "segment_foreign_file",
            "a file that the journal does not name",
            TAMPERED,
            changed(|files| {
                files.insert("pointer/000002.seg".into(), Vec::new());
            }),
        ),
        (
            "segment_foreign_folder",
            "a folder that there is not",
            TAMPERED,
            changed(|files| {
                files.insert("gait/000000.seg".into(), Vec::new());
            }),
        ),
        ("segment_magic", "does not begin with USEG", INVALID, headed(0, b'u')),
        ("segment_version", "segment version 3", Fails("format-version"), headed(4, 3)),
        ("segment_reserved", "a reserved byte is set", INVALID, headed(6, 1)),
        ("segment_of_another_track", "its header names another track", TAMPERED, headed(5, 1)),
        ("segment_of_another_recording", "its header names another recording", TAMPERED, headed(12, 0)),
        ("segment_half_a_chunk", "the journal names a chunk that is not whole", INVALID, unchunked.stop()),
    ]
}

pub(super) fn seal() -> Vec<Vector> {
    let built = |build: fn(&mut Recording, &mut crate::recording::Segment)| {
        let mut recording = Recording::new();
        let mut segment = recording.open(Track::Keyboard, 0);
        build(&mut recording, &mut segment);
        segment.close_as_is(&mut recording);
        recording.stop()
    };
    vec![
        (
            "seal_altered",
            "the journal names it, but its tag does not hold: what came before is given out",
            UNOPENED,
            built(|recording, segment| {
                segment.records(recording, &keyboard_records()[..2]);
                segment.append(recording, &[9; 40]);
            }),
        ),
        (
            "seal_wrong_place",
            "a chunk sealed for another place in the segment",
            UNOPENED,
            built(|recording, segment| {
                segment.records(recording, &keyboard_records()[..1]);
                let last = segment.compressor.finish().expect("zstd").to_vec();
                segment.seal_as(recording, &last, FINAL, 7);
            }),
        ),
        (
            "seal_no_final_chunk",
            "closed without its final chunk",
            UNOPENED,
            built(|recording, segment| {
                segment.records(recording, &keyboard_records());
            }),
        ),
        (
            "seal_behind_the_final_chunk",
            "a chunk behind the final one",
            BAD_RECORD,
            built(|recording, segment| {
                segment.records(recording, &keyboard_records()[..1]);
                let last = segment.compressor.finish().expect("zstd").to_vec();
                segment.seal(recording, &last, FINAL);
                segment.seal(recording, &[0, 0, 0, 0], MESSAGE);
            }),
        ),
        (
            "seal_unknown_tag",
            "a chunk with tag PUSH",
            BAD_RECORD,
            built(|recording, segment| {
                let chunk = segment.compressor.chunk(&[]).expect("zstd").to_vec();
                segment.seal(recording, &chunk, 1);
            }),
        ),
    ]
}

pub(super) fn chunk() -> Vec<Vector> {
    let chunked = |chunk: &dyn Fn(&mut Compressor, &[u8]) -> Vec<u8>, tag: u8| {
        let mut recording = Recording::new();
        let mut segment = recording.open(Track::Keyboard, 0);
        let records = encoded(&keyboard_records());
        let bytes = chunk(&mut segment.compressor, &records);
        segment.seal(&mut recording, &bytes, tag);
        if tag == MESSAGE {
            segment.close(&mut recording);
        } else {
            segment.close_as_is(&mut recording);
        }
        recording.stop()
    };
    let whole = |compressor: &mut Compressor, records: &[u8]| compressor.chunk(records).expect("zstd").to_vec();
    let relength = |by: i64| {
        move |compressor: &mut Compressor, records: &[u8]| {
            let mut bytes = whole(compressor, records);
            let length = (records.len() as i64 + by) as u32;
            bytes[..4].copy_from_slice(&length.to_le_bytes());
            bytes
        }
    };
    let with_checksum = |compressor: &mut Compressor, records: &[u8]| {
        let mut bytes = whole(compressor, records);
        bytes[8] |= 1 << 2;
        bytes
    };
    vec![
        ("chunk_gives_more", "decompresses to more than its length", BAD_RECORD, chunked(&relength(-1), MESSAGE)),
        ("chunk_gives_less", "decompresses to less than its length", BAD_RECORD, chunked(&relength(1), MESSAGE)),
        ("chunk_too_large", "a length over 16 MiB", BAD_RECORD, chunked(&relength(17 << 20), MESSAGE)),
        ("chunk_empty", "no records, but not the final chunk", BAD_RECORD, chunked(&|_, _| vec![0; 4], MESSAGE)),
        ("chunk_without_length", "three bytes", BAD_RECORD, chunked(&|_, _| vec![1, 0, 0], MESSAGE)),
        ("chunk_checksum", "a zstd frame with a checksum", BAD_RECORD, chunked(&with_checksum, MESSAGE)),
        ("chunk_damaged", "not zstd", BAD_RECORD, chunked(&|_, _| vec![5, 0, 0, 0, 1, 2, 3, 4, 5], MESSAGE)),
        ("chunk_final_with_records", "the final chunk holds records", BAD_RECORD, chunked(&whole, FINAL)),
        (
            "chunk_frame_goes_on",
            "the final chunk does not end the zstd frame",
            BAD_RECORD,
            chunked(&|_, _| vec![0; 4], FINAL),
        ),
        (
            "chunk_frame_ends_early",
            "the zstd frame ends before the final chunk",
            BAD_RECORD,
            chunked(
                &|compressor, records| {
                    let mut bytes = whole(compressor, records);
                    bytes.extend(&compressor.finish().expect("zstd")[4..]);
                    bytes
                },
                MESSAGE,
            ),
        ),
    ]
}

//! Recordings as they are written, complete or cut short.

use super::*;

pub(super) fn intact() -> Vec<Vector> {
    let every_track = || {
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        recording.segment(Track::Keyboard, 0, &keyboard_records());
        recording.segment(Track::Screen, 0, &screen_records());
        recording.segment(Track::Context, 0, &context_records());
        recording.stop()
    };
    let mut facts = Recording::new();
    facts.time = Time::from_nanos(5);
    facts.line(Entry::Pause {});
    facts.time = Time::from_nanos(9);
    facts.line(Entry::Resume {});
    let track = Track::Keyboard.into();
    facts.line(Entry::Withheld { track, from: 1, to: 4, reason: WithheldReason::UnknownFocus, class: None });
    let class = Some(ClassName::of(Class::UsSsn));
    facts.line(Entry::Withheld { track, from: 2, to: 2, reason: WithheldReason::SensitiveContent, class });
    for reason in [
        WithheldReason::UnknownField,
        WithheldReason::SecretField,
        WithheldReason::DetectorFailed,
        WithheldReason::NoIndicator,
    ] {
        facts.line(Entry::Withheld { track, from: 3, to: 4, reason, class: None });
    }
    facts.line(Entry::Dropped { track, count: 3, reason: DropReason::QueueFull });
    facts.line(Entry::Notice { notice: NoticeName::Resized, count: None, width: Some(640), height: Some(480) });
    facts.line(Entry::Notice { notice: NoticeName::MissedDamage, count: Some(12), width: None, height: None });
    for notice in [NoticeName::RateCapped, NoticeName::RateRestored] {
        facts.line(Entry::Notice { notice, count: None, width: None, height: None });
    }
    for notice in [NoticeName::NoDamage, NoticeName::NoAccessibility, NoticeName::NoHotkey] {
        facts.line(Entry::Notice { notice, count: None, width: None, height: None });
    }

    let mut segments = Recording::new();
    for number in 0..3 {
        segments.segment(Track::Pointer, number, &pointer_records());
    }
    let mut chunks = Recording::new();
    let mut segment = chunks.open(Track::Keyboard, 0);
    for record in keyboard_records() {
        segment.records(&mut chunks, &[record]);
        segment.checkpoint(&mut chunks);
    }
    segment.close(&mut chunks);
    let mut stanzas = Recording::new();
    let id = SegmentId { track: Track::Pointer, number: 0 };
    let unknown = json!({ "type": "xwing", "recipient": "00ff", "sealed": "" });
    let mine = stanza(&contributor().open_key().public(), &content_key(id));
    let mut segment = stanzas.open_with(id, key_file(id, &[unknown, mine]));
    segment.records(&mut stanzas, &pointer_records());
    segment.close(&mut stanzas);
    let mut release = Recording::new();
    release.files.insert("release/anything".into(), b"of a later version".to_vec());

    vec![
        ("intact_empty", "nothing was recorded", GOOD, Recording::new().stop()),
        ("intact_every_track", "every kind of record, merged by time", GOOD, every_track()),
        ("intact_journal_facts", "pause, resume, withheld, dropped, notices", GOOD, facts.stop()),
        ("intact_three_segments", "differences begin anew in each segment", GOOD, segments.stop()),
        ("intact_chunks_and_checkpoints", "a chunk and a checkpoint a record", GOOD, chunks.stop()),
        ("intact_unknown_stanza", "a stanza of an unknown type is skipped", GOOD, stanzas.stop()),
        ("intact_release_folder", "a folder named release is of a later version", GOOD, release.stop()),
    ]
}

pub(super) fn cut() -> Vec<Vector> {
    let open_segment = |tail: &[u8]| {
        let mut recording = Recording::new();
        let mut segment = recording.open(Track::Keyboard, 0);
        segment.records(&mut recording, &keyboard_records());
        segment.checkpoint(&mut recording);
        recording.files.get_mut("keyboard/000000.seg").expect("file").extend_from_slice(tail);
        recording
    };
    let mut tail_opens = open_segment(&[]);
    let mut segment = tail_opens.open(Track::Pointer, 0);
    segment.records(&mut tail_opens, &pointer_records());
    let mut half_line = open_segment(&[]);
    half_line.files.get_mut("journal.ndjson").expect("journal").extend(b"{\"hash\":");
    let mut unnamed = open_segment(&[]);
    unnamed.files.insert("screen/000000.key".into(), b"half".to_vec());
    unnamed.files.insert("screen/000000.seg".into(), Vec::new());
    let mut unnamed_wrong = open_segment(&[]);
    unnamed_wrong.files.insert("screen/000001.key".into(), b"half".to_vec());
    let mut picture = Recording::new();
    let mut segment = picture.open(Track::Screen, 0);
    let mut records = screen_records();
    records.truncate(3);
    records.push((900, Record::Screen(ScreenRecord::Frame(FramePart { more: true, ..delta::pixel() }))));
    segment.records(&mut picture, &records);
    segment.checkpoint(&mut picture);
    let mut stopped = Recording::new();
    stopped.line(Entry::Stop { reason: "requested".into() });
    let only = |names: &[&str]| {
        let mut files = Recording::new().cut();
        files.retain(|path, _| names.contains(&path.as_str()));
        files
    };
    let mut empty_journal = only(&["unfinished.json", "receipt.json", "header.json"]);
    empty_journal.insert("journal.ndjson".into(), b"{".to_vec());
    let mut without_header = Recording::new().cut();
    without_header.remove("header.json");
    let mut foreign = only(&["unfinished.json"]);
    foreign.insert("pointer/000000.seg".into(), Vec::new());
    let mut altered = open_segment(&[]);
    *altered.files.get_mut("keyboard/000000.seg").expect("file").last_mut().expect("a byte") ^= 1;
    let mut shorter = open_segment(&[]);
    shorter.files.get_mut("keyboard/000000.seg").expect("file").pop();
    let mut unsigned = Recording::new().cut();
    flip_in(&mut unsigned, "unfinished.json", "signature");
    let mut other = Recording::new().cut();
    let other_header = Recording::with(|header| header.id = Bytes([0x12; 16]), |_| {}).cut();
    other.insert("header.json".into(), other_header["header.json"].clone());

    vec![
        ("cut_at_a_checkpoint", "the open segment ends with its checkpoint", CUT, open_segment(&[]).cut()),
        ("cut_inside_a_length", "two bytes of the next chunk's length", CUT, open_segment(&[9, 0]).cut()),
        ("cut_inside_a_chunk", "half a chunk behind the checkpoint", CUT, open_segment(&[60, 0, 0, 0, 1, 2, 3]).cut()),
        (
            "cut_chunk_that_does_not_open",
            "a whole chunk behind the checkpoint that does not open ends the segment",
            CUT,
            open_segment(&[&[17, 0, 0, 0][..], &[7; 17], &[17, 0, 0, 0], &[8; 17]].concat()).cut(),
        ),
        ("cut_tail_opens", "a chunk behind the last checkpoint that opens is read", CUT, tail_opens.cut()),
        ("cut_inside_a_line", "the journal's last line is cut", CUT, half_line.cut()),
        ("cut_segment_not_yet_named", "a segment's files came before its line", CUT, unnamed.cut()),
        ("cut_segment_out_of_turn", "but not those of the segment after the next", TAMPERED, unnamed_wrong.cut()),
        ("cut_inside_a_picture", "an unfinished picture is left out", CUT, picture.cut()),
        ("cut_while_stopping", "stopped, but the marker is still there", CUT, stopped.cut()),
        ("cut_before_the_receipt", "only the marker", CUT, only(&["unfinished.json"])),
        (
            "cut_before_the_journal",
            "header and receipt, no journal",
            CUT,
            only(&["unfinished.json", "receipt.json", "header.json"]),
        ),
        ("cut_inside_the_first_line", "no line is whole", CUT, empty_journal),
        ("cut_header_missing", "a journal, but no header", TAMPERED, without_header),
        ("cut_segment_before_the_journal", "a segment, but no journal", TAMPERED, foreign),
        ("cut_checkpoint_altered", "a byte before the checkpoint", TAMPERED, altered.cut()),
        ("cut_checkpoint_truncated", "shorter than the checkpoint", TAMPERED, shorter.cut()),
        ("cut_marker_bad_signature", "a marker that nobody signed", TAMPERED, unsigned),
        ("cut_marker_of_another", "header of another recording than the marker", TAMPERED, other),
        (
            "cut_zeros",
            "zeros behind the checkpoint, as a power cut leaves them, end the segment",
            CUT,
            open_segment(&[0; 64]).cut(),
        ),
    ]
}

//! Every vector, one scenario each, named by the room that it tests.

use serde_json::json;
use understudy_core::backend::Patch;
use understudy_core::canonical::Bytes;
use understudy_core::chunk::Compressor;
use understudy_core::clock::Time;
use understudy_core::delta::{Canvas, FramePart};
use understudy_core::event::{
    App, Button, Code, ContextEvent, CursorImage, Key, KeyboardAction, KeyboardEvent, Layout, Modifiers, Monitor,
    PointerAction, PointerEvent, RawDelta, Wheel, Window, Workspace,
};
use understudy_core::frame::{PixelFormat, Position, Rect, Size};
use understudy_core::journal::{DropReason, Entry, NoticeName, WithheldReason};
use understudy_core::recipient::OpenKey;
use understudy_core::record::{Record, RecordEncoder, ScreenRecord};
use understudy_core::segment::SegmentId;
use understudy_core::sign::hash;
use understudy_core::track::Track;
use understudy_core::verify::Status;

use super::Expect::{self, Fails, Opens};
use super::recording::{
    FINAL, Files, MESSAGE, Recording, content_key, contributor, identity, key_file, secret, stanza,
};

type Vector = (&'static str, &'static str, Expect, Files);

const GOOD: Expect = Opens(Status::Intact, "success");
const CUT: Expect = Opens(Status::Cut, "success");
const INVALID: Expect = Fails("format-invalid");
const TAMPERED: Expect = Fails("tampered");
const BAD_RECORD: Expect = Opens(Status::Intact, "format-invalid");
const UNOPENED: Expect = Opens(Status::Intact, "open-failed");

pub(crate) fn all() -> Vec<Vector> {
    [intact(), cut(), header(), receipt(), journal(), key(), segment(), seal(), chunk(), record(), delta()].concat()
}

fn intact() -> Vec<Vector> {
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
    facts.line(Entry::Withheld { track, from: 1, to: 4, reason: WithheldReason::UnknownFocus });
    facts.line(Entry::Dropped { track, count: 3, reason: DropReason::QueueFull });
    facts.line(Entry::Notice { notice: NoticeName::Resized, count: None, width: Some(640), height: Some(480) });
    facts.line(Entry::Notice { notice: NoticeName::MissedDamage, count: Some(12), width: None, height: None });
    facts.line(Entry::Notice { notice: NoticeName::NoDamage, count: None, width: None, height: None });

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
    let mine = stanza(&identity(), &content_key(id));
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

fn cut() -> Vec<Vector> {
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
    records.push((900, Record::Screen(ScreenRecord::Frame(FramePart { more: true, ..part(&[0, 0, 1, 2, 3], 1) }))));
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

fn header() -> Vec<Vector> {
    let edit = |edit: fn(&str) -> String| {
        let mut files = Recording::new().stop();
        let text = String::from_utf8(files["header.json"].clone()).expect("text");
        files.insert("header.json".into(), edit(&text).into_bytes());
        files
    };
    let mut missing = Recording::new().stop();
    missing.remove("header.json");
    let mut signature = Recording::new().stop();
    flip_in(&mut signature, "header.json", "signature");
    let long = Recording::with(|header| header.platform = "x".repeat(65), |_| {}).stop();
    let large = edit(|text| format!("{}{text}", " ".repeat(65_536)));
    vec![
        ("header_missing", "no header.json", TAMPERED, missing),
        ("header_bad_signature", "the signature does not hold", TAMPERED, signature),
        (
            "header_altered",
            "another member than was signed",
            TAMPERED,
            edit(|text| text.replace("1765000000000", "1765000000001")),
        ),
        (
            "header_version",
            "format version 2",
            Fails("format-version"),
            edit(|text| text.replace("\"format\":1", "\"format\":2")),
        ),
        (
            "header_white_space",
            "a space that the canonical form has not",
            INVALID,
            edit(|text| text.replace(":1,", ": 1,")),
        ),
        (
            "header_member_twice",
            "a member twice",
            INVALID,
            edit(|text| text.replace("\"format\":1,", "\"format\":1,\"format\":1,")),
        ),
        (
            "header_unknown_member",
            "a member that the format does not know",
            INVALID,
            edit(|text| text.replace("\"format\":1,", "\"format\":1,\"gait\":1,")),
        ),
        (
            "header_missing_member",
            "no policy",
            INVALID,
            edit(|text| {
                let at = text.find("\"policy\"").expect("policy");
                format!("{}{}", &text[..at], &text[at + 76..])
            }),
        ),
        (
            "header_fraction",
            "a number with a fraction",
            INVALID,
            edit(|text| text.replace("1765000000000", "1765000000000.5")),
        ),
        ("header_null", "a null", INVALID, edit(|text| text.replace("1765000000000", "null"))),
        (
            "header_upper_case",
            "hexadecimal in upper case",
            INVALID,
            edit(|text| {
                let at = text.find("\"device\":\"").expect("device") + 10;
                format!("{}{}{}", &text[..at], text[at..at + 64].to_uppercase(), &text[at + 64..])
            }),
        ),
        (
            "header_tracks_out_of_order",
            "tracks not in the order of their numbers",
            INVALID,
            edit(|text| text.replace("\"pointer\",\"keyboard\"", "\"keyboard\",\"pointer\"")),
        ),
        (
            "header_unknown_track",
            "a track that there is not",
            INVALID,
            edit(|text| text.replace("\"pointer\"", "\"gait\"")),
        ),
        ("header_long_platform", "a platform's name over 64 bytes", INVALID, long),
        ("header_no_line_feed", "the line feed is missing", INVALID, edit(|text| text.trim_end().to_owned())),
        ("header_too_large", "over 64 KiB", INVALID, large),
    ]
}

fn receipt() -> Vec<Vector> {
    let with = |change: fn(&mut serde_json::Value)| Recording::with(|_| {}, change).stop();
    let mut missing = Recording::new().stop();
    missing.remove("receipt.json");
    let mut other = Recording::new().stop();
    let another = with(|receipt| receipt["expires"] = json!(1_770_000_001_u64));
    other.insert("receipt.json".into(), another["receipt.json"].clone());
    let mut forged_files = Recording::new().stop();
    flip_in(&mut forged_files, "receipt.json", "signature");
    let receipt_bytes = forged_files["receipt.json"].clone();
    let forged = Recording::with(|header| header.receipt = hash(&receipt_bytes), |_| {});
    let mut forged = forged.stop();
    forged.insert("receipt.json".into(), receipt_bytes);
    let refused = Fails("receipt-invalid");
    vec![
        ("receipt_missing", "no receipt.json", TAMPERED, missing),
        ("receipt_of_another", "a valid receipt, but not the header's", TAMPERED, other),
        ("receipt_forged", "its signature does not hold", refused, forged),
        (
            "receipt_other_tracks",
            "does not cover a track of the header",
            refused,
            with(|receipt| receipt["tracks"] = json!(["pointer"])),
        ),
        (
            "receipt_expired",
            "expired before the recording started",
            refused,
            with(|receipt| receipt["expires"] = json!(1_764_999_999_u64)),
        ),
        (
            "receipt_expires_at_start",
            "expires in the very millisecond",
            refused,
            with(|receipt| receipt["expires"] = json!(1_765_000_000_u64)),
        ),
        (
            "receipt_issued_later",
            "issued after the recording started",
            refused,
            with(|receipt| receipt["issued"] = json!(1_765_000_001_u64)),
        ),
        (
            "receipt_purpose",
            "a purpose that is not in the list",
            refused,
            with(|receipt| receipt["purpose"] = json!("performance-review")),
        ),
        (
            "receipt_schema",
            "another schema",
            refused,
            with(|receipt| receipt["schema"] = json!("understudy.consent/2")),
        ),
        ("receipt_no_recipients", "for nobody", refused, with(|receipt| receipt["recipients"] = json!([]))),
        (
            "receipt_recipient_twice",
            "the same recipient twice",
            refused,
            with(|receipt| {
                let one = receipt["recipients"][0].clone();
                receipt["recipients"] = json!([one, one]);
            }),
        ),
        (
            "receipt_backwards",
            "expires before it is issued",
            refused,
            with(|receipt| receipt["issued"] = json!(1_770_000_000_u64)),
        ),
    ]
}

fn journal() -> Vec<Vector> {
    let edited = |edit: fn(&mut Vec<Vec<u8>>)| {
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        let mut lines = {
            let files = recording.stop();
            lines_of(&files)
        };
        edit(&mut lines);
        let mut recording = Recording::new();
        recording.segment(Track::Pointer, 0, &pointer_records());
        let mut files = recording.stop();
        files.insert("journal.ndjson".into(), lines.iter().flat_map(|line| [&line[..], b"\n"].concat()).collect());
        files
    };
    let entries = |entries: Vec<Entry>| {
        let mut recording = Recording::new();
        entries.into_iter().for_each(|entry| recording.line(entry));
        recording.stop()
    };
    let raw = |seq: u64, members: serde_json::Value| {
        let mut recording = Recording::new();
        let prev = recording.lines().pop().expect("a line");
        recording.raw_line(seq, &prev, members);
        recording.files
    };
    let mut missing = Recording::new().stop();
    missing.remove("journal.ndjson");
    let mut no_stop = Recording::new().files;
    no_stop.remove("unfinished.json");
    let mut unclosed = Recording::new();
    let mut segment = unclosed.open(Track::Pointer, 0);
    segment.records(&mut unclosed, &pointer_records());
    segment.checkpoint(&mut unclosed);
    let mut half = Recording::new().stop();
    half.get_mut("journal.ndjson").expect("journal").pop();
    let mut backwards = Recording::new();
    backwards.time = Time::from_nanos(7);
    backwards.line(Entry::Pause {});
    let prev = backwards.lines().pop().expect("a line");
    backwards.time = Time::from_nanos(6);
    backwards.raw_line(2, &prev, json!({ "type": "resume" }));
    let mut behind = Recording::new();
    behind.line(Entry::Stop { reason: "requested".into() });
    behind.line(Entry::Pause {});
    let mut not_recorded = Recording::with(|header| header.tracks = [Track::Pointer].into_iter().collect(), |_| {});
    not_recorded.line(Entry::Dropped { track: Track::Screen.into(), count: 1, reason: DropReason::QueueFull });
    let mut foreign_key = Recording::new();
    foreign_key.device = contributor();
    foreign_key.line(Entry::Pause {});
    let extent = |segment| json!({ "type": "checkpoint", "track": "pointer", "segment": segment, "chunks": 1, "size": 100, "hash": hash(b"") });
    vec![
        ("journal_missing", "no journal", TAMPERED, missing),
        (
            "journal_line_removed",
            "a line in the middle is gone",
            TAMPERED,
            edited(|lines| {
                lines.remove(1);
            }),
        ),
        ("journal_lines_swapped", "two lines changed places", TAMPERED, edited(|lines| lines.swap(1, 2))),
        (
            "journal_line_twice",
            "a line stands twice",
            TAMPERED,
            edited(|lines| {
                let line = lines[1].clone();
                lines.insert(1, line);
            }),
        ),
        (
            "journal_last_line_removed",
            "the stop is gone",
            TAMPERED,
            edited(|lines| {
                lines.pop();
            }),
        ),
        (
            "journal_line_altered",
            "a hash in a line",
            TAMPERED,
            edited(|lines| {
                let text = String::from_utf8(lines[1].clone()).expect("text");
                let at = text.find("\"key\":\"").expect("key") + 7;
                let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
                lines[1] = format!("{}{digit}{}", &text[..at], &text[at + 1..]).into_bytes();
            }),
        ),
        ("journal_bad_signature", "a line that another key signed", TAMPERED, foreign_key.stop()),
        ("journal_no_stop", "neither stop nor marker", TAMPERED, no_stop),
        ("journal_segment_not_closed", "stops with an open segment", TAMPERED, unclosed.stop()),
        ("journal_no_line_feed", "the last line feed is missing", TAMPERED, half),
        ("journal_wrong_number", "a line's number skips one", TAMPERED, raw(2, json!({ "type": "pause" }))),
        ("journal_start_twice", "a second start", TAMPERED, entries(vec![Entry::Start {}])),
        ("journal_behind_the_stop", "a line behind the stop", TAMPERED, behind.files),
        ("journal_backwards", "a line earlier than the one before", TAMPERED, backwards.stop()),
        ("journal_pause_twice", "pauses while paused", TAMPERED, entries(vec![Entry::Pause {}, Entry::Pause {}])),
        ("journal_resume_first", "resumes while running", TAMPERED, entries(vec![Entry::Resume {}])),
        (
            "journal_withheld_backwards",
            "a span that ends before it begins",
            INVALID,
            entries(vec![Entry::Withheld {
                track: Track::Screen.into(),
                from: 2,
                to: 1,
                reason: WithheldReason::ExcludedApplication,
            }]),
        ),
        ("journal_track_not_recorded", "a track that the header has not", TAMPERED, not_recorded.stop()),
        (
            "journal_segment_out_of_turn",
            "opens segment 1 first",
            TAMPERED,
            entries(vec![Entry::Open { track: Track::Pointer.into(), segment: 1, key: hash(b"") }]),
        ),
        (
            "journal_two_open_segments",
            "opens a segment while one is open",
            TAMPERED,
            entries(vec![
                Entry::Open { track: Track::Pointer.into(), segment: 0, key: hash(b"") },
                Entry::Open { track: Track::Pointer.into(), segment: 1, key: hash(b"") },
            ]),
        ),
        ("journal_checkpoint_of_nothing", "extends a segment that is not open", TAMPERED, raw(1, extent(0))),
        ("journal_unknown_type", "a fact that the format does not know", INVALID, raw(1, json!({ "type": "score" }))),
        (
            "journal_unknown_member",
            "a member that its type has not",
            INVALID,
            raw(1, json!({ "type": "pause", "by": "me" })),
        ),
        (
            "journal_missing_member",
            "a notice without its count",
            INVALID,
            raw(1, json!({ "type": "notice", "notice": "missed-damage" })),
        ),
        (
            "journal_surplus_member",
            "a count where the notice has none",
            INVALID,
            raw(1, json!({ "type": "notice", "notice": "no-damage", "count": 1 })),
        ),
        (
            "journal_unknown_reason",
            "withheld for a reason that there is not",
            INVALID,
            raw(
                1,
                json!({
                    "type": "withheld", "track": "screen", "from": 0, "to": 1, "reason": "boredom"
                }),
            ),
        ),
        ("journal_not_json", "a line that is not JSON", INVALID, edited(|lines| lines[1] = b"pause".to_vec())),
    ]
}

fn key() -> Vec<Vector> {
    let id = SegmentId { track: Track::Pointer, number: 0 };
    let with = |file: Vec<u8>| {
        let mut recording = Recording::new();
        let mut segment = recording.open_with(id, file);
        segment.records(&mut recording, &pointer_records());
        segment.close(&mut recording);
        recording.stop()
    };
    let mine = || stanza(&identity(), &content_key(id));
    let other = OpenKey::from_secret(secret(0x24));
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
            Opens(Status::Intact, "identity-mismatch"),
            with(key_file(id, &[stanza(&other, &content_key(id))])),
        ),
        ("key_that_does_not_open", "a stanza that does not open", UNOPENED, with(key_file(id, &[broken]))),
        ("key_wrong", "opens, but is another key", UNOPENED, with(key_file(id, &[stanza(&identity(), &secret(0x01))]))),
    ]
}

fn segment() -> Vec<Vector> {
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
        ("segment_version", "segment version 2", Fails("format-version"), headed(4, 2)),
        ("segment_reserved", "a reserved byte is set", INVALID, headed(6, 1)),
        ("segment_of_another_track", "its header names another track", TAMPERED, headed(5, 1)),
        ("segment_of_another_recording", "its header names another recording", TAMPERED, headed(12, 0)),
        ("segment_half_a_chunk", "the journal names a chunk that is not whole", INVALID, unchunked.stop()),
    ]
}

fn seal() -> Vec<Vector> {
    let built = |build: fn(&mut Recording, &mut super::recording::Segment)| {
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

fn chunk() -> Vec<Vector> {
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
    vec![
        ("chunk_gives_more", "decompresses to more than its length", BAD_RECORD, chunked(&relength(-1), MESSAGE)),
        ("chunk_gives_less", "decompresses to less than its length", BAD_RECORD, chunked(&relength(1), MESSAGE)),
        ("chunk_too_large", "a length over 16 MiB", BAD_RECORD, chunked(&relength(17 << 20), MESSAGE)),
        ("chunk_empty", "no records, but not the final chunk", BAD_RECORD, chunked(&|_, _| vec![0; 4], MESSAGE)),
        ("chunk_without_length", "three bytes", BAD_RECORD, chunked(&|_, _| vec![1, 0, 0], MESSAGE)),
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

fn record() -> Vec<Vector> {
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

fn delta() -> Vec<Vector> {
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
fn part(data: &[u8], tiles: u32) -> FramePart {
    let size = Size { width: 70, height: 40 };
    FramePart { key: false, more: false, size, format: PixelFormat::Bgrx8, tiles, data: data.to_vec() }
}

fn encoded(records: &[(u64, Record)]) -> Vec<u8> {
    let (mut encoder, mut bytes) = (RecordEncoder::default(), Vec::new());
    records.iter().for_each(|(nanos, record)| encoder.encode(Time::from_nanos(*nanos), record, &mut bytes));
    bytes
}

fn lines_of(files: &Files) -> Vec<Vec<u8>> {
    files["journal.ndjson"].split_inclusive(|b| *b == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
}

/// Changes the first digit of a member.
fn flip_in(files: &mut Files, path: &str, member: &str) {
    let bytes = files.get_mut(path).expect("the file");
    let text = String::from_utf8(bytes.clone()).expect("text");
    let at = text.find(&format!("\"{member}\":\"")).expect("the member") + member.len() + 4;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
}

fn pointer_records() -> Vec<(u64, Record)> {
    let event =
        |x, y, injected, action| Record::Pointer(PointerEvent { position: Position { x, y }, injected, action });
    vec![
        (100, event(-5, 7, false, PointerAction::Move { raw: None })),
        (350, event(640, 480, true, PointerAction::Move { raw: Some(RawDelta { x: -256, y: 1 }) })),
        (350, event(640, 480, false, PointerAction::Down(Button(0)))),
        (700, event(640, 481, false, PointerAction::Up(Button(255)))),
        (u64::from(u32::MAX), event(i32::MAX, i32::MIN, false, PointerAction::Move { raw: None })),
        (
            u64::from(u32::MAX),
            event(i32::MIN, i32::MAX, false, PointerAction::Wheel(Wheel { delta_x: 0, delta_y: -120, smooth: false })),
        ),
        (1 << 40, event(0, 0, true, PointerAction::Wheel(Wheel { delta_x: 3, delta_y: i32::MIN, smooth: true }))),
    ]
}

fn keyboard_records() -> Vec<(u64, Record)> {
    let key = |code, key: &str, text: &str| Key { code: Code::from_static(code), key: key.into(), text: text.into() };
    let event = |modifiers, injected, action| Record::Keyboard(KeyboardEvent { modifiers, injected, action });
    let down = |key, repeat| KeyboardAction::Down { key, repeat };
    let layout = Layout { name: "de(nodeadkeys)".into(), group: 1 };
    vec![
        (0, event(Modifiers::NONE, false, KeyboardAction::Layout(layout))),
        (0, event(Modifiers::NUM_LOCK, false, KeyboardAction::Modifiers)),
        (200, event(Modifiers::SHIFT.with(Modifiers::NUM_LOCK), false, down(key("KeyA", "A", "A"), false))),
        (300, event(Modifiers::NONE, true, KeyboardAction::Up { key: key("KeyA", "a", "") })),
        (350, event(Modifiers::ALT_GRAPH, false, down(key("KeyE", "€", "€"), true))),
        (500, event(Modifiers::NONE, false, down(key("Equal", "Dead", ""), false))),
        (
            600,
            event(
                Modifiers::from_bits(255).expect("all"),
                false,
                down(key("Quote", "\"\\\u{8}\u{1f}\u{7f}\u{2028}😀", "\n"), false),
            ),
        ),
    ]
}

fn screen_records() -> Vec<(u64, Record)> {
    let size = Size { width: 70, height: 40 };
    let mut canvas = Canvas::new(size, PixelFormat::Bgrx8);
    let mut picture = |color: &dyn Fn(u32, u32) -> u32, time: u64| -> Vec<(u64, Record)> {
        let pixels: Vec<u8> =
            (0..40).flat_map(|y| (0..70).map(move |x| (x, y))).flat_map(|(x, y)| color(x, y).to_le_bytes()).collect();
        canvas.copy(&Patch { rect: size.bounds(), stride: 280, pixels: &pixels });
        canvas.take().into_iter().map(|part| (time, Record::Screen(ScreenRecord::Frame(part)))).collect()
    };
    let image = CursorImage { width: 2, height: 1, hotspot: (1, 0), pixels: vec![0xff00_00ff, 0x8000_8000] };
    let mut records = picture(&|x, y| if x < 32 && y < 32 { 0 } else { (x / 8) << 16 | (y / 8) }, 50);
    records.push((50, Record::Screen(ScreenRecord::CursorImage(image))));
    records.push((50, Record::Screen(ScreenRecord::CursorPosition(Some(Position { x: -1, y: 39 })))));
    records.extend(picture(&|x, y| (x * 40_503) ^ (y * 7_919) & 0x00ff_ffff, 350));
    records.extend(picture(&|x, y| if x > 60 { 0x00ff_ffff } else { (x * 40_503) ^ (y * 7_919) & 0x00ff_ffff }, 650));
    records.push((650, Record::Screen(ScreenRecord::CursorPosition(None))));
    records
}

fn context_records() -> Vec<(u64, Record)> {
    let app = App { id: "XTerm".into(), instance: "xterm".into() };
    let bounds = Rect { x: -10, y: 0, width: 800, height: 600 };
    let window = |app, title: &str| Window { id: (1 << 53) - 1, app, title: title.into(), bounds };
    let monitor = |name: &str, x, primary| Monitor { name: name.into(), bounds: Rect { x, ..bounds }, primary };
    let events = [
        (0, ContextEvent::Monitors(vec![monitor("DP-1", 0, true), monitor("HDMI-1", 800, false)])),
        (0, ContextEvent::Workspace(Workspace { index: 3, name: "café".into() })),
        (10, ContextEvent::Focus(None)),
        (350, ContextEvent::Focus(Some(window(Some(app.clone()), "vi — notes")))),
        (360, ContextEvent::Window(window(Some(app), "vi — \"notes\" +"))),
        (400, ContextEvent::Focus(Some(window(None, "")))),
        (500, ContextEvent::Monitors(Vec::new())),
    ];
    events.into_iter().map(|(nanos, event)| (nanos, Record::Context(event))).collect()
}

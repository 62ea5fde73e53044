//! journal.ndjson.

use super::*;

pub(super) fn journal() -> Vec<Vector> {
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
    foreign_key.device = understudy_core::sign::SignKey::from_seed(&secret(0x23));
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
                class: None,
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

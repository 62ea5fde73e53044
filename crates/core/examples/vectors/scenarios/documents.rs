//! header.json.

use super::*;

pub(super) fn header() -> Vec<Vector> {
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
            "format version 3",
            Fails("format-version"),
            edit(|text| text.replace("\"format\":4", "\"format\":3")),
        ),
        (
            "header_white_space",
            "a space that the canonical form has not",
            INVALID,
            edit(|text| text.replace("\"format\":4,", "\"format\": 4,")),
        ),
        (
            "header_member_twice",
            "a member twice",
            INVALID,
            edit(|text| text.replace("\"format\":4,", "\"format\":4,\"format\":4,")),
        ),
        (
            "header_unknown_member",
            "a member that the format does not know",
            INVALID,
            edit(|text| text.replace("\"format\":4,", "\"format\":4,\"gait\":1,")),
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

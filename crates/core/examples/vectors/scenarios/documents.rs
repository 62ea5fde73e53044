//! header.json and receipt.json.

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
            edit(|text| text.replace("\"format\":2", "\"format\":3")),
        ),
        (
            "header_white_space",
            "a space that the canonical form has not",
            INVALID,
            edit(|text| text.replace("\"format\":2,", "\"format\": 2,")),
        ),
        (
            "header_member_twice",
            "a member twice",
            INVALID,
            edit(|text| text.replace("\"format\":2,", "\"format\":2,\"format\":2,")),
        ),
        (
            "header_unknown_member",
            "a member that the format does not know",
            INVALID,
            edit(|text| text.replace("\"format\":2,", "\"format\":2,\"gait\":1,")),
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

pub(super) fn receipt() -> Vec<Vector> {
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
    let live = |tracks: serde_json::Value| Recording::with(|_| {}, |receipt: &mut _| receipt["live"] = tracks).stop();
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
        ("receipt_live", "three tracks may be read live", GOOD, live(json!(["pointer", "keyboard", "context"]))),
        (
            "receipt_live_missing",
            "it does not say what may be read live",
            refused,
            with(|receipt| drop(receipt.as_object_mut().map(|members| members.remove("live")))),
        ),
        ("receipt_live_screen", "the screen may be read live", refused, live(json!(["screen"]))),
        ("receipt_live_order", "live tracks out of order", refused, live(json!(["keyboard", "pointer"]))),
        ("receipt_live_twice", "a live track twice", refused, live(json!(["pointer", "pointer"]))),
        ("receipt_live_unknown", "a live track that there is not", refused, live(json!(["sound"]))),
        (
            "receipt_live_not_recorded",
            "a live track that may not be recorded",
            refused,
            Recording::with(
                |header| header.tracks = [Track::Pointer].into_iter().collect(),
                |receipt| {
                    receipt["tracks"] = json!(["pointer"]);
                    receipt["live"] = json!(["keyboard"]);
                },
            )
            .stop(),
        ),
        (
            "receipt_policy",
            "agreed to under two layers of policy",
            GOOD,
            with(|receipt| receipt["policy"] = json!(["01".repeat(32), "02".repeat(32)])),
        ),
        ("receipt_policy_empty", "an empty list of layers", refused, with(|receipt| receipt["policy"] = json!([]))),
        (
            "receipt_policy_twice",
            "a layer of policy twice",
            refused,
            with(|receipt| receipt["policy"] = json!(["01".repeat(32), "01".repeat(32)])),
        ),
        (
            "receipt_policy_no_digest",
            "a layer of policy by something else than its digest",
            refused,
            with(|receipt| receipt["policy"] = json!(["org.json"])),
        ),
        (
            "receipt_policy_many",
            "seventeen layers of policy",
            refused,
            with(|receipt| receipt["policy"] = (0..17).map(|number| format!("{number:064x}")).collect()),
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

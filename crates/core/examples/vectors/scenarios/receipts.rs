//! receipt.json.

use understudy_core::identity::Identity;
use understudy_core::sign::{Document, SignKey};

use super::*;

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
            with(|receipt| receipt["schema"] = json!("understudy.consent/1")),
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
        ("receipt_direct", "direct release was agreed to", GOOD, with(|receipt| receipt["direct"] = json!(true))),
        (
            "receipt_replaces",
            "takes the place of another, of the same record",
            GOOD,
            with(|receipt| receipt["replaces"] = json!(hash(b"another receipt"))),
        ),
    ]
    .into_iter()
    .chain(controlled())
    .chain(said())
    .chain(pseudonymous())
    .collect()
}

/// Seconds.
const PERIOD: u64 = 30 * 86_400;

fn described(controller: &SignKey) -> serde_json::Value {
    json!({
        "name": "Example Robotics",
        "contact": "privacy@example.org",
        "sign": controller.public(),
        "jurisdiction": ["DE", "US-NY"],
        "storage": ["DE"],
        "retention": 365,
    })
}

/// Receipts that name a controller.
fn controlled() -> Vec<Vector> {
    let refused = Fails("receipt-invalid");
    let controller = || SignKey::from_seed(&secret(0x26));
    let good = |receipt: &mut serde_json::Value| {
        receipt["controller"] = described(&controller());
    };
    // Signed by the contributor, and then by this key.
    let by = |key: &SignKey, change: &dyn Fn(&mut serde_json::Value)| {
        let receipt = Recording::with(
            |_| {},
            |receipt| {
                good(receipt);
                change(receipt);
            },
        );
        let signed: serde_json::Value = serde_json::from_slice(&receipt.files["receipt.json"]).expect("JSON");
        let mut bytes = key.sign(Document::Countersignature, &signed).expect("signs");
        bytes.push(b'\n');
        Recording::under(bytes, contributor_in(&signed), |_| {}).stop()
    };
    let of = |member: &'static str, value: serde_json::Value| {
        by(&controller(), &move |receipt| receipt["controller"][member] = value.clone())
    };
    let alone = Recording::with(|_| {}, good).stop();
    let none = by(&controller(), &|receipt| drop(receipt.as_object_mut().map(|members| members.remove("controller"))));
    let moved = {
        let files = by(&controller(), &|_| {});
        let text = |files: &Files| serde_json::from_slice::<serde_json::Value>(&files["receipt.json"]).expect("JSON");
        let mut other = text(
            &Recording::with(
                |_| {},
                |receipt| {
                    good(receipt);
                    receipt["direct"] = json!(true);
                },
            )
            .files,
        );
        other["countersignature"] = text(&files)["countersignature"].clone();
        let mut bytes = understudy_core::canonical::encode(&other).expect("encodes");
        bytes.push(b'\n');
        Recording::under(bytes, contributor_in(&other), |_| {}).stop()
    };
    vec![
        ("receipt_countersigned", "names a controller, who countersigned", GOOD, by(&controller(), &|_| {})),
        ("receipt_not_countersigned", "names a controller, who did not countersign", refused, alone),
        (
            "receipt_countersigned_by_another",
            "somebody else countersigned",
            refused,
            by(contributor().sign_key(), &|_| {}),
        ),
        ("receipt_countersigned_without", "is countersigned, and names no controller", refused, none),
        ("receipt_countersigned_another", "the countersignature of another receipt", refused, moved),
        ("receipt_controller_no_name", "the controller has no name", refused, of("name", json!(""))),
        (
            "receipt_controller_steers",
            "the controller's name turns what stands around it",
            refused,
            of("name", json!("Example \u{202e}scitoboR")),
        ),
        ("receipt_controller_place", "a place that is none", refused, of("jurisdiction", json!(["Germany"]))),
        ("receipt_controller_nowhere", "stored nowhere", refused, of("storage", json!([]))),
        (
            "receipt_controller_place_twice",
            "stored twice at the same place",
            refused,
            of("storage", json!(["DE", "DE"])),
        ),
        ("receipt_controller_retention", "kept for no day", refused, of("retention", json!(0))),
        ("receipt_controller_member", "a surplus member of the controller", refused, of("score", json!(1))),
    ]
}

/// Who the contributor is in them.
fn pseudonymous() -> Vec<Vector> {
    let controller = SignKey::from_seed(&secret(0x26));
    let recorded = |mut recording: Recording| {
        recording.segment(Track::Pointer, 0, &pointer_records());
        recording.stop()
    };
    let issued = |at: u64| recorded(Recording::with(|_| {}, |receipt| receipt["issued"] = json!(at)));
    let named = |me: Identity| recorded(Recording::named(|_| me, |_| {}, |_| {}));
    // Of a receipt that names a controller.
    let controlled = |name: fn(&serde_json::Value) -> Identity| {
        let contributor = |receipt: &mut serde_json::Value| receipt["controller"] = described(&controller);
        let alone = Recording::named(name, |_| {}, contributor);
        let signed: serde_json::Value = serde_json::from_slice(&alone.files["receipt.json"]).expect("JSON");
        let mut bytes = controller.sign(Document::Countersignature, &signed).expect("signs");
        bytes.push(b'\n');
        recorded(Recording::under(bytes, name(&signed), |_| {}))
    };
    let of = |at| identity().consenting(None, at).expect("derives");
    vec![
        ("pseudonym", "the contributor of a receipt that names no controller", GOOD, issued(1_760_000_000)),
        ("pseudonym_controller", "the contributor for a controller", GOOD, controlled(contributor_in)),
        ("pseudonym_first_second", "the first second of a period", GOOD, issued(678 * PERIOD)),
        ("pseudonym_last_second", "the last second of a period", GOOD, issued(678 * PERIOD - 1)),
        ("pseudonym_none", "the contributor is the identity itself", MISMATCH, named(identity())),
        ("pseudonym_other_period", "the contributor is that of the period before", MISMATCH, named(of(678 * PERIOD))),
        ("pseudonym_other_controller", "the contributor is that for nobody", MISMATCH, controlled(|_| contributor())),
    ]
}

/// What every receipt says.
fn said() -> Vec<Vector> {
    let refused = Fails("receipt-invalid");
    let with = |change: &dyn Fn(&mut serde_json::Value)| Recording::with(|_| {}, change).stop();
    let without = |name: &str| with(&|receipt| drop(receipt.as_object_mut().map(|members| members.remove(name))));
    vec![
        (
            "receipt_event",
            "consent was refused",
            refused,
            with(&|receipt| receipt["event"]["state"] = json!("refused")),
        ),
        ("receipt_language", "no language", refused, with(&|receipt| receipt["language"] = json!(""))),
        (
            "receipt_prohibited",
            "one use less is prohibited",
            refused,
            with(&|receipt| drop(receipt["prohibited"].as_array_mut().map(Vec::pop))),
        ),
        (
            "receipt_prohibited_order",
            "prohibited uses in another order",
            refused,
            with(&|receipt| receipt["prohibited"].as_array_mut().expect("a list").swap(0, 1)),
        ),
        (
            "receipt_withdrawal",
            "cannot be withdrawn in full",
            refused,
            with(&|receipt| receipt["withdrawal"]["effects"] = json!(["unreleased-destroyed"])),
        ),
        ("receipt_filter_missing", "does not say what filters", refused, without("filter")),
        (
            "receipt_filter_member",
            "a filter without detectors",
            refused,
            with(&|receipt| receipt["filter"] = json!({ "floor": hash(b"") })),
        ),
        ("receipt_record_missing", "belongs to no record", refused, without("record")),
        ("receipt_coarse_missing", "does not say how exactly times are released", refused, without("coarse")),
        ("receipt_direct_number", "direct release as a number", refused, with(&|receipt| receipt["direct"] = json!(1))),
        ("receipt_score", "a member that scores somebody", refused, with(&|receipt| receipt["score"] = json!(1))),
    ]
}

//! Released copies.

use serde_json::Value;
use understudy_core::recipient::PublicKey;
use understudy_core::sign::{Document, SignKey};

use super::*;

const DAY: u64 = 20_428;

/// A copy, with its documents changed before they are signed.
fn copy(change_receipt: impl FnOnce(&mut Value), change_manifest: impl FnOnce(&mut Value)) -> Files {
    copy_for(identity().open_key().public(), change_receipt, change_manifest)
}

fn copy_for(
    recipient: PublicKey,
    change_receipt: impl FnOnce(&mut Value),
    change_manifest: impl FnOnce(&mut Value),
) -> Files {
    let mut recording = Recording::with(
        |header| header.started = DAY * 86_400_000,
        |receipt| {
            receipt["schema"] = json!("understudy.released-consent/1");
            let members = receipt.as_object_mut().expect("an object");
            ["record", "filter"].into_iter().for_each(|name| drop(members.remove(name)));
            receipt["recipients"] = json!([recipient]);
            receipt["issued"] = json!(DAY * 86_400);
            receipt["expires"] = json!((DAY + 1) * 86_400);
            change_receipt(receipt);
        },
    );
    recording.segment(Track::Pointer, 0, &pointer_records());
    let mut files = recording.stop();
    let mut manifest = manifest(&files, recipient);
    change_manifest(&mut manifest);
    sign(&mut files, &manifest);
    files
}

/// Writes down that the copy was opened, changed before that is signed.
fn opened(files: &mut Files, number: u32, change: impl FnOnce(&mut Value)) {
    let before = number.checked_sub(1).map_or("release.json".into(), |before| format!("openings/{before:06}.json"));
    let signer = SignKey::from_seed(&secret(0x25));
    let mut opening = json!({
        "schema": "understudy.opening/1",
        "recording": Bytes([0x11; 16]),
        "number": number,
        "prev": hash(&files[&before]),
        "recipient": receipt_of(files)["recipients"][0],
        "signer": signer.public(),
        "time": 1_766_000_000_u64,
    });
    change(&mut opening);
    let mut bytes = signer.sign(Document::Opening, &opening).expect("signs");
    bytes.push(b'\n');
    files.insert(format!("openings/{number:06}.json"), bytes);
}

/// Writes down that it was withdrawn, changed before that is signed.
fn withdrawn(files: Files, change: impl FnOnce(&mut Value)) -> Files {
    let signer = contributor_in(&receipt_of(&files));
    withdrawn_by(files, signer.sign_key(), change)
}

fn withdrawn_by(mut files: Files, signer: &SignKey, change: impl FnOnce(&mut Value)) -> Files {
    let mut withdrawal = json!({ "schema": "understudy.withdrawal/1", "recording": Bytes([0x11; 16]), "day": DAY + 9 });
    change(&mut withdrawal);
    let mut bytes = signer.sign(Document::Withdrawal, &withdrawal).expect("signs");
    bytes.push(b'\n');
    files.insert("withdrawal.json".into(), bytes);
    files
}

/// Who opens the contributor's own copy with this receipt.
fn own_copy(receipt: Bytes<16>) -> PublicKey {
    identity().own_copy(&receipt).expect("derives").open_key().public()
}

fn receipt_of(files: &Files) -> Value {
    serde_json::from_slice(&files["receipt.json"]).expect("JSON")
}

fn manifest(files: &Files, recipient: PublicKey) -> Value {
    json!({
        "schema": "understudy.release/1",
        "recording": Bytes([0x11; 16]),
        "recipient": recipient,
        "tracks": ["pointer", "keyboard", "screen", "context"],
        "day": DAY,
        "header": hash(&files["header.json"]),
        "receipt": hash(&files["receipt.json"]),
        "journal": hash(&files["journal.ndjson"]),
        "consent": hash(b"a commitment"),
        "coarse": { "grid": 20, "idle": 5000, "key": 80 },
    })
}

fn sign(files: &mut Files, manifest: &Value) {
    let mut bytes = contributor_in(&receipt_of(files)).sign_key().sign(Document::Release, manifest).expect("signs");
    bytes.push(b'\n');
    files.insert("release.json".into(), bytes);
}

pub(super) fn release() -> Vec<Vector> {
    let with = |change: fn(&mut Value)| copy(|_| {}, change);
    let opening = |change: fn(&mut Value)| {
        let mut files = copy(|_| {}, |_| {});
        opened(&mut files, 0, |_| {});
        opened(&mut files, 1, change);
        files
    };
    let mut good = with(|_| {});
    opened(&mut good, 0, |_| {});
    let mut own = copy_for(own_copy(RECEIPT), |_| {}, |_| {});
    opened(&mut own, 0, |_| {});
    let mut other = copy_for(own_copy(Bytes([0x43; 16])), |_| {}, |_| {});
    opened(&mut other, 0, |_| {});
    let mut half = opening(|_| {});
    half.get_mut("openings/000001.json").expect("an opening").pop();
    let mut gap = opening(|_| {});
    gap.remove("openings/000000.json");
    let mut altered_opening = opening(|_| {});
    flip_in(&mut altered_opening, "openings/000000.json", "signer");
    let plain = || Recording::new().stop();
    let mut destroyed = plain();
    destroyed.retain(|path, _| !path.contains('/'));
    let mut missing = with(|_| {});
    missing.remove("release.json");
    let mut original = Recording::new().stop();
    let recipient = identity().open_key().public();
    let of_original = manifest(&original, recipient);
    sign(&mut original, &of_original);
    let mut by_device = with(|_| {});
    let mut bytes = Recording::new().device.sign(Document::Release, &manifest(&by_device, recipient)).expect("signs");
    bytes.push(b'\n');
    by_device.insert("release.json".into(), bytes);
    let mut as_header = with(|_| {});
    let signer = contributor_in(&receipt_of(&as_header));
    let mut bytes = signer.sign_key().sign(Document::Header, &manifest(&as_header, recipient)).expect("signs");
    bytes.push(b'\n');
    as_header.insert("release.json".into(), bytes);
    let mut altered = with(|_| {});
    flip_in(&mut altered, "release.json", "consent");
    vec![
        ("release_copy", "a released copy, whose opening was written down", GOOD, good),
        ("release_own", "a copy that the contributor released to themselves", GOOD, own),
        ("release_own_of_another", "a copy for a key that follows from another receipt's id", MISMATCH, other),
        ("release_opened_again", "a copy that was opened twice", GOOD, opening(|_| {})),
        ("release_opening_cut", "the latest opening was cut while it was written", GOOD, half),
        ("release_opening_gap", "the first opening is gone", TAMPERED, gap),
        ("release_opening_altered", "a digit of an opening", TAMPERED, altered_opening),
        ("release_opening_number", "an opening's number skips one", TAMPERED, opening(|o| o["number"] = json!(2))),
        (
            "release_opening_prev",
            "an opening that follows another",
            TAMPERED,
            opening(|o| o["prev"] = json!(hash(b""))),
        ),
        (
            "release_opening_recipient",
            "an opening by another recipient",
            TAMPERED,
            opening(|o| o["recipient"] = json!(OpenKey::from_secret(secret(0x22)).public())),
        ),
        (
            "release_opening_recording",
            "an opening of another copy",
            TAMPERED,
            opening(|o| o["recording"] = json!(Bytes([0x12; 16]))),
        ),
        ("release_opening_member", "a surplus member of an opening", INVALID, opening(|o| o["minutes"] = json!(1))),
        ("release_opening_of_original", "an opening of what is no copy", TAMPERED, {
            let mut files = Recording::new().stop();
            let name = "openings/000000.json";
            files.insert(name.into(), opening(|_| {})[name].clone());
            files
        }),
        ("withdrawn", "the contributor withdrew", WITHDRAWN, withdrawn(plain(), |_| {})),
        ("withdrawn_destroyed", "nothing is left but that", WITHDRAWN, withdrawn(destroyed, |_| {})),
        ("withdrawn_copy", "the contributor withdrew a copy", WITHDRAWN, withdrawn(with(|_| {}), |_| {})),
        (
            "withdrawn_by_device",
            "the device signed the withdrawal",
            TAMPERED,
            withdrawn_by(plain(), &Recording::new().device, |_| {}),
        ),
        (
            "withdrawn_other",
            "a withdrawal of another recording",
            TAMPERED,
            withdrawn(plain(), |w| w["recording"] = json!(Bytes([0x12; 16]))),
        ),
        (
            "withdrawn_schema",
            "a withdrawal of a schema that is not known",
            INVALID,
            withdrawn(plain(), |w| w["schema"] = json!("understudy.withdrawal/2")),
        ),
        (
            "withdrawn_member",
            "a surplus member of a withdrawal",
            INVALID,
            withdrawn(plain(), |w| w["why"] = json!("because")),
        ),
        ("release_missing", "the receipt is that of a copy, and release.json is not there", TAMPERED, missing),
        ("release_of_original", "release.json beside a receipt that is not that of a copy", TAMPERED, original),
        ("release_by_device", "the device signed release.json", TAMPERED, by_device),
        ("release_as_header", "the signature is that of a header", TAMPERED, as_header),
        ("release_altered", "a digit of release.json", TAMPERED, altered),
        (
            "release_other_recording",
            "another recording's id",
            TAMPERED,
            with(|m| m["recording"] = json!(Bytes([0x12; 16]))),
        ),
        (
            "release_other_recipient",
            "another recipient than the receipt's",
            TAMPERED,
            with(|m| m["recipient"] = json!(OpenKey::from_secret(secret(0x22)).public())),
        ),
        (
            "release_other_tracks",
            "fewer tracks than the header's",
            TAMPERED,
            with(|m| m["tracks"] = json!(["pointer"])),
        ),
        ("release_other_day", "another day than the header's", TAMPERED, with(|m| m["day"] = json!(DAY + 1))),
        ("release_other_header", "another header", TAMPERED, with(|m| m["header"] = json!(hash(b"")))),
        ("release_other_receipt", "another receipt", TAMPERED, with(|m| m["receipt"] = json!(hash(b"")))),
        ("release_other_journal", "another journal", TAMPERED, with(|m| m["journal"] = json!(hash(b"")))),
        (
            "release_schema",
            "a schema of later",
            Fails("format-version"),
            with(|m| m["schema"] = json!("understudy.release/2")),
        ),
        ("release_surplus_member", "a member that the format does not know", INVALID, with(|m| m["score"] = json!(1))),
        (
            "release_missing_member",
            "no commitment to the consent",
            INVALID,
            with(|m| drop(m.as_object_mut().expect("an object").remove("consent"))),
        ),
        ("release_coarse_member", "a surplus member of coarse", INVALID, with(|m| m["coarse"]["hours"] = json!(1))),
        (
            "release_other_coarse",
            "coarsened otherwise than the receipt says",
            TAMPERED,
            with(|m| m["coarse"]["grid"] = json!(10)),
        ),
        (
            "release_direct",
            "a copy's receipt says that there was direct release",
            Fails("receipt-invalid"),
            copy(|receipt| receipt["direct"] = json!(true), |_| {}),
        ),
        (
            "release_of_record",
            "a copy's receipt names the record that it belongs to",
            Fails("receipt-invalid"),
            copy(|receipt| receipt["record"] = json!(Bytes([0x42; 16])), |_| {}),
        ),
        (
            "release_two_recipients",
            "a copy's receipt names two recipients",
            TAMPERED,
            copy(
                |receipt| {
                    receipt["recipients"] =
                        json!([identity().open_key().public(), OpenKey::from_secret(secret(0x22)).public()]);
                },
                |_| {},
            ),
        ),
    ]
}

//! The four documents that a contributor relies on (receipt, layer of policy, release, withdrawal), forged and altered in every way
//! that we can think of: none is taken for what was signed.

#[path = "../examples/vectors/recording.rs"]
#[expect(dead_code, reason = "the vectors need more of it")]
mod recording;
#[expect(dead_code, reason = "other tests need more of it")]
mod written;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use understudy_core::canonical::{self, Bytes};
use understudy_core::identity::Identity;
use understudy_core::policy::{Authors, Layer, Policy, Rules};
use understudy_core::receipt::{Controller, Receipt, Replaced, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::release::{Manifest, Release, release};
use understudy_core::sign::{Document, SignKey};
use understudy_core::span::Spans;
use understudy_core::track::{Track, Tracks};
use understudy_core::withdraw::Withdrawal;

use self::written::{Folder, files, identity, recorded};

const NOW: u64 = 1_700_000_000;

/// How often each way of forging was tried.
type Tried = BTreeMap<&'static str, usize>;

/// A real document, and who takes it for good.
struct Subject<'a> {
    /// With its line feed.
    bytes: Vec<u8>,
    /// Which signature covers all the rest.
    document: Document,
    /// Whether it is taken.
    taken: &'a dyn Fn(&[u8]) -> bool,
}

impl Subject<'_> {
    fn value(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text").trim_end()
    }

    fn refuse(&self, tried: &mut Tried, how: &'static str, bytes: &[u8]) {
        if bytes != self.bytes {
            assert!(!(self.taken)(bytes), "{how}: {}", String::from_utf8_lossy(bytes));
            *tried.entry(how).or_default() += 1;
        }
    }

    fn refuse_value(&self, tried: &mut Tried, how: &'static str, value: &Value) {
        let mut bytes = canonical::encode(value).expect("encodes");
        bytes.push(b'\n');
        self.refuse(tried, how, &bytes);
    }

    /// Every way that keeps the form of the whole: each member of each object, at any depth.
    fn members(&self, tried: &mut Tried) {
        let whole = self.value();
        for path in paths(&whole) {
            for other in others(whole.pointer(&path).expect("a value")) {
                let mut altered = whole.clone();
                *altered.pointer_mut(&path).expect("a value") = other;
                self.refuse_value(tried, "altered", &altered);
            }
            let (parent, name) = path.rsplit_once('/').expect("a path");
            let mut removed = whole.clone();
            match removed.pointer_mut(parent).expect("a parent") {
                Value::Object(members) => drop(members.remove(name)),
                Value::Array(items) => drop(items.remove(name.parse().expect("a number"))),
                _ => unreachable!("only objects and arrays have members"),
            }
            self.refuse_value(tried, "removed", &removed);
        }
        for parent in std::iter::once(String::new()).chain(paths(&whole)) {
            for name in ["a", "score", "hours", "countersignature", "replaces", "zz"] {
                for value in [json!(1), json!("0".repeat(64)), json!([]), json!(true)] {
                    let mut added = whole.clone();
                    match added.pointer_mut(&parent).expect("a value") {
                        Value::Object(members) if !members.contains_key(name) => {
                            drop(members.insert(name.into(), value))
                        }
                        Value::Array(items) => items.push(value),
                        _ => continue,
                    }
                    self.refuse_value(tried, "added", &added);
                }
            }
        }
    }

    /// The same value in another spelling.
    fn spellings(&self, tried: &mut Tried) {
        let text = self.text();
        for (at, letter) in text.char_indices() {
            if matches!(letter, '{' | '}' | '[' | ']' | ',' | ':') {
                for space in [" ", "\n", "\t", "\r\n"] {
                    let spaced = format!("{}{space}{}\n", &text[..at], &text[at..]);
                    // Within a string that would be another value.
                    self.refuse(tried, "re-spaced", spaced.as_bytes());
                }
            }
        }
        let members: Vec<(String, Value)> = self.value().as_object().expect("an object").clone().into_iter().collect();
        for from in 0..members.len() {
            for to in (0..members.len()).filter(|to| *to != from) {
                let mut order = members.clone();
                let member = order.remove(from);
                order.insert(to, member);
                self.refuse(tried, "reordered", spell(&order).as_bytes());
            }
            let mut twice = members.clone();
            twice.insert(from, members[from].clone());
            self.refuse(tried, "twice", spell(&twice).as_bytes());
        }
    }

    fn bytes(&self, tried: &mut Tried) {
        for at in 0..self.bytes.len() {
            for bit in 0..8 {
                let mut flipped = self.bytes.clone();
                flipped[at] ^= 1 << bit;
                self.refuse(tried, "flipped", &flipped);
            }
            self.refuse(tried, "cut", &self.bytes[..at]);
        }
        self.refuse(tried, "extended", &[&self.bytes[..], b"\n"].concat());
        self.refuse(tried, "extended", &[&self.bytes[..], &self.bytes[..]].concat());
        self.refuse(tried, "extended", &[b"\xef\xbb\xbf", &self.bytes[..]].concat());
    }

    /// Other signatures: of others, of other documents, and those that a lax verifier takes for the same.
    fn signatures(&self, tried: &mut Tried, member: &str) {
        let mut whole = self.value();
        let signature = whole[member].as_str().expect("a signature").to_owned();
        let good = Bytes::<64>::parse(&signature).expect("64 bytes").0;
        let mut with = |tried: &mut Tried, bytes: [u8; 64]| {
            whole[member] = json!(Bytes(bytes));
            self.refuse_value(tried, "signature", &whole);
        };
        with(tried, plus_order(good));
        // The neutral element, and points of small order, as R; S of zero.
        for first in [0_u8, 1, 0xec, 0xed, 0xee] {
            for sign in [0_u8, 0x80] {
                let mut small = [if first > 1 { 0xff } else { 0 }; 64];
                small[0] = first;
                small[31] = if first > 1 { 0x7f | sign } else { sign };
                small[32..].fill(0);
                with(tried, small);
                small[32..].copy_from_slice(&good[32..]);
                with(tried, small);
            }
        }
        let mut swapped = good;
        swapped.rotate_left(32);
        with(tried, swapped);
        with(tried, [0; 64]);
        let mut upper = self.value();
        upper[member] = json!(signature.to_uppercase());
        self.refuse_value(tried, "signature", &upper);
        let mut unsigned = self.value();
        unsigned.as_object_mut().expect("an object").remove(member);
        for document in
            [Document::Header, Document::Journal, Document::Policy, Document::Receipt, Document::Countersignature]
        {
            for key in [SignKey::random(), SignKey::random(), SignKey::from_seed(&recording::secret(0x24))] {
                let mut forged: Value =
                    serde_json::from_slice(&key.sign(document, &unsigned).expect("signs")).expect("JSON");
                let other = if document == Document::Countersignature { "countersignature" } else { "signature" };
                let taken = forged.as_object_mut().expect("an object").remove(other).expect("a signature");
                let mut forged = unsigned.clone();
                forged[member] = taken;
                self.refuse_value(tried, "forged", &forged);
            }
        }
    }

    fn all(&self, tried: &mut Tried) {
        assert!((self.taken)(&self.bytes), "the real one");
        self.members(tried);
        self.spellings(tried);
        self.bytes(tried);
        self.signatures(tried, "signature");
        if self.document == Document::Countersignature {
            self.signatures(tried, "countersignature");
        }
    }
}

fn spell(members: &[(String, Value)]) -> String {
    let each: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}\n", each.join(","))
}

/// Where every value but the whole is.
fn paths(value: &Value) -> Vec<String> {
    let below = |(name, value): (String, &Value)| {
        let own = format!("/{name}");
        let inner = paths(value).into_iter().map(|path| format!("{own}{path}")).collect::<Vec<_>>();
        std::iter::once(own).chain(inner).collect::<Vec<_>>()
    };
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).flat_map(below).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).flat_map(below).collect()
        }
        _ => Vec::new(),
    }
}

/// Other values of the same kind, and of others.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![json!(""), json!(0), json!(true), json!([]), json!({}), json!("0".repeat(64))];
    match value {
        Value::String(text) => {
            others.extend((0..text.len().min(12)).map(|at| {
                let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
                json!(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
            }));
            others.extend([json!(format!("{text} ")), json!(text.to_uppercase()), json!(&text[1..])]);
        }
        Value::Number(number) => {
            let number = number.as_u64().expect("a count");
            others.extend(
                [number.wrapping_add(1), number.saturating_sub(1), number * 2, canonical::MAX_INTEGER]
                    .map(|n| json!(n)),
            );
        }
        Value::Bool(flag) => others.push(json!(!flag)),
        Value::Array(items) => {
            let mut back = items.clone();
            back.reverse();
            others.extend([json!(back), json!([items.clone(), items.clone()].concat())]);
        }
        Value::Object(_) | Value::Null => {}
    }
    others.retain(|other| other != value);
    others
}

/// The same signature to whoever does not compare S with the order of the group.
fn plus_order(mut signature: [u8; 64]) -> [u8; 64] {
    let order =
        Bytes::<32>::parse("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").expect("32 bytes").0;
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    signature
}

fn controller() -> Identity {
    written::identity_of(0x28, 0x29)
}

/// A receipt that has every member there is.
fn terms() -> Terms {
    let controller = Controller {
        name: "Example Robotics".into(),
        contact: "privacy@example.org".into(),
        sign: controller().sign_key().public(),
        jurisdiction: vec!["DE".into(), "US-NY".into()],
        storage: vec!["DE".into()],
        retention: 365,
    };
    terms_for(Some(controller))
}

/// As [`terms`], for this controller or for none.
fn terms_for(controller: Option<Controller>) -> Terms {
    let recipients = vec![OpenKey::random().public()];
    let before = Terms { tracks: Tracks::ALL, recipients, controller, expires: 9, ..Terms::default() };
    let replaced = Receipt::sign(&before, &identity()).expect("signs");
    Terms {
        tracks: Tracks::ALL,
        live: [Track::Pointer, Track::Context].into_iter().collect(),
        direct: true,
        recipients: vec![OpenKey::from_secret(recording::secret(0x22)).public(), OpenKey::random().public()],
        controller: before.controller,
        layers: vec![Bytes([1; 32]), Bytes([2; 32])],
        replaces: Some(Replaced::from(&replaced)),
        issued: NOW,
        expires: NOW + 86_400,
        notice: "What was shown.".into(),
        ..Terms::default()
    }
}

fn permits(bytes: &[u8]) -> bool {
    Receipt::parse(bytes).is_ok_and(|receipt| receipt.permit(Tracks::ALL, NOW * 1000).is_ok())
}

#[test]
fn ten_thousand_forged_or_altered_receipts_are_refused() {
    let mut tried = Tried::new();
    let receipt = Receipt::sign(&terms(), &identity()).expect("signs");
    let both = receipt.countersign(controller().sign_key()).expect("countersigns");
    Subject { bytes: both.bytes().to_vec(), document: Document::Countersignature, taken: &permits }.all(&mut tried);
    let alone = Receipt::sign(&terms_for(None), &identity()).expect("signs");
    Subject { bytes: alone.bytes().to_vec(), document: Document::Receipt, taken: &permits }.all(&mut tried);
    println!("receipts: {tried:?}");
    assert!(tried.values().sum::<usize>() > 30_000, "{tried:?}");
    for (how, least) in [
        ("altered", 1000),
        ("removed", 100),
        ("added", 500),
        ("re-spaced", 800),
        ("reordered", 800),
        ("flipped", 20_000),
        ("signature", 60),
        ("forged", 30),
    ] {
        assert!(tried[how] >= least, "{how}: {}", tried[how]);
    }
}

#[test]
fn a_receipt_in_the_name_of_another_is_refused() {
    let receipt = Receipt::sign(&terms(), &identity()).expect("signs");
    let mut refused = 0;
    for seed in 0..200_u8 {
        let forger = SignKey::from_seed(&recording::secret(seed));
        if seed == 0x23 || seed == 0x29 {
            continue; // These are theirs.
        }
        // Somebody else signs what the contributor would have to; somebody else countersigns; both do.
        let value: Value = serde_json::from_slice(receipt.bytes()).expect("JSON");
        let sign = |document, value: &Value, key: &SignKey| -> Value {
            serde_json::from_slice(&key.sign(document, value).expect("signs")).expect("JSON")
        };
        let by_forger = sign(Document::Receipt, &value, &forger);
        let controller = controller();
        let cases = [
            sign(Document::Countersignature, &by_forger, controller.sign_key()),
            sign(Document::Countersignature, &value, &forger),
            sign(Document::Countersignature, &by_forger, &forger),
            // The forger's key in the place of the contributor's: the countersignature was for another.
            {
                let both = sign(Document::Countersignature, &value, controller.sign_key());
                let mut taken = both.clone();
                taken["contributor"]["sign"] = json!(forger.public());
                let mut signed = sign(Document::Receipt, &taken, &forger);
                signed["countersignature"] = both["countersignature"].clone();
                signed
            },
        ];
        for case in cases {
            let mut bytes = canonical::encode(&case).expect("encodes");
            bytes.push(b'\n');
            assert!(!permits(&bytes), "{seed}");
            refused += 1;
        }
    }
    assert_eq!(refused, 4 * 198);
}

#[test]
fn no_member_of_a_receipt_is_outside_of_its_signatures() {
    let receipt =
        Receipt::sign(&terms(), &identity()).expect("signs").countersign(controller().sign_key()).expect("signs");
    let whole: Value = serde_json::from_slice(receipt.bytes()).expect("JSON");
    let judged = |value: &Value| {
        let mut bytes = canonical::encode(value).expect("encodes");
        bytes.push(b'\n');
        Receipt::parse(&bytes).expect_err("altered").message().to_owned()
    };
    // Values that are as well-formed as those that were signed: nothing but the signature can tell.
    let well_formed = [
        ("/id", json!("00".repeat(16))),
        ("/record", json!("00".repeat(16))),
        ("/replaces", json!("00".repeat(32))),
        ("/contributor/open", json!(OpenKey::random().public())),
        ("/contributor/sign", json!(SignKey::random().public())),
        ("/controller/name", json!("Another")),
        ("/controller/contact", json!("elsewhere")),
        ("/controller/jurisdiction", json!(["FR"])),
        ("/controller/storage", json!(["US"])),
        ("/controller/retention", json!(366)),
        ("/controller/sign", json!(SignKey::random().public())),
        ("/language", json!("de")),
        ("/tracks", json!(["pointer", "context"])),
        ("/live", json!([])),
        ("/direct", json!(false)),
        ("/purpose", json!("agent-evaluation")),
        ("/recipients", json!([OpenKey::random().public()])),
        ("/policy", json!(["03".repeat(32)])),
        ("/filter/floor", json!("00".repeat(32))),
        ("/filter/detectors", json!("00".repeat(32))),
        ("/coarse/grid", json!(1)),
        ("/coarse/idle", json!(1)),
        ("/coarse/key", json!(1)),
        ("/issued", json!(NOW - 1)),
        ("/expires", json!(NOW + 86_401)),
        ("/notice", json!("00".repeat(32))),
    ];
    for (path, other) in &well_formed {
        let mut altered = whole.clone();
        *altered.pointer_mut(path).expect("a member") = other.clone();
        assert_eq!(judged(&altered), "receipt.json: its signature does not hold", "{path}");
    }
    // Those that have one value alone, and the signatures.
    let fixed = ["/schema", "/event", "/prohibited", "/withdrawal", "/signature", "/countersignature"];
    let covered: Vec<&str> = well_formed.iter().map(|(path, _)| *path).chain(fixed).collect();
    for path in paths(&whole) {
        let is_covered = covered.iter().any(|known| {
            path == *known || path.starts_with(&format!("{known}/")) || known.starts_with(&format!("{path}/"))
        });
        assert!(is_covered, "{path} was not tried");
    }
}

#[test]
fn no_layer_of_policy_can_be_altered() {
    let author = SignKey::random();
    let draft = br#"{"schema": "understudy.policy/1", "layer": "organisation", "tracks": ["pointer", "screen"], "only": ["xterm"],
        "exclude": {"applications": ["sap*"], "titles": ["Payroll*"], "addresses": ["hr.example.org"]}, "trusted": ["xterm"],
        "detectors": "strict", "sensitive": ["ip_address"], "maxFps": 10, "directRelease": false}"#;
    let bytes = Layer::sign(draft, &author).expect("signs");
    let digest = Layer::read("x", &bytes).digest().expect("understood");
    let authors = Authors { organisations: vec![author.public()], contributor: None };
    let merges = |bytes: &[u8]| Policy::merge(Rules::request(), &[Layer::read("x", bytes)], &authors).is_ok();
    // A layer may be spelt in any way: what is taken must be the same layer, and so good for the same receipts.
    let taken = |bytes: &[u8]| merges(bytes) && Layer::read("x", bytes).digest() != Ok(digest);
    assert!(merges(&bytes));
    let mut tried = Tried::new();
    let subject = Subject { bytes, document: Document::Policy, taken: &taken };
    subject.members(&mut tried);
    subject.spellings(&mut tried);
    subject.bytes(&mut tried);
    subject.signatures(&mut tried, "signature");
    println!("policy: {tried:?}");
    assert!(tried.values().sum::<usize>() > 5000, "{tried:?}");
}

#[test]
fn no_policy_adds_a_purpose() {
    for member in ["purpose", "purposes", "prohibited", "recipients"] {
        let layer =
            format!(r#"{{"schema": "understudy.policy/1", "layer": "recording", "{member}": ["performance-review"]}}"#);
        assert!(Policy::merge(Rules::request(), &[Layer::read("x", layer.as_bytes())], &Authors::default()).is_err());
    }
    let receipt = Receipt::sign(&terms_for(None), &identity()).expect("signs");
    for word in ["performance-review", "performance-assessment", "attendance", "agent-training,attendance", ""] {
        let mut value: Value = serde_json::from_slice(receipt.bytes()).expect("JSON");
        value["purpose"] = json!(word);
        let me = identity().under(&receipt).expect("derives");
        let mut signed = me.sign_key().sign(Document::Receipt, &value).expect("signs");
        signed.push(b'\n');
        assert!(Receipt::parse(&signed).is_err(), "{word}, signed by the contributor's own key");
    }
}

#[test]
fn no_release_and_no_withdrawal_can_be_altered() {
    let folder = Folder::with(&recorded());
    let recipient = OpenKey::from_secret(recording::secret(0x22)).public();
    let what = Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names: Vec::new() };
    let released = release(folder.path(), &identity(), &what).expect("releases");
    let copy = files(&folder.path().join(&released.path));
    let receipt = Receipt::parse_any(&copy["receipt.json"]).expect("a receipt");
    let manifest = |bytes: &[u8]| Manifest::decode(bytes, &receipt.signer()).is_ok();
    let mut tried = Tried::new();
    Subject { bytes: copy["release.json"].clone(), document: Document::Release, taken: &manifest }.all(&mut tried);
    println!("releases: {tried:?}");
    assert!(tried.values().sum::<usize>() > 6500, "{tried:?}");

    let (id, key) = (Bytes([0x11; 16]), identity());
    let bytes = Withdrawal::encode(id, 20_500, key.sign_key()).expect("signs");
    let withdrawal = |bytes: &[u8]| Withdrawal::decode(bytes, id, &key.sign_key().public()).is_ok();
    let mut tried = Tried::new();
    Subject { bytes, document: Document::Withdrawal, taken: &withdrawal }.all(&mut tried);
    println!("withdrawals: {tried:?}");
    assert!(tried.values().sum::<usize>() > 2000, "{tried:?}");

    // The receipt in the copy, by the pseudonym.
    let any = |bytes: &[u8]| Receipt::parse_any(bytes).is_ok();
    let mut tried = Tried::new();
    Subject { bytes: copy["receipt.json"].clone(), document: Document::Receipt, taken: &any }.all(&mut tried);
    println!("released receipts: {tried:?}");
    assert!(tried.values().sum::<usize>() > 10_000, "{tried:?}");
}

//! Who the contributor is to others: one pseudonym per controller and period, and their own keys nowhere.

#[path = "../examples/vectors/recording.rs"]
#[allow(dead_code, reason = "shared with the vectors, which need more of it")]
mod recording;
#[allow(dead_code, reason = "shared with other tests, which need more of it")]
mod written;

use std::collections::BTreeSet;

use understudy_core::clock::Time;
use understudy_core::error::ErrorKind;
use understudy_core::forget::{Forget, forget};
use understudy_core::identity::Identity;
use understudy_core::opening;
use understudy_core::receipt::{Controller, Receipt, Replaced, Terms};
use understudy_core::recipient::{OpenKey, PublicKey};
use understudy_core::release::{Release, Released, release};
use understudy_core::sign::{SignKey, VerifyKey};
use understudy_core::span::{Span, Spans};
use understudy_core::track::Tracks;
use understudy_core::withdraw::withdraw;

use self::written::{Folder, SECOND, files, identity, read, recorded};

const DAY: u64 = 86_400;
/// The first second of a period.
const THEN: u64 = 679 * 30 * DAY;

fn controller(seed: u8) -> Controller {
    Controller {
        name: "Example Robotics".into(),
        contact: "privacy@example.org".into(),
        sign: SignKey::from_seed(&recording::secret(seed)).public(),
        jurisdiction: vec!["DE".into()],
        storage: vec!["DE".into()],
        retention: 365,
    }
}

fn terms(controller: Option<Controller>, issued: u64) -> Terms {
    let recipients = vec![OpenKey::from_secret(recording::secret(0x22)).public()];
    Terms { tracks: Tracks::ALL, recipients, controller, issued, expires: issued + DAY, ..Terms::default() }
}

fn seen(controller: Option<Controller>, issued: u64) -> (PublicKey, VerifyKey) {
    let receipt = Receipt::sign(&terms(controller, issued), &identity()).expect("signs");
    (receipt.contributor(), receipt.signer())
}

#[test]
fn one_for_each_controller_and_period() {
    let (first, second) = (Some(controller(0x51)), Some(controller(0x52)));
    assert_eq!(seen(first.clone(), THEN), seen(first.clone(), THEN + 30 * DAY - 1), "the same for thirty days");
    // However the controller describes itself: its key counts.
    let renamed = controller(0x51);
    let renamed = Controller { name: "Example Motors".into(), retention: 7, ..renamed };
    assert_eq!(seen(Some(renamed), THEN), seen(first.clone(), THEN));
    let mut all = BTreeSet::new();
    for controller in [first, second, None] {
        for issued in [THEN - 1, THEN, THEN + 30 * DAY] {
            let (open, sign) = seen(controller.clone(), issued);
            assert!(all.insert(open.0.to_string()) && all.insert(sign.to_string()));
        }
    }
    let me = identity();
    for known in [me.open_key().public().0, me.sign_key().public()] {
        assert!(!all.contains(&known.to_string()));
    }
}

#[test]
fn a_controller_whose_key_is_nothing_is_not_nobody() {
    let zero = understudy_core::canonical::Bytes([0; 32]);
    let (none, some) = (identity().consenting(None, THEN), identity().consenting(Some(&zero), THEN));
    assert_ne!(none.expect("derives").sign_key().public(), some.expect("derives").sign_key().public());
}

#[test]
fn kinds_of_pseudonyms_are_never_the_same() {
    // The same 32 bytes, as a controller's key and as a recipient's.
    let key = OpenKey::random().public();
    let (me, mut all) = (identity(), BTreeSet::new());
    for derived in [me.consenting(Some(&key.0), THEN), me.releasing(&key, THEN), me.own_copy(&recording::RECEIPT)] {
        let derived = derived.expect("derives");
        assert!(all.insert(derived.open_key().public().0.to_string()));
        assert!(all.insert(derived.sign_key().public().to_string()));
    }
}

#[test]
fn the_contributors_own_keys_are_in_no_file() {
    let folder = Folder::with(&recorded());
    let me = identity();
    let span = Span::new(Time::from_nanos(8 * SECOND), Time::from_nanos(12 * SECOND)).expect("a span");
    forget(folder.path(), &me, &Forget { span, app: None, tracks: Tracks::ALL }).expect("forgets");
    let to = |recipient| Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names: Vec::new() };
    release(folder.path(), &me, &to(OpenKey::from_secret(recording::secret(0x22)).public())).expect("releases");
    let own = release(folder.path(), &me, &to(me.open_key().public())).expect("releases");
    let copy = folder.path().join(&own.path);
    opening::write(&copy, &me, 1_765_000_000).expect("writes an opening");
    assert!(!read(&copy, &me).is_empty());
    search(&folder, &me);
    withdraw(folder.path(), &me, 1_765_000_000).expect("withdraws");
    search(&folder, &me);
}

/// As hexadecimal, as people write it, as it is; in names of files too.
fn search(folder: &Folder, me: &Identity) {
    let (open, sign) = (me.open_key().public(), me.sign_key().public());
    let spelt = [open.0.to_string(), sign.to_string(), open.to_string()];
    let all = files(folder.path());
    assert!(all.len() > 3);
    for (path, bytes) in all {
        let text = String::from_utf8_lossy(&bytes);
        assert!(spelt.iter().all(|key| !text.contains(key.as_str()) && !path.contains(key.as_str())), "{path}");
        assert!([open.0.0, sign.0].iter().all(|key| !bytes.windows(32).any(|window| window == key)), "{path}");
    }
}

#[test]
fn copies_for_myself_have_nothing_in_common() {
    let folder = Folder::with(&recorded());
    let me = identity();
    // By either of the names that the contributor may know.
    let receipt = Receipt::parse(&files(folder.path())["receipt.json"]).expect("a receipt");
    let released = |recipient| {
        let what = Release { recipient, tracks: Tracks::ALL, except: Spans::default(), names: Vec::new() };
        let Released { path, .. } = release(folder.path(), &me, &what).expect("releases");
        let copy = Receipt::parse_any(&files(&folder.path().join(&path))["receipt.json"]).expect("a receipt");
        (copy.recipients()[0], copy.contributor())
    };
    let (first, second) = (released(me.open_key().public()), released(receipt.contributor()));
    let all = BTreeSet::from([first.0, first.1, second.0, second.1, receipt.contributor(), me.open_key().public()]);
    assert_eq!(all.len(), 6);
}

#[test]
fn a_receipt_is_replaced_across_periods_by_the_same_person_for_the_same_controller() {
    let before = Receipt::sign(&terms(Some(controller(0x51)), THEN - 1), &identity()).expect("signs");
    let replaces = Some(Replaced::from(&before));
    let by = |controller, identity: &Identity| {
        let signed = Receipt::sign(&Terms { replaces, ..terms(controller, THEN) }, identity);
        signed.map(|receipt| receipt.signer()).map_err(|error| error.kind())
    };
    let after = by(Some(controller(0x51)), &identity()).expect("signs");
    assert_ne!(after, before.signer());
    let refused = Err(ErrorKind::InvalidArgument);
    assert_eq!(by(Some(controller(0x51)), &Identity::random()), refused, "somebody else's");
    assert_eq!(by(Some(controller(0x52)), &identity()), refused, "another controller would know who that was");
    assert_eq!(by(None, &identity()), refused);
}

#[test]
fn who_would_name_themselves_is_told() {
    let me = identity();
    let as_recipient = Terms { recipients: vec![me.open_key().public()], ..terms(None, THEN) };
    let as_controller = Controller { sign: me.sign_key().public(), ..controller(0x51) };
    for terms in [as_recipient, terms(Some(as_controller), THEN)] {
        assert_eq!(Receipt::sign(&terms, &me).expect_err("names themselves").kind(), ErrorKind::InvalidArgument);
    }
}

#[test]
fn nobody_is_a_recipient_under_their_own_pseudonym() {
    let me = identity();
    let before = Receipt::sign(&terms(Some(controller(0x51)), THEN - 1), &me).expect("signs");
    let now = Receipt::sign(&terms(Some(controller(0x51)), THEN), &me).expect("signs");
    let naming = |recipient, replaces| {
        let mut named = Terms { replaces, ..terms(Some(controller(0x51)), THEN) };
        named.recipients.push(recipient);
        Receipt::sign(&named, &me).map(|receipt| receipt.signer()).map_err(|error| error.kind())
    };
    let refused = Err(ErrorKind::InvalidArgument);
    assert_eq!(naming(now.contributor(), None), refused, "the one that would sign it");
    assert_eq!(naming(before.contributor(), Some(Replaced::from(&before))), refused, "the one that signed before");
    let other = OpenKey::from_secret(recording::secret(0x33)).public();
    assert_eq!(naming(other, Some(Replaced::from(&before))), Ok(now.signer()));
}

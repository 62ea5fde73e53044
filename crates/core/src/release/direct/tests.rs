//! Which recordings are released by themselves, and which are left to the contributor; by what the writer hands over, without an identity.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;
use crate::clock::Time;
use crate::event::{PointerAction, PointerEvent};
use crate::frame::Position;
use crate::journal::DropReason;
use crate::key::{Holder as _, KeyFile};
use crate::policy::{Authors, Layer, Rules};
use crate::receipt::{Purpose, Terms};
use crate::recipient::OpenKey;
use crate::record::Record;
use crate::redact::Redacted;
use crate::secret::Secret;
use crate::segment::SegmentId;
use crate::sink::FolderSink;
use crate::source::FolderSource;
use crate::span::Span;
use crate::track::Track;
use crate::verify::verify;
use crate::writer::{About, RecordingWriter};

/// Whoever agreed, to what, and where it is recorded; the folder goes away.
struct Studio {
    identity: Identity,
    receipt: Receipt,
    to: PublicKey,
    folder: PathBuf,
}

impl Studio {
    fn new(direct: bool) -> Self {
        Self::until(3600, direct)
    }

    /// Whose receipt lasts so many seconds from now on.
    fn until(seconds_left: u64, direct: bool) -> Self {
        let (identity, to) = (Identity::random(), OpenKey::random().public());
        let now = seconds();
        let terms = Terms {
            tracks: Tracks::ALL,
            direct,
            purpose: Purpose::AgentTraining,
            recipients: vec![to],
            issued: now - 10,
            expires: now + seconds_left,
            notice: "test".into(),
            ..Terms::default()
        };
        let receipt = Receipt::sign(&terms, &identity).expect("a receipt");
        let folder = std::env::temp_dir().join(format!("understudy-direct-{}", random_id()));
        Self { identity, receipt, to, folder }
    }

    fn request(&self, to: &[PublicKey], whose: &Identity) -> DirectRequest {
        let identity = whose.again();
        DirectRequest {
            identity: Box::new(move || Ok(identity)),
            to: to.to_vec(),
            names: Vec::new(),
            folder: self.folder.clone(),
            progress: None,
        }
    }

    fn due(&self) -> DirectRelease {
        let policy = policy(Rules::request().released_directly(), None);
        self.request(&[self.to], &self.identity).agree(&self.receipt, &policy, seconds() * 1000).expect("agrees")
    }

    fn write(&self, release: &DirectRelease) -> RecordingWriter {
        let policy = Policy::default().hash().expect("a hash");
        let about = About { tracks: Tracks::ALL, started: seconds() * 1000, platform: "test".into(), policy };
        let sink = Box::new(FolderSink::create(&self.folder).expect("a folder"));
        let mut writer = RecordingWriter::begin(sink, &self.receipt, &about).expect("begins");
        writer.hand_keys_to(release.keyring());
        for second in 0..150 {
            writer.append(&moved(second)).expect("appends");
        }
        writer.seal().expect("seals");
        writer
    }

    fn is_released(&self) -> bool {
        self.folder.join("release").exists()
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs()
}

fn at(second: u64) -> Time {
    Time::ZERO.after(Duration::from_secs(second))
}

fn moved(second: u64) -> Redacted<Record> {
    let position = Position { x: second as i32, y: 0 };
    let event = PointerEvent { position, injected: false, action: PointerAction::Move { raw: None } };
    Redacted::recorded(at(second), Record::Pointer(event))
}

fn policy(request: Rules, layer: Option<&str>) -> Policy {
    let layers: Vec<Layer> = layer.map(|text| Layer::read("layer.json", text.as_bytes())).into_iter().collect();
    Policy::merge(request, &layers, &Authors::default()).expect("merges")
}

#[test]
fn there_is_none_unless_receipt_and_policy_both_agree_and_nobody_is_asked_for_an_identity_before() {
    let forbids = r#"{"schema": "understudy.policy/1", "layer": "recording", "directRelease": false}"#;
    let asks = || policy(Rules::request().released_directly(), None);
    let (agrees, not) = (Studio::new(true), Studio::new(false));
    let cases = [
        (&not, asks(), ErrorKind::ReceiptScope),
        (&not, policy(Rules::request(), None), ErrorKind::ReceiptScope),
        (&agrees, policy(Rules::request(), None), ErrorKind::PolicyScope),
        (&agrees, policy(Rules::request().released_directly(), Some(forbids)), ErrorKind::PolicyScope),
    ];
    for (studio, policy, kind) in cases {
        let unasked = Box::new(|| -> Result<Identity> { panic!("asked for an identity") });
        let request = DirectRequest { identity: unasked, ..studio.request(&[studio.to], &studio.identity) };
        let refused = request.agree(&studio.receipt, &policy, seconds() * 1000).expect_err("refused");
        assert_eq!(refused.kind(), kind, "{refused}");
    }
    let (me, stranger) = (&agrees.identity, Identity::random());
    let other = OpenKey::random().public();
    let cases = [
        (agrees.request(&[agrees.to, other], me), ErrorKind::ReceiptScope),
        (agrees.request(&[agrees.to, agrees.to], me), ErrorKind::InvalidArgument),
        (agrees.request(&[], me), ErrorKind::InvalidArgument),
        (agrees.request(&[agrees.to], &stranger), ErrorKind::IdentityMismatch),
    ];
    for (request, kind) in cases {
        let refused = request.agree(&agrees.receipt, &asks(), seconds() * 1000).expect_err("refused");
        assert_eq!(refused.kind(), kind, "{refused}");
    }
    assert_eq!(agrees.due().recipients(), [agrees.to]);
}

#[test]
fn what_stopped_as_it_was_asked_to_is_released_and_what_did_not_is_left() {
    let dropped = Entry::Dropped { track: Track::Pointer.into(), count: 1, reason: DropReason::QueueFull };
    let cases = [
        (None, "requested", None),
        (Some(dropped), "requested", Some("samples were lost")),
        (None, "display-lost", Some("did not stop as it was asked to")),
    ];
    for (entry, reason, refused) in cases {
        let studio = Studio::new(true);
        let release = studio.due();
        let mut writer = studio.write(&release);
        entry.into_iter().for_each(|entry| writer.journal(at(150), entry).expect("a line"));
        writer.finish(at(151), reason).expect("finishes");
        let DirectOutcome { copies, error } = release.release();
        let why = error.map(|error| error.message().to_owned());
        assert_eq!(why.is_some(), refused.is_some(), "{why:?}");
        assert!(refused.is_none_or(|part| why.is_some_and(|why| why.contains(part))), "{reason}");
        assert_eq!((copies.len(), studio.is_released()), (usize::from(refused.is_none()), refused.is_none()));
        verify(&FolderSource::new(&studio.folder).expect("a folder")).expect("verifies");
    }
}

#[test]
fn what_the_receipt_does_not_cover_any_more_is_not_released() {
    let studio = Studio::until(1, true);
    let release = studio.due();
    studio.write(&release).finish(at(151), "requested").expect("finishes");
    while seconds() * 1000 < studio.receipt.expires_ms() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let error = release.release().error.expect("refused");
    assert_eq!(error.kind(), ErrorKind::ReceiptExpired, "{error}");
    assert!(!studio.is_released());
}

#[test]
fn what_was_cut_short_is_not_released() {
    let studio = Studio::new(true);
    let release = studio.due();
    drop(studio.write(&release));
    let error = release.release().error.expect("refused");
    assert!(error.message().contains("cut short"), "{error}");
    assert!(!studio.is_released());
}

#[test]
fn the_keys_of_what_was_forgotten_are_gone_and_those_of_the_rest_with_what_releases() {
    let studio = Studio::new(true);
    let release = studio.due();
    let keyring = release.keyring();
    let mut writer = studio.write(&release);
    let [first, second] = [0, 1].map(|number| SegmentId { track: Track::Pointer, number });
    let key = KeyFile::seal(writer.id(), first, &Secret::random(), &[studio.to]).expect("seals");
    let has = |segment| keyring.content_key(segment, &key).is_ok();
    assert!(has(first) && has(second));
    let last = Span::new(at(100), at(149)).expect("a span");
    writer.forget(&[last].into_iter().collect(), at(150)).expect("forgets");
    assert!(has(first) && !has(second));
    drop(release);
    assert!(!has(first), "the writer has the ring still");
    writer.append(&moved(200)).expect("appends");
    assert!(!(0..9).any(|number| has(SegmentId { track: Track::Pointer, number })));
}

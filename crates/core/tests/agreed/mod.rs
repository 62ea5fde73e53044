//! What a contributor agreed to in a test, and how it is recorded then.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

use understudy_core::identity::Identity;
use understudy_core::pipeline::Config;
use understudy_core::policy::{Authors, Policy, Rules};
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::release::DirectRequest;
use understudy_core::track::Tracks;

/// Consent to these tracks, for an hour, for somebody whom nobody knows.
pub(crate) fn terms(tracks: Tracks) -> Terms {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("time").as_secs();
    Terms {
        tracks,
        live: Tracks::NONE,
        purpose: Purpose::AgentTraining,
        recipients: vec![OpenKey::random().public()],
        issued: now - 10,
        expires: now + 3600,
        notice: "test".into(),
        ..Terms::default()
    }
}

/// All tracks of the synthetic desktop, which nobody needs to see.
pub(crate) fn config(receipt: Receipt, policy: Policy) -> Config {
    Config {
        receipt,
        tracks: Tracks::ALL,
        policy,
        max_fps: 60,
        flush: Config::MAX_FLUSH,
        platform: "synthetic".into(),
        on_change: None,
        live: None,
        heartbeat: None,
        direct: None,
        hold_bytes: Config::HOLD_BYTES,
    }
}

/// The same, released by itself when it stops; and the folder that it has to be recorded into, which nobody else has.
pub(crate) fn directly() -> (Config, PathBuf) {
    let identity = Identity::random();
    let terms = Terms { direct: true, ..terms(Tracks::ALL) };
    let receipt = Receipt::sign(&terms, &identity).expect("a receipt");
    let policy = Policy::merge(Rules::request().released_directly(), &[], &Authors::default()).expect("merges");
    let folder = std::env::temp_dir().join(format!("understudy-direct-{}", identity.open_key().public()));
    let request = DirectRequest {
        identity: Box::new(move || Ok(identity)),
        to: terms.recipients,
        names: Vec::new(),
        folder: folder.clone(),
        progress: None,
    };
    (Config { direct: Some(request), ..config(receipt, policy) }, folder)
}

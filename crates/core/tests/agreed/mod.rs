//! What a contributor agreed to in a test, and how it is recorded then.

#![allow(dead_code, reason = "each test binary uses its own part")]

use understudy_core::pipeline::Config;
use understudy_core::policy::Policy;
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
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

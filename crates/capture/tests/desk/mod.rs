//! A recorder on the synthetic desktop, and what it recorded.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use understudy_capture::synthetic::{Script, Synthetic, SyntheticOptions};
use understudy_core::clock::Time;
use understudy_core::event::{Contact, ContextEvent, Element};
use understudy_core::identity::Identity;
use understudy_core::pipeline::{Config, Recorder};
use understudy_core::policy::Policy;
use understudy_core::reader::{Item, ItemValue, Reader};
use understudy_core::receipt::{Purpose, Receipt, Terms};
use understudy_core::recipient::OpenKey;
use understudy_core::sink::{MemoryFiles, MemorySink};
use understudy_core::source::MemorySource;
use understudy_core::track::Tracks;
use understudy_core::verify::{Verified, verify};

pub(crate) struct Desk {
    pub(crate) identity: Identity,
    pub(crate) files: MemoryFiles,
    pub(crate) script: Arc<Script>,
    pub(crate) finished: Box<dyn Fn() -> bool>,
    pub(crate) recorder: Recorder,
}

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
    }
}

/// Where nobody tells the fields of the synthetic desktop's applications, typed text is kept only where they are trusted.
pub(crate) fn trusting() -> Policy {
    trusted(Policy::default())
}

pub(crate) fn trusted(policy: Policy) -> Policy {
    policy.trusting(["Editor", "Terminal", "Vault"].map(String::from)).expect("policy")
}

pub(crate) fn start(options: SyntheticOptions, policy: Policy) -> Desk {
    let identity = Identity::random();
    let receipt = Receipt::sign(&terms(Tracks::ALL), &identity).expect("receipt");
    let synthetic = Synthetic::new(options);
    let (script, probe) = (synthetic.script(), synthetic.clone());
    let files = MemoryFiles::default();
    let sink = Arc::clone(&files);
    let recorder = Recorder::start(Box::new(synthetic), config(receipt, policy), || Ok(Box::new(MemorySink(sink))))
        .expect("starts");
    Desk { identity, files, script, finished: Box::new(move || probe.finished()), recorder }
}

pub(crate) fn play(options: SyntheticOptions, policy: Policy) -> Desk {
    let desk = start(options, policy);
    wait_for("the script's end", || (desk.finished)() || desk.recorder.state().is_over());
    desk
}

pub(crate) fn wait_for(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Desk {
    pub(crate) fn source(&self) -> MemorySource {
        MemorySource(self.files.lock().expect("files").clone())
    }

    pub(crate) fn open(&self) -> (Verified, Vec<Item>, BTreeMap<u64, understudy_core::sign::Hash>) {
        let source = self.source();
        let verified = verify(&source).unwrap_or_else(|failure| panic!("{}: {failure}", failure.at));
        let (mut items, mut pictures) = (Vec::new(), BTreeMap::new());
        if let Some(body) = &verified.body {
            let mut reader = Reader::open(&source, body, verified.status, self.identity.open_key()).expect("opens");
            while let Some(item) = reader.next_item().expect("reads") {
                if matches!(item.value, ItemValue::Frame(_)) {
                    pictures.insert(item.time.as_nanos(), reader.picture().expect("picture").hash());
                }
                items.push(item);
            }
        }
        (verified, items, pictures)
    }
}

/// Every element of a recording, in its order.
pub(crate) fn elements(items: &[Item]) -> Vec<(Time, Contact, Element)> {
    let element = |item: &Item| match &item.value {
        ItemValue::Context(ContextEvent::Element(contact, element)) => Some((item.time, *contact, element.clone())),
        _ => None,
    };
    items.iter().filter_map(element).collect()
}

pub(crate) fn asap(frames: u32) -> SyntheticOptions {
    SyntheticOptions {
        asap: true,
        animate: true,
        fps: 30,
        duration: Duration::from_secs(u64::from(frames) / 30),
        ..SyntheticOptions::default()
    }
}

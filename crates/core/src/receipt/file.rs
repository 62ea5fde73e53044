//! receipt.json, as it stands: docs/format.md §4.

use serde::{Deserialize, Serialize};

use super::terms::{Controller, PROHIBITED, Purpose, is_told};
use crate::canonical::Bytes;
use crate::detect;
use crate::error::Result;
use crate::policy::{MAX_LAYERS, Policy};
use crate::recipient::PublicKey;
use crate::release::Coarse;
use crate::sign::{Document, Hash, Signature, VerifyKey, verify};
use crate::track::{Track, Tracks};

use super::{MAX_RECIPIENTS, has_twice};

const SCHEMA: &str = "understudy.consent/2";
/// Of the receipt in a released copy: the contributor's pseudonym signs that the consent covers it. Nothing may be recorded under one.
const RELEASED: &str = "understudy.released-consent/1";
/// What is shown is in this language.
const LANGUAGE: &str = "en";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) schema: String,
    pub(super) id: Bytes<16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<Bytes<16>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replaces: Option<Hash>,
    pub(super) contributor: Contributor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) controller: Option<Controller>,
    pub(super) event: Event,
    pub(super) language: String,
    pub(super) tracks: Vec<String>,
    pub(super) live: Vec<String>,
    pub(super) direct: bool,
    pub(super) purpose: Purpose,
    pub(super) prohibited: Vec<String>,
    pub(super) recipients: Vec<PublicKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<Vec<Hash>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<Filter>,
    pub(super) coarse: Coarse,
    pub(super) withdrawal: Withdrawing,
    pub(super) issued: u64,
    pub(super) expires: u64,
    pub(super) notice: Hash,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<Signature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) countersignature: Option<Signature>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contributor {
    pub(super) open: PublicKey,
    pub(super) sign: VerifyKey,
}

/// What happened: consent was given, and by an act of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    state: String,
    r#type: String,
}

/// How it is taken back, and what that does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawing {
    method: String,
    effects: Vec<String>,
}

/// What leaves out what nobody has to ask for, by digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    floor: Hash,
    detectors: Hash,
}

impl Filter {
    /// Of this version.
    pub(super) fn ours() -> Result<Self> {
        Ok(Self { floor: Policy::floor()?, detectors: detect::digest() })
    }
}

impl File {
    /// A receipt that says what every receipt says, and nothing else yet.
    pub(super) fn new(is_released: bool, contributor: Contributor) -> Self {
        let mut id = [0; 16];
        dryoc::rng::copy_randombytes(&mut id);
        Self {
            schema: if is_released { RELEASED } else { SCHEMA }.into(),
            id: Bytes(id),
            record: None,
            replaces: None,
            contributor,
            controller: None,
            event: given(),
            language: LANGUAGE.into(),
            tracks: Vec::new(),
            live: Vec::new(),
            direct: false,
            purpose: Purpose::default(),
            prohibited: PROHIBITED.map(String::from).into(),
            recipients: Vec::new(),
            policy: None,
            filter: None,
            coarse: Coarse::ours(),
            withdrawal: withdrawing(),
            issued: 0,
            expires: 0,
            notice: Bytes([0; 32]),
            signature: None,
            countersignature: None,
        }
    }

    pub(super) fn is_released(&self) -> bool {
        self.schema == RELEASED
    }

    /// Checks the form, and that what is signed was signed; answers the tracks that may be recorded, and those that may be read live.
    pub(super) fn check(&self, line: &[u8]) -> std::result::Result<(Tracks, Tracks), &'static str> {
        if self.schema != SCHEMA && self.schema != RELEASED {
            return Err("is not of schema understudy.consent/2");
        }
        let tracks = parse_tracks(&self.tracks).ok_or("its tracks are not valid")?;
        let live = parse_live(&self.live, tracks);
        let live = live.ok_or("its live tracks are not some of its tracks, without the screen")?;
        self.check_terms()?;
        if self.is_released() { self.check_released() } else { self.check_own() }?;
        self.check_signatures(line)?;
        Ok((tracks, live))
    }

    fn check_terms(&self) -> std::result::Result<(), &'static str> {
        if self.event != given() || !is_told(&self.language, 35) {
            return Err("does not say that consent was given, and in which language");
        }
        if self.prohibited != PROHIBITED || self.withdrawal != withdrawing() {
            return Err("does not say what is prohibited, and how it is taken back");
        }
        let recipients = &self.recipients;
        if recipients.is_empty() || recipients.len() > MAX_RECIPIENTS || has_twice(recipients) {
            return Err("its recipients are not 1 to 64 different keys");
        }
        if self.issued >= self.expires {
            return Err("it expires before it is issued");
        }
        Ok(())
    }

    fn check_own(&self) -> std::result::Result<(), &'static str> {
        if self.record.is_none() || self.filter.is_none() {
            return Err("does not name its record, and the filter");
        }
        let is_list = |layers: &Vec<Hash>| (1..=MAX_LAYERS).contains(&layers.len()) && !has_twice(layers);
        if !self.policy.as_ref().is_none_or(is_list) {
            return Err("its layers of policy are not 1 to 16 different digests");
        }
        if !self.controller.as_ref().is_none_or(Controller::holds) {
            return Err("its controller is not described as it must be");
        }
        Ok(())
    }

    /// What would tell copies of one contributor, or of one host, from others, is not in a copy.
    fn check_released(&self) -> std::result::Result<(), &'static str> {
        let is_bare = self.record.is_none()
            && self.replaces.is_none()
            && self.controller.is_none()
            && self.policy.is_none()
            && self.filter.is_none()
            && !self.direct
            && self.live.is_empty();
        if is_bare { Ok(()) } else { Err("is that of a released copy, and says more than that may") }
    }

    fn check_signatures(&self, line: &[u8]) -> std::result::Result<(), &'static str> {
        if !verify(Document::Receipt, line, &self.contributor.sign) {
            return Err("its signature does not hold");
        }
        match (&self.controller, &self.countersignature) {
            (_, None) => Ok(()),
            (None, Some(_)) => Err("it is countersigned, and names no controller"),
            (Some(controller), Some(_)) if verify(Document::Countersignature, line, &controller.sign) => Ok(()),
            (Some(_), Some(_)) => Err("its countersignature does not hold"),
        }
    }
}

fn given() -> Event {
    Event { state: "given".into(), r#type: "explicit".into() }
}

fn withdrawing() -> Withdrawing {
    Withdrawing {
        method: "understudy withdraw".into(),
        effects: ["unreleased-destroyed", "released-refused"].map(String::from).into(),
    }
}

/// A list of track names: 1 to 4, each once, in the order of their numbers.
pub(crate) fn parse_tracks(names: &[String]) -> Option<Tracks> {
    in_order(names).filter(|tracks| !tracks.is_empty())
}

/// A list of track names that may be read live: each once, in order, some of `tracks` or none, never the screen.
fn parse_live(names: &[String], tracks: Tracks) -> Option<Tracks> {
    in_order(names).filter(|live| tracks.covers(*live) && !live.contains(Track::Screen))
}

fn in_order(names: &[String]) -> Option<Tracks> {
    let tracks: Vec<Track> = names.iter().map(|name| Track::parse(name)).collect::<Option<_>>()?;
    tracks.is_sorted_by(|a, b| a < b).then(|| tracks.into_iter().collect())
}

//! What one layer lets be captured, and how layers merge: a lattice, of which merging is the meet.

use std::collections::BTreeSet;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::pattern::{Address, plain};
use crate::canonical;
use crate::detect::{Class, Mode};
use crate::error::{Error, ErrorKind, Result};
use crate::sign::{self, Hash};
use crate::track::Tracks;

/// Most names of a list.
pub(super) const MAX_NAMES: usize = 1024;
/// Most bytes of a name.
pub(super) const MAX_NAME: usize = 256;
/// Most pictures a second.
pub(super) const MAX_FPS: u32 = 240;

/// A set of names: of applications, titles or addresses.
pub(super) type Names = BTreeSet<String>;

/// What may be captured. Rules are compared by what they say, not by what they let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Which tracks may be recorded.
    #[serde(serialize_with = "track_names")]
    pub(super) tracks: Tracks,
    /// What leaves nothing.
    pub(super) exclude: Exclude,
    /// An application must be in each of these lists.
    pub(super) only: BTreeSet<Names>,
    /// An application is trusted with typed text when it is in each of these lists.
    pub(super) trusted: BTreeSet<Names>,
    /// From which likelihood on a finding counts.
    #[serde(serialize_with = "mode_name")]
    pub(super) detectors: Mode,
    /// Which classes count that count only where somebody says so.
    #[serde(serialize_with = "class_names")]
    pub(super) sensitive: BTreeSet<Class>,
    /// Pictures a second.
    pub(super) max_fps: u32,
    /// Whether a recording may be released by itself when it stops, before anybody has looked through it.
    pub(super) direct_release: bool,
}

/// What leaves nothing: no keys, no pixels, no titles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Exclude {
    /// By id or instance.
    pub(super) applications: Names,
    /// By a window's title, or a part of it.
    pub(super) titles: Names,
    /// By a host's name.
    pub(super) addresses: Names,
}

impl Rules {
    /// The greatest element: everything may be captured. Layers begin with it, a recording never: its own layer asks for less.
    pub fn anything() -> Self {
        Self {
            tracks: Tracks::ALL,
            exclude: Exclude::default(),
            only: BTreeSet::new(),
            trusted: BTreeSet::new(),
            detectors: Mode::Balanced,
            sensitive: BTreeSet::new(),
            max_fps: MAX_FPS,
            direct_release: true,
        }
    }

    /// What lets nothing be captured.
    pub fn nothing() -> Self {
        Self {
            tracks: Tracks::NONE,
            exclude: Exclude::default(),
            only: BTreeSet::from([Names::new()]),
            trusted: BTreeSet::from([Names::new()]),
            detectors: Mode::Strict,
            sensitive: Class::OPTIONAL.into(),
            max_fps: 1,
            direct_release: false,
        }
    }

    /// What a recording asks for that asks for nothing special: no application is trusted, and nothing is released directly.
    pub fn request() -> Self {
        Self { trusted: BTreeSet::from([Names::new()]), direct_release: false, ..Self::anything() }
    }

    /// These rules and `other` at once. It lets through what both let through, and nothing else.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let detectors = if other.detectors == Mode::Strict { Mode::Strict } else { self.detectors };
        Self {
            tracks: self.tracks.common(other.tracks),
            exclude: Exclude {
                applications: &self.exclude.applications | &other.exclude.applications,
                titles: &self.exclude.titles | &other.exclude.titles,
                addresses: &self.exclude.addresses | &other.exclude.addresses,
            },
            only: &self.only | &other.only,
            trusted: &self.trusted | &other.trusted,
            detectors,
            sensitive: &self.sensitive | &other.sensitive,
            max_fps: self.max_fps.min(other.max_fps),
            direct_release: self.direct_release && other.direct_release,
        }
    }

    /// The hash of their canonical JSON.
    pub(super) fn hash(&self) -> Result<Hash> {
        Ok(sign::hash(&canonical::encode(self)?))
    }

    /// The same, of these tracks alone.
    #[must_use]
    pub fn of_tracks(self, tracks: Tracks) -> Self {
        Self { tracks: self.tracks.common(tracks), ..self }
    }

    /// The same, with at most so many pictures a second.
    #[must_use]
    pub fn at_most(self, max_fps: u32) -> Self {
        Self { max_fps: self.max_fps.min(max_fps), ..self }
    }

    /// The same, asking for the recording to be released by itself when it stops.
    #[must_use]
    pub fn released_directly(self) -> Self {
        Self { direct_release: true, ..self }
    }

    /// The same, without these applications.
    ///
    /// # Errors
    /// `InvalidArgument` for a name that cannot be one, or more than 1,024.
    pub fn excluding(mut self, applications: impl IntoIterator<Item = String>) -> Result<Self> {
        self.exclude.applications.extend(names(applications, "exclude", application)?);
        Ok(self)
    }

    /// The same, asking for trust in these applications and no others.
    ///
    /// # Errors
    /// As [`Rules::excluding`].
    pub fn trusting(self, applications: impl IntoIterator<Item = String>) -> Result<Self> {
        Ok(Self { trusted: BTreeSet::from([names(applications, "trusted", application)?]), ..self })
    }
}

/// The plain form of an application's name, or of a title.
pub(super) fn application(name: &str) -> Option<String> {
    Some(plain(name)).filter(|name| !name.is_empty())
}

/// The plain form of an address.
pub(super) fn address(name: &str) -> Option<String> {
    let name = plain(name);
    Address::parse(&name).is_some().then_some(name)
}

/// A list of names, in plain form.
pub(super) fn names(
    list: impl IntoIterator<Item = String>,
    what: &str,
    form: fn(&str) -> Option<String>,
) -> Result<Names> {
    let invalid = |why: String| Error::new(ErrorKind::InvalidArgument, format!("{what}: {why}"));
    let mut names = Names::new();
    for (at, name) in list.into_iter().enumerate() {
        if at == MAX_NAMES {
            return Err(invalid(format!("there may be {MAX_NAMES} names")));
        }
        let fits = name.len() <= MAX_NAME;
        let plain = fits.then(|| form(&name)).flatten();
        names.insert(plain.ok_or_else(|| invalid(format!("name {} is empty, too long or none", at + 1)))?);
    }
    Ok(names)
}

fn track_names<S: Serializer>(tracks: &Tracks, serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(None)?;
    tracks.iter().try_for_each(|track| list.serialize_element(track.name()))?;
    list.end()
}

fn mode_name<S: Serializer>(mode: &Mode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(mode.name())
}

fn class_names<S: Serializer>(classes: &BTreeSet<Class>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(None)?;
    classes.iter().try_for_each(|class| list.serialize_element(class.name()))?;
    list.end()
}

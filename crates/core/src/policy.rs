//! What may be captured: layers that merge, each of which can only tighten (docs/policy.md).
//!
//! The floor is ours and always there. An organisation and the contributor may lay their own upon it; the last layer is what the host
//! asks for in this recording. What excludes applications, titles and addresses is united, what allows is intersected, limits take
//! the tighter. A layer that is not understood lets nothing be captured.

mod floor;
mod layer;
mod matcher;
mod pattern;
mod report;
mod rules;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use self::layer::refused;
pub use self::layer::{Authors, Layer, MAX_LAYERS, Whose};
pub use self::matcher::Excluded;
use self::matcher::{Matcher, Verdicts};
pub(crate) use self::pattern::seen;
pub use self::report::Report;
pub use self::rules::Rules;
use crate::detect::{Class, Detector};
use crate::error::{Error, ErrorKind, Result};
use crate::event::App;
use crate::sign::Hash;
use crate::track::Tracks;

/// The policy in force: the floor, all layers, and what this recording asks for. Clones are the same one.
#[derive(Clone)]
pub struct Policy(Arc<InForce>);

struct InForce {
    /// Every layer but the recording's own.
    standing: Rules,
    request: Rules,
    /// The digests of the layers that were given.
    layers: Vec<Hash>,
    /// Both at once.
    rules: Rules,
    matcher: Matcher,
    verdicts: Mutex<Verdicts>,
}

impl Policy {
    /// Merges layers with the floor and with what this recording asks for.
    ///
    /// # Errors
    /// `PolicyInvalid` when a layer is malformed, has unknown members, or is not signed by whom `authors` says.
    pub fn merge(request: Rules, layers: &[Layer], authors: &Authors) -> Result<Self> {
        refused(layers, authors)?;
        let standing = layers.iter().fold(floor::rules().clone(), |rules, layer| rules.meet(layer.rules()));
        let digests = layers.iter().map(Layer::digest).collect::<Result<_>>()?;
        Ok(Self::of(standing, request, digests))
    }

    /// The digest of the floor alone: whoever agrees to be recorded relies on it.
    ///
    /// # Errors
    /// `Internal` when it cannot be encoded.
    pub fn floor() -> Result<Hash> {
        floor::rules().hash()
    }

    /// The floor, and without these applications: by id or instance (on X11: the parts of `WM_CLASS`), whatever their case.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty or overlong name, or more than 1,024.
    pub fn excluding(applications: impl IntoIterator<Item = String>) -> Result<Self> {
        Ok(Self::new(floor::rules().clone(), Rules::request().excluding(applications)?))
    }

    /// The same, asking for trust in these applications: typed text may be kept in them although nothing tells what kind of field it
    /// goes to, if no other layer forbids it.
    ///
    /// # Errors
    /// As [`Policy::excluding`].
    pub fn trusting(self, applications: impl IntoIterator<Item = String>) -> Result<Self> {
        let request = self.0.request.clone().trusting(applications)?;
        Ok(Self::of(self.0.standing.clone(), request, self.0.layers.clone()))
    }

    fn new(standing: Rules, request: Rules) -> Self {
        Self::of(standing, request, Vec::new())
    }

    fn of(standing: Rules, request: Rules, layers: Vec<Hash>) -> Self {
        let rules = standing.meet(&request);
        let matcher = Matcher::new(&rules);
        Self(Arc::new(InForce { standing, request, layers, rules, matcher, verdicts: Mutex::default() }))
    }

    /// Whether this application is excluded, whatever its windows are called.
    pub fn excludes(&self, app: &App) -> bool {
        self.0.matcher.application(app).is_some()
    }

    /// What excludes a window of this application under this title; nothing, when it may be captured.
    pub fn excludes_window(&self, app: &App, title: &str) -> Option<Excluded> {
        // Whoever panicked with it in hand left whole verdicts behind.
        self.0.verdicts.lock().unwrap_or_else(PoisonError::into_inner).of(&self.0.matcher, app, title)
    }

    /// Forgets what was found of windows before, and with that their titles: none is to stay in memory when nothing is recorded.
    pub fn forget_windows(&self) {
        *self.0.verdicts.lock().unwrap_or_else(PoisonError::into_inner) = Verdicts::default();
    }

    /// What excludes this text where it is a title, or the name of a window that something else than its title tells.
    pub fn excludes_title(&self, title: &str) -> Option<Excluded> {
        self.0.matcher.title(title)
    }

    /// Whether text typed into this application may be kept although nothing tells what kind of field it goes to.
    pub fn trusts(&self, app: &App) -> bool {
        self.0.matcher.trusts(app)
    }

    /// Which tracks may be recorded.
    pub fn tracks(&self) -> Tracks {
        self.0.rules.tracks
    }

    /// How many pictures a second there may be.
    pub fn max_fps(&self) -> u32 {
        self.0.rules.max_fps
    }

    /// Whether findings of this class count.
    pub fn counts(&self, class: Class) -> bool {
        !Class::OPTIONAL.contains(&class) || self.0.rules.sensitive.contains(&class)
    }

    /// The detectors, as strict as the policy wants them.
    pub fn detector(&self) -> Detector {
        Detector::new(self.0.rules.detectors).sparing(|class| !self.counts(class))
    }

    /// Whether no layer forbids that a recording is released by itself when it stops, before anybody has looked through it.
    ///
    /// # Errors
    /// `PolicyScope` when one does, or the recording's own does not ask for it.
    pub fn permit_direct(&self) -> Result<()> {
        if self.allows_direct_release() {
            return Ok(());
        }
        let why = "a layer of policy forbids that it is released by itself, unseen (`directRelease`): record without, or ask whoever set it; `understudy policy check` says which";
        Err(Error::new(ErrorKind::PolicyScope, why))
    }

    /// Whether a recording may be released by itself when it stops.
    pub fn allows_direct_release(&self) -> bool {
        self.0.rules.direct_release
    }

    /// The digests of the layers that are in force beside the floor and the recording's own.
    pub fn layers(&self) -> &[Hash] {
        &self.0.layers
    }

    /// The hash of its canonical JSON, as the header holds it.
    pub fn hash(&self) -> Result<Hash> {
        self.0.rules.hash()
    }
}

impl Default for Policy {
    /// The floor, and what a recording asks for that asks for nothing special.
    fn default() -> Self {
        Self::new(floor::rules().clone(), Rules::request())
    }
}

impl fmt::Debug for Policy {
    /// Titles that were judged are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.0.rules).finish()
    }
}

#[cfg(test)]
mod tests;

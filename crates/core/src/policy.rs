//! What may be captured. Layers of policy come later; each will only tighten.

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::error::{Error, ErrorKind, Result};
use crate::event::App;
use crate::sign::{self, Hash};

const MAX_RULES: usize = 1024;
const MAX_NAME: usize = 256;

/// The policy of one recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    exclude: Vec<String>,
}

impl Policy {
    /// A policy that excludes these applications, by id or instance (on X11: the parts of `WM_CLASS`), whatever their case.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty or overlong name, or more than 1,024.
    pub fn excluding(applications: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut exclude: Vec<String> = applications.into_iter().map(|name| name.to_lowercase()).collect();
        exclude.sort_unstable();
        exclude.dedup();
        if exclude.len() > MAX_RULES || exclude.iter().any(|name| name.is_empty() || name.len() > MAX_NAME) {
            let message = "an excluded application needs a name of 1 to 256 bytes, and there may be 1,024 of them";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(Self { exclude })
    }

    /// Whether any application is excluded.
    pub fn excludes_any(&self) -> bool {
        !self.exclude.is_empty()
    }

    /// Whether this application is excluded.
    pub fn excludes(&self, app: &App) -> bool {
        let named = |name: &str| self.exclude.binary_search(&name.to_lowercase()).is_ok();
        named(&app.id) || named(&app.instance)
    }

    /// The hash of its canonical JSON, as the header holds it.
    pub fn hash(&self) -> Result<Hash> {
        Ok(sign::hash(&canonical::encode(self)?))
    }
}

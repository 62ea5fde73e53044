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
    trusted: Vec<String>,
}

impl Policy {
    /// A policy that excludes these applications, by id or instance (on X11: the parts of `WM_CLASS`), whatever their case.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty or overlong name, or more than 1,024.
    pub fn excluding(applications: impl IntoIterator<Item = String>) -> Result<Self> {
        Ok(Self { exclude: named(applications, "an excluded application")?, trusted: Vec::new() })
    }

    /// The same, and typed text may be kept in these applications although nothing tells what kind of field it goes to.
    ///
    /// # Errors
    /// As [`Policy::excluding`].
    pub fn trusting(self, applications: impl IntoIterator<Item = String>) -> Result<Self> {
        Ok(Self { trusted: named(applications, "a trusted application")?, ..self })
    }

    /// Whether any application is excluded.
    pub fn excludes_any(&self) -> bool {
        !self.exclude.is_empty()
    }

    /// Whether this application is excluded.
    pub fn excludes(&self, app: &App) -> bool {
        names(&self.exclude, app)
    }

    /// Whether text typed into this application may be kept although nothing tells what kind of field it goes to.
    pub fn trusts(&self, app: &App) -> bool {
        names(&self.trusted, app)
    }

    /// The hash of its canonical JSON, as the header holds it.
    pub fn hash(&self) -> Result<Hash> {
        Ok(sign::hash(&canonical::encode(self)?))
    }
}

/// Names of applications in the form in which they are compared, sorted, each once.
fn named(applications: impl IntoIterator<Item = String>, what: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = applications.into_iter().map(|name| name.to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > MAX_RULES || names.iter().any(|name| name.is_empty() || name.len() > MAX_NAME) {
        let message = format!("{what} needs a name of 1 to 256 bytes, and there may be 1,024 of them");
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    Ok(names)
}

/// Whether an application is among `names`, by its id or its instance.
fn names(names: &[String], app: &App) -> bool {
    let named = |name: &str| names.binary_search(&name.to_lowercase()).is_ok();
    named(&app.id) || named(&app.instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_trusted_by_either_of_its_names_and_only_if_it_is_asked_for() {
        let app = |id: &str, instance: &str| App { id: id.into(), instance: instance.into() };
        let policy = Policy::excluding([]).expect("policy").trusting(["XTerm".into()]).expect("policy");
        assert!(policy.trusts(&app("XTerm", "build")) && policy.trusts(&app("Other", "xterm")));
        assert!(!policy.trusts(&app("xterm2", "")) && !policy.excludes(&app("XTerm", "build")));
        assert!(!Policy::default().trusts(&app("XTerm", "xterm")));
        assert!(Policy::default().trusting([String::new()]).is_err());
    }
}

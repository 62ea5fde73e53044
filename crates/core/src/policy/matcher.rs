//! Rules in the form in which windows are judged.

use std::collections::{BTreeSet, HashMap};

use super::pattern::{Address, Glob, hosts, parts, plain};
use super::rules::{Names, Rules};
use crate::event::App;

/// Verdicts that are remembered; past that, all are forgotten and found again.
const REMEMBERED: usize = 512;

/// Why a window leaves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// Its application is excluded.
    Application,
    /// Its title is.
    Title,
    /// An address in its title, or in a name of its application, is.
    Address,
    /// Only other applications may be recorded.
    NotListed,
}

/// Rules made ready: each pattern once.
#[derive(Debug)]
pub(super) struct Matcher {
    applications: List,
    titles: List,
    addresses: Vec<Address>,
    only: Vec<List>,
    trusted: Vec<List>,
}

impl Matcher {
    pub(super) fn new(rules: &Rules) -> Self {
        let each = |lists: &BTreeSet<Names>| lists.iter().map(List::new).collect();
        Self {
            applications: List::new(&rules.exclude.applications),
            titles: List::new(&rules.exclude.titles),
            addresses: rules.exclude.addresses.iter().filter_map(|address| Address::parse(address)).collect(),
            only: each(&rules.only),
            trusted: each(&rules.trusted),
        }
    }

    /// What excludes an application, whatever its windows are called.
    pub(super) fn application(&self, app: &App) -> Option<Excluded> {
        let names = [plain(&app.id), plain(&app.instance)];
        if self.applications.hold(&names) {
            return Some(Excluded::Application);
        }
        if !self.only.iter().all(|only| only.hold(&names)) {
            return Some(Excluded::NotListed);
        }
        // A page installed as an application bears its address as a name.
        names.iter().any(|name| self.names_address(name)).then_some(Excluded::Address)
    }

    /// What excludes a title.
    pub(super) fn title(&self, title: &str) -> Option<Excluded> {
        let title = plain(title);
        // Split once: there are hundreds of patterns.
        let parts: Vec<&str> = parts(&title).collect();
        if self.titles.hold(&parts) {
            return Some(Excluded::Title);
        }
        self.names_address(&title).then_some(Excluded::Address)
    }

    pub(super) fn trusts(&self, app: &App) -> bool {
        let names = [plain(&app.id), plain(&app.instance)];
        self.trusted.iter().all(|trusted| trusted.hold(&names))
    }

    fn names_address(&self, text: &str) -> bool {
        hosts(text).any(|host| {
            let labels: Vec<&str> = host.split('.').collect();
            self.addresses.iter().any(|address| address.is_named_by(&labels))
        })
    }
}

/// A list of names: most are whole ones, some are patterns.
#[derive(Debug)]
struct List {
    names: BTreeSet<String>,
    globs: Vec<Glob>,
}

impl List {
    fn new(names: &Names) -> Self {
        let (globs, names): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.contains('*'));
        Self {
            names: names.into_iter().cloned().collect(),
            globs: globs.into_iter().map(|glob| Glob::new(glob)).collect(),
        }
    }

    fn hold(&self, names: &[impl AsRef<str>]) -> bool {
        let holds = |name: &str| self.names.contains(name) || self.globs.iter().any(|glob| glob.matches(name));
        names.iter().any(|name| holds(name.as_ref()))
    }
}

/// What was found of windows before, by application and title.
#[derive(Default)]
pub(super) struct Verdicts {
    known: HashMap<App, HashMap<String, Option<Excluded>>>,
    count: usize,
}

impl Verdicts {
    pub(super) fn of(&mut self, matcher: &Matcher, app: &App, title: &str) -> Option<Excluded> {
        if let Some(verdict) = self.known.get(app).and_then(|titles| titles.get(title)) {
            return *verdict;
        }
        if self.count == REMEMBERED {
            *self = Self::default();
        }
        self.count += 1;
        let verdict = matcher.application(app).or_else(|| matcher.title(title));
        self.known.entry(app.clone()).or_default().insert(title.to_owned(), verdict);
        verdict
    }
}

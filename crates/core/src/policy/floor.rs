//! What is never captured: ours, built in, and below every other layer.
//!
//! Applications are named by the class or instance of `WM_CLASS` on X11, the executable on Windows, the bundle identifier on macOS.
//! Titles are parts of what browsers show: a page's site, a browser's word for private browsing. Addresses are hosts.

mod bank;
mod browsers;
mod health;
mod mail;
mod password;
mod private;
mod tax;

use std::sync::LazyLock;

use super::rules::{Exclude, Names, Rules};

/// One kind of thing that is private wherever it is. Its examples are tests.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "where names come from, and the examples, are for whoever reads and tests them")
)]
pub(super) struct Kind {
    /// What it is called.
    pub(super) name: &'static str,
    /// Where the names come from.
    pub(super) source: &'static str,
    pub(super) applications: &'static [&'static str],
    pub(super) titles: &'static [&'static str],
    /// Titles that are made of what was found elsewhere.
    pub(super) made: fn() -> Vec<String>,
    pub(super) addresses: &'static [&'static str],
    /// Windows that it excludes: application, title.
    pub(super) excludes: &'static [(&'static str, &'static str)],
    /// Windows that it has nothing to do with, though they look alike.
    pub(super) spares: &'static [(&'static str, &'static str)],
}

static KINDS: [&Kind; 6] =
    [&password::PASSWORDS, &private::PRIVATE, &mail::MAIL, &health::HEALTH, &tax::TAX, &bank::BANKING];

static RULES: LazyLock<Rules> =
    LazyLock::new(|| KINDS.iter().fold(Rules::anything(), |rules, kind| rules.meet(&kind.rules())));

/// All of it.
pub(super) fn rules() -> &'static Rules {
    &RULES
}

/// Each kind by itself, with a name.
pub(super) fn parts() -> Vec<super::report::Part> {
    let part = |kind: &&Kind| super::report::Part { name: format!("floor: {}", kind.name), rules: kind.rules() };
    KINDS.iter().map(part).collect()
}

impl Kind {
    fn rules(&self) -> Rules {
        let names = |list: &[&str]| -> Names { list.iter().map(|name| (*name).to_owned()).collect() };
        let exclude = Exclude {
            applications: names(self.applications),
            titles: &names(self.titles) | &(self.made)().into_iter().collect(),
            addresses: names(self.addresses),
        };
        Rules { exclude, ..Rules::anything() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::App;
    use crate::policy::matcher::Matcher;
    use crate::policy::rules::{address, application};

    fn excludes(rules: &Rules, (app, title): (&str, &str)) -> bool {
        let app = App { id: app.into(), instance: app.into() };
        let matcher = Matcher::new(rules);
        matcher.application(&app).or_else(|| matcher.title(title)).is_some()
    }

    #[test]
    fn every_kind_excludes_its_examples_and_spares_what_looks_alike() {
        for kind in KINDS {
            assert!(!kind.source.is_empty() && kind.excludes.len() >= 6 && kind.spares.len() >= 3, "{}", kind.name);
            let alone = kind.rules();
            for window in kind.excludes {
                assert!(excludes(&alone, *window), "{} must exclude {window:?}", kind.name);
            }
            for window in kind.spares {
                assert!(!excludes(rules(), *window), "{} must spare {window:?}", kind.name);
            }
        }
    }

    #[test]
    fn names_stand_in_plain_form_and_once() {
        for kind in KINDS {
            for names in [kind.applications, kind.titles] {
                names.iter().for_each(|name| assert_eq!(application(name).as_deref(), Some(*name)));
            }
            (kind.made)().iter().for_each(|name| assert_eq!(application(name).as_ref(), Some(name)));
            kind.addresses.iter().for_each(|name| assert_eq!(address(name).as_deref(), Some(*name)));
            for names in [kind.applications, kind.titles, kind.addresses] {
                let mut once = names.to_vec();
                once.sort_unstable();
                once.dedup();
                assert_eq!(once.len(), names.len(), "{}", kind.name);
            }
        }
    }

    #[test]
    fn what_people_work_with_is_not_touched() {
        for window in [
            ("XTerm", "me@build: ~/src"),
            ("Mousepad", "todo.txt - Mousepad"),
            ("Chromium", "about:blank - Chromium"),
            ("firefox", "The Rust Programming Language — Mozilla Firefox"),
            ("libreoffice-calc", "Budget 2026.ods - LibreOffice Calc"),
            ("Code", "policy.rs - understudy - Visual Studio Code"),
            ("Terminal", "Terminal"),
            ("Editor", "notes.txt"),
            ("EXCEL.EXE", "Invoices.xlsx - Excel"),
            ("com.apple.finder", "Documents"),
        ] {
            assert!(!excludes(rules(), window), "{window:?}");
        }
    }
}

//! What applications call their windows beside their titles: by that, too, a window is judged.
//!
//! Chromium's private windows have the titles of any other; only to those who cannot see them it says which they are. An application says
//! what it calls its windows, the system which of them has the keyboard, and nobody which is which: that is put together where both are
//! heard. As long as a private one is not put together with a window, each window may be it of which that is not known.

use crate::policy::{Policy, seen};

/// What stands between a page's title and its browser's name, by language, whatever dash that is; and in one of them.
const BETWEEN: [&str; 2] = [" - ", " -- "];
const BETWEEN_ELSE: &str = ": ";

/// What a name may begin with, before the page.
const QUOTES: [char; 5] = ['„', '“', '«', '"', '「'];

/// What a process calls its windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The process, as the system knows it: it speaks of no windows but its own.
    pub process: u32,
    /// All its windows.
    pub windows: Vec<Titled>,
    /// What it calls others, of which nobody knows which they are; `None` for one of which it does not say, or not in time.
    pub strays: Vec<Option<String>>,
}

/// A window by its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    /// The window, by the system's number.
    pub id: u64,
    /// What it is called for all to see; empty where that is not known.
    pub title: String,
    /// What its application calls it, where it is known which one that is.
    pub name: Option<String>,
}

/// What follows from that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) process: u32,
    /// All windows that were judged.
    pub(crate) windows: Vec<u64>,
    /// Windows that are private for as long as they exist.
    pub(crate) private: Vec<u64>,
    /// One of these is, and nobody knows which.
    pub(crate) suspected: Vec<u64>,
}

/// What a name says beside the page that a window's title tells too, without what cannot be seen and with one dash for all; nothing where
/// they do not go together. A language may put a page's title in quotation marks.
pub fn beyond(title: &str, name: &str) -> Option<String> {
    let (title, name): (String, String) = (seen(title).collect(), seen(name).collect());
    let rest = match BETWEEN.iter().filter_map(|between| title.rfind(between)).max() {
        Some(cut) => behind(&title[..cut], &name),
        None => behind(&title, &name).or_else(|| behind(title.rsplit_once(BETWEEN_ELSE)?.0, &name)),
    };
    Some(rest?.trim_start_matches([' ', '-', ':']).to_owned())
}

/// What a name says behind a page's title that it begins with.
fn behind<'n>(page: &str, name: &'n str) -> Option<&'n str> {
    let page = page.trim();
    let at = name.find(page).filter(|_| !page.is_empty())?;
    let is_before = |letter: char| letter.is_whitespace() || QUOTES.contains(&letter);
    name[..at].chars().all(is_before).then(|| &name[at + page.len()..])
}

/// Judges what a process calls its windows. What the title says as well is judged with the title, and only while it does.
pub(crate) fn judge(policy: &Policy, called: &Called) -> Judged {
    let Called { process, windows, strays } = called;
    let excludes = |rest: &str| policy.excludes_title(rest).is_some();
    let is_private = |window: &&Titled| {
        let rest = window.name.as_ref().and_then(|name| beyond(&window.title, name));
        rest.as_deref().is_some_and(excludes)
    };
    let is_of_title = |name: &String, window: &Titled| {
        *name == window.title || beyond(&window.title, name).is_some_and(|rest| !rest.is_empty() && !excludes(&rest))
    };
    let may_be_private = |name: &Option<String>| {
        name.as_ref().is_none_or(|name| excludes(name) && !windows.iter().any(|window| is_of_title(name, window)))
    };
    let suspected: Vec<u64> = match strays.iter().any(may_be_private) {
        true => windows.iter().filter(|window| window.name.is_none()).map(|window| window.id).collect(),
        false => Vec::new(),
    };
    Judged {
        process: *process,
        windows: windows.iter().map(|window| window.id).collect(),
        private: windows.iter().filter(is_private).map(|window| window.id).collect(),
        suspected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which windows (title, and name where it is known) are private, and which may be, if others are called this.
    fn judged(windows: &[(&str, Option<&str>)], strays: &[Option<&str>]) -> (Vec<u64>, Vec<u64>) {
        let titled = |(id, (title, name)): (usize, &(&str, Option<&str>))| Titled {
            id: id as u64,
            title: (*title).into(),
            name: name.map(Into::into),
        };
        let windows = windows.iter().enumerate().map(titled).collect();
        let strays = strays.iter().map(|name| name.map(Into::into)).collect();
        let Judged { private, suspected, .. } = judge(&Policy::default(), &Called { process: 7, windows, strays });
        (private, suspected)
    }

    const NORMAL: (&str, Option<&str>) = ("News - Chromium", Some("News - Chromium"));
    const UNKNOWN: (&str, Option<&str>) = ("News - Chromium", None);

    #[test]
    fn a_window_is_private_whose_name_says_so_and_no_other() {
        for name in [
            "News - Chromium (Incognito)",
            "News - Chromium (Guest)",
            "News - Google Chrome (Guest)",
            "News - Audio playing - Chromium (Incognito)",
            "News - Google Chrome (Inkognito)",
        ] {
            assert_eq!(judged(&[NORMAL, ("News - Chromium", Some(name))], &[]), (vec![1], vec![]), "{name}");
        }
        assert_eq!(judged(&[NORMAL, UNKNOWN], &[Some("News - Chromium"), Some("")]), (vec![], vec![]));
    }

    #[test]
    fn in_every_language_a_name_goes_with_its_title_and_says_what_the_window_is() {
        for (title, name) in [
            ("Zprávy – Chromium", "Zprávy – Chromium (Anonymní režim)"),
            ("Hírek -- Chromium", "Hírek -- Chromium (Inkognitó mód)"),
            ("Notícies: Chromium", "Notícies: Chromium (Incògnit)"),
            ("Notícies: avui: Chromium", "Notícies: avui: So: Chromium (convidat)"),
            ("„Žinios“ – „Chromium“", "„„Žinios“ – „Chromium““ (Inkognito)"),
            ("„Žinios“ – „Chromium“", "„„Žinios“ – „Chromium““ (svečias)"),
            ("समाचार - क्रोमियम", "समाचार - क्रोमियम (गुप्त)"),
            ("\u{200e}خبریں - Chromium", "\u{200e}خبریں - Chromium (پوشیدگی)"),
            ("\u{202b}أخبار - Chromium\u{202c}", "أخبار - Chromium (التصفح المتخفي)"),
            ("ニュース - Chromium", "ニュース - Chromium（シークレット モード）"),
        ] {
            assert_eq!(judged(&[(title, Some(name))], &[]), (vec![0], vec![]), "{name}");
            assert_eq!(judged(&[(title, None)], &[Some(name)]), (vec![], vec![0]), "{name}");
            assert_eq!(judged(&[(title, Some(title))], &[Some(title)]), (vec![], vec![]), "{title}");
        }
        assert_eq!(beyond("Report: Q1", "Report: Q1"), Some(String::new()), "what is all of it comes first");
        assert_eq!(beyond("Zprávy – Chromium", "Jiné Zprávy – Chromium"), None);
    }

    #[test]
    fn while_a_private_one_has_no_window_every_window_may_be_it_whose_name_is_not_known() {
        let stray = Some("Other - Chromium (Incognito)");
        assert_eq!(judged(&[NORMAL, UNKNOWN, UNKNOWN], &[stray]), (vec![], vec![1, 2]));
        assert_eq!(judged(&[NORMAL, UNKNOWN], &[None]), (vec![], vec![1]), "it does not say");
        assert_eq!(judged(&[NORMAL], &[stray]), (vec![], vec![]), "there is none");
    }

    #[test]
    fn what_the_title_says_as_well_is_judged_with_the_title() {
        let mail = "Inbox (3) - Gmail - Chromium";
        assert_eq!(judged(&[(mail, Some(mail)), UNKNOWN], &[]), (vec![], vec![]));
        assert_eq!(judged(&[(mail, None), UNKNOWN], &[Some(mail)]), (vec![], vec![]));
        assert_eq!(judged(&[(mail, None)], &[Some("Inbox (3) - Gmail - Audio playing - Chromium")]), (vec![], vec![]));
        let private = "Inbox (3) - Gmail - Chromium (Incognito)";
        assert_eq!(judged(&[(mail, Some(private))], &[]), (vec![0], vec![]), "and its name says more");
        assert_eq!(judged(&[(mail, None)], &[Some(private)]), (vec![], vec![0]));
    }

    #[test]
    fn a_name_that_is_not_of_this_title_says_nothing_of_the_window() {
        let gone = ("News - Chromium", Some("Inbox (3) - Gmail - Chromium"));
        assert_eq!(judged(&[gone], &[]), (vec![], vec![]), "the page before");
        assert_eq!(judged(&[("", Some("Inbox - Gmail - Chromium"))], &[]), (vec![], vec![]), "none yet");
        let claim = ("Pink - Chromium (Incognito) - Chromium", None);
        assert_eq!(judged(&[claim], &[Some("Pink - Chromium (Incognito)")]), (vec![], vec![0]), "a page says so");
    }
}

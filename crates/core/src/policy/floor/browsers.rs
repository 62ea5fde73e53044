//! What browsers call their private windows, in each of their languages.
//!
//! The words are data (`private.txt`, by `scripts/browsers.mjs`); here is where they stand in a title. Only there they count: a page that
//! has them in its own title is none of these. Which language a browser speaks nobody asks: every one counts.

use super::super::pattern::plain;

static WORDS: &str = include_str!("private.txt");

/// Firefox, as it is called there, and what is made of it.
const FIREFOX: &str = "mozilla firefox";
const LIKE_FIREFOX: [&str; 7] =
    [FIREFOX, "firefox developer edition", "nightly", "librewolf", "waterfox", "floorp", "zen browser"];
/// What is made of Chromium, and does not have its name in its own.
const LIKE_CHROMIUM: [&str; 4] = ["brave", "vivaldi", "opera", "microsoft edge"];
/// Whose name stands behind that of a tab.
const WITH_TABS: [&str; 2] = ["chromium", "google chrome"];

/// All of them as patterns.
pub(super) fn titles() -> Vec<String> {
    let others: Vec<&str> =
        words().filter(|(what, name)| *what == "browser" && !name.contains("chrom")).map(|(_, name)| name).collect();
    let made = words().flat_map(|(what, words)| match what {
        // A browser's name in another case is another name.
        "window" => LIKE_FIREFOX.iter().map(|name| words.replace(FIREFOX, name)).flat_map(at_the_end).collect(),
        // Older ones say it behind their name too.
        "suffix" => vec![format!("* - {words}"), format!("{FIREFOX} {words}"), format!("{FIREFOX} ({words})")],
        "incognito" | "guest" => {
            let named = LIKE_CHROMIUM.iter().chain(&others).map(|name| format!("{name} {words}"));
            named.chain([format!("*chrom*{words}"), words.to_owned()]).collect()
        }
        "tab" => WITH_TABS.iter().map(|name| format!("{words} - {name}")).collect(),
        _ => Vec::new(),
    });
    made.map(|title| plain(&title)).collect()
}

/// What is said, and its words.
fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut columns = line.split('\t');
        columns.next().zip(columns.next())
    })
}

/// A title that has parts itself is never one of a longer title's.
fn at_the_end(title: String) -> Vec<String> {
    let has_parts = [" - ", ": "].iter().any(|mark| title.contains(mark));
    let behind = has_parts.then(|| format!("* - {title}"));
    behind.into_iter().chain([title]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn excludes(title: &str) -> bool {
        Policy::default().excludes_title(title).is_some()
    }

    #[test]
    fn every_line_says_what_it_is_and_in_which_languages() {
        let lines: Vec<&str> = WORDS.lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let columns: Vec<&str> = line.split('\t').collect();
            assert!(matches!(columns[0], "window" | "suffix" | "browser" | "incognito" | "guest" | "tab"), "{line}");
            assert!(columns.len() == 3 && columns[1].len() >= 2 && !columns[1].contains('*'), "{line}");
            assert!(columns[0] != "window" || columns[1].contains(FIREFOX), "{line}");
        }
        let languages = |what: &str| {
            let of = lines.iter().filter(|line| line.split('\t').next() == Some(what));
            of.flat_map(|line| line.rsplit('\t').next().unwrap_or_default().split(' ')).count()
        };
        assert!(languages("window") >= 70 && languages("incognito") >= 55, "{}", languages("window"));
        assert_eq!(languages("incognito"), languages("guest"));
    }

    #[test]
    fn firefox_is_known_in_every_script() {
        for window in [
            "Mozilla Firefox التصفح الخاص",
            "\u{202b}Mozilla Firefox\u{202c} \u{200f}التصفح الخاص",
            "Прыватнае агляданне Mozilla Firefox",
            "Anonymní prohlížení Mozilla Firefoxu",
            "Ιδιωτική περιήγηση Mozilla Firefox",
            "ΙΔΙΩΤΙΚΉ ΠΕΡΙΉΓΗΣΗ Mozilla Firefox",
            "גלישה פרטית של Mozilla Firefox",
            "Mozilla Firefox — tryb prywatny",
            "Mozilla Firefox: Zasebno brskanje",
            "Mozilla Firefox-privénavigatie",
            "การเรียกดูแบบส่วนตัวใน Mozilla Firefox",
            "Mozilla Firefox 隱私瀏覽模式",
            "Firefox Developer Edition 사생활 보호 모드",
            "LibreWolf Privater Modus",
        ] {
            assert!(excludes(window), "{window}");
            assert!(excludes(&format!("Das Wetter — {window}")), "{window}");
            assert!(excludes(&format!("\u{2068}Das Wetter\u{2069} – Work — {window}")), "{window}");
        }
        for page in ["Das Wetter — Privater Modus", "天気 — プライベートブラウジング", "الطقس — \u{200f}التصفح الخاص"]
        {
            assert!(excludes(page), "on macOS: {page}");
        }
    }

    #[test]
    fn chromium_is_known_in_every_script() {
        for behind in [
            "Chromium (ማንነትን የማያሳውቅ)",
            "Chromium (التصفح المتخفي)",
            "\u{200f}Chromium\u{200f} \u{202b}(אורח)\u{202c}",
            "Chromium(ছদ্মবেশী)",
            "Chromium (anonym)",
            "क्रोमियम (गुप्त)",
            "Chromium（シークレット モード）",
            "Google Chrome (ആള്\u{200d}മാറാട്ടം)",
            "Chromium (Анонімний перегляд)",
            "Chromium（无痕）",
            "Chromium (وضع الضيف)",
            "Chromium (Επισκέπτης)",
            "Google Chrome（ゲスト）",
            "Chromium (ผู้มาเยือน)",
            "Brave (Gizli mod)",
        ] {
            assert!(excludes(behind) && excludes(&format!("Das Wetter — {behind}")), "{behind}");
        }
        for tab in
            ["Neuer Inkognitotab - Google Chrome", "新しいシークレット タブ – Chromium", "Режим инкогнито — Chromium"]
        {
            assert!(excludes(tab), "{tab}");
        }
    }

    #[test]
    fn a_page_that_has_the_words_in_its_own_title_is_none() {
        for page in [
            "Navigation privée : comment ça marche — Mozilla Firefox",
            "Wie der private Modus funktioniert — Mozilla Firefox",
            "Privater Modus in Firefox | Hilfe — Mozilla Firefox",
            "Режим инкогнито — Википедия — Mozilla Firefox",
            "Режим инкогнито – Википедия – Chromium",
            "Приватный просмотр — Mozilla Firefox",
            "Privater Modus — Mozilla Firefox",
            "Umfrage (anonym), Auswertung - Chromium",
            "Umfrage (anonym) - Chromium",
            "Mein Gast (Gast) - Google Chrome",
            "シークレット モードとは - Google Chrome",
            "गुप्त - क्रोमियम",
            "התצוגה של גלישה בסתר - Chromium",
            "Private matters: a novel - Chromium",
            "notes about private browsing.txt - Mousepad",
            "Gizli gezinti nedir? — Mozilla Firefox",
        ] {
            assert!(!excludes(page), "{page}");
        }
    }
}

//! What names applications, titles and addresses, and when a name matches.

/// What separates the parts of a title: the page from its site, the site from its browser.
const SEPARATORS: [&str; 6] = [" - ", " -- ", " | ", " · ", " • ", ": "];

/// The form in which names are compared: lower case, one space between words, one dash for all of them, nothing that cannot be seen.
pub(super) fn plain(text: &str) -> String {
    // Letter by letter: what a sigma becomes depends on where it stands, and a part of a text stands elsewhere than the whole.
    let lower: String =
        seen(text).flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without what cannot be seen in it, and with one dash for all that are: each language writes another one.
pub(crate) fn seen(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| !is_invisible(*letter)).map(|letter| if is_dash(letter) { '-' } else { letter })
}

fn is_dash(letter: char) -> bool {
    matches!(
        letter,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Edge writes its own name with one of these in it; texts that run from right to left, and those put into them, stand between others.
fn is_invisible(letter: char) -> bool {
    let is_mark =
        matches!(letter, '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}');
    let is_format = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    is_mark || is_format || letter.is_control() && !letter.is_whitespace()
}

/// A text in which `*` stands for anything, nothing included.
///
/// Matching looks once for each piece between two `*`, so that no pattern takes more than its length times that of the text.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    first: String,
    middle: Vec<String>,
    /// `None` where there is no `*` at all.
    last: Option<String>,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        let mut pieces = pattern.split('*').map(str::to_owned);
        let first = pieces.next().unwrap_or_default();
        let mut middle: Vec<String> = pieces.collect();
        let last = middle.pop();
        middle.retain(|piece| !piece.is_empty());
        Self { first, middle, last }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(self.first.as_str()) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        for piece in &self.middle {
            let Some((_, behind)) = rest.split_once(piece.as_str()) else { return false };
            rest = behind;
        }
        rest.ends_with(last.as_str())
    }
}

/// A title in plain form as a whole, and what lies between its separators. Looks at each letter once: a page may call itself whatever
/// it likes, and be called something else with every picture.
pub(super) fn parts(title: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(title);
    let between = std::iter::from_fn(move || {
        let text = rest?;
        let cut = text.match_indices([' ', ':']).find_map(|(at, _)| Some((&text[..at], behind_mark(&text[at..])?)));
        rest = cut.map(|(_, behind)| behind);
        Some(cut.map_or(text, |(before, _)| before).trim())
    });
    std::iter::once(title).chain(between)
}

/// What lies behind the separator that a text begins with.
fn behind_mark(text: &str) -> Option<&str> {
    SEPARATORS.iter().find_map(|mark| text.strip_prefix(mark))
}

/// A host's name and whatever lies under it: `example.org` is `www.example.org` too. With `*` at its end, that stands for the rest of
/// the name: `portal.*` is `portal.example.org`.
#[derive(Clone, Debug)]
pub(super) struct Address {
    labels: Vec<String>,
    open: bool,
}

impl Address {
    /// `None` for what is no host's name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, open) = text.strip_suffix(".*").map_or((text, false), |name| (name, true));
        let labels: Vec<String> = name.split('.').map(str::to_owned).collect();
        let named = |label: &String| !label.is_empty() && label.chars().all(is_of_label);
        labels.iter().all(named).then_some(Self { labels, open })
    }

    /// Whether a host, as its labels in plain form, is this one, or lies under it. What may as well be a file's name is no host because
    /// of its beginning: `portal.rs` is none because `portal.*` is one.
    pub(super) fn is_named_by(&self, host: &[&str]) -> bool {
        let Some((last, before)) = host.split_last() else { return false };
        if self.open {
            return !EXTENSIONS.contains(last) && before.windows(self.labels.len()).any(|some| some == self.labels);
        }
        host.len() >= self.labels.len() && host[host.len() - self.labels.len()..] == self.labels
    }
}

fn is_of_label(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-'
}

/// Last labels that are a file's more often than a host's.
const EXTENSIONS: [&str; 64] = [
    "bak", "bmp", "c", "cc", "cfg", "conf", "cpp", "cs", "css", "csv", "doc", "docx", "eml", "gif", "go", "gz", "h",
    "hpp", "htm", "html", "ini", "ipynb", "java", "jpeg", "jpg", "js", "json", "jsx", "kt", "log", "lua", "md", "ods",
    "odt", "pdf", "php", "pl", "png", "ppt", "pptx", "ps1", "py", "rb", "rs", "rst", "scss", "sh", "sql", "svg",
    "swift", "tar", "toml", "ts", "tsx", "txt", "vue", "xls", "xlsx", "xml", "yaml", "yml", "zip", "mjs", "cjs",
];

/// What may be a host's name in a text in plain form: labels with points between, at least two.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let names = text.split(|letter| !is_of_label(letter) && letter != '.');
    names.map(|name| name.trim_matches(['.', '-'])).filter(|name| name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_the_whole_text() {
        let matches = |pattern: &str, text: &str| Glob::new(pattern).matches(text);
        for (pattern, text) in [("a", "a"), ("*", ""), ("a*", "ab"), ("*b", "ab"), ("a*c*e", "abcde"), ("*a*a", "aa")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("", "a"), ("a*a", "a"), ("*b*", "a"), ("a*c", "acb"), ("*a*a", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_title_is_matched_as_a_whole_or_by_one_of_its_parts() {
        let matches =
            |pattern: &str, title: &str| parts(&plain(title)).any(|part| Glob::new(&plain(pattern)).matches(part));
        assert!(matches("gmail", "Inbox (3) - me@example.org - Gmail - Chromium"));
        assert!(matches("gmail", "Inbox — Gmail — Mozilla Firefox"));
        assert!(matches("[inprivate]", "New tab - [InPrivate] - Microsoft\u{200b} Edge"));
        assert!(matches("microsoft edge", "New tab - [InPrivate] - Microsoft\u{200b} Edge"));
        assert!(matches("discord", "Discord | #general"));
        assert!(matches("inbox - gmail", "Inbox\u{a0}-  Gmail"));
        assert!(matches("inbox – gmail", "Inbox — Gmail") && matches("gmail", "Inbox -- Gmail \u{2013} Chromium"));
        assert!(matches("gmail", "\u{2068}Inbox\u{2069} - \u{2068}Gmail\u{2069}\u{fe0f}"));
        assert!(matches("ΤΡΑΠΕΖΑΣ*", "τράπεζα - ΤΡΑΠΕΖΑΣ") && matches("τραπεζας*", "ΤΡΑΠΕΖΑΣΑ"));
        assert!(!matches("gmail", "Why Gmail is slow - Chromium") && !matches("gmail", "gmail-export.csv"));
    }

    #[test]
    fn an_address_is_a_host_and_what_lies_under_it() {
        let matches = |pattern: &str, host: &str| {
            Address::parse(pattern).expect("parses").is_named_by(&host.split('.').collect::<Vec<_>>())
        };
        assert!(matches("example.org", "example.org") && matches("example.org", "www.example.org"));
        assert!(!matches("example.org", "notexample.org") && !matches("example.org", "example.org.evil.net"));
        assert!(!matches("example.org", "org") && matches("bank", "my.bank") && !matches("bank", "bank.example"));
        assert!(matches("portal.*", "portal.example.org") && matches("portal.*", "www.portal.example.org"));
        assert!(!matches("portal.*", "example.portal") && !matches("portal.*", "portal"));
        assert!(!matches("portal.*", "portal.spec.ts") && matches("example.rs", "www.example.rs"));
        assert!(
            ["", ".", "a..b", "a b", "*", "*.a", "a*.b", "http://a.b"].iter().all(|no| Address::parse(no).is_none())
        );
    }

    #[test]
    fn hosts_are_found_in_titles() {
        let found = |text| hosts(text).collect::<Vec<_>>();
        assert_eq!(
            found("sign in (www.example.org:443) - x, mail.example.org__u_0."),
            ["www.example.org", "mail.example.org"]
        );
        assert_eq!(found("no host... here. - at all"), Vec::<&str>::new());
        assert_eq!(found("https://me:pw@www.example.org:8443/a"), ["www.example.org"]);
    }
}

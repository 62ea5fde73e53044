//! What names applications, titles and addresses, and when a name matches.

/// What separates the parts of a title: the page from its site, the site from its browser.
const SEPARATORS: [&str; 7] = [" - ", " – ", " — ", " | ", " · ", " • ", ": "];

/// The form in which names are compared: lower case, one space between words, nothing that cannot be seen.
pub(super) fn plain(text: &str) -> String {
    let seen = text.chars().filter(|letter| !is_invisible(*letter));
    let spaced: String = seen.map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Edge writes its own name with one of these in it.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        || letter.is_control() && !letter.is_whitespace()
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

    /// Whether it matches a title in plain form: the whole of it, or one of its parts.
    pub(super) fn matches_title(&self, title: &str) -> bool {
        self.matches(title) || parts(title).any(|part| self.matches(part))
    }
}

/// What lies between the separators of a title in plain form.
fn parts(title: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(title);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = SEPARATORS.iter().filter_map(|mark| text.split_once(mark)).min_by_key(|(before, _)| before.len());
        rest = cut.map(|(_, behind)| behind);
        Some(cut.map_or(text, |(before, _)| before).trim())
    })
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

    /// As [`Address::matches`], of what may as well be a file's name: `portal.rs` is no host because `portal.*` is one.
    pub(super) fn is_named_by(&self, host: &str) -> bool {
        let is_file = || host.rsplit('.').next().is_some_and(|last| EXTENSIONS.contains(&last));
        self.matches(host) && !(self.open && is_file())
    }

    /// Whether a host in plain form is this one, or lies under it.
    pub(super) fn matches(&self, host: &str) -> bool {
        let labels: Vec<&str> = host.split('.').collect();
        if self.open {
            let before_the_last = &labels[..labels.len() - 1];
            return before_the_last.windows(self.labels.len()).any(|some| some == self.labels);
        }
        labels.len() >= self.labels.len() && labels[labels.len() - self.labels.len()..] == self.labels
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

/// The host of an address in plain form; the whole of what is no address.
pub(super) fn host_of(address: &str) -> &str {
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#', '\\']).next().unwrap_or(behind);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host).trim_end_matches('.')
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
        let matches = |pattern: &str, title: &str| Glob::new(pattern).matches_title(&plain(title));
        assert!(matches("gmail", "Inbox (3) - me@example.org - Gmail - Chromium"));
        assert!(matches("gmail", "Inbox — Gmail — Mozilla Firefox"));
        assert!(matches("[inprivate]", "New tab - [InPrivate] - Microsoft\u{200b} Edge"));
        assert!(matches("microsoft edge", "New tab - [InPrivate] - Microsoft\u{200b} Edge"));
        assert!(matches("discord", "Discord | #general"));
        assert!(matches("inbox - gmail", "Inbox\u{a0}-  Gmail"));
        assert!(!matches("gmail", "Why Gmail is slow - Chromium") && !matches("gmail", "gmail-export.csv"));
    }

    #[test]
    fn an_address_is_a_host_and_what_lies_under_it() {
        let matches = |pattern: &str, host: &str| Address::parse(pattern).expect("parses").matches(host);
        assert!(matches("example.org", "example.org") && matches("example.org", "www.example.org"));
        assert!(!matches("example.org", "notexample.org") && !matches("example.org", "example.org.evil.net"));
        assert!(!matches("example.org", "org") && matches("bank", "my.bank") && !matches("bank", "bank.example"));
        assert!(matches("portal.*", "portal.example.org") && matches("portal.*", "www.portal.example.org"));
        assert!(!matches("portal.*", "example.portal") && !matches("portal.*", "portal"));
        let named = |pattern: &str, host: &str| Address::parse(pattern).expect("parses").is_named_by(host);
        assert!(named("portal.*", "portal.example.org") && !named("portal.*", "portal.spec.ts"));
        assert!(named("example.rs", "www.example.rs"));
        assert!(
            ["", ".", "a..b", "a b", "*", "*.a", "a*.b", "http://a.b"].iter().all(|no| Address::parse(no).is_none())
        );
    }

    #[test]
    fn hosts_are_found_in_titles_and_in_addresses() {
        let found = |text| hosts(text).collect::<Vec<_>>();
        assert_eq!(
            found("sign in (www.example.org:443) - x, mail.example.org__u_0."),
            ["www.example.org", "mail.example.org"]
        );
        assert_eq!(found("no host... here. - at all"), Vec::<&str>::new());
        assert_eq!(host_of("https://me:pw@www.example.org:8443/a?b=c.d#e"), "www.example.org");
        assert_eq!(host_of("www.example.org/mail"), "www.example.org");
        assert_eq!(host_of("example.org."), "example.org");
    }
}

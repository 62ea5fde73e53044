//! Postal addresses: a house's number with its street, a box, a town with its code.

use std::sync::LazyLock;

use regex::Regex;

use crate::Class;
use crate::part::part;
use crate::pattern;
use crate::prefix::Prefixes;
use crate::rule::STRONG;
use crate::scan::Scan;
use crate::work::looked;

/// USPS Publication 28, appendices C1 and C2; Royal Mail and Canada Post use the same words.
const SUFFIX: &str = "street|st|avenue|ave|av|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|circle|cir|place|pl|square|sq|terrace|ter|trail|trl|parkway|pkwy|highway|hwy|way|crescent|cres|close|grove|gardens|mews|row|alley|loop|plaza|turnpike|tpke|expressway|expy|freeway|fwy|causeway|crossing|xing|ridge|point|broadway|quay|rise|vale|walk|hill";
/// What may follow on the same line: a unit, a town, a state with its code, a country's code.
const REST: &str = r"(?:,? (?:[NSEW]|[NS][EW])\b\.?)?(?:,? ?(?i:apt|apartment|suite|ste|unit|floor|fl|room|rm|#)\.? ?#?[\w-]{1,6}\b)?(?:,? (?:[A-Z][\p{L}'.-]+ ){0,2}[A-Z][\p{L}'.-]+\b)?(?:,? (?:A[BLKSZRAEP]|BC|C[AOT]|D[EC]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ABDEHINOPST]|N[BCDEHJLMSTUVY]|O[HKNR]|P[AERW]|QC|RI|S[CDK]|T[NX]|UT|V[AIT]|W[AIVY]|YT) (?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d))?(?:,? [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)?";

// Words are of any length in these patterns, which keeps them small; the line that is looked at is short.
static STREET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let named = r"[\p{L}\d][\p{L}\d'.-]*";
    let pattern = format!(
        r"^\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?,? (?i:(?:[NSEW]|[NS][EW]|north|south|east|west)\.? )?(?:{named} ){{1,4}}?(?i:{SUFFIX})\b\.?{REST}"
    );
    pattern::compile(&pattern)
});

/// Number first, then a word for street and its name: French and its kin.
static RUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let rues = RUES.join("|");
    let pattern = format!(
        r"^\d{{1,4}}(?: ?(?:bis|ter|[A-D]))?,? (?i:{rues}) (?:(?:de|du|des|la|le|les|d'|l')? ?[\p{{L}}'-]{{2,}} ?){{1,4}}(?:,? \d{{5}} \p{{Lu}}[\p{{L}}-]+)?"
    );
    pattern::compile(&pattern)
});

/// French words for street.
const RUES: [&str; 10] =
    ["rue", "avenue", "boulevard", "allée", "chemin", "impasse", "quai", "cours", "route", "place"];

/// Street first: German, Dutch and Nordic, Spanish, Italian, Portuguese; looked for before a number.
static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let [ends, calles] =
        [&ENDS[..], &CALLES].map(|words| words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|"));
    let pattern = format!(
        r"(?:\b\p{{Lu}}[\p{{L}}.-]*(?:{ends})|\b(?:{calles}) (?:[\p{{L}}'.]+ ){{0,3}}[\p{{L}}'.]{{2,}})[ ,]{{1,3}}(?:n\.? ?º? ?)?$"
    );
    pattern::compile(&pattern)
});

/// What a street's name ends with where it is one word.
const ENDS: [&str; 29] = [
    "straße",
    "strasse",
    "str.",
    "weg",
    "platz",
    "allee",
    "gasse",
    "damm",
    "ufer",
    "straat",
    "laan",
    "gatan",
    "vägen",
    "katu",
    "tie",
    "gade",
    "vej",
    "veien",
    "gracht",
    "kade",
    "plein",
    "singel",
    "chaussee",
    "promenade",
    "gata",
    "torget",
    "plads",
    "kuja",
    "steig",
];
/// What it begins with where it is several.
const CALLES: [&str; 17] = [
    "Calle", "C/", "Avenida", "Avda", "Avda.", "Paseo", "Plaza", "Via", "Viale", "Piazza", "Corso", "Rua", "Travessa",
    "ul.", "ulica", "Cadde", "Sokak",
];
/// Bytes of the longest of them.
const LONGEST_CALLE: usize = 8;

/// How far an address is looked for around its number.
const BACK: usize = 80;
const AHEAD: usize = 160;
/// And its number's group.
const GROUP: usize = 16;

/// An address whose house number is the word from `start` to `end`.
pub(crate) fn street(scan: &mut Scan<'_>, start: usize, end: usize) {
    let bytes = scan.text.as_bytes();
    // A number, and a letter at most: `221B`.
    let numbered = bytes[start..end - 1].iter().all(u8::is_ascii_digit);
    let closed = bytes.get(end).is_none_or(|byte| matches!(byte, b' ' | b',' | b'\n' | b'.' | b'-'));
    if numbered && closed && end - start <= 6 && !street_after(scan, start, end) && !boxed(scan, start, end) {
        street_before(scan, start, end);
    }
}

/// What a box at a post office is called.
const BOXES: [&str; 9] = [
    "p.o. box ",
    "po box ",
    "p.o.box ",
    "post office box ",
    "postfach ",
    "postbus ",
    "postboks ",
    "apartado ",
    "casilla ",
];

/// A box; answers whether there is one.
fn boxed(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let bytes = scan.text.as_bytes();
    if !matches!(bytes[..start], [.., b'x' | b'X' | b'h' | b's' | b'o' | b'a', b' ']) {
        return false;
    }
    let before = |name: &&&str| {
        start.checked_sub(name.len()).is_some_and(|at| bytes[at..start].eq_ignore_ascii_case(name.as_bytes()))
    };
    let Some(name) = BOXES.iter().find(before) else { return false };
    let end = town(scan.text, end);
    scan.add(start - name.len()..end, Class::PostalAddress, "post_box", STRONG, &[]);
    true
}

/// What follows a house's number: a code and its town, on the same line or the next; UPU S42's order for most of Europe, USPS's for the US.
static TOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"\p{Lu}[\p{L}'.-]+(?:[ -](?:\p{Lu}[\p{L}'.-]+|am|an der|im|de|la|le|sur|ob der|upon)){0,3}";
    let pattern = format!(
        r"^(?: ?[a-zA-Z])?(?:[-/]\d{{1,4}}[a-zA-Z]?)?(?:, ?|,? ?\r?\n|,? )(?:(?:[A-Z]{{1,3}}-)?(?:\d{{4,5}}|\d{{3}} \d{{2}}|\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|\d{{4}} ?[A-Z]{{2}}) {name}|{name}, [A-Z]{{2}} \d{{5}}(?:-\d{{4}})?)"
    );
    pattern::compile(&pattern)
});

/// Where an address ends whose house number ends at `end`: with the town, where one follows.
fn town(text: &str, end: usize) -> usize {
    let ahead = part(text, end..text.floor_char_boundary(end + BACK));
    looked(ahead.len());
    match &*TOWN {
        Some(pattern) => {
            end + pattern.find(ahead).map_or(0, |found| found.as_str().trim_end_matches(['.', '-', '\'']).len())
        }
        None => end + ahead.len(),
    }
}

/// German prepositions that a street's name begins with: `Am Markt 21`. They begin other things too, so that the town has to follow.
static AM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern::compile(
        r"\b(?:Am|An der|An den|Auf dem|Auf der|Im|In der|Zum|Zur|Unter den|Hinter der|Hinter dem|Bei der) (?:\p{Lu}[\p{L}.-]+ ?){1,3} $|\b(?:Am|Im|Zum|Zur) \p{Lu}[\p{L}.-]+ $",
    )
});

/// Number first; answers whether there is one.
fn street_after(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let text = scan.text;
    if !text.as_bytes()[end..].iter().take(4).any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) {
        return false;
    }
    let ahead = part(text, start..text.floor_char_boundary(start + AHEAD));
    looked(ahead.len());
    if !may_be_street(ahead.as_bytes()) {
        return false;
    }
    let line = ahead.split('\n').next().unwrap_or(ahead);
    // A pattern that does not compile withholds the line: what nobody can look at is not shown.
    let found = [&STREET, &RUE].into_iter().find_map(|pattern| match &**pattern {
        Some(pattern) => pattern.find(line).map(|found| found.as_str()).filter(|found| is_named(found)),
        None => Some(line),
    });
    let Some(found) = found else { return false };
    let whole = found.trim_end_matches([' ', ',', '.']).len();
    let first = flat(text, first_number(text.as_bytes(), start));
    scan.add(first..start + whole, Class::PostalAddress, "street", STRONG, &[]);
    true
}

/// Street first. Most numbers have another kind of word before them: its last letters tell.
fn street_before(scan: &mut Scan<'_>, start: usize, end: usize) {
    let text = scan.text;
    if start < 4 || text.as_bytes()[start - 1] != b' ' {
        return;
    }
    let from = text.floor_char_boundary(start.saturating_sub(BACK));
    let ended = may_end(&text.as_bytes()[from..start]);
    let called = scan.calles.last(text.as_bytes(), from, start) > from;
    // A year has four digits.
    let coded = end - start < 4 && goes_on_with_code(&text.as_bytes()[end..]);
    if !called && !ended && !coded {
        return;
    }
    let back = part(text, from..start);
    let line = back.rsplit('\n').next().unwrap_or(back);
    looked(line.len());
    let found = |pattern: &LazyLock<Option<Regex>>| {
        pattern.as_ref().map_or(Some(0), |pattern| pattern.find(line).map(|found| found.start()))
    };
    if let Some(found) = (called || ended).then_some(()).filter(|()| may_end_street(line)).and_then(|()| found(&BEFORE))
    {
        let end = town(text, end);
        scan.add(start - line.len() + found..end, Class::PostalAddress, "street_first", STRONG, &[]);
    } else if let Some(found) = coded.then(|| found(&AM)).flatten() {
        let whole = town(text, end);
        if whole > end {
            scan.add(start - line.len() + found..whole, Class::PostalAddress, "street_am", STRONG, &[]);
        }
    }
}

/// Whether a comma or a line's end and then a code follow: few numbers have that behind them.
fn goes_on_with_code(ahead: &[u8]) -> bool {
    match *ahead {
        [b',', b' ' | b'\n', digit, second, ..] | [b'\n', digit, second, ..] => {
            digit.is_ascii_digit() && second.is_ascii_digit()
        }
        _ => false,
    }
}

/// Where an address begins whose house number does at `start`: `Flat 2, 9 High Road`.
fn flat(text: &str, start: usize) -> usize {
    const LONGEST: usize = 24;
    const FLATS: [&str; 6] = ["flat ", "apartment ", "apt ", "apt. ", "unit ", "suite "];
    let before = part(text, text.floor_char_boundary(start.saturating_sub(LONGEST))..start);
    let Some(unit) = before.strip_suffix(", ") else { return start };
    looked(unit.len());
    let words = unit.rsplit(|char: char| !char.is_ascii_alphanumeric() && char != ' ' && char != '.').next();
    let words = words.unwrap_or_default().to_ascii_lowercase();
    let begin = unit.len() - words.len();
    let flat = FLATS
        .iter()
        .filter_map(|flat| words.rfind(flat).filter(|at| !part(&words, at + flat.len()..).contains(' ')))
        .max();
    flat.map_or(start, |at| start - before.len() + begin + at)
}

/// Where the house number's group of numbers begins: `10-12 Main Street`. What else such a group is must not be cut in two.
fn first_number(bytes: &[u8], start: usize) -> usize {
    let group = bytes[start.saturating_sub(GROUP)..start].iter().rev();
    let length = group.take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    let lead = bytes[start - length..start].iter().take_while(|byte| **byte == b'-').count();
    start - length + lead
}

/// What is typed in small letters may be an address too, unless it reads as a sentence.
fn is_named(found: &str) -> bool {
    const PLAIN: [&str; 24] = [
        "the", "a", "an", "of", "in", "on", "to", "my", "your", "this", "is", "are", "was", "ways", "way", "miles",
        "minutes", "hours", "people", "and", "or", "we", "times", "by",
    ];
    let name = || found.split([' ', ',']).skip(1).take_while(|word| !word.is_empty());
    let capital =
        name().next().is_some_and(|word| word.starts_with(|char: char| char.is_uppercase() || char.is_ascii_digit()));
    // A comma between the number and the word for street: French.
    let rue = found.split_once(", ").filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let rue = rue
        .and_then(|(_, name)| name.split(' ').next())
        .is_some_and(|word| RUES.contains(&word.to_lowercase().as_str()));
    capital
        || rue
        || !name().take(4).any(|word| PLAIN.contains(&word))
            && RUES.iter().chain(&STRONG_SUFFIX).any(|suffix| name().take(5).any(|word| word == *suffix))
}

const STRONG_SUFFIX: [&str; 8] = ["street", "st", "avenue", "ave", "road", "rd", "drive", "lane"];

/// All words for street.
static STREETS: LazyLock<Prefixes<()>> =
    LazyLock::new(|| Prefixes::new(SUFFIX.split('|').chain(RUES).map(|word| (word, ()))));

/// A word for street among the next ones of the line, without a pattern: numbers are many, addresses few.
fn may_be_street(ahead: &[u8]) -> bool {
    let (streets, mut left) = (&*STREETS, 7);
    let mut at = word_end(ahead, 0);
    while left > 0 && ahead.get(at).is_some_and(|byte| *byte != b'\n') {
        let start = at + 1;
        at = word_end(ahead, start);
        let word = &ahead[start..at];
        let mut is_street = false;
        streets.at(word, |length, ()| is_street |= length == word.len());
        if is_street {
            return true;
        }
        left -= usize::from(!word.is_empty());
    }
    false
}

/// Where a word of an address ends that begins at `start`.
fn word_end(line: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b' ' | b',' | b'.' | b'\n');
    line[start..].iter().position(ends).map_or(line.len(), |length| start + length)
}

/// How far a text has been looked at for words that a street's name begins with. Of many numbers in a row, each has nearly
/// the same before it: it is looked at once.
#[derive(Clone, Copy, Default)]
pub(crate) struct Calles {
    seen: usize,
    last: usize,
}

impl Calles {
    /// Where the last one ends that ends after `from` and before `to`, whatever line it is on; before `from` where there is none.
    fn last(&mut self, bytes: &[u8], from: usize, to: usize) -> usize {
        let seen = self.seen.max(from);
        for at in (seen..to).filter(|at| bytes[*at] == b' ') {
            let word = &bytes[at.saturating_sub(LONGEST_CALLE)..at];
            if ends_as_calle(word) {
                self.last = at;
            }
        }
        looked(to.saturating_sub(seen));
        self.seen = seen.max(to);
        self.last
    }
}

/// Whether the pattern of a street before a number could fit: one of its words stands where it has them.
fn may_end_street(line: &str) -> bool {
    let trimmed = line.trim_end_matches([' ', ',']);
    ENDS.iter().any(|end| trimmed.ends_with(end)) || line.as_bytes().split(|byte| *byte == b' ').any(ends_as_calle)
}

/// Whether a word ends with one of those for street.
fn ends_as_calle(word: &[u8]) -> bool {
    may_be_calle(word) && CALLES.iter().any(|calle| word.ends_with(calle.as_bytes()))
}

/// Whether a text with spaces and commas behind it ends as one that ends with a word for street, as far as three bytes tell; a
/// test holds this to the words.
fn may_end(text: &[u8]) -> bool {
    let length = text.iter().rposition(|byte| !matches!(byte, b' ' | b',')).map_or(0, |last| last + 1);
    matches!(
        text[..length],
        [.., b's', b's', b'e']
            | [.., 0xc3, 0x9f, b'e']
            | [.., b't', b'r', b'.']
            | [.., b'w', b'e', b'g']
            | [.., b'a', b't', b'z' | b'u']
            | [.., b'l', b'e', b'e']
            | [.., b'a', b'm', b'm']
            | [.., b'f', b'e', b'r']
            | [.., b'a', b'a', b't' | b'n']
            | [.., b't', b'a', b'n']
            | [.., b'g' | b'i', b'e', b'n']
            | [.., b't', b'i', b'e']
            | [.., b'a', b'd', b'e']
            | [.., b'v', b'e', b'j']
            | [.., b'c', b'h', b't']
            | [.., b'e', b'i', b'n' | b'g']
            | [.., b'g', b'e', b'l' | b't']
            | [.., b's', b'e', b'e']
            | [.., b'a', b't', b'a']
            | [.., b'a', b'd', b's']
            | [.., b'u', b'j', b'a']
    )
}

/// Whether a word ends as one of those for street does, as far as two letters tell; a test holds this to the words.
fn may_be_calle(word: &[u8]) -> bool {
    let [.., before, last] = word else { return false };
    matches!(
        [before, last],
        [b'C', b'/']
            | [b'd' | b'i' | b'z' | b'u' | b's' | b'c', b'a']
            | [b'l' | b'd', b'e']
            | [b'a' | b'l', b'.']
            | [b'e' | b's', b'o']
            | [b'a', b'k']
    )
}

#[cfg(test)]
mod tests {
    use super::{CALLES, ENDS, LONGEST_CALLE, may_be_calle, may_end};
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn each_word_for_street_ends_as_one_does() {
        assert!(CALLES.iter().all(|calle| may_be_calle(calle.as_bytes()) && calle.len() <= LONGEST_CALLE));
        assert!(ENDS.iter().all(|end| may_end(format!("Haupt{end}, ").as_bytes())));
    }

    #[test]
    fn addresses_are_found_as_the_post_has_them() {
        for address in [
            "123 Main Street, Boston, MA 02110",
            "88 King St W, Toronto, ON M5H 1J9",
            "221B Baker Street, London NW1 6XE",
            "1600 Pennsylvania Avenue NW",
            "12 rue de la Paix, 75002 Paris",
            "Hauptstraße 12",
            "Hauptstraße 12a, 10115 Berlin",
            "Goethestr. 11, 80410 München",
            "Am Markt 21, 53111 Bonn",
            "Mannerheimintie 2, 00100 Helsinki",
            "Keizersgracht 904, 1016 EJ Amsterdam",
            "ul. Długa 12, 00-238 Warszawa",
            "Storgatan 81, 111 23 Stockholm",
            "41, avenue Victor Hugo, 69003 Lyon",
            "Flat 2, 9 High Road, Leeds LS1 4AP",
            "738 W 42nd St Apt 5B, New York, NY 10063",
            "P.O. Box 864, Denver, CO 80282",
            "Calle Mayor 5",
            "Via Roma 12",
            "10-12 Main Street",
            "Storveien 12",
            "ulica Długa 5",
        ] {
            let text = format!("ship to {address}\nthanks");
            assert_eq!(found(&text), [(Class::PostalAddress, address)]);
        }
        let address = "Flat 2, 9 High Road, Leeds LS1 4AP";
        assert_eq!(
            found(&format!("ship to →{address}")),
            [(Class::PostalAddress, address)],
            "behind a mark of some bytes"
        );
        let several = format!("1 2 3 Calle Mayor 5 and 7,{} 8 9 Via Roma 12, or Via Verdi\n3", " it is".repeat(20));
        let addresses = ["Calle Mayor 5", "Via Roma 12"].map(|address| (Class::PostalAddress, address));
        assert_eq!(found(&several), addresses, "a word is looked at once, and counts for each number behind it");
        for text in [
            "Am Montag 12, dann",
            "Im Jahr 2024, 10000 Mal",
            "Box 12, Denver",
            "1991-1998, Thomas G. Lane",
            "3 ways to win",
            "in 2024 the way was long",
            "5 things on the road",
            "at 10 we drive",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}

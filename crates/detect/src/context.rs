//! Which topics are spoken of near a place in a text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::byte::{self, BEGINS, CAPITAL, LETTER, run};
use super::prefix::Prefixes;
use super::words::{Topic, WORDS};
use super::work::looked;

/// How far before something a word may stand and still name it, in bytes.
const BEFORE: usize = 64;
/// How far after.
const AFTER: usize = 32;
/// A word as short as this is also part of many others: it counts as a whole word only.
const SHORT: usize = 5;

/// A word that names things: where it begins, where it ends, and its topic.
type Word = (usize, usize, Topic);

/// The words of a text that name things.
pub(super) struct Context {
    /// In the order of their ends.
    words: Vec<Word>,
}

impl Context {
    /// What `text` speaks of.
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut words = words(bytes);
        words.retain(|(start, end, _)| end - start > SHORT || stands_apart(bytes, *start, *end));
        Self { words }
    }

    /// Each of them, in the order of their ends.
    pub(super) fn words(&self) -> impl Iterator<Item = Word> {
        self.words.iter().copied()
    }

    /// Whether one of `topics` is spoken of near `span`.
    pub(super) fn near(&self, span: &Range<usize>, topics: &[Topic]) -> bool {
        if topics.is_empty() {
            return false;
        }
        let first = self.words.partition_point(|(_, end, _)| end + BEFORE < span.start);
        let within = self.words[first..].iter().take_while(|(_, end, _)| *end <= span.end + 2 * AFTER);
        let within = within.inspect(|_| looked(1));
        within.filter(|(start, _, _)| *start <= span.end + AFTER).any(|(_, _, topic)| topics.contains(topic))
    }
}

/// Whether no letter touches it; a capital after a small letter begins a new word.
fn stands_apart(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| text[at]);
    // `_key` is the end of a name: what stands before it belongs to it.
    let apart_before = !text[start].is_ascii_alphabetic()
        || before.is_none_or(|byte| !byte.is_ascii_alphabetic())
        || before.is_some_and(|byte| byte.is_ascii_lowercase()) && text[start].is_ascii_uppercase();
    let after = text.get(end);
    let apart_after = after.is_none_or(|byte| !byte.is_ascii_alphabetic())
        || after.is_some_and(u8::is_ascii_uppercase) && text[end - 1].is_ascii_lowercase();
    apart_before && apart_after
}

/// A word longer than this may be several: `mypassportnumberis`, `Betriebsstättennummer`. It is looked at from every letter.
const GLUED: usize = 11;

static LEXICON: LazyLock<Prefixes<Topic>> = LazyLock::new(|| {
    // Two words of a topic may be forms of one another: each form is there once.
    let of = |words: &[&'static str]| words.iter().flat_map(|word| forms(word)).collect::<BTreeSet<_>>();
    Prefixes::new(WORDS.iter().flat_map(|(topic, words)| of(words).into_iter().map(|form| (form, *topic))))
});

/// A word as it may be written: in small letters, in capitals, with one; as one name, `date_of_birth`, `dateOfBirth`; without accents. Where only ASCII's
/// letters differ, one form is enough.
fn forms(word: &'static str) -> Vec<Cow<'static, str>> {
    let mut forms = Vec::new();
    for spelling in spellings(word) {
        let (first, rest) = spelling.split_at(spelling.ceil_char_boundary(1));
        let capitals = [spelling.to_uppercase(), first.to_uppercase() + rest].map(Cow::Owned);
        for form in [spelling].into_iter().chain(capitals) {
            if forms.iter().all(|other: &Cow<'_, str>| !other.eq_ignore_ascii_case(&form)) {
                forms.push(form);
            }
        }
    }
    forms
}

/// What joins the words of a name.
const JOINTS: [&str; 4] = [" ", "_", "-", ""];
/// A word of fewer bytes is another one without its accents, or without what joins its parts.
const PLAIN: usize = 7;

/// A word, and how programs and keyboards without its letters write it.
fn spellings(word: &'static str) -> Vec<Cow<'static, str>> {
    let mut spellings = vec![Cow::Borrowed(word)];
    let mut plain = vec![word.to_string()];
    if word.len() >= PLAIN {
        let digraphs = word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
        plain.extend([without_accents(&digraphs), without_accents(word)]);
    }
    for plain in plain {
        let parts: Vec<&str> = plain.split([' ', '_', '-']).collect();
        // A name's beginning or end alone: `_key`.
        let whole = !parts.contains(&"") && word.len() > SHORT;
        let joints = JOINTS.iter().filter(|joint| whole && (word.len() >= PLAIN || !joint.is_empty()));
        spellings.extend(joints.map(|joint| Cow::Owned(parts.join(joint))));
        spellings.push(Cow::Owned(plain));
    }
    spellings
}

/// What is left of letters where a keyboard has no accents.
fn without_accents(word: &str) -> String {
    let plain = |char: char| match char {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ő' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ű' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' => 'n',
        'ś' | 'š' | 'ş' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'ł' => 'l',
        'ğ' => 'g',
        'ý' => 'y',
        'ř' => 'r',
        other => other,
    };
    word.chars().map(plain).collect()
}

/// Each word in `text`. Looked for where a word can begin, not at every byte.
fn words(text: &[u8]) -> Vec<Word> {
    let (mut found, mut at, lexicon) = (Vec::new(), 0, &*LEXICON);
    let mut look = |start: usize| {
        lexicon.at(&text[start..], |length, topic| found.push((start, start + length, *topic)));
    };
    while at < text.len() {
        let first = byte::kinds(text[at]);
        if first & LETTER == 0 {
            // A digit, a mark, or a character of another script, which writes no spaces between words.
            if first & BEGINS != 0 {
                look(at);
            }
            at += 1;
            continue;
        }
        look(at);
        let (end, kinds) = run(text, at + 1, LETTER);
        if end - at > GLUED {
            (at + 1..end).for_each(&mut look);
        } else if kinds & CAPITAL != 0 {
            // A capital after a small letter begins a word as well.
            let begins = |start: &usize| text[*start].is_ascii_uppercase() && text[start - 1].is_ascii_lowercase();
            (at + 1..end).filter(begins).for_each(&mut look);
        }
        at = end;
    }
    found.sort_by_key(|(_, end, _)| *end);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_begins_where_words_are_looked_for() {
        let forms = WORDS.iter().flat_map(|(_, words)| words.iter()).flat_map(|word| forms(word));
        for form in forms {
            assert!(byte::kinds(form.as_bytes()[0]) & (LETTER | BEGINS) != 0, "{form}");
        }
    }

    #[test]
    fn a_word_is_known_however_a_name_is_made_of_it() {
        let topics = |text: &str| {
            let mut topics: Vec<Topic> = Context::new(text).words().map(|(_, _, topic)| topic).collect();
            topics.dedup();
            topics
        };
        for text in
            ["date de naissance", "date_de_naissance", "DATE-DE-NAISSANCE", "dateDeNaissance", "Fecha_de_Nacimiento"]
        {
            assert_eq!(topics(text), [Topic::Birth], "{text}");
        }
        assert_eq!(topics("fuehrerschein"), topics("Führerschein"));
        assert_eq!(topics("contrasena"), topics("CONTRASEÑA"));
        assert_eq!(topics("storage_key"), [Topic::Secret]);
        assert_eq!(topics("je ne le sais"), []);
    }
}

//! Wallets: addresses, keys, and the words that make them.

use std::ops::{Range, RangeInclusive};

use bip39::Language;
use sha2::{Digest, Sha256};

use crate::Class;
use crate::byte::{self, DIGIT, GAP, WORD, run};
use crate::part::part;
use crate::rule::{LABELLED, STRONG};
use crate::scan::Scan;
use crate::words::Topic;
use crate::work::looked;

/// An address or a key, if the word from `start` to `end` is one.
pub(crate) fn wallet(scan: &mut Scan<'_>, start: usize, end: usize) {
    let word = part(scan.text, start..end);
    let rule = match end - start {
        26..=36 if is_base58check(word, 21..=21) => "base58check_address",
        51..=52 if is_base58check(word, 33..=34) => "wallet_import_format",
        107..=113 if is_base58check(word, 78..=78) => "bip32_key",
        42 if word.strip_prefix("0x").is_some_and(is_hex) => "ethereum_address",
        14..=110 if is_bech32(word) => "bech32_address",
        _ => return,
    };
    scan.add(start..end, Class::Wallet, rule, STRONG, &[]);
}

/// 32 bytes in hexadecimal where a wallet is spoken of: a private key.
pub(crate) fn raw_key(scan: &mut Scan<'_>, start: usize, end: usize) {
    let word = part(scan.text, start..end);
    let digits = word.strip_prefix("0x").unwrap_or(word);
    if digits.len() == 64 && is_hex(digits) {
        scan.add(start..end, Class::Wallet, "raw_key", LABELLED, &[Topic::Wallet]);
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit()) && text.bytes().any(|byte| byte != b'0')
}

/// Base58 with four bytes of double SHA-256, as Bitcoin's wiki defines it; its kin use the same with other versions.
fn is_base58check(word: &str, payload: RangeInclusive<usize>) -> bool {
    let Ok(bytes) = bs58::decode(word).into_vec() else { return false };
    let Some((body, check)) = bytes.split_last_chunk::<4>() else { return false };
    payload.contains(&body.len()) && Sha256::digest(Sha256::digest(body))[..4] == *check
}

/// BIP-173 and BIP-350: the parts before the `1` that are in use.
fn is_bech32(word: &str) -> bool {
    const PREFIXES: [&str; 14] = [
        "bc", "tb", "bcrt", "ltc", "cosmos", "osmo", "addr", "stake", "lnurl", "npub", "nsec", "terra", "juno",
        "celestia",
    ];
    let lower = word.to_ascii_lowercase();
    let known = lower.split_once('1').is_some_and(|(prefix, _)| PREFIXES.contains(&prefix));
    known && bech32::decode(&lower).is_ok()
}

/// BIP-39: as many words as there may be, each of three to eight letters.
const COUNTS: [usize; 5] = [24, 21, 18, 15, 12];
const SHORTEST: usize = 12;

/// Words in a row that may make a phrase: how many, and where they lie.
#[derive(Clone, Copy, Default)]
pub(crate) struct Words {
    count: usize,
    start: usize,
    end: usize,
}

/// The next word of the text, which goes on a phrase or ends it. Only its length is looked at: few words in a row are all
/// of three to eight letters.
#[inline(always)]
pub(crate) fn phrase_word(scan: &mut Scan<'_>, start: usize, end: usize) {
    let words = scan.phrase;
    let fits = (3..=8).contains(&(end - start));
    if words.count > 0 && !(fits && is_gap(&scan.text.as_bytes()[words.end..start])) {
        end_phrase(scan);
    }
    if fits {
        let Words { count, start: first, .. } = scan.phrase;
        scan.phrase = Words { count: count + 1, start: if count == 0 { start } else { first }, end };
    }
}

/// No more words follow: when they are enough, they are looked at.
pub(crate) fn end_phrase(scan: &mut Scan<'_>) {
    let words = std::mem::take(&mut scan.phrase);
    if words.count >= SHORTEST {
        let text = scan.text;
        listed_phrases(scan, &words_of(text, words).collect::<Vec<_>>());
    }
}

/// The phrases among words of which some are of the list. A phrase is of nothing else, so the last word of the shortest one is
/// looked at first: in prose it is seldom of the list, and those before it need not be looked up.
fn listed_phrases(scan: &mut Scan<'_>, words: &[Range<usize>]) {
    let text = scan.text;
    let place = |word: &Range<usize>| place(part(text, word.clone()));
    let mut at = 0;
    while let Some(first) = words.get(at..at + SHORTEST) {
        if let Some(other) = first.iter().rposition(|word| place(word).is_none()) {
            at += other + 1;
            continue;
        }
        let listed: Vec<Word> = words[at..].iter().map_while(|word| Some((word.clone(), place(word)?))).collect();
        phrases(scan, &listed);
        at += listed.len() + 1;
    }
}

/// Where each of the words lies; what holds digits between them are numbers of a list.
fn words_of(text: &str, Words { start, end, .. }: Words) -> impl Iterator<Item = Range<usize>> {
    let mut at = start;
    let runs = std::iter::from_fn(move || {
        let (stop, kinds) = (at < end).then(|| run(text.as_bytes(), at, WORD))?;
        let word = at..stop;
        at = stop.max(at + 1);
        Some((word, kinds))
    });
    runs.filter(|(word, kinds)| !word.is_empty() && kinds & DIGIT == 0).map(|(word, _)| word)
}

/// Where a word stands in the text, and its place in the list.
type Word = (Range<usize>, u16);

fn place(word: &str) -> Option<u16> {
    Language::English.find_word(&word.to_ascii_lowercase())
}

/// The phrases among words that are all of the list.
fn phrases(scan: &mut Scan<'_>, words: &[Word]) {
    let mut at = 0;
    while at + SHORTEST <= words.len() {
        let fits = COUNTS.iter().find(|count| at + **count <= words.len() && is_phrase(&words[at..at + **count]));
        let Some(count) = fits else {
            at += 1;
            continue;
        };
        let span = words[at].0.start..words[at + count - 1].0.end;
        scan.add(span, Class::SeedPhrase, "bip39", STRONG, &[Topic::Wallet]);
        at += count;
    }
    // Where a wallet is spoken of, a slip in one word does not make prose of it.
    if let [(first, _), .., (last, _)] = words
        && words.len() >= SHORTEST
    {
        scan.add(first.start..last.end, Class::SeedPhrase, "bip39_words", LABELLED, &[Topic::Wallet]);
    }
}

/// What may stand between two words of a phrase: spaces, commas, numbers of a list.
fn is_gap(gap: &[u8]) -> bool {
    gap.len() <= 8 && gap.iter().all(|byte| byte::kinds(*byte) & GAP != 0)
}

/// Eleven bits a word; of 33 bits the last one is of the SHA-256 of the others. Each word of a long text is looked at anew
/// for each count of words, so this is arithmetic and no parsing.
fn is_phrase(words: &[Word]) -> bool {
    let (mut bytes, mut length) = ([0; 33], 0);
    let (mut bits, mut held) = (0u32, 0);
    for place in words.iter().map(|(_, place)| *place) {
        (bits, held) = (bits << 11 | u32::from(place), held + 11);
        while held >= 8 {
            held -= 8;
            bytes[length] = (bits >> held) as u8;
            length += 1;
        }
    }
    looked(words.len());
    let check = words.len() / 3;
    // The last byte is not full where there are fewer than 24 words.
    let last = if held > 0 { (bits << (8 - held)) as u8 } else { bytes[32] };
    let digest = Sha256::digest(&bytes[..words.len() * 4 / 3]);
    digest[0] >> (8 - check) == last >> (8 - check)
}

#[cfg(test)]
mod tests {
    use crate::Class;
    use crate::tests::found;

    #[test]
    fn addresses_pass_their_checksums() {
        // BIP-173, BIP-350, the genesis block, EIP-55.
        for address in [
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ] {
            assert_eq!(found(&format!("send to {address}.")), [(Class::Wallet, address)]);
        }
        for text in ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_seed_phrase_is_found_behind_words_that_are_not_of_the_list() {
        let phrase = format!("{}about", "abandon ".repeat(11));
        for before in 0..26 {
            // The one that is not of the list stands at any place of those that are looked at together.
            let text = format!("{}xyzzy {phrase} xyzzy {phrase}", "zoo ".repeat(before));
            assert_eq!(found(&text), [(Class::SeedPhrase, phrase.as_str()); 2], "{before}");
        }
    }

    #[test]
    fn a_seed_phrase_is_twelve_words_and_a_checksum() {
        // BIP-39's first test vector: eleven times the first word.
        let phrase = format!("{}about", "abandon ".repeat(11));
        assert_eq!(found(&format!("It says: {phrase}.")), [(Class::SeedPhrase, phrase.as_str())]);
        let listed: String = phrase.split(' ').enumerate().map(|(at, word)| format!("{}. {word}\n", at + 1)).collect();
        assert_eq!(found(&listed).iter().map(|(class, _)| *class).collect::<Vec<_>>(), [Class::SeedPhrase]);
        assert_eq!(found(&"abandon ".repeat(12)), [], "no checksum");
        assert_eq!(found(&format!("wallet: {}", "abandon ".repeat(12))).len(), 1, "but said to be one");
    }
}

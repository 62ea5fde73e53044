//! Values typed in every roundabout way: nothing of them may be told, and what surrounds them should be.

use proptest::prelude::*;

use super::{script, told};
use crate::detect::{Detector, Mode};
use crate::typed::{Role, ScriptRecord, play};

/// What the detectors know without a word beside it.
const VALUES: [&str; 7] = [
    "pat.lee156@example.org",
    "605-30-3840",
    "276-28-4634",
    "4111111111111111",
    "4079 8523 5065 0927",
    "5555-5555-5555-4444",
    "078-51-9120",
];

/// Those of them that are known without their separators, too.
const CARDS: [&str; 3] = ["4111111111111111", "4079 8523 5065 0927", "5555-5555-5555-4444"];

/// What says nothing of anybody. None of them is a word of a seed phrase: twelve of those in a row are one every sixteenth time.
const WORDS: [&str; 15] = [
    "the", "grey", "white", "hens,", "meeting", "after", "supper.", "kindly", "took", "it", "to", "eleven", "and",
    "thanks!", "Why?",
];

/// One way to bring text into a field, as a script.
fn typed(text: &str, ways: &[u8]) -> String {
    typed_at(text, ways, true)
}

/// The same: at the start of the field, or behind something, of which Home would take along what is not meant.
fn typed_at(text: &str, ways: &[u8], at_start: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let Some((way, ways)) = ways.split_first() else { return text.to_owned() };
    if chars.len() < 4 {
        return text.to_owned();
    }
    let half = 2 + usize::from(way / 12) % (chars.len() - 3);
    let [first, second] = [&chars[..half], &chars[half..]].map(|part| part.iter().collect::<String>());
    let (length, rest) = (second.chars().count(), ways);
    match way % 12 {
        0 => {
            format!("{}{}{}", typed_at(&second, rest, at_start), "<ArrowLeft>".repeat(length), first)
                + &"<ArrowRight>".repeat(length)
        }
        1 => format!("{first}q<Backspace>{}", typed_at(&second, rest, false)),
        2 => format!("{first}<wait:2600>{}", typed_at(&second, rest, false)),
        3 => format!("{first}<paste:{second}>"),
        4 => format!(
            "{first}oops<Shift+ArrowLeft><Shift+ArrowLeft><Shift+ArrowLeft><Shift+ArrowLeft>{}",
            typed_at(&second, rest, false)
        ),
        5 => format!("{} wrong<Ctrl+Backspace><Backspace>{}", typed_at(&first, rest, at_start), second),
        6 => format!("{first}<paste:zz><Ctrl+Z>{}", typed_at(&second, rest, false)),
        7 => {
            // The last character first.
            let back: String = second.chars().rev().map(|last| format!("{last}<ArrowLeft>")).collect();
            format!("{first}{back}") + &"<ArrowRight>".repeat(length)
        }
        8 => format!("{first}#<ArrowLeft>{}<Delete>", typed_at(&second, rest, false)),
        9 => format!("{first}{second}<Backspace>{}", chars[chars.len() - 1]),
        10 if at_start => format!("{second}<Shift+Home><Ctrl+X>{first}<Ctrl+V>"),
        _ => chars.iter().map(|one| format!("{one}<wait:700>")).collect(),
    }
}

/// Letters and digits of what is told, in order.
fn letters(told: &str) -> String {
    told.chars().filter(|told| told.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The longest run of a value's letters and digits that is told.
fn longest_run(value: &str, records: &[ScriptRecord]) -> usize {
    let keys: String = records
        .iter()
        .filter_map(|record| match record {
            ScriptRecord::KeyDown { key, .. } if key.chars().count() == 1 => Some(key.as_str()),
            _ => None,
        })
        .collect();
    let (value, told) = (letters(value), letters(&keys));
    let runs = (1..=value.len()).rev();
    runs.into_iter()
        .find(|length| (0..=value.len() - length).any(|at| told.contains(&value[at..at + length])))
        .unwrap_or(0)
}

fn assert_safe(keys: &str, value: &str) -> Result<(), TestCaseError> {
    for role in [Role::Known, Role::Unknown] {
        let records = play(Detector::new(Mode::Balanced), script(keys), role);
        let (run, all) = (longest_run(value, &records), letters(value).len());
        prop_assert!(run * 10 < all * 6, "{run} of {all} in {role:?}\n{keys}\n{}", told(&records));
        prop_assert!(records.iter().any(|record| matches!(record, ScriptRecord::Redacted { .. })), "{keys}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_way_of_typing_a_value_tells_it(
        value in prop::sample::select(&VALUES[..]),
        ways in prop::collection::vec(any::<u8>(), 0..4),
        before in "([a-z]{1,7} ){0,4}",
        behind in "( [a-z]{1,7}){0,4}",
    ) {
        // What is cut out of a whole line takes the words before it along.
        let before = if ways.iter().any(|way| way % 12 == 10) { "" } else { before.as_str() };
        assert_safe(&format!("{before}{}{behind}", typed(value, &ways)), value)?;
    }

    #[test]
    fn what_was_typed_and_taken_back_is_not_told(
        value in prop::sample::select(&VALUES[..]),
        ways in prop::collection::vec(0..132u8, 0..2),
        back in prop::sample::select(&["<Ctrl+A><Backspace>", "<Ctrl+A><Delete>", "<Shift+Home>", "<Ctrl+A>", "<Ctrl+U>", "<Home><Ctrl+K>", "<Ctrl+Z><Ctrl+Z><Ctrl+Z>"][..]),
        behind in "[a-z]{1,7}( [a-z]{1,7}){0,4}",
    ) {
        assert_safe(&format!("{}{back}{behind}", typed(value, &ways)), value)?;
    }

    #[test]
    fn no_way_of_splitting_a_value_tells_it(
        value in prop::sample::select(&CARDS[..]),
        cuts in prop::collection::btree_set(1..10usize, 1..4),
        between in prop::sample::select(&["<Tab>", "<Enter>", "<Click>", "<Blur>", "<Tab><wait:3000>", "<wait:2500><Enter>", "<Enter><wait:9000>"][..]),
    ) {
        let digits = letters(value);
        let mut keys = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if cuts.contains(&at) {
                keys += between;
            }
            keys.push(digit);
        }
        assert_safe(&format!("{keys}<Enter>"), value)?;
    }

    #[test]
    fn harmless_words_are_told_exactly(
        lines in prop::collection::vec(prop::collection::vec(prop::sample::select(&WORDS[..]), 1..9), 1..6),
        edits in prop::collection::vec(prop::sample::select(&["<Backspace>", "<Home>", "<End>", "<ArrowLeft>", "<Ctrl+ArrowLeft>", "<Shift+End>", "<Ctrl+Z>", "<Tab>", "<Enter>", "<wait:3000>", "<Ctrl+S>", ""][..]), 6),
    ) {
        let keys: String = lines.iter().zip(&edits).map(|(line, edit)| format!("{}{edit}", line.join(" "))).collect();
        let records = play(Detector::new(Mode::Balanced), script(&keys), Role::Known);
        prop_assert_eq!(told(&records), keys.replace("<wait:3000>", ""));
    }

    #[test]
    fn any_script_is_answered(keys in "([a-z0-9 @.\\-]|<(Tab|Enter|Click|Blur|Ctrl\\+[azyxcvwk]|Shift\\+Tab|ArrowUp|ArrowDown|Ctrl\\+ArrowLeft|Process|wait:4000|Shift\\+Insert|Unheard)>){0,120}") {
        let records = play(Detector::new(Mode::Balanced), script(&keys), Role::Known);
        let unknown = play(Detector::new(Mode::Balanced), script(&keys), Role::Unknown);
        let letter = |record: &ScriptRecord| matches!(record, ScriptRecord::KeyDown { key, .. } if key.chars().count() == 1);
        prop_assert!(!unknown.iter().any(letter), "{}", told(&unknown));
        let times: Vec<f64> = records.iter().map(|record| match record {
            ScriptRecord::KeyDown { t_ms, .. } => t_ms.as_f64().unwrap_or(0.0),
            ScriptRecord::Redacted { t_ms, .. } | ScriptRecord::Withheld { t_ms, .. } => *t_ms as f64,
        }).collect();
        prop_assert!(times.is_sorted(), "{times:?}");
    }
}

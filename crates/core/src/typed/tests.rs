//! The engine as a whole, on scripts.

mod attack;
mod bounds;
mod boxes;
mod field;
mod hostile;
mod leak;
mod silent;
mod stroll;
mod typist;
mod value;

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::clock::Time;
use crate::detect::{Detector, Mode};
use crate::event::{Code, Modifiers};

/// Events of a script: characters by themselves, names in angle brackets, a paste as `<paste:text>`, a rest as `<wait:milliseconds>`.
fn script(keys: &str) -> Vec<ScriptEvent> {
    let (mut events, mut now, mut rest) = (Vec::new(), 0, keys);
    while let Some(first) = rest.chars().next() {
        now += 150;
        let (name, length) = match rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
            Some((name, _)) => (name.to_owned(), name.len() + 2),
            None => (first.to_string(), first.len_utf8()),
        };
        rest = &rest[length..];
        if let Some(wait) = name.strip_prefix("wait:") {
            now += wait.parse::<u64>().unwrap();
            continue;
        }
        let event = match name.strip_prefix("paste:") {
            Some(text) => json!({ "t_ms": now, "key": "Ctrl+V", "paste": text }),
            None => json!({ "t_ms": now, "key": name }),
        };
        events.push(serde_json::from_value(event).unwrap());
    }
    events
}

/// What would be sealed, in the same notation: placeholders as `⟨class⟩`.
fn told(records: &[ScriptRecord]) -> String {
    let tell = |record: &ScriptRecord| match record {
        ScriptRecord::KeyDown { key, .. } if key.chars().count() == 1 => key.clone(),
        ScriptRecord::KeyDown { key, .. } => format!("<{key}>"),
        ScriptRecord::Redacted { class, .. } => format!("⟨{class}⟩"),
        ScriptRecord::Withheld { reason, .. } => format!("⟨withheld: {reason}⟩"),
    };
    records.iter().map(tell).collect()
}

fn trusted(keys: &str) -> String {
    told(&play(Detector::new(Mode::Balanced), script(keys), Role::Known))
}

fn unknown(keys: &str) -> String {
    told(&play(Detector::new(Mode::Balanced), script(keys), Role::Unknown))
}

#[test]
fn harmless_text_is_told_as_it_was() {
    for keys in [
        "Dear all,<Enter>the meeting is at 10:30 in room 204.<Enter><Enter>See you there<Shift+Home>Bye<Ctrl+Z><Ctrl+Y>",
        "git commit -m 'fix: 3 typos'<Enter>cargo test<Enter>",
        "12<Tab>15<Tab>9.5<Tab>total<Enter>13<Tab>14<Tab>8.25<Tab>sum<Enter>",
        "teh<Backspace><Backspace>he quick brown fox<Ctrl+Backspace>dog<Ctrl+ArrowLeft><Ctrl+ArrowLeft>lazy <End>",
    ] {
        assert_eq!(trusted(keys), keys);
    }
}

#[test]
fn what_makes_a_value_becomes_one_placeholder() {
    let cases = [
        ("my ssn is 605-30-3840 thanks", "my ssn is ⟨us_ssn⟩ thanks"),
        ("my ssn is 605x<Backspace>-30-3840 thanks", "my ssn is ⟨us_ssn⟩ thanks"),
        ("ssn 3840<Home><Ctrl+ArrowRight><ArrowRight>605-30-<End>", "ssn ⟨us_ssn⟩<End>"),
        ("ssn 605-30-3840<Ctrl+A><Backspace>never mind", "ssn ⟨us_ssn⟩<Ctrl+A><Backspace>never mind"),
        ("ssn <paste:605-30->3840", "ssn ⟨us_ssn⟩"),
        ("a <paste:605-30-3840> b", "a ⟨us_ssn⟩ b"),
        ("card 4111111111111111<Enter>ok", "card ⟨credit_card⟩<Enter>ok"),
    ];
    for (keys, expected) in cases {
        assert_eq!(trusted(keys), expected, "{keys}");
    }
}

#[test]
fn going_back_over_a_value_does_not_tell_how_long_it_was() {
    let deleted = "ssn 605-30-3840".to_owned() + &"<Backspace>".repeat(11) + "no";
    assert_eq!(trusted(&deleted), "ssn ⟨us_ssn⟩no");
    let crossed = "605-30-3840".to_owned() + &"<ArrowLeft>".repeat(11) + "ssn ";
    assert_eq!(trusted(&crossed), "⟨us_ssn⟩ssn ");
}

#[test]
fn a_first_try_and_a_second_time_are_not_told_either() {
    assert_eq!(
        trusted("605-30<Ctrl+A><Delete>wait, <Enter>ssn 605-30-3840"),
        "⟨us_ssn⟩<Ctrl+A><Delete>wait, <Enter>ssn ⟨us_ssn⟩"
    );
    let again = trusted("ssn 605-30-3840<Enter>I said 605303840, yes");
    assert!(!again.contains("3038"), "{again}");
}

#[test]
fn neighbouring_fields_are_read_together() {
    for keys in [
        "4111<Tab>1111<Tab>1111<Tab>1111<Tab>",
        "4111<wait:5000><Tab>1111<wait:5000><Tab><wait:5000>1111<wait:9000><Tab>1111<Tab>",
        "605<Tab>30<Tab>3840<Enter>",
        "605<Tab><wait:20000>30<wait:20000><Tab>3840<Enter>",
        "3840<Shift+Tab>30<Shift+Tab>605",
        "605<Enter>30<Enter>3840<Enter>",
        "3840<Click>605-30-<wait:7000>",
        "41111111<Enter><wait:10000>11111111",
        "41111111<Click><wait:4000>11111111",
        "41111111<Blur><wait:12000>11111111",
    ] {
        let told = trusted(keys);
        assert!(!told.contains(|told: char| told.is_ascii_digit()), "{keys}: {told}");
    }
}

#[test]
fn numbers_of_a_sheet_are_not_taken_for_what_two_of_them_make_by_chance() {
    // Together, each two of them have a check digit that some country asks for.
    for keys in [
        "15637<Enter>62522<Enter>30073<Enter>69597<Enter>58504<Enter>44944<Enter>",
        "94347<Enter>65919<Enter>",
        "94347<Enter><wait:9000>65919<Enter><wait:9000>",
    ] {
        assert_eq!(trusted(keys), keys.replace("<wait:9000>", ""));
    }
    // In boxes for its parts, in one line, or beside a word that names it, it is one.
    for keys in ["94347<Tab>65919<Enter>", "9434765919<Enter>", "nhs number<Enter>94347<Enter>65919<Enter>"] {
        let told = trusted(keys);
        assert!(!told.contains("5919") && !told.contains("943"), "{keys}: {told}");
    }
    // The end of a line that was taken back ends none.
    let told = trusted("94347<Enter><Backspace>65919<Enter>");
    assert!(!told.contains(|told: char| told.is_ascii_digit()), "{told}");
}

#[test]
fn where_the_caret_is_unknown_six_digits_or_a_token_are_enough() {
    assert_eq!(trusted("order 12<Click>345 of May"), "order 12345 of May", "too few");
    let split = trusted("number 1234<Click>567 x");
    assert!(!split.contains(|told: char| told.is_ascii_digit()), "{split}");
    let pasted = trusted("<Ctrl+V>4567-8901");
    assert!(!pasted.contains(|told: char| told.is_ascii_digit()), "{pasted}");
    assert_eq!(trusted("<Ctrl+V> is in room 12"), "<Ctrl+V> is in room 12");
    let composed = trusted("<Process>aB3kQ9zLw2pX<Process>");
    assert!(!composed.contains("kQ9"), "{composed}");
}

#[test]
fn numbers_and_tokens_are_uncertain_and_the_words_around_them_are_not() {
    for (keys, expected) in [
        // Word by word, applications go different ways; the numbers are the same whichever way.
        (
            "ticket 5958, page 11 of 7265 <Ctrl+ArrowLeft>new <End>",
            "ticket 5958, page 11 of 7265 <Ctrl+ArrowLeft>new <End>",
        ),
        ("see <Ctrl+V> and ticket 5958 page 11 today", "see <Ctrl+V> and ticket ⟨uncertain⟩ today"),
        ("<Ctrl+V> is aB3kQ9zLw2pX, isn't it", "<Ctrl+V> is ⟨uncertain⟩ isn't it"),
    ] {
        assert_eq!(trusted(keys), expected, "{keys}");
    }
}

#[test]
fn what_stands_whole_in_one_field_takes_nothing_of_the_next_along() {
    assert_eq!(trusted("none<Tab>p.lee@example.org<Tab>Oslo<Enter>"), "none<Tab>⟨email⟩<Tab>Oslo<Enter>");
}

#[test]
fn what_another_field_ends_with_hides_nothing() {
    for keys in [
        "room 20<Blur>4111<Enter>111111111111<Enter>",
        "room 20<Click><Blur>4111111111111111<Enter>",
        "20<Tab>605<Tab>30<Tab>3840<Tab>",
    ] {
        let told = trusted(keys);
        assert!(!told.contains("1111") && !told.contains("3840"), "{keys}: {told}");
    }
}

#[test]
fn of_an_unknown_field_kinds_of_keys_are_told_and_nothing_more() {
    let records =
        play(Detector::new(Mode::Balanced), script("hunter2!<ArrowLeft><Backspace>x<Tab>a<Enter>"), Role::Unknown);
    assert_eq!(told(&records), "⟨unknown_field⟩<Tab>⟨unknown_field⟩<Enter>");
    let ScriptRecord::Redacted { keys, .. } = &records[0] else { panic!("{records:?}") };
    assert_eq!(keys, &["letter", "digit", "punctuation", "editing", "navigation"]);
    let same = unknown("<Tab><ArrowDown><ArrowDown><Enter><Escape><F5><Ctrl+S>");
    assert_eq!(same, "<Tab><ArrowDown><ArrowDown><Enter><Escape><F5><Ctrl+S>", "menus and shortcuts are told");
    let lengths = ["ab", "abcdefgh", "bbbbaaaabbbbaaaa"].map(|keys| unknown(&format!("{keys}<Enter>")));
    assert!(lengths.iter().all(|told| *told == lengths[0]), "{lengths:?}");
}

#[test]
fn a_dead_key_belongs_to_what_it_types() {
    assert_eq!(unknown("caf<Dead>é<Enter>"), "⟨unknown_field⟩<Enter>");
    assert_eq!(unknown("<Dead>é<Enter>"), "⟨unknown_field⟩<Enter>");
    assert_eq!(trusted("caf<Dead>é<Enter>"), "caf<Dead>é<Enter>");
}

type Hold<F> = TypedHold<F, String>;

fn at(millis: u64) -> Time {
    Time::ZERO.after(Duration::from_millis(millis))
}

fn key(name: &str) -> Edit {
    Edit::from_key(name, if name.chars().count() == 1 { name } else { "" }, Modifiers::NONE)
}

fn down<F: Find>(hold: &mut Hold<F>, millis: u64, name: &str) {
    let code = Code::parse(&format!("Key{}", u32::from(name.chars().next().unwrap()))).unwrap();
    hold.push(at(millis), Stroke::Down(code, key(name)), format!("+{name}"));
}

fn up<F: Find>(hold: &mut Hold<F>, millis: u64, name: &str) {
    let code = Code::parse(&format!("Key{}", u32::from(name.chars().next().unwrap()))).unwrap();
    hold.push(at(millis), Stroke::Up(code), format!("-{name}"));
}

fn exact(kept: Vec<Kept<String>>) -> Vec<String> {
    kept.into_iter()
        .map(|kept| match kept {
            Kept::Exact(payload) => payload,
            Kept::Redacted(placeholder) => placeholder.label.name().to_owned(),
            Kept::Withheld(withheld) => withheld.reason.name().to_owned(),
        })
        .collect()
}

#[test]
fn keys_wait_until_the_field_was_left_and_quiet() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    down(&mut hold, 0, "h");
    up(&mut hold, 80, "h");
    down(&mut hold, 100, "Enter");
    assert_eq!(hold.next_release(), Some(at(2100)));
    assert!(hold.release(at(2099)).is_empty());
    up(&mut hold, 2100, "Enter");
    assert_eq!(exact(hold.release(at(2100))), ["+h", "-h", "+Enter"]);
    assert!(hold.release(at(500_000)).is_empty(), "nobody left the field");
    assert_eq!(exact(hold.end(at(500_001))), ["-Enter"]);
}

#[test]
fn a_key_that_is_not_told_does_not_go_up_and_shift_goes_with_it() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    down(&mut hold, 0, " ");
    down(&mut hold, 10, "Shift");
    for (number, name) in "605-30-3840".chars().enumerate() {
        down(&mut hold, 20 + number as u64 * 10, &name.to_string());
        if number == 1 {
            up(&mut hold, 35, " ");
        }
    }
    up(&mut hold, 140, "Shift");
    down(&mut hold, 145, "Enter");
    up(&mut hold, 150, "0");
    assert_eq!(exact(hold.end(at(200))), ["+ ", "- ", "us_ssn", "+Enter"]);
}

#[test]
fn of_a_secret_field_nothing_comes_out_and_nothing_waits() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    hold.focus(at(0), Some(FieldId(1)), Role::Password);
    for (number, name) in ["s", "e", "c", "Tab"].into_iter().enumerate() {
        down(&mut hold, number as u64, name);
        up(&mut hold, number as u64, name);
    }
    hold.focus(at(10), Some(FieldId(2)), Role::Known);
    down(&mut hold, 20, "x");
    assert_eq!(exact(hold.end(at(30))), ["secret-field", "+x"]);
}

#[test]
fn what_waits_of_a_field_that_turns_out_to_be_secret_is_withheld() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    hold.focus(at(0), Some(FieldId(7)), Role::Unknown);
    "hunter".chars().for_each(|name| down(&mut hold, 1, &name.to_string()));
    hold.focus(at(2), Some(FieldId(7)), Role::Password);
    down(&mut hold, 3, "2");
    hold.focus(at(4), Some(FieldId(8)), Role::Known);
    down(&mut hold, 5, "a");
    hold.focus(at(6), Some(FieldId(7)), Role::Known);
    down(&mut hold, 7, "3");
    assert_eq!(exact(hold.end(at(8))), ["secret-field", "+a"], "and it stays secret");
}

#[test]
fn what_does_not_fit_is_withheld_and_what_follows_is_judged_with_it() {
    let limits = Limits { presses: 20, ..Limits::default() };
    let mut hold = Hold::new(Detector::new(Mode::Balanced), limits, Role::Known);
    // The bound is reached within the number.
    for (number, name) in "it is harmless 605-30-3840".chars().enumerate() {
        down(&mut hold, number as u64, &name.to_string());
    }
    assert_eq!(exact(hold.end(at(99))), ["hold-full", "us_ssn"]);
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    down(&mut hold, 0, "a");
    assert_eq!(exact(hold.release(at(600_000))), Vec::<String>::new());
    assert_eq!(exact(hold.release(at(600_001))), ["hold-full"], "ten minutes in a field that nobody leaves");
}

#[test]
fn what_waited_for_too_long_is_remembered_with_what_follows_it() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    "card 4111 11".chars().for_each(|name| down(&mut hold, 0, &name.to_string()));
    assert_eq!(exact(hold.release(at(600_001))), ["hold-full"]);
    assert!(hold.release(at(600_002)).is_empty());
    "11 1111 1111".chars().for_each(|name| down(&mut hold, 600_003, &name.to_string()));
    assert_eq!(exact(hold.end(at(600_004))), ["credit_card"]);
}

struct Broken;

impl Find for Broken {
    fn find(&self, _: &str) -> Vec<Finding> {
        panic!("a rule is wrong")
    }
}

#[test]
fn when_the_detectors_fail_nothing_is_told() {
    let mut hold = Hold::new(Broken, Limits::default(), Role::Known);
    down(&mut hold, 0, "a");
    down(&mut hold, 1, "Enter");
    assert_eq!(exact(hold.release(at(3000))), ["detector-failed"]);
    up(&mut hold, 3001, "a");
    down(&mut hold, 3002, "b");
    assert_eq!(exact(hold.end(at(6000))), ["detector-failed"]);
}

#[test]
fn what_is_cut_short_may_have_been_the_beginning_of_something() {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    "ssn 605-3".chars().enumerate().for_each(|(number, name)| down(&mut hold, number as u64, &name.to_string()));
    assert_eq!(exact(hold.cut(at(50))), ["unfinished"]);
    "hello".chars().enumerate().for_each(|(number, name)| down(&mut hold, 100 + number as u64, &name.to_string()));
    hold.focus(at(200), None, Role::Known);
    assert_eq!(exact(hold.cut(at(300))), ["unknown_field"], "after a cut, nobody knows the field");
}

#[test]
fn a_placeholder_says_when_only_to_the_second_and_never_before_the_record_before() {
    let records = play(Detector::new(Mode::Balanced), script("<wait:3000>605-30-3840<Enter>"), Role::Known);
    assert!(matches!(records[0], ScriptRecord::Redacted { t_ms: 3000, .. }), "{records:?}");
    let records = play(Detector::new(Mode::Balanced), script("<wait:3100>a 605-30-3840"), Role::Known);
    assert!(matches!(records[2], ScriptRecord::Redacted { t_ms: 3550, .. }), "{records:?}");
}

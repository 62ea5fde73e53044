//! What of a keyboard is told, by who had the focus, which field, and what was typed.

use std::time::Duration;

use super::*;
use crate::detect::{Finding, Mode};
use crate::event::{Code, Key};
use crate::gate::Gate;
use crate::track::Track;

const WINDOW: Focus = Focus::Allowed { window: 7, trust: Trust::Known };
const TRUSTED: Focus = Focus::Allowed { window: 8, trust: Trust::Typed };
const TERMINAL: Focus = Focus::Allowed { window: 9, trust: Trust::Shown };
const EXCLUDED: Focus = Focus::Withheld(WithheldReason::ExcludedApplication);
const NAME: FieldId = FieldId(1);
const PASSWORD: FieldId = FieldId(2);

fn at(millis: u64) -> Time {
    Time::ZERO.after(Duration::from_millis(millis))
}

/// A keyboard, and the time of its next key.
struct Bench {
    keys: Keys<Detector>,
    now: u64,
}

impl Bench {
    fn new() -> Self {
        Self { keys: Keys::new(Detector::new(Mode::Balanced)), now: 1000 }
    }

    fn key(&mut self, key: &str, text: &str) {
        let key = Key { code: Code::UNIDENTIFIED, key: key.into(), text: text.into() };
        let action = KeyboardAction::Down { key, repeat: false };
        let value = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
        let admitted = Gate::for_tests().admit(Track::Keyboard, Sample { time: at(self.now), value });
        self.keys.push(admitted.expect("is admitted"), at(self.now));
        self.now += 100;
    }

    fn types(&mut self, text: &str) -> &mut Self {
        for typed in text.chars() {
            self.key(&typed.to_string(), &typed.to_string());
        }
        self
    }

    fn window(&mut self, focus: Focus) -> &mut Self {
        self.keys.window(at(self.now), focus);
        self.now += 100;
        self
    }

    /// Is told this long after it is so.
    fn element(&mut self, field: FieldId, role: Role, late: u64) -> &mut Self {
        self.keys.element(at(self.now + late), Field { id: field, role, shows: true });
        self
    }

    fn rests(&mut self, millis: u64) -> &mut Self {
        self.now += millis;
        self
    }

    /// What is told by now.
    fn told(&mut self) -> String {
        let verdicts = self.keys.release(at(self.now));
        tell(&verdicts)
    }

    fn cut(&mut self) -> String {
        let verdicts = self.keys.cut(at(self.now));
        tell(&verdicts)
    }
}

/// Keys as their text, placeholders as their class, what is withheld as its reason.
fn tell(verdicts: &[Verdict]) -> String {
    let tell = |verdict: &Verdict| match verdict {
        Verdict::Keep(kept) => match &kept.value().action {
            KeyboardAction::Down { key, .. } if key.text.is_empty() => format!("<{}>", key.key),
            KeyboardAction::Down { key, .. } => key.text.clone(),
            KeyboardAction::Redacted(placeholder) => format!("⟨{}⟩", placeholder.class.as_str()),
            action => format!("{action:?}"),
        },
        Verdict::Withhold(Span { reason: WithheldReason::UnknownField | WithheldReason::SensitiveContent, .. }) => {
            String::new()
        }
        Verdict::Withhold(span) => format!("[{:?}]", span.reason),
    };
    verdicts.iter().map(tell).collect()
}

#[test]
fn keys_are_told_once_their_window_has_been_left() {
    let mut bench = Bench::new();
    bench.window(TRUSTED).types("hello");
    assert_eq!(bench.rests(5000).told(), "", "somebody may go on");
    assert_eq!(bench.window(WINDOW).rests(3000).told(), "hello");
}

#[test]
fn where_nobody_knows_the_field_only_kinds_are_told() {
    let mut bench = Bench::new();
    bench.window(WINDOW).types("hello").window(TRUSTED).rests(3000);
    assert_eq!(bench.told(), "⟨unknown_field⟩");
}

#[test]
fn a_known_field_is_told_without_what_is_sensitive() {
    let mut bench = Bench::new();
    bench.window(WINDOW).element(NAME, Role::Known, 0).types("ssn 078-05-1121").window(TRUSTED).rests(40_000);
    assert_eq!(bench.told(), "ssn ⟨us_ssn⟩");
}

#[test]
fn of_what_is_sensitive_in_a_field_that_nobody_knows_not_even_the_class_is_told() {
    let mut bench = Bench::new();
    bench.window(WINDOW).types("ssn 078-05-1121").window(TRUSTED).rests(40_000);
    assert_eq!(bench.told(), "⟨unknown_field⟩");
}

#[test]
fn of_a_password_field_nothing_is_told_even_when_the_news_is_late() {
    let mut bench = Bench::new();
    bench.window(WINDOW).element(NAME, Role::Known, 0).types("anna");
    bench.key("Tab", "\t");
    bench.element(PASSWORD, Role::Password, 90).types("hunter2 and more").window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "[SecretField]anna\t");
}

#[test]
fn behind_tab_nothing_is_known_until_it_is_told() {
    let mut bench = Bench::new();
    bench.window(WINDOW).element(NAME, Role::Known, 0).types("anna");
    bench.key("Tab", "\t");
    bench.types("abc").rests(300).element(FieldId(3), Role::Known, 0).types("def").window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "anna\t⟨unknown_field⟩def");
}

#[test]
fn news_that_is_a_little_late_is_of_the_field_that_the_keys_went_to() {
    let mut bench = Bench::new();
    bench.window(WINDOW).element(NAME, Role::Known, 120).types("anna");
    bench.key("Tab", "\t");
    bench.element(FieldId(3), Role::Known, 150).types("def").window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "anna\tdef");
}

#[test]
fn news_of_the_field_before_is_not_of_the_one_behind_tab() {
    let mut bench = Bench::new();
    bench.window(WINDOW).types("a").element(NAME, Role::Known, 0).rests(50);
    bench.key("Tab", "\t");
    bench.types("def").rests(1000).window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "a\t⟨unknown_field⟩");
}

#[test]
fn an_application_that_is_trusted_is_not_trusted_with_a_password() {
    let mut bench = Bench::new();
    bench.window(TRUSTED).types("ok").rests(1000);
    bench.element(PASSWORD, Role::Password, 0).types("hunter2").window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "[SecretField]ok");
}

#[test]
fn a_terminal_is_trusted_with_what_it_shows() {
    let mut bench = Bench::new();
    bench.window(TERMINAL);
    let mut told = String::new();
    for (typed, shows) in "sudo id\nhunter2\nls\n".chars().zip("+++++++ ------- ++ ".chars()) {
        match typed {
            '\n' => bench.key("Enter", "\r"),
            typed => bench.key(&typed.to_string(), &typed.to_string()),
        }
        if shows == '+' {
            bench.keys.show(at(bench.now - 60), 9);
        }
        // Another terminal shows something all the time, and this one when Enter was pressed.
        bench.keys.show(at(bench.now - 30), 7);
        if typed == '\n' {
            bench.keys.show(at(bench.now - 20), 9);
            bench.rests(1000);
        }
        told += &bench.told();
    }
    told += &bench.window(WINDOW).rests(40_000).told();
    assert_eq!(told.replace("[SecretField]", ""), "sudo id\rls\r");
}

#[test]
fn of_an_excluded_application_nothing_is_told() {
    let mut bench = Bench::new();
    bench.window(TRUSTED).types("ab").rests(1000).window(EXCLUDED).types("cd").window(TRUSTED).types("ef");
    let told = bench.rests(3000).window(WINDOW).rests(3000).told();
    assert_eq!(told.replace("[ExcludedApplication]", "-"), "--abef");
}

#[test]
fn a_cut_tells_what_is_finished_and_not_what_may_be_a_beginning() {
    let mut bench = Bench::new();
    bench.window(TRUSTED).types("hello");
    assert_eq!(bench.cut(), "hello");
    bench.window(TRUSTED).types("4111 11");
    assert_eq!(bench.cut(), "⟨unfinished⟩");
}

#[test]
fn where_the_detectors_fail_nothing_is_told() {
    struct Broken;
    impl Find for Broken {
        fn find(&self, _: &str) -> Vec<Finding> {
            panic!("as scripted")
        }
    }
    let mut keys = Keys::judged_by(Broken, Limits::default());
    keys.window(at(10), TRUSTED);
    for n in 0..3 {
        let key = Key { code: Code::UNIDENTIFIED, key: "a".into(), text: "a".into() };
        let action = KeyboardAction::Down { key, repeat: false };
        let value = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
        let sample = Sample { time: at(100 + n * 100), value };
        keys.push(Gate::for_tests().admit(Track::Keyboard, sample).expect("is admitted"), at(100 + n * 100));
    }
    keys.window(at(1000), WINDOW);
    assert_eq!(tell(&keys.release(at(60_000))), "[DetectorFailed]");
}

#[test]
fn news_of_a_field_that_is_older_than_the_window_says_nothing_of_it() {
    let mut bench = Bench::new();
    bench.window(TRUSTED).types("a").window(WINDOW).rests(500);
    bench.told();
    // Of the window before, told behind the window's own news.
    bench.keys.element(at(1050), Field { id: NAME, role: Role::Known, shows: true });
    bench.types("hello").window(TRUSTED).rests(40_000);
    assert_eq!(bench.told(), "a⟨unknown_field⟩");
}

#[test]
fn keys_that_come_behind_the_news_that_the_keyboard_moved_on_are_withheld() {
    let mut bench = Bench::new();
    bench.window(WINDOW).rests(3000);
    bench.keys.window(at(3500), TRUSTED);
    bench.told();
    let now = std::mem::replace(&mut bench.now, 2000);
    bench.types("pass").rests(now);
    bench.window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "[UnknownFocus]".repeat(4));
}

#[test]
fn a_backlog_waits_for_the_news_that_belongs_to_it() {
    let mut bench = Bench::new();
    bench.window(WINDOW).element(NAME, Role::Known, 0).rests(100);
    // Typed long ago, and nobody has said yet where.
    let typed = bench.now;
    bench.types("pass");
    bench.now = typed;
    for sample in ["w", "d"] {
        let key = Key { code: Code::UNIDENTIFIED, key: sample.into(), text: sample.into() };
        let action = KeyboardAction::Down { key, repeat: false };
        let value = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
        let admitted = Gate::for_tests().admit(Track::Keyboard, Sample { time: at(typed + 300), value });
        bench.keys.push(admitted.expect("is admitted"), at(typed + 5000));
    }
    bench.now = typed + 5000;
    bench.told();
    bench.keys.element(at(typed + 200), Field { id: PASSWORD, role: Role::Password, shows: true });
    bench.rests(1000).window(TRUSTED).rests(40_000);
    assert_eq!(bench.told(), "[SecretField]pass");
}

#[test]
fn of_a_backlog_it_is_remembered_who_had_the_keyboard() {
    let mut bench = Bench::new();
    bench.window(TRUSTED);
    let typed = at(bench.now);
    let key = Key { code: Code::UNIDENTIFIED, key: "x".into(), text: "x".into() };
    let action = KeyboardAction::Down { key, repeat: false };
    let value = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
    let admitted = Gate::for_tests().admit(Track::Keyboard, Sample { time: typed, value });
    // All of it comes at once, long after it happened.
    bench.rests(5000).keys.push(admitted.expect("is admitted"), at(8000));
    bench.window(EXCLUDED).rests(1900);
    assert_eq!(bench.told(), "", "nobody has waited yet");
    bench.rests(40_000);
    assert_eq!(bench.told(), "x");
}

#[test]
fn old_news_does_not_let_in_keys_that_come_behind_newer_news() {
    let mut bench = Bench::new();
    bench.window(WINDOW).rests(3000);
    bench.keys.window(at(3500), TRUSTED);
    bench.told();
    bench.keys.click(at(1500));
    bench.told();
    let now = std::mem::replace(&mut bench.now, 2000);
    bench.types("pass").rests(now);
    bench.window(WINDOW).rests(40_000);
    assert_eq!(bench.told(), "[UnknownFocus]".repeat(4));
}

#[test]
fn beside_a_key_that_came_too_late_nothing_is_told_of_a_value() {
    for late in 9..14 {
        let mut bench = Bench::new();
        let card = "4539578763621486";
        bench.window(TRUSTED).element(NAME, Role::Known, 0).types(&card[..8]);
        // News of another element, by which the keyboard is there for good.
        bench.element(FieldId(3), Role::Known, 0).rests(2000);
        assert_eq!(bench.told(), "");
        bench.now -= 2050;
        bench.types(&card[8..late]);
        bench.rests(2000).types(&card[late..]);
        let told = bench.window(WINDOW).rests(40_000).told();
        let digits = told.chars().filter(char::is_ascii_digit).count();
        assert!(digits < 6 && told.contains("[UnknownFocus]"), "{late}: {told}");
    }
}

//! What holding and judging cost, counted: it grows with what was typed, and no faster.

use std::cell::Cell;

use super::{Hold, at, down, exact, key};
use crate::detect::{Detector, Finding, Mode};
use crate::event::{Code, Modifiers};
use crate::typed::{Edit, Find, Limits, Role, Stroke};

/// Presses of a full hold.
const FULL: usize = 8192;

/// What a judgement of a full hold may look at, and a last step with which it came to more.
const MOST: u64 = 44_000_000;

/// `count` presses of what is typed again and again.
fn again(edits: Vec<Edit>, count: usize) -> Vec<Edit> {
    edits.into_iter().cycle().take(count).collect()
}

fn text(text: &str) -> Vec<Edit> {
    text.chars().map(|char| if char == '\n' { key("Enter") } else { key(&char.to_string()) }).collect()
}

fn chord(name: &str, modifiers: Modifiers) -> Edit {
    Edit::from_key(name, "", modifiers)
}

fn control(name: &str) -> Edit {
    chord(name, Modifiers::CONTROL)
}

/// What was looked at to judge the whole at once, and what came out.
fn judged(edits: Vec<Edit>) -> (u64, Vec<String>) {
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    for (number, edit) in edits.into_iter().enumerate() {
        hold.push(at(number as u64), Stroke::Down(Code::UNIDENTIFIED, edit), String::from("key"));
    }
    let out = exact(hold.end(at(20_000)));
    (hold.took(), out)
}

/// A number nobody else has, so that no two of them are the same value.
fn numbered() -> Vec<Edit> {
    let line = |number: usize| {
        let serial = 1000 + number * 37 % 9000;
        format!(
            "the meeting is at noon, pat{number}@example.org has 605-30-{serial} and pays with 4079 8523 5065 0927; "
        )
    };
    (0..100).flat_map(|number| text(&line(number))).collect()
}

fn kinds() -> Vec<(&'static str, Vec<Edit>)> {
    let shift = Modifiers::SHIFT;
    let mut insert_undo = text("ssn 605-30-38");
    insert_undo.extend([text("4"), vec![control("z")]].concat().into_iter().cycle().take(2000));
    let in_the_middle =
        [text("605-30-3840 and more "), vec![control("ArrowLeft"), control("ArrowLeft"), control("ArrowRight")]];
    let paste = [
        text("a word 4079 "),
        vec![
            chord("ArrowLeft", Modifiers::CONTROL.with(shift)),
            control("c"),
            chord("ArrowRight", Modifiers::NONE),
            control("v"),
            key("Enter"),
        ],
    ];
    let back_over = [text("4111111111111111"), vec![key("ArrowLeft"); 16], vec![key("Home"), key("End")]];
    vec![
        (
            "prose",
            text(
                "Dear all, the meeting is on Thursday, as usual after lunch. Whoever has something to tell may do so.\n",
            ),
        ),
        ("values", numbered()),
        ("a long line", text("x7")),
        ("a long word", text("word")),
        ("insert and undo", insert_undo),
        ("fields", [text("4111"), vec![key("Tab")]].concat()),
        ("lines", text("12\n")),
        ("in the middle", in_the_middle.concat()),
        ("pastes", paste.concat()),
        ("pastes of what nobody knows", vec![control("v"), key("1")]),
        ("back over a number", back_over.concat()),
    ]
}

/// What costs as much as the line is long, with every press.
fn long_ways() -> Vec<(&'static str, Vec<Edit>)> {
    let kill = [text("a word 4079 "), vec![control("c"), control("v")]];
    let over = [control("ArrowLeft"), control("a"), control("x"), control("v"), control("z"), control("y")];
    vec![
        ("from end to end", [text("12 "), vec![key("Home"), key("1"), key("End")]].concat()),
        ("words as long as the line", [text("1a"), vec![control("ArrowLeft"), control("ArrowRight")]].concat()),
        ("cut and pasted again", kill.concat()),
        ("over and over", [text("605-30-3840 b.c,d:e "), over.to_vec()].concat()),
    ]
}

#[test]
fn twice_as_much_costs_no_more_than_twice_as_much() {
    for (name, edits) in kinds() {
        let (half, _) = judged(again(edits.clone(), FULL / 2));
        let (full, out) = judged(again(edits, FULL - 1));
        println!("{name}: {half} {full}, {} records", out.len());
        assert!(out != ["hold-full"] || ["in the middle", "pastes"].contains(&name), "{name} fits into the budget");
        assert!(full * 10 <= half * 24, "{name}: {half}, then {full}");
        assert!(full <= MOST, "{name}: {full}");
    }
}

#[test]
fn what_goes_a_long_way_with_every_press_stays_within_the_budget() {
    for (name, edits) in long_ways() {
        let (work, out) = judged(again(edits, FULL - 1));
        println!("{name}: {work}, {} records", out.len());
        assert!(work <= MOST, "{name}: {work}");
    }
}

#[test]
fn what_doubles_with_every_press_is_withheld() {
    let [all, copy, paste] = ["a", "c", "v"].map(control);
    let doubling = [all, copy, key("End"), paste].to_vec();
    let edits = [text("605-30-3840 is nobody's "), again(doubling, 4000), text("605-30-3840")].concat();
    let (work, out) = judged(edits);
    assert_eq!(out, ["hold-full"]);
    assert!(work <= MOST, "{work}");
}

#[test]
fn more_ways_than_can_be_followed_are_withheld_and_what_comes_after_is_judged() {
    // Each account has another text of a whole hold of digits, in the middle of a long line.
    let divide = [control("ArrowLeft"), control("z"), control("a"), control("c"), control("y"), control("v")];
    let mut edits = text("a.b c,d 12:34 ");
    edits.extend(again([again(divide.to_vec(), 6), text("8523 5065,0927.4079 ")].concat(), FULL / 2));
    let mut hold = Hold::new(Detector::new(Mode::Balanced), Limits::default(), Role::Known);
    for (number, edit) in edits.into_iter().enumerate() {
        hold.push(at(number as u64), Stroke::Down(Code::UNIDENTIFIED, edit), String::from("key"));
    }
    hold.click(at(10_000));
    let out = exact(hold.release(at(50_000)));
    assert!(out.iter().all(|told| told == "hold-full" || told == "uncertain"), "{:?}", out.first());
    "hello".chars().for_each(|name| down(&mut hold, 50_001, &name.to_string()));
    hold.focus(at(50_002), None, Role::Known);
    assert_eq!(exact(hold.end(at(90_000))).concat(), "+h+e+l+l+o");
}

/// Counts how often the detectors are asked.
struct Counting<'a>(&'a Cell<usize>);

impl Find for Counting<'_> {
    fn find(&self, text: &str) -> Vec<Finding> {
        self.0.set(self.0.get() + 1);
        Detector::new(Mode::Balanced).find(text)
    }
}

#[test]
fn what_did_not_change_is_not_judged_again() {
    let asked = Cell::new(0);
    let mut hold = Hold::new(Counting(&asked), Limits::default(), Role::Known);
    for number in 0..40 {
        down(&mut hold, number * 1000, "7");
        hold.click(at(number * 1000 + 1));
    }
    down(&mut hold, 41_000, "x");
    let mut out = exact(hold.release(at(41_000)));
    let first = asked.get();
    assert!(first > 0);
    for tick in 0..60_000 {
        out.extend(exact(hold.release(at(41_000 + tick))));
    }
    assert_eq!(asked.get(), first, "nothing was added, so nothing is read");
    assert!(!out.contains(&"+7".to_owned()), "forty digits, between which the caret may have been anywhere");
}

#[test]
fn when_the_hold_is_full_half_of_it_is_judged_at_once() {
    let asked = Cell::new(0);
    let limits = Limits { presses: 200, ..Limits::default() };
    let mut hold = Hold::new(Counting(&asked), limits, Role::Known);
    // Each line has been left and quiet for two seconds when the bound is reached, and may be a piece, so that it waits.
    for number in 0..1000 {
        down(&mut hold, number * 100, "1");
        down(&mut hold, number * 100 + 1, "2");
        down(&mut hold, number * 100 + 2, "Enter");
    }
    let calls = asked.get();
    assert!(calls < 20_000, "{calls}: as often as for some thirty judgements, and not for a thousand");
}

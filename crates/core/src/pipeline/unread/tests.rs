use super::*;
use crate::detect::Mode;

fn at(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

fn hear(unread: &mut Unread, heard: Heard, begun: u64) -> Option<Turn> {
    unread.hear(1, heard, (at(begun), at(begun + 10)))
}

fn shows(found: &[u64]) -> Heard {
    Heard::Shows(found.to_vec())
}

/// A window that changed at this time.
fn changed(millis: u64) -> Unread {
    let mut unread = Unread::default();
    unread.begin(true);
    assert_eq!(unread.change(1, at(millis), None, false), Change::News);
    unread
}

fn waits(unread: &Unread) -> Vec<(Time, u64)> {
    unread.waits().collect()
}

#[test]
fn a_change_is_read_a_while_behind_it_and_waits_until_then() {
    let mut unread = changed(100);
    assert_eq!((unread.next(), unread.take(at(599))), (Some(at(600)), vec![]));
    assert_eq!(unread.change(1, at(500), None, false), Change::Known);
    assert_eq!(unread.take(at(600)), [1]);
    assert_eq!(unread.take(at(9000)), [0; 0], "nobody reads it twice at once");
    assert_eq!(hear(&mut unread, shows(&[]), 600), None);
    assert_eq!(waits(&unread), [(at(100), 1)], "what changed meanwhile waits on");
    assert_eq!(unread.next(), Some(at(1110)));
    assert_eq!(unread.take(at(1110)), [1]);
    hear(&mut unread, shows(&[]), 1110);
    assert_eq!((waits(&unread), unread.next()), (vec![], None));
}

#[test]
fn who_takes_long_is_left_alone_for_longer() {
    let mut unread = changed(0);
    unread.take(at(500));
    unread.hear(1, shows(&[]), (at(500), at(900)));
    unread.change(1, at(900), None, false);
    assert_eq!(unread.next(), Some(at(900 + 3200)));
}

#[test]
fn what_shows_something_is_exposed_since_its_first_change_until_it_says_twice_that_it_does_not() {
    let mut unread = changed(100);
    unread.change(1, at(300), None, false);
    assert_eq!(hear(&mut unread, shows(&[7]), 600), Some(Turn::Expose(at(100))));
    assert_eq!(unread.next(), Some(at(1610)), "it is watched");
    assert_eq!(hear(&mut unread, shows(&[]), 1700), None);
    assert_eq!(hear(&mut unread, shows(&[7]), 2000), Some(Turn::Expose(at(100))), "all the time");
    assert_eq!(hear(&mut unread, shows(&[]), 3000), None);
    assert_eq!(hear(&mut unread, shows(&[]), 3400), None, "not long enough");
    assert_eq!(hear(&mut unread, shows(&[]), 3500), Some(Turn::Clear));
    assert_eq!(hear(&mut unread, shows(&[]), 4500), None);
}

#[test]
fn what_the_contributor_allows_is_allowed_and_nothing_else() {
    let mut unread = changed(100);
    hear(&mut unread, shows(&[7, 8]), 600);
    unread.allow();
    assert_eq!(hear(&mut unread, shows(&[8]), 1700), None);
    assert_eq!(hear(&mut unread, shows(&[8, 9]), 2800), Some(Turn::Expose(at(2800))));
    hear(&mut unread, Heard::Gone, 3900);
    unread.change(1, at(4000), None, false);
    assert_eq!(hear(&mut unread, shows(&[7]), 5000), Some(Turn::Expose(at(4000))), "another window of that number");
}

#[test]
fn who_says_nothing_is_waited_for_three_times_and_asked_again_when_it_changed() {
    let mut unread = changed(100);
    for begun in [600, 1200] {
        hear(&mut unread, Heard::NothingYet, begun);
        assert_eq!(waits(&unread).len(), 1);
    }
    hear(&mut unread, Heard::NothingYet, 1800);
    assert_eq!((waits(&unread), unread.next()), (vec![], None));
    unread.change(1, at(1900), None, false);
    assert_eq!((waits(&unread), unread.next()), (vec![], Some(at(11_810))));
    hear(&mut unread, shows(&[7]), 11_900);
    unread.change(1, at(12_000), None, false);
    assert_eq!(waits(&unread), [(at(12_000), 1)], "it tells by now");
    let mut unread = changed(100);
    hear(&mut unread, Heard::Nothing, 600);
    assert_eq!(waits(&unread), [], "it never will");
}

#[test]
fn who_told_and_does_not_any_more_is_late_until_the_contributor_says_so() {
    let mut unread = changed(100);
    hear(&mut unread, shows(&[]), 700);
    unread.change(1, at(800), None, false);
    for begun in 1..9 {
        hear(&mut unread, Heard::Nothing, begun * 2000);
    }
    assert_eq!(unread.late(at(20_000)).collect::<Vec<_>>(), [(at(800), 1)]);
    unread.allow();
    assert_eq!(waits(&unread), []);
    unread.change(1, at(21_000), None, false);
    hear(&mut unread, Heard::Nothing, 22_000);
    assert_eq!(waits(&unread), []);
}

#[test]
fn who_does_not_answer_is_asked_less_and_less_and_is_late_in_the_end() {
    let mut unread = changed(100);
    let mut pauses = Vec::new();
    for begun in 1..8 {
        hear(&mut unread, Heard::Silent, begun * 10_000);
        pauses.push(unread.next().expect("it is asked again").since(at(begun * 10_000 + 10)).as_millis());
    }
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    assert_eq!((unread.next_late(at(5099)), unread.late(at(5099)).count()), (Some(at(5100)), 0));
    assert_eq!(unread.next_late(at(5100)), None, "nothing is due because of it any more");
    assert_eq!(unread.late(at(5100)).collect::<Vec<_>>(), [(at(100), 1)]);
    unread.give_up(1, at(50));
    assert_eq!(waits(&unread).len(), 1, "it changed behind that");
    unread.give_up(1, at(100));
    assert_eq!(waits(&unread), []);
}

fn closed(unread: &mut Unread, there: u64) -> Vec<(u64, Time)> {
    unread.close(1, at(there));
    unread.take_closed()
}

fn app(id: &str) -> App {
    App { id: id.into(), instance: id.into() }
}

/// An application of which this window told that it shows nothing, or did not tell.
fn known(heard: Heard) -> (Unread, App) {
    let (mut unread, app) = (Unread::default(), app("Web"));
    unread.begin(true);
    unread.change(9, at(100), Some(&app), false);
    unread.hear(9, heard, (at(700), at(700)));
    assert_eq!(waits(&unread), []);
    (unread, app)
}

#[test]
fn a_window_that_closed_is_another_one_when_its_number_is_seen_again() {
    let mut unread = changed(100);
    hear(&mut unread, shows(&[7]), 700);
    unread.allow();
    assert_eq!(closed(&mut unread, 1000), [], "it was read");
    unread.change(1, at(1100), None, false);
    assert_eq!(hear(&mut unread, shows(&[7]), 1700), Some(Turn::Expose(at(1100))), "nobody let that be seen");
    let mut unread = changed(100);
    hear(&mut unread, Heard::Nothing, 600);
    closed(&mut unread, 700);
    unread.change(1, at(800), None, false);
    assert_eq!(waits(&unread), [(at(800), 1)], "it may tell");
}

#[test]
fn what_closed_before_it_was_read_is_waited_for_until_that_was_heard_and_may_have_shown_anything() {
    let mut unread = changed(100);
    unread.close(1, at(300));
    assert_eq!((waits(&unread), unread.next()), (vec![(at(100), 1)], None));
    assert_eq!((unread.take_closed(), waits(&unread)), (vec![(1, at(100))], vec![]));
    for (heard, app, is_judged) in [
        (shows(&[]), "Web", false),
        (shows(&[]), "Other", false),
        (Heard::Nothing, "Web", true),
        (Heard::Nothing, "Other", false),
    ] {
        let (mut unread, _) = known(heard.clone());
        unread.change(1, at(1000), Some(&self::app(app)), false);
        let expected = if is_judged { vec![] } else { vec![(1, at(1000))] };
        assert_eq!(closed(&mut unread, 1200), expected, "{heard:?} {app}");
        unread.change(1, at(2000), Some(&self::app(app)), false);
        let turn = unread.hear(1, Heard::Gone, (at(2600), at(2600)));
        assert_eq!(turn, (!is_judged).then_some(Turn::Gone(Some(at(2000)))), "{heard:?} {app}");
    }
}

#[test]
fn a_menu_of_who_tells_is_read_early_and_may_close_behind_that_if_it_may_be_seen() {
    let (mut unread, app) = known(shows(&[]));
    for (found, left) in [(vec![], vec![]), (vec![7], vec![(1, at(1000))])] {
        unread.change(1, at(1000), Some(&app), true);
        assert_eq!((unread.take(at(1099)), unread.take(at(1100))), (vec![], vec![1]));
        let turn = hear(&mut unread, shows(&found), 1100);
        assert_eq!(turn, (!found.is_empty()).then_some(Turn::Expose(at(1000))));
        assert_eq!(waits(&unread), [(at(1000), 1)], "it may tell more");
        assert_eq!(unread.next(), Some(at(if found.is_empty() { 1510 } else { 2110 })));
        assert_eq!(closed(&mut unread, 1300), left);
    }
    unread.change(1, at(1000), Some(&app), true);
    assert_eq!(closed(&mut unread, 1090), [(1, at(1000))], "it was not read at all");
    unread.change(2, at(1000), Some(&self::app("Other")), true);
    unread.change(3, at(1000), Some(&app), false);
    assert_eq!(unread.next(), Some(at(1500)), "others have time");
}

#[test]
fn a_menu_that_is_hidden_cannot_be_read_and_any_other_window_can() {
    let (mut unread, app) = known(shows(&[]));
    unread.change(1, at(1000), Some(&app), true);
    unread.change(2, at(1000), Some(&app), false);
    [1, 2].into_iter().for_each(|window| unread.hide(window, at(1050)));
    assert_eq!(unread.take_closed(), [(1, at(1000))]);
    assert_eq!(waits(&unread), [(at(1000), 2)]);
}

#[test]
fn what_is_being_read_of_a_window_that_closes_is_heard_and_says_nothing_of_the_next_one() {
    let gone = |since: u64| Some(Turn::Gone(Some(at(since))));
    for (found, there, turn) in
        [(&[7][..], 650, gone(100)), (&[], 650, gone(100)), (&[], 770, gone(200)), (&[], 800, None)]
    {
        let mut unread = changed(100);
        unread.change(1, at(if there == 770 { 300 } else { 100 }), None, false);
        let begun = if there == 770 { 700 } else { 760 };
        assert_eq!(unread.take(at(begun)), [1]);
        unread.close(1, at(there));
        unread.change(1, at(800), None, false);
        assert_eq!(unread.take_closed(), []);
        let mut waiting = waits(&unread);
        waiting.sort_unstable();
        assert_eq!(waiting, [(at(100), 1), (at(800), 1)]);
        assert_eq!(hear(&mut unread, shows(found), begun), turn, "{found:?} {there}");
        assert_eq!(waits(&unread), [(at(800), 1)]);
        assert_eq!(hear(&mut unread, shows(&[]), 1400), None);
        assert_eq!(waits(&unread), []);
    }
    let mut unread = changed(100);
    unread.take(at(600));
    unread.close(1, at(650));
    unread.give_up(1, at(700));
    assert_eq!(waits(&unread), []);
}

#[test]
fn behind_a_pause_who_told_nothing_is_waited_for_again() {
    let mut unread = changed(100);
    hear(&mut unread, Heard::Nothing, 600);
    unread.begin(true);
    unread.change(1, at(700), None, false);
    assert_eq!(waits(&unread), [(at(700), 1)]);
}

#[test]
fn who_reads_anew_says_nothing_of_what_closed_before() {
    let mut unread = changed(100);
    assert_eq!(unread.take(at(600)), [1]);
    unread.close(1, at(700));
    unread.begin(true);
    unread.change(1, at(800), None, false);
    assert_eq!(hear(&mut unread, shows(&[]), 1400), None);
    assert_eq!(waits(&unread), [(at(100), 1)], "the one that closed, and not the other with its number");
    assert_eq!(unread.take_closed(), [(1, at(100))]);
}

#[test]
fn of_too_many_windows_those_that_matter_are_remembered() {
    let mut unread = Unread::default();
    unread.begin(true);
    for window in 0..LIMIT as u64 {
        assert_ne!(unread.change(window, at(1), None, false), Change::Full);
    }
    assert_eq!(unread.change(5000, at(1), None, false), Change::Full);
    unread.hear(7, shows(&[]), (at(600), at(600)));
    assert_eq!(unread.change(5000, at(700), None, false), Change::News, "the seventh waits for nothing");
}

#[test]
fn what_everybody_may_read_is_nothing_and_what_is_found_has_no_number_that_others_know() {
    let (one, other) = (Readings::default(), Readings::default());
    let detector = Detector::new(Mode::Balanced);
    assert_eq!(one.judge(&detector, "support@example.com\n+1 212 555 0142\n"), [0; 0]);
    // Next to the number that was printed on a wallet's card, which nobody counts.
    let text = "your ssn\n078-05-1121\n";
    assert_eq!(one.judge(&detector, text).len(), 1);
    assert_ne!(one.judge(&detector, text), other.judge(&detector, text));
}

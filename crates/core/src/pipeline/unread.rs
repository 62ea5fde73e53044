//! Windows that changed since they were read: what they say that they show may be sensitive, whoever put it there.
//!
//! ```text
//! picture of a window ── waits ── the window's text is read, a while behind it ── judged ── written, or painted over
//! ```
//! Whoever does not tell what their windows show is not waited for. What is found is remembered as numbers alone, which nobody else can
//! work out.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::shared::lock;

use crate::clock::Time;
use crate::detect::{Detector, Finding};
use crate::event::App;

/// How much later than it shows something an application may say so.
pub(super) const LAG: Duration = Duration::from_millis(500);
/// A menu is read this soon, too: it is often gone before the rest would be.
const EARLY: Duration = Duration::from_millis(100);
/// How long a window is left alone after it was read.
const REST: Duration = Duration::from_millis(500);
/// So many times as long as reading it took at least.
const SHARE: u32 = 8;
/// Who does not answer is asked half as often each time, down to once in this.
const SELDOM: Duration = Duration::from_secs(8);
/// A window that does not answer is waited for this long; then it is painted over until it does.
const PATIENCE: Duration = Duration::from_secs(5);
/// A window of which nobody tells yet when it is asked so often is one that says nothing.
const IN_VAIN: u32 = 3;
/// Such a window is asked again after this, if it changed: its application may have begun to tell.
const AGAIN: Duration = Duration::from_secs(10);
/// How often a window is read that is painted over, though nothing of it is seen to change.
const WATCH: Duration = Duration::from_secs(1);
/// How many windows are remembered.
const LIMIT: usize = 1024;
/// Of how much of what a window shows the contributor can have said that it may be seen.
const FOUND: usize = 4096;
/// Of how many applications it is remembered whether they tell.
const APPS: usize = 256;

/// What came of judging what a window says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It shows these: something sensitive, as numbers, or nothing.
    Shows(Vec<u64>),
    /// Nobody tells of it.
    Nothing,
    /// Nobody does so far.
    NothingYet,
    /// It does not answer.
    Silent,
    /// It is no more.
    Gone,
}

/// What follows for what is painted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The window is painted over, from then on.
    Expose(Time),
    /// It is not any more.
    Clear,
    /// It is no more. What it showed since then, if anything, nobody has judged.
    Gone(Option<Time>),
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Somebody has to read the window.
    News,
    /// That is known, or nobody can.
    Known,
    /// There are more windows than can be remembered.
    Full,
}

/// What the threads share that grab, read and write.
#[derive(Default)]
pub(super) struct Readings {
    unread: Mutex<Unread>,
    news: Condvar,
    hasher: RandomState,
}

impl Readings {
    pub(super) fn lock(&self) -> MutexGuard<'_, Unread> {
        lock(&self.unread)
    }

    /// What a text shows that is sensitive, as numbers: what says how to reach somebody, or what a business is called, stands everywhere.
    pub(super) fn judge(&self, detector: &Detector, text: &str) -> Vec<u64> {
        let is_private = |finding: &Finding| !finding.class.is_published();
        let found = detector.find_among(text).into_iter().filter(is_private);
        found.filter_map(|finding| Some(self.hasher.hash_one(text.get(finding.span)?))).take(FOUND).collect()
    }

    /// There is something to read, or nothing is to be read any more.
    pub(super) fn wake(&self) {
        // Behind whoever looked before it sleeps.
        drop(self.lock());
        self.news.notify_all();
    }

    /// Sleeps until that, or for so long; not at all where `is_over`.
    pub(super) fn sleep(&self, wait: Option<Duration>, is_over: impl Fn() -> bool) {
        let unread = self.lock();
        if is_over() {
            return;
        }
        match wait {
            Some(wait) => drop(self.news.wait_timeout(unread, wait).unwrap_or_else(PoisonError::into_inner)),
            None => drop(self.news.wait(unread).unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

#[derive(Default)]
pub(super) struct Unread {
    windows: HashMap<u64, Page>,
    /// Windows that are no more, or show no more, and are waited for.
    closed: Vec<Closed>,
    /// Whether applications tell what their windows show, as far as that is known.
    tells: HashMap<App, bool>,
    /// Somebody reads.
    reads: bool,
}

/// A window that showed until it was read.
struct Closed {
    window: u64,
    page: Page,
    /// It was there at this time still.
    there: Time,
}

/// A window.
#[derive(Default)]
struct Page {
    /// Whose it is, where that is known.
    app: Option<App>,
    /// It may show what belongs to another window: a menu, a tip, a dialog.
    popup: bool,
    /// It is of an application that tells, and is read early.
    quick: bool,
    /// When it changed first since it was read.
    since: Option<Time>,
    /// When it changed last.
    latest: Time,
    /// It is not read before this.
    next: Time,
    /// How often nobody told of it, or it did not answer, in a row.
    in_vain: u32,
    silent: u32,
    /// It has told what it shows: silence is no answer of its any more.
    told: bool,
    /// It shows something sensitive; and since when it said that it does not, where it does not any more.
    exposed: bool,
    /// What was found first of that, the time it showed since: it is one finding as long as it lasts.
    found_since: Time,
    clear: Option<Time>,
    /// What it said last may be seen.
    harmless: bool,
    /// What it showed last, and what of that the contributor lets be seen.
    found: Vec<u64>,
    allowed: Vec<u64>,
}

impl Page {
    fn is_mute(&self) -> bool {
        self.in_vain >= IN_VAIN
    }

    /// When it is read.
    fn due(&self) -> Option<Time> {
        let lag = if self.quick { EARLY } else { LAG };
        let changed = self.since.map(|since| since.after(lag));
        let again = (self.is_mute() && self.latest > self.next.before(AGAIN)).then_some(self.next);
        let watched = self.exposed.then_some(self.next);
        Some([changed, again, watched].into_iter().flatten().min()?.max(self.next))
    }

    /// It was read from `begun` on: what it showed a while before that is judged.
    fn settle(&mut self, begun: Time) {
        let judged = begun.before(LAG);
        self.since = self.since.filter(|_| self.latest > judged).map(|since| since.max(judged));
    }

    /// Somebody reads it now.
    fn is_taken(&self) -> bool {
        self.next == Time::MAX
    }
}

impl Unread {
    /// Whether somebody reads from now on.
    pub(super) fn begin(&mut self, reads: bool) {
        self.reads = reads;
        // What has a window's number by now may be another one: it may tell.
        self.windows.values_mut().for_each(|page| (page.next, page.in_vain) = (Time::ZERO, 0));
    }

    pub(super) fn reads(&self) -> bool {
        self.reads
    }

    /// Something of a window of this application, maybe of a menu, changed while somebody reads.
    pub(super) fn change(&mut self, window: u64, time: Time, app: Option<&App>, popup: bool) -> Change {
        if self.windows.len() >= LIMIT && !self.windows.contains_key(&window) {
            self.windows.retain(|_, page| page.since.is_some() || page.exposed || !page.allowed.is_empty());
            if self.windows.len() >= LIMIT {
                return Change::Full;
            }
        }
        let page = self.windows.entry(window).or_insert_with(|| Page {
            quick: popup && app.is_some_and(|app| self.tells.get(app) == Some(&true)),
            ..Page::default()
        });
        if page.app.is_none() {
            page.app = app.cloned();
        }
        page.popup = popup;
        let (due, latest) = (page.due(), page.latest);
        page.latest = latest.max(time);
        if !page.is_mute() {
            page.since.get_or_insert(time);
        }
        if page.due() == due { Change::Known } else { Change::News }
    }

    /// A window is no more, and was there at that time still: what has its number from now on is another one, of which nothing is known.
    pub(super) fn close(&mut self, window: u64, there: Time) {
        if let Some(page) = self.windows.remove(&window).filter(|page| page.since.is_some() || page.is_taken()) {
            self.closed.push(Closed { window, page, there });
        }
    }

    /// A window shows no more. What a menu showed nobody can read by now; of others that is told as before.
    pub(super) fn hide(&mut self, window: u64, there: Time) {
        if self.windows.get(&window).is_some_and(|page| page.popup && !page.exposed && page.since.is_some()) {
            self.close(window, there);
        }
    }

    /// Whether anything is known of a window that is told by its number, or waited for.
    pub(super) fn has_closed(&self, window: u64) -> bool {
        self.closed.iter().any(|closed| closed.window == window)
    }

    /// What windows showed that were not read before they closed, and since when; but for those that are being read.
    pub(super) fn take_closed(&mut self) -> Vec<(u64, Time)> {
        let (taken, over) = std::mem::take(&mut self.closed).into_iter().partition(|closed| closed.page.is_taken());
        self.closed = taken;
        let over: Vec<Closed> = over;
        over.into_iter().filter_map(|closed| Some((closed.window, self.unjudged(&closed.page)?))).collect()
    }

    /// Since when a window that cannot be read any more showed what nobody has judged, if its application may tell of such. Menus come and
    /// go faster than they can be read to the end: of those, that what was read of them may be seen is enough.
    fn unjudged(&self, page: &Page) -> Option<Time> {
        let says_nothing = !page.told && page.app.as_ref().is_some_and(|app| self.tells.get(app) == Some(&false));
        page.since.filter(|_| !(says_nothing || page.popup && page.harmless))
    }

    /// Whether a window is there that was never read: it may be gone before it is, and then it matters what is drawn in its place.
    pub(super) fn has_new(&self) -> bool {
        self.windows.values().any(|page| page.since.is_some() && !page.told && page.silent == 0)
    }

    /// Windows that are waited for, and since when.
    pub(super) fn waits(&self) -> impl Iterator<Item = (Time, u64)> {
        let closed = self.closed.iter().filter_map(|closed| Some((closed.page.since?, closed.window)));
        self.windows.iter().filter_map(|(window, page)| Some((page.since?, *window))).chain(closed)
    }

    /// Those that have been waited for too long.
    pub(super) fn late(&self, now: Time) -> impl Iterator<Item = (Time, u64)> {
        self.waits().filter(move |(since, _)| since.after(PATIENCE) <= now)
    }

    /// When one more of them will have been.
    pub(super) fn next_late(&self, now: Time) -> Option<Time> {
        self.waits().map(|(since, _)| since.after(PATIENCE)).filter(|late| *late > now).min()
    }

    /// When a window is read next.
    pub(super) fn next(&self) -> Option<Time> {
        self.windows.values().filter_map(Page::due).min()
    }

    /// Windows that are to be read now. They are not due again before that was heard.
    pub(super) fn take(&mut self, now: Time) -> Vec<u64> {
        self.take_those(|page| page.due().is_some_and(|due| due <= now))
    }

    /// The same, before nobody reads any more.
    pub(super) fn take_last(&mut self) -> Vec<u64> {
        self.take_those(|page| page.since.is_some())
    }

    fn take_those(&mut self, is_wanted: impl Fn(&Page) -> bool) -> Vec<u64> {
        let wanted = self.windows.iter_mut().filter(|(_, page)| is_wanted(page));
        let mut taken: Vec<u64> = wanted
            .map(|(window, page)| {
                page.next = Time::MAX;
                *window
            })
            .collect();
        taken.sort_unstable();
        taken
    }

    /// A window was read from `begun` to `ended`.
    pub(super) fn hear(&mut self, window: u64, heard: Heard, (begun, ended): (Time, Time)) -> Option<Turn> {
        if let Some(at) = self.closed.iter().position(|closed| closed.window == window && closed.page.is_taken()) {
            let closed = self.closed.remove(at);
            return self.hear_closed(closed, heard, (begun, ended));
        }
        let page = self.windows.get_mut(&window)?;
        let heard = match heard {
            Heard::Nothing | Heard::NothingYet if page.told => Heard::Silent,
            heard => heard,
        };
        match heard {
            Heard::Shows(found) => {
                (page.in_vain, page.silent, page.told) = (0, 0, true);
                let shows = found.iter().any(|found| !page.allowed.contains(found));
                (page.found, page.harmless) = (found, !shows);
                let turn = page.turn(shows, begun);
                let rest = match std::mem::take(&mut page.quick) {
                    _ if page.exposed => WATCH,
                    true => LAG - EARLY,
                    false => REST,
                };
                page.next = ended.after(rest.max(ended.since(begun) * SHARE));
                page.settle(begun);
                let app = page.app.clone();
                self.learn(app, true);
                turn
            }
            Heard::Nothing | Heard::NothingYet => {
                page.in_vain = if heard == Heard::Nothing { IN_VAIN } else { page.in_vain.saturating_add(1) };
                page.next = ended.after(if page.is_mute() { AGAIN } else { REST });
                page.since = page.since.filter(|_| !page.is_mute());
                page.quick = false;
                let app = page.app.clone().filter(|_| page.is_mute());
                self.learn(app, false);
                None
            }
            Heard::Silent => {
                page.next = ended.after(SELDOM.min(REST * (1 << page.silent.min(8))));
                page.silent = page.silent.saturating_add(1);
                page.quick = false;
                None
            }
            Heard::Gone => {
                let page = self.windows.remove(&window)?;
                let unjudged = self.unjudged(&page);
                (page.exposed || unjudged.is_some()).then_some(Turn::Gone(unjudged))
            }
        }
    }

    /// A window was read while it closed. What was heard behind that may be of another one with its number.
    fn hear_closed(&self, closed: Closed, heard: Heard, (begun, ended): (Time, Time)) -> Option<Turn> {
        let Closed { mut page, there, .. } = closed;
        if let Heard::Shows(found) = heard {
            let shows = found.iter().any(|found| !page.allowed.contains(found));
            if shows {
                return Some(Turn::Gone(Some(page.since.unwrap_or(begun))));
            }
            if ended <= there {
                page.harmless = true;
                page.settle(begun);
            }
        }
        self.unjudged(&page).map(|since| Turn::Gone(Some(since)))
    }

    /// An application tells what its windows show, or does not. One that does, of some of them, is one that does.
    fn learn(&mut self, app: Option<App>, tells: bool) {
        let Some(app) = app else { return };
        if self.tells.len() >= APPS && !self.tells.contains_key(&app) {
            self.tells.clear();
        }
        *self.tells.entry(app).or_default() |= tells;
    }

    /// The contributor says that what windows show may be seen.
    pub(super) fn allow(&mut self) {
        // Of who does not answer any more, too.
        for page in self.windows.values_mut().filter(|page| page.silent > 0) {
            (page.told, page.since) = (false, None);
        }
        for page in self.windows.values_mut().filter(|page| page.exposed) {
            (page.exposed, page.clear) = (false, None);
            page.allowed.extend_from_slice(&page.found);
            page.allowed.sort_unstable();
            page.allowed.dedup();
            page.allowed.truncate(FOUND);
        }
    }

    /// What a window showed until then is not waited for any more.
    pub(super) fn give_up(&mut self, window: u64, until: Time) {
        self.closed.retain(|closed| closed.window != window);
        if let Some(page) = self.windows.get_mut(&window) {
            page.since = page.since.filter(|_| page.latest > until).map(|since| since.max(until));
        }
    }
}

impl Page {
    /// What it says twice, a while apart, is not shown any more.
    fn turn(&mut self, shows: bool, begun: Time) -> Option<Turn> {
        if shows {
            self.clear = None;
            if !std::mem::replace(&mut self.exposed, true) {
                self.found_since = self.since.unwrap_or(begun);
            }
            return Some(Turn::Expose(self.found_since));
        }
        let since = *self.exposed.then(|| self.clear.get_or_insert(begun))?;
        if begun.since(since) < LAG {
            return None;
        }
        (self.exposed, self.clear) = (false, None);
        Some(Turn::Clear)
    }
}

#[cfg(test)]
mod tests {
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
}

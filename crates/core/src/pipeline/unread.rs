//! Windows that changed since they were read: what they say that they show may be sensitive, whoever put it there.
//!
//! ```text
//! picture of a window ── waits ── the window's text is read, a while behind it ── judged ── written, or painted over
//! ```
//! Whoever does not tell what their windows show is not waited for. What is found is remembered as numbers alone, which nobody else can
//! work out.

#[cfg(test)]
mod tests;

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
    clear: Option<Time>,
    /// Since when it has shown that: it is one finding as long as it lasts.
    found_since: Time,
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
        // Whoever read what closed meanwhile says nothing any more: what is heard of a number from now on is another one's.
        self.closed.retain(|closed| closed.page.since.is_some());
        self.closed.iter_mut().for_each(|closed| closed.page.next = Time::ZERO);
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

    /// Whether a window that closed is waited for.
    pub(super) fn has_closed(&self, window: u64) -> bool {
        self.closed.iter().any(|closed| closed.window == window)
    }

    /// What windows showed that were not read before they closed, and since when; but for those that are being read.
    pub(super) fn take_closed(&mut self) -> Vec<(u64, Time)> {
        let (taken, over): (_, Vec<Closed>) =
            std::mem::take(&mut self.closed).into_iter().partition(|closed| closed.page.is_taken());
        self.closed = taken;
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

//! Whether a terminal shows what is typed: a prompt for a password does not, and nothing else tells it from a command.
//!
//! What is typed has to change pixels of the terminal's window soon, and before Enter is pressed. Whatever changes them counts, so that output
//! which comes at the same time hides a prompt; each single key has to be followed by something.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Time;
use crate::event::App;

/// How soon what is typed has to show. A cursor that blinks does so at most twice a second, so that it cannot stand in for every key of a password.
const SOON: Duration = Duration::from_millis(300);
/// News of pictures comes this much later, at most.
const LATE: Duration = Duration::from_millis(500);
/// Whoever presses Enter this soon leaves no time for the last keys to be seen.
const AT_ONCE: Duration = Duration::from_millis(100);

/// What terminals call themselves that do not say so: the class part of `WM_CLASS`, in lower case.
const TERMINALS: [&str; 24] = [
    "alacritty",
    "com.gexperts.tilix",
    "com.mitchellh.ghostty",
    "com.raggesilver.blackbox",
    "contour",
    "foot",
    "footclient",
    "ghostty",
    "guake",
    "hyper",
    "kgx",
    "kitty",
    "org.gnome.ptyxis",
    "rio",
    "rxvt",
    "sakura",
    "st-256color",
    "tabby",
    "tilda",
    "tilix",
    "urxvt",
    "warp",
    "yakuake",
    "zutty",
];
/// What is in the names of the others. Whatever else has it in its name is trusted with less than it might be.
const PARTS: [&str; 3] = ["term", "console", "konsole"];

/// Whether an application is a terminal, by either of its names.
pub(crate) fn is_terminal(app: &App) -> bool {
    [&app.id, &app.instance].iter().any(|name| {
        let name = name.to_lowercase();
        TERMINALS.binary_search(&name.as_str()).is_ok() || PARTS.iter().any(|part| name.contains(part))
    })
}

/// A key that typed something, and until when that has to show.
#[derive(Clone, Copy, Debug)]
struct Press {
    time: Time,
    window: u64,
    until: Time,
}

/// The keys of a terminal that are not known to have shown anything.
#[derive(Debug, Default)]
pub(super) struct Echo {
    /// Since the last Enter, or younger than it takes to know.
    unproven: VecDeque<Press>,
    /// How many keys typed something since the last Enter.
    line: usize,
    /// When pixels of a terminal changed, and of which.
    shown: VecDeque<(Time, u64)>,
}

impl Echo {
    /// A key typed something into this terminal.
    pub(super) fn press(&mut self, time: Time, window: u64) {
        self.line += 1;
        self.unproven.push_back(Press { time, window, until: time.after(SOON) });
    }

    /// Enter was pressed: what changes from then on is no echo.
    pub(super) fn enter(&mut self, time: Time) {
        let first = self.unproven.len().saturating_sub(std::mem::take(&mut self.line));
        self.unproven.iter_mut().skip(first).for_each(|press| press.until = press.until.min(time));
        let is_hurried = |press: &Press| time.since(press.time) < AT_ONCE;
        let hurried = self.unproven.iter().rev().take_while(|press| is_hurried(press)).count();
        // A line that was typed all at once proves nothing.
        let spared = if hurried + first < self.unproven.len() { hurried } else { 0 };
        self.unproven.truncate(self.unproven.len() - spared);
    }

    /// Pixels of this terminal changed.
    pub(super) fn show(&mut self, time: Time, window: u64) {
        let at = self.shown.partition_point(|(shown, _)| *shown <= time);
        self.shown.insert(at, (time, window));
        // Keys come later than pictures, since they wait for news of the focus.
        let matters = self.unproven.front().map_or(time, |press| press.time.min(time)).before(LATE);
        self.shown.drain(..self.shown.partition_point(|(shown, _)| *shown < matters));
    }

    /// Keys that showed nothing, as far as that can be known by `now`.
    pub(super) fn unechoed(&mut self, now: Time) -> Vec<Time> {
        let due = self.unproven.partition_point(|press| press.time.after(SOON + LATE) <= now);
        self.take(due)
    }

    /// Keys that showed nothing so far: nobody will know more.
    pub(super) fn end(&mut self) -> Vec<Time> {
        self.line = 0;
        self.take(self.unproven.len())
    }

    fn take(&mut self, count: usize) -> Vec<Time> {
        let presses: Vec<Press> = self.unproven.drain(..count).collect();
        let is_shown = |press: &Press| {
            let next = self.shown.partition_point(|(shown, _)| *shown < press.time);
            let soon = self.shown.iter().skip(next).take_while(|(shown, _)| *shown <= press.until);
            soon.into_iter().any(|(_, window)| *window == press.window)
        };
        let unechoed = presses.iter().filter(|press| !is_shown(press)).map(|press| press.time).collect();
        self.line = self.line.min(self.unproven.len());
        unechoed
    }

    /// When something may be known that is not now.
    pub(super) fn next(&self) -> Option<Time> {
        self.unproven.front().map(|press| press.time.after(SOON + LATE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Time {
        Time::ZERO.after(Duration::from_millis(millis))
    }

    /// Which keys showed nothing, of keys and pictures at these milliseconds, Enter being pressed at the end.
    fn unechoed(keys: &[u64], pictures: &[u64], enter: u64) -> Vec<u64> {
        let mut echo = Echo::default();
        keys.iter().for_each(|key| echo.press(at(*key), 9));
        echo.enter(at(enter));
        pictures.iter().for_each(|picture| echo.show(at(*picture), 9));
        assert_eq!(echo.unechoed(at(keys[0])), [], "it is not known yet");
        echo.unechoed(at(enter + 10_000)).iter().map(|time| time.as_nanos() / 1_000_000).collect()
    }

    #[test]
    fn what_shows_soon_is_echoed() {
        assert_eq!(unechoed(&[1000, 1150, 1300], &[1030, 1190, 1333], 1800), Vec::<u64>::new());
        assert_eq!(unechoed(&[1000, 1020, 1040], &[1066], 1800), Vec::<u64>::new(), "one picture of three keys");
    }

    #[test]
    fn what_shows_nothing_until_enter_is_not() {
        assert_eq!(unechoed(&[1000, 1150, 1300], &[1450], 1440), [1000, 1150, 1300]);
        assert_eq!(unechoed(&[1000, 1150, 1300], &[1050, 1450], 1440), [1150, 1300], "the prompt itself came late");
        assert_eq!(unechoed(&[1000], &[1700], 9000), [1000], "too late");
    }

    #[test]
    fn the_last_keys_before_enter_are_spared_where_others_are_proven() {
        assert_eq!(unechoed(&[1000, 1150, 1300], &[1030, 1190], 1320), Vec::<u64>::new());
        assert_eq!(unechoed(&[1000, 1020], &[1100], 1040), [1000, 1020], "all at once");
    }

    #[test]
    fn what_another_terminal_shows_proves_nothing() {
        let mut echo = Echo::default();
        echo.press(at(1000), 9);
        echo.show(at(1040), 7);
        assert_eq!(echo.end(), [at(1000)]);
    }

    #[test]
    fn lines_are_apart_and_the_end_knows_what_it_knows() {
        let mut echo = Echo::default();
        echo.press(at(1000), 9);
        echo.enter(at(1500));
        echo.press(at(1600), 9);
        echo.show(at(1040), 9);
        assert_eq!(echo.end(), [at(1600)]);
        assert_eq!((echo.end(), echo.next()), (Vec::new(), None));
    }

    #[test]
    fn terminals_are_known_by_either_name() {
        assert!(TERMINALS.is_sorted());
        let app = |id: &str, instance: &str| App { id: id.into(), instance: instance.into() };
        for (id, instance) in [("XTerm", "build"), ("UXTerm", "uxterm"), ("Gnome-terminal", ""), ("Other", "kitty")] {
            assert!(is_terminal(&app(id, instance)), "{id}");
        }
        assert!(!is_terminal(&app("Mousepad", "mousepad")));
    }
}

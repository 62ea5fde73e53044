//! When applications are asked what they call their windows: behind a new window, and behind a focus on one that nobody has placed yet; a few
//! times, since both the window and its name take a moment. Who does not answer is asked on, less and less.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use understudy_core::backend::{Batch, ElementEvent};
use understudy_core::error::Result;
use understudy_core::event::Sample;
use x11rb::protocol::xproto::Window;

use super::{Atspi, PATIENCE};
use crate::accessibility::bus::{Around, Object};
use crate::accessibility::frames::Frames;
use crate::dbus;

/// How long after one another a process is asked.
const STEPS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(160), Duration::from_millis(300), Duration::from_millis(550)];
/// Who does not answer is asked after this, and twice that, and so on.
const LATER: Duration = Duration::from_millis(500);
/// Who does not answer is asked at least so often.
const SELDOM: Duration = Duration::from_secs(8);
/// A window must have had the keyboard for so long before it is believed which frame that is: its application hears of it later than we do.
const STABLE: Duration = Duration::from_millis(150);
/// What a window left on the screen when it went is painted over before others of its process may be seen again.
const LINGER: Duration = Duration::from_millis(700);
/// Nobody is asked more often, whatever windows it opens.
const INTERVAL: Duration = Duration::from_millis(100);
/// Behind somebody who took this long, others that wait are heard first.
const SLOW: Duration = Duration::from_millis(50);

pub(super) struct Naming {
    frames: Arc<Mutex<Frames>>,
    /// The windows that are managed, and the processes that made them.
    clients: HashMap<Window, Option<u32>>,
    /// There may be others by now.
    stale: bool,
    /// When that is looked at again: a window that shows was on nobody's list.
    relist_at: Option<Instant>,
    /// Since when the active window is that.
    active_since: Instant,
    turns: HashMap<u32, Turn>,
    asked: HashMap<u32, Instant>,
}

impl Drop for Naming {
    fn drop(&mut self) {
        self.frames().rest();
    }
}

/// When a process is asked next, and how often it was.
struct Turn {
    due: Instant,
    step: u32,
}

impl Naming {
    pub(super) fn new(frames: Arc<Mutex<Frames>>) -> Self {
        let (clients, turns, asked) = (HashMap::new(), HashMap::new(), HashMap::new());
        let naming = Self { frames, clients, stale: true, relist_at: None, active_since: Instant::now(), turns, asked };
        naming.frames().begin();
        naming
    }

    fn frames(&self) -> MutexGuard<'_, Frames> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Windows came or went.
    pub(super) fn relist(&mut self) {
        self.stale = true;
    }

    /// The applications are on this bus.
    pub(super) fn turn_to(&mut self, bus: &[u8]) {
        self.frames().turn_to(bus);
        // Windows that were there before are asked about on it.
        self.clients.clear();
        self.stale = true;
    }

    /// Another window is active.
    pub(super) fn turn(&mut self, window: Window, process: Option<u32>) {
        let now = Instant::now();
        self.active_since = now;
        if let Some(process) = process.filter(|process| !self.is_placed(*process, window)) {
            self.ask_at(process, now);
        }
    }

    /// A process tells something: where it came to the bus behind its windows, it can be asked from now on.
    pub(super) fn hear(&mut self, process: u32) {
        let (tells, is_silent) = {
            let frames = self.frames();
            (frames.tells(process), frames.is_silent(process))
        };
        let is_news = is_silent || !tells && !self.turns.contains_key(&process);
        if is_news && !self.windows_of(process).is_empty() {
            self.ask_at(process, Instant::now());
        }
    }

    /// Whether what lies in a frame of a process is not in this window.
    pub(super) fn is_elsewhere(&self, process: u32, window: Window, around: &Around) -> bool {
        self.frames().is_elsewhere(process, window, around)
    }

    /// Whether it is known which frame a window is.
    pub(super) fn is_placed(&self, process: u32, window: Window) -> bool {
        self.frames().is_placed(process, window)
    }

    /// Frames of a process that are known not to be this window.
    pub(super) fn others(&self, process: u32, window: Window) -> Vec<Object> {
        self.frames().others(process, window)
    }

    /// When somebody is asked next.
    pub(super) fn due(&self) -> Option<Instant> {
        self.turns.values().map(|turn| turn.due).chain(self.relist_at).min()
    }

    fn ask_at(&mut self, process: u32, at: Instant) {
        let rested = self.asked.get(&process).map_or(at, |asked| at.max(*asked + INTERVAL));
        let due = self.turns.get(&process).map_or(rested, |turn| turn.due.min(rested));
        self.turns.insert(process, Turn { due, step: 0 });
    }

    fn next(&self, now: Instant) -> Option<u32> {
        let due = self.turns.iter().filter(|(_, turn)| turn.due <= now);
        let frames = self.frames();
        // Who did not answer keeps nobody waiting.
        due.min_by_key(|(process, turn)| (frames.is_silent(**process), turn.due, **process))
            .map(|(process, _)| *process)
    }

    fn windows_of(&self, process: u32) -> Vec<Window> {
        let own = self.clients.iter().filter(|(_, of)| **of == Some(process));
        let mut windows: Vec<Window> = own.map(|(window, _)| *window).collect();
        windows.sort_unstable();
        windows
    }

    /// It was asked, or has no window any more.
    fn pass(&mut self, process: u32, windows: &[Window], now: Instant) {
        let Some(Turn { step, .. }) = self.turns.remove(&process) else { return };
        if windows.is_empty() {
            self.asked.remove(&process);
            return;
        }
        self.asked.insert(process, now);
        let (is_silent, is_settled) = {
            let frames = self.frames();
            (frames.is_silent(process), windows.iter().all(|window| frames.is_placed(process, *window)))
        };
        let step = step.saturating_add(1);
        let pause = match STEPS.get(step as usize) {
            Some(pause) if is_silent || !is_settled => *pause,
            None if is_silent => SELDOM.min(LATER * 2_u32.saturating_pow(step.min(12) - STEPS.len() as u32)),
            _ => return,
        };
        self.turns.insert(process, Turn { due: now + pause, step });
    }
}

impl Atspi {
    /// Asks what windows are called that are new, or got the keyboard, and tells it where it is news.
    pub(super) fn name_windows(&mut self, out: &mut Batch<ElementEvent>) -> Result<dbus::Result<()>> {
        let is_due = self.naming.relist_at.is_some_and(|at| at <= Instant::now());
        if std::mem::take(&mut self.naming.stale) || is_due {
            self.list_clients()?;
        }
        let begun = Instant::now();
        while let Some(process) = self.naming.next(begun) {
            match self.name_windows_of(process, out)? {
                Ok(()) if begun.elapsed() < SLOW => {}
                told => return Ok(told),
            }
        }
        Ok(Ok(()))
    }

    fn list_clients(&mut self) -> Result<()> {
        let now = Instant::now();
        let before = std::mem::take(&mut self.naming.clients);
        let mut windows = self.owners.clients(&self.link)?;
        let listed = windows.len();
        // Anybody can write the list, and a manager that goes takes it along.
        for window in before.keys() {
            if !windows[..listed].contains(window) && self.owners.is_shown(&self.link, *window)? {
                windows.push(*window);
            }
        }
        self.naming.relist_at = (windows.len() > listed).then(|| now + LINGER);
        for window in windows {
            // Asked each time: the number of one that is gone may be another one's, of another process.
            let process = self.owners.process(&self.link, window)?;
            self.naming.clients.insert(window, process);
            if let Some(process) = process.filter(|process| before.get(&window) != Some(&Some(*process))) {
                self.naming.ask_at(process, now);
            }
        }
        let gone = before.iter().filter(|(window, process)| self.naming.clients.get(window) != Some(process));
        let mut processes: Vec<u32> = gone.filter_map(|(_, process)| *process).collect();
        // Those that went while nobody listened.
        let known = self.naming.frames().processes();
        processes.extend(known.into_iter().filter(|process| self.naming.windows_of(*process).is_empty()));
        processes.into_iter().for_each(|process| self.naming.ask_at(process, now + LINGER));
        Ok(())
    }

    fn name_windows_of(&mut self, process: u32, out: &mut Batch<ElementEvent>) -> Result<dbus::Result<()>> {
        let begun = Instant::now();
        let ids = self.naming.windows_of(process);
        // Without a bus nothing is learned, and nothing unlearned.
        let answer = match &mut self.bus {
            _ if ids.is_empty() => Some(Some(Vec::new())),
            Some(bus) => match bus.frames(process, begun + PATIENCE) {
                Ok(answer) => Some(answer),
                Err(gone) => return Ok(Err(gone)),
            },
            None => None,
        };
        let mut windows = Vec::with_capacity(ids.len());
        for id in &ids {
            windows.push((*id, self.owners.title(&self.link, *id)?.unwrap_or_default()));
        }
        let stable = self.naming.active_since + STABLE <= begun;
        let active = self.active.as_ref().filter(|active| stable && active.process == Some(process));
        let active = active.map(|active| active.window);
        // It has to be that still, behind the answer.
        let active = if active.is_some() && self.owners.active_window(&self.link)? == active { active } else { None };
        let news = {
            let mut frames = self.naming.frames();
            if let Some(answer) = answer {
                frames.hear(process, answer);
                if let Some((window, title)) = windows.iter().find(|(window, _)| Some(*window) == active) {
                    frames.place(process, *window, title);
                }
            }
            frames.news(process, &windows)
        };
        self.naming.pass(process, &ids, Instant::now());
        // One of several may be withheld otherwise now: what has the keyboard is told again.
        if news.is_some() && ids.len() > 1 && self.active.as_ref().is_some_and(|active| active.process == Some(process))
        {
            self.ask_at.get_or_insert(Instant::now());
        }
        let time = self.link.clock.now();
        out.samples.extend(news.map(|called| Sample { time, value: ElementEvent::Called(called) }));
        Ok(Ok(()))
    }
}

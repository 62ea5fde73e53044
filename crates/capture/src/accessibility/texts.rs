//! What windows say that they show, by AT-SPI2.
//!
//! Windows are asked process by process, on a connection of its own: what has the keyboard is asked meanwhile. A frame that is known to be
//! a window speaks for it, every other one for all windows of its process of which nobody knows which frame they are.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use understudy_core::backend::{Held, Reading, Said, Texts, Waker};
use understudy_core::clock::Clock;
use understudy_core::error::Result;
use x11rb::protocol::xproto::Window;

use super::bus::{Bus, Object};
use super::frames::Frames;
use super::owner::Owners;
use super::tree::joined;
use crate::dbus::{self, Gone};
use crate::x11::Link;

/// How long the bus is waited for.
const OPENING: Duration = Duration::from_millis(500);
/// A bus that is not there is looked for again after this.
const RETRY: Duration = Duration::from_secs(5);
/// How long processes may take to say what their windows show that are read together.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A process that is not on the bus when it is asked so often does not come to it, as far as is known.
const IN_VAIN: u32 = 3;
/// How many such processes are remembered.
const ABSENT: usize = 256;

pub(crate) struct AtspiTexts {
    link: Link,
    owners: Owners,
    frames: Arc<Mutex<Frames>>,
    bus: Option<Bus>,
    looked: Option<Instant>,
    /// How often processes were asked that are not on the bus.
    absent: HashMap<u32, u32>,
    over: Arc<AtomicBool>,
}

impl AtspiTexts {
    pub(crate) fn open(display: Option<&str>, clock: &Clock, frames: Arc<Mutex<Frames>>) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let owners = Owners::find(&link, display.is_none())?;
        Ok(Self { link, owners, frames, bus: None, looked: None, absent: HashMap::new(), over: Arc::default() })
    }

    fn look_for_bus(&mut self) -> Result<()> {
        let now = Instant::now();
        if self.bus.is_none() && self.looked.is_none_or(|looked| now.saturating_duration_since(looked) >= RETRY) {
            self.looked = Some(now);
            self.bus = Bus::connect(&self.link, &self.owners, now + OPENING)?;
        }
        Ok(())
    }

    /// A process is not on the bus: it may come to it behind its windows.
    fn absent(&mut self, process: u32) -> Said {
        if self.absent.len() >= ABSENT && !self.absent.contains_key(&process) {
            self.absent.clear();
        }
        let asked = self.absent.entry(process).or_default();
        *asked = asked.saturating_add(1);
        if *asked < IN_VAIN { Said::NothingYet } else { Said::Nothing }
    }

    /// What all windows of a process say, some of which were asked for.
    fn read_process(&mut self, process: u32, windows: &[Window], until: Instant) -> dbus::Result<Vec<Reading>> {
        let said =
            |windows: &[Window], said| Reading { windows: windows.iter().copied().map(u64::from).collect(), said };
        let Some(bus) = &mut self.bus else { return Ok(vec![said(windows, Said::Nothing)]) };
        let over = Arc::clone(&self.over);
        let Some(objects) = bus.windows(process, until)? else { return Ok(vec![said(windows, Said::Silent)]) };
        if objects.is_empty() {
            return Ok(vec![said(windows, self.absent(process))]);
        }
        self.absent.remove(&process);
        let frames: Vec<(Object, Option<Window>)> = {
            let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
            let window = |object: &Object| frames.window(process, object);
            objects.into_iter().map(|object| (object.clone(), window(&object))).collect()
        };
        let is_placed = |window: &Window| frames.iter().any(|(_, placed)| *placed == Some(*window));
        let (placed, unplaced): (Vec<Window>, Vec<Window>) = windows.iter().partition(|window| is_placed(window));
        let has_others = frames.iter().any(|(_, window)| window.is_none());
        let mut read = |of: Option<Window>| -> dbus::Result<Said> {
            let mut texts = Vec::new();
            // What a menu or a list shows may lie in any frame, where it has none of its own.
            let is_of = |window: Option<Window>| window == of || of.is_none() && !has_others;
            for (object, _) in frames.iter().filter(|(_, window)| is_of(*window)) {
                match bus.text(object, until, &|| over.load(Ordering::Acquire))? {
                    Some(text) => texts.push(text),
                    None => return Ok(Said::Silent),
                }
            }
            Ok(Said::Text(Held::new(joined(texts.iter(), ""))))
        };
        let mut readings = Vec::new();
        for window in placed {
            readings.push(said(&[window], read(Some(window))?));
        }
        if !unplaced.is_empty() {
            readings.push(said(&unplaced, read(None)?));
        }
        Ok(readings)
    }
}

impl Texts for AtspiTexts {
    fn is_there(&mut self) -> Result<bool> {
        self.look_for_bus()?;
        Ok(self.bus.is_some())
    }

    fn read(&mut self, windows: &[u64]) -> Result<Vec<Reading>> {
        self.over.store(false, Ordering::Release);
        self.look_for_bus()?;
        let until = Instant::now() + PATIENCE;
        let mut readings = Vec::new();
        let mut processes: BTreeMap<u32, Vec<Window>> = BTreeMap::new();
        for id in windows {
            // Numbers of windows are no larger.
            let window = Window::try_from(*id).unwrap_or_default();
            if !self.owners.is_there(&self.link, window)? {
                readings.push(Reading { windows: vec![*id], said: Said::Gone });
                continue;
            }
            match self.owners.process(&self.link, window)? {
                Some(process) if process != std::process::id() => processes.entry(process).or_default().push(window),
                _ => readings.push(Reading { windows: vec![*id], said: Said::Nothing }),
            }
        }
        for (process, windows) in processes {
            match self.read_process(process, &windows, until) {
                Ok(of_process) => readings.extend(of_process),
                Err(Gone) => {
                    self.bus = None;
                    let windows = windows.into_iter().map(u64::from).collect();
                    readings.push(Reading { windows, said: Said::Silent });
                }
            }
        }
        Ok(readings)
    }

    fn waker(&self) -> Waker {
        let over = Arc::clone(&self.over);
        Waker::new(move || over.store(true, Ordering::Release))
    }
}

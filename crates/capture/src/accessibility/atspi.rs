//! The focused element and the clicked one by AT-SPI2.
//!
//! The X server says which window is active, whose it is, and where a button was pressed; the bus says which process a peer is: an
//! application that is not the active one is not believed. Only the element in question is asked, once, and until a deadline; after it
//! the field is unknown.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use understudy_core::backend::{Accessibility, Batch, ElementEvent, Notice, NoticeKind, Waker};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::{Element, ElementRole, Sample};
use understudy_core::typed::Role;
use x11rb::protocol::Event;

use super::bus::{Bus, Object, Signal};
use super::owner::{Owner, Owners};
use super::pace::Pace;
use super::role;
use crate::dbus::{self, Connection, Gone};
use crate::x11::{Link, Wake, deadline};

/// How long an element, or whoever finds it, is waited for: less than a key waits for its verdict.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the bus is waited for.
const OPENING: Duration = Duration::from_millis(500);
/// How long after what may have moved the keyboard on it is asked whether it did: applications take a moment.
const AFTERWARDS: Duration = Duration::from_millis(50);
/// A bus that is not there is looked for again after this long, when the focus changes.
const RETRY: Duration = Duration::from_secs(5);
/// A field that lost the keyboard is waited for this long to say which one has it instead.
const SETTLE: Duration = Duration::from_millis(25);
/// How many processes are remembered with the element of theirs that had the keyboard last.
const REMEMBERED: usize = 64;

pub(crate) struct Atspi {
    link: Link,
    owners: Owners,
    /// Numbers elements: the same ones whenever the platform is opened again.
    numbers: RandomState,
    bus: Option<Bus>,
    /// When the bus was looked for last.
    looked: Option<Instant>,
    /// The journal knows that there is no bus.
    silent: bool,
    active: Option<Owner>,
    /// By process: what had the keyboard last.
    last: HashMap<u32, Object>,
    /// What the field that was reported last is.
    field: Option<Object>,
    reported: Option<ElementEvent>,
    change: Option<Change>,
    /// Another thread wants to know what has the keyboard.
    prompted: Arc<AtomicBool>,
    /// When that is asked.
    ask_at: Option<Instant>,
    click: Option<Time>,
    pace: Pace,
    latest: Time,
}

/// The keyboard goes elsewhere, and that was not reported yet.
struct Change {
    since: Time,
    /// When the latest of several was, between which other fields may have had the keyboard.
    again: Option<Time>,
    to: Option<Object>,
    /// Not before then, unless it is known where to.
    due: Instant,
}

impl Atspi {
    /// Listens to the display; applications are asked from the first poll on. Clicks matter only where the pointer is recorded.
    pub(crate) fn open(display: Option<&str>, clock: &Clock, clicks: bool, numbers: RandomState) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        Ok(Self {
            owners: Owners::listen(&link, display.is_none(), clicks)?,
            link,
            numbers,
            bus: None,
            looked: None,
            silent: false,
            active: None,
            last: HashMap::new(),
            field: None,
            reported: None,
            change: None,
            prompted: Arc::default(),
            ask_at: None,
            click: None,
            pace: Pace::new(Instant::now()),
            latest: Time::ZERO,
        })
    }

    fn begin(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        self.active = self.owners.active(&self.link)?;
        self.look_for_bus(out)?;
        self.turn(self.link.clock.now(), None);
        Ok(())
    }

    fn look_for_bus(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        let now = Instant::now();
        if self.bus.is_some() || self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < RETRY) {
            return Ok(());
        }
        self.looked = Some(now);
        self.bus = Bus::open(&self.link, &self.owners, now + OPENING)?;
        match self.bus {
            Some(_) => self.silent = false,
            None => self.lose_bus(out),
        }
        Ok(())
    }

    fn lose_bus(&mut self, out: &mut Batch<ElementEvent>) {
        self.bus = None;
        self.last.clear();
        let time = self.link.clock.now();
        if !std::mem::replace(&mut self.silent, true) {
            out.notices.push(Notice { time, kind: NoticeKind::NoAccessibility });
        }
        self.turn(time, None);
    }

    /// Takes what the X server tells.
    fn hear_server(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        let mut moved = None;
        while let Some((event, _)) = self.link.next()? {
            match event {
                Event::PropertyNotify(event) if event.atom == self.owners.active_window => {
                    moved = Some(self.link.clock.time(event.time));
                }
                // Buttons 4 to 7 are a wheel's steps.
                Event::XinputRawButtonPress(event) if !(4..=7).contains(&event.detail) => {
                    self.click = Some(self.link.clock.time(event.time));
                }
                _ => {}
            }
        }
        let Some(time) = moved else { return Ok(()) };
        let active = self.owners.active(&self.link)?;
        if active != self.active {
            self.active = active;
            self.look_for_bus(out)?;
            let process = self.active.as_ref().and_then(|active| active.process);
            let to = process.and_then(|process| self.last.get(&process)).cloned();
            // Until it has said so again, nobody knows.
            let again = to.is_some().then(|| self.link.clock.now());
            self.change = Some(Change { since: time, again, to, due: Instant::now() });
        }
        Ok(())
    }

    /// Takes what applications tell.
    fn hear_peers(&mut self) -> dbus::Result<()> {
        let Some(bus) = &mut self.bus else { return Ok(()) };
        let signals = bus.signals(Instant::now() + PATIENCE)?;
        if bus.has_missed() {
            self.ask_at.get_or_insert(Instant::now());
        }
        let time = self.link.clock.now();
        for (process, signal) in signals {
            let active = self.active.as_ref().and_then(|active| active.process) == Some(process);
            let current = self.change.as_ref().map_or(self.field.as_ref(), |change| change.to.as_ref());
            let is_current = current == Some(signal.about());
            match signal {
                Signal::Focused(object) => {
                    self.remember(process, object.clone());
                    if active {
                        self.turn(time, Some(object));
                    }
                }
                Signal::Blurred(object) => {
                    if self.last.get(&process) == Some(&object) {
                        self.last.remove(&process);
                    }
                    if active && is_current {
                        self.turn(time, None);
                        self.change.iter_mut().for_each(|change| change.due = Instant::now() + SETTLE);
                    }
                }
                Signal::Turned(object) if active && is_current => self.turn(time, Some(object)),
                Signal::Turned(_) => {}
            }
        }
        Ok(())
    }

    fn remember(&mut self, process: u32, object: Object) {
        if self.last.len() >= REMEMBERED && !self.last.contains_key(&process) {
            self.last.clear();
        }
        self.last.insert(process, object);
    }

    fn turn(&mut self, time: Time, to: Option<Object>) {
        let due = Instant::now();
        self.change = Some(match self.change.take() {
            None => Change { since: time, again: None, to, due },
            Some(change) if change.to.is_none() || change.to == to => Change { to, due, ..change },
            Some(change) => Change { again: Some(time), to, due, ..change },
        });
    }

    /// Asks what has the keyboard, where that changed, and reports it.
    fn report_focus(&mut self, out: &mut Batch<ElementEvent>) -> dbus::Result<()> {
        let Some(change) = self.change.take_if(|change| change.due <= Instant::now()) else { return Ok(()) };
        let unknown = ElementEvent::Focused { role: Role::Unknown, element: None };
        if change.again.is_some() {
            self.report(change.since, unknown.clone(), out);
        }
        let time = change.again.unwrap_or(change.since);
        self.field = change.to.clone();
        let owner = self.active.clone();
        let (Some(object), Some(owner)) = (change.to, owner) else {
            self.report(time, unknown, out);
            return Ok(());
        };
        match self.ask(&object, &owner) {
            Ok((role, element)) => {
                self.report(time, ElementEvent::Focused { role, element: Some(element) }, out);
                Ok(())
            }
            Err(gone) => {
                self.report(time, unknown, out);
                Err(gone)
            }
        }
    }

    /// Asks the field that was reported last whether it has the keyboard still, where that is wanted or may not have been told, and
    /// nothing else was.
    fn report_again(&mut self, out: &mut Batch<ElementEvent>) -> dbus::Result<()> {
        let now = Instant::now();
        if self.prompted.swap(false, Ordering::AcqRel) {
            self.ask_at = Some(now + AFTERWARDS);
        }
        if self.change.is_some() || self.ask_at.is_none_or(|at| at > now) {
            return Ok(());
        }
        self.ask_at = None;
        let (Some(object), Some(owner)) = (self.field.clone(), self.active.clone()) else { return Ok(()) };
        let (role, element) = self.ask(&object, &owner)?;
        let (id, event) = (element.id, ElementEvent::Focused { role, element: Some(element) });
        let time = self.link.clock.now();
        if self.reported.as_ref() == Some(&event) {
            out.samples.push(Sample { time, value: ElementEvent::Stayed { id, role } });
        } else {
            self.report(time, event, out);
        }
        Ok(())
    }

    fn report(&mut self, time: Time, event: ElementEvent, out: &mut Batch<ElementEvent>) {
        if self.reported.as_ref() != Some(&event) {
            out.samples.push(Sample { time, value: event.clone() });
            self.reported = Some(event);
        }
    }

    /// Finds what was clicked, and reports it.
    fn report_click(&mut self, out: &mut Batch<ElementEvent>) -> Result<dbus::Result<()>> {
        let Some(time) = self.click.take() else { return Ok(Ok(())) };
        if self.bus.is_none() || !self.pace.take(Instant::now()) {
            return Ok(Ok(()));
        }
        let Some((position, owner)) = self.owners.under_pointer(&self.link)? else { return Ok(Ok(())) };
        let (Some(bus), Some(process)) = (&mut self.bus, owner.process) else { return Ok(Ok(())) };
        let found = match bus.at(position, process, Instant::now() + PATIENCE) {
            Ok(found) => found,
            Err(gone) => return Ok(Err(gone)),
        };
        let Some(object) = found else { return Ok(Ok(())) };
        let asked = self.ask(&object, &owner);
        Ok(asked.map(|(_, element)| out.samples.push(Sample { time, value: ElementEvent::Clicked(element) })))
    }

    /// What an element says of itself, and what that makes of it as a field. One that does not answer is unknown, by its number alone.
    fn ask(&mut self, object: &Object, owner: &Owner) -> dbus::Result<(Role, Element)> {
        let mut element = Element {
            // As much as a number of JavaScript holds.
            id: self.numbers.hash_one(object) >> 11,
            window: owner.window.into(),
            app: owner.app.clone(),
            role: ElementRole::UNKNOWN,
            name: String::new(),
            bounds: None,
        };
        let Some(bus) = &mut self.bus else { return Ok((Role::Unknown, element)) };
        let Some(answer) = bus.ask(object, Instant::now() + PATIENCE)? else {
            return Ok((Role::Unknown, element));
        };
        element.role = role::name(answer.role);
        element.name = answer.name;
        element.bounds = answer.bounds;
        Ok((role::field(answer.role, answer.states), element))
    }

    fn hear_and_report(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        let before = out.samples.len();
        self.hear_server(out)?;
        let heard = if self.pace.due().is_none_or(|due| due <= Instant::now()) { self.hear_peers() } else { Ok(()) };
        let told = heard.and_then(|()| self.report_focus(out)).and_then(|()| self.report_again(out));
        let told = match told {
            Ok(()) => self.report_click(out)?,
            Err(gone) => Err(gone),
        };
        if told == Err(Gone) {
            self.lose_bus(out);
            // Without a bus nobody is asked, and nothing fails.
            let _unknown = self.report_focus(out);
        }
        // The field is more urgent than what was clicked, and often follows from it.
        let new = &mut out.samples[before..];
        new.sort_by_key(|sample| sample.time);
        for sample in new {
            self.latest = self.latest.max(sample.time);
            sample.time = self.latest;
        }
        Ok(())
    }

    /// Sleeps until there is something; a flood is left where it is for a while.
    fn sleep(&mut self, until: Option<Instant>) -> Result<Wake> {
        let settled = self.change.as_ref().map(|change| change.due);
        let wake = self.sleep_until([until, settled, self.ask_at].into_iter().flatten().min())?;
        let over = until.is_some_and(|until| until <= Instant::now());
        Ok(if wake == Wake::Timeout && !over { Wake::Beside } else { wake })
    }

    fn sleep_until(&mut self, until: Option<Instant>) -> Result<Wake> {
        let bus = self.bus.as_ref().map(Bus::connection);
        let Some(due) = self.pace.due().filter(|due| *due > Instant::now()) else {
            let waiting = bus.is_some_and(Connection::is_waiting);
            let wake = match waiting {
                true => Wake::Beside,
                false => self.link.sleep_beside(until, bus.map(Connection::fd))?,
            };
            if wake == Wake::Beside {
                self.pace.take(Instant::now());
            }
            return Ok(wake);
        };
        let first = until.map_or(due, |until| until.min(due));
        self.link.sleep(Some(first))
    }
}

impl Accessibility for Atspi {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ElementEvent>) -> Result<()> {
        let until = deadline(wait);
        let before = (out.samples.len(), out.notices.len());
        if self.reported.is_none() && self.change.is_none() {
            self.begin(out)?;
        }
        loop {
            self.hear_and_report(out)?;
            if (out.samples.len(), out.notices.len()) != before {
                return Ok(());
            }
            match self.sleep(until)? {
                Wake::Beside | Wake::Server => {}
                Wake::Timeout | Wake::Waker => return Ok(()),
            }
        }
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn prompter(&self) -> Waker {
        let (prompted, waker) = (Arc::clone(&self.prompted), self.link.waker());
        Waker::new(move || {
            prompted.store(true, Ordering::Release);
            waker.wake();
        })
    }
}

//! The focused element and the clicked one by AT-SPI2.
//!
//! The X server says which window is active, whose it is, and where a button was pressed; the bus says which process a peer is: an
//! application that is not the active one is not believed. Only the element in question is asked, once, and until a deadline; after it
//! the field is unknown. Of one that shows what it holds that is asked too, within the same time; and of those that are watched, whether
//! they are there still. Of new windows their application is asked what it calls them.

mod naming;
mod poll;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use understudy_core::backend::{Batch, ElementEvent, Notice, NoticeKind};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::{Element, ElementRole, Sample};
use understudy_core::typed::Role;
use x11rb::protocol::Event;

use self::naming::Naming;
use super::bus::{Around, Bus, Object, Signal};
use super::change::Change;
use super::fate::Fate;
use super::fields::Fields;
use super::frames::Frames;
use super::owner::{Owner, Owners};
use super::pace::Pace;
use super::role;
use crate::dbus;
use crate::x11::Link;

/// How long an element, or whoever finds it, is waited for: less than a key waits for its verdict.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the bus is waited for.
const OPENING: Duration = Duration::from_millis(500);
/// How long after what may have moved the keyboard on it is asked whether it did: applications take a moment.
const AFTERWARDS: Duration = Duration::from_millis(50);
/// A field that did not answer in time is asked again after these: an application that got the keyboard may be busy with that.
const BUSY: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(500), Duration::from_millis(1500)];
/// A bus that is not there is looked for again after this long, when the focus changes.
const RETRY: Duration = Duration::from_secs(5);
/// One that did not answer at first is looked for again after these, whatever happens: a machine that has much to do, a session that begins.
const AGAIN: [Duration; 2] = [Duration::from_millis(700), Duration::from_secs(2)];
/// A field that lost the keyboard is waited for this long to say which one has it instead.
const SETTLE: Duration = Duration::from_millis(25);
/// How many processes are remembered with the element of theirs that had the keyboard last.
const REMEMBERED: usize = 64;
/// Of how many elements it is remembered which frame is around them.
const AROUND: usize = 256;

pub(crate) struct Atspi {
    link: Link,
    owners: Owners,
    /// Those that had the keyboard, also before the platform was opened again.
    fields: Arc<Mutex<Fields>>,
    naming: Naming,
    bus: Option<Bus>,
    /// When the bus was looked for last.
    looked: Option<Instant>,
    /// When it is looked for though the focus does not change, and how often it was.
    look_at: Option<Instant>,
    tries: usize,
    /// The journal knows that there is no bus.
    silent: bool,
    active: Option<Owner>,
    /// By process: what had the keyboard last.
    last: HashMap<u32, Object>,
    /// The frames around elements that had the keyboard: asked once, for an element stays where it is.
    around: HashMap<Object, Around>,
    /// What the field that was reported last is.
    field: Option<Object>,
    reported: Option<ElementEvent>,
    change: Option<Change>,
    /// Another thread wants to know what has the keyboard.
    prompted: Arc<AtomicBool>,
    /// When that is asked.
    ask_at: Option<Instant>,
    /// How often the field did not answer.
    unanswered: usize,
    click: Option<Time>,
    pace: Pace,
    latest: Time,
}

impl Atspi {
    /// Listens to the display; applications are asked from the first poll on. Clicks matter only where the pointer is recorded.
    pub(crate) fn open(
        display: Option<&str>,
        clock: &Clock,
        clicks: bool,
        (fields, frames): (Arc<Mutex<Fields>>, Arc<Mutex<Frames>>),
    ) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let opened = Self {
            owners: Owners::listen(&link, display.is_none(), clicks)?,
            link,
            fields,
            naming: Naming::new(frames),
            bus: None,
            looked: None,
            look_at: None,
            tries: 0,
            silent: false,
            active: None,
            last: HashMap::new(),
            around: HashMap::new(),
            field: None,
            reported: None,
            change: None,
            prompted: Arc::default(),
            ask_at: None,
            unanswered: 0,
            click: None,
            pace: Pace::new(Instant::now()),
            latest: Time::ZERO,
        };
        opened.fields().begin();
        Ok(opened)
    }

    fn fields(&self) -> MutexGuard<'_, Fields> {
        lock(&self.fields)
    }

    fn begin(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        self.active = self.owners.active(&self.link)?;
        self.look_for_bus(out)?;
        self.turn(self.link.clock.now(), None);
        Ok(())
    }

    fn look_for_bus(&mut self, out: &mut Batch<ElementEvent>) -> Result<()> {
        let now = Instant::now();
        let is_early = self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < RETRY);
        if self.bus.is_some() || is_early && self.look_at.is_none_or(|at| at > now) {
            return Ok(());
        }
        self.looked = Some(now);
        self.bus = Bus::open(&self.link, &self.owners, now + OPENING)?;
        self.look_at = AGAIN.get(self.tries).filter(|_| self.bus.is_none()).map(|again| Instant::now() + *again);
        self.tries += 1;
        match &self.bus {
            Some(bus) => {
                self.fields().turn_to(bus.connection().bus());
                self.naming.turn_to(bus.connection().bus());
                self.silent = false;
                self.tries = 0;
            }
            None => self.lose_bus(out),
        }
        Ok(())
    }

    fn lose_bus(&mut self, out: &mut Batch<ElementEvent>) {
        self.bus = None;
        self.last.clear();
        self.around.clear();
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
                Event::PropertyNotify(event) if event.atom == self.owners.client_list => self.naming.relist(),
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
            let before = self.active.as_ref().and_then(|active| active.process);
            self.active = active;
            self.look_for_bus(out)?;
            if let Some(active) = &self.active {
                self.naming.turn(active.window, active.process);
            }
            let process = self.active.as_ref().and_then(|active| active.process);
            // Its application has not said yet that it left the element in its other window.
            let pause = if process.is_some() && process == before { AFTERWARDS } else { Duration::ZERO };
            let to = process.and_then(|process| self.last.get(&process)).cloned();
            // Until it has said so again, nobody knows.
            let again = to.is_some().then(|| self.link.clock.now());
            self.change = Some(Change { since: time, again, to, due: Instant::now() + pause });
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
            self.naming.hear(process);
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
        self.change = Some(Change::turn(self.change.take(), time, to));
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
        self.unanswered = 0;
        self.fields().hurry(Instant::now());
        let owner = self.active.clone();
        let (Some(object), Some(owner)) = (change.to, owner) else {
            self.report(time, unknown, out);
            return Ok(());
        };
        let deadline = Instant::now() + PATIENCE;
        match self.ask_focused(&object, &owner, deadline) {
            Ok((role, element)) => {
                self.ask_later(&element);
                let (id, window) = (element.id, element.window);
                self.report(time, ElementEvent::Focused { role, element: Some(element) }, out);
                self.report_text(&object, role, (id, window), deadline, out)
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
        let deadline = now + PATIENCE;
        let (role, element) = self.ask_focused(&object, &owner, deadline)?;
        self.ask_later(&element);
        let (id, window) = (element.id, element.window);
        let event = ElementEvent::Focused { role, element: Some(element) };
        let time = self.link.clock.now();
        if self.reported.as_ref() == Some(&event) {
            out.samples.push(Sample { time, value: ElementEvent::Stayed { id, role } });
        } else {
            self.report(time, event, out);
        }
        self.report_text(&object, role, (id, window), deadline, out)
    }

    /// One that did not answer is asked again.
    fn ask_later(&mut self, element: &Element) {
        if element.role != ElementRole::UNKNOWN {
            self.unanswered = 0;
        } else if let Some(pause) = BUSY.get(self.unanswered) {
            self.unanswered += 1;
            self.ask_at = Some(Instant::now() + *pause);
        }
    }

    /// Asks a field that has the keyboard and shows what it holds for that, and tells it where it is news.
    fn report_text(
        &mut self,
        object: &Object,
        role: Role,
        (id, window): (u64, u64),
        deadline: Instant,
        out: &mut Batch<ElementEvent>,
    ) -> dbus::Result<()> {
        self.fields().focus(id, object, role == Role::Password);
        if role != Role::Known || self.fields().was_secret(id) {
            return Ok(());
        }
        let Some(bus) = &mut self.bus else { return Ok(()) };
        let Some(text) = bus.held(object, deadline)? else { return Ok(()) };
        if self.fields().is_news(id, &text) {
            let time = self.link.clock.now();
            out.samples.push(Sample { time, value: ElementEvent::Holds { id, window, text } });
        }
        Ok(())
    }

    /// Asks the fields that are watched whether they are there still, where it is time to.
    fn look(&mut self, out: &mut Batch<ElementEvent>) -> dbus::Result<()> {
        let Some(bus) = &mut self.bus else { return Ok(()) };
        let now = Instant::now();
        let (ids, objects): (Vec<u64>, Vec<Object>) = lock(&self.fields).turn(now).into_iter().unzip();
        if objects.is_empty() {
            return Ok(());
        }
        let fates = bus.fates(&objects, now + PATIENCE)?;
        let time = self.link.clock.now();
        for (id, fate) in ids.into_iter().zip(fates) {
            self.fields().settle(id, fate);
            if fate == Fate::Gone {
                let field = self.field.take();
                self.field = field.filter(|field| self.fields().number(field) != id);
                out.samples.push(Sample { time, value: ElementEvent::Gone { id } });
            }
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
        // Several of its windows may lie there, one of them private.
        let others = self.naming.others(process, owner.window);
        let found = match bus.at(position, process, &others, Instant::now() + PATIENCE) {
            Ok(found) => found,
            Err(gone) => return Ok(Err(gone)),
        };
        let Some(object) = found else { return Ok(Ok(())) };
        let asked = self.ask(&object, &owner, Instant::now() + PATIENCE);
        Ok(asked.map(|(_, element)| out.samples.push(Sample { time, value: ElementEvent::Clicked(element) })))
    }

    /// The same of one that is said to have the keyboard. An application may say so before the X server says that another of its windows
    /// is active, or still when that is so: what lies in another window is unknown in this one.
    fn ask_focused(&mut self, object: &Object, owner: &Owner, deadline: Instant) -> dbus::Result<(Role, Element)> {
        if self.is_elsewhere(object, owner, deadline)? {
            return Ok((Role::Unknown, self.unknown(object, owner)));
        }
        self.ask(object, owner, deadline)
    }

    fn is_elsewhere(&mut self, object: &Object, owner: &Owner, deadline: Instant) -> dbus::Result<bool> {
        let placed = owner.process.filter(|process| self.naming.is_placed(*process, owner.window));
        let (Some(bus), Some(process)) = (&mut self.bus, placed) else { return Ok(false) };
        let known = self.around.get(object).cloned();
        let around = match known {
            Some(around) => Some(around),
            None => bus.frame_of(object, deadline)?,
        };
        let Some(around) = around else { return Ok(true) };
        if self.around.len() >= AROUND {
            self.around.clear();
        }
        self.around.insert(object.clone(), around.clone());
        Ok(self.naming.is_elsewhere(process, owner.window, &around))
    }

    fn unknown(&self, object: &Object, owner: &Owner) -> Element {
        Element {
            id: self.fields().number(object),
            window: owner.window.into(),
            app: owner.app.clone(),
            role: ElementRole::UNKNOWN,
            name: String::new(),
            bounds: None,
        }
    }

    /// What an element says of itself, and what that makes of it as a field. One that does not answer is unknown, by its number alone.
    fn ask(&mut self, object: &Object, owner: &Owner, deadline: Instant) -> dbus::Result<(Role, Element)> {
        let mut element = self.unknown(object, owner);
        let Some(bus) = &mut self.bus else { return Ok((Role::Unknown, element)) };
        let Some(answer) = bus.ask(object, deadline)? else { return Ok((Role::Unknown, element)) };
        self.fields().hear(&object.peer);
        element.role = role::name(answer.role);
        element.name = answer.name;
        element.bounds = answer.bounds;
        Ok((role::field(answer.role, answer.states), element))
    }
}

fn lock(fields: &Mutex<Fields>) -> MutexGuard<'_, Fields> {
    fields.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Input on X11: XInput2 raw events, which come whatever has the focus or a grab.
//!
//! Raw events hold no position, no text and no state. Those are joined to them here, exactly, because everything comes over one
//! connection in the server's order: `XkbStateNotify` says which modifiers and group the next key meets, and one
//! `QueryPointer` after each batch with events of a pointer says where that was after the events before its reply.
//!
//! Key repeat (found on Xvfb 21.1 with a key held by XTEST): the server's own repeats are no raw events. They are
//! `XI_KeyPress` events with the flag `XIKeyRepeat`, and a client hears those of the *slave* devices at the root even while an
//! application takes the key of the master device. An application that takes slave devices' keys itself hides its repeats.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use understudy_core::backend::{Batch, Hook, Notice, NoticeKind, Waker};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::{
    InputEvent, KeyboardAction, KeyboardEvent, Layout as LayoutName, PointerAction, PointerEvent, Sample,
};
use understudy_core::frame::{Position, Size};
use understudy_core::track::{Track, Tracks};
use x11rb::connection::SequenceNumber;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{self, ChangeReason, ConnectionExt as _, DeviceId, KeyEventFlags, PointerEventFlags};
use x11rb::protocol::xkb;
use x11rb::protocol::xproto::{Atom, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, Timestamp};

use super::buttons::{button, wheel};
use super::devices::{self, Devices};
use super::layout::{self, Layout};
use super::motion::{Step, Tracker};
use super::raw::{self, RawMotion};
use crate::x11::{Link, Wake, answer, deadline, lost, send, unsupported};

/// Input that comes after a rest is reported at once; while there is more it gathers this long: server times stay exact, and
/// wake-ups do not follow the mouse.
const GATHER: Duration = Duration::from_millis(50);
/// Where more than this come in one go, they gather less long, so that about half as many do. What waits in the socket is bounded
/// that way; the server would have to keep the rest.
const MANY: usize = 768;
/// Where fewer come, they gather longer again.
const FEW: usize = 96;

/// A position that differs by this little from the server's was computed with other rounding; by more, someone warped the pointer.
const ROUNDING: i32 = 2;

pub(crate) struct XInput2 {
    link: Link,
    pointer: bool,
    keyboard: bool,
    active_window: Atom,
    devices: Devices,
    layout: Layout,
    /// The keymap changed and is read before the next key.
    stale: bool,
    reported: Option<LayoutName>,
    tracker: Tracker,
    size: Size,
    /// Came after the last answer of the server, and belong to the next batch.
    pending: VecDeque<(Vec<u8>, SequenceNumber)>,
    /// XInput's, in events.
    opcode: u8,
    pace: Pace,
    latest: Time,
    fresh: bool,
    started: bool,
}

/// How long events gather.
struct Pace {
    /// When there was input last; `None` once that is long enough ago.
    took: Option<Instant>,
    gather: Duration,
}

impl Pace {
    /// Begins to gather anew, after `count` events were taken.
    fn took(&mut self, count: usize) {
        self.took = Some(Instant::now());
        if count > MANY {
            let part = MANY as f64 / 2.0 / count as f64;
            self.gather = self.gather.mul_f64(part);
        } else if count < FEW {
            self.gather = (self.gather * 2).min(GATHER);
        }
    }
}

/// What a batch of events becomes, before positions are known.
#[derive(Default)]
struct Draft {
    samples: Vec<Sample<InputEvent>>,
    steps: Vec<Step>,
    /// Which sample each step belongs to.
    movers: Vec<usize>,
    /// The last key, whose modifiers the next notice may complete.
    key: Option<(usize, u32)>,
}

impl XInput2 {
    pub(crate) fn open(display: Option<&str>, clock: &Clock, tracks: Tracks) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let Some(opcode) = link.opcode(xinput::X11_EXTENSION_NAME)? else {
            return Err(unsupported("XInput extension"));
        };
        let version = answer(send(link.conn.xinput_xi_query_version(2, 2))?)?;
        if version.is_none_or(|version| (version.major_version, version.minor_version) < (2, 1)) {
            return Err(unsupported("XInput 2.1"));
        }
        let (pointer, keyboard) = (tracks.contains(Track::Pointer), tracks.contains(Track::Keyboard));
        if keyboard && link.has(xkb::X11_EXTENSION_NAME)? {
            layout::listen(&link)?;
        }
        let root = link.root();
        let events =
            ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY);
        send(link.conn.change_window_attributes(root, &events))?;
        devices::listen(&link, pointer, keyboard)?;
        let screen = link.screen();
        let size = Size { width: screen.width_in_pixels.into(), height: screen.height_in_pixels.into() };
        let geometry = answer(send(link.conn.get_geometry(root))?)?;
        let size = geometry.map_or(size, |now| Size { width: now.width.into(), height: now.height.into() });
        let position = query_pointer(&link)?.0.unwrap_or_default();
        Ok(Self {
            active_window: link.atom("_NET_ACTIVE_WINDOW")?,
            devices: Devices::query(&link)?,
            layout: Layout::load(&link)?,
            stale: false,
            reported: None,
            tracker: Tracker::new(position, size),
            size,
            pending: VecDeque::new(),
            opcode,
            pace: Pace { took: None, gather: GATHER },
            latest: Time::ZERO,
            fresh: false,
            started: false,
            pointer,
            keyboard,
            link,
        })
    }

    /// Takes every event that is here.
    fn drain(&mut self) -> Result<Vec<Vec<u8>>> {
        let mut events: Vec<Vec<u8>> = self.pending.drain(..).map(|(event, _)| event).collect();
        while let Some((event, _)) = self.link.next_raw()? {
            events.push(event);
        }
        Ok(events)
    }

    /// Where the pointer is now; what happened before that joins `events`, what happened after waits.
    fn sync(&mut self, events: &mut Vec<Vec<u8>>) -> Result<Option<Position>> {
        let (position, at) = query_pointer(&self.link)?;
        while let Some((event, sequence)) = self.link.next_raw()? {
            if sequence < at && self.pending.is_empty() {
                events.push(event);
            } else {
                self.pending.push_back((event, sequence));
            }
        }
        Ok(position)
    }

    fn report(&mut self, mut events: Vec<Vec<u8>>, out: &mut Batch<InputEvent>) -> Result<()> {
        let moved = self.pointer && events.iter().any(|event| raw::moves(event, self.opcode));
        if !moved && !self.ends_with_modifier(&events) {
            return self.publish(&events, None, out);
        }
        let position = self.sync(&mut events)?;
        self.publish(&events, position.filter(|_| moved), out)
    }

    /// The server tells of a modifier's effect behind the key, and may be interrupted between both.
    fn ends_with_modifier(&self, events: &[Vec<u8>]) -> bool {
        let last = events.iter().rev().find_map(|event| raw::keycode(event, self.opcode));
        last.is_some_and(|keycode| self.layout.is_modifier(keycode))
    }

    fn publish(&mut self, events: &[Vec<u8>], end: Option<Position>, out: &mut Batch<InputEvent>) -> Result<()> {
        let mut draft = Draft { samples: Vec::with_capacity(events.len()), ..Draft::default() };
        for event in events {
            match RawMotion::parse(event, self.opcode) {
                Some(motion) => self.read_motion(motion, &mut draft),
                None => self.read(self.link.parse(event)?, &mut draft)?,
            }
        }
        if std::mem::take(&mut self.stale) {
            self.layout.reload(&self.link)?;
            self.report_layout(self.link.clock.now(), &mut draft);
        }
        if let Some(end) = end {
            self.tracker.resolve(&mut draft.steps, end);
        }
        let mut steps = draft.steps.iter().zip(&draft.movers).peekable();
        let mut last = None;
        for (index, sample) in draft.samples.iter_mut().enumerate() {
            let InputEvent::Pointer(event) = &mut sample.value else { continue };
            if let Some((step, _)) = steps.next_if(|(_, mover)| **mover == index) {
                self.tracker.follow(*step);
                // Where a client asked for a position, no device moved by a distance.
                if let (Step::To(..), true, PointerAction::Move { raw }) = (step, event.injected, &mut event.action) {
                    *raw = None;
                }
                last = Some((index, event.injected));
            }
            event.position = self.tracker.position();
        }
        if let Some(end) = end.filter(|_| self.pointer) {
            let now = self.tracker.position();
            let near = (now.x - end.x).abs() <= ROUNDING && (now.y - end.y).abs() <= ROUNDING;
            match last {
                _ if now == end => {}
                Some((index, false)) if near => {
                    for sample in &mut draft.samples[index..] {
                        if let InputEvent::Pointer(event) = &mut sample.value {
                            event.position = end;
                        }
                    }
                }
                _ => {
                    let warp =
                        PointerEvent { position: end, injected: true, action: PointerAction::Move { raw: None } };
                    draft.samples.push(Sample { time: self.link.clock.now(), value: InputEvent::Pointer(warp) });
                }
            }
            self.tracker.correct(end);
        }
        for sample in &mut draft.samples {
            // Repeats are timed by another of the server's clocks than the keys around them; the order is the server's.
            self.latest = self.latest.max(sample.time);
            sample.time = self.latest;
        }
        if out.samples.is_empty() {
            out.samples = draft.samples;
        } else {
            out.samples.append(&mut draft.samples);
        }
        Ok(())
    }

    fn read_motion(&mut self, motion: RawMotion<'_>, draft: &mut Draft) {
        let moved = self.devices.read(motion, self.size);
        if let Some((step, raw)) = moved.step {
            draft.steps.push(step);
            draft.movers.push(draft.samples.len());
            self.point(motion.time, motion.source, PointerAction::Move { raw: Some(raw) }, draft);
        }
        if let Some(wheel) = moved.wheel {
            self.point(motion.time, motion.source, PointerAction::Wheel(wheel), draft);
        }
    }

    fn read(&mut self, event: Event, draft: &mut Draft) -> Result<()> {
        match event {
            // Where the device scrolls smoothly, its steps were reported as movements of an axis.
            Event::XinputRawButtonPress(event) | Event::XinputRawButtonRelease(event)
                if u32::from(event.flags) & u32::from(PointerEventFlags::POINTER_EMULATED) != 0 => {}
            Event::XinputRawButtonPress(event) => {
                let action = wheel(event.detail).map(PointerAction::Wheel);
                let action = action.or_else(|| button(event.detail).map(PointerAction::Down));
                if let Some(action) = action {
                    self.point(event.time, event.sourceid, action, draft);
                }
            }
            Event::XinputRawButtonRelease(event) => {
                if let Some(button) = button(event.detail) {
                    self.point(event.time, event.sourceid, PointerAction::Up(button), draft);
                }
            }
            Event::XinputRawKeyPress(event) => self.press(event.time, event.sourceid, event.detail, false, draft)?,
            Event::XinputRawKeyRelease(event) => {
                self.refresh_layout(event.time, draft)?;
                let key = self.layout.key(event.detail, false);
                draft.key = Some((draft.samples.len(), event.detail));
                self.keyboard(event.time, event.sourceid, KeyboardAction::Up { key }, draft);
            }
            Event::XinputKeyPress(event) => {
                let repeat = u32::from(event.flags) & u32::from(KeyEventFlags::KEY_REPEAT) != 0;
                if repeat && event.deviceid == event.sourceid && self.devices.is_slave(event.deviceid) {
                    self.press(event.time, event.sourceid, event.detail, true, draft)?;
                }
            }
            Event::XkbStateNotify(event) => {
                self.layout.update(&event);
                if let Some((index, keycode)) = draft.key
                    && keycode == u32::from(event.keycode)
                    && let InputEvent::Keyboard(key) = &mut draft.samples[index].value
                {
                    key.modifiers = self.layout.modifiers();
                }
                if !self.stale {
                    self.report_layout(self.link.clock.time(event.time), draft);
                }
            }
            Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) | Event::XkbNamesNotify(_) => self.stale = true,
            Event::XinputHierarchy(_) => self.devices = Devices::query(&self.link)?,
            Event::XinputDeviceChanged(event) if event.reason == ChangeReason::DEVICE_CHANGE => {
                self.devices = Devices::query(&self.link)?;
            }
            Event::PropertyNotify(event) if event.atom == self.active_window && self.keyboard => {
                self.layout.reset();
                self.keyboard(event.time, devices::ALL, KeyboardAction::Modifiers, draft);
            }
            Event::ConfigureNotify(event) if event.window == self.link.root() => {
                self.size = Size { width: event.width.into(), height: event.height.into() };
                self.tracker.resize(self.size);
            }
            _ => {}
        }
        Ok(())
    }

    fn press(
        &mut self,
        time: Timestamp,
        source: DeviceId,
        keycode: u32,
        repeat: bool,
        draft: &mut Draft,
    ) -> Result<()> {
        self.refresh_layout(time, draft)?;
        let key = self.layout.key(keycode, true);
        draft.key = Some((draft.samples.len(), keycode));
        self.keyboard(time, source, KeyboardAction::Down { key, repeat }, draft);
        Ok(())
    }

    fn refresh_layout(&mut self, time: Timestamp, draft: &mut Draft) -> Result<()> {
        if std::mem::take(&mut self.stale) {
            self.layout.reload(&self.link)?;
            self.report_layout(self.link.clock.time(time), draft);
        }
        Ok(())
    }

    fn report_layout(&mut self, time: Time, draft: &mut Draft) {
        let name = self.layout.name();
        if self.keyboard && self.reported.as_ref() != Some(&name) {
            self.reported = Some(name.clone());
            draft.samples.push(Sample { time, value: self.keyboard_event(false, KeyboardAction::Layout(name)) });
        }
    }

    fn keyboard(&mut self, time: Timestamp, source: DeviceId, action: KeyboardAction, draft: &mut Draft) {
        let value = self.keyboard_event(self.devices.injects(source), action);
        draft.samples.push(Sample { time: self.link.clock.time(time), value });
    }

    fn keyboard_event(&self, injected: bool, action: KeyboardAction) -> InputEvent {
        InputEvent::Keyboard(KeyboardEvent { modifiers: self.layout.modifiers(), injected, action })
    }

    fn point(&mut self, time: Timestamp, source: DeviceId, action: PointerAction, draft: &mut Draft) {
        let event = PointerEvent { position: Position::default(), injected: self.devices.injects(source), action };
        draft.samples.push(Sample { time: self.link.clock.time(time), value: InputEvent::Pointer(event) });
    }

    /// Reports the state as it is: at the start, and after a pause.
    fn introduce(&mut self, out: &mut Batch<InputEvent>) -> Result<()> {
        if !self.keyboard {
            return Ok(());
        }
        self.layout.reset();
        self.layout.read_state(&self.link)?;
        let time = self.link.clock.now().max(self.latest);
        self.latest = time;
        let name = self.layout.name();
        self.reported = Some(name.clone());
        for action in [KeyboardAction::Layout(name), KeyboardAction::Modifiers] {
            out.samples.push(Sample { time, value: self.keyboard_event(false, action) });
        }
        Ok(())
    }
}

impl Hook for XInput2 {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<InputEvent>) -> Result<()> {
        if !std::mem::replace(&mut self.started, true) {
            let time = self.link.clock.now();
            let missing =
                [(self.layout.has_keymap(), NoticeKind::NoLayout), (self.layout.has_compose(), NoticeKind::NoCompose)];
            let missing = missing.into_iter().filter(|(has, _)| self.keyboard && !has);
            out.notices.extend(missing.map(|(_, kind)| Notice { time, kind }));
            return self.introduce(out);
        }
        let deadline = deadline(wait);
        let before = out.samples.len();
        if let Some(gathered) = self.pace.took.take().map(|took| took + self.pace.gather) {
            // Whoever cannot wait that long gets what is here.
            let hurried = deadline.is_some_and(|deadline| deadline <= gathered);
            if !hurried && self.link.rest(gathered)? == Wake::Waker {
                return Ok(());
            }
        }
        loop {
            let events = self.drain()?;
            if !events.is_empty() {
                let count = events.len();
                self.report(events, out)?;
                self.pace.took(count);
            }
            if std::mem::take(&mut self.fresh) {
                self.layout.reload(&self.link)?;
                return self.introduce(out);
            }
            if out.samples.len() > before {
                return Ok(());
            }
            if self.pending.is_empty() && self.link.sleep(deadline)? != Wake::Server {
                return Ok(());
            }
        }
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn resync(&mut self) {
        self.fresh = true;
    }
}

/// Where the pointer is, and the place of the answer among the requests.
fn query_pointer(link: &Link) -> Result<(Option<Position>, SequenceNumber)> {
    let cookie = link.conn.query_pointer(link.root()).map_err(lost)?;
    let sequence = cookie.sequence_number();
    let reply = answer(cookie)?.filter(|reply| reply.same_screen);
    Ok((reply.map(|reply| Position { x: reply.root_x.into(), y: reply.root_y.into() }), sequence))
}

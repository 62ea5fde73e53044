//! The indicator on X11: a small window on top of all others that says whether something is recorded, and takes clicks.
//!
//! It is not managed: a window manager could put it away, and people do not look for it in a list of windows. It has a connection
//! of its own, and looks at itself through it: what it is told there is true of the moment at which it asked.

mod badge;
mod font;
mod hotkey;
mod menu;
mod picture;
mod sight;

use std::time::{Duration, Instant};

use understudy_core::backend::{AtStop, Hotkey, Indicator, Sight, Status, Waker, Wish};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::Sample;
use understudy_core::frame::Position;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ButtonPressEvent, ButtonReleaseEvent, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, MotionNotifyEvent,
    Timestamp,
};

use self::badge::Badge;
use self::hotkey::Grab;
pub(crate) use self::hotkey::Keys;
use self::menu::{Choice, Menu};
use self::sight::{Fault, Sights};
use crate::x11::{Link, Wake, deadline, send};

/// How far the pointer may move in a click; beyond, it drags.
const SLIP: i32 = 5;
/// A menu that nobody uses closes.
const MENU: Duration = Duration::from_secs(10);
/// A key is stamped by the server in milliseconds, rounded for each connection by itself.
const ROUNDING: Duration = Duration::from_millis(3);
/// Tries to get back on top in one look, and how long others have to answer each.
const RAISES: u32 = 3;
const ANSWER: Duration = Duration::from_millis(8);
/// Tries to get back in a row; whoever undoes more than these is not fought with, until a while has passed.
const TRIES: u32 = 8;
const TRIES_IN: Duration = Duration::from_secs(3);

pub(crate) struct XIndicator {
    display: Option<String>,
    clock: Clock,
    keys: Option<Keys>,
    at_stop: AtStop,
    link: Link,
    badge: Badge,
    sights: Sights,
    grab: Grab,
    menu: Option<(Menu, Instant)>,
    press: Option<Press>,
    tries: Tries,
}

/// A button that is held on the indicator.
struct Press {
    time: Timestamp,
    at: Position,
    /// Where the indicator was.
    from: Position,
    drags: bool,
}

struct Tries {
    left: u32,
    since: Instant,
}

impl Tries {
    fn take(&mut self) -> bool {
        if self.since.elapsed() >= TRIES_IN {
            *self = Self { left: TRIES, since: Instant::now() };
        }
        let taken = self.left > 0;
        self.left = self.left.saturating_sub(1);
        taken
    }
}

impl XIndicator {
    pub(crate) fn open(display: Option<&str>, clock: &Clock, keys: Option<Keys>, at_stop: AtStop) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let events = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        send(link.conn.change_window_attributes(link.root(), &events))?;
        let sights = Sights::new(&link)?;
        let badge = Badge::create(&link, at_stop)?;
        let grab = Grab::new(&link, keys.as_ref())?;
        link.flush()?;
        Ok(Self {
            display: display.map(str::to_owned),
            clock: clock.clone(),
            keys,
            at_stop,
            link,
            badge,
            sights,
            grab,
            menu: None,
            press: None,
            tries: Tries { left: TRIES, since: Instant::now() },
        })
    }

    /// Takes every event that is here. Answers whether one may have hidden it.
    fn drain(&mut self, out: &mut Vec<Sample<Wish>>) -> Result<bool> {
        let mut disturbed = false;
        while let Some((event, _)) = self.link.next()? {
            disturbed |= self.read(event, out)?;
        }
        Ok(disturbed)
    }

    fn read(&mut self, event: Event, out: &mut Vec<Sample<Wish>>) -> Result<bool> {
        let root = self.link.root();
        match event {
            Event::ConfigureNotify(event) if event.window == root => return self.fit(),
            Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => return self.fit(),
            Event::ButtonPress(event) => self.press(&event, out)?,
            Event::MotionNotify(event) => self.motion(&event)?,
            Event::ButtonRelease(event) => self.release(&event, out)?,
            Event::KeyPress(event) if self.grab.presses(&event) => self.wish(event.time, Wish::Toggle, out),
            Event::KeyRelease(event) => self.grab.releases(&event),
            Event::MappingNotify(_) => self.grab.renew(&self.link)?,
            event => return Ok(self.badge.is_disturbed_by(&event)),
        }
        Ok(false)
    }

    /// The screens changed.
    fn fit(&mut self) -> Result<bool> {
        self.badge.fit(&self.link)?;
        Ok(true)
    }

    fn press(&mut self, event: &ButtonPressEvent, out: &mut Vec<Sample<Wish>>) -> Result<()> {
        let at = Position { x: event.root_x.into(), y: event.root_y.into() };
        if let Some((menu, _)) = self.menu.take() {
            let choice = menu.choice(at);
            menu.close(&self.link)?;
            if let Some(choice) = choice {
                self.choose(event.time, choice, out);
            }
            return Ok(());
        }
        match event.detail {
            1 => self.press = Some(Press { time: event.time, at, from: self.badge.position(), drags: false }),
            3 => {
                let menu = Menu::open(&self.link, &self.badge, self.grab.hotkey(), self.at_stop, event.time)?;
                self.menu = Some((menu, Instant::now()));
            }
            _ => {}
        }
        Ok(())
    }

    fn motion(&mut self, event: &MotionNotifyEvent) -> Result<()> {
        let at = Position { x: event.root_x.into(), y: event.root_y.into() };
        if let Some((menu, _)) = &mut self.menu {
            return menu.point(&self.link, at);
        }
        let Some(press) = &mut self.press else { return Ok(()) };
        let (x, y) = (at.x - press.at.x, at.y - press.at.y);
        press.drags |= x.abs() > SLIP || y.abs() > SLIP;
        if press.drags {
            self.badge.drag(&self.link, Position { x: press.from.x + x, y: press.from.y + y })?;
        }
        Ok(())
    }

    fn release(&mut self, event: &ButtonReleaseEvent, out: &mut Vec<Sample<Wish>>) -> Result<()> {
        let at = Position { x: event.root_x.into(), y: event.root_y.into() };
        // A button that was pressed to open the menu may be let go over what is chosen.
        if let Some(choice) = self.menu.as_ref().and_then(|(menu, _)| menu.choice(at)) {
            self.close_menu()?;
            self.choose(event.time, choice, out);
        }
        if let Some(press) = self.press.take_if(|_| event.detail == 1).filter(|press| !press.drags) {
            self.wish(press.time, Wish::Toggle, out);
        }
        Ok(())
    }

    fn choose(&self, time: Timestamp, choice: Choice, out: &mut Vec<Sample<Wish>>) {
        self.wish(
            time,
            match choice {
                Choice::Toggle => Wish::Toggle,
                Choice::Forget(last) => Wish::Forget(last),
                Choice::Stop => Wish::Stop,
                Choice::Keep => Wish::Keep,
            },
            out,
        );
    }

    fn wish(&self, time: Timestamp, value: Wish, out: &mut Vec<Sample<Wish>>) {
        out.push(Sample { time: self.at(time), value });
    }

    /// Since when a click may become a pause: what came behind it is not to be kept before that is known.
    fn undecided(&self) -> Option<Time> {
        self.press.as_ref().filter(|press| !press.drags).map(|press| self.at(press.time))
    }

    /// The server's time, and a little before.
    fn at(&self, time: Timestamp) -> Time {
        self.link.clock.time(time).before(ROUNDING)
    }

    fn close_menu(&mut self) -> Result<()> {
        self.menu.take().map_or(Ok(()), |(menu, _)| menu.close(&self.link))
    }

    fn fault(&mut self) -> Result<(Time, Option<Fault>)> {
        let time = self.link.clock.now();
        let menu = self.menu.as_ref().map(|(menu, _)| menu.window());
        Ok((time, self.sights.fault(&self.link, &self.badge, menu)?))
    }
}

impl Indicator for XIndicator {
    fn poll(&mut self, status: Status, wait: Option<Duration>, out: &mut Vec<Sample<Wish>>) -> Result<bool> {
        let deadline = deadline(wait);
        self.badge.show(&self.link, status)?;
        loop {
            let disturbed = self.drain(out)?;
            if disturbed || !out.is_empty() {
                return Ok(disturbed);
            }
            let menu = self.menu.as_ref().map(|(_, opened)| *opened + MENU);
            let until = deadline.into_iter().chain(menu).min();
            match self.link.sleep(until)? {
                Wake::Server => {}
                Wake::Timeout if menu.is_some_and(|menu| menu <= Instant::now()) => self.close_menu()?,
                Wake::Timeout | Wake::Waker | Wake::Beside => return Ok(false),
            }
        }
    }

    fn look(&mut self) -> Result<Sight> {
        for raise in 0..=RAISES {
            let (time, fault) = self.fault()?;
            let Some(fault) = fault else {
                return Ok(Sight::Seen(self.undecided().map_or(time, |since| time.min(since))));
            };
            if raise < RAISES && self.badge.follow_screens(&self.link)? {
                continue;
            }
            // Whoever fights for the place is let have it.
            if raise == RAISES || !self.tries.take() {
                break;
            }
            self.badge.mend(&self.link, &fault)?;
            if !fault.is_forgiven() {
                break;
            }
            self.link.flush()?;
            std::thread::sleep(ANSWER);
        }
        self.link.flush()?;
        Ok(Sight::Hidden)
    }

    fn reopen(&mut self) -> Result<()> {
        let mut again = Self::open(self.display.as_deref(), &self.clock, self.keys.clone(), self.at_stop)?;
        again.link.take_waker(&self.link);
        *self = again;
        Ok(())
    }

    fn waker(&self) -> Waker {
        self.link.waker()
    }

    fn hotkey(&self) -> Hotkey {
        self.grab.hotkey().clone()
    }
}

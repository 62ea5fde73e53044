//! Focus, monitors and workspace on X11: what the window manager writes by EWMH; without one, the server's own focus.
//!
//! Nothing is polled. What vanishes between a notice and the question about it is no error: its own notice follows.

use std::time::Duration;

use understudy_core::backend::{Batch, Waker, Watcher};
use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use understudy_core::event::{ContextEvent, Monitor, Sample, Window as Shown, Workspace};
use understudy_core::frame::Rect;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, Window,
};

use crate::x11::properties::{app, number, outer, text, title};
use crate::x11::{Link, Wake, answer, deadline, send};

/// How many windows may lie between a client and the root.
const DEPTH: usize = 16;

pub(crate) struct Ewmh {
    link: Link,
    atoms: Atoms,
    randr: bool,
    /// A window manager says which window is active; otherwise the server's focus counts.
    managed: bool,
    focus: Option<Focus>,
    reported: Reported,
    latest: Time,
    fresh: bool,
}

/// The window with the focus, and the frame around it (or itself).
#[derive(Clone, Copy, PartialEq, Eq)]
struct Focus {
    client: Window,
    frame: Window,
}

#[derive(Default)]
struct Reported {
    monitors: Option<Vec<Monitor>>,
    workspace: Option<Workspace>,
    focus: Option<Option<Shown>>,
}

struct Atoms {
    active_window: Atom,
    current_desktop: Atom,
    desktop_names: Atom,
    frame_extents: Atom,
    supporting: Atom,
    utf8: Atom,
    wm_name: Atom,
}

/// What a batch of events made worth looking at, and when.
#[derive(Default)]
struct Stale {
    monitors: Option<Time>,
    workspace: Option<Time>,
    window: Option<Time>,
}

impl Ewmh {
    pub(crate) fn open(display: Option<&str>, clock: &Clock) -> Result<Self> {
        let link = Link::connect(display, clock)?;
        let atoms = Atoms {
            active_window: link.atom("_NET_ACTIVE_WINDOW")?,
            current_desktop: link.atom("_NET_CURRENT_DESKTOP")?,
            desktop_names: link.atom("_NET_DESKTOP_NAMES")?,
            frame_extents: link.atom("_NET_FRAME_EXTENTS")?,
            supporting: link.atom("_NET_SUPPORTING_WM_CHECK")?,
            utf8: link.atom("UTF8_STRING")?,
            wm_name: link.atom("_NET_WM_NAME")?,
        };
        let randr = link.has(randr::X11_EXTENSION_NAME)?
            && answer(send(link.conn.randr_query_version(1, 5))?)?
                .is_some_and(|version| (version.major_version, version.minor_version) >= (1, 5));
        if randr {
            let changes = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
            send(link.conn.randr_select_input(link.root(), changes))?;
        }
        let mut watcher = Self {
            link,
            atoms,
            randr,
            managed: false,
            focus: None,
            reported: Reported::default(),
            latest: Time::ZERO,
            fresh: true,
        };
        watcher.find_manager()?;
        Ok(watcher)
    }

    /// Finds out who tells the focus, and listens to that.
    fn find_manager(&mut self) -> Result<()> {
        let root = self.link.root();
        let check = number(&self.link, root, self.atoms.supporting, AtomEnum::WINDOW)?;
        let alive = match check {
            Some(window) => number(&self.link, window, self.atoms.supporting, AtomEnum::WINDOW)? == check,
            None => false,
        };
        self.managed = alive;
        let own = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        self.select(root, if alive { own } else { own | EventMask::SUBSTRUCTURE_NOTIFY })?;
        if !alive {
            let tree = answer(send(self.link.conn.query_tree(root))?)?;
            for child in tree.map(|tree| tree.children).unwrap_or_default() {
                self.select(child, self.mask(child))?;
            }
        }
        Ok(())
    }

    fn select(&self, window: Window, events: EventMask) -> Result<()> {
        let changes = ChangeWindowAttributesAux::new().event_mask(events);
        // Fails only where the window is gone; an error event nobody asked for is passed over.
        send(self.link.conn.change_window_attributes(window, &changes)).map(drop)
    }

    /// What is listened to on a window: the one with the focus, its frame, and without a window manager every top-level one.
    fn mask(&self, window: Window) -> EventMask {
        let mut mask = EventMask::NO_EVENT;
        if self.focus.is_some_and(|focus| focus.client == window || focus.frame == window) {
            mask |= EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        }
        if !self.managed {
            mask |= EventMask::FOCUS_CHANGE | EventMask::ENTER_WINDOW;
        }
        mask
    }

    fn read(&mut self, event: &Event, stale: &mut Stale, out: &mut Batch<ContextEvent>) -> Result<()> {
        let root = self.link.root();
        let now = self.link.clock.now();
        match event {
            Event::PropertyNotify(event) if event.window == root => {
                let time = self.link.clock.time(event.time);
                if event.atom == self.atoms.supporting {
                    self.find_manager()?;
                    self.refocus(time, out)?;
                } else if event.atom == self.atoms.active_window {
                    self.refocus(time, out)?;
                } else if event.atom == self.atoms.current_desktop || event.atom == self.atoms.desktop_names {
                    stale.workspace = Some(time);
                }
            }
            Event::PropertyNotify(event) => {
                let told =
                    [self.atoms.wm_name, self.atoms.frame_extents, AtomEnum::WM_NAME.into(), AtomEnum::WM_CLASS.into()];
                if told.contains(&event.atom) {
                    stale.window = Some(self.link.clock.time(event.time));
                }
            }
            Event::ConfigureNotify(event) if event.window == root => stale.monitors = Some(now),
            Event::ConfigureNotify(_) => stale.window = Some(now),
            Event::ReparentNotify(event) if self.focus.is_some_and(|focus| focus.client == event.window) => {
                self.refocus(now, out)?;
            }
            Event::DestroyNotify(event) if self.focus.is_some_and(|focus| focus.client == event.window) => {
                self.refocus(now, out)?;
            }
            Event::CreateNotify(event) if !self.managed && event.parent == root => {
                self.select(event.window, self.mask(event.window))?;
            }
            Event::FocusIn(_) | Event::FocusOut(_) if !self.managed => self.refocus(now, out)?,
            Event::EnterNotify(event) if !self.managed => {
                let time = self.link.clock.time(event.time);
                self.refocus(time, out)?;
            }
            Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => stale.monitors = Some(now),
            _ => {}
        }
        Ok(())
    }

    /// Asks which window has the focus, and reports it when that is another one.
    fn refocus(&mut self, time: Time, out: &mut Batch<ContextEvent>) -> Result<()> {
        let client = if self.managed { self.active_window()? } else { self.server_focus()? };
        let focus = match client {
            Some(client) => self.frame(client)?.map(|frame| Focus { client, frame }),
            None => None,
        };
        if focus != self.focus {
            let old = std::mem::replace(&mut self.focus, focus);
            for window in [old, focus].into_iter().flatten().flat_map(|focus| [focus.client, focus.frame]) {
                self.select(window, self.mask(window))?;
            }
        }
        let shown = match focus {
            Some(focus) => self.describe(focus)?,
            None => None,
        };
        let id = |shown: &Option<Shown>| shown.as_ref().map(|shown| shown.id);
        if self.reported.focus.as_ref().map(id) == Some(id(&shown)) {
            return self.update(time, shown, out);
        }
        self.reported.focus = Some(shown.clone());
        self.report(time, ContextEvent::Focus(shown), out);
        Ok(())
    }

    /// Reports the focused window where its title, bounds or application changed.
    fn update(&mut self, time: Time, shown: Option<Shown>, out: &mut Batch<ContextEvent>) -> Result<()> {
        if self.reported.focus.as_ref() != Some(&shown)
            && let Some(window) = shown
        {
            self.reported.focus = Some(Some(window.clone()));
            self.report(time, ContextEvent::Window(window), out);
        }
        Ok(())
    }

    fn look(&mut self, stale: &Stale, out: &mut Batch<ContextEvent>) -> Result<()> {
        if let Some(time) = stale.monitors {
            let monitors = self.monitors()?;
            if self.reported.monitors.as_ref() != Some(&monitors) {
                self.reported.monitors = Some(monitors.clone());
                self.report(time, ContextEvent::Monitors(monitors), out);
            }
        }
        if let Some(time) = stale.workspace {
            let workspace = self.workspace()?;
            if self.reported.workspace.as_ref() != Some(&workspace) {
                self.reported.workspace = Some(workspace.clone());
                self.report(time, ContextEvent::Workspace(workspace), out);
            }
        }
        if let (Some(time), Some(focus)) = (stale.window, self.focus) {
            let shown = self.describe(focus)?;
            self.update(time, shown, out)?;
        }
        Ok(())
    }

    fn report(&mut self, time: Time, value: ContextEvent, out: &mut Batch<ContextEvent>) {
        self.latest = self.latest.max(time);
        out.samples.push(Sample { time: self.latest, value });
    }

    fn active_window(&self) -> Result<Option<Window>> {
        let window = number(&self.link, self.link.root(), self.atoms.active_window, AtomEnum::WINDOW)?;
        Ok(window.filter(|window| *window != x11rb::NONE))
    }

    /// Where keys go when no window manager tells; under `PointerRoot` that is the window under the pointer.
    fn server_focus(&self) -> Result<Option<Window>> {
        let conn = &self.link.conn;
        let Some(focus) = answer(send(conn.get_input_focus())?)?.map(|reply| reply.focus) else {
            return Ok(None);
        };
        if focus == u32::from(InputFocus::NONE) {
            return Ok(None);
        }
        if focus == u32::from(InputFocus::POINTER_ROOT) || focus == self.link.root() {
            let pointer = answer(send(conn.query_pointer(self.link.root()))?)?;
            return Ok(pointer.map(|pointer| pointer.child).filter(|child| *child != x11rb::NONE));
        }
        self.frame(focus)
    }

    /// The ancestor of a window that is a child of the root: the frame that a window manager gave it, or itself.
    fn frame(&self, window: Window) -> Result<Option<Window>> {
        let mut at = window;
        for _ in 0..DEPTH {
            let Some(tree) = answer(send(self.link.conn.query_tree(at))?)? else { return Ok(None) };
            if tree.parent == tree.root || tree.parent == x11rb::NONE {
                return Ok(Some(at));
            }
            at = tree.parent;
        }
        Ok(None)
    }

    fn describe(&self, focus: Focus) -> Result<Option<Shown>> {
        let conn = &self.link.conn;
        let Some(geometry) = answer(send(conn.get_geometry(focus.frame))?)? else {
            return Ok(None);
        };
        let mut bounds = outer(geometry.x, geometry.y, geometry.width, geometry.height, geometry.border_width);
        if focus.frame == focus.client {
            bounds = self.with_extents(focus.client, bounds)?;
        }
        // A window that is gone has neither; one whose title is not known is nobody's.
        let title = title(&self.link, focus.client, self.atoms.wm_name, self.atoms.utf8)?;
        let app = app(&self.link, focus.client)?.filter(|_| title.is_some());
        Ok(Some(Shown { id: focus.client.into(), app, title: title.unwrap_or_default(), bounds }))
    }

    /// The frame of a window that its manager drew around it without being its parent.
    fn with_extents(&self, client: Window, bounds: Rect) -> Result<Rect> {
        let property =
            send(self.link.conn.get_property(false, client, self.atoms.frame_extents, AtomEnum::CARDINAL, 0, 4))?;
        let extents = answer(property)?;
        let extents: Vec<u32> =
            extents.as_ref().and_then(|reply| reply.value32()).map(Iterator::collect).unwrap_or_default();
        let &[left, right, top, bottom] = extents.as_slice() else { return Ok(bounds) };
        let back = |from: i32, by: u32| from.saturating_sub_unsigned(by);
        Ok(Rect {
            x: back(bounds.x, left),
            y: back(bounds.y, top),
            width: bounds.width.saturating_add(left).saturating_add(right),
            height: bounds.height.saturating_add(top).saturating_add(bottom),
        })
    }

    fn monitors(&self) -> Result<Vec<Monitor>> {
        let root = self.link.root();
        let reply = match self.randr {
            true => answer(send(self.link.conn.randr_get_monitors(root, true))?)?,
            false => None,
        };
        let mut monitors = Vec::new();
        for monitor in reply.map(|reply| reply.monitors).unwrap_or_default() {
            let name = answer(send(self.link.conn.get_atom_name(monitor.name))?)?;
            let name = name.map(|name| text(&name.name, 64)).unwrap_or_default();
            let bounds = outer(monitor.x, monitor.y, monitor.width, monitor.height, 0);
            monitors.push(Monitor { name, bounds, primary: monitor.primary });
        }
        if monitors.is_empty()
            && let Some(screen) = answer(send(self.link.conn.get_geometry(root))?)?
        {
            let bounds = outer(0, 0, screen.width, screen.height, 0);
            monitors.push(Monitor { name: "screen".to_owned(), bounds, primary: true });
        }
        Ok(monitors)
    }

    fn workspace(&self) -> Result<Workspace> {
        let root = self.link.root();
        let index = number(&self.link, root, self.atoms.current_desktop, AtomEnum::CARDINAL)?.unwrap_or(0);
        let names = send(self.link.conn.get_property(false, root, self.atoms.desktop_names, self.atoms.utf8, 0, 4096))?;
        let names = answer(names)?.map(|names| names.value).unwrap_or_default();
        let name = names.split(|byte| *byte == 0).nth(usize::try_from(index).unwrap_or(usize::MAX));
        Ok(Workspace { index, name: name.map(|name| text(name, 256)).unwrap_or_default() })
    }
}

impl Watcher for Ewmh {
    fn poll(&mut self, wait: Option<Duration>, out: &mut Batch<ContextEvent>) -> Result<()> {
        let deadline = deadline(wait);
        let before = out.samples.len();
        loop {
            let mut stale = Stale::default();
            while let Some((event, _)) = self.link.next()? {
                self.read(&event, &mut stale, out)?;
            }
            self.look(&stale, out)?;
            if std::mem::take(&mut self.fresh) {
                self.reported = Reported::default();
                let now = self.link.clock.now();
                self.look(&Stale { monitors: Some(now), workspace: Some(now), window: None }, out)?;
                self.refocus(now, out)?;
            }
            if out.samples.len() > before {
                return Ok(());
            }
            if self.link.sleep(deadline)? != Wake::Server {
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

//! Which top-level windows can show on the screen, bottom first, and whose they are.
//!
//! Followed by events on the connection that grabs, so that after the answer to a grab, every change before it is known.

use understudy_core::error::Result;
use understudy_core::event::{App, Window as Shown};
use understudy_core::frame::Rect;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConfigureNotifyEvent, ConnectionExt as _, EventMask, MapState, Place,
    Window, WindowClass,
};

use super::properties::{app, app_of, ask_app, ask_number, number, number_of, outer, title};
use super::{Link, answer, send};

/// A frame whose client is not found among this many windows inside belongs to nobody known; its decorations are windows too.
const SEARCH: usize = 96;

pub(crate) struct Windows {
    root: Window,
    atoms: Atoms,
    /// Every child of the root, bottom first.
    children: Vec<Child>,
    /// What could be seen since `begin`; gathered until `list`.
    seen: Option<Vec<Shown>>,
}

struct Atoms {
    pid: Atom,
    leader: Atom,
    utf8: Atom,
    wm_name: Atom,
}

#[derive(Clone)]
struct Child {
    id: Window,
    mapped: bool,
    bounds: Rect,
    /// Found out when the window is listed first, and again until it is known.
    owner: Option<Owner>,
    /// Never painted.
    input_only: Option<bool>,
}

#[derive(Clone)]
struct Owner {
    client: Window,
    app: Option<App>,
    pid: Option<u32>,
    /// `None` until it was read, and again when it changed.
    title: Option<String>,
    /// The window that this one belongs to: a dialog, a menu.
    above: Option<Window>,
}

impl Windows {
    /// Reads the windows that are there. The caller has selected `SubstructureNotify` on the root before.
    pub(crate) fn query(link: &Link) -> Result<Self> {
        let atoms = Atoms {
            pid: link.atom("_NET_WM_PID")?,
            leader: link.atom("WM_CLIENT_LEADER")?,
            utf8: link.atom("UTF8_STRING")?,
            wm_name: link.atom("_NET_WM_NAME")?,
        };
        let mut windows = Self { root: link.root(), atoms, children: Vec::new(), seen: None };
        let tree = answer(send(link.conn.query_tree(windows.root))?)?;
        let mut asked = Vec::new();
        for id in tree.map(|tree| tree.children).unwrap_or_default() {
            let attributes = send(link.conn.get_window_attributes(id))?;
            asked.push((id, attributes, send(link.conn.get_geometry(id))?));
        }
        for (id, attributes, geometry) in asked {
            let (Some(attributes), Some(geometry)) = (answer(attributes)?, answer(geometry)?) else {
                continue;
            };
            let bounds = outer(geometry.x, geometry.y, geometry.width, geometry.height, geometry.border_width);
            let input_only = Some(attributes.class == WindowClass::INPUT_ONLY);
            let mapped = attributes.map_state != MapState::UNMAPPED;
            windows.children.push(Child { id, mapped, bounds, owner: None, input_only });
        }
        // Before the first grab, which has enough to do.
        windows.identify(link)?;
        Ok(windows)
    }

    /// Follows a change.
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::CreateNotify(event) if event.parent == self.root => {
                let bounds = outer(event.x, event.y, event.width, event.height, event.border_width);
                self.add(Child { id: event.window, mapped: false, bounds, owner: None, input_only: None });
            }
            Event::DestroyNotify(event) => self.children.retain(|child| child.id != event.window),
            Event::MapNotify(event) => self.change(event.window, |child| child.mapped = true),
            Event::UnmapNotify(event) => self.change(event.window, |child| child.mapped = false),
            Event::ReparentNotify(event) if event.parent == self.root => {
                let bounds = Rect { x: event.x.into(), y: event.y.into(), width: 0, height: 0 };
                // Its size is not told; a window that is shown again is configured or mapped first.
                self.add(Child { id: event.window, mapped: false, bounds, owner: None, input_only: None });
            }
            Event::ReparentNotify(event) => {
                self.children.retain(|child| child.id != event.window);
                // The frame that took it in has an owner now.
                self.change(event.parent, |child| child.owner = None);
            }
            Event::ConfigureNotify(event) => self.configure(event),
            Event::PropertyNotify(event) => self.rename(event.window, event.atom),
            Event::GravityNotify(event) => {
                self.change(event.window, |child| (child.bounds.x, child.bounds.y) = (event.x.into(), event.y.into()));
            }
            Event::CirculateNotify(event) => {
                if let Some(at) = self.position(event.window) {
                    let child = self.children.remove(at);
                    let at = if event.place == Place::ON_TOP { self.children.len() } else { 0 };
                    self.children.insert(at, child);
                }
            }
            _ => {}
        }
    }

    /// From now on, everything that can be seen is gathered.
    pub(crate) fn begin(&mut self, link: &Link) -> Result<()> {
        self.identify(link)?;
        self.seen = Some(self.shown().collect());
        Ok(())
    }

    /// What could be seen since `begin`, and can be now. A window that changed is in the list as it was and as it is.
    pub(crate) fn list(&mut self, link: &Link) -> Result<Vec<Shown>> {
        self.identify(link)?;
        let now: Vec<Shown> = self.shown().collect();
        let mut list: Vec<Shown> = self.seen.take().unwrap_or_default();
        list.retain(|seen| !now.contains(seen));
        list.extend(now);
        Ok(list)
    }

    fn add(&mut self, child: Child) {
        self.children.retain(|other| other.id != child.id);
        self.children.push(child);
    }

    fn change(&mut self, window: Window, change: impl FnOnce(&mut Child)) {
        if let Some(at) = self.position(window) {
            change(&mut self.children[at]);
            self.gather(at);
        }
    }

    fn configure(&mut self, event: &ConfigureNotifyEvent) {
        let Some(at) = self.position(event.window) else { return };
        let child = &mut self.children[at];
        child.bounds = outer(event.x, event.y, event.width, event.height, event.border_width);
        self.gather(at);
        let child = self.children.remove(at);
        let below = self.position(event.above_sibling).map_or(0, |below| below + 1);
        self.children.insert(below, child);
    }

    fn gather(&mut self, at: usize) {
        if self.seen.is_some() {
            let shown = self.titled(&self.children[at]);
            self.seen.iter_mut().for_each(|seen| seen.extend(shown.iter().cloned()));
        }
    }

    /// What a client is called must be asked again, or whose it is.
    fn rename(&mut self, client: Window, property: Atom) {
        let is_title = [self.atoms.wm_name, AtomEnum::WM_NAME.into()].contains(&property);
        let is_app = [AtomEnum::WM_CLASS, AtomEnum::WM_TRANSIENT_FOR].map(Atom::from).contains(&property);
        for child in self.children.iter_mut().filter(|_| is_title || is_app) {
            match &mut child.owner {
                Some(owner) if owner.client == client && is_app => child.owner = None,
                Some(owner) if owner.client == client => owner.title = None,
                _ => {}
            }
        }
    }

    /// Every window that can be seen, bottom first.
    fn shown(&self) -> impl Iterator<Item = Shown> {
        self.children.iter().flat_map(|child| self.titled(child))
    }

    /// A window as often as it has titles: its own, and those of the windows that it may belong to. A menu has none, and what it shows
    /// is as private as the window that it was opened in.
    fn titled(&self, child: &Child) -> Vec<Shown> {
        let Some(shown) = shown(child) else { return Vec::new() };
        let Some(owner) = &child.owner else { return vec![shown] };
        let with = |title: &String| Shown { title: title.clone(), ..shown.clone() };
        let mut all: Vec<Shown> = self.titles_above(owner).into_iter().map(with).collect();
        all.push(shown);
        all
    }

    fn titles_above(&self, owner: &Owner) -> Vec<&String> {
        let others = || self.children.iter().filter_map(|child| child.owner.as_ref());
        let mut titles: Vec<&String> = others()
            .filter(|other| owner.above == Some(other.client))
            .filter_map(|other| other.title.as_ref())
            .collect();
        if titles.is_empty() && owner.title.as_ref().is_none_or(String::is_empty) {
            titles.extend(others().filter(|other| is_same(owner, other)).filter_map(|other| other.title.as_ref()));
        }
        titles.retain(|title| !title.is_empty());
        titles.sort_unstable();
        titles.dedup();
        titles
    }

    fn position(&self, window: Window) -> Option<usize> {
        self.children.iter().position(|child| child.id == window)
    }

    /// Finds out whose the mapped windows are, where that is not known.
    fn identify(&mut self, link: &Link) -> Result<()> {
        for at in 0..self.children.len() {
            let child = &self.children[at];
            // Window managers keep helpers outside the screen, where nothing shows.
            let outside = child.bounds.right() <= 0 || child.bounds.bottom() <= 0;
            if !child.mapped
                || outside && !child.bounds.is_empty()
                || child.input_only == Some(true)
                || child.owner.as_ref().is_some_and(|owner| owner.app.is_some() && owner.title.is_some())
            {
                continue;
            }
            let id = child.id;
            if child.input_only.is_none() {
                let attributes = answer(send(link.conn.get_window_attributes(id))?)?;
                let geometry = answer(send(link.conn.get_geometry(id))?)?;
                let child = &mut self.children[at];
                child.input_only = attributes.map(|attributes| attributes.class == WindowClass::INPUT_ONLY);
                if let Some(now) = geometry.filter(|_| child.bounds.is_empty()) {
                    child.bounds = outer(now.x, now.y, now.width, now.height, now.border_width);
                }
            }
            let owner = match self.children[at].owner.take() {
                // Only its title changed.
                Some(owner) if owner.app.is_some() => self.with_title(link, owner)?,
                _ => self.owner(link, id)?,
            };
            self.children[at].owner = Some(owner);
        }
        Ok(())
    }

    fn owner(&self, link: &Link, id: Window) -> Result<Owner> {
        let mut owner = Owner { client: id, app: None, pid: None, title: None, above: None };
        if let Some(named) = self.search(link, id)? {
            return self.with_title(link, named);
        }
        // Menus and tips without a name of their own belong to the window they are for, or to the same process.
        for (property, kind) in
            [(AtomEnum::WM_TRANSIENT_FOR.into(), AtomEnum::WINDOW), (self.atoms.leader, AtomEnum::WINDOW)]
        {
            if let Some(other) = number(link, id, property, kind)?.filter(|other| *other != self.root) {
                owner.app = app(link, other)?;
                if owner.app.is_some() {
                    owner.pid = number(link, id, self.atoms.pid, AtomEnum::CARDINAL)?;
                    return self.with_title(link, owner);
                }
            }
        }
        owner.pid = number(link, id, self.atoms.pid, AtomEnum::CARDINAL)?;
        if owner.pid.is_some() {
            let known = self.children.iter().filter_map(|child| child.owner.as_ref());
            owner.app = known.filter(|other| other.pid == owner.pid).find_map(|other| other.app.clone());
        }
        self.with_title(link, owner)
    }

    /// Reads what a client is called and which window it belongs to, after having asked to be told of changes: one that comes between is
    /// told. A window that vanished meanwhile stays without a title, and with no application it is nobody's.
    fn with_title(&self, link: &Link, mut owner: Owner) -> Result<Owner> {
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        send(link.conn.change_window_attributes(owner.client, &changes))?;
        let above = ask_number(link, owner.client, AtomEnum::WM_TRANSIENT_FOR.into(), AtomEnum::WINDOW)?;
        owner.title = title(link, owner.client, self.atoms.wm_name, self.atoms.utf8)?;
        owner.above = number_of(above)?.filter(|above| *above != self.root && *above != x11rb::NONE);
        if owner.title.is_none() {
            owner.app = None;
        }
        Ok(owner)
    }

    /// The first window that names an application, from `id` inwards, level by level: all windows of a level are asked about at once,
    /// so that an answer is waited for once a level and not once a window.
    fn search(&self, link: &Link, id: Window) -> Result<Option<Owner>> {
        let (mut level, mut searched) = (vec![id], 0);
        while !level.is_empty() && searched < SEARCH {
            level.truncate(SEARCH - searched);
            searched += level.len();
            let mut asked = Vec::with_capacity(level.len());
            for window in level.drain(..) {
                let pid = ask_number(link, window, self.atoms.pid, AtomEnum::CARDINAL)?;
                asked.push((window, ask_app(link, window)?, pid, send(link.conn.query_tree(window))?));
            }
            let mut found = None;
            for (window, app, pid, tree) in asked {
                let (app, pid, tree) = (app_of(app)?, number_of(pid)?, answer(tree)?);
                if app.is_some() && found.is_none() {
                    found = Some(Owner { client: window, app, pid, title: None, above: None });
                }
                level.extend(tree.map(|tree| tree.children).unwrap_or_default());
            }
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Whether two windows are of one program.
fn is_same(one: &Owner, other: &Owner) -> bool {
    let is_known = one.pid.is_some() || one.app.is_some();
    is_known && (one.pid == other.pid && one.pid.is_some() || one.app == other.app)
}

/// How a child is reported: under its client's number. While its title is not known, nobody knows what it shows.
fn shown(child: &Child) -> Option<Shown> {
    if !child.mapped || child.input_only == Some(true) {
        return None;
    }
    let owner = child.owner.as_ref();
    let id = owner.map_or(child.id, |owner| owner.client);
    Some(Shown {
        id: id.into(),
        app: owner.filter(|owner| owner.title.is_some()).and_then(|owner| owner.app.clone()),
        title: owner.and_then(|owner| owner.title.clone()).unwrap_or_default(),
        bounds: child.bounds,
    })
}

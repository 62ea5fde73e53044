//! Which top-level windows can show on the screen, bottom first, and whose they are.
//!
//! Followed by events on the connection that grabs, so that after the answer to a grab, every change before it is known.

use std::sync::Arc;

use understudy_core::backend::{Scene, Shown};
use understudy_core::error::Result;
use understudy_core::event::{App, Window as Named};
use understudy_core::frame::Rect;
use x11rb::protocol::Event;
use x11rb::protocol::shape;
use x11rb::protocol::xfixes::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConfigureNotifyEvent, ConnectionExt as _, EventMask, MapState, Place,
    Window, WindowClass,
};

use super::closed::Closed;
use super::properties::{app, app_of, ask_app, ask_number, number, number_of, outer, title};
use super::ways::{Way, Ways};
use super::{Link, answer, send};

/// A frame whose client is not found among this many windows inside belongs to nobody known; its decorations are windows too.
const SEARCH: usize = 96;

pub(crate) struct Windows {
    root: Window,
    atoms: Atoms,
    /// Every child of the root, bottom first.
    children: Arc<Vec<Child>>,
    /// How they lay since they were listed last.
    ways: Ways<Vec<Child>>,
    shaping: bool,
    /// Somebody composes the screen, who may let anything shine through anything; or nobody can tell.
    composing: bool,
    /// Somebody did since the windows were listed last.
    composed: bool,
    pub(crate) closed: Closed,
}

struct Atoms {
    pid: Atom,
    leader: Atom,
    utf8: Atom,
    wm_name: Atom,
}

#[derive(Clone, PartialEq)]
struct Child {
    id: Window,
    mapped: bool,
    bounds: Rect,
    /// Its pixels are the screen's own, opaque ones; `None` while that is not known.
    opaque: Option<bool>,
    /// It is not the whole of its rectangle; in doubt neither.
    shaped: bool,
    /// Found out when the window is listed first, and again until it is known.
    owner: Option<Owner>,
    /// Never painted.
    input_only: Option<bool>,
}

#[derive(Clone, PartialEq)]
struct Owner {
    client: Window,
    app: Option<App>,
    pid: Option<u32>,
    /// `None` until it was read, and again when it changed.
    title: Option<String>,
    /// The window that this one belongs to: a dialog, a menu.
    above: Option<Window>,
}

impl Owner {
    /// Whether it is known whose it is and what it is called.
    fn is_known(&self) -> bool {
        self.app.is_some() && self.title.is_some()
    }

    /// Whether it may show what belongs to another window of its application.
    fn is_popup(&self) -> bool {
        self.above.is_some() || self.title.as_ref().is_none_or(String::is_empty)
    }
}

impl Child {
    /// Of which nothing is known.
    fn unknown(id: Window) -> Self {
        let (bounds, opaque, owner, input_only) = (Rect::default(), None, None, None);
        Self { id, mapped: false, bounds, opaque, shaped: true, owner, input_only }
    }
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
        let composing = watch_compositor(link)?;
        let shaping = link.has(shape::X11_EXTENSION_NAME)?;
        let children = Arc::default();
        let ways = Ways::new(Arc::clone(&children));
        let (root, closed) = (link.root(), Closed::default());
        let mut windows = Self { root, atoms, children, ways, shaping, composing, composed: composing, closed };
        let tree = answer(send(link.conn.query_tree(windows.root))?)?;
        let ids = tree.map(|tree| tree.children).unwrap_or_default();
        windows.children = Arc::new(ids.into_iter().map(Child::unknown).collect());
        windows.learn(link, true)?;
        Arc::make_mut(&mut windows.children).retain(|child| child.input_only.is_some());
        // Before the first grab, which has enough to do.
        windows.identify(link)?;
        windows.ways = Ways::new(Arc::clone(&windows.children));
        Ok(windows)
    }

    /// Follows a change.
    pub(crate) fn apply(&mut self, event: &Event) {
        // Any client can send the others any event: only the server's word counts.
        if event.sent_event() {
            return;
        }
        if let Event::DestroyNotify(event) = event {
            self.end(event.window);
        }
        if !is_of_root(event, self.root) {
            return;
        }
        match event {
            Event::CreateNotify(event) if event.parent == self.root => {
                let bounds = outer(event.x, event.y, event.width, event.height, event.border_width);
                self.add(Child { bounds, ..Child::unknown(event.window) });
            }
            Event::DestroyNotify(event) => self.remove(event.window),
            Event::MapNotify(event) => self.change(event.window, |child| child.mapped = true),
            Event::UnmapNotify(event) => self.hide(event.window),
            Event::ReparentNotify(event) if event.parent == self.root => {
                let bounds = Rect { x: event.x.into(), y: event.y.into(), width: 0, height: 0 };
                // Its size is not told; a window that is shown again is configured or mapped first.
                self.add(Child { bounds, ..Child::unknown(event.window) });
            }
            Event::ReparentNotify(event) => {
                self.remove(event.window);
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
                    let children = Arc::make_mut(&mut self.children);
                    let child = children.remove(at);
                    let at = if event.place == Place::ON_TOP { children.len() } else { 0 };
                    children.insert(at, child);
                    self.gather();
                }
            }
            Event::ShapeNotify(event) if event.shape_kind == shape::SK::BOUNDING => {
                self.change(event.affected_window, |child| child.shaped = event.shaped);
            }
            Event::XfixesSelectionNotify(event) => {
                self.composing = event.owner != x11rb::NONE;
                self.composed |= self.composing;
            }
            _ => {}
        }
    }

    fn hide(&mut self, window: Window) {
        let owner = self.position(window).and_then(|at| self.children[at].owner.as_ref());
        owner.into_iter().for_each(|owner| self.closed.hide(owner.client));
        self.change(window, |child| child.mapped = false);
    }

    /// A window is no more, and its number may be another's from now on.
    fn end(&mut self, window: Window) {
        self.closed.destroy(window);
        // Its frame goes with it, or is told of apart. Most windows that end are nobody's: nothing is copied for them.
        let is_owner = |child: &Child| child.owner.as_ref().is_some_and(|owner| owner.client == window);
        while let Some(at) = self.children.iter().position(is_owner) {
            Arc::make_mut(&mut self.children)[at].owner = None;
        }
    }

    /// Something was drawn here, the way that the windows lie.
    pub(crate) fn draw(&mut self, drawn: Rect) {
        self.ways.draw(drawn);
    }

    /// A grab begins.
    pub(crate) fn begin(&mut self, link: &Link) -> Result<()> {
        self.identify(link)?;
        self.ways.begin(Arc::clone(&self.children));
        Ok(())
    }

    /// How the windows lay since they were listed last, and how many of these scenes were over at `begin`. `None` when they changed too
    /// often.
    pub(crate) fn list(&mut self, link: &Link) -> Result<Option<(Vec<Scene>, usize)>> {
        self.identify(link)?;
        self.gather();
        let composed = std::mem::replace(&mut self.composed, self.composing);
        let Some((ways, passed)) = self.ways.take() else { return Ok(None) };
        let scene = |Way { lie, drawn }: Way<Vec<Child>>| Scene { windows: self.shown(&lie), composed, drawn };
        Ok(Some((ways.into_iter().map(scene).collect(), passed)))
    }

    /// How windows lay, each as often as there is something to judge it by: as it was known then, and as it is known by now.
    fn shown(&self, children: &[Child]) -> Vec<Shown> {
        let mut all = Vec::new();
        for child in children {
            let now = self.children.iter().find(|now| now.id == child.id).filter(|now| now.input_only.is_some());
            let input_only = now.map_or(child.input_only, |now| now.input_only);
            if !child.mapped || input_only == Some(true) {
                continue;
            }
            let then = child.owner.as_ref().filter(|owner| owner.is_known());
            let now = now.and_then(|now| now.owner.as_ref()).or(child.owner.as_ref());
            let mut named = self.named(child, now);
            if let Some(then) = then.filter(|then| Some(*then) != now) {
                named.extend(self.named(child, Some(then)));
            }
            let covers = child.opaque == Some(true) && !child.shaped;
            let popup = [now, then].into_iter().flatten().any(Owner::is_popup);
            all.extend(named.into_iter().map(|window| Shown { window, covers, popup }));
        }
        all
    }

    fn add(&mut self, child: Child) {
        let children = Arc::make_mut(&mut self.children);
        children.retain(|other| other.id != child.id);
        children.push(child);
        self.gather();
    }

    fn remove(&mut self, window: Window) {
        Arc::make_mut(&mut self.children).retain(|child| child.id != window);
        self.gather();
    }

    fn change(&mut self, window: Window, change: impl FnOnce(&mut Child)) {
        if let Some(at) = self.position(window) {
            change(&mut Arc::make_mut(&mut self.children)[at]);
            self.gather();
        }
    }

    fn configure(&mut self, event: &ConfigureNotifyEvent) {
        let Some(at) = self.position(event.window) else { return };
        let mut child = Arc::make_mut(&mut self.children).remove(at);
        child.bounds = outer(event.x, event.y, event.width, event.height, event.border_width);
        let below = self.position(event.above_sibling).map_or(0, |below| below + 1);
        Arc::make_mut(&mut self.children).insert(below, child);
        self.gather();
    }

    fn gather(&mut self) {
        self.ways.lie(&self.children);
    }

    /// What a client is called must be asked again, or whose it is.
    fn rename(&mut self, client: Window, property: Atom) {
        let is_title = [self.atoms.wm_name, AtomEnum::WM_NAME.into()].contains(&property);
        let is_app = [AtomEnum::WM_CLASS, AtomEnum::WM_TRANSIENT_FOR].map(Atom::from).contains(&property);
        if !is_title && !is_app {
            return;
        }
        for child in Arc::make_mut(&mut self.children) {
            match &mut child.owner {
                Some(owner) if owner.client == client && is_app => child.owner = None,
                Some(owner) if owner.client == client => owner.title = None,
                _ => {}
            }
        }
    }

    /// A window as often as it has titles: its own, and those of the windows that it may belong to. A menu has none, and what it shows
    /// is as private as the window that it was opened in. While its title is not known, nobody knows what it shows.
    fn named(&self, child: &Child, owner: Option<&Owner>) -> Vec<Named> {
        let Some(owner) = owner else {
            return vec![Named { id: child.id.into(), app: None, title: String::new(), bounds: child.bounds }];
        };
        let app = owner.app.clone().filter(|_| owner.title.is_some());
        let title = owner.title.clone().unwrap_or_default();
        let own = Named { id: owner.client.into(), app, title, bounds: child.bounds };
        let with = |title: &String| Named { title: title.clone(), ..own.clone() };
        let mut all: Vec<Named> = self.titles_above(owner).into_iter().map(with).collect();
        all.push(own);
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
        self.learn(link, false)?;
        for at in 0..self.children.len() {
            let child = &self.children[at];
            // Window managers keep helpers outside the screen, where nothing shows.
            let outside = child.bounds.right() <= 0 || child.bounds.bottom() <= 0;
            if !child.mapped
                || outside && !child.bounds.is_empty()
                || child.input_only == Some(true)
                || child.owner.as_ref().is_some_and(Owner::is_known)
            {
                continue;
            }
            let id = child.id;
            let owner = match Arc::make_mut(&mut self.children)[at].owner.take() {
                // Only its title changed.
                Some(owner) if owner.app.is_some() => self.with_title(link, owner)?,
                _ => self.owner(link, id)?,
            };
            Arc::make_mut(&mut self.children)[at].owner = Some(owner);
        }
        Ok(())
    }

    /// Asks what windows are like of which that is not known yet: all at once. `first`: where they are, too.
    fn learn(&mut self, link: &Link, first: bool) -> Result<()> {
        let mut asked = Vec::new();
        for child in self.children.iter().filter(|child| child.input_only.is_none() && (first || child.mapped)) {
            let id = child.id;
            // Asked for first, so that no change is missed between the answer and its notice.
            let shaped = match self.shaping {
                true => {
                    send(shape::select_input(&link.conn, id, true))?.ignore_error();
                    Some(send(shape::query_extents(&link.conn, id))?)
                }
                false => None,
            };
            asked.push((id, send(link.conn.get_window_attributes(id))?, send(link.conn.get_geometry(id))?, shaped));
        }
        for (id, attributes, geometry, shaped) in asked {
            let (attributes, geometry) = (answer(attributes)?, answer(geometry)?);
            let shaped = shaped.map(answer).transpose()?.map(|shaped| shaped.is_none_or(|shape| shape.bounding_shaped));
            let (Some(at), Some(attributes), Some(geometry)) = (self.position(id), attributes, geometry) else {
                continue;
            };
            let child = &mut Arc::make_mut(&mut self.children)[at];
            child.input_only = Some(attributes.class == WindowClass::INPUT_ONLY);
            child.opaque = Some(geometry.depth == link.screen().root_depth);
            child.shaped = shaped.unwrap_or(false);
            if first {
                child.mapped = attributes.map_state != MapState::UNMAPPED;
            }
            if first || child.bounds.is_empty() {
                child.bounds = outer(geometry.x, geometry.y, geometry.width, geometry.height, geometry.border_width);
            }
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
        let events = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        let changes = ChangeWindowAttributesAux::new().event_mask(events);
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

/// Whether an event is no window's own: each tells of itself, and whoever manages it tells it where it lies.
fn is_of_root(event: &Event, root: Window) -> bool {
    let told = match event {
        Event::DestroyNotify(event) => event.event,
        Event::MapNotify(event) => event.event,
        Event::UnmapNotify(event) => event.event,
        Event::ReparentNotify(event) => event.event,
        Event::ConfigureNotify(event) => event.event,
        Event::GravityNotify(event) => event.event,
        Event::CirculateNotify(event) => event.event,
        _ => root,
    };
    told == root
}

/// Whether two windows are of one program.
fn is_same(one: &Owner, other: &Owner) -> bool {
    let is_known = one.pid.is_some() || one.app.is_some();
    is_known && (one.pid == other.pid && one.pid.is_some() || one.app == other.app)
}

/// Who composes a screen owns a selection. Where that cannot be watched, somebody may.
fn watch_compositor(link: &Link) -> Result<bool> {
    if !link.has(xfixes::X11_EXTENSION_NAME)? || answer(send(link.conn.xfixes_query_version(5, 0))?)?.is_none() {
        return Ok(true);
    }
    let selection = link.atom(&format!("_NET_WM_CM_S{}", link.screen_number()))?;
    let events = xfixes::SelectionEventMask::SET_SELECTION_OWNER
        | xfixes::SelectionEventMask::SELECTION_WINDOW_DESTROY
        | xfixes::SelectionEventMask::SELECTION_CLIENT_CLOSE;
    let watched = send(link.conn.xfixes_select_selection_input(link.root(), selection, events))?.check();
    let owner = answer(send(link.conn.get_selection_owner(selection))?)?;
    let nobody = watched.is_ok() && owner.is_some_and(|reply| reply.owner == x11rb::NONE);
    Ok(!nobody)
}

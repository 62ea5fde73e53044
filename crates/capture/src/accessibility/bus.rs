//! The bus on which applications tell of their elements: AT-SPI2.
//!
//! Of an element its role, its states, its place and its name are asked; but no name of what is called what it holds: a secret field,
//! text that is being edited. What it holds is asked of none by itself, and of a secret field never.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Instant;

use understudy_core::backend::Held;
use understudy_core::error;
use understudy_core::frame::{Position, Rect};
use zeroize::Zeroizing;

use super::fate::{self, Fate};
use super::frame::{self, Frame};
use super::owner::Owners;
use super::{held, role, tree};
use crate::dbus::{Address, Call, Connection, Decoder, Kind, Message, Result};
use crate::x11::Link;
use crate::x11::properties::text;

pub(super) const DBUS: &str = "org.freedesktop.DBus";
pub(super) const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const COMPONENT: &str = "org.a11y.atspi.Component";
const REGISTRY: &str = "org.a11y.atspi.Registry";
/// The path of an application itself, and of the registry's list of them.
pub(super) const ROOT: &str = "/org/a11y/atspi/accessible/root";
/// The path of no object.
const NULL: &str = "/org/a11y/atspi/null";
/// Coordinates are those of the virtual desktop.
const SCREEN: u32 = 0;

/// The longest name that is kept, in bytes.
const NAME: usize = 256;
/// The longest path of an object.
const PATH: usize = 256;
/// How many applications there are, at most, that somebody can be found among.
const APPLICATIONS: usize = 512;
/// How many windows of one, or elements of another, are looked at.
const MANY: usize = 64;
/// How deep an element may lie in its window.
const DEPTH: usize = 24;
/// The same, where it is gone outwards: pages lie deeper.
const OUTWARDS: usize = 64;
/// What is read of a flood at once, in bytes.
const FLOOD: usize = 256 << 10;
/// No element is further away from the origin, or larger.
const FAR: i32 = 1 << 20;

/// An element, as its application names it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Object {
    /// The application's own name on the bus.
    pub(super) peer: String,
    pub(super) path: String,
}

impl Object {
    /// A question without values.
    pub(super) fn call(&self, member: &'static str) -> Call<'_> {
        Call::new(&self.peer, &self.path, ACCESSIBLE, member)
    }

    /// The question for a property.
    pub(super) fn get(&self, interface: &str, name: &str) -> Call<'_> {
        Call::new(&self.peer, &self.path, "org.freedesktop.DBus.Properties", "Get").with("ss", |body| {
            body.string(interface);
            body.string(name);
        })
    }
}

/// What an element says of itself.
pub(super) struct Answer {
    pub(super) role: u32,
    pub(super) states: u64,
    pub(super) name: String,
    pub(super) bounds: Option<Rect>,
}

/// The frame around an element.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) frame: Object,
    /// It has a name: it is no menu or list of another's.
    pub(super) is_named: bool,
}

/// What an application tells.
pub(super) enum Signal {
    /// It lost the keyboard.
    Blurred(Object),
    /// It has the keyboard.
    Focused(Object),
    /// Its role is another one.
    Turned(Object),
}

impl Signal {
    pub(super) fn about(&self) -> &Object {
        let (Self::Blurred(object) | Self::Focused(object) | Self::Turned(object)) = self;
        object
    }
}

pub(super) struct Bus {
    connection: Connection,
    /// The processes of peers.
    processes: HashMap<String, u32>,
    /// Something was told, and nobody knows by whom.
    missed: bool,
    /// What was told while the bus did not say by whom; that is asked once more.
    puzzles: Vec<Signal>,
    /// Elements that were password fields when a window was read.
    secrets: HashSet<Object>,
}

impl Bus {
    /// Connects and listens. `None` where no bus answers in time.
    ///
    /// Any client of a display can write which bus is the display's. So where it is the session's own display, the session's bus is
    /// believed first: nothing that is outside of the session speaks for that. A display that was named may be another session's.
    pub(super) fn open(link: &Link, owners: &Owners, deadline: Instant) -> error::Result<Option<Self>> {
        let listening = Self::connect(link, owners, deadline)?;
        Ok(listening.and_then(|mut bus| bus.listen(deadline).ok().flatten().map(|()| bus)))
    }

    /// The same, without listening.
    pub(super) fn connect(link: &Link, owners: &Owners, deadline: Instant) -> error::Result<Option<Self>> {
        let named = Address::parse(&owners.bus(link)?);
        let of_display = || named.iter().find_map(|address| Connection::open(address, deadline).ok());
        let of_session = || Address::session().iter().find_map(|session| through(session, deadline));
        let connection = match owners.of_session {
            true => of_session().or_else(of_display),
            false => of_display().or_else(of_session),
        };
        Ok(connection.map(|connection| Self {
            connection,
            processes: HashMap::new(),
            missed: false,
            puzzles: Vec::new(),
            secrets: HashSet::new(),
        }))
    }

    fn listen(&mut self, deadline: Instant) -> Result<Option<()>> {
        let rule = |member: &str, detail: &str| {
            format!("type='signal',interface='org.a11y.atspi.Event.Object',member='{member}',arg0='{detail}'")
        };
        let rules = [rule("StateChanged", "focused"), rule("PropertyChange", "accessible-role")];
        let mut calls: Vec<Call<'_>> = rules
            .iter()
            .map(|rule| Call::new(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch").with("s", |body| body.string(rule)))
            .collect();
        // Applications tell only what somebody registered for.
        calls.extend(["object:state-changed:focused", "object:property-change:accessible-role"].map(|event| {
            let call = Call::new(REGISTRY, "/org/a11y/atspi/registry", REGISTRY, "RegisterEvent");
            call.with("s", |body| body.string(event))
        }));
        let answers = self.connection.ask(&calls, deadline)?;
        Ok(answers.iter().all(Option::is_some).then_some(()))
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What was told since, and by which process, which the bus vouches for. However many told something, the bus is asked once.
    pub(super) fn signals(&mut self, deadline: Instant) -> Result<Vec<(u32, Signal)>> {
        let mut signals = std::mem::take(&mut self.puzzles);
        let old = signals.len();
        signals.extend(self.connection.signals(FLOOD)?.into_iter().filter_map(signal));
        self.identify(signals.iter().map(|signal| &signal.about().peer), deadline)?;
        let mut told = Vec::with_capacity(signals.len());
        for (at, signal) in signals.into_iter().enumerate() {
            match self.processes.get(&signal.about().peer) {
                Some(process) => told.push((*process, signal)),
                None => {
                    self.missed = true;
                    if at >= old {
                        self.puzzles.push(signal);
                    }
                }
            }
        }
        self.missed |= self.connection.has_forgotten();
        Ok(told)
    }

    /// Whether it is to be asked once more who told something.
    pub(super) fn is_puzzled(&self) -> bool {
        !self.puzzles.is_empty()
    }

    /// Whether something was told since this was asked last that did not get here: whoever floods could hide a secret field with that.
    pub(super) fn has_missed(&mut self) -> bool {
        std::mem::take(&mut self.missed)
    }

    /// Learns the processes of peers, as far as they are not known.
    fn identify<'a>(&mut self, peers: impl Iterator<Item = &'a String>, deadline: Instant) -> Result<()> {
        let unknown: BTreeSet<&String> = peers.filter(|peer| !self.processes.contains_key(*peer)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let call = |peer: &&String| {
            Call::new(DBUS, "/org/freedesktop/DBus", DBUS, "GetConnectionUnixProcessID")
                .with("s", |body| body.string(peer))
        };
        let calls: Vec<Call<'_>> = unknown.iter().map(call).collect();
        let answers = self.connection.ask(&calls, deadline)?;
        let found = unknown.iter().zip(answers).filter_map(|(peer, answer)| {
            let process = answer?.values("u")?.u32()?;
            Some(((*peer).clone(), process))
        });
        let found: Vec<_> = found.collect();
        if self.processes.len() + found.len() > APPLICATIONS {
            self.processes.clear();
        }
        self.processes.extend(found);
        Ok(())
    }

    /// What an element says of itself; `None` where it does not, or not in time.
    pub(super) fn ask(&mut self, object: &Object, deadline: Instant) -> Result<Option<Answer>> {
        let calls = [object.call("GetRole"), object.call("GetState"), extents(object)];
        let answers = self.connection.ask(&calls, deadline)?;
        let role = answers[0].as_ref().and_then(|answer| answer.values("u")?.u32());
        let states = answers[1].as_ref().and_then(states);
        let (Some(role), Some(states)) = (role, states) else { return Ok(None) };
        let bounds = answers[2].as_ref().and_then(rect);
        let name = match role::is_called_what_it_holds(role, states) {
            true => String::new(),
            // One that is not told in time may have asked for what is secret.
            false => match self.name(object, deadline)? {
                Some(name) => name,
                None => return Ok(None),
            },
        };
        Ok(Some(Answer { role, states, name, bounds }))
    }

    /// What an object is called, nothing where it refuses to say; `None` where nobody says in time, or what cannot be read.
    fn name(&mut self, object: &Object, deadline: Instant) -> Result<Option<String>> {
        let reply = self.connection.replies(&[object.get(ACCESSIBLE, "Name")], deadline)?.pop().flatten();
        Ok(reply.and_then(|reply| match reply.kind {
            Kind::Refusal(_) => Some(String::new()),
            _ => property_of(&reply, "s")?.string().map(|name| text(name.as_bytes(), NAME)),
        }))
    }

    /// The frame in which an element lies; `None` where nobody says, or not in time: what it is called too.
    pub(super) fn frame_of(&mut self, object: &Object, deadline: Instant) -> Result<Option<Around>> {
        let mut at = object.clone();
        for _ in 0..OUTWARDS {
            let answer = self.connection.ask(&[at.get(ACCESSIBLE, "Parent")], deadline)?.pop().flatten();
            let outer = answer.as_ref().and_then(|answer| {
                let mut value = property_of(answer, "(so)")?;
                value.align(8)?;
                object_of(value.string()?, value.string()?, object)
            });
            match outer {
                Some(outer) if outer.path == ROOT => {
                    let name = self.name(&at, deadline)?;
                    return Ok(name.map(|name| Around { frame: at, is_named: !name.is_empty() }));
                }
                Some(outer) => at = outer,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// What a field holds that is no secret one; `None` where it does not say, or not in time.
    pub(super) fn held(&mut self, object: &Object, deadline: Instant) -> Result<Option<Held>> {
        held::read(&mut self.connection, object, deadline)
    }

    /// What became of elements.
    pub(super) fn fates(&mut self, objects: &[Object], deadline: Instant) -> Result<Vec<Fate>> {
        fate::ask(&mut self.connection, objects, deadline)
    }

    /// What a process calls its windows: nothing where it tells of none, `None` where it does not answer in time.
    pub(super) fn frames(&mut self, process: u32, deadline: Instant) -> Result<Option<Vec<Frame>>> {
        self.each_peer(process, deadline, frame::ask)
    }

    /// The windows of a process, by their objects; `None` where it does not answer in time.
    pub(super) fn windows(&mut self, process: u32, deadline: Instant) -> Result<Option<Vec<Object>>> {
        self.each_peer(process, deadline, frame::list)
    }

    /// What all peers of a process tell; `None` where one does not answer in time.
    fn each_peer<T>(
        &mut self,
        process: u32,
        deadline: Instant,
        ask: impl Fn(&mut Connection, &str, Instant) -> Result<Option<Vec<T>>>,
    ) -> Result<Option<Vec<T>>> {
        let mut told = Vec::new();
        let Some(peers) = self.told_peers(process, deadline)? else { return Ok(None) };
        for peer in peers {
            let Some(of_peer) = ask(&mut self.connection, &peer, deadline)? else { return Ok(None) };
            told.extend(of_peer);
        }
        if told.is_empty() {
            // It may be another one by now.
            self.processes.retain(|_, other| *other != process);
        }
        Ok(Some(told))
    }

    /// What a window says that it shows; `None` where it does not answer in time, or where that `is_over`.
    pub(super) fn text(
        &mut self,
        window: &Object,
        until: Instant,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Zeroizing<String>>> {
        tree::read(&mut self.connection, &mut self.secrets, window, until, is_over)
    }

    /// The element of a process that lies at a position, in none of these frames.
    pub(super) fn at(
        &mut self,
        position: Position,
        process: u32,
        others: &[Object],
        deadline: Instant,
    ) -> Result<Option<Object>> {
        for peer in self.peers(process, deadline)? {
            for window in self.windows_at(&peer, position, deadline)? {
                if others.contains(&window) {
                    continue;
                }
                if let Some(found) = self.deepest(window, position, deadline)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    fn peers(&mut self, process: u32, deadline: Instant) -> Result<Vec<String>> {
        Ok(self.told_peers(process, deadline)?.unwrap_or_default())
    }

    /// The peers of a process; `None` where nobody tells in time.
    fn told_peers(&mut self, process: u32, deadline: Instant) -> Result<Option<Vec<String>>> {
        let known = |bus: &Self| -> Vec<String> {
            bus.processes.iter().filter(|(_, other)| **other == process).map(|(peer, _)| peer.clone()).collect()
        };
        let peers = known(self);
        if !peers.is_empty() {
            return Ok(Some(peers));
        }
        let registry = Object { peer: REGISTRY.to_owned(), path: ROOT.to_owned() };
        let Some(applications) = self.told_children(&registry, APPLICATIONS, deadline)? else { return Ok(None) };
        let names: Vec<String> = applications.into_iter().map(|application| application.peer).collect();
        self.identify(names.iter(), deadline)?;
        Ok(Some(known(self)))
    }

    /// The windows of an application that show at a position, the latest first: menus and dialogs come after what they belong to.
    fn windows_at(&mut self, peer: &str, position: Position, deadline: Instant) -> Result<Vec<Object>> {
        let application = Object { peer: peer.to_owned(), path: ROOT.to_owned() };
        let mut windows = self.children(&application, deadline)?;
        windows.retain(|window| window.peer == peer);
        let calls: Vec<Call<'_>> =
            windows.iter().flat_map(|window| [window.call("GetState"), extents(window)]).collect();
        let answers = self.connection.ask(&calls, deadline)?;
        drop(calls);
        let point = Rect { x: position.x, y: position.y, width: 1, height: 1 };
        let shows = |answers: &[Option<Message>]| {
            let [Some(state), Some(extents)] = answers else { return false };
            states(state).is_some_and(role::is_showing) && rect(extents).is_some_and(|r| r.intersect(point).is_some())
        };
        let mut showing = answers.chunks(2).map(shows).collect::<Vec<_>>().into_iter();
        windows.retain(|_| showing.next().unwrap_or(false));
        windows.reverse();
        Ok(windows)
    }

    /// Some toolkits answer with the innermost element, others with the next one inwards.
    fn deepest(&mut self, window: Object, position: Position, deadline: Instant) -> Result<Option<Object>> {
        let mut found: Option<Object> = None;
        let mut at = window;
        for _ in 0..DEPTH {
            let call = Call::new(&at.peer, &at.path, COMPONENT, "GetAccessibleAtPoint").with("iiu", |body| {
                body.i32(position.x);
                body.i32(position.y);
                body.u32(SCREEN);
            });
            let answer = self.connection.ask(&[call], deadline)?.pop().flatten();
            let inner = answer.as_ref().and_then(|answer| {
                let mut values = answer.values("(so)")?;
                object(values.string()?, values.string()?)
            });
            match inner.filter(|inner| inner.peer == at.peer && *inner != at) {
                Some(inner) => {
                    found = Some(inner.clone());
                    at = inner;
                }
                None => break,
            }
        }
        Ok(found)
    }

    fn children(&mut self, of: &Object, deadline: Instant) -> Result<Vec<Object>> {
        Ok(self.told_children(of, MANY, deadline)?.unwrap_or_default())
    }

    /// So many of an object's children; `None` where it does not tell.
    fn told_children(&mut self, of: &Object, most: usize, deadline: Instant) -> Result<Option<Vec<Object>>> {
        let answer = self.connection.ask(&[of.call("GetChildren")], deadline)?.pop().flatten();
        let mut children = answer.as_ref().and_then(objects);
        children.iter_mut().for_each(|children| children.truncate(most));
        Ok(children)
    }
}

/// The accessibility bus that the session's bus knows.
fn through(session: &Address, deadline: Instant) -> Option<Connection> {
    let mut session = Connection::open(session, deadline).ok()?;
    let call = Call::new("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress");
    let answer = session.ask(&[call], deadline).ok()?.pop().flatten()?;
    let addresses = Address::parse(answer.values("s")?.string()?);
    addresses.iter().find_map(|address| Connection::open(address, deadline).ok())
}

fn signal(message: Message) -> Option<Signal> {
    if message.interface != "org.a11y.atspi.Event.Object" {
        return None;
    }
    let mut values = message.values("sii")?;
    let (detail, on) = (values.string()?, values.i32()?);
    let about = object(&message.sender, &message.path)?;
    match (message.member.as_str(), detail, on) {
        ("StateChanged", "focused", 0) => Some(Signal::Blurred(about)),
        ("StateChanged", "focused", _) => Some(Signal::Focused(about)),
        ("PropertyChange", "accessible-role", _) => Some(Signal::Turned(about)),
        _ => None,
    }
}

/// An object that can be asked: with the own name of a peer, which nobody else gets.
pub(super) fn object(peer: &str, path: &str) -> Option<Object> {
    let fits = peer.starts_with(':') && peer.len() <= 255 && path.len() <= PATH && path != NULL;
    fits.then(|| Object { peer: peer.to_owned(), path: path.to_owned() })
}

/// The same, where it is of the peer of another.
fn object_of(peer: &str, path: &str, other: &Object) -> Option<Object> {
    object(peer, path).filter(|object| object.peer == other.peer)
}

/// The objects that an answer lists.
fn objects(reply: &Message) -> Option<Vec<Object>> {
    let mut list = reply.values("a(so)")?.array(8)?;
    let mut objects = Vec::new();
    while !list.is_empty() {
        list.align(8)?;
        let (peer, path) = (list.string()?, list.string()?);
        objects.extend(object(peer, path));
    }
    Some(objects)
}

/// What lies in an object by its peer's answer: its own alone, it has nothing to say of others'.
pub(super) fn inner(reply: &Message, of: &Object) -> Option<Vec<Object>> {
    let mut objects = objects(reply)?;
    objects.retain(|inner| inner.peer == of.peer);
    Some(objects)
}

/// A property's value, where it is of this type.
pub(super) fn property_of<'m>(reply: &'m Message, signature: &str) -> Option<Decoder<'m>> {
    let mut value = reply.values("v")?;
    (value.signature()? == signature).then_some(value)
}

fn extents(of: &Object) -> Call<'_> {
    Call::new(&of.peer, &of.path, COMPONENT, "GetExtents").with("u", |body| body.u32(SCREEN))
}

pub(super) fn states(answer: &Message) -> Option<u64> {
    let mut words = answer.values("au")?.array(4)?;
    let low = words.u32()?;
    let high = words.u32().unwrap_or_default();
    Some(u64::from(high) << 32 | u64::from(low))
}

/// `None` where it is nowhere, or where nothing can be.
fn rect(answer: &Message) -> Option<Rect> {
    let mut values = answer.values("(iiii)")?;
    values.align(8)?;
    let (x, y, width, height) = (values.i32()?, values.i32()?, values.i32()?, values.i32()?);
    let fits = (-FAR..FAR).contains(&x) && (-FAR..FAR).contains(&y) && (1..FAR).contains(&width);
    (fits && (1..FAR).contains(&height)).then(|| Rect {
        x,
        y,
        width: width.unsigned_abs(),
        height: height.unsigned_abs(),
    })
}

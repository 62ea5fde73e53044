//! Whose windows are: applications tell of their elements, and the X server knows which of them has the keyboard, or lies under the pointer.

use understudy_core::error::Result;
use understudy_core::event::App;
use understudy_core::frame::Position;
use x11rb::protocol::res::{self, ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xinput::{self, ConnectionExt as _, XIEventMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, MapState, Window,
};

use crate::x11::properties::{app, number, text, title};
use crate::x11::{Link, answer, send};

/// How many windows may lie between the root and a client.
const DEPTH: usize = 16;
/// How many managed windows are looked at.
const MANY: u32 = 1024;
/// The longest address of a bus, in bytes.
const ADDRESS: u32 = 1024;

/// A window and its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) window: Window,
    pub(super) app: Option<App>,
    /// The process that made it, as the server says; `None` where it does not know, and then nothing tells its elements.
    pub(super) process: Option<u32>,
}

/// Asks the server about owners.
pub(super) struct Owners {
    pub(super) active_window: Atom,
    pub(super) client_list: Atom,
    /// The display is the one of the session that we run in.
    pub(super) of_session: bool,
    bus: Atom,
    utf8: Atom,
    wm_name: Atom,
    /// The server knows the processes of its clients.
    knows_processes: bool,
}

impl Owners {
    /// Listens to changes of the active window and, with `clicks`, to buttons.
    pub(super) fn listen(link: &Link, of_session: bool, clicks: bool) -> Result<Self> {
        let root = link.root();
        let events = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        send(link.conn.change_window_attributes(root, &events))?;
        if clicks && link.has(xinput::X11_EXTENSION_NAME)? {
            answer(send(link.conn.xinput_xi_query_version(2, 2))?)?;
            let deviceid = xinput::Device::ALL_MASTER.into();
            let mask = vec![XIEventMask::RAW_BUTTON_PRESS];
            send(link.conn.xinput_xi_select_events(root, &[xinput::EventMask { deviceid, mask }]))?;
        }
        Self::find(link, of_session)
    }

    /// Listens to nothing.
    pub(super) fn find(link: &Link, of_session: bool) -> Result<Self> {
        let knows_processes = link.has(res::X11_EXTENSION_NAME)?
            && answer(send(link.conn.res_query_version(1, 2))?)?
                .is_some_and(|version| (version.server_major, version.server_minor) >= (1, 2));
        Ok(Self {
            active_window: link.atom("_NET_ACTIVE_WINDOW")?,
            client_list: link.atom("_NET_CLIENT_LIST")?,
            of_session,
            bus: link.atom("AT_SPI_BUS")?,
            utf8: link.atom("UTF8_STRING")?,
            wm_name: link.atom("_NET_WM_NAME")?,
            knows_processes,
        })
    }

    /// The active window's.
    pub(super) fn active(&self, link: &Link) -> Result<Option<Owner>> {
        self.active_window(link)?.map(|window| self.owner(link, window)).transpose()
    }

    /// The window that is active.
    pub(super) fn active_window(&self, link: &Link) -> Result<Option<Window>> {
        let window = number(link, link.root(), self.active_window, AtomEnum::WINDOW)?;
        Ok(window.filter(|window| *window != x11rb::NONE))
    }

    /// The windows that a window manager says there are.
    pub(super) fn clients(&self, link: &Link) -> Result<Vec<Window>> {
        let (root, kind) = (link.root(), AtomEnum::WINDOW);
        let list = answer(send(link.conn.get_property(false, root, self.client_list, kind, 0, MANY))?)?;
        Ok(list.and_then(|list| Some(list.value32()?.collect())).unwrap_or_default())
    }

    /// Whether there is such a window.
    pub(super) fn is_there(&self, link: &Link, window: Window) -> Result<bool> {
        Ok(answer(send(link.conn.get_window_attributes(window))?)?.is_some())
    }

    /// Whether a window shows, whoever lists it.
    pub(super) fn is_shown(&self, link: &Link, window: Window) -> Result<bool> {
        let attributes = answer(send(link.conn.get_window_attributes(window))?)?;
        Ok(attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE))
    }

    /// What a window is called for all to see; `None` where nobody knows.
    pub(super) fn title(&self, link: &Link, window: Window) -> Result<Option<String>> {
        title(link, window, self.wm_name, self.utf8)
    }

    /// Where the pointer is, and the owner of the window that lies there.
    pub(super) fn under_pointer(&self, link: &Link) -> Result<Option<(Position, Owner)>> {
        let mut at = link.root();
        for _ in 0..DEPTH {
            let Some(pointer) = answer(send(link.conn.query_pointer(at))?)? else { return Ok(None) };
            if !pointer.same_screen || pointer.child == x11rb::NONE {
                return Ok(None);
            }
            let owner = self.owner(link, pointer.child)?;
            if owner.app.is_some() {
                let position = Position { x: pointer.root_x.into(), y: pointer.root_y.into() };
                return Ok(Some((position, owner)));
            }
            at = pointer.child;
        }
        Ok(None)
    }

    /// Where the display says that its accessibility bus listens; empty where it does not.
    pub(super) fn bus(&self, link: &Link) -> Result<String> {
        let (root, kind) = (link.root(), AtomEnum::STRING);
        let property = answer(send(link.conn.get_property(false, root, self.bus, kind, 0, ADDRESS / 4))?)?;
        Ok(property.map(|property| text(&property.value, ADDRESS as usize)).unwrap_or_default())
    }

    fn owner(&self, link: &Link, window: Window) -> Result<Owner> {
        Ok(Owner { window, app: app(link, window)?, process: self.process(link, window)? })
    }

    /// The process that made a window. Not by `_NET_WM_PID`, which any client can write on any window.
    pub(super) fn process(&self, link: &Link, window: Window) -> Result<Option<u32>> {
        if !self.knows_processes {
            return Ok(None);
        }
        let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
        let ids = answer(send(link.conn.res_query_client_ids(&[spec]))?)?.map(|reply| reply.ids).unwrap_or_default();
        let id = ids.into_iter().find(|id| id.spec.mask == ClientIdMask::LOCAL_CLIENT_PID);
        Ok(id.and_then(|id| id.value.first().copied()).filter(|process| *process != 0))
    }
}

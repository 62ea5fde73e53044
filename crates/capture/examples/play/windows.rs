//! Asks the window manager to show and place windows, as a taskbar and a shortcut key would.

use std::error::Error;
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, Window};
use x11rb::rust_connection::RustConnection;

/// A pager: the window manager does what it asks for, whoever has the keyboard.
const SOURCE: u32 = 2;
/// How long a window may take to get the keyboard.
const PATIENCE: Duration = Duration::from_secs(2);
/// In `_NET_WM_STATE`.
const REMOVE: u32 = 0;
const ADD: u32 = 1;

pub(crate) struct Windows<'a> {
    pub(crate) conn: &'a RustConnection,
    pub(crate) root: Window,
}

impl Windows<'_> {
    /// Brings a window to the front and gives it the keyboard; returns when it has it.
    pub(crate) fn show(&self, class: &str) -> Result<(), Box<dyn Error>> {
        let window = self.find(class)?;
        self.tell(window, "_NET_ACTIVE_WINDOW", [SOURCE, 0, 0, 0, 0])?;
        let start = Instant::now();
        while self.numbers(self.root, "_NET_ACTIVE_WINDOW")?.first() != Some(&window) {
            if start.elapsed() > PATIENCE {
                return Err(format!("{class} does not come to the front").into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Makes a window as large as the screen.
    pub(crate) fn maximize(&self, class: &str) -> Result<(), Box<dyn Error>> {
        self.set_maximized(self.find(class)?, ADD)
    }

    /// Puts the corner of a window's frame at `x`, `y`; its content is `width` by `height`.
    pub(crate) fn place(&self, class: &str, [x, y, width, height]: [u32; 4]) -> Result<(), Box<dyn Error>> {
        const NORTH_WEST: u32 = 1;
        const ALL_FOUR: u32 = 0b1111 << 8;
        let window = self.find(class)?;
        self.set_maximized(window, REMOVE)?;
        self.tell(window, "_NET_MOVERESIZE_WINDOW", [NORTH_WEST | ALL_FOUR | SOURCE << 12, x, y, width, height])
    }

    fn set_maximized(&self, window: Window, action: u32) -> Result<(), Box<dyn Error>> {
        let both = [self.atom("_NET_WM_STATE_MAXIMIZED_HORZ")?, self.atom("_NET_WM_STATE_MAXIMIZED_VERT")?];
        self.tell(window, "_NET_WM_STATE", [action, both[0], both[1], SOURCE, 0])
    }

    /// The window whose `WM_CLASS` names this class in one of its two parts.
    fn find(&self, class: &str) -> Result<Window, Box<dyn Error>> {
        for window in self.numbers(self.root, "_NET_CLIENT_LIST")? {
            let property = self.conn.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 256)?;
            // A window may close while it is looked at.
            let Ok(names) = property.reply() else { continue };
            if names.value.split(|byte| *byte == 0).any(|name| name == class.as_bytes()) {
                return Ok(window);
            }
        }
        Err(format!("no window of class {class}").into())
    }

    fn numbers(&self, window: Window, property: &str) -> Result<Vec<u32>, Box<dyn Error>> {
        let atom = self.atom(property)?;
        let reply = self.conn.get_property(false, window, atom, AtomEnum::ANY, 0, 4096)?.reply()?;
        Ok(reply.value32().into_iter().flatten().collect())
    }

    fn tell(&self, window: Window, message: &str, data: [u32; 5]) -> Result<(), Box<dyn Error>> {
        let event = ClientMessageEvent::new(32, window, self.atom(message)?, data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.conn.send_event(false, self.root, mask, event)?;
        self.conn.flush()?;
        Ok(())
    }

    fn atom(&self, name: &str) -> Result<Atom, Box<dyn Error>> {
        Ok(self.conn.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}

//! The indicator's window.

use understudy_core::backend::{AtStop, Status};
use understudy_core::error::Result;
use understudy_core::frame::{Frame, PixelFormat, Position, Rect, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    EventMask, ImageFormat, Pixmap, PropMode, StackMode, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::picture;
use super::sight::Fault;
use crate::screen::pixels::pixel_format;
use crate::x11::properties::outer;
use crate::x11::{Link, answer, lost, send};

/// How far from the edges of what windows may use.
const MARGIN: u32 = 8;
/// Screens from this height on get it twice as large.
const TALL: u16 = 1800;
/// `WM_CLASS`, by which a policy knows it and the indicators of other recordings know each other.
pub(super) const CLASS: &[u8] = b"understudy\0Understudy\0";

pub(super) struct Badge {
    window: Window,
    format: PixelFormat,
    scale: u32,
    at_stop: AtStop,
    /// Where it should be.
    bounds: Rect,
    /// Where it may be dragged.
    monitors: Vec<Rect>,
    shown: Option<Status>,
    picture: Frame,
    has_shape: bool,
    has_randr: bool,
}

impl Badge {
    /// Makes the window and shows it.
    pub(super) fn create(link: &Link, at_stop: AtStop) -> Result<Self> {
        let format = pixel_format(link)?;
        let scale = if link.screen().height_in_pixels >= TALL { 4 } else { 2 };
        let Size { width, height } = picture::size(at_stop, scale);
        let mut badge = Self {
            window: x11rb::NONE,
            format,
            scale,
            at_stop,
            bounds: Rect { x: 0, y: 0, width, height },
            monitors: Vec::new(),
            shown: None,
            picture: picture::badge(Status::Paused, at_stop, scale, format),
            has_shape: link.has(shape::X11_EXTENSION_NAME)?,
            has_randr: link.has(randr::X11_EXTENSION_NAME)?
                && answer(send(link.conn.randr_query_version(1, 5))?)?
                    .is_some_and(|version| (version.major_version, version.minor_version) >= (1, 5)),
        };
        if badge.has_randr {
            let changes = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
            send(link.conn.randr_select_input(link.root(), changes))?;
        }
        badge.locate(link)?;
        badge.make(link)?;
        Ok(badge)
    }

    fn make(&mut self, link: &Link) -> Result<()> {
        self.window = link.conn.generate_id().map_err(lost)?;
        let screen = link.screen();
        let events = EventMask::STRUCTURE_NOTIFY
            | EventMask::VISIBILITY_CHANGE
            | EventMask::PROPERTY_CHANGE
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::BUTTON1_MOTION;
        let values = CreateWindowAux::new().override_redirect(1).event_mask(events).border_pixel(0);
        let (x, y, width, height) = wire(self.bounds);
        let (depth, class, visual) = (screen.root_depth, WindowClass::INPUT_OUTPUT, screen.root_visual);
        send(link.conn.create_window(depth, self.window, screen.root, x, y, width, height, 0, class, visual, &values))?;
        let set = |name, value: &[u8]| {
            send(link.conn.change_property8(PropMode::REPLACE, self.window, name, AtomEnum::STRING, value)).map(drop)
        };
        set(AtomEnum::WM_CLASS, CLASS)?;
        set(AtomEnum::WM_NAME, name(self.at_stop))?;
        let pid = link.atom("_NET_WM_PID")?;
        let value = [std::process::id()];
        send(link.conn.change_property32(PropMode::REPLACE, self.window, pid, AtomEnum::CARDINAL, &value))?;
        if self.has_shape {
            send(link.conn.shape_select_input(self.window, true))?;
        }
        paint(link, self.window, &self.picture)?;
        send(link.conn.map_window(self.window))?;
        Ok(())
    }

    /// Says a status.
    pub(super) fn show(&mut self, link: &Link, status: Status) -> Result<()> {
        if self.shown != Some(status) {
            self.shown = Some(status);
            self.picture = picture::badge(status, self.at_stop, self.scale, self.format);
            paint(link, self.window, &self.picture)?;
        }
        Ok(())
    }

    /// Goes to its corner.
    pub(super) fn place(&mut self, link: &Link) -> Result<()> {
        self.locate(link)?;
        self.put(link)
    }

    /// Goes to its corner where the screens changed so that it does not show whole where it is.
    pub(super) fn fit(&mut self, link: &Link) -> Result<()> {
        self.monitors = self.ask_monitors(link)?;
        if self.is_on_a_monitor(self.bounds) { self.put(link) } else { self.place(link) }
    }

    /// Whether the screens are others than they were; then it fits them. That is told late, and is nobody's doing.
    pub(super) fn follow_screens(&mut self, link: &Link) -> Result<bool> {
        let changed = self.ask_monitors(link)? != self.monitors;
        if changed {
            self.fit(link)?;
        }
        Ok(changed)
    }

    /// Goes elsewhere on the screens, as the contributor wants.
    pub(super) fn drag(&mut self, link: &Link, to: Position) -> Result<()> {
        let there = Rect { x: to.x, y: to.y, ..self.bounds };
        if self.is_on_a_monitor(there) {
            self.bounds = there;
            self.put(link)?;
        }
        Ok(())
    }

    fn put(&self, link: &Link) -> Result<()> {
        let (x, y, width, height) = wire(self.bounds);
        let values = ConfigureWindowAux::new()
            .x(i32::from(x))
            .y(i32::from(y))
            .width(u32::from(width))
            .height(u32::from(height))
            .border_width(0)
            .stack_mode(StackMode::ABOVE);
        send(link.conn.configure_window(self.window, &values)).map(drop)
    }

    /// Undoes what hides it.
    pub(super) fn mend(&mut self, link: &Link, fault: &Fault) -> Result<()> {
        match fault {
            Fault::Gone => {
                // Where somebody took it into a window of theirs.
                send(link.conn.destroy_window(self.window))?;
                self.make(link)
            }
            Fault::Unmapped => send(link.conn.map_window(self.window)).and_then(|_| self.put(link)),
            Fault::Moved => self.fit(link),
            Fault::Covered { by_another: true } => self.place(link),
            Fault::Covered { by_another: false } => self.put(link),
            Fault::Reshaped => {
                send(link.conn.shape_mask(shape::SO::SET, shape::SK::BOUNDING, self.window, 0, 0, x11rb::NONE))?;
                send(link.conn.shape_mask(shape::SO::SET, shape::SK::CLIP, self.window, 0, 0, x11rb::NONE)).map(drop)
            }
            Fault::Faded(opacity) => send(link.conn.delete_property(self.window, *opacity)).map(drop),
            Fault::Painted => paint(link, self.window, &self.picture),
        }
    }

    /// Whether an event says that it may not be seen any more.
    pub(super) fn is_disturbed_by(&self, event: &Event) -> bool {
        match event {
            Event::UnmapNotify(event) => event.window == self.window,
            Event::DestroyNotify(event) => event.window == self.window,
            Event::ReparentNotify(event) => event.window == self.window,
            Event::ConfigureNotify(event) => event.window == self.window && self.has_moved(outer_of(event)),
            Event::GravityNotify(event) => event.window == self.window,
            Event::CirculateNotify(event) => event.window == self.window,
            Event::VisibilityNotify(event) => {
                event.window == self.window && event.state != x11rb::protocol::xproto::Visibility::UNOBSCURED
            }
            Event::PropertyNotify(event) => event.window == self.window,
            Event::ShapeNotify(event) => event.affected_window == self.window,
            _ => false,
        }
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    pub(super) fn has_shape(&self) -> bool {
        self.has_shape
    }

    pub(super) fn scale(&self) -> u32 {
        self.scale
    }

    pub(super) fn format(&self) -> PixelFormat {
        self.format
    }

    pub(super) fn shown(&self) -> Option<Status> {
        self.shown
    }

    pub(super) fn bounds(&self) -> Rect {
        self.bounds
    }

    pub(super) fn position(&self) -> Position {
        Position { x: self.bounds.x, y: self.bounds.y }
    }

    pub(super) fn picture(&self) -> &Frame {
        &self.picture
    }

    /// Whether it is elsewhere than it should be.
    pub(super) fn has_moved(&self, bounds: Rect) -> bool {
        bounds != self.bounds || !self.is_on_a_monitor(bounds)
    }

    /// Whether all of a rectangle shows on one monitor.
    fn is_on_a_monitor(&self, bounds: Rect) -> bool {
        self.monitors.iter().any(|monitor| monitor.intersect(bounds) == Some(bounds))
    }

    /// The monitor that something is on.
    pub(super) fn monitor(&self) -> Rect {
        let bounds = self.bounds;
        self.monitors.iter().copied().find(|monitor| monitor.intersect(bounds) == Some(bounds)).unwrap_or(bounds)
    }

    /// Finds its corner: at the bottom right of the first monitor, clear of panels, above the indicators of other recordings.
    fn locate(&mut self, link: &Link) -> Result<()> {
        self.monitors = self.ask_monitors(link)?;
        let Some(monitor) = self.monitors.first().copied() else { return Ok(()) };
        let usable = work_area(link)?.and_then(|area| area.intersect(monitor)).unwrap_or(monitor);
        let Size { width, height } = picture::size(self.at_stop, self.scale);
        let back = |edge: i64, by: u32| i32::try_from(edge - i64::from(by) - i64::from(MARGIN)).unwrap_or(0);
        let mut bounds = Rect { x: back(usable.right(), width), y: back(usable.bottom(), height), width, height };
        let others = self.others(link)?;
        while others.iter().any(|other| other.intersect(bounds).is_some()) {
            bounds.y -= i32::try_from(height + MARGIN).unwrap_or(0);
        }
        // Where a screen is full of them, it covers one, and says so.
        self.bounds = if monitor.intersect(bounds) == Some(bounds) { bounds } else { self.bounds };
        Ok(())
    }

    /// Indicators of other recordings. One that was made later makes room itself.
    fn others(&self, link: &Link) -> Result<Vec<Rect>> {
        let tree = answer(send(link.conn.query_tree(link.root()))?)?;
        let children = tree.map(|tree| tree.children).unwrap_or_default();
        let mut asked = Vec::new();
        for window in children.into_iter().filter(|window| *window < self.window || self.window == x11rb::NONE) {
            let class = send(link.conn.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 8))?;
            asked.push((class, send(link.conn.get_geometry(window))?));
        }
        let mut others = Vec::new();
        for (class, geometry) in asked {
            let (class, geometry) = (answer(class)?, answer(geometry)?);
            if let Some(at) = geometry.filter(|_| class.is_some_and(|class| class.value == CLASS)) {
                others.push(outer(at.x, at.y, at.width, at.height, at.border_width));
            }
        }
        Ok(others)
    }

    /// The monitors, the first one first; the screen where none is told.
    fn ask_monitors(&self, link: &Link) -> Result<Vec<Rect>> {
        let root = link.root();
        let monitors = match self.has_randr {
            true => answer(send(link.conn.randr_get_monitors(root, true))?)?.map(|reply| reply.monitors),
            false => None,
        };
        let mut monitors = monitors.unwrap_or_default();
        monitors.sort_by_key(|monitor| !monitor.primary);
        let screen = answer(send(link.conn.get_geometry(root))?)?;
        let screen = screen.map_or(Rect::default(), |at| outer(0, 0, at.width, at.height, 0));
        // Somebody may have made monitors that are larger than the screen.
        let monitors = monitors.iter().map(|at| outer(at.x, at.y, at.width, at.height, 0));
        let found: Vec<Rect> = monitors.filter_map(|monitor| monitor.intersect(screen)).collect();
        Ok(if found.is_empty() { vec![screen] } else { found })
    }
}

/// For whoever reads windows instead of pictures.
fn name(at_stop: AtStop) -> &'static [u8] {
    match at_stop {
        AtStop::Kept => b"Recording indicator",
        AtStop::Released => b"Recording indicator: released unseen when it stops",
    }
}

fn outer_of(event: &x11rb::protocol::xproto::ConfigureNotifyEvent) -> Rect {
    outer(event.x, event.y, event.width, event.height, event.border_width)
}

/// What panels leave of the screen, as a window manager says.
fn work_area(link: &Link) -> Result<Option<Rect>> {
    let name = link.atom("_NET_WORKAREA")?;
    let reply = answer(send(link.conn.get_property(false, link.root(), name, AtomEnum::CARDINAL, 0, 4))?)?;
    let values: Vec<u32> = reply.as_ref().and_then(|reply| reply.value32()).map(Iterator::collect).unwrap_or_default();
    let &[x, y, width, height] = values.as_slice() else { return Ok(None) };
    let area = Rect { x: x.cast_signed(), y: y.cast_signed(), width, height };
    Ok(Some(area).filter(|area| !area.is_empty()))
}

/// Gives a window a picture, which the server shows by itself from then on, whatever uncovers it.
pub(super) fn paint(link: &Link, window: Window, picture: &Frame) -> Result<()> {
    let Size { width, height } = picture.size();
    let (width, height) = (u16::try_from(width).unwrap_or(u16::MAX), u16::try_from(height).unwrap_or(u16::MAX));
    let (pixmap, context) = (link.conn.generate_id().map_err(lost)?, link.conn.generate_id().map_err(lost)?);
    let depth = link.screen().root_depth;
    let pixmap: Pixmap = pixmap;
    send(link.conn.create_pixmap(depth, pixmap, link.root(), width, height))?;
    send(link.conn.create_gc(context, pixmap, &CreateGCAux::new()))?;
    let bytes: Vec<u8> = picture.pixels().iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
    let format = ImageFormat::Z_PIXMAP;
    send(link.conn.put_image(format, pixmap, context, width, height, 0, 0, 0, depth, &bytes))?;
    let values = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
    send(link.conn.change_window_attributes(window, &values))?;
    send(link.conn.clear_area(false, window, 0, 0, 0, 0))?;
    send(link.conn.free_gc(context))?;
    send(link.conn.free_pixmap(pixmap)).map(drop)
}

/// A rectangle on a screen, whose sides X limits to 16 bits.
pub(super) fn wire(rect: Rect) -> (i16, i16, u16, u16) {
    let position = |value: i32| i16::try_from(value).unwrap_or(i16::MAX);
    let length = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
    (position(rect.x), position(rect.y), length(rect.width), length(rect.height))
}

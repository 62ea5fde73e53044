//! Whether the indicator can be seen, as the server tells when it is asked.
//!
//! `VisibilityNotify` alone does not say: under a compositing manager every window is unobscured to the server, and it says nothing of
//! a window that was made transparent, cut to nothing or painted over. So one exchange asks for all of it.

use understudy_core::error::Result;
use x11rb::connection::Connection as _;
use x11rb::protocol::shape::ConnectionExt as _;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, ImageFormat, MapState, Window, WindowClass};

use super::badge::{Badge, CLASS, wire};
use crate::x11::properties::outer;
use crate::x11::{Link, answer, send};

/// Windows above it that are asked about; with more, it counts as covered.
const MOST_ABOVE: usize = 256;
const ALL_PLANES: u32 = !0;

/// Why the indicator cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Destroyed, or taken into another window.
    Gone,
    Unmapped,
    /// Elsewhere, or of another size.
    Moved,
    /// Another window is above it; maybe the indicator of another recording.
    Covered {
        by_another: bool,
    },
    /// Cut to a shape.
    Reshaped,
    /// Transparent by this property.
    Faded(Atom),
    /// Its pixels are others.
    Painted,
}

impl Fault {
    /// Whether it may happen by itself, and is made good before anybody could say that the indicator was away.
    pub(super) fn is_forgiven(self) -> bool {
        matches!(self, Self::Covered { .. } | Self::Painted)
    }
}

pub(super) struct Sights {
    opacity: Atom,
    /// Whoever owns this draws the screen out of the windows.
    compositor: Atom,
}

impl Sights {
    pub(super) fn new(link: &Link) -> Result<Self> {
        Ok(Self {
            opacity: link.atom("_NET_WM_WINDOW_OPACITY")?,
            compositor: link.atom(&format!("_NET_WM_CM_S{}", link.screen_number()))?,
        })
    }

    /// What hides the indicator; `None` while it can be seen. Its own menu may cover it.
    pub(super) fn fault(&self, link: &Link, badge: &Badge, menu: Option<Window>) -> Result<Option<Fault>> {
        let (conn, window, root) = (&link.conn, badge.window(), link.root());
        let attributes = send(conn.get_window_attributes(window))?;
        let geometry = send(conn.get_geometry(window))?;
        let inside = send(conn.query_tree(window))?;
        let opacity = send(conn.get_property(false, window, self.opacity, AtomEnum::ANY, 0, 0))?;
        let extents = if badge.has_shape() { Some(send(conn.shape_query_extents(window))?) } else { None };
        let (_, _, width, height) = wire(badge.bounds());
        let pixels = send(conn.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, ALL_PLANES))?;
        let tree = send(conn.query_tree(root))?;
        let compositor = send(conn.get_selection_owner(self.compositor))?;
        // The last is waited for first: the others are here then, and the thread sleeps once.
        let compositor = answer(compositor)?.is_some_and(|reply| reply.owner != x11rb::NONE);
        let (attributes, geometry, inside) = (answer(attributes)?, answer(geometry)?, answer(inside)?);
        let (opacity, tree, pixels) = (answer(opacity)?, answer(tree)?, answer(pixels)?);
        let extents = extents.map(answer).transpose()?.flatten();

        let (Some(attributes), Some(at), Some(inside)) = (attributes, geometry, inside) else {
            return Ok(Some(Fault::Gone));
        };
        if inside.parent != root {
            return Ok(Some(Fault::Gone));
        }
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(Some(Fault::Unmapped));
        }
        if badge.has_moved(outer(at.x, at.y, at.width, at.height, at.border_width)) {
            return Ok(Some(Fault::Moved));
        }
        if opacity.is_some_and(|opacity| opacity.type_ != x11rb::NONE) {
            return Ok(Some(Fault::Faded(self.opacity)));
        }
        if extents.is_some_and(|extents| extents.bounding_shaped || extents.clip_shaped) {
            return Ok(Some(Fault::Reshaped));
        }
        let children = tree.map(|tree| tree.children).unwrap_or_default();
        let above = children.iter().rev().take_while(|child| **child != window).copied();
        let above: Vec<Window> = above.filter(|child| Some(*child) != menu).collect();
        if let Some(by_another) = covering(link, badge, &above, compositor)? {
            return Ok(Some(Fault::Covered { by_another }));
        }
        let shown = badge.picture().pixels().iter().flat_map(|pixel| pixel.to_le_bytes());
        let mask = badge.format().mask().to_le_bytes().into_iter().cycle();
        let same = pixels.is_some_and(|reply| reply.data.iter().zip(mask).map(|(byte, mask)| byte & mask).eq(shown));
        Ok(if same { None } else { Some(Fault::Painted) })
    }
}

/// Whether one of these windows is over the indicator; and whether that is another recording's.
fn covering(link: &Link, badge: &Badge, above: &[Window], compositor: bool) -> Result<Option<bool>> {
    if above.len() > MOST_ABOVE {
        return Ok(Some(false));
    }
    // What the server made itself has a number without a client's. Beside the root that is the window into which a compositing
    // manager draws, and the indicator with it.
    let servers_own = |window: Window| window & !link.conn.setup().resource_id_mask == 0;
    let mut asked = Vec::new();
    for window in above.iter().copied().filter(|window| !(compositor && servers_own(*window))) {
        let attributes = send(link.conn.get_window_attributes(window))?;
        let class = send(link.conn.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 8))?;
        asked.push((attributes, class, send(link.conn.get_geometry(window))?));
    }
    let mut found = None;
    for (attributes, class, geometry) in asked {
        let (attributes, class, geometry) = (answer(attributes)?, answer(class)?, answer(geometry)?);
        let (Some(attributes), Some(at)) = (attributes, geometry) else { continue };
        let shows = attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT;
        let bounds = outer(at.x, at.y, at.width, at.height, at.border_width);
        if shows && bounds.intersect(badge.bounds()).is_some() {
            found = Some(class.is_some_and(|class| class.value == CLASS));
        }
    }
    Ok(found)
}

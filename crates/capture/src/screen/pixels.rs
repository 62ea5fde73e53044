//! How the pixels of an X screen lie.

use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::frame::PixelFormat;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ImageOrder;

use crate::x11::Link;

/// The format of the root window's pixels.
///
/// # Errors
/// `Unsupported` for palettes, 16 bits, and other orders of the bytes.
pub(crate) fn pixel_format(link: &Link) -> Result<PixelFormat> {
    let setup = link.conn.setup();
    let depth = link.screen().root_depth;
    let wide = setup.pixmap_formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32);
    let visuals = link.screen().allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let blue =
        visuals.filter(|visual| visual.visual_id == link.screen().root_visual).map(|visual| visual.blue_mask).next();
    match (depth, blue) {
        (24, Some(0xff)) if wide && setup.image_byte_order == ImageOrder::LSB_FIRST => Ok(PixelFormat::Bgrx8),
        (30, Some(0x3ff)) if wide && setup.image_byte_order == ImageOrder::LSB_FIRST => Ok(PixelFormat::Bgrx10),
        _ => {
            let message = format!("a screen of depth {depth} with these colours cannot be captured; 24 and 30 can");
            Err(Error::new(ErrorKind::Unsupported, message))
        }
    }
}

//! The pointer's image as XFixes gives it.

use understudy_core::event::CursorImage;
use x11rb::protocol::xfixes;

/// The pointer's image, cut to what a recording holds.
pub(super) fn cursor(image: &xfixes::GetCursorImageReply) -> Option<CursorImage> {
    const MAX: u16 = 256;
    let (width, height) = (image.width.min(MAX), image.height.min(MAX));
    let rows = image.cursor_image.chunks_exact(usize::from(image.width.max(1)));
    let pixels: Vec<u32> = rows.take(usize::from(height)).flat_map(|row| row[..usize::from(width)].to_vec()).collect();
    let whole = width > 0 && height > 0 && pixels.len() == usize::from(width) * usize::from(height);
    let hotspot = (image.xhot.min(width.saturating_sub(1)), image.yhot.min(height.saturating_sub(1)));
    whole.then_some(CursorImage { width, height, hotspot, pixels })
}

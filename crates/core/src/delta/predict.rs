//! Pixels ⇄ residuals, for photographs and video: each channel less what its neighbours promise.
//!
//! Green is taken from blue and red first; what promises is the median edge detector of LOCO-I (Weinberger, Seroussi, Sapiro 2000, §3.1).

use crate::error::Result;
use crate::frame::{Frame, Rect};
use crate::kernel;
use crate::wire::Reader;

/// Appends the residuals of a rectangle to the planes green, blue less green, red less green.
pub(super) fn encode(frame: &Frame, rect: Rect, planes: &mut [Vec<u8>; 3], rows: &mut Rows) {
    let width = rect.width as usize;
    for (plane, out) in planes.iter_mut().enumerate() {
        let (above, row) = rows.of(width);
        for (line, y) in (rect.y.unsigned_abs()..).take(rect.height as usize).enumerate() {
            split(frame.row(rect.x.unsigned_abs(), y, rect.width), plane, row);
            let start = out.len();
            out.resize(start + width, 0);
            let out = &mut out[start..];
            if line == 0 {
                out[0] = row[0];
                for x in 1..width {
                    out[x] = row[x].wrapping_sub(row[x - 1]);
                }
            } else {
                out[0] = row[0].wrapping_sub(above[0]);
                kernel::median_residuals(above, row, out);
            }
            above.copy_from_slice(row);
        }
    }
}

/// Two rows of samples, kept between blocks.
#[derive(Default)]
pub(super) struct Rows(Vec<u8>, Vec<u8>);

impl Rows {
    fn of(&mut self, width: usize) -> (&mut [u8], &mut [u8]) {
        self.0.resize(width, 0);
        self.1.resize(width, 0);
        (&mut self.0, &mut self.1)
    }
}

fn split(pixels: &[u32], plane: usize, row: &mut [u8]) {
    for (sample, pixel) in row.iter_mut().zip(pixels) {
        let [blue, green, red, _] = pixel.to_le_bytes();
        *sample = match plane {
            0 => green,
            1 => blue.wrapping_sub(green),
            _ => red.wrapping_sub(green),
        };
    }
}

/// Paints a rectangle from the planes.
///
/// # Errors
/// `FormatInvalid` when they end too early.
pub(super) fn decode(frame: &mut Frame, rect: Rect, planes: &mut [Reader<'_>; 3]) -> Result<()> {
    let width = rect.width as usize;
    let mut rows: [Vec<u8>; 3] = std::array::from_fn(|_| vec![0; width]);
    for (line, y) in (rect.y.unsigned_abs()..).take(rect.height as usize).enumerate() {
        for (row, plane) in rows.iter_mut().zip(planes.iter_mut()) {
            restore(row, plane.bytes(width)?, line == 0);
        }
        let [greens, blues, reds] = &rows;
        let pixels = frame.row_mut(rect.x.unsigned_abs(), y, rect.width).iter_mut();
        for (((pixel, green), blue), red) in pixels.zip(greens).zip(blues).zip(reds) {
            *pixel = u32::from_le_bytes([blue.wrapping_add(*green), *green, red.wrapping_add(*green), 0]);
        }
    }
    Ok(())
}

/// Turns the row above into this one.
fn restore(row: &mut [u8], residuals: &[u8], first: bool) {
    let (mut left, mut corner) = (0_u8, 0_u8);
    for (x, (sample, residual)) in row.iter_mut().zip(residuals).enumerate() {
        let above = *sample;
        let promise = match (x, first) {
            (0, true) => 0,
            (_, true) => left,
            (0, false) => above,
            _ => median(left, above, corner),
        };
        *sample = residual.wrapping_add(promise);
        (left, corner) = (*sample, above);
    }
}

/// The median of left, above, and left + above − corner.
pub(crate) fn median(left: u8, above: u8, corner: u8) -> u8 {
    let (low, high) = (left.min(above), left.max(above));
    let plane = i16::from(left) + i16::from(above) - i16::from(corner);
    // Clamped between two bytes, so a byte.
    plane.clamp(low.into(), high.into()) as u8
}

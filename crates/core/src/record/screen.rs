//! Screen record ⇄ a record's body: docs/format.md §9.3. What a picture's data say is `delta`'s affair.

use super::{ScreenRecord, decode_flags};
use crate::delta::{FramePart, Shape, is_picture_size};
use crate::error::Result;
use crate::event::CursorImage;
use crate::frame::{PixelFormat, Position, Size};
use crate::wire::{Reader, Writer, invalid};

pub(super) const FRAME: u8 = 0x30;
pub(super) const CURSOR_IMAGE: u8 = 0x31;
pub(super) const CURSOR_POSITION: u8 = 0x32;

const MAX_CURSOR_SIDE: u64 = 256;
const KEY_FRAME: u8 = 1;
const MORE: u8 = 1 << 1;
const PACKED: u8 = 1 << 2;

/// The body but for a picture's [`data`].
pub(super) fn encode(record: &ScreenRecord, body: &mut Writer<'_>) -> u8 {
    match record {
        ScreenRecord::Frame(part) => {
            let flags = [(part.key.is_some(), KEY_FRAME), (part.more, MORE), (part.packed, PACKED)];
            body.u8(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum());
            if let Some(Shape { size, format }) = part.key {
                body.u8(match format {
                    PixelFormat::Bgrx8 => 0,
                    PixelFormat::Bgrx10 => 1,
                });
                body.uvarint(size.width.into());
                body.uvarint(size.height.into());
            }
            FRAME
        }
        ScreenRecord::CursorImage(image) => {
            let (x, y) = image.hotspot;
            [image.width, image.height, x, y].into_iter().for_each(|value| body.uvarint(value.into()));
            image.pixels.iter().for_each(|pixel| body.u32(*pixel));
            CURSOR_IMAGE
        }
        ScreenRecord::CursorPosition(position) => {
            body.u8(position.is_some().into());
            if let Some(position) = position {
                body.svarint(position.x.into());
                body.svarint(position.y.into());
            }
            CURSOR_POSITION
        }
    }
}

/// What ends the body: a picture may be megabytes, which are not copied twice.
pub(super) fn data(record: &ScreenRecord) -> &[u8] {
    match record {
        ScreenRecord::Frame(part) => &part.data,
        ScreenRecord::CursorImage(_) | ScreenRecord::CursorPosition(_) => &[],
    }
}

pub(super) fn decode(opcode: u8, body: &mut Reader<'_>) -> Result<ScreenRecord> {
    Ok(match opcode {
        FRAME => ScreenRecord::Frame(decode_frame(body)?),
        CURSOR_IMAGE => ScreenRecord::CursorImage(decode_cursor_image(body)?),
        _ if body.flag()? => {
            ScreenRecord::CursorPosition(Some(Position { x: body.svarint32()?, y: body.svarint32()? }))
        }
        _ => ScreenRecord::CursorPosition(None),
    })
}

fn decode_frame(body: &mut Reader<'_>) -> Result<FramePart> {
    let flags = decode_flags(body, KEY_FRAME | MORE | PACKED)?;
    let key = if flags & KEY_FRAME == 0 { None } else { Some(decode_shape(body)?) };
    let packed = flags & PACKED != 0;
    Ok(FramePart { key, more: flags & MORE != 0, packed, data: body.rest().to_vec().into() })
}

fn decode_shape(body: &mut Reader<'_>) -> Result<Shape> {
    let format = match body.u8()? {
        0 => PixelFormat::Bgrx8,
        1 => PixelFormat::Bgrx10,
        _ => return Err(invalid("has an unknown pixel format")),
    };
    let size = Size { width: body.uvarint32()?, height: body.uvarint32()? };
    if is_picture_size(size) { Ok(Shape { size, format }) } else { Err(invalid("has a picture size over its limit")) }
}

fn decode_cursor_image(body: &mut Reader<'_>) -> Result<CursorImage> {
    let mut side = || body.bounded(MAX_CURSOR_SIDE).map(|value| value as u16);
    let (width, height, x, y) = (side()?, side()?, side()?, side()?);
    if x >= width || y >= height {
        return Err(invalid("has a pointer image without pixels, or its hotspot outside"));
    }
    let pixels = (0..u32::from(width) * u32::from(height)).map(|_| body.u32()).collect::<Result<_>>()?;
    Ok(CursorImage { width, height, hotspot: (x, y), pixels })
}

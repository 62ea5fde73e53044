//! What a window says of itself, in its properties; any client may have written it.

use understudy_core::error::Result;
use understudy_core::event::App;
use understudy_core::frame::Rect;
use x11rb::cookie::Cookie;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window};
use x11rb::rust_connection::RustConnection;

use super::{Link, answer, send};

/// How long each part of `WM_CLASS` may be, in bytes.
const CLASS_LENGTH: usize = 256;
/// The longest title that is judged, in bytes. The recording keeps less of it; but browsers say behind the page's title what they are,
/// and whether the window is private.
const TITLE: u32 = 4096;

type Property<'a> = Cookie<'a, RustConnection, GetPropertyReply>;

/// The application that a window names in `WM_CLASS`.
pub(crate) fn app(link: &Link, window: Window) -> Result<Option<App>> {
    app_of(ask_app(link, window)?)
}

pub(super) fn ask_app(link: &Link, window: Window) -> Result<Property<'_>> {
    // Two parts, each ended by a zero; in units of four bytes.
    let length = u32::try_from(CLASS_LENGTH / 2).unwrap_or(u32::MAX);
    let (property, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
    send(link.conn.get_property(false, window, property, kind, 0, length))
}

pub(super) fn app_of(asked: Property<'_>) -> Result<Option<App>> {
    let reply = answer(asked)?;
    let value = reply.map(|reply| reply.value).unwrap_or_default();
    let mut parts = value.split(|byte| *byte == 0).map(|part| text(part, CLASS_LENGTH));
    let (instance, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Ok((!id.is_empty()).then_some(App { id, instance }))
}

/// What a window is called: as its application says in UTF-8, or in the older property where it does not; empty where it has no title,
/// `None` where there is no such window, or nobody knows how its title ends.
pub(crate) fn title(link: &Link, window: Window, wm_name: Atom, utf8: Atom) -> Result<Option<String>> {
    // In units of four bytes.
    let name = send(link.conn.get_property(false, window, wm_name, utf8, 0, TITLE / 4))?;
    let older = send(link.conn.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, TITLE / 4))?;
    let (name, older) = (answer(name)?, answer(older)?);
    Ok(match name.map(|name| whole(&name)) {
        Some(Some(name)) if name.is_empty() => older.map_or(Some(name), |older| whole(&older)),
        Some(name) => name,
        None => None,
    })
}

/// The text of a property; `None` where there is more of it than was asked for. One of another type than was asked for has none.
fn whole(property: &GetPropertyReply) -> Option<String> {
    let is_cut = property.bytes_after > 0 && !property.value.is_empty();
    (!is_cut).then(|| text(&property.value, usize::MAX))
}

/// A property that holds one number.
pub(crate) fn number(link: &Link, window: Window, property: Atom, kind: AtomEnum) -> Result<Option<u32>> {
    number_of(ask_number(link, window, property, kind)?)
}

pub(super) fn ask_number(link: &Link, window: Window, property: Atom, kind: AtomEnum) -> Result<Property<'_>> {
    send(link.conn.get_property(false, window, property, kind, 0, 1))
}

pub(super) fn number_of(asked: Property<'_>) -> Result<Option<u32>> {
    let reply = answer(asked)?;
    Ok(reply.and_then(|reply| reply.value32().and_then(|mut values| values.next())))
}

/// UTF-8, or Latin-1 where it is not that, of at most `limit` bytes; control characters are left out.
pub(crate) fn text(bytes: &[u8], limit: usize) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Cut by the property's limit in the middle of a character.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
        }
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let mut kept = String::new();
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if kept.len() + letter.len_utf8() > limit {
            break;
        }
        kept.push(letter);
    }
    kept
}

/// A window's outer edge, its border included.
pub(crate) fn outer(x: i16, y: i16, width: u16, height: u16, border: u16) -> Rect {
    let both = 2 * u32::from(border);
    Rect { x: x.into(), y: y.into(), width: u32::from(width) + both, height: u32::from(height) + both }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_is_cut_at_a_character_and_never_fails() {
        assert_eq!(text("Müll".as_bytes(), 3), "Mü");
        assert_eq!(text("Müll".as_bytes(), 2), "M");
        assert_eq!(text(b"M\xfcll", 16), "Müll");
        assert_eq!(text("Mü".as_bytes().split_last().map_or(&[][..], |(_, cut)| cut), 16), "M");
        assert_eq!(text(b"a\x1b\nb", 16), "ab");
    }
}

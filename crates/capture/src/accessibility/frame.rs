//! What an application calls its windows: the names of its frames, and which of them it thinks has the keyboard.

use std::time::Instant;

use super::bus::{ACCESSIBLE, Object, ROOT, inner, property_of, states};
use super::role;
use crate::dbus::{Call, Connection, Kind, Message, Result};

/// The longest name that is judged, in bytes: as much as of a title. It says at its end that a window is private.
const NAME: usize = 4096;
/// Most frames of one peer: popups are frames too.
const MANY: usize = 512;

/// One, by what its application says.
pub(super) struct Frame {
    pub(super) object: Object,
    /// `None` where it is not told, not in time, or is longer than is judged.
    pub(super) name: Option<String>,
    pub(super) is_active: bool,
}

/// The objects of all of a peer's; `None` where it does not say, not in time, or has too many. One that refuses to has none.
pub(super) fn list(connection: &mut Connection, peer: &str, deadline: Instant) -> Result<Option<Vec<Object>>> {
    let application = Object { peer: peer.to_owned(), path: ROOT.to_owned() };
    let reply = connection.replies(&[application.call("GetChildren")], deadline)?.pop().flatten();
    Ok(reply.and_then(|reply| match reply.kind {
        Kind::Refusal(_) => Some(Vec::new()),
        _ => inner(&reply, &application).filter(|objects| objects.len() <= MANY),
    }))
}

/// All of a peer's, by what it says of them; `None` as before.
pub(super) fn ask(connection: &mut Connection, peer: &str, deadline: Instant) -> Result<Option<Vec<Frame>>> {
    let Some(objects) = list(connection, peer, deadline)? else { return Ok(None) };
    let calls: Vec<Call<'_>> =
        objects.iter().flat_map(|object| [object.get(ACCESSIBLE, "Name"), object.call("GetState")]).collect();
    let replies = connection.replies(&calls, deadline)?;
    drop(calls);
    let frames = objects.into_iter().zip(replies.chunks(2)).filter_map(|(object, replies)| frame(object, replies));
    Ok(Some(frames.collect()))
}

/// Nothing of one that is no more, and says so.
fn frame(object: Object, replies: &[Option<Message>]) -> Option<Frame> {
    let [name, state] = replies else { return None };
    if name.as_ref().is_some_and(|name| matches!(name.kind, Kind::Refusal(_))) {
        return None;
    }
    let is_active = state.as_ref().and_then(states).is_some_and(role::is_active);
    Some(Frame { object, name: name.as_ref().and_then(text), is_active })
}

fn text(reply: &Message) -> Option<String> {
    let text = property_of(reply, "s")?.string()?;
    (text.len() <= NAME).then(|| text.to_owned())
}

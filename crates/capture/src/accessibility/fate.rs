//! Whether elements are there still.

use std::time::Instant;

use super::bus::{DBUS, Object, states};
use super::role;
use crate::dbus::{Call, Connection, Kind, Message, Result};

/// What the bus says in the place of a peer that left it.
const NO_PEER: [&str; 2] = ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"];
/// What a peer says of an object that it has not: toolkits differ. Every element knows the method that is asked for.
const NO_OBJECT: [&str; 2] = ["org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod"];

/// What became of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is there, or nothing says that it is not.
    There,
    /// It is no more.
    Gone,
    /// Its application does not answer.
    Silent,
}

/// Asks all of them at once.
pub(super) fn ask(connection: &mut Connection, objects: &[Object], deadline: Instant) -> Result<Vec<Fate>> {
    let calls: Vec<Call<'_>> = objects.iter().map(|object| object.call("GetState")).collect();
    let replies = connection.replies(&calls, deadline)?;
    Ok(replies.iter().map(|reply| reply.as_ref().map_or(Fate::Silent, told)).collect())
}

/// Only what says so plainly makes it gone: a peer speaks for its objects, and the bus for its peers.
fn told(reply: &Message) -> Fate {
    let names = if reply.sender == DBUS { NO_PEER } else { NO_OBJECT };
    let gone = match reply.kind {
        Kind::Refusal(_) => names.contains(&reply.error.as_str()),
        _ => states(reply).is_some_and(role::is_defunct),
    };
    if gone { Fate::Gone } else { Fate::There }
}

//! D-Bus, as much of it as accessibility needs: a client that asks several peers at once, waits for no longer than it says, and keeps
//! nothing of what is longer than it has to be.
//!
//! Our own, because of who is at the other end: any application of the session may answer, late or with 128 MiB. Libraries take a
//! message whole before anybody can refuse it, and bring a thread or an executor that wakes for each.

mod address;
mod connection;
mod message;
mod wire;

pub(crate) use self::address::Address;
pub(crate) use self::connection::{Connection, Gone, Result};
pub(crate) use self::message::{Call, Kind, Message};
pub(crate) use self::wire::Decoder;

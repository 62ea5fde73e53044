//! The recording: events, frames, gate, redaction, codec, sealing, journal, reader, pipeline.

// `kernel` alone, and it says why.
#![deny(unsafe_code)]

pub mod amend;
pub mod backend;
pub mod called;
pub mod canonical;
pub mod chunk;
pub mod class_name;
pub mod clock;
pub mod control;
mod cut;
pub mod delta;
pub mod detect;
pub mod error;
pub mod event;
pub mod forget;
pub mod frame;
pub mod gate;
pub mod header;
pub mod hold;
pub mod identity;
pub mod journal;
mod kernel;
pub mod key;
mod keyring;
pub mod mask;
mod moves;
pub mod ndjson;
pub mod opening;
pub mod pipeline;
pub mod policy;
pub mod presence;
mod pseudonym;
pub mod reader;
pub mod receipt;
pub mod recipient;
pub mod record;
pub mod redact;
pub mod release;
mod scratch;
pub mod seal;
pub mod secret;
pub mod segment;
mod shade;
pub mod sign;
pub mod sink;
pub mod source;
pub mod span;
pub mod stats;
pub mod track;
pub mod typed;
mod unzstd;
pub mod verify;
pub mod wire;
pub mod withdraw;
pub mod writer;

//! The recording: events, frames, gate, redaction, codec, sealing, journal, reader, pipeline.

#![forbid(unsafe_code)]

pub mod backend;
pub mod clock;
pub mod error;
pub mod event;
pub mod frame;
pub mod track;

//! The Node addon: options in, state and counters out. No event and no frame crosses singly, or at all.
//!
//! Thin on purpose: what can be decided in `core` or `capture` is decided there, and what can be said in TypeScript in `ts/recorder.ts`.

pub mod error;
pub mod identity;
pub mod options;
pub mod recorder;

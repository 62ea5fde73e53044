//! The Node addon: options in, state and counters out. No event and no frame crosses singly, or at all.
//!
//! Thin on purpose: what can be decided in `core` or `capture` is decided there, and what can be said in TypeScript in `ts/recorder.ts`.

pub mod amend;
mod bell;
pub mod error;
pub mod identity;
pub mod options;
pub mod policy;
pub mod recorder;
pub mod redact;
pub mod stats;
pub mod typed;

use napi_derive::napi;

/// What the host has in its own heap stays the host's affair.
#[cfg(target_os = "linux")]
#[global_allocator]
static HEAP: understudy_capture::heap::Heap = understudy_capture::heap::Heap;

/// Keeps this process's memory out of core dumps: for a program of our own, such as the command line. A host decides for itself.
#[napi(catch_unwind)]
pub fn harden() {
    understudy_capture::process::harden();
}

/// Whether this addon was built with debug checks: a benchmark has nothing to measure then.
#[napi(catch_unwind)]
pub fn has_debug_checks() -> bool {
    cfg!(debug_assertions)
}

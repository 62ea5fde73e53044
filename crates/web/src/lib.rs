//! The detectors for a browser: WebAssembly that asks for nothing and exports four functions. `ts/detect.ts` is their other side.
//!
//! A text is written into the room that `room` gives, `find` looks at it, `wipe` leaves nothing of it. A panic is a trap, and no answer:
//! whoever called throws this memory away.

mod desk;
mod heap;

use std::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use understudy_detect::Mode;

use desk::{Desk, LONGEST};

#[global_allocator]
static HEAP: heap::Heap = heap::Heap;

/// One text at a time.
static DESK: Mutex<Desk> = Mutex::new(Desk::new());

/// How many bytes a text has at most.
// SAFETY: nothing else has this name, nor any of those below.
#[unsafe(no_mangle)]
pub extern "C" fn longest() -> usize {
    LONGEST
}

/// Where a text of so many bytes is to be written; null where that is too long.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    desk().room(length).map_or(null_mut(), <[u8]>::as_mut_ptr)
}

/// What of the first `length` bytes in the room may be shown; `strict` is 0 or something else. Null where they are no UTF-8.
///
/// The answer is a row of words: how many spans there are, where the text without them is and how long; then of each span its start, its
/// end, where the name of its class is and how long. It stands until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn find(length: usize, strict: u32) -> *const usize {
    let mode = if strict == 0 { Mode::Balanced } else { Mode::Strict };
    desk().find(length, mode).map_or(null(), <[usize]>::as_ptr)
}

/// Leaves nothing of the text, nor of what was found in it.
#[unsafe(no_mangle)]
pub extern "C" fn wipe() {
    desk().clear();
    desk::wipe_stack();
}

fn desk() -> MutexGuard<'static, Desk> {
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}

//! A heap in which nothing is left of what was given back, as the addon's (`crates/capture/src/heap.rs`): words of a text lie in many
//! small blocks, of libraries as well as our own, and whoever has the page has all of this memory.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

/// The system's allocator; blocks are wiped when they are freed. One that grows is a new block, and the old one is freed.
pub(crate) struct Heap;

// SAFETY: every block is the system allocator's, by its own rules.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has this many bytes, and nobody reads them any more; the caller's promises are passed on.
        unsafe {
            block.write_bytes(0, layout.size());
            // Or the zeros would be optimised away.
            System.dealloc(black_box(block), layout);
        }
    }
}

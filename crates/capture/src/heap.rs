//! The heap of an addon that lives in somebody else's process: large blocks come from the system, and go back to it at once; what is
//! given back is empty.
//!
//! Keys, titles and what a server sent lie in many small blocks, of libraries as well as our own, and a pause takes back what it can
//! still find. A block that nobody owns any more is found by no one, but by whoever reads the process's memory: so every block is wiped
//! when it is freed, whoever's it was.
//!
//! glibc keeps large blocks too, once it has seen one freed: in the arena of the thread that asked, to be reused by that thread. A
//! host that records now and then would keep a picture's memory for each thread that ever had one.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr::null_mut;

use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags, madvise, mmap_anonymous, mremap, munmap};

/// Blocks from this size on are large: rare, and used enough that fresh pages cost little beside it. What a file that is read once takes
/// while it is parsed is mostly larger than this, and is not left behind in the arena of whoever read it.
const LARGE: usize = 128 << 10;
/// From this size on a block that is asked for zeroed is a picture, all of which is used: huge pages spare it a fault for each small one.
/// Others, like zstd's window, may never be used up.
const HUGE: usize = 4 << 20;
/// The system gives pages, and no page is smaller.
const PAGE: usize = 4096;

/// The system's allocator, but for large blocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heap;

// SAFETY: small blocks are the system allocator's, by its own rules; a large block is a mapping of its own, of at least the layout's
// size and aligned to a page. Which of both a block is follows from its layout alone, which callers give back unchanged.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return map(layout.size());
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            // Fresh pages are zero.
            let block = map(layout.size());
            if layout.size() >= HUGE && !block.is_null() {
                // SAFETY: the mapping was just made and has this length. Where the system has no huge pages, small ones do as well.
                let _small = unsafe { madvise(block.cast(), layout.size(), Advice::LinuxHugepage) };
            }
            return block;
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout) {
            // SAFETY: a large block of this layout is a mapping of its own of this length, and the caller gives it up.
            let unmapped = unsafe { munmap(block.cast(), layout.size()) };
            debug_assert!(unmapped.is_ok(), "a mapping of our own can be unmapped");
            return;
        }
        // SAFETY: the block has this many bytes, and nobody reads them any more; the caller's promises are passed on.
        unsafe {
            wipe(block, layout.size());
            System.dealloc(block, layout);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        if is_large(layout) && is_large(wanted) {
            // SAFETY: a mapping of our own of this length; its pages move, nothing is copied.
            let moved = unsafe { mremap(block.cast(), layout.size(), size, MremapFlags::MAYMOVE) };
            return moved.map_or(null_mut(), <*mut std::ffi::c_void>::cast);
        }
        // The system's own way would leave a copy where the block was.
        // SAFETY: `size` is not zero, as the caller promises.
        let moved = unsafe { self.alloc(wanted) };
        if !moved.is_null() {
            // SAFETY: both blocks have at least this many bytes and are not the same.
            unsafe { std::ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            // SAFETY: the block has this layout, and the caller has given it up for the other.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

/// Writes zeros that are not optimised away, though nobody reads them.
///
/// # Safety
/// The block has that many bytes, and they may be written.
unsafe fn wipe(block: *mut u8, size: usize) {
    // SAFETY: the caller's promise.
    unsafe { block.write_bytes(0, size) };
    black_box(block);
}

fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= PAGE
}

fn map(length: usize) -> *mut u8 {
    // SAFETY: the kernel chooses where, so that nothing that exists is mapped over.
    let start = unsafe { mmap_anonymous(null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE) };
    start.map_or(null_mut(), <*mut std::ffi::c_void>::cast)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 9] = [1, 4096, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE, LARGE - 7, 100, HUGE];

    /// A block of this size whose bytes are 7.
    fn sevens(size: usize) -> (*mut u8, Layout) {
        filled(7, size)
    }

    fn filled(byte: u8, size: usize) -> (*mut u8, Layout) {
        let layout = Layout::from_size_align(size, 16).expect("a layout");
        // SAFETY: no size is zero; the block has as many bytes as are written.
        unsafe {
            let block = Heap.alloc(layout);
            assert!(!block.is_null());
            block.write_bytes(byte, size);
            (block, layout)
        }
    }

    /// What nothing else here fills blocks with: tests run at the same time, and get each other's blocks.
    #[cfg(target_os = "linux")]
    const MARK: u8 = 0x5c;

    #[test]
    fn a_block_keeps_its_bytes_whatever_size_it_is_given() {
        for from in SIZES {
            for to in SIZES {
                let (block, layout) = sevens(from);
                // SAFETY: the block is of this layout and is used as the new one only, within its size.
                unsafe {
                    let block = Heap.realloc(block, layout, to);
                    assert!(!block.is_null());
                    let kept = std::slice::from_raw_parts(block, from.min(to));
                    assert!(kept.iter().all(|byte| *byte == 7), "{from} to {to}");
                    block.add(to - 1).write(8);
                    Heap.dealloc(block, Layout::from_size_align(to, 16).expect("a layout"));
                }
            }
        }
    }

    /// Of what lay in a freed block, what still lies there: by way of a file, since no reference to it may be made.
    #[cfg(target_os = "linux")]
    fn left_at(address: usize, size: usize) -> usize {
        use std::os::unix::fs::FileExt as _;
        let mut bytes = vec![0; size];
        // The file's offset is the address. A large block is not mapped any more, and cannot be read.
        let memory = std::fs::File::open("/proc/self/mem").expect("this process's memory");
        let read = memory.read_at(&mut bytes, address as u64).unwrap_or_default();
        bytes[..read].iter().filter(|byte| **byte == MARK).count()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_block_that_was_freed_or_moved_is_empty() {
        for size in SIZES {
            // The system keeps numbers of its own in the first bytes, and others may have the block by now.
            let few = 2 + size / 1000;
            let (block, layout) = filled(MARK, size);
            let address = block.expose_provenance();
            assert_eq!(left_at(address, size), size, "it is seen while it is there");
            // SAFETY: the block is of this layout.
            unsafe { Heap.dealloc(block, layout) };
            assert!(left_at(address, size) <= few, "{size} bytes");

            let (block, layout) = filled(MARK, size);
            let address = block.expose_provenance();
            // SAFETY: the block is of this layout, and is freed as the new one.
            unsafe {
                let moved = Heap.realloc(block, layout, size * 2 + 64);
                assert!(moved.addr() == address || left_at(address, size) <= few, "{size} bytes");
                Heap.dealloc(moved, Layout::from_size_align(size * 2 + 64, 16).expect("a layout"));
            }
        }
    }

    #[test]
    fn what_is_asked_for_zeroed_is_zero_also_where_something_was() {
        for size in SIZES {
            let (block, layout) = sevens(size);
            // SAFETY: the block is of this layout; the next one is read within its size.
            unsafe {
                Heap.dealloc(block, layout);
                let block = Heap.alloc_zeroed(layout);
                assert!(std::slice::from_raw_parts(block, size).iter().all(|byte| *byte == 0));
                Heap.dealloc(block, layout);
            }
        }
    }
}

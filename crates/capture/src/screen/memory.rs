//! Memory that this process and the X server share: the server writes a picture into it, nothing crosses a socket.

use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, munmap};
use understudy_core::error::Result;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::shm::{self, ConnectionExt as _};

use crate::x11::{Link, answer, lost, send};

/// The system gives pages, and takes them back, whole.
const PAGE: usize = 4096;

/// A segment, attached to the server.
pub(super) struct Segment {
    start: NonNull<u8>,
    length: usize,
    pub(super) id: shm::Seg,
}

// SAFETY: the mapping belongs to the segment alone and does not care which thread reads it.
unsafe impl Send for Segment {}

impl Segment {
    /// `None` where this connection cannot share memory: an old server, or one on another machine.
    pub(super) fn attach(link: &Link, length: usize) -> Result<Option<Self>> {
        if !link.has(shm::X11_EXTENSION_NAME)? {
            return Ok(None);
        }
        let version = answer(send(link.conn.shm_query_version())?)?;
        // File descriptors can be passed from 1.2 on, which every server since 2013 speaks.
        if version.is_none_or(|version| (version.major_version, version.minor_version) < (1, 2)) {
            return Ok(None);
        }
        let Ok((start, file)) = map(length) else { return Ok(None) };
        let id = link.conn.generate_id().map_err(lost)?;
        let segment = Self { start, length, id };
        // A connection through TCP refuses to send the descriptor.
        let Ok(cookie) = link.conn.shm_attach_fd(id, file, false) else { return Ok(None) };
        match cookie.check() {
            Ok(()) => Ok(Some(segment)),
            Err(ReplyError::X11Error(_)) => Ok(None),
            Err(ReplyError::ConnectionError(error)) => Err(lost(error)),
        }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Gives back the memory behind the first `kept` bytes, in both processes; it comes anew, zeroed, when it is written again. The
    /// caller has had the answers to all it asked for.
    pub(super) fn release(&self, kept: usize) {
        let kept = kept.next_multiple_of(PAGE).min(self.length);
        // SAFETY: the range lies inside the mapping and begins at a page; nobody holds a reference into it, since `bytes` lends for no
        // longer than until the next grab. A system that cannot do it keeps the memory, and that is all.
        let _kept = unsafe { madvise(self.start.as_ptr().add(kept).cast(), self.length - kept, Advice::LinuxRemove) };
    }

    /// What the server wrote last. The caller has had the answers to all it asked for.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `start` is a mapping of `length` bytes that lives as long as `self`. The server writes into it only between a
        // `GetImage` and its answer, and the capturer, which holds `self` exclusively, reads only after the answers.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: `start` and `length` are those of the mapping made in `map`, which is unmapped nowhere else.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
        debug_assert!(unmapped.is_ok(), "a mapping of our own can be unmapped");
    }
}

fn map(length: usize) -> rustix::io::Result<(NonNull<u8>, OwnedFd)> {
    let file = memfd_create(c"understudy-screen", MemfdFlags::CLOEXEC)?;
    ftruncate(&file, length as u64)?;
    // All pages at once, before the first grab has to wait for each of them.
    let flags = MapFlags::SHARED | MapFlags::POPULATE;
    // SAFETY: the kernel chooses where, so that nothing that exists is mapped over; the file is ours and has this length.
    let start = unsafe { mmap(std::ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, flags, &file, 0)? };
    NonNull::new(start.cast()).map(|start| (start, file)).ok_or(rustix::io::Errno::NOMEM)
}

/// Tells the server to let go.
pub(super) fn detach(link: &Link, segment: Segment) -> Result<()> {
    send(link.conn.shm_detach(segment.id))?;
    link.conn.flush().map_err(lost)
}

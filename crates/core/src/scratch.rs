//! Memory for plain bytes that come chunk by chunk: empty between two of them, and kept for the next as long as such are needed.

use std::ops::{Deref, DerefMut};

use zeroize::{Zeroize, Zeroizing};

/// So much is kept whatever it is used for.
const FEW: usize = 64 << 10;
/// Memory of which a chunk used less than such a part is given up: one that is large now and then, like a key frame, leaves nothing
/// behind, and those of a film, one after the other, do not cost fresh pages each.
const PART: usize = 4;

/// A vector that is erased, not only emptied.
#[derive(Default)]
pub(crate) struct Scratch(Zeroizing<Vec<u8>>);

impl Scratch {
    /// Erases all that was in it.
    pub(crate) fn erase(&mut self) {
        let used = self.0.len();
        if self.0.capacity() > FEW.max(used * PART) {
            self.0 = Zeroizing::default();
        } else {
            // What lies behind the last byte too: there may be some of what was there before.
            self.0.zeroize();
        }
    }

    /// Has room for this many bytes behind those that are there, which are erased where they lay if they have to move: a vector that
    /// grows by itself leaves them.
    pub(crate) fn make_room(&mut self, room: usize) {
        if self.0.capacity() - self.0.len() < room {
            let mut larger = Zeroizing::new(Vec::with_capacity(self.0.len() + room));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
    }
}

impl Deref for Scratch {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_is_used_and_gives_up_what_is_not() {
        let mut scratch = Scratch::default();
        scratch.resize(1 << 20, 7);
        scratch.erase();
        assert!(scratch.is_empty() && scratch.capacity() >= 1 << 20, "the next may be as large");
        scratch.resize(300 << 10, 7);
        scratch.erase();
        assert!(scratch.capacity() >= 1 << 20, "it was a good part of it");
        scratch.resize(1 << 10, 7);
        scratch.erase();
        assert!(scratch.capacity() == 0, "it was not");
        scratch.resize(1 << 10, 7);
        scratch.erase();
        assert!(scratch.capacity() >= 1 << 10, "so little is kept");
    }

    #[test]
    #[expect(unsafe_code, reason = "nothing else reads memory behind a vector's end")]
    fn nothing_is_left_in_what_it_keeps() {
        let mut scratch = Scratch::default();
        scratch.resize(100_000, 7);
        scratch.truncate(50_000);
        scratch.erase();
        let all = scratch.capacity();
        // SAFETY: it was erased as far as it goes, so every byte was written.
        let left = unsafe { std::slice::from_raw_parts(scratch.as_ptr(), all) };
        assert!(left.iter().all(|byte| *byte == 0), "also behind where it ended");
    }

    #[test]
    fn making_room_keeps_what_is_there() {
        let mut scratch = Scratch::default();
        scratch.extend_from_slice(b"plain");
        scratch.make_room(1 << 20);
        assert!(scratch.capacity() >= 5 + (1 << 20));
        assert_eq!(scratch.as_slice(), b"plain");
    }
}

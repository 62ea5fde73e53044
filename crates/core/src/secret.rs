//! Secret bytes: locked in memory where the system allows, zeroed when dropped, never shown.

use std::fmt;

use dryoc::protected::{HeapByteArray, Locked, NewLocked};
use zeroize::Zeroizing;

/// `N` secret bytes.
///
/// Locking keeps them out of swap. Where the limit for locked memory is used up (`RLIMIT_MEMLOCK`), they lie on the heap and are still
/// zeroed when dropped.
pub struct Secret<const N: usize>(Store<N>);

enum Store<const N: usize> {
    Locked(Locked<HeapByteArray<N>>),
    Heap(Box<Zeroizing<[u8; N]>>),
}

impl<const N: usize> Secret<N> {
    /// Lets `fill` write the bytes in place, so that no copy of them lies elsewhere.
    pub fn with(fill: impl FnOnce(&mut [u8; N])) -> Self {
        if let Ok(mut locked) = HeapByteArray::<N>::new_locked()
            && let Some(bytes) = locked.first_chunk_mut::<N>()
        {
            fill(bytes);
            return Self(Store::Locked(locked));
        }
        let mut heap = Box::new(Zeroizing::new([0; N]));
        fill(&mut heap);
        Self(Store::Heap(heap))
    }

    /// Random bytes.
    pub fn random() -> Self {
        Self::with(|bytes| dryoc::rng::copy_randombytes(bytes))
    }

    /// A copy of `bytes`; whoever holds those zeroes them.
    pub fn copy_of(bytes: &[u8; N]) -> Self {
        Self::with(|secret| secret.copy_from_slice(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; N] {
        match &self.0 {
            Store::Locked(locked) => match locked.first_chunk::<N>() {
                Some(bytes) => bytes,
                None => unreachable!("an array of N bytes has N bytes"),
            },
            Store::Heap(heap) => heap,
        }
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret<{N}>")
    }
}

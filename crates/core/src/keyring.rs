//! The content keys of a recording that is being written, in memory alone: they open what was recorded of it so far, and nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind, Result};
use crate::key::{Holder, KeyFile};
use crate::recipient::ContentKey;
use crate::secret::Secret;
use crate::segment::SegmentId;

/// Keys of segments that are there. Clones are the same ring; once it was erased, it takes none any more.
#[derive(Clone)]
pub(crate) struct Keyring(Arc<Mutex<Option<BTreeMap<SegmentId, ContentKey>>>>);

impl Keyring {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(BTreeMap::new()))))
    }

    /// Takes a copy of the key of a segment that was begun.
    pub(crate) fn take(&self, segment: SegmentId, key: &ContentKey) {
        if let Some(keys) = self.lock().as_mut() {
            keys.insert(segment, Secret::copy_of(key.expose()));
        }
    }

    /// Erases the key of a segment that is destroyed.
    pub(crate) fn lose(&self, segment: SegmentId) {
        self.lock().as_mut().map(|keys| keys.remove(&segment));
    }

    /// Erases all of them.
    pub(crate) fn erase(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<BTreeMap<SegmentId, ContentKey>>> {
        // Who panicked with it in hand left whole keys behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder for Keyring {
    fn content_key(&self, segment: SegmentId, _file: &KeyFile) -> Result<ContentKey> {
        let known = self.lock().as_ref().and_then(|keys| keys.get(&segment).map(|key| Secret::copy_of(key.expose())));
        known.ok_or_else(|| {
            Error::new(ErrorKind::IdentityMismatch, format!("{segment} was not written by this recorder"))
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Bytes;
    use crate::recipient::OpenKey;
    use crate::track::Track;

    #[test]
    fn it_has_the_keys_of_what_is_there_and_after_the_end_of_nothing() {
        let (ring, key, holder) = (Keyring::new(), Secret::random(), OpenKey::random().public());
        let [first, second] = [0, 1].map(|number| SegmentId { track: Track::Keyboard, number });
        let file = KeyFile::seal(Bytes([7; 16]), first, &key, &[holder]).expect("seals");
        let kind = |segment| ring.content_key(segment, &file).err().map(|error| error.kind());
        ring.take(first, &key);
        ring.take(second, &Secret::random());
        assert_eq!(ring.content_key(first, &file).expect("is there").expose(), key.expose());
        ring.lose(second);
        assert_eq!(kind(second), Some(ErrorKind::IdentityMismatch), "it was forgotten");
        let same = ring.clone();
        same.erase();
        ring.take(first, &key);
        assert_eq!(kind(first), Some(ErrorKind::IdentityMismatch), "it was erased, and takes no more");
    }
}

//! Where the reading of a track starts: holds back what is before, of pictures all but the latest.

use super::{FrameItem, Item, ItemValue};
use crate::clock::Time;
use crate::frame::Frame;

/// What is held back. The picture stays where it is painted until something would be painted over it.
pub(super) struct Start {
    from: Time,
    held: Option<Item>,
    /// The pixels of the picture that is held back, or was given out last, where they are not what its segment shows.
    kept: Option<Frame>,
}

impl Start {
    pub(super) fn new(from: Time) -> Self {
        Self { from, held: None, kept: None }
    }

    /// The picture that is held back, if it was the latest before `from`; `time` is the next record's, which is not applied yet.
    pub(super) fn release(&mut self, time: Time) -> Option<Item> {
        if time < self.from { None } else { self.end() }
    }

    /// The picture that is held back, when nothing comes behind it.
    pub(super) fn end(&mut self) -> Option<Item> {
        self.held.take()
    }

    /// The item, if it is to be given out.
    pub(super) fn admit(&mut self, item: Item) -> Option<Item> {
        if item.time >= self.from {
            return Some(item);
        }
        if let ItemValue::Frame(frame) = item.value {
            // Whoever gets it has none that it could be a change of.
            self.held = Some(Item { time: item.time, value: ItemValue::Frame(FrameItem { key: true, ..frame }) });
            self.kept = None;
        }
        None
    }

    /// To be called before a picture of several records is painted over the one that is held back: a crash may have left only some.
    pub(super) fn keep(&mut self, frame: Option<&Frame>) {
        if self.held.is_some() {
            self.kept = frame.cloned();
        }
    }

    /// To be called when a segment is left: what is held back may be its picture.
    pub(super) fn leave(&mut self, picture: impl FnOnce() -> Option<Frame>) {
        if self.held.is_some() && self.kept.is_none() {
            self.kept = picture();
        }
    }

    /// To be called when the item that was given out last is done with.
    pub(super) fn forget(&mut self) {
        if self.held.is_none() {
            self.kept = None;
        }
    }

    /// The picture, where it is not what its segment shows.
    pub(super) fn picture(&self) -> Option<&Frame> {
        self.kept.as_ref()
    }
}

//! Windows that closed since that was told last: destroyed ones, whose numbers may be others' from then on, and hidden ones.

use std::collections::BTreeSet;

use x11rb::protocol::xproto::Window;

#[derive(Default)]
pub(crate) struct Closed {
    destroyed: BTreeSet<Window>,
    hidden: BTreeSet<Window>,
}

impl Closed {
    /// A window is no more. Both it and the one that it lay in may say so.
    pub(super) fn destroy(&mut self, window: Window) {
        self.destroyed.insert(window);
    }

    pub(super) fn hide(&mut self, window: Window) {
        self.hidden.insert(window);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.destroyed.is_empty() && self.hidden.is_empty()
    }

    /// The destroyed ones and the hidden ones, each once.
    pub(crate) fn take(&mut self) -> (Vec<u64>, Vec<u64>) {
        let taken = |windows: &mut BTreeSet<Window>| std::mem::take(windows).into_iter().map(u64::from).collect();
        (taken(&mut self.destroyed), taken(&mut self.hidden))
    }
}

//! How much rules look at beyond the one pass over a text, counted in tests alone: times vary, counts do not.

#[cfg(test)]
thread_local! {
    static LOOKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many bytes, words or findings were looked at once more.
#[cfg(test)]
pub(super) fn looked(at: usize) {
    LOOKED.with(|looked| looked.set(looked.get() + at));
}

/// Nothing is counted outside tests.
#[cfg(not(test))]
#[inline(always)]
pub(super) fn looked(_: usize) {}

/// What `task` looked at.
#[cfg(test)]
pub(super) fn of(task: impl FnOnce()) -> usize {
    LOOKED.with(|looked| looked.set(0));
    task();
    LOOKED.with(std::cell::Cell::get)
}

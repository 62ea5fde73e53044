//! What wakes JavaScript, without keeping it awake.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

/// Says "changed" to JavaScript, without holding its event loop open and without ever queueing up.
type Changed = ThreadsafeFunction<(), (), (), Status, false, true, 1>;

/// What wakes JavaScript.
pub(crate) struct Bells {
    pub(crate) changed: Bell,
    pub(crate) ready: Bell,
}

impl Bells {
    pub(crate) fn put_away(&self) {
        self.changed.put_away();
        self.ready.put_away();
    }
}

/// Wakes JavaScript, at most once until it looked.
pub(crate) struct Bell {
    changed: Mutex<Option<Changed>>,
    rung: Arc<AtomicBool>,
}

impl Bell {
    pub(crate) fn new(changed: &Function<'_, (), ()>) -> napi::Result<Self> {
        let rung = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&rung);
        let changed = changed.build_threadsafe_function::<()>().weak::<true>().max_queue_size::<1>().build_callback(
            move |_| {
                heard.store(false, Ordering::Release);
                Ok(())
            },
        )?;
        Ok(Self { changed: Mutex::new(Some(changed)), rung })
    }

    pub(crate) fn ring(&self) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(changed) = &*self.changed.lock().unwrap_or_else(PoisonError::into_inner) {
            // It answers that the environment is closing, at worst: then nobody is left to be woken.
            changed.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Lets go of JavaScript's function, and of the recorder that it holds in turn.
    pub(crate) fn put_away(&self) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

//! Whether the contributor can see that they are recorded: the heartbeat of whatever shows it.
//!
//! A recorder keeps a sample only when a beat came behind it. So what was captured while nobody could see the indicator is
//! dropped from memory, however late its absence is noticed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::backend::AtStop;
use crate::error::{Error, ErrorKind, Result};

/// The longest that may be between two beats of a host's indicator.
pub const DEADLINE: Duration = Duration::from_millis(250);

/// The heartbeat of a host's own indicator: it beats while that can be seen. For one recorder; clones are the same heart.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
    heart: Arc<Mutex<Heart>>,
    says: AtStop,
}

#[derive(Debug, Default)]
struct Heart {
    last: Option<Instant>,
    /// The beat before a gap that was too long, until somebody was told of it.
    broken: Option<Instant>,
    taken: bool,
}

/// What a heart did since it was last listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulse {
    /// It never stopped; this was the latest beat.
    Steady(Instant),
    /// It stopped behind this beat, whether it beats again or not.
    Broken(Instant),
    /// It does not beat.
    Still,
}

impl Heartbeat {
    /// A heart that does not beat yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, of an indicator that says what becomes of the recording.
    pub fn saying(at_stop: AtStop) -> Self {
        Self { says: at_stop, ..Self::default() }
    }

    /// What the indicator says becomes of the recording.
    pub(crate) fn says(&self) -> AtStop {
        self.says
    }

    /// The indicator can be seen now. To be called at least every [`DEADLINE`].
    pub fn beat(&self) {
        self.beat_at(Instant::now());
    }

    fn beat_at(&self, now: Instant) {
        let mut heart = self.lock();
        if let Some(last) = heart.last.filter(|last| now.saturating_duration_since(*last) > DEADLINE) {
            heart.broken.get_or_insert(last);
        }
        heart.last = Some(now);
    }

    /// Listened to by one recorder, and by no other from then on.
    ///
    /// # Errors
    /// `InvalidArgument` when it is already.
    pub(crate) fn take(&self) -> Result<()> {
        if std::mem::replace(&mut self.lock().taken, true) {
            return Err(Error::new(ErrorKind::InvalidArgument, "a heartbeat is for one recorder: make another"));
        }
        Ok(())
    }

    /// Listens. A gap is told once.
    pub(crate) fn listen(&self, now: Instant) -> Pulse {
        let mut heart = self.lock();
        let Some(last) = heart.last else { return Pulse::Still };
        if let Some(broken) = heart.broken.take() {
            return Pulse::Broken(broken);
        }
        if now.saturating_duration_since(last) > DEADLINE {
            heart.last = None;
            return Pulse::Broken(last);
        }
        Pulse::Steady(last)
    }

    fn lock(&self) -> MutexGuard<'_, Heart> {
        // A thread that panicked here left it as it was: each change is a single step.
        self.heart.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_though_it_beats_again() {
        let (heart, start) = (Heartbeat::new(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(heart.listen(at(0)), Pulse::Still);
        heart.beat_at(at(0));
        heart.beat_at(at(250));
        assert_eq!(heart.listen(at(400)), Pulse::Steady(at(250)));
        heart.beat_at(at(501));
        heart.beat_at(at(900));
        assert_eq!(heart.listen(at(900)), Pulse::Broken(at(250)), "the first of two gaps");
        assert_eq!(heart.listen(at(900)), Pulse::Steady(at(900)));
        assert_eq!(heart.listen(at(1151)), Pulse::Broken(at(900)));
        assert_eq!(heart.listen(at(1151)), Pulse::Still, "once");
    }

    #[test]
    fn it_is_for_one_recorder() {
        let heart = Heartbeat::new();
        heart.take().expect("the first");
        assert_eq!(heart.clone().take().expect_err("another").kind(), ErrorKind::InvalidArgument);
    }
}

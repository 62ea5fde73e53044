//! The server's milliseconds as times of the recording.

use std::cell::Cell;
use std::time::Instant;

use understudy_core::clock::{Clock, Time};
use understudy_core::error::Result;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, CreateWindowAux, EventMask, PropMode, Timestamp, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT};

use super::{lost, send};

const MILLI: i64 = 1_000_000;
/// How often the clocks are compared; the tightest bounds win.
const ROUNDS: usize = 8;

/// Translates server times, which are milliseconds in 32 bits: they wrap every 49.7 days.
pub(crate) struct ServerClock {
    clock: Clock,
    /// The last server time seen, and the same without wrapping.
    last: Cell<(Timestamp, i64)>,
    /// Nanoseconds of the recording at server time zero, not wrapped.
    base: Cell<i64>,
    /// What the last server time was translated to: many events have the same.
    translated: Cell<Option<Time>>,
}

impl ServerClock {
    /// Compares both clocks: each round trip bounds the moment at which the server's millisecond began.
    pub(crate) fn calibrate(conn: &RustConnection, screen: usize, clock: &Clock) -> Result<Self> {
        let window = conn.generate_id().map_err(lost)?;
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        let root = conn.setup().roots[screen].root;
        let (class, depth) = (WindowClass::INPUT_ONLY, COPY_DEPTH_FROM_PARENT);
        send(conn.create_window(depth, window, root, -1, -1, 1, 1, 0, class, COPY_FROM_PARENT, &events))?;
        let now = |instant| i64::try_from(clock.at(instant).as_nanos()).unwrap_or(i64::MAX);
        let (mut low, mut high, mut first) = (i64::MIN, i64::MAX, None);
        for _ in 0..ROUNDS {
            let before = Instant::now();
            // Appending nothing changes nothing, but tells the time.
            let (mode, name, kind) = (PropMode::APPEND, AtomEnum::WM_NAME, AtomEnum::STRING);
            send(conn.change_property(mode, window, name, kind, 8, 0, &[]))?;
            send(conn.flush())?;
            let time = loop {
                if let Event::PropertyNotify(event) = conn.wait_for_event().map_err(lost)? {
                    break event.time;
                }
            };
            let after = Instant::now();
            let origin = *first.get_or_insert(time);
            let offset = i64::from(time.wrapping_sub(origin)) * MILLI;
            low = low.max(now(before) - MILLI - offset);
            high = high.min(now(after) - offset);
        }
        send(conn.destroy_window(window))?;
        let start = first.unwrap_or_default();
        let unwrapped = i64::from(start);
        let middle = low + (high - low) / 2;
        Ok(Self {
            clock: clock.clone(),
            last: Cell::new((start, unwrapped)),
            base: Cell::new(middle - unwrapped * MILLI),
            translated: Cell::new(None),
        })
    }

    /// The time of the recording now.
    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The time of the recording at a server time: never later than now. A server whose clock runs ahead of ours, on
    /// another machine, is followed.
    pub(crate) fn time(&self, server: Timestamp) -> Time {
        let (last, unwrapped) = self.last.get();
        if let Some(time) = self.translated.get().filter(|_| server == last) {
            return time;
        }
        let unwrapped = unwrap(last, unwrapped, server);
        self.last.set((server, unwrapped));
        let now = i64::try_from(self.clock.now().as_nanos()).unwrap_or(i64::MAX);
        let mut nanos = self.base.get().saturating_add(unwrapped.saturating_mul(MILLI));
        if nanos > now {
            self.base.set(self.base.get() - (nanos - now));
            nanos = now;
        }
        let time = Time::from_nanos(u64::try_from(nanos).unwrap_or(0));
        self.translated.set(Some(time));
        time
    }
}

/// Goes from the last server time to the next by the shorter way around.
fn unwrap(last: Timestamp, unwrapped: i64, next: Timestamp) -> i64 {
    unwrapped + i64::from(next.wrapping_sub(last).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::unwrap;

    #[test]
    fn time_goes_on_where_the_server_wraps() {
        let last = u32::MAX - 5;
        assert_eq!(unwrap(last, i64::from(last), 4), i64::from(last) + 10);
        assert_eq!(unwrap(4, i64::from(last) + 10, last), i64::from(last));
    }
}

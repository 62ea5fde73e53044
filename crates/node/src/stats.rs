//! Counters of a running recorder, as JavaScript has them.

use napi_derive::napi;
use understudy_core::stats;

/// Counters of a recorder, since its start.
#[napi(object, object_from_js = false)]
pub struct RecorderStats {
    /// Of the track `pointer`.
    pub pointer: TrackStats,
    /// Of the track `keyboard`.
    pub keyboard: TrackStats,
    /// Of the track `screen`.
    pub screen: TrackStats,
    /// Of the track `context`.
    pub context: TrackStats,
    /// Pictures coded.
    pub frames: i64,
    /// Pixels that had changed without the system saying so.
    pub missed_damage: i64,
    /// Grabs that failed and were made good later.
    pub failed_grabs: i64,
    /// From when the screen was seen to have changed until the picture was sealed.
    pub latency: Option<LatencyStats>,
    /// Of the live tap.
    pub live: LiveStats,
}

/// Counters of a live tap.
#[napi(object, object_from_js = false)]
pub struct LiveStats {
    /// Records that it had no room for; the recording has them.
    pub dropped: i64,
}

/// How long pictures took, in milliseconds.
#[napi(object, object_from_js = false)]
pub struct LatencyStats {
    /// Pictures, since the start.
    pub count: i64,
    /// Half of the latest 4,096 took at most this.
    pub p50: f64,
    /// All but a hundredth of them took at most this.
    pub p99: f64,
    /// None took longer, since the start.
    pub max: f64,
}

/// Counters of one track.
#[napi(object, object_from_js = false)]
pub struct TrackStats {
    /// Records written.
    pub records: i64,
    /// Bytes of sealed segments.
    pub bytes: i64,
    /// Spans of which something was withheld on purpose.
    pub withheld: i64,
    /// Samples that should have been kept and were lost.
    pub dropped: i64,
}

impl From<stats::Stats> for RecorderStats {
    fn from(stats: stats::Stats) -> Self {
        let [pointer, keyboard, screen, context] = stats.tracks.map(TrackStats::from);
        Self {
            pointer,
            keyboard,
            screen,
            context,
            frames: count(stats.frames),
            missed_damage: count(stats.missed_damage),
            failed_grabs: count(stats.failed_grabs),
            latency: stats.latency.map(LatencyStats::from),
            live: LiveStats { dropped: count(stats.live_dropped) },
        }
    }
}

impl From<stats::Latency> for LatencyStats {
    fn from(latency: stats::Latency) -> Self {
        let [p50, p99, max] = [latency.p50, latency.p99, latency.max].map(|duration| duration.as_secs_f64() * 1000.0);
        Self { count: count(latency.count), p50, p99, max }
    }
}

impl From<stats::TrackStats> for TrackStats {
    fn from(stats: stats::TrackStats) -> Self {
        Self {
            records: count(stats.records),
            bytes: count(stats.bytes),
            withheld: count(stats.withheld),
            dropped: count(stats.dropped),
        }
    }
}

/// JavaScript's numbers are exact to 2^53, and no counter gets there.
fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

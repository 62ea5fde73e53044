//! What it costs to be seen while nothing happens. A file of its own: it looks at all threads of its process.

#![cfg(target_os = "linux")]

mod display;
mod recorded;

use std::time::Duration;

use self::recorded::{desk, record};

/// A thread's name has 15 letters.
const INDICATOR: &str = "understudy-indi";

#[test]
fn while_nothing_happens_the_indicator_does_not_wake() {
    let (display, _clients) = desk();
    let desk = record(&display, None);
    desk.settle();
    std::thread::sleep(Duration::from_millis(1500));
    let before = wake_ups(INDICATOR);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(before.len(), 1, "one indicator");
    assert_eq!(wake_ups(INDICATOR), before);
    desk.recorder.stop().expect("stops");
}

/// How often threads of this name went to sleep.
fn wake_ups(name: &str) -> Vec<u64> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let of = |folder: std::path::PathBuf| {
        let status = std::fs::read_to_string(folder.join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        status.starts_with(&format!("Name:\t{name}")).then(|| line.trim().parse().ok())?
    };
    tasks.filter_map(|task| of(task.ok()?.path())).collect()
}

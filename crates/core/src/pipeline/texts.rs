//! The thread that has windows read that changed, and judges what they say.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::notary::Message;
use super::shared::lock;
use super::source::Queue;
use super::unread::{Heard, LAG};
use crate::backend::{Notice, NoticeKind, Reading, Said, Texts};
use crate::error::Result;
use crate::gate::GUARD;

/// Where nobody tells anything, how often it is asked whether somebody does by now.
const ALONE: Duration = Duration::from_secs(30);
/// Where time goes by script, how often that is looked at.
const GLANCE: Duration = Duration::from_millis(1);

/// Reads on for a moment after the end, so that the last pictures can be judged. Whatever goes wrong here never ends the recording: what was
/// not read by then is painted over, and windows are not read any more.
pub(super) fn read(shared: &Arc<Shared>, queue: &Queue, mut texts: Box<dyn Texts>) {
    let went_on = catch_unwind(AssertUnwindSafe(|| read_on(shared, queue, texts.as_mut())));
    let time = shared.clock.now();
    shared.readings.lock().begin(false);
    queue.send(Message::Unread { until: time, paints: true });
    if !matches!(went_on, Ok(Ok(()))) {
        queue.send(Message::Notice(Notice { time, kind: NoticeKind::NoAccessibility }));
    }
}

fn read_on(shared: &Shared, queue: &Queue, texts: &mut dyn Texts) -> Result<()> {
    let mut was_there = false;
    while !shared.is_ending() {
        // Whoever told, and cannot any more, does not answer.
        if !texts.is_there()? && !was_there {
            shared.readings.lock().begin(false);
            queue.send(Message::Unread { until: shared.clock.now(), paints: false });
            shared.readings.sleep(Some(ALONE), || shared.is_ending());
            continue;
        }
        if !std::mem::replace(&mut was_there, true) {
            shared.readings.lock().begin(true);
        }
        let (windows, next) = {
            let mut unread = shared.readings.lock();
            (unread.take(shared.clock.now()), unread.next())
        };
        if windows.is_empty() {
            let wait = next.map(|next| match shared.clock.is_manual() {
                true => GLANCE,
                false => next.since(shared.clock.now()),
            });
            shared.readings.sleep(wait, || shared.is_ending());
        } else {
            read_now(shared, queue, texts, &windows)?;
        }
    }
    linger(shared, GUARD);
    if shared.readings.lock().waits().next().is_none() {
        return Ok(());
    }
    linger(shared, LAG - GUARD);
    let windows = shared.readings.lock().take_last();
    read_now(shared, queue, texts, &windows)
}

fn linger(shared: &Shared, duration: Duration) {
    if !shared.clock.is_manual() {
        std::thread::sleep(duration);
    }
}

/// Of windows that are withheld for what they are called nothing is asked.
fn read_now(shared: &Shared, queue: &Queue, texts: &mut dyn Texts, wanted: &[u64]) -> Result<()> {
    let withheld = |window: &&u64| lock(&shared.masks).withholds(**window);
    let windows: Vec<u64> = wanted.iter().filter(|window| !withheld(window)).copied().collect();
    let begun = shared.clock.now();
    let readings = texts.read(&windows)?;
    let ended = shared.clock.now();
    // Whoever was asked for and is not spoken of did not answer.
    let mut all: BTreeMap<u64, Heard> = wanted.iter().map(|window| (*window, Heard::Silent)).collect();
    for Reading { windows, said } in &readings {
        let heard = heard(shared, said);
        all.extend(windows.iter().map(|window| (*window, heard.clone())));
    }
    queue.send(Message::Said(all, (begun, ended)));
    Ok(())
}

fn heard(shared: &Shared, said: &Said) -> Heard {
    match said {
        Said::Text(text) => Heard::Shows(shared.readings.judge(&shared.policy.detector(), text.expose())),
        Said::Nothing => Heard::Nothing,
        Said::NothingYet => Heard::NothingYet,
        Said::Silent => Heard::Silent,
        Said::Gone => Heard::Gone,
    }
}

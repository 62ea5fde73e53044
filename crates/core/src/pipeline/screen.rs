//! From shots to screen records: gate, mask, delta.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Shared;
use super::budget::Budget;
use super::notary::{Content, Message};
use super::pictures::{Picture, Scenery};
use super::shared::lock;
use super::source::Queue;
use super::unread::{Change, Unread};
use crate::backend::{Notice, NoticeKind, ScreenSink, Shot, Shown};
use crate::clock::Time;
use crate::delta::{Canvas, Work, is_picture_size};
use crate::event::{CursorImage, Sample};
use crate::frame::{Position, Rect};
use crate::journal::WithheldReason;
use crate::mask::Exposure;
use crate::policy::Policy;
use crate::record::{Record, ScreenRecord};
use crate::redact::{self, MaskedShot, Redacted, Redactor, is_terminal};
use crate::shade::{visible, without};
use crate::track::Track;
use crate::writer::SEGMENT_TIME;

/// Most bytes of coded pictures that may wait for the writing thread.
const MAX_WAITING: usize = 16 << 20;

/// How long it takes at most until it is known that what a window left must not be seen.
const FOLLOW: Duration = Duration::from_secs(1);

/// So many windows that are no more are told at once, though nothing is known of them: whoever makes and ends windows takes no memory.
const MANY_GONE: usize = 1024;

/// Nothing is looked at again sooner than this.
const LEAST_WAIT: Duration = Duration::from_millis(5);

/// Takes shots and sends on what of them may be recorded, coded.
pub(super) struct ScreenPainter<'a> {
    shared: &'a Shared,
    queue: &'a Queue,
    canvas: Option<Canvas>,
    /// What decoding costs by now. It is counted here, not by the writer, which ends its segment where a key frame comes: asked for from
    /// there, it would come behind all pictures that are on their way.
    work: Work,
    masks: Vec<Rect>,
    /// Whether the capturer says what was drawn.
    watches: bool,
    cursor: Option<CursorImage>,
    /// What must be grabbed again, because it is no longer painted over or could not be judged.
    refresh: Vec<Rect>,
    last_shot: Option<Time>,
    budget: Budget,
    /// When the latest key frame was: pictures may wait for minutes before they are written, and are segments of a minute all the same.
    key_time: Time,
    scenery: Scenery,
    /// How often what is painted over for what it shows had changed when the screen was asked for anew.
    changes: u64,
    /// The same, when it was looked at for a picture last.
    judged: u64,
    /// Windows that are no more, in the next shot at the latest, and until when the first that closed was surely there.
    gone: Vec<u64>,
    closed: Option<Time>,
    /// Until then it matters what is drawn where some closed that were not read.
    follows_until: Option<Time>,
}

impl<'a> ScreenPainter<'a> {
    pub(super) fn new(shared: &'a Shared, queue: &'a Queue) -> Self {
        Self {
            shared,
            queue,
            canvas: None,
            work: Work::default(),
            masks: Vec::new(),
            watches: false,
            cursor: None,
            refresh: Vec::new(),
            last_shot: None,
            budget: Budget::default(),
            key_time: Time::ZERO,
            scenery: Scenery::default(),
            changes: 0,
            judged: 0,
            gone: Vec::new(),
            closed: None,
            follows_until: None,
        }
    }

    /// What the capturer should grab again.
    pub(super) fn refreshes(&mut self) -> impl Iterator<Item = Rect> + use<> {
        if let Some((time, rects)) = lock(&self.shared.shades).next()
            && time <= self.shared.clock.now()
        {
            self.refresh.extend(rects);
        }
        let changes = lock(&self.shared.masks).changes();
        if std::mem::replace(&mut self.changes, changes) != changes {
            // What lies elsewhere by now is known from the next shot on; a still screen must have one.
            self.refresh.extend(self.canvas.as_ref().map(|canvas| canvas.frame().size().bounds()));
        }
        std::mem::take(&mut self.refresh).into_iter()
    }

    /// Whether the capturer should say what was drawn, where that is not as it was when this was last asked.
    pub(super) fn watches(&mut self) -> Option<bool> {
        let matters = lock(&self.shared.shades).is_any() || self.shared.recodes.load(Ordering::Acquire);
        let follows = self.follows_until.is_some_and(|until| self.shared.clock.now() < until);
        let watches = matters || follows || self.shared.readings.lock().has_new();
        (std::mem::replace(&mut self.watches, watches) != watches).then_some(watches)
    }

    /// How long until something should be grabbed again, though nothing changes.
    pub(super) fn wait(&self) -> Option<Duration> {
        let now = self.shared.clock.now();
        lock(&self.shared.shades).next().map(|(time, _)| time.since(now).max(LEAST_WAIT))
    }

    /// When the last shot was begun, if there was one since this was last asked.
    pub(super) fn last_shot(&mut self) -> Option<Time> {
        self.last_shot.take()
    }

    /// How long to wait for the next shot, `interval` being what was asked for: longer while so much changes that it would cost more
    /// than a recorder may. The journal says when that begins and ends.
    pub(super) fn pause_after_shot(&mut self, interval: Duration) -> Duration {
        let was_capped = self.budget.is_capped();
        let pause = self.budget.pause(self.shared.clock.now(), interval);
        let kind = match (was_capped, self.budget.is_capped()) {
            (false, true) => NoticeKind::RateCapped,
            (true, false) => NoticeKind::RateRestored,
            _ => return pause,
        };
        self.queue.send(Message::Notice(Notice { time: self.shared.clock.now(), kind }));
        pause
    }

    /// Waits while much is waiting already: the system gathers what changes meanwhile, so that nothing is lost but pictures in between.
    fn send_picture(&mut self, shot: &Shot<'_>, records: Vec<Redacted<Record>>, masks: Vec<Rect>) {
        let size = |record: &Redacted<Record>| match record.value() {
            Record::Screen(ScreenRecord::Frame(part)) => part.data.len(),
            _ => 0,
        };
        let bytes = records.iter().map(size).sum();
        self.budget.spend(bytes);
        while self.shared.waiting_pictures.load(Ordering::Acquire) > MAX_WAITING && !self.shared.is_ending() {
            self.shared.pace(Duration::from_millis(5));
        }
        self.shared.waiting_pictures.fetch_add(bytes, Ordering::AcqRel);
        let Shot { noticed, size, passed, leaves, .. } = *shot;
        let count = shot.scenes.map_or(0, <[_]>::len);
        let layout = self.scenery.take(size, count, passed, leaves, masks);
        self.queue.send(Message::Content(Content::Picture(Picture { records, bytes, noticed, layout })));
    }

    fn admit_cursor(&self, time: Time, record: ScreenRecord) {
        if let Some(admitted) = self.shared.gate.admit(Track::Screen, Sample { time, value: Record::Screen(record) }) {
            self.queue.send(Message::Content(Content::Screen(vec![Redactor::cursor(admitted)])));
        }
    }

    /// What these windows say that they show is to be read, before a picture of them is written.
    fn note_changes(&self, time: Time, windows: Vec<&Shown>) {
        let mut is_news = false;
        for Shown { window, popup, .. } in windows {
            let change = self.shared.readings.lock().change(window.id, time, window.app.as_ref(), *popup);
            is_news |= change == Change::News;
            if change == Change::Full {
                let reason = WithheldReason::HoldFull;
                self.shared.mask(|masks| masks.add(Exposure { window: window.id, field: None, reason, since: time }));
            }
        }
        if is_news {
            self.shared.readings.wake();
        }
    }

    /// Gives up a canvas of another size or format; a new one starts with a key frame.
    fn fit_canvas(&mut self, shot: &Shot<'_>) {
        let fits = self
            .canvas
            .as_ref()
            .is_some_and(|canvas| canvas.frame().size() == shot.size && canvas.frame().format() == shot.format);
        if !fits {
            self.canvas = None;
            self.masks.clear();
        }
    }

    /// Counts what the system did not report. What was painted over until now differs in any case.
    fn audit(&self, masked: &MaskedShot<'_>) {
        let (Some(reported), Some(canvas)) = (masked.shot.reported, &self.canvas) else { return };
        let known: Vec<Rect> = reported.iter().chain(&self.masks).copied().collect();
        let count = canvas.differing(masked, &known);
        if count > 0 {
            self.queue.send(Message::Notice(Notice { time: masked.shot.time, kind: NoticeKind::MissedDamage(count) }));
        }
    }
}

impl ScreenPainter<'_> {
    /// Windows closed. What was known of those that are no more goes with them, and what they showed stays hidden as long as any of it may
    /// be in a picture: until the next is through.
    fn close(&mut self, there: Time, windows: &[u64], close: impl Fn(&mut Unread, u64)) -> bool {
        let mut unread = self.shared.readings.lock();
        windows.iter().for_each(|window| close(&mut unread, *window));
        let waits = windows.iter().any(|window| unread.has_closed(*window));
        drop(unread);
        if waits {
            self.follows_until = Some(self.shared.clock.now().after(FOLLOW));
        }
        let masks = lock(&self.shared.masks);
        let many = self.gone.len() >= MANY_GONE;
        let matters = waits || many || windows.iter().any(|window| masks.has_of_number(*window));
        drop(masks);
        self.closed = Some(self.closed.map_or(there, |closed| closed.min(there)));
        if matters {
            // A window that did not show leaves a still screen, and any shot is one without it.
            self.refresh.push(Rect { x: 0, y: 0, width: 1, height: 1 });
        }
        matters
    }

    fn tell_closed(&mut self, time: Time) {
        let Some(there) = self.closed.take() else { return };
        let until = self.shared.clock.now().max(time).after(Duration::from_nanos(1));
        self.queue.send(Message::Closed(std::mem::take(&mut self.gone), (there, until)));
    }

    fn take_shot(&mut self, shot: Shot<'_>) -> bool {
        self.last_shot = Some(shot.noticed);
        let time = shot.time;
        let Some(admitted) = self.shared.gate.admit(Track::Screen, Sample { time, value: &shot }) else { return false };
        if !is_picture_size(shot.size) {
            return false;
        }
        self.scenery.pass(shot.scenes);
        let (judged, changes) = {
            let masks = lock(&self.shared.masks);
            let changes = masks.changes();
            (redact::mask(&self.shared.policy, &masks, &mut lock(&self.shared.shades), admitted), changes)
        };
        let masked = match judged {
            Ok(masked) => masked,
            Err(reason) => {
                self.refresh.extend(shot.patches.iter().map(|patch| patch.rect));
                self.queue.send(Message::Withheld(Track::Screen, time, reason));
                return false;
            }
        };
        for reason in &masked.value().reasons {
            self.queue.send(Message::Withheld(Track::Screen, time, *reason));
        }
        let wanted = self.work.is_great()
            || time.since(self.key_time) >= SEGMENT_TIME
            || self.shared.key_frame_wanted.load(Ordering::Acquire);
        self.fit_canvas(&shot);
        self.audit(masked.value());
        let canvas = self.canvas.get_or_insert_with(|| Canvas::new(shot.size, shot.format));
        // Pictures that wait may be painted over otherwise than this one: whoever does that needs one that stands alone, changed or not.
        if std::mem::replace(&mut self.judged, changes) != changes {
            canvas.restart();
        }
        // A picture that did not change can wait for its key frame: a still screen is compared again and again where damage is not told.
        if wanted && canvas.differs_within(masked.value(), shot.size.bounds()) {
            canvas.restart();
        }
        let terminals = match self.shared.gate.covers(Track::Keyboard) {
            true => terminals_shown(&self.shared.policy, canvas, masked.value()),
            false => Vec::new(),
        };
        let parts = canvas.take(masked.value());
        let masks = masked.value().masks.clone();
        let key = parts.first().is_some_and(|part| part.key.is_some());
        if key {
            self.key_time = time;
            self.shared.key_frame_wanted.store(false, Ordering::Release);
        }
        parts.iter().for_each(|part| self.work.add(part));
        // A picture without a change shows nothing new.
        let touched = match !parts.is_empty() && self.shared.readings.lock().reads() {
            true => windows_touched(masked.value()),
            false => Vec::new(),
        };
        let records: Vec<Redacted<Record>> =
            masked.map_each(|_| parts.into_iter().map(|part| Record::Screen(ScreenRecord::Frame(part))).collect());
        let changed = !records.is_empty();
        if changed {
            if !terminals.is_empty() {
                self.queue.send(Message::Shown(time, terminals));
            }
            self.note_changes(time, touched);
            self.shared.stats().frames += 1;
            self.send_picture(&shot, records, masks.clone());
        }
        // What is no longer painted over may not have changed, so the system would not report it.
        let uncovered = self.masks.iter().flat_map(|old| without(vec![*old], &masks));
        self.refresh.extend(uncovered);
        self.masks = masks;
        if key {
            // A segment must show its pointer without the one before.
            if let Some(image) = self.cursor.clone() {
                self.admit_cursor(time, ScreenRecord::CursorImage(image));
            }
        }
        changed
    }
}

impl ScreenSink for ScreenPainter<'_> {
    fn shot(&mut self, shot: Shot<'_>) -> bool {
        let time = shot.time;
        let changed = self.take_shot(shot);
        self.tell_closed(time);
        changed
    }

    fn gone(&mut self, there: Time, windows: &[u64]) -> bool {
        self.gone.extend_from_slice(windows);
        self.close(there, windows, |unread, window| unread.close(window, there))
    }

    fn hid(&mut self, there: Time, windows: &[u64]) -> bool {
        self.close(there, windows, |unread, window| unread.hide(window, there))
    }

    fn cursor_image(&mut self, time: Time, image: CursorImage) {
        self.cursor = Some(image.clone());
        if self.canvas.is_some() {
            self.admit_cursor(time, ScreenRecord::CursorImage(image));
        }
    }

    fn cursor_position(&mut self, time: Time, position: Option<Position>) {
        if self.canvas.is_some() {
            self.admit_cursor(time, ScreenRecord::CursorPosition(position));
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.queue.send(Message::Notice(notice));
    }
}

/// Of which windows something that may be seen was drawn.
fn windows_touched<'s>(masked: &MaskedShot<'s>) -> Vec<&'s Shown> {
    let shot = masked.shot;
    let mut windows: Vec<&Shown> = Vec::new();
    for scene in shot.scenes.unwrap_or_default().iter().skip(shot.passed) {
        for (at, shown @ Shown { window, .. }) in scene.windows.iter().enumerate() {
            if windows.iter().any(|touched| touched.window.id == window.id)
                || !masked.visible.iter().any(|rect| rect.intersect(window.bounds).is_some())
            {
                continue;
            }
            let shows = visible(scene, at, window.bounds, shot.size);
            if shows.iter().any(|part| masked.visible.iter().any(|rect| rect.intersect(*part).is_some())) {
                windows.push(shown);
            }
        }
    }
    windows
}

/// Which terminals show something new, of those that are trusted with what they show.
fn terminals_shown(policy: &Policy, canvas: &Canvas, masked: &MaskedShot<'_>) -> Vec<u64> {
    let shot = masked.shot;
    let scenes = shot.scenes.unwrap_or_default().iter().skip(shot.passed);
    let mut terminals: Vec<u64> = Vec::new();
    for window in scenes.flat_map(|scene| &scene.windows).map(|shown| &shown.window) {
        let is_touched = masked.visible.iter().any(|rect| rect.intersect(window.bounds).is_some());
        // Most pictures are of other windows, and names take longer to look up.
        let is_trusted = || window.app.as_ref().is_some_and(|app| is_terminal(app) && policy.trusts(app));
        let is_new = is_touched && !terminals.contains(&window.id) && is_trusted();
        if is_new && canvas.differs_within(masked, window.bounds) {
            terminals.push(window.id);
        }
    }
    terminals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Patch, Scene};
    use crate::event::{App, Window};
    use crate::frame::{PixelFormat, Size};
    use crate::gate::Gate;
    use crate::mask::Masks;
    use crate::shade::Shades;

    const SIZE: Size = Size { width: 64, height: 8 };

    /// Which of two trusted terminals, side by side, show a change of this pixel where the whole screen is grabbed.
    fn shown(changed: Option<usize>) -> Vec<u64> {
        let policy = Policy::default().trusting(["XTerm".to_string()]).expect("a policy");
        let app = App { id: "XTerm".into(), instance: "xterm".into() };
        let terminal = |id: u64, x: i32| {
            let bounds = Rect { x, y: 0, width: 16, height: 8 };
            Shown {
                window: Window { id, app: Some(app.clone()), title: String::new(), bounds },
                covers: true,
                popup: false,
            }
        };
        let scene = Scene { windows: vec![terminal(1, 0), terminal(2, 16)], ..Scene::default() };
        let mut pixels = vec![0; SIZE.area() * 4];
        changed.into_iter().for_each(|at| pixels[at * 4] = 1);
        let patches = [Patch { rect: SIZE.bounds(), stride: SIZE.width as usize * 4, pixels: &pixels }];
        let shot = Shot {
            time: Time::ZERO,
            noticed: Time::ZERO,
            size: SIZE,
            format: PixelFormat::Bgrx8,
            patches: &patches,
            reported: None,
            scenes: Some(std::slice::from_ref(&scene)),
            passed: 0,
            leaves: false,
        };
        let sample = Sample { time: Time::ZERO, value: &shot };
        let admitted = Gate::for_tests().admit(Track::Screen, sample).expect("the gate is open");
        let masked =
            redact::mask(&policy, &Masks::default(), &mut Shades::default(), admitted).expect("its windows are known");
        terminals_shown(&policy, &Canvas::new(SIZE, PixelFormat::Bgrx8), masked.value())
    }

    #[test]
    fn a_terminal_shows_what_changes_its_own_pixels() {
        assert_eq!(shown(Some(15)), [1]);
        assert_eq!(shown(Some(16)), [2]);
        assert_eq!(shown(Some(32)), [0; 0], "beside both");
        assert_eq!(shown(None), [0; 0]);
    }
}

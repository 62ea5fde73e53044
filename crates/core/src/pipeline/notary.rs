//! The writing thread: takes what the sources send, lets keys wait for their verdict, writes records and journal lines.

mod beat;
mod called;
mod due;
mod forget;
mod held;
mod message;
mod notice;
mod said;
mod withheld;

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::called::Told;
pub use self::forget::{ForgetLast, ForgottenLast};
use self::held::BUILT_ON;
pub(super) use self::message::{Content, Message};
use self::withheld::{Because, SPAN_GAP};
use super::focused::Focused;
use super::pictures::{Pictures, Waiting};
use super::queue::Receiver;
use super::recoder::Recoder;
use super::tap::Feed;
use super::{PACE, Shared, State};
use crate::clock::Time;
use crate::detect::Detector;
use crate::error::{Error, ErrorKind, Result};
use crate::event::ContextEvent;
use crate::gate::{Admitted, Cause, GUARD};
use crate::journal::{DropReason, Entry};
use crate::receipt::ASK_AGAIN;
use crate::record::Record;
use crate::redact::{Focus, Keys, Redacted, Redactor, Span as Judged, Verdict};
use crate::span::Span;
use crate::track::{Track, Tracks};
use crate::writer::{RecordingWriter, Written};

/// How often what has gathered is sealed and written, at the latest: a crash loses that, and what the hold held.
pub(super) const MAX_FLUSH: Duration = Duration::from_millis(400);
/// Events of the context that may wait for each other.
const CONTEXTS: usize = 4096;

/// Why the thread ends.
enum End {
    Requested(Time),
    Failed(Error),
}

pub(super) struct Notary {
    shared: Arc<Shared>,
    writer: RecordingWriter,
    keys: Keys<Detector>,
    /// Events of the context that wait, in the order of time.
    contexts: VecDeque<Admitted<ContextEvent>>,
    redactor: Redactor,
    /// What of the screen waits for what was typed to be judged.
    pictures: Pictures,
    recoder: Recoder,
    /// After which loss, and when, a key frame was asked for that late masks can build on.
    readied: Option<(u64, Time)>,
    /// Bytes of pictures that wait though there is no room for them: no more are made meanwhile.
    owed: usize,
    /// What would be written already, had the indicator been seen behind it.
    unvouched: VecDeque<(Time, Content)>,
    /// Since when the journal does not tell yet that the indicator is unseen.
    unseen: Option<Time>,
    /// How often the gate was closed when that was looked at last, and the first of what was dropped for it.
    closings: u64,
    dropped: Option<Time>,
    focused: Focused,
    /// Who has the focus by its title, and what was told of it last.
    told: Told,
    withheld: HashMap<Because, (Time, Time)>,
    /// The journal says that pictures come less often, and not yet that they no longer do.
    capped: bool,
    /// The journal says that nothing is kept: what a source says that is being taken down says nothing of what comes after.
    paused: bool,
    /// From when on nothing is kept, by the journal: maybe a little earlier than by the gate.
    kept_until: Option<Time>,
    /// When a pause lets the last keys be judged.
    cut_due: Option<Time>,
    flushed: Time,
    /// Whether a key frame was asked for that did not come yet.
    asked: bool,
    tracks: Tracks,
    /// When the pictures that were not sealed yet were noticed.
    unsealed: Vec<Time>,
    /// For a host that may read meanwhile.
    feed: Option<Feed>,
    fed: Time,
}

impl Notary {
    pub(super) fn new(
        shared: Arc<Shared>,
        tracks: Tracks,
        writer: RecordingWriter,
        feed: Option<Feed>,
        hold_bytes: usize,
    ) -> Self {
        let redactor = Redactor::new(shared.policy.clone());
        let keys = Keys::new(shared.policy.detector());
        Self {
            shared,
            writer,
            keys,
            contexts: VecDeque::new(),
            redactor,
            pictures: Pictures::new(hold_bytes),
            recoder: Recoder::new(hold_bytes / BUILT_ON),
            owed: 0,
            readied: None,
            unvouched: VecDeque::new(),
            unseen: None,
            closings: 0,
            dropped: None,
            focused: Focused::new(),
            told: Told::default(),
            withheld: HashMap::new(),
            capped: false,
            paused: false,
            kept_until: None,
            cut_due: None,
            flushed: Time::ZERO,
            asked: false,
            tracks,
            unsealed: Vec::new(),
            feed,
            fed: Time::ZERO,
        }
    }

    /// Runs until it is stopped or something fails, and reports how that went.
    pub(super) fn spawn(self, messages: Receiver<Message>, report: mpsc::Sender<Result<()>>) -> Result<JoinHandle<()>> {
        let shared = Arc::clone(&self.shared);
        let body = move || {
            let ended = catch_unwind(AssertUnwindSafe(|| self.run(&messages)));
            let outcome = ended.unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "the writing thread panicked")));
            shared.gate.close(Cause::Paused, shared.clock.now());
            shared.end_sources();
            shared.presence.end();
            if outcome.is_err() {
                // Only what stopped as it was asked to is released by itself.
                let _ = shared.direct.keep();
            }
            shared.set_state(match &outcome {
                Ok(()) => State::Stopped,
                Err(error) => State::Failed(error.clone()),
            });
            // Nobody listens when the recorder was dropped.
            let _ = report.send(outcome);
        };
        thread::Builder::new()
            .name("understudy-write".into())
            .spawn(body)
            .map_err(|e| Error::io("cannot start a thread", &e))
    }

    fn run(mut self, messages: &Receiver<Message>) -> Result<()> {
        // While the first picture is grabbed, which none of them then waits for.
        for track in self.tracks.iter() {
            self.writer.prepare(track)?;
        }
        let end = self.serve(messages)?;
        let now = self.shared.clock.now();
        self.let_out()?;
        self.drop_unvouched();
        self.tell_unseen(now)?;
        self.cut_keys(now)?;
        self.write_pictures(Time::MAX)?;
        self.tell_context(Time::MAX)?;
        self.feed_host();
        self.write_spans(None)?;
        self.end_cap(match &end {
            End::Requested(at) => *at,
            End::Failed(_) => now,
        })?;
        match end {
            End::Requested(at) => {
                count(&self.shared, self.writer.finish(at, "requested")?);
                Ok(())
            }
            End::Failed(error) => {
                // The failure that ended the recording matters more than one of closing it.
                let written = self.writer.finish(now, error.kind().code()).map_err(|_| error.clone())?;
                count(&self.shared, written);
                Err(error)
            }
        }
    }

    fn serve(&mut self, messages: &Receiver<Message>) -> Result<End> {
        let mut taken = VecDeque::new();
        loop {
            let wait = self.next_deadline().since(self.shared.clock.now());
            let Some(heard) = messages.receive(wait, &mut taken, || self.shared.clock.now()) else {
                return Ok(End::Failed(Error::new(ErrorKind::Internal, "the recorder was dropped")));
            };
            if self.shared.gate.has_expired(&self.shared.clock) {
                return Ok(End::Failed(expired()));
            }
            for message in taken.drain(..) {
                if let Some(end) = self.take(message, heard)? {
                    return Ok(end);
                }
                self.seal_when_due()?;
            }
            self.judge(heard)?;
            self.write_spans(Some(heard))?;
            self.seal_when_due()?;
            if self.shared.clock.now() >= self.shared.gate.until() {
                return Ok(End::Failed(expired()));
            }
        }
    }

    /// Tells what can be told by `heard`: all news from before has been taken. By the clock alone, keys would be judged while the news that
    /// the focus went elsewhere still waits behind them.
    fn judge(&mut self, heard: Time) -> Result<()> {
        self.shared.presence.check();
        self.let_out()?;
        if self.cut_due.is_some_and(|due| due <= heard) {
            self.cut_keys(heard)?;
        }
        // Before that, nothing has waited long enough, not even what stands at the very start.
        if heard >= Time::ZERO.after(GUARD) {
            self.tell_context(heard.before(GUARD).min(self.shared.presence.seen_until()))?;
        }
        let decided = self.keys.release(heard.min(self.vouched()));
        self.follow(decided)?;
        self.judge_pictures(heard)
    }

    fn seal_when_due(&mut self) -> Result<()> {
        let now = self.shared.clock.now();
        if now.since(self.fed) >= PACE {
            self.feed_host();
        }
        if self.flush_due().is_some_and(|due| due <= now) {
            self.writer.seal()?;
            self.flushed = now;
            self.note_sealed();
            self.writer.vouch(now)?;
            self.ask_for_key_frame(now);
        }
        count(&self.shared, self.writer.written());
        Ok(())
    }

    /// Counts how long pictures took that are sealed by now: those that are large are at once.
    fn note_sealed(&mut self) {
        if self.unsealed.is_empty() || self.writer.has_unsealed() {
            return;
        }
        let sealed = self.shared.clock.now();
        let mut latency = super::lock(&self.shared.latency);
        self.unsealed.drain(..).for_each(|noticed| latency.add(sealed.since(noticed)));
    }

    /// Once for each segment that is to end: pictures that are on their way meanwhile would ask again.
    fn ask_for_key_frame(&mut self, now: Time) {
        let due = self.writer.is_due(Track::Screen, now);
        if due && !self.asked {
            self.shared.key_frame_wanted.store(true, Ordering::Release);
        }
        self.asked = due;
    }

    /// Nothing comes for now. The gate is closed, from `at` on.
    fn interrupt(&mut self, at: Time) -> Result<()> {
        self.feed_host();
        self.end_cap(at)?;
        // News of the focus that the last keys went to is still on its way.
        self.cut_due = Some(self.shared.clock.now().after(GUARD));
        Ok(())
    }

    /// Everything that came before has been taken.
    fn go_on(&mut self, at: Time) -> Result<()> {
        self.cut_keys(at)?;
        self.tell_context(at.min(self.shared.presence.seen_until()))?;
        self.drop_unkept();
        // Who has the focus is not known until the new watcher says so.
        self.told = Told::default();
        self.keys.window(at, Focus::UNKNOWN);
        self.focused.set(at, None);
        Ok(())
    }

    /// Takes what was sent by `heard`.
    fn take(&mut self, message: Message, heard: Time) -> Result<Option<End>> {
        match message {
            Message::Content(content) => self.take_content(content)?,
            Message::Keyboard(mut samples) => {
                samples.retain(|sample| self.is_kept(sample.time()));
                samples.into_iter().for_each(|sample| self.keys.push(sample, heard));
            }
            Message::Click(time) => self.keys.click(time),
            Message::Shown(time, windows) => windows.into_iter().for_each(|window| self.keys.show(time, window)),
            Message::Context(mut samples) => {
                samples.retain(|sample| self.is_kept(sample.time()));
                samples.into_iter().for_each(|sample| self.take_context(sample));
            }
            Message::Focus(time, focus, app) => self.take_focus(time, focus, app),
            Message::Field(time, field) => self.keys.element(time, field),
            Message::Exposed(exposure) => self.expose_held(exposure),
            Message::Called(time, judged) => self.take_called(time, &judged),
            Message::Said(heard, times) => self.take_said(heard, times),
            Message::Closed(gone, (there, until)) => self.take_closed(&gone, there, until),
            Message::Unread { until, paints } => self.take_unread(until, paints),
            Message::Gone(time, field) => self.mask(|masks| masks.gone(field, time)),
            Message::Withheld(track, time, reason) => self.withhold(track, time, reason),
            Message::Dropped(track, time, count) => {
                if track == Track::Keyboard {
                    // What was lost may have moved the keyboard and the caret anywhere, as a click does.
                    self.keys.click(time);
                }
                self.dropped(track, count, DropReason::QueueFull)?;
            }
            Message::InputLost(count) => self.dropped(Track::Pointer, count, DropReason::InputLost)?,
            Message::Notice(notice) => self.take_notice(&notice)?,
            Message::Pause(since) => self.pause(since)?,
            Message::Resume(at, unseen) => {
                self.paused = false;
                self.dropped = None;
                self.go_on(at)?;
                self.kept_until = None;
                self.unseen = unseen.then_some(at);
                self.writer.journal(at, Entry::Resume {})?;
            }
            Message::Unseen(since) => self.take_unseen(since)?,
            Message::Seen(at, loss) => {
                self.go_on(at)?;
                self.tell_unseen(at)?;
                self.shared.presence.resume(at, loss);
            }
            Message::Beat => {}
            Message::Forget(what, until, reply) => {
                let outcome = self.forget(&what, until);
                let failed = outcome.as_ref().err().cloned();
                // Nobody waits when the recorder was dropped.
                let _ = reply.send(outcome);
                failed.map_or(Ok(()), Err)?;
            }
            Message::Failed(error) => return Ok(Some(End::Failed(error))),
            Message::Stop(at) => return Ok(Some(End::Requested(at))),
        }
        Ok(None)
    }

    /// Appends what may be kept.
    fn write(&mut self, content: Content) -> Result<()> {
        match content {
            Content::Pointer(samples) => {
                for sample in samples {
                    let record = self.redactor.pointer(sample).map(Record::Pointer);
                    self.append(&record)?;
                }
            }
            Content::Screen(records) => self.hold(Waiting::Cursor(records)),
            Content::Picture(picture) => {
                self.owed += picture.bytes;
                self.hold(Waiting::Picture(picture));
            }
        }
        Ok(())
    }

    /// From `since` on nothing was to be kept. What waits is older, or goes: [`Notary::keep`] asks the gate again.
    fn pause(&mut self, since: Time) -> Result<()> {
        self.let_out()?;
        // What is older, and went since the indicator was unseen, is told apart.
        let unseen = self.dropped.take().filter(|first| *first < since).map(Time::to_second);
        self.unseen = self.unseen.or(unseen);
        self.tell_unseen(since)?;
        let paused = Span { from: since, to: Time::MAX };
        let at = self.writer.discard(&[paused].into_iter().collect())?.map_or(since, |first| first.min(since));
        self.kept_until = Some(at);
        self.drop_unkept();
        self.unsealed.clear();
        self.interrupt(at)?;
        self.paused = true;
        self.writer.journal(at, Entry::Pause {})
    }

    /// No keys come for now: what waits is judged as it is.
    fn cut_keys(&mut self, now: Time) -> Result<()> {
        self.cut_due = None;
        let seen = self.shared.presence.seen_until();
        self.keys.retain(|time| time <= seen);
        let last = self.keys.cut(now);
        self.follow(last)
    }

    /// Does as was judged of the keyboard.
    fn follow(&mut self, verdicts: Vec<Verdict>) -> Result<()> {
        self.expose();
        for verdict in verdicts {
            match verdict {
                Verdict::Keep(key) => self.append(&key.map(Record::Keyboard))?,
                Verdict::Withhold(Judged { from, .. }) if !self.is_kept(from) => {}
                Verdict::Withhold(Judged { from, to, reason, class }) => {
                    self.withhold_span(Because { track: Track::Keyboard, reason, class }, from, to);
                }
            }
        }
        Ok(())
    }

    /// Windows and elements are told by two threads: they wait for each other, since an element is judged by its window.
    fn take_context(&mut self, sample: Admitted<ContextEvent>) {
        self.told.hear(sample.value());
        self.redactor.note_window(sample.value());
        let at = self.contexts.partition_point(|waiting| waiting.time() <= sample.time());
        self.contexts.insert(at, sample);
    }

    /// Tells of the context what happened until then.
    fn tell_context(&mut self, until: Time) -> Result<()> {
        while self.contexts.front().is_some_and(|first| first.time() <= until || self.contexts.len() > CONTEXTS) {
            let Some(sample) = self.contexts.pop_front() else { break };
            let time = sample.time();
            if !self.is_kept(time) {
                continue;
            }
            let (event, reason) = {
                let masks = super::lock(&self.shared.masks);
                self.redactor.context(sample, |window| masks.withholds(window) || masks.was_private(window, time))
            };
            if let Some(reason) = reason {
                self.withhold(Track::Context, time, reason);
            }
            if let Some(event) = event {
                self.append(&event.map(Record::Context))?;
            }
        }
        Ok(())
    }

    /// Pictures are appended without this: they never go to the host.
    fn append(&mut self, record: &Redacted<Record>) -> Result<()> {
        if !self.is_kept(record.time()) {
            return Ok(());
        }
        self.writer.append(record)?;
        let dropped = self.feed.as_mut().map_or(0, |feed| feed.take(record));
        self.dropped_live(dropped);
        Ok(())
    }

    /// A pause may have begun, in the contributor's eyes, before this was let through.
    fn keep(&mut self, record: &Redacted<Record>) -> Result<()> {
        if self.is_kept(record.time()) { self.writer.append(record) } else { Ok(()) }
    }

    fn is_kept(&self, time: Time) -> bool {
        self.kept_until.is_none_or(|until| time < until) && self.shared.gate.is_open_at(time)
    }

    /// Gives the host what has gathered for it, at most once in a while: a wake-up of its own costs it more than many records.
    fn feed_host(&mut self) {
        let Some(feed) = self.feed.as_mut().filter(|feed| feed.is_waiting()) else { return };
        self.fed = self.shared.clock.now();
        let dropped = feed.flush();
        self.dropped_live(dropped);
    }
}

fn expired() -> Error {
    Error::new(ErrorKind::ReceiptExpired, format!("the receipt has expired: {ASK_AGAIN}"))
}

fn count(shared: &Shared, written: [Written; 4]) {
    for (track, written) in shared.stats().tracks.iter_mut().zip(written) {
        track.records = written.records;
        track.bytes = written.bytes;
    }
}

//! The writing thread: takes what the sources send, lets keys wait for their verdict, writes records and journal lines.

mod forget;

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use self::forget::{ForgetLast, ForgottenLast};
use super::focused::Focused;
use super::queue::{Receiver, Urgency};
use super::tap::Feed;
use super::{PACE, Shared, State};
use crate::backend::{Notice, NoticeKind};
use crate::chunk::Effort;
use crate::class_name::ClassName;
use crate::clock::Time;
use crate::detect::{Class, Detector};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{App, ContextEvent, KeyboardEvent, PointerEvent};
use crate::gate::{Admitted, Cause, GUARD};
use crate::journal::{DropReason, Entry, NoticeName, WithheldReason};
use crate::receipt::ASK_AGAIN;
use crate::record::Record;
use crate::redact::{Focus, Keys, Redacted, Redactor, Span as Judged, Verdict};
use crate::span::Span;
use crate::track::{Track, Tracks};
use crate::typed::{FieldId, Role};
use crate::writer::{RecordingWriter, Written};

/// How often what has gathered is sealed and written, at the latest. With the hold, less than a second is lost in a crash.
pub(super) const MAX_FLUSH: Duration = Duration::from_millis(400);
/// Segments that begin while more bytes of pictures than this wait are compressed with less effort.
const BACKLOG: usize = 4 << 20;
/// A picture of this many bytes is taken at once.
const LARGE: usize = 256 << 10;
/// Events of the context that may wait for each other.
const CONTEXTS: usize = 4096;
/// Withheld samples this close together are one span of the journal.
const SPAN_GAP: Duration = Duration::from_secs(1);
/// A span is written at the latest after this long, so that a crash does not hide it.
const SPAN_LENGTH: Duration = Duration::from_secs(10);

/// What comes through the queue.
pub(super) enum Message {
    Pointer(Vec<Admitted<PointerEvent>>),
    Keyboard(Vec<Admitted<KeyboardEvent>>),
    /// Pixels of these windows changed, which are trusted with what they show.
    Shown(Time, Vec<u64>),
    /// A button of the pointer went down, whether that is recorded or not.
    Click(Time),
    Context(Vec<Admitted<ContextEvent>>),
    /// Who has the focus, and of which application that is.
    Focus(Time, Focus, Option<App>),
    /// The keyboard goes to this field: this was told then.
    Field(Time, FieldId, Role),
    Screen(Vec<Redacted<Record>>),
    /// A coded picture, how many bytes it is, and when the screen was seen to have changed.
    Picture {
        records: Vec<Redacted<Record>>,
        bytes: usize,
        noticed: Time,
    },
    Withheld(Track, Time, WithheldReason),
    Dropped(Track, u64),
    InputLost(u64),
    Notice(Notice),
    Pause(Time),
    Resume(Time),
    /// The indicator was not seen after this.
    Unseen(Time),
    /// It is seen again, and the sources are opened anew.
    Seen(Time, u64),
    /// The indicator was seen once more, and that was waited for.
    Beat,
    /// Forget this, until then; and say how that went.
    Forget(ForgetLast, Time, mpsc::Sender<Result<ForgottenLast>>),
    Failed(Error),
    Stop(Time),
}

impl Message {
    /// What the host can see, or waits for, and what takes much memory; the rest can wait for company.
    pub(super) fn urgency(&self) -> Urgency {
        match self {
            Self::Picture { bytes, .. } if *bytes >= LARGE => Urgency::AtOnce,
            Self::Focus(..)
            | Self::Field(..)
            | Self::Pause(_)
            | Self::Resume(_)
            | Self::Unseen(_)
            | Self::Seen(..)
            | Self::Forget(..)
            | Self::Failed(_)
            | Self::Stop(_) => Urgency::AtOnce,
            Self::Picture { .. }
            | Self::Pointer(_)
            | Self::Keyboard(_)
            | Self::Click(_)
            | Self::Shown(..)
            | Self::Context(_)
            | Self::Screen(_)
            | Self::Withheld(..)
            | Self::Dropped(..)
            | Self::InputLost(_)
            | Self::Beat
            | Self::Notice(_) => Urgency::Gathered,
        }
    }

    /// Whether it holds what is to be kept.
    pub(super) fn is_content(&self) -> bool {
        matches!(self, Self::Pointer(_) | Self::Keyboard(_) | Self::Context(_) | Self::Screen(_) | Self::Picture { .. })
    }

    /// Of what is kept as it comes: when each of it happened. Keys and the context wait elsewhere.
    fn times(&self) -> impl Iterator<Item = Time> {
        let (samples, records): (&[_], &[_]) = match self {
            Self::Pointer(samples) => (samples, &[]),
            Self::Screen(records) | Self::Picture { records, .. } => (&[], records),
            _ => (&[], &[]),
        };
        samples.iter().map(Admitted::time).chain(records.iter().map(Redacted::time))
    }
}

/// What spans of the journal are kept apart by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Because {
    track: Track,
    reason: WithheldReason,
    class: Option<Class>,
}

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
    /// What would be written already, had the indicator been seen behind it.
    unvouched: VecDeque<(Time, Message)>,
    /// Since when the journal does not tell yet that the indicator is unseen.
    unseen: Option<Time>,
    /// How often the gate was closed when that was looked at last, and the first of what was dropped for it.
    closings: u64,
    dropped: Option<Time>,
    focused: Focused,
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
    pub(super) fn new(shared: Arc<Shared>, tracks: Tracks, writer: RecordingWriter, feed: Option<Feed>) -> Self {
        let redactor = Redactor::new(shared.policy.clone());
        let keys = Keys::new(shared.policy.detector());
        Self {
            shared,
            writer,
            keys,
            contexts: VecDeque::new(),
            redactor,
            unvouched: VecDeque::new(),
            unseen: None,
            closings: 0,
            dropped: None,
            focused: Focused::new(),
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
                let message = format!("the receipt has expired: {ASK_AGAIN}");
                return Ok(End::Failed(Error::new(ErrorKind::ReceiptExpired, message)));
            }
        }
    }

    /// When something is due without a message: at the latest when the receipt expires.
    fn next_deadline(&self) -> Time {
        let flush = self.flush_due();
        let spans = self.withheld.values().map(|(_, to)| to.after(SPAN_GAP)).min();
        let feed = self.feed.as_ref().is_some_and(Feed::is_waiting).then(|| self.fed.after(PACE));
        let until = self.shared.gate.until();
        // What is due and was not vouched for waits for that, and for nothing else.
        let seen = self.shared.presence.seen_until().after(GUARD);
        let context = self.contexts.front().map(|first| (first.time().after(GUARD), seen));
        let held = [context, self.keys.next_release().map(|due| (due, self.vouched()))];
        let waits = !self.unvouched.is_empty() || held.iter().flatten().any(|(due, vouched)| due > vouched);
        let check = self.shared.presence.next_check(waits);
        let held = held.into_iter().flatten().filter(|(due, vouched)| due <= vouched).map(|(due, _)| due);
        [flush, spans, feed, self.cut_due, check].into_iter().flatten().chain(held).fold(until, Time::min)
    }

    /// When what has gathered is sealed; what was sealed waits a little longer for its journal line.
    fn flush_due(&self) -> Option<Time> {
        if self.writer.has_unsealed() {
            return Some(self.flushed.after(self.shared.flush));
        }
        self.writer.has_unattested().then(|| self.flushed.after(MAX_FLUSH))
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
        self.follow(decided)
    }

    fn seal_when_due(&mut self) -> Result<()> {
        let now = self.shared.clock.now();
        if now.since(self.fed) >= PACE {
            self.feed_host();
        }
        if self.flush_due().is_some_and(|due| due <= now) {
            self.writer.seal()?;
            self.flushed = now;
            let sealed = self.shared.clock.now();
            let mut latency = super::lock(&self.shared.latency);
            self.unsealed.drain(..).for_each(|noticed| latency.add(sealed.since(noticed)));
            drop(latency);
            self.writer.vouch(now)?;
            self.ask_for_key_frame(now);
        }
        count(&self.shared, self.writer.written());
        Ok(())
    }

    /// Once for each segment that is to end: pictures that are on their way meanwhile would ask again.
    fn ask_for_key_frame(&mut self, now: Time) {
        let due = self.writer.is_due(Track::Screen, now);
        if due && !self.asked {
            self.shared.key_frame_wanted.store(true, Ordering::Release);
        }
        self.asked = due;
    }

    /// Lets go of what happened until the indicator was seen last, and waits for nothing else.
    fn let_out(&mut self) -> Result<()> {
        self.drop_closed();
        let seen = self.shared.presence.seen_until();
        while let Some((_, message)) = self.unvouched.pop_front_if(|(time, _)| *time <= seen) {
            self.write(message)?;
        }
        Ok(())
    }

    /// Until when keys may be judged: none that nobody vouched for is then let out of the hold.
    fn vouched(&self) -> Time {
        let seen = self.shared.presence.seen_until();
        let all_seen = self.keys.latest().is_none_or(|last| last <= seen);
        if all_seen { Time::MAX } else { seen.after(GUARD) }
    }

    /// Erases what waits and happened while the gate is closed, as is known by now: it may have been closed for what is past.
    fn drop_closed(&mut self) {
        let closings = self.shared.gate.closings();
        if std::mem::replace(&mut self.closings, closings) == closings {
            return;
        }
        let first = self.drop_unkept();
        self.dropped = self.dropped.into_iter().chain(first).min();
    }

    /// Erases what waits and may not be kept. Answers when the first of it happened.
    fn drop_unkept(&mut self) -> Option<Time> {
        let (gate, until) = (self.shared.gate.clone(), self.kept_until);
        self.drop_waiting(|time| until.is_none_or(|until| time < until) && gate.is_open_at(time))
    }

    /// Erases what waits, for its verdict or for a beat, and is not wanted. Answers when the first of it happened.
    fn drop_waiting(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        let mut first = self.keys.retain(&keep);
        let mut gone = |time: Time| first = Some(first.map_or(time, |first| first.min(time)));
        self.contexts.retain(|event| {
            let kept = keep(event.time());
            if !kept {
                gone(event.time());
            }
            kept
        });
        let waiting_pictures = &self.shared.waiting_pictures;
        self.unvouched.retain_mut(|(_, message)| {
            if let Message::Pointer(samples) = message {
                samples.retain(|sample| {
                    let kept = keep(sample.time());
                    if !kept {
                        gone(sample.time());
                    }
                    kept
                });
                return !samples.is_empty();
            }
            let Some(dropped) = message.times().filter(|time| !keep(*time)).min() else { return true };
            if let Message::Picture { bytes, .. } = message {
                waiting_pictures.fetch_sub(*bytes, Ordering::AcqRel);
            }
            gone(dropped);
            false
        });
        first
    }

    /// Nobody vouches for what is left, and nobody will.
    fn drop_unvouched(&mut self) {
        let seen = self.shared.presence.seen_until();
        self.shared.gate.close(Cause::Unseen, seen.after(Duration::from_nanos(1)));
        self.dropped = None;
        self.drop_closed();
        self.unseen = self.unseen.or(self.dropped.map(Time::to_second));
    }

    /// Says in the journal that until then nothing was kept, because the indicator was not seen.
    fn tell_unseen(&mut self, to: Time) -> Result<()> {
        let Some(from) = self.unseen.take() else { return Ok(()) };
        for track in self.tracks.iter() {
            self.shared.stats().track_mut(track).withheld += 1;
            let (from, to) = (from.as_nanos(), to.max(from).as_nanos());
            let entry =
                Entry::Withheld { track: track.into(), from, to, reason: WithheldReason::NoIndicator, class: None };
            self.writer.journal(self.shared.clock.now(), entry)?;
        }
        Ok(())
    }

    /// Nothing comes for now. The gate is closed, from `at` on.
    fn interrupt(&mut self, at: Time) -> Result<()> {
        self.feed_host();
        self.end_cap(at)?;
        // News of the focus that the last keys went to is still on its way.
        self.cut_due = Some(self.shared.clock.now().after(GUARD));
        Ok(())
    }

    /// The indicator is unseen: the journal says why at once, and goes on when it is back.
    fn take_unseen(&mut self, since: Time) -> Result<()> {
        self.let_out()?;
        self.interrupt(since)?;
        let first = self.dropped.take();
        if self.paused {
            return Ok(());
        }
        let now = self.shared.clock.now();
        // When a key was pressed, or anything else, says something of what was typed.
        self.unseen = Some(first.unwrap_or(now).to_second());
        self.tell_unseen(now)?;
        self.unseen = Some(now);
        Ok(())
    }

    /// Everything that came before has been taken.
    fn go_on(&mut self, at: Time) -> Result<()> {
        self.cut_keys(at)?;
        self.tell_context(at.min(self.shared.presence.seen_until()))?;
        self.drop_unkept();
        // Who has the focus is not known until the new watcher says so.
        self.keys.window(at, Focus::UNKNOWN);
        self.focused.set(at, None);
        Ok(())
    }

    /// Takes what was sent by `heard`.
    fn take(&mut self, message: Message, heard: Time) -> Result<Option<End>> {
        match message {
            Message::Pointer(_) | Message::Screen(_) | Message::Picture { .. } => self.take_content(message)?,
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
            Message::Field(time, field, role) => self.keys.element(time, field, role),
            Message::Withheld(track, time, reason) => self.withhold(track, time, reason),
            Message::Dropped(track, count) => self.dropped(track, count, DropReason::QueueFull)?,
            Message::InputLost(count) => self.dropped(Track::Pointer, count, DropReason::InputLost)?,
            Message::Notice(notice) => self.take_notice(&notice)?,
            Message::Pause(since) => self.pause(since)?,
            Message::Resume(at) => {
                self.paused = false;
                self.dropped = None;
                self.go_on(at)?;
                self.kept_until = None;
                let still_unseen = super::lock(&self.shared.standing).unseen;
                self.unseen = still_unseen.then_some(at);
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

    /// Takes what waits for nothing but a beat. The gate may have been closed for what is past since it let this in.
    fn take_content(&mut self, mut message: Message) -> Result<()> {
        if let Message::Pointer(samples) = &mut message {
            samples.retain(|sample| self.is_kept(sample.time()));
        }
        let Some(time) = message.times().max() else { return self.write(message) };
        if !message.times().all(|time| self.is_kept(time)) {
            self.discard(&message);
            return Ok(());
        }
        if self.unvouched.is_empty() && time <= self.shared.presence.seen_until() {
            return self.write(message);
        }
        self.unvouched.push_back((time, message));
        Ok(())
    }

    fn discard(&self, message: &Message) {
        if let Message::Picture { bytes, .. } = message {
            self.shared.waiting_pictures.fetch_sub(*bytes, Ordering::AcqRel);
        }
    }

    /// Appends what may be kept.
    fn write(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Pointer(samples) => {
                for sample in samples {
                    let record = self.redactor.pointer(sample).map(Record::Pointer);
                    self.append(&record)?;
                }
            }
            Message::Screen(records) => records.iter().try_for_each(|record| self.keep(record))?,
            Message::Picture { records, bytes, noticed } => {
                let waiting = self.shared.waiting_pictures.fetch_sub(bytes, Ordering::AcqRel);
                self.writer.set_effort(if waiting > BACKLOG { Effort::Least } else { Effort::Usual });
                records.iter().try_for_each(|record| self.keep(record))?;
                self.unsealed.push(noticed);
                self.ask_for_key_frame(self.shared.clock.now());
            }
            // What waits for more than a beat.
            _ => {}
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
            let (event, reason) = self.redactor.context(sample);
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

    fn dropped_live(&self, count: u64) {
        if count > 0 {
            self.shared.stats().live_dropped += count;
        }
    }

    fn take_focus(&mut self, time: Time, focus: Focus, app: Option<App>) {
        self.keys.window(time, focus);
        let withheld = matches!(self.keys.focus(), Focus::Withheld(_));
        self.shared.stand(|standing| standing.withheld = withheld);
        self.focused.set(time, focus.window().map(|window| (window, app)));
    }

    fn take_notice(&mut self, notice: &Notice) -> Result<()> {
        let (name, count, size) = match notice.kind {
            NoticeKind::NoDamage => (NoticeName::NoDamage, None, None),
            NoticeKind::NoSharedMemory => (NoticeName::NoSharedMemory, None, None),
            NoticeKind::NoLayout => (NoticeName::NoLayout, None, None),
            NoticeKind::NoCompose => (NoticeName::NoCompose, None, None),
            NoticeKind::NoHotkey => (NoticeName::NoHotkey, None, None),
            NoticeKind::NoAccessibility => (NoticeName::NoAccessibility, None, None),
            NoticeKind::Resized(size) => (NoticeName::Resized, None, Some(size)),
            NoticeKind::GrabFailed => {
                self.shared.stats().failed_grabs += 1;
                (NoticeName::GrabFailed, None, None)
            }
            NoticeKind::MissedDamage(pixels) => {
                self.shared.stats().missed_damage += pixels;
                (NoticeName::MissedDamage, Some(pixels), None)
            }
            NoticeKind::RateCapped if self.paused => return Ok(()),
            NoticeKind::RateCapped => {
                self.capped = true;
                (NoticeName::RateCapped, None, None)
            }
            NoticeKind::RateRestored => return self.end_cap(notice.time),
            NoticeKind::InputLost(count) => return self.dropped(Track::Pointer, count, DropReason::InputLost),
        };
        let entry = Entry::Notice {
            notice: name,
            count,
            width: size.map(|size| size.width.into()),
            height: size.map(|size| size.height.into()),
        };
        self.writer.journal(notice.time, entry)
    }

    /// A cap ends when the rate allows it, and with the pictures: then the journal says so before it says why they end.
    fn end_cap(&mut self, at: Time) -> Result<()> {
        if !std::mem::take(&mut self.capped) {
            return Ok(());
        }
        let entry = Entry::Notice { notice: NoticeName::RateRestored, count: None, width: None, height: None };
        self.writer.journal(at, entry)
    }

    fn dropped(&mut self, track: Track, count: u64, reason: DropReason) -> Result<()> {
        self.shared.stats().track_mut(track).dropped += count;
        let now = self.shared.clock.now();
        self.writer.journal(now, Entry::Dropped { track: track.into(), count, reason })
    }

    fn withhold(&mut self, track: Track, time: Time, reason: WithheldReason) {
        self.withhold_span(Because { track, reason, class: None }, time, time);
    }

    fn withhold_span(&mut self, because: Because, from: Time, to: Time) {
        let span = self.withheld.entry(because).or_insert_with(|| {
            // Spans are counted, not samples: how many keys went to a secret field, a host must not count either.
            self.shared.stats().track_mut(because.track).withheld += 1;
            (from, to)
        });
        span.1 = span.1.max(to);
    }

    /// Writes spans that have ended or run long by `now`; all of them without a `now`.
    fn write_spans(&mut self, now: Option<Time>) -> Result<()> {
        let over = |(from, to): &(Time, Time)| {
            now.is_none_or(|now| now.since(*to) >= SPAN_GAP || to.since(*from) >= SPAN_LENGTH)
        };
        let ended: Vec<_> = self.withheld.extract_if(|_, span| over(span)).collect();
        for (Because { track, reason, class }, (from, to)) in ended {
            let time = now.unwrap_or_else(|| self.shared.clock.now());
            // When exactly somebody typed what is not told says something of it.
            let [time, from, to] = match track {
                Track::Keyboard => [time, from, to].map(Time::to_second),
                Track::Pointer | Track::Screen | Track::Context => [time, from, to],
            };
            let (from, to) = (from.as_nanos(), to.as_nanos());
            let entry = Entry::Withheld { track: track.into(), from, to, reason, class: class.map(ClassName::of) };
            self.writer.journal(time, entry)?;
        }
        Ok(())
    }
}

fn count(shared: &Shared, written: [Written; 4]) {
    for (track, written) in shared.stats().tracks.iter_mut().zip(written) {
        track.records = written.records;
        track.bytes = written.bytes;
    }
}

//! The threads that sleep in the system: hook, watcher, capturer, accessibility. What reads windows is in `texts`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Shared;
use super::notary::{Content, Message};
use super::queue::{Sender, Urgency};
use super::screen::ScreenPainter;
use crate::backend::{
    Accessibility, Backend, Batch, Capturer, ElementEvent, Held, Hook, Notice, NoticeKind, Waker, Watcher,
};
use crate::called;
use crate::clock::Time;
use crate::detect::asks_for_secret;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{App, Contact, ContextEvent, Element, InputEvent, PointerAction, PointerEvent, Sample};
use crate::gate::GUARD;
use crate::journal::WithheldReason;
use crate::mask::Exposure;
use crate::redact::{Field, Focus, Redactor};
use crate::track::Track;
use crate::typed::{Edit, FieldId, Role};

/// How long input may wait for a place in the queue before it is dropped and counted.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long what a field was found to hold may have been shown.
const LOOK_BACK: Duration = Duration::from_secs(2);
/// Elements in which nothing that is typed can be seen, by their roles. None that a page may have made editable: a heading, a link.
const BLANK: [&str; 15] = [
    "button",
    "checkbox",
    "img",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "progressbar",
    "radio",
    "scrollbar",
    "separator",
    "slider",
    "tab",
    "toggle-button",
];

/// A field that nobody tells of. Elements have numbers of 53 bits.
const NOWHERE: FieldId = FieldId(u64::MAX);

/// The threads of one stretch of recording.
pub(super) struct Sources {
    threads: Vec<JoinHandle<()>>,
}

impl Sources {
    pub(super) fn spawn(shared: &Arc<Shared>, backend: Backend, queue: &Sender<Message>) -> Result<Self> {
        let mut sources = Self { threads: Vec::new() };
        let Backend { hook, capturer, watcher, accessibility, texts } = backend;
        super::lock(&shared.wakers).clear();
        // Before anything is seen to change.
        shared.readings.lock().begin(texts.is_some());
        let waker = watcher.waker();
        sources
            .spawn_one("understudy-watch", shared, queue, waker, move |shared, queue| watch(shared, queue, watcher))?;
        let prompter = accessibility.as_ref().map(|accessibility| accessibility.prompter());
        if let Some(hook) = hook {
            sources.spawn_one("understudy-hook", shared, queue, hook.waker(), move |shared, queue| {
                listen(shared, queue, hook, prompter.as_ref())
            })?;
        }
        if let Some(capturer) = capturer {
            let waker = capturer.waker();
            sources.spawn_one("understudy-screen", shared, queue, waker, move |shared, queue| {
                grab(shared, queue, capturer)
            })?;
        }
        if let Some(accessibility) = accessibility {
            let waker = accessibility.waker();
            sources.spawn_one("understudy-access", shared, queue, waker, move |shared, queue| {
                ask(shared, queue, accessibility);
                Ok(())
            })?;
        }
        if let Some(texts) = texts {
            let (waker, readings, recorder) = (texts.waker(), Arc::clone(&shared.readings), Arc::downgrade(shared));
            let waker = Waker::new(move || {
                readings.wake();
                // Whatever else there is to look at can wait until it has read.
                if recorder.upgrade().is_some_and(|recorder| recorder.is_ending()) {
                    waker.wake();
                }
            });
            sources.spawn_one("understudy-texts", shared, queue, waker, move |shared, queue| {
                super::texts::read(shared, queue, texts);
                Ok(())
            })?;
        }
        Ok(sources)
    }

    fn spawn_one(
        &mut self,
        name: &str,
        shared: &Arc<Shared>,
        queue: &Sender<Message>,
        waker: Waker,
        run: impl FnOnce(&Arc<Shared>, &Queue) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        super::lock(&shared.wakers).push(waker);
        let (shared, queue) = (Arc::clone(shared), Queue::new(shared, queue));
        let body = move || {
            // A panic in a backend must end the recording, not the host.
            let ended = catch_unwind(AssertUnwindSafe(|| run(&shared, &queue)));
            // The watcher asks on for a moment after the end, and learns what windows are called then.
            shared.policy.forget_windows();
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => queue.send(Message::Failed(error)),
                Err(_) => queue.send(Message::Failed(Error::new(ErrorKind::Internal, "a capture thread panicked"))),
            }
        };
        let thread = thread::Builder::new().name(name.into()).spawn(body);
        self.threads.push(thread.map_err(|e| Error::io("cannot start a thread", &e))?);
        Ok(())
    }

    pub(super) fn join(self) {
        for thread in self.threads {
            // Its panic was caught and reported.
            let _ = thread.join();
        }
    }
}

/// The way to the notary.
pub(super) struct Queue {
    shared: Arc<Shared>,
    sender: Sender<Message>,
    /// Nothing gathers: what is recorded is sealed as soon as it can be.
    at_once: bool,
}

impl Queue {
    fn new(shared: &Arc<Shared>, queue: &Sender<Message>) -> Self {
        Self { shared: Arc::clone(shared), sender: queue.clone(), at_once: shared.flush.is_zero() }
    }

    /// Waits for a place. When the notary has ended, nobody is left to tell.
    pub(super) fn send(&self, message: Message) {
        self.ask_for(&message);
        let urgency = self.urgency(&message);
        self.sender.send(message, urgency);
    }

    /// Whatever is to be kept needs a look of the indicator behind it.
    fn ask_for(&self, message: &Message) {
        if message.is_to_be_kept() {
            self.shared.presence.ask();
        }
    }

    fn urgency(&self, message: &Message) -> Urgency {
        let picture = matches!(message, Message::Content(Content::Picture { .. }));
        if picture && self.at_once { Urgency::AtOnce } else { message.urgency() }
    }

    /// Waits for a place for a while; what finds none is dropped and counted.
    fn offer<T>(&self, track: Track, samples: Vec<T>, message: impl FnOnce(Vec<T>) -> Message) {
        if samples.is_empty() {
            return;
        }
        let count = samples.len() as u64;
        let message = message(samples);
        self.ask_for(&message);
        let urgency = self.urgency(&message);
        if !self.sender.offer(message, urgency, PATIENCE) {
            self.send(Message::Dropped(track, self.shared.clock.now().before(PATIENCE), count));
        }
    }
}

fn listen(shared: &Arc<Shared>, queue: &Queue, mut hook: Box<dyn Hook>, prompter: Option<&Waker>) -> Result<()> {
    loop {
        let ending = shared.is_ending();
        let mut batch = Batch::default();
        // Once more without sleeping, for what happened before the end.
        let polled = hook.poll(ending.then_some(Duration::ZERO), &mut batch);
        if let Some(prompter) = prompter.filter(|_| batch.samples.iter().any(|sample| moves_on(&sample.value))) {
            prompter.wake();
        }
        send_input(shared, queue, batch);
        polled?;
        if ending {
            return Ok(());
        }
    }
}

/// Whether the keyboard may be elsewhere behind this, or something in its field that no key tells.
fn moves_on(event: &InputEvent) -> bool {
    match event {
        InputEvent::Pointer(event) => matches!(event.action, PointerAction::Down(_)),
        // What was pasted only the field can tell.
        InputEvent::Keyboard(event) => {
            Edit::of(event).is_some_and(|edit| edit.goes_on() || matches!(edit, Edit::Paste(_)))
        }
    }
}

fn send_input(shared: &Shared, queue: &Queue, batch: Batch<InputEvent>) {
    let (mut pointer, mut keyboard) = (Vec::with_capacity(batch.samples.len()), Vec::new());
    let keys = shared.gate.covers(Track::Keyboard);
    for Sample { time, value } in batch.samples {
        // Behind a click the keyboard may be elsewhere, whether the pointer is recorded or not.
        if keys && matches!(&value, InputEvent::Pointer(PointerEvent { action: PointerAction::Down(_), .. })) {
            queue.send(Message::Click(time));
        }
        match value {
            InputEvent::Pointer(value) => pointer.push(Sample { time, value }),
            InputEvent::Keyboard(value) => keyboard.push(Sample { time, value }),
        }
    }
    queue.offer(Track::Pointer, shared.gate.admit_all(Track::Pointer, pointer), |moves| {
        Message::Content(Content::Pointer(moves))
    });
    queue.offer(Track::Keyboard, shared.gate.admit_all(Track::Keyboard, keyboard), Message::Keyboard);
    for notice in batch.notices {
        match notice.kind {
            NoticeKind::InputLost(count) => queue.send(Message::InputLost(count)),
            _ => queue.send(Message::Notice(notice)),
        }
    }
}

/// Of a thread that goes on for [`GUARD`] after the end.
#[derive(Default)]
struct Lingering(Option<Instant>);

impl Lingering {
    /// How long the next poll may take: without limit before the end, and nothing when it is over.
    fn wait(&mut self, shared: &Shared) -> Option<Duration> {
        if self.0.is_none() && shared.is_ending() {
            let linger = if shared.clock.is_manual() { Duration::ZERO } else { GUARD };
            self.0 = Some(Instant::now() + linger);
        }
        self.0.map(|end| end.saturating_duration_since(Instant::now()))
    }
}

/// Watches on for [`GUARD`] after the end, so that the last keys can be judged.
fn watch(shared: &Arc<Shared>, queue: &Queue, mut watcher: Box<dyn Watcher>) -> Result<()> {
    let (mut lingering, mut focused) = (Lingering::default(), None);
    loop {
        let wait = lingering.wait(shared);
        let mut batch = Batch::default();
        let polled = watcher.poll(wait, &mut batch);
        send_context(shared, queue, &mut focused, batch);
        polled?;
        if wait.is_some_and(|wait| wait.is_zero()) {
            return Ok(());
        }
    }
}

/// `focused` is what was said last of the window that has the focus.
fn send_context(shared: &Shared, queue: &Queue, focused: &mut Option<Focus>, batch: Batch<ContextEvent>) {
    let mut admitted = Vec::new();
    for sample in batch.samples {
        // Who has the focus is judged even when the gate is closed or the track is not recorded; what the window is called is not kept.
        let judged = match &sample.value {
            ContextEvent::Focus(window) => Some(Redactor::focus_of(&shared.policy, window.as_ref())),
            // Under another title it may be another window for the policy; if it is not, the keyboard stayed where it was.
            ContextEvent::Window(window) => {
                Some(Redactor::focus_of(&shared.policy, Some(window))).filter(|focus| Some(*focus) != *focused)
            }
            ContextEvent::Monitors(_) | ContextEvent::Workspace(_) | ContextEvent::Element(..) => None,
        };
        if let Some(focus) = judged {
            *focused = Some(focus);
            queue.send(Message::Focus(sample.time, focus, focus.window().and_then(|_| app(&sample.value))));
        }
        admitted.extend(shared.gate.admit(Track::Context, sample));
    }
    queue.offer(Track::Context, admitted, Message::Context);
    batch.notices.into_iter().for_each(|notice| queue.send(Message::Notice(notice)));
}

fn app(event: &ContextEvent) -> Option<App> {
    match event {
        ContextEvent::Focus(Some(window)) | ContextEvent::Window(window) => window.app.clone(),
        ContextEvent::Focus(None)
        | ContextEvent::Monitors(_)
        | ContextEvent::Workspace(_)
        | ContextEvent::Element(..) => None,
    }
}

/// Asks on for [`GUARD`] after the end, as the watcher does. Whatever goes wrong here never ends the recording: fields are unknown
/// from then on.
fn ask(shared: &Arc<Shared>, queue: &Queue, accessibility: Box<dyn Accessibility>) {
    let went_on = AssertUnwindSafe(|| ask_on(shared, queue, accessibility));
    if let Ok(Ok(())) = catch_unwind(went_on) {
        return;
    }
    let time = shared.clock.now();
    queue.send(Message::Field(time, field(NOWHERE.0, Role::Unknown, None)));
    queue.send(Message::Notice(Notice { time, kind: NoticeKind::NoAccessibility }));
}

fn ask_on(shared: &Arc<Shared>, queue: &Queue, mut accessibility: Box<dyn Accessibility>) -> Result<()> {
    let mut lingering = Lingering::default();
    loop {
        let wait = lingering.wait(shared);
        let mut batch = Batch::default();
        accessibility.watch(&super::lock(&shared.masks).fields());
        let polled = accessibility.poll(wait, &mut batch);
        send_elements(shared, queue, batch);
        polled?;
        if wait.is_some_and(|wait| wait.is_zero()) {
            return Ok(());
        }
    }
}

fn send_elements(shared: &Shared, queue: &Queue, batch: Batch<ElementEvent>) {
    let mut admitted = Vec::new();
    for Sample { time, value } in batch.samples {
        let (contact, element) = match value {
            ElementEvent::Clicked(element) => (Contact::Clicked, Some(element)),
            ElementEvent::Stayed { id, role } => {
                queue.send(Message::Field(time, field(id, role, None)));
                continue;
            }
            ElementEvent::Holds { id, window, text } => {
                expose(shared, queue, time, FieldId(id), window, &text);
                continue;
            }
            ElementEvent::Gone { id } => {
                queue.send(Message::Gone(time, FieldId(id)));
                continue;
            }
            ElementEvent::Called(called) => {
                queue.send(Message::Called(time, called::judge(&shared.policy, &called)));
                continue;
            }
            ElementEvent::Focused { role, element } => {
                // Which kind of field has the keyboard matters even when the gate is closed or the track is not recorded.
                let id = element.as_ref().map_or(NOWHERE.0, |element| element.id);
                // A code that was sent to a telephone looks like any number, and not every page says that its password is one.
                let asks = element.as_ref().is_some_and(|element| asks_for_secret(&element.name));
                let role = if asks && role == Role::Known { Role::Password } else { role };
                queue.send(Message::Field(time, field(id, role, element.as_ref())));
                (Contact::Focused, element)
            }
        };
        let element = element.map(|element| Sample { time, value: ContextEvent::Element(contact, element) });
        admitted.extend(element.and_then(|sample| shared.gate.admit(Track::Context, sample)));
    }
    queue.offer(Track::Context, admitted, Message::Context);
    batch.notices.into_iter().for_each(|notice| queue.send(Message::Notice(notice)));
}

/// A field by what is known of it: in a button, in a menu nothing that is typed can be seen.
fn field(id: u64, role: Role, element: Option<&Element>) -> Field {
    let shows = element.is_none_or(|element| !BLANK.contains(&element.role.as_str()));
    Field { id: FieldId(id), role, shows }
}

/// Judges what a field holds, whoever put it there.
fn expose(shared: &Shared, queue: &Queue, time: Time, field: FieldId, window: u64, text: &Held) {
    if !shared.policy.detector().find(text.expose()).is_empty() {
        let reason = WithheldReason::SensitiveContent;
        // It may have been there before: whatever was not written yet is painted over.
        queue.send(Message::Exposed(Exposure { window, field: Some(field), reason, since: time.before(LOOK_BACK) }));
    }
}

fn grab(shared: &Arc<Shared>, queue: &Queue, mut capturer: Box<dyn Capturer>) -> Result<()> {
    let mut painter = ScreenPainter::new(shared, queue);
    let interval = Duration::from_secs(1) / shared.max_fps;
    loop {
        if shared.is_ending() {
            return Ok(());
        }
        capturer.poll(painter.wait(), &mut painter)?;
        if let Some(watches) = painter.watches() {
            capturer.watch(watches)?;
        }
        painter.refreshes().for_each(|rect| capturer.refresh(rect));
        let Some(noticed) = painter.last_shot() else { continue };
        if !shared.clock.is_manual() {
            // The system gathers what changes meanwhile.
            let pause = painter.pause_after_shot(interval);
            let left = pause.saturating_sub(shared.clock.now().since(noticed)).max(Duration::from_millis(1));
            if !capturer.pace(Instant::now() + left) {
                shared.pace(left);
            }
        }
    }
}

//! The running recorder. JavaScript's thread never waits for it, except for a moment when its environment ends.

use std::sync::{Arc, Weak, mpsc};
use std::thread;
use std::time::Duration;

use napi::bindgen_prelude::{AsyncTask, Buffer, BufferSlice, FnArgs, Function};
use napi::{Env, Task};
use napi_derive::napi;
use understudy_capture::control::{ControlServer, ControlSocket};
use understudy_capture::synthetic::Synthetic;
use understudy_core::backend::{AtStop, Hotkey};
use understudy_core::error::{Error, ErrorKind, Result};
use understudy_core::pipeline::{self, ForgetLast, Live, Pause, State, WhichWindow};
use understudy_core::release::{DirectOutcome, DirectRequest};
use understudy_core::sink::{FolderSink, Sink};
use understudy_core::{control, presence};

use crate::amend::{Heard, ReleasedCopy};
use crate::bell::{Bell, Bells};
use crate::error::{Code, contain, rejected, thrown};
use crate::identity::{Passphrase, take, unlock};
use crate::options::{self, RecorderOptions, millis_of};
use crate::stats::RecorderStats;

/// How long an environment that ends, with its recorder still running, waits for the recording to be closed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The heartbeat of a host's own indicator, for one recorder.
#[napi]
#[derive(Default)]
pub struct Heartbeat(presence::Heartbeat);

#[napi]
impl Heartbeat {
    /// One that does not beat yet; of an indicator that says, or does not, that what is recorded is released unseen.
    #[napi(constructor)]
    pub fn new(direct: Option<bool>) -> Self {
        let says = if direct == Some(true) { AtStop::Released } else { AtStop::Kept };
        Self(presence::Heartbeat::saying(says))
    }

    /// The indicator can be seen now.
    #[napi(catch_unwind)]
    pub fn beat(&self) {
        self.0.beat();
    }
}

/// Starts recording. With a heartbeat, no indicator is shown: it is the host's.
///
/// `changed` is called whenever `state` may have another answer, `ready` whenever `drain` may have bytes; several reasons may be one
/// call. `passphrase`, UTF-8, is that of the identity in `direct`, and zeroed; `progress` is told how many segments were read for the copies
/// that are released by themselves, and how many are to be.
#[napi(catch_unwind, ts_return_type = "Promise<Recorder>")]
pub fn start(
    options: RecorderOptions,
    heartbeat: Option<&Heartbeat>,
    changed: Function<'_, (), ()>,
    ready: Function<'_, (), ()>,
    passphrase: Option<Buffer>,
    progress: Option<Function<'_, FnArgs<(u32, u32)>, ()>>,
) -> napi::Result<AsyncTask<Start>, Code> {
    let passphrase = take(passphrase);
    let progress = progress.map(|heard| Heard::new(&heard)).transpose()?;
    let bell = |heard| Bell::new(heard).map_err(|error| napi::Error::new(Code::from(error.status), error.reason));
    let bells = Bells { changed: bell(&changed)?, ready: bell(&ready)? };
    let heartbeat = heartbeat.map(|heartbeat| heartbeat.0.clone());
    Ok(AsyncTask::new(Start { options: Some(options), heartbeat, bells: Some(bells), passphrase, progress }))
}

/// The recorder behind a JavaScript object, and behind the tasks that it began.
pub struct Running {
    recorder: Arc<pipeline::Recorder>,
    /// The recording's folder, for people.
    path: String,
    control: ControlServer,
    bells: Arc<Bells>,
    synthetic: Option<Synthetic>,
}

impl Running {
    /// Stops, but waits no longer than `PATIENCE`: whatever hangs must not hang the host.
    fn abandon(&self) {
        // Whoever goes away without stopping did not say that it may be released; nor is there time for it.
        let _ = self.recorder.keep();
        let recorder = Arc::clone(&self.recorder);
        let (done, stopped) = mpsc::channel();
        let stop = move || {
            // Nobody is left to be told how it ended; the journal says it.
            let _ = contain(|| recorder.stop());
            let _ = done.send(());
        };
        if thread::Builder::new().name("understudy-stop".into()).spawn(stop).is_ok() {
            // Past that, the recording is what a crash would have left: it verifies up to there.
            let _ = stopped.recv_timeout(PATIENCE);
        }
        self.control.end();
        self.bells.put_away();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// A pause.
#[napi(object, object_to_js = false)]
pub struct PauseOptions {
    /// After how many milliseconds it resumes by itself; default: not at all.
    #[napi(js_name = "for")]
    pub length: Option<f64>,
    /// How many milliseconds ago it was asked for, at most 5,000; default 0.
    pub ago: Option<f64>,
}

impl TryFrom<PauseOptions> for Pause {
    type Error = Error;

    fn try_from(options: PauseOptions) -> Result<Self> {
        let length = millis_of("for", options.length)?;
        Ok(Self { ago: millis_of("ago", options.ago)?.unwrap_or_default(), length })
    }
}

/// What is to be forgotten of a recording that is being written.
#[napi(object, object_to_js = false)]
pub struct ForgetLastOptions {
    /// How many of the milliseconds until now.
    pub last: f64,
    /// Only while this application had the focus: its id or instance, whatever its case.
    pub app: Option<String>,
    /// Only while this window had the focus.
    #[napi(ts_type = "'focused' | 'previous'")]
    pub window: Option<String>,
}

impl TryFrom<ForgetLastOptions> for ForgetLast {
    type Error = Error;

    fn try_from(options: ForgetLastOptions) -> Result<Self> {
        let window = match options.window.as_deref() {
            None => None,
            Some("focused") => Some(WhichWindow::Focused),
            Some("previous") => Some(WhichWindow::Previous),
            Some(_) => return Err(Error::new(ErrorKind::InvalidArgument, "window must be one of focused, previous")),
        };
        Ok(Self { last: millis_of("last", Some(options.last))?.unwrap_or_default(), app: options.app, window })
    }
}

/// A running recorder.
#[napi]
pub struct Recorder {
    running: Arc<Running>,
}

/// What a recorder is doing.
#[napi(object, object_from_js = false)]
pub struct RecorderState {
    /// Its name.
    #[napi(ts_type = "'recording' | 'paused' | 'withheld' | 'stopped' | 'failed'")]
    pub name: String,
    /// Of `withheld`: nothing is kept at all, because the indicator cannot be seen.
    pub unseen: bool,
    /// It is released by itself when it stops, before anybody has looked through it.
    pub direct: bool,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// Keys that pause and resume.
#[napi(object, object_from_js = false)]
pub struct RecorderHotkey {
    /// As people call them.
    pub keys: String,
    /// Whether they do: not where another program has them.
    pub works: bool,
}

/// An error, as a value.
#[napi(object)]
pub struct Failure {
    /// Its kind's word.
    pub code: String,
    /// What happened.
    pub message: String,
}

#[napi]
impl Recorder {
    /// What it is doing now.
    #[napi(getter, catch_unwind)]
    pub fn state(&self) -> RecorderState {
        let status = self.running.recorder.status();
        let (name, failure) = match status.state {
            State::Recording => ("recording", None),
            State::Paused => ("paused", None),
            State::Withheld => ("withheld", None),
            State::Stopped => ("stopped", None),
            State::Failed(error) => ("failed", Some(Failure::from(&error))),
        };
        let direct = !self.running.recorder.about().direct.is_empty();
        RecorderState { name: name.into(), unseen: status.unseen, direct, failure }
    }

    /// What it has done so far.
    #[napi(getter, catch_unwind)]
    pub fn stats(&self) -> RecorderStats {
        RecorderStats::from(self.running.recorder.stats())
    }

    /// The keys that pause and resume.
    #[napi(getter, catch_unwind)]
    pub fn hotkey(&self) -> Option<RecorderHotkey> {
        let (keys, works) = match self.running.recorder.hotkey() {
            Hotkey::Off => return None,
            Hotkey::Ready(keys) => (keys, true),
            Hotkey::Refused(keys) => (keys, false),
        };
        Some(RecorderHotkey { keys: keys.clone(), works })
    }

    /// Whether a synthetic desktop has played its script to the end; of a real one, false.
    #[napi(getter, catch_unwind)]
    pub fn played(&self) -> bool {
        self.running.synthetic.as_ref().is_some_and(Synthetic::finished)
    }

    /// What it is doing, since when, and what is recorded: the line that the control socket answers.
    #[napi(getter, catch_unwind)]
    pub fn status(&self) -> String {
        String::from_utf8_lossy(&control::status(&self.running.recorder, &self.running.path)).into_owned()
    }

    /// Keeps nothing from now on.
    #[napi(catch_unwind)]
    pub fn pause(&self, options: Option<PauseOptions>) -> napi::Result<(), Code> {
        let pause = options.map_or(Ok(Pause::default()), Pause::try_from);
        pause.and_then(|pause| self.running.recorder.pause_with(&pause)).map_err(|error| thrown(&error))
    }

    /// Windows that are painted over for what was typed or stands in them may be seen again, but for secret fields.
    #[napi(catch_unwind)]
    pub fn unmask(&self) -> napi::Result<(), Code> {
        self.running.recorder.unmask().map_err(|error| thrown(&error))
    }

    /// Keeps samples again.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn resume(&self) -> AsyncTask<Resume> {
        AsyncTask::new(Resume(Arc::clone(&self.running)))
    }

    /// Forgets the latest of what is recorded; resolves with the line that the control socket answers.
    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn forget_last(&self, options: ForgetLastOptions) -> napi::Result<AsyncTask<Forget>, Code> {
        let what = ForgetLast::try_from(options).map_err(|error| thrown(&error))?;
        Ok(AsyncTask::new(Forget(Arc::clone(&self.running), what)))
    }

    /// Moves whole blocks of the live tap into `buffer`, and answers how many bytes they are; 0 when there is none.
    ///
    /// The buffer is the caller's, of at least 262,144 bytes. Nothing is allocated, and no memory of the addon is shown.
    #[napi(catch_unwind)]
    pub fn drain(&self, #[napi(ts_arg_type = "Uint8Array")] mut buffer: BufferSlice<'_>) -> napi::Result<u32, Code> {
        let drained = self.running.recorder.drain_live(&mut buffer).map_err(|error| thrown(&error))?;
        // Less than the ring holds, which is 4 MiB.
        Ok(u32::try_from(drained).unwrap_or(u32::MAX))
    }

    /// Ends the live tap, for good; the recording goes on.
    #[napi(catch_unwind)]
    pub fn end_live(&self) {
        self.running.recorder.end_live();
    }

    /// Has nothing released by itself, and erases the secrets for that.
    #[napi(catch_unwind)]
    pub fn keep(&self) -> napi::Result<(), Code> {
        self.running.recorder.keep().map_err(|error| thrown(&error))
    }

    /// Stops, and closes the recording; then releases it, where that is to be. Resolves with what was released by itself.
    #[napi(catch_unwind, ts_return_type = "Promise<DirectlyReleased | null>")]
    pub fn stop(&self) -> AsyncTask<Stop> {
        AsyncTask::new(Stop(Arc::clone(&self.running)))
    }
}

/// Starting, off JavaScript's thread.
pub struct Start {
    options: Option<RecorderOptions>,
    heartbeat: Option<presence::Heartbeat>,
    bells: Option<Bells>,
    passphrase: Passphrase,
    progress: Option<Heard>,
}

impl Start {
    fn run(&mut self) -> Result<Running> {
        let again = || Error::new(ErrorKind::Internal, "a task ran twice");
        let options = self.options.take().ok_or_else(again)?;
        let options::Start { mut config, live, direct, folder, platform, synthetic } = options.try_into()?;
        let bells = Arc::new(self.bells.take().ok_or_else(again)?);
        let ring = Arc::clone(&bells);
        config.on_change = Some(Box::new(move || ring.changed.ring()));
        config.heartbeat = self.heartbeat.take();
        let ring = Arc::clone(&bells);
        config.live = live.map(|tracks| Live { tracks, on_ready: Box::new(move || ring.ready.ring()) });
        let (passphrase, heard) = (self.passphrase.take(), self.progress.take());
        config.direct = direct.map(|direct| DirectRequest {
            identity: Box::new(move || unlock(&direct.identity, passphrase)),
            to: direct.to,
            names: direct.names,
            folder: folder.clone(),
            progress: heard.map(|heard| Box::new(move |done, of| heard.tell(done, of)) as _),
        });
        let mut socket = None;
        let sink = || -> Result<Box<dyn Sink>> {
            // Whoever is recorded can say no: before there is a file.
            socket = Some(ControlSocket::bind()?);
            Ok(Box::new(FolderSink::create(&folder)?))
        };
        let recorder = Arc::new(pipeline::Recorder::start(platform, config, sink)?);
        let path = folder.to_string_lossy().into_owned();
        let (asked, place) = (Arc::downgrade(&recorder), path.clone());
        let answer = move |line: &[u8]| match asked.upgrade() {
            Some(recorder) => control::answer(&recorder, &place, line),
            None => control::Answer::gone(),
        };
        let control = socket.ok_or_else(again)?.serve(Arc::new(answer))?;
        Ok(Running { recorder, path, control, bells, synthetic })
    }
}

impl Task for Start {
    type Output = Result<Running>;
    type JsValue = Recorder;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.run()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Recorder> {
        let running = Arc::new(output.map_err(|error| rejected(env, &error))?);
        env.add_env_cleanup_hook(Arc::downgrade(&running), |running: Weak<Running>| {
            if let Some(running) = running.upgrade() {
                running.abandon();
            }
        })?;
        Ok(Recorder { running })
    }
}

/// Resuming, off JavaScript's thread.
pub struct Resume(Arc<Running>);

impl Task for Resume {
    type Output = Result<()>;
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.0.recorder.resume()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<()> {
        output.map_err(|error| rejected(env, &error))
    }
}

/// Forgetting, off JavaScript's thread.
pub struct Forget(Arc<Running>, ForgetLast);

impl Task for Forget {
    type Output = Result<Vec<u8>>;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| control::forget(&self.0.recorder, &self.0.path, &self.1)))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<String> {
        let line = output.map_err(|error| rejected(env, &error))?;
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

/// Stopping, off JavaScript's thread.
pub struct Stop(Arc<Running>);

/// What was released by itself.
#[napi(object)]
pub struct DirectlyReleased {
    /// The copies.
    pub copies: Vec<DirectCopy>,
    /// Why there are not all of them.
    pub failure: Option<Failure>,
}

/// A copy that was released by itself.
#[napi(object)]
pub struct DirectCopy {
    /// To whom.
    pub to: String,
    /// The copy.
    pub copy: ReleasedCopy,
}

impl From<DirectOutcome> for DirectlyReleased {
    fn from(outcome: DirectOutcome) -> Self {
        let copies = outcome.copies.into_iter();
        let copies = copies.map(|(to, released)| DirectCopy { to: to.to_string(), copy: released.into() });
        Self { copies: copies.collect(), failure: outcome.error.as_ref().map(Failure::from) }
    }
}

impl Task for Stop {
    type Output = Result<Option<DirectOutcome>>;
    type JsValue = Option<DirectlyReleased>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let stopped = contain(|| self.0.recorder.stop());
        self.0.control.end();
        Ok(stopped.map(|()| self.0.recorder.released()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        self.0.bells.put_away();
        let outcome = output.map_err(|error| rejected(env, &error))?;
        Ok(outcome.map(DirectlyReleased::from))
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { code: error.kind().code().into(), message: error.message().into() }
    }
}

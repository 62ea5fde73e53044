//! What a contributor does with a recording that is written: forget, release, withdraw. Done here, so that secret keys never lie in JavaScript's memory.

use std::path::PathBuf;
use std::time::SystemTime;

use napi::bindgen_prelude::{AsyncTask, Buffer, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Task};
use napi_derive::napi;
use understudy_core::amend;
use understudy_core::clock::Time;
use understudy_core::error::Result;
use understudy_core::forget::{Forget, Forgotten, forget as forget_in};
use understudy_core::identity::Identity;
use understudy_core::recipient::PublicKey;
use understudy_core::release::{Release, Released, release_telling};
use understudy_core::sign::VerifyKey;
use understudy_core::span::{Span, Spans};
use understudy_core::track::Tracks;
use understudy_core::withdraw::{Failed, Withdrawn, withdraw as withdraw_in};

use crate::error::{Code, contain, rejected, thrown};
use crate::identity::{Passphrase, parse_controller, take, unlock};
use crate::options::{parse_tracks, whole};

/// A stretch of a recording's time, in nanoseconds since it started: `from` belongs to it, `to` does not.
#[napi(object)]
pub struct TimeSpan {
    /// When it begins.
    pub from: f64,
    /// When it has ended.
    pub to: f64,
}

impl TryFrom<&TimeSpan> for Span {
    type Error = understudy_core::error::Error;

    fn try_from(span: &TimeSpan) -> Result<Self> {
        let time = |name, value| Ok(Time::from_nanos(whole(name, Some(value), 0..=(1 << 53) - 1)?.unwrap_or_default()));
        Self::new(time("from", span.from)?, time("to", span.to)?)
    }
}

pub(crate) fn told(spans: &Spans) -> Vec<TimeSpan> {
    let span = |span: Span| TimeSpan { from: span.from.as_nanos() as f64, to: span.to.as_nanos() as f64 };
    spans.iter().map(span).collect()
}

/// What is done with an identity.
type Run<T> = Box<dyn FnOnce(&Identity) -> Result<T> + Send>;

/// Runs a contributor's work off JavaScript's thread: Argon2id takes about a second, and segments are written anew.
pub struct Work<T: Send + 'static> {
    identity: PathBuf,
    passphrase: Passphrase,
    run: Option<Run<T>>,
}

impl<T: Send> Work<T> {
    pub(crate) fn task(
        identity: String,
        passphrase: Passphrase,
        run: impl FnOnce(&Identity) -> Result<T> + Send + 'static,
    ) -> AsyncTask<Self>
    where
        Self: Task,
    {
        AsyncTask::new(Self { identity: identity.into(), passphrase, run: Some(Box::new(run)) })
    }

    fn work(&mut self) -> Result<Option<T>> {
        let identity = unlock(&self.identity, self.passphrase.take())?;
        self.run.take().map(|run| run(&identity)).transpose()
    }
}

/// What is to be forgotten.
#[napi(object, object_to_js = false)]
pub struct ForgetOptions {
    /// When; default: all of the recording.
    pub span: Option<TimeSpan>,
    /// Only while this application had the focus: its id or instance, whatever its case.
    pub app: Option<String>,
    /// Of which tracks; default: all.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub tracks: Option<Vec<String>>,
}

/// What was forgotten.
#[napi(object)]
pub struct ForgottenSpans {
    /// The spans, of each track that was meant.
    pub spans: Vec<TimeSpan>,
    /// Segments that are gone.
    pub destroyed: u32,
    /// Segments that were written anew without the spans.
    pub recut: u32,
}

/// Forgets a part of the recording in `folder`, in the name of the contributor whose identity lies in `identity`.
#[napi(catch_unwind, ts_return_type = "Promise<ForgottenSpans>")]
pub fn forget(
    folder: String,
    identity: String,
    options: ForgetOptions,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<Work<Forgotten>>, Code> {
    let passphrase = take(passphrase);
    let what = parse(&options).map_err(|error| thrown(&error))?;
    Ok(Work::task(identity, passphrase, move |identity| forget_in(folder.as_ref(), identity, &what)))
}

fn parse(options: &ForgetOptions) -> Result<Forget> {
    let span = options.span.as_ref().map_or(Ok(Span::ALL), Span::try_from)?;
    let tracks = options.tracks.as_deref().map_or(Ok(Tracks::ALL), parse_tracks)?;
    Ok(Forget { span, app: options.app.clone(), tracks })
}

impl Task for Work<Forgotten> {
    type Output = Result<Option<Forgotten>>;
    type JsValue = Option<ForgottenSpans>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.work()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        let forgotten = output.map_err(|error| rejected(env, &error))?;
        Ok(forgotten.map(|Forgotten { spans, destroyed, recut }| ForgottenSpans {
            spans: told(&spans),
            destroyed,
            recut,
        }))
    }
}

/// What is to be released.
#[napi(object, object_to_js = false)]
pub struct ReleaseOptions {
    /// To whom: a public key.
    pub to: String,
    /// Which tracks; default: all.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub tracks: Option<Vec<String>>,
    /// What is left out.
    #[napi(ts_type = "ReadonlyArray<TimeSpan>")]
    pub except: Option<Vec<TimeSpan>>,
    /// Names of people and machines that titles are not to tell.
    #[napi(ts_type = "ReadonlyArray<string>")]
    pub names: Option<Vec<String>>,
}

impl TryFrom<ReleaseOptions> for Release {
    type Error = understudy_core::error::Error;

    fn try_from(options: ReleaseOptions) -> Result<Self> {
        Ok(Self {
            recipient: PublicKey::parse(&options.to)?,
            tracks: options.tracks.as_deref().map_or(Ok(Tracks::ALL), parse_tracks)?,
            except: options.except.unwrap_or_default().iter().map(Span::try_from).collect::<Result<_>>()?,
            names: options.names.unwrap_or_default(),
        })
    }
}

/// What was released.
#[napi(object)]
pub struct ReleasedCopy {
    /// Where the copy lies in the recording's folder.
    pub path: String,
    /// Hash of its release.json, in hexadecimal.
    pub manifest: String,
    /// Which tracks it has.
    pub tracks: Vec<String>,
    /// How long it is, by its own time, in nanoseconds.
    pub duration: f64,
}

/// Releases a copy of the recording in `folder`, in the name of the contributor whose identity lies in `identity`. `progress` is told how
/// many segments were read, and how many are to be; it may be called once more after the end.
#[napi(catch_unwind, ts_return_type = "Promise<ReleasedCopy>")]
pub fn release(
    folder: String,
    identity: String,
    options: ReleaseOptions,
    passphrase: Option<Buffer>,
    progress: Option<Function<'_, FnArgs<(u32, u32)>, ()>>,
) -> napi::Result<AsyncTask<Work<Released>>, Code> {
    let passphrase = take(passphrase);
    let what = Release::try_from(options).map_err(|error| thrown(&error))?;
    let heard = progress.map(|heard| Heard::new(&heard)).transpose()?;
    Ok(Work::task(identity, passphrase, move |identity| {
        release_telling(folder.as_ref(), identity, &what, &mut |done, of| {
            if let Some(heard) = &heard {
                heard.tell(done, of);
            }
        })
    }))
}

/// Tells JavaScript how far something is. There are as many calls as segments, so that none needs to be left out.
pub(crate) struct Heard(Listener);

type Listener = ThreadsafeFunction<FnArgs<(u32, u32)>, (), FnArgs<(u32, u32)>, Status, false, true>;

impl Heard {
    pub(crate) fn new(heard: &Function<'_, FnArgs<(u32, u32)>, ()>) -> napi::Result<Self, Code> {
        let built = heard.build_threadsafe_function().weak::<true>().build();
        built.map(Self).map_err(|error| napi::Error::new(Code::from(error.status), error.reason))
    }

    pub(crate) fn tell(&self, done: usize, of: usize) {
        let count = |segments: usize| u32::try_from(segments).unwrap_or(u32::MAX);
        // At worst the environment is closing, and nobody is left to be told.
        self.0.call((count(done), count(of)).into(), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

impl From<Released> for ReleasedCopy {
    fn from(Released { path, manifest, tracks, duration }: Released) -> Self {
        Self {
            path,
            manifest: manifest.to_string(),
            tracks: tracks.iter().map(|track| track.name().into()).collect(),
            duration: duration.as_nanos() as f64,
        }
    }
}

impl Task for Work<Released> {
    type Output = Result<Option<Released>>;
    type JsValue = Option<ReleasedCopy>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.work()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        let released = output.map_err(|error| rejected(env, &error))?;
        Ok(released.map(ReleasedCopy::from))
    }
}

/// What of a receipt decides who the contributor is in it.
#[napi(object, object_to_js = false)]
pub struct Consented {
    /// The controller's key, in hexadecimal, where the receipt names one.
    pub controller: Option<String>,
    /// When it was issued, seconds since 1970.
    pub issued: f64,
}

/// Who the contributor whose identity lies in `identity` is in such receipts: X25519 public keys, in hexadecimal.
#[napi(catch_unwind, ts_return_type = "Promise<string[]>")]
pub fn pseudonyms(
    identity: String,
    #[napi(ts_arg_type = "ReadonlyArray<Consented>")] receipts: Vec<Consented>,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<Work<Vec<String>>>, Code> {
    let passphrase = take(passphrase);
    let receipts: Result<Vec<_>> = receipts.iter().map(Consented::parse).collect();
    let receipts = receipts.map_err(|error| thrown(&error))?;
    Ok(Work::task(identity, passphrase, move |identity| {
        let derive = |(controller, issued): &(Option<VerifyKey>, u64)| {
            Ok(identity.consenting(controller.as_ref(), *issued)?.open_key().public().0.to_string())
        };
        receipts.iter().map(derive).collect()
    }))
}

impl Consented {
    fn parse(&self) -> Result<(Option<VerifyKey>, u64)> {
        let controller = self.controller.as_deref().map(parse_controller).transpose()?;
        let issued = whole("issued", Some(self.issued), 0..=(1 << 53) - 1)?.unwrap_or_default();
        Ok((controller, issued))
    }
}

impl Task for Work<Vec<String>> {
    type Output = Result<Option<Vec<String>>>;
    type JsValue = Option<Vec<String>>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.work()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        output.map_err(|error| rejected(env, &error))
    }
}

/// What was withdrawn: paths.
#[napi(object)]
pub struct WithdrawnRecordings {
    /// Folders of recordings that are destroyed.
    pub recordings: Vec<String>,
    /// Withdrawals of copies that were released.
    pub copies: Vec<String>,
    /// Folders of recordings that are being recorded.
    pub busy: Vec<String>,
    /// Folders that could not be read, or not be withdrawn.
    pub failed: Vec<FailedWithdrawal>,
}

/// What could not be withdrawn.
#[napi(object)]
pub struct FailedWithdrawal {
    /// Its folder.
    pub path: String,
    /// The error's kind's word.
    pub code: String,
    /// What happened.
    pub message: String,
}

impl From<Failed> for FailedWithdrawal {
    fn from(Failed { path, error }: Failed) -> Self {
        let path = path.to_string_lossy().into_owned();
        Self { path, code: error.kind().code().into(), message: error.message().into() }
    }
}

/// Withdraws every recording in `folder` and below of the contributor whose identity lies in `identity`.
#[napi(catch_unwind, ts_return_type = "Promise<WithdrawnRecordings>")]
pub fn withdraw(
    folder: String,
    identity: String,
    passphrase: Option<Buffer>,
) -> napi::Result<AsyncTask<Work<Withdrawn>>, Code> {
    let passphrase = take(passphrase);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(Work::task(identity, passphrase, move |identity| withdraw_in(folder.as_ref(), identity, now)))
}

impl Task for Work<Withdrawn> {
    type Output = Result<Option<Withdrawn>>;
    type JsValue = Option<WithdrawnRecordings>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(contain(|| self.work()))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        let withdrawn = output.map_err(|error| rejected(env, &error))?;
        let text = |paths: Vec<PathBuf>| paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        Ok(withdrawn.map(|Withdrawn { recordings, copies, busy, failed }| WithdrawnRecordings {
            recordings: text(recordings),
            copies: text(copies),
            busy: text(busy),
            failed: failed.into_iter().map(FailedWithdrawal::from).collect(),
        }))
    }
}

/// Finishes what a crash cut short of a contributor's change, or clears it away; answers whether there was anything. Needs no key.
#[napi(catch_unwind)]
pub fn settle(folder: String) -> napi::Result<bool, Code> {
    amend::settle(folder.as_ref()).map_err(|error| thrown(&error))
}

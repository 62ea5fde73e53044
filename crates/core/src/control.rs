//! What the contributor's own programs may ask of a running recorder, and what it answers: a line of JSON each way (docs/control.md).
//!
//! Nothing that was captured is ever in an answer. Who may ask is decided where the lines come from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{ForgetLast, ForgottenLast, Pause, Recorder, RecordingAbout, State, Status, WhichWindow};
use crate::recipient::PublicKey;
use crate::release::{DirectOutcome, Released};
use crate::span::Span;

/// The version of what is said.
pub const VERSION: u64 = 1;
/// Most bytes of a question, its line feed not counted.
pub const MAX_QUESTION: usize = 4096;
/// Most bytes of an answer.
pub const MAX_ANSWER: usize = 64 << 10;

/// Most spans of a kind that an answer tells; the journal tells all.
const MAX_SPANS: usize = 256;

/// An answer, and whether it is the last one.
pub struct Answer {
    /// A line, its line feed included.
    pub line: Vec<u8>,
    /// Whether the recorder has ended as it was asked to: nothing is left to be asked.
    pub is_last: bool,
}

impl Answer {
    /// What is answered when the recorder is gone.
    pub fn gone() -> Self {
        Self { line: refuse(&Error::new(ErrorKind::State, "the recorder has ended")), is_last: true }
    }
}

/// Of a question, what every version has.
#[derive(Deserialize)]
struct Versioned {
    control: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(rename = "control")]
    _version: u64,
    ask: Question,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum Question {
    Status {},
    Pause {
        /// Milliseconds.
        #[serde(default, rename = "for")]
        length: Option<u64>,
        /// Milliseconds.
        #[serde(default)]
        ago: u64,
    },
    Resume {},
    Unmask {},
    Forget {
        /// Milliseconds.
        last: u64,
        #[serde(default)]
        app: Option<String>,
        #[serde(default)]
        window: Option<Which>,
    },
    Keep {},
    Stop {
        /// Nothing is released by itself.
        #[serde(default)]
        keep: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Which {
    Focused,
    Previous,
}

impl From<Which> for WhichWindow {
    fn from(which: Which) -> Self {
        match which {
            Which::Focused => Self::Focused,
            Which::Previous => Self::Previous,
        }
    }
}

/// What is answered to every question that was understood: how it stands now.
#[derive(Serialize)]
struct Told<'a> {
    state: &'static str,
    /// Of `withheld`: because the indicator cannot be seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unseen: bool,
    /// For how many milliseconds already.
    lasts: u64,
    /// In how many milliseconds a pause ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    resumes: Option<u64>,
    /// How many windows are painted over for what they show.
    #[serde(skip_serializing_if = "is_none")]
    masked: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    recording: &'a str,
    id: &'a crate::header::RecordingId,
    tracks: Vec<&'static str>,
    started: u64,
    receipt: &'a crate::sign::Hash,
    contributor: &'a PublicKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    controller: Option<&'a crate::sign::VerifyKey>,
    /// Of the receipt, seconds since 1970.
    issued: u64,
    recipients: &'a [PublicKey],
    /// To whom it is released by itself when it stops.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    direct: &'a [PublicKey],
    /// What was, once it has stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<Vec<Sent<'a>>>,
    /// Why not to all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreleased: Option<Failure<'a>>,
}

/// A copy that was released by itself.
#[derive(Serialize)]
struct Sent<'a> {
    to: &'a PublicKey,
    /// Its folder, in the recording's.
    path: &'a str,
    manifest: &'a crate::sign::Hash,
}

impl<'a> From<&'a (PublicKey, Released)> for Sent<'a> {
    fn from((to, released): &'a (PublicKey, Released)) -> Self {
        Self { to, path: &released.path, manifest: &released.manifest }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// What was forgotten.
#[derive(Serialize)]
struct Gone {
    /// What was asked for, in nanoseconds since the recording started.
    spans: Vec<Stretch>,
    /// What went with it, since a segment goes whole.
    lost: Vec<Stretch>,
    destroyed: u32,
}

#[derive(Serialize)]
struct Stretch {
    from: u64,
    to: u64,
}

impl From<&ForgottenLast> for Gone {
    fn from(forgotten: &ForgottenLast) -> Self {
        let stretch = |span: Span| Stretch { from: span.from.as_nanos(), to: span.to.as_nanos() };
        let ForgottenLast { spans, lost, destroyed } = forgotten;
        Self {
            spans: spans.iter().map(stretch).take(MAX_SPANS).collect(),
            lost: lost.iter().map(stretch).take(MAX_SPANS).collect(),
            destroyed: *destroyed,
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    code: &'static str,
    message: &'a str,
}

impl<'a> From<&'a Error> for Failure<'a> {
    fn from(error: &'a Error) -> Self {
        Self { code: error.kind().code(), message: error.message() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    Status(Box<Told<'a>>),
    Error(Failure<'a>),
}

#[derive(Serialize)]
struct Reply<'a> {
    control: u64,
    #[serde(flatten)]
    outcome: Outcome<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forgotten: Option<Gone>,
}

/// What came of a question.
#[derive(Default)]
struct Done {
    is_last: bool,
    forgotten: Option<ForgottenLast>,
}

/// Does what a line asks of the recorder that writes `recording`.
pub fn answer(recorder: &Recorder, recording: &str, line: &[u8]) -> Answer {
    match parse(line).and_then(|question| obey(recorder, &question)) {
        Ok(Done { is_last, forgotten }) => {
            Answer { line: encode_status(recorder, recording, forgotten.as_ref()), is_last }
        }
        Err(error) => Answer { line: refuse(&error), is_last: false },
    }
}

/// What is answered to whoever asks for the status.
pub fn status(recorder: &Recorder, recording: &str) -> Vec<u8> {
    encode_status(recorder, recording, None)
}

/// Forgets, and gives what is answered to whoever asks for that.
///
/// # Errors
/// As [`Reins::forget`](crate::pipeline::Reins::forget).
pub fn forget(recorder: &Recorder, recording: &str, what: &ForgetLast) -> Result<Vec<u8>> {
    let forgotten = recorder.forget(what)?;
    Ok(encode_status(recorder, recording, Some(&forgotten)))
}

/// What is answered where nothing is done.
pub fn refuse(error: &Error) -> Vec<u8> {
    encode(Outcome::Error(Failure::from(error)), None)
}

fn parse(line: &[u8]) -> Result<Question> {
    // What was sent is not quoted: it may be anything.
    let malformed = || Error::new(ErrorKind::InvalidArgument, "what was asked is not a question of version 1");
    let Versioned { control } = serde_json::from_slice(line).map_err(|_| malformed())?;
    if control != VERSION {
        let why = "the recorder speaks version 1 of its control, and was asked in another: update the older of both";
        return Err(Error::new(ErrorKind::Unsupported, why));
    }
    let Line { ask, .. } = serde_json::from_slice(line).map_err(|_| malformed())?;
    Ok(ask)
}

fn obey(recorder: &Recorder, question: &Question) -> Result<Done> {
    let mut done = Done::default();
    match question {
        Question::Status {} => {}
        Question::Pause { length, ago } => {
            let (ago, length) = (Duration::from_millis(*ago), length.map(Duration::from_millis));
            recorder.pause_with(&Pause { ago, length })?;
        }
        Question::Resume {} => recorder.resume()?,
        Question::Unmask {} => recorder.unmask()?,
        Question::Forget { last, app, window } => {
            let last = Duration::from_millis(*last);
            let what = ForgetLast { last, app: app.clone(), window: window.map(WhichWindow::from) };
            done.forgotten = Some(recorder.forget(&what)?);
        }
        Question::Keep {} => recorder.keep()?,
        Question::Stop { keep } => {
            // Where it is too late to keep it, it has stopped.
            let kept = if *keep { recorder.keep() } else { Ok(()) };
            recorder.stop()?;
            kept?;
            done.is_last = true;
        }
    }
    Ok(done)
}

fn tell<'a>(
    status: &'a Status,
    about: &'a RecordingAbout,
    outcome: Option<&'a DirectOutcome>,
    recording: &'a str,
) -> Told<'a> {
    let (state, failure) = match &status.state {
        State::Recording => ("recording", None),
        State::Paused => ("paused", None),
        State::Withheld => ("withheld", None),
        State::Stopped => ("stopped", None),
        State::Failed(error) => ("failed", Some(Failure::from(error))),
    };
    Told {
        state,
        unseen: status.unseen,
        failure,
        lasts: millis(status.lasts),
        resumes: status.resumes.map(millis),
        masked: status.masked,
        recording,
        id: &about.id,
        tracks: about.tracks.iter().map(crate::track::Track::name).collect(),
        started: about.started,
        receipt: &about.receipt,
        contributor: &about.contributor,
        controller: about.controller.as_ref(),
        issued: about.issued,
        recipients: &about.recipients,
        direct: &about.direct,
        released: outcome.map(|outcome| outcome.copies.iter().map(Sent::from).collect()),
        unreleased: outcome.and_then(|outcome| outcome.error.as_ref()).map(Failure::from),
    }
}

fn encode_status(recorder: &Recorder, recording: &str, forgotten: Option<&ForgottenLast>) -> Vec<u8> {
    let (status, outcome) = (recorder.status(), recorder.released());
    let told = tell(&status, recorder.about(), outcome.as_ref(), recording);
    encode(Outcome::Status(Box::new(told)), forgotten)
}

fn encode(outcome: Outcome<'_>, forgotten: Option<&ForgottenLast>) -> Vec<u8> {
    let reply = Reply { control: VERSION, outcome, forgotten: forgotten.map(Gone::from) };
    // Strings, numbers and lists of them: what could fail is memory.
    let mut line = serde_json::to_vec(&reply).unwrap_or_default();
    line.push(b'\n');
    line
}

/// JavaScript's numbers are exact to 2^53.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).min((1 << 53) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_exactly() {
        let pause = |length, ago| Question::Pause { length, ago };
        let understood = [
            (r#"{"control":1,"ask":{"status":{}}}"#, Question::Status {}),
            (r#"{"control":1,"ask":{"pause":{}}}"#, pause(None, 0)),
            (r#"{"control":1,"ask":{"pause":{"for":1800000,"ago":120}}}"#, pause(Some(1_800_000), 120)),
            (r#" {"ask":{"resume":{}},"control":1}"#, Question::Resume {}),
            (r#"{"control":1,"ask":{"unmask":{}}}"#, Question::Unmask {}),
            (r#"{"control":1,"ask":{"keep":{}}}"#, Question::Keep {}),
            (r#"{"control":1,"ask":{"stop":{}}}"#, Question::Stop { keep: false }),
            (r#"{"control":1,"ask":{"stop":{"keep":true}}}"#, Question::Stop { keep: true }),
            (
                r#"{"control":1,"ask":{"forget":{"last":300000,"app":"Gimp","window":"previous"}}}"#,
                Question::Forget { last: 300_000, app: Some("Gimp".into()), window: Some(Which::Previous) },
            ),
        ];
        for (line, question) in understood {
            assert_eq!(parse(line.as_bytes()).expect(line), question);
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_and_not_quoted() {
        let refused = [
            ("", ErrorKind::InvalidArgument),
            ("canary", ErrorKind::InvalidArgument),
            (r#"{"ask":{"status":{}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":2,"ask":{"dance":{}}}"#, ErrorKind::Unsupported),
            (r#"{"control":1,"ask":{"canary":{}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"status":{"canary":1}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"status":{}},"canary":1}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"control":1,"ask":{"stop":{}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"stop":{},"pause":{}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"pause":{"for":-1}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"pause":{"ago":1.5}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"forget":{}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"forget":{"last":1,"window":"mine"}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"stop":{"keep":1}}}"#, ErrorKind::InvalidArgument),
            (r#"{"control":1,"ask":{"stop":{}}} {}"#, ErrorKind::InvalidArgument),
        ];
        for (line, kind) in refused {
            let error = parse(line.as_bytes()).expect_err(line);
            assert_eq!(error.kind(), kind, "{line}");
            assert!(!error.message().contains("canary"));
        }
        // Depth is bounded where the line is.
        assert!(parse("[".repeat(MAX_QUESTION).as_bytes()).is_err());
    }
}

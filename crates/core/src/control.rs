//! What the contributor's own programs may ask of a running recorder, and what it answers: a line of JSON each way (docs/control.md).
//!
//! Nothing that was captured is ever in an answer. Who may ask is decided where the lines come from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{Pause, Recorder, RecordingAbout, State, Status};

/// The version of what is said.
pub const VERSION: u64 = 1;
/// Most bytes of a question, its line feed not counted.
pub const MAX_QUESTION: usize = 4096;
/// Most bytes of an answer.
pub const MAX_ANSWER: usize = 64 << 10;

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
    Stop {},
}

/// What is answered to every question that was understood: how it stands now.
#[derive(Serialize)]
struct Told<'a> {
    state: &'static str,
    /// For how many milliseconds already.
    lasts: u64,
    /// In how many milliseconds a pause ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    resumes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    recording: &'a str,
    id: &'a crate::header::RecordingId,
    tracks: Vec<&'static str>,
    started: u64,
    receipt: &'a crate::sign::Hash,
    contributor: &'a crate::recipient::PublicKey,
    recipients: &'a [crate::recipient::PublicKey],
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
    Status(Told<'a>),
    Error(Failure<'a>),
}

#[derive(Serialize)]
struct Reply<'a> {
    control: u64,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

/// Does what a line asks of the recorder that writes `recording`.
pub fn answer(recorder: &Recorder, recording: &str, line: &[u8]) -> Answer {
    match parse(line).and_then(|question| obey(recorder, &question)) {
        Ok(is_last) => Answer { line: status(recorder, recording), is_last },
        Err(error) => Answer { line: refuse(&error), is_last: false },
    }
}

/// What is answered to whoever asks for the status.
pub fn status(recorder: &Recorder, recording: &str) -> Vec<u8> {
    encode(Outcome::Status(tell(&recorder.status(), recorder.about(), recording)))
}

/// What is answered where nothing is done.
pub fn refuse(error: &Error) -> Vec<u8> {
    encode(Outcome::Error(Failure::from(error)))
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

fn obey(recorder: &Recorder, question: &Question) -> Result<bool> {
    match *question {
        Question::Status {} => {}
        Question::Pause { length, ago } => {
            let (ago, length) = (Duration::from_millis(ago), length.map(Duration::from_millis));
            recorder.pause_with(&Pause { ago, length })?;
        }
        Question::Resume {} => recorder.resume()?,
        Question::Stop {} => {
            recorder.stop()?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn tell<'a>(status: &'a Status, about: &'a RecordingAbout, recording: &'a str) -> Told<'a> {
    let (state, failure) = match &status.state {
        State::Recording => ("recording", None),
        State::Paused => ("paused", None),
        State::Withheld => ("withheld", None),
        State::Stopped => ("stopped", None),
        State::Failed(error) => ("failed", Some(Failure::from(error))),
    };
    Told {
        state,
        failure,
        lasts: millis(status.lasts),
        resumes: status.resumes.map(millis),
        recording,
        id: &about.id,
        tracks: about.tracks.iter().map(crate::track::Track::name).collect(),
        started: about.started,
        receipt: &about.receipt,
        contributor: &about.contributor,
        recipients: &about.recipients,
    }
}

fn encode(outcome: Outcome<'_>) -> Vec<u8> {
    let reply = Reply { control: VERSION, outcome };
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
            (r#"{"control":1,"ask":{"stop":{}}}"#, Question::Stop {}),
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

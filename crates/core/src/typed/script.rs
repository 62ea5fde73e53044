//! Typing scripts: keys by name with times, and what a recording would hold of them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::edit::Edit;
use super::hold::{Limits, TypedHold};
use super::role::Role;
use super::session::{Kept, Stroke};
use super::{Find, StandIn};
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Code, KeyClass, Modifiers};

/// A press, or what else happens to a field. Erased from memory when it goes; printed, it does not say which key.
#[derive(Clone, Deserialize)]
pub struct ScriptEvent {
    /// When, in milliseconds.
    pub t_ms: serde_json::Number,
    /// A W3C `key` value, or the text that it types, modifiers before it: `a`, `Enter`, `Ctrl+Shift+ArrowLeft`. `Click` and `Blur` are no keys: the
    /// contributor clicked somewhere, or another window got the keyboard.
    pub key: String,
    /// What it pastes, where that is known.
    #[serde(default)]
    pub paste: Option<String>,
}

impl Drop for ScriptEvent {
    fn drop(&mut self) {
        self.key.zeroize();
        self.paste.zeroize();
    }
}

impl fmt::Debug for ScriptEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScriptEvent at {}", self.t_ms)
    }
}

/// What would be sealed. Printed, it does not say which key.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ScriptRecord {
    /// A press, as it was; what it pasted is never told.
    KeyDown {
        /// When, in milliseconds, as the script says it.
        t_ms: serde_json::Number,
        /// As in the script.
        key: String,
    },
    /// What stands for some presses.
    Redacted {
        /// When they began, to the second.
        t_ms: u64,
        /// Why: a class of the detectors, or why nobody knows.
        class: &'static str,
        /// What kinds of keys they were, where the class does not say it.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        keys: Vec<&'static str>,
    },
    /// Presses for which nothing stands; a recording has a line in its journal instead.
    Withheld {
        /// When the first was.
        t_ms: u64,
        /// When the last was.
        to_ms: u64,
        /// Why.
        reason: &'static str,
    },
}

impl fmt::Debug for ScriptRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyDown { t_ms, .. } => write!(f, "KeyDown at {t_ms}"),
            Self::Redacted { t_ms, class, keys } => write!(f, "Redacted at {t_ms}: {class} {keys:?}"),
            Self::Withheld { t_ms, to_ms, reason } => write!(f, "Withheld from {t_ms} to {to_ms}: {reason}"),
        }
    }
}

/// As [`play`], from JSON to JSON: a list of events, a list of records.
///
/// # Errors
/// `InvalidArgument` for what is no list of events. The message does not quote it.
pub fn play_json(find: impl Find, events: &str, role: Role) -> Result<String> {
    let events: Vec<ScriptEvent> = serde_json::from_str(events).map_err(|_| {
        Error::new(ErrorKind::InvalidArgument, "\"events\" is to be a list of {\"t_ms\": 1, \"key\": \"a\"}")
    })?;
    serde_json::to_string(&play(find, events, role))
        .map_err(|_| Error::new(ErrorKind::Internal, "records could not be written as JSON"))
}

/// What would be sealed of a script, once the field has been left.
pub fn play(find: impl Find, events: Vec<ScriptEvent>, role: Role) -> Vec<ScriptRecord> {
    let mut hold = TypedHold::new(find, Limits::default(), role);
    let mut records = Vec::new();
    let mut now = Time::ZERO;
    for event in events {
        now = now.max(time(&event));
        records.extend(hold.release(now));
        match event.key.as_str() {
            "Click" => hold.click(now),
            "Blur" => hold.focus(now, None, role),
            _ => hold.push(now, Stroke::Down(Code::UNIDENTIFIED, edit(&event)), event),
        }
    }
    records.extend(hold.end(now));
    records.into_iter().map(record).collect()
}

fn time(event: &ScriptEvent) -> Time {
    let millis = event.t_ms.as_f64().filter(|millis| *millis > 0.0).unwrap_or(0.0);
    Duration::try_from_secs_f64(millis / 1000.0).map_or(Time::MAX, |since| Time::ZERO.after(since))
}

fn record(kept: Kept<ScriptEvent>) -> ScriptRecord {
    let millis = |time: Time| time.as_nanos() / 1_000_000;
    match kept {
        Kept::Exact(mut event) => {
            ScriptRecord::KeyDown { t_ms: event.t_ms.clone(), key: std::mem::take(&mut event.key) }
        }
        Kept::Redacted(StandIn { time, label, keys, .. }) => {
            let keys = keys.members().map(KeyClass::name).collect();
            ScriptRecord::Redacted { t_ms: millis(time), class: label.name(), keys }
        }
        Kept::Withheld(withheld) => ScriptRecord::Withheld {
            t_ms: millis(withheld.from),
            to_ms: millis(withheld.to),
            reason: withheld.reason.name(),
        },
    }
}

fn edit(event: &ScriptEvent) -> Edit {
    let (modifiers, key) = parse(&event.key);
    if event.paste.is_some() {
        return Edit::Paste(event.paste.as_deref().map(Into::into));
    }
    let shift = modifiers.contains(Modifiers::SHIFT);
    let chords = [Modifiers::CONTROL, Modifiers::ALT, Modifiers::META].into_iter().any(|held| modifiers.contains(held));
    let text = match key {
        _ if chords || is_name(key) => String::new(),
        _ if shift => key.to_uppercase(),
        _ => key.to_owned(),
    };
    Edit::from_key(key, &text, modifiers)
}

/// Modifiers and key of a name such as `Ctrl+Shift+ArrowLeft`.
fn parse(name: &str) -> (Modifiers, &str) {
    let (mut modifiers, mut key) = (Modifiers::NONE, name);
    while let Some((first, rest)) = key.split_once('+').filter(|(_, rest)| !rest.is_empty()) {
        let modifier = match first.to_ascii_lowercase().as_str() {
            "ctrl" | "control" => Modifiers::CONTROL,
            "shift" => Modifiers::SHIFT,
            "alt" | "option" => Modifiers::ALT,
            "meta" | "cmd" | "command" | "super" | "win" => Modifiers::META,
            "altgr" | "altgraph" => Modifiers::ALT_GRAPH,
            _ => break,
        };
        modifiers = modifiers.with(modifier);
        key = rest;
    }
    let key = match key {
        "Space" | "Spacebar" => " ",
        "Return" => "Enter",
        "BackSpace" => "Backspace",
        "Esc" => "Escape",
        "Del" => "Delete",
        "Left" => "ArrowLeft",
        "Right" => "ArrowRight",
        "Up" => "ArrowUp",
        "Down" => "ArrowDown",
        key => key,
    };
    (modifiers, key)
}

/// Whether it names a key, rather than being the text that a key types.
fn is_name(key: &str) -> bool {
    key.len() > 1 && key.is_ascii() && key.starts_with(|first: char| first.is_ascii_uppercase())
}

//! The hold of typed text: sessions wait, in memory only, until they have been left and judged.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::Find;
use super::edit::{Edit, Leave};
use super::field::Glyph;
use super::judge::{Marks, Past, Press, judge};
use super::placeholder::Label;
use super::role::{FieldId, Role, Secrets};
use super::session::{Act, Entry, Kept, Reason, Session, Stroke, Withheld};
use crate::clock::Time;
use crate::event::Code;

/// What a waiting sample takes beside its text, about.
const ENTRY_BYTES: usize = 256;
/// Characters of a field that is remembered for what follows.
const PAST: usize = 4096;
/// How many presses that type may be the beginning of something when nobody goes on: more than half of the longest values that are typed by hand.
const BEGINNING: usize = 64;
/// Fields of a form, one after another with Tab, that wait for each other.
const CHAIN: usize = 32;
/// Presses that were told and whose keys did not go up yet: more than anybody holds down.
const TOLD: usize = 256;

/// How long and how much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a field must have been left.
    pub quiet: Duration,
    /// How long what may be a piece waits for the rest to be typed elsewhere.
    pub linger: Duration,
    /// How long a sample may wait in a field that is not left.
    pub time: Duration,
    /// How many presses may wait.
    pub presses: usize,
    /// How many bytes may wait, about.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { quiet: seconds(2), linger: seconds(30), time: seconds(600), presses: 8192, bytes: 4 << 20 }
    }
}

/// Holds typed text until it can be judged.
pub struct TypedHold<F, T> {
    find: F,
    limits: Limits,
    sessions: VecDeque<Session<T>>,
    secrets: Secrets,
    /// What was typed before the sessions that wait.
    past: Past,
    next_press: u64,
    /// Keys that are down, with the press.
    down: HashMap<Code, u64>,
    /// Presses that were told: only their keys are told to go up.
    told: VecDeque<u64>,
    presses: usize,
    bytes: usize,
    /// Time of the last record that came out.
    after: Time,
    ready: Vec<Kept<T>>,
    /// When something sensitive began to be typed, or what nobody could judge.
    found: Vec<Time>,
}

impl<F: Find, T> TypedHold<F, T> {
    /// An empty hold; the field that has the keyboard is of this role.
    pub fn new(find: F, limits: Limits, role: Role) -> Self {
        Self {
            find,
            limits,
            sessions: VecDeque::from([Session::new(role)]),
            secrets: Secrets::default(),
            past: Past::default(),
            next_press: 0,
            down: HashMap::new(),
            told: VecDeque::new(),
            presses: 0,
            bytes: 0,
            after: Time::ZERO,
            ready: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Another field has the keyboard from `time` on, or more is known of the one that has it.
    pub fn focus(&mut self, time: Time, field: Option<FieldId>, role: Role) {
        let role = self.secrets.role(field, role);
        match self.sessions.back() {
            // Where Tab went, or the first field; the same one.
            Some(session) if session.entries.is_empty() => {}
            Some(session) if field.is_some() && session.field == field && session.role == role => return,
            _ => self.leave(time, Leave::Away, role),
        }
        if let Some(session) = self.sessions.back_mut() {
            (session.role, session.field) = (role, field);
        }
        if role == Role::Password && field.is_some() {
            self.withhold_field(field);
        }
    }

    /// The contributor clicked: the caret may be anywhere now.
    pub fn click(&mut self, time: Time) {
        match self.sessions.back() {
            Some(session) if !session.entries.is_empty() => self.leave(time, Leave::Click, session.role),
            _ => {}
        }
    }

    /// Takes a sample of the keyboard.
    pub fn push(&mut self, time: Time, stroke: Stroke, payload: T) {
        let Some(session) = self.sessions.back_mut() else { return };
        let role = session.role;
        let mut left = None;
        let (act, text) = match stroke {
            Stroke::Down(code, edit) => {
                let number = self.next_press;
                self.next_press += 1;
                self.down.insert(code, number);
                if let Edit::Leave(leave) = edit {
                    left = Some(leave);
                }
                let text = text_bytes(&edit);
                (Act::Press { number, edit }, text)
            }
            Stroke::Up(code) => (Act::Lift(self.down.remove(&code)), 0),
            Stroke::Modifiers => (Act::Modifiers, 0),
            Stroke::Aside => (Act::Aside, 0),
        };
        if role == Role::Password && !matches!(act, Act::Aside) {
            self.withhold(Withheld { from: time, to: time, reason: Reason::SecretField });
        } else {
            self.presses += usize::from(matches!(act, Act::Press { .. }));
            self.bytes += ENTRY_BYTES + text;
            session.entries.push(Entry { time, act, payload: Some(payload) });
        }
        if let Some(leave) = left {
            // Where Tab goes, nobody has said yet.
            self.leave(time, leave, role);
        }
        self.bound(time);
    }

    /// What can be told by `now`, in its order.
    pub fn release(&mut self, now: Time) -> Vec<Kept<T>> {
        self.bound(now);
        let ready = self.count_ready(now);
        self.judge(ready);
        if self.is_empty() && now.since(self.after) > self.limits.time {
            // Nothing that comes will be a piece of what was so long ago.
            self.past = Past::default();
        }
        std::mem::take(&mut self.ready)
    }

    /// Everything that waits, the field having been left.
    pub fn end(&mut self, now: Time) -> Vec<Kept<T>> {
        self.leave(now, Leave::Away, Role::Unknown);
        self.judge(self.sessions.len());
        std::mem::take(&mut self.ready)
    }

    /// Everything that waits, the last field not having been left: what may be the beginning of something at its end is not told.
    pub fn cut(&mut self, now: Time) -> Vec<Kept<T>> {
        let last = self.sessions.back().filter(|session| session.role == Role::Known);
        let unfinished = last.map(|session| session.last_piece(BEGINNING)).unwrap_or_default();
        self.leave(now, Leave::Away, Role::Unknown);
        self.judge_with(self.sessions.len(), &unfinished);
        std::mem::take(&mut self.ready)
    }

    /// When something may be ready that is not now.
    pub fn next_release(&self) -> Option<Time> {
        let first = self.sessions.front()?;
        let bound = first.began().map(|began| began.after(self.limits.time));
        let over = first.ended.map(|(ended, _)| self.ready_at(0, ended));
        [bound, over].into_iter().flatten().min()
    }

    /// When the first sample came that waits.
    pub fn began(&self) -> Option<Time> {
        self.sessions.iter().find_map(Session::began)
    }

    /// Since when there is typed text that was not judged.
    pub fn waits_since(&self) -> Option<Time> {
        self.sessions.iter().find_map(Session::types_since)
    }

    /// When something sensitive began to be typed, whether its field is known or not, or what nobody could judge; since this was last asked.
    pub fn take_found(&mut self) -> Vec<Time> {
        std::mem::take(&mut self.found)
    }

    fn is_empty(&self) -> bool {
        self.sessions.iter().all(|session| session.entries.is_empty())
    }

    fn leave(&mut self, time: Time, leave: Leave, role: Role) {
        if let Some(session) = self.sessions.back_mut() {
            session.ended = Some((time, leave));
        }
        if matches!(leave, Leave::Away | Leave::Click) {
            // No key says so, so it gets a press of its own, which nobody is told.
            let number = self.next_press;
            self.next_press += 1;
            if let Some(session) = self.sessions.back_mut() {
                session.entries.push(Entry {
                    time,
                    act: Act::Press { number, edit: Edit::Leave(leave) },
                    payload: None,
                });
                self.presses += 1;
                self.bytes += ENTRY_BYTES;
            }
        }
        self.sessions.push_back(Session::new(role));
    }

    /// How many sessions from the front can be judged.
    fn count_ready(&self, now: Time) -> usize {
        let is_ready = |(at, session): (usize, &Session<T>)| {
            session.ended.is_some_and(|(ended, _)| self.ready_at(at, ended) <= now)
        };
        self.sessions.iter().enumerate().take_while(|session| is_ready(*session)).count()
    }

    /// When a session that ended then can be judged, if nothing else happens.
    fn ready_at(&self, at: usize, ended: Time) -> Time {
        let limits = &self.limits;
        let quiet = ended.after(limits.quiet);
        let by_tab = |session: &Session<T>| matches!(session.ended, Some((_, Leave::Next | Leave::Previous)));
        let chain = self.sessions.iter().skip(at).take_while(|session| by_tab(session)).count();
        let lingers = match chain {
            0 => ended.after(if self.sessions[at].is_piece() { limits.linger } else { limits.quiet }),
            CHAIN.. => quiet,
            // As long as somebody goes on through the form.
            chain => {
                let (before, last) = (&self.sessions[at + chain - 1], &self.sessions[at + chain]);
                let active = last.last().or(before.last()).unwrap_or(ended);
                let left = last.ended.is_some() && !self.sessions[at].is_piece();
                active.after(if left { limits.quiet } else { limits.linger })
            }
        };
        quiet.max(lingers)
    }

    /// Withholds what has waited for too long or takes too much, and was not left.
    fn bound(&mut self, now: Time) {
        let too_much = |hold: &Self| hold.presses > hold.limits.presses || hold.bytes > hold.limits.bytes;
        loop {
            let too_long =
                self.sessions.front().and_then(Session::began).is_some_and(|began| now.since(began) > self.limits.time);
            if !too_long && !too_much(self) {
                return;
            }
            match self.sessions.front().is_some_and(|first| first.is_over(now, self.limits.quiet)) {
                true => self.judge(1),
                false => self.overflow(),
            }
        }
    }

    /// What waits of a field is withheld, because it turned out to be a secret one.
    fn withhold_field(&mut self, field: Option<FieldId>) {
        for at in 0..self.sessions.len() {
            if self.sessions[at].field == field {
                self.withhold_session(at, Reason::SecretField);
            }
        }
    }

    /// What was typed at `time` turned out to be a secret: it is withheld with everything that was typed with it.
    pub fn withhold_with(&mut self, time: Time) {
        let holds = |session: &Session<T>| session.entries.iter().any(|entry| entry.time == time);
        if let Some(at) = self.sessions.iter().position(holds) {
            self.withhold_session(at, Reason::SecretField);
        }
    }

    /// Withholds all of the first session that waits so far.
    fn overflow(&mut self) {
        self.withhold_session(0, Reason::HoldFull);
        if self.sessions.front().is_some_and(|session| session.ended.is_some()) {
            self.sessions.pop_front();
        }
    }

    /// What a session holds so far becomes the past, and is told to nobody. A secret is not remembered either.
    fn withhold_session(&mut self, at: usize, reason: Reason) {
        let Some(session) = self.sessions.get_mut(at) else { return };
        let entries = std::mem::take(&mut session.entries);
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        let withheld = Withheld { from: first.time, to: last.time, reason };
        self.count_out(&entries);
        if reason != Reason::SecretField {
            self.found.push(first.time);
            self.remember(&entries);
        }
        self.withhold(withheld);
    }

    fn judge(&mut self, ready: usize) {
        self.judge_with(ready, &[]);
    }

    /// Judges the first sessions in the light of all that is known, and lets them go. `unfinished` are presses that are not told anyway.
    fn judge_with(&mut self, ready: usize, unfinished: &[u64]) {
        if ready == 0 {
            return;
        }
        let Some(mut marks) = self.marks() else { return self.fail(ready) };
        for press in unfinished {
            marks.entry(*press).or_insert(Label::Unfinished);
        }
        for _ in 0..ready {
            let Some(session) = self.sessions.pop_front() else { break };
            self.count_out(&session.entries);
            self.remember(&session.entries);
            self.found.extend(session.first_marked(&marks));
            if session.role != Role::Known {
                session.mark_unknown(&mut marks);
            }
            self.ready.extend(session.release(&marks, &mut self.told, &mut self.after));
            let surplus = self.told.len().saturating_sub(TOLD);
            self.told.drain(..surplus);
        }
        if self.sessions.is_empty() {
            self.sessions.push_back(Session::new(Role::Unknown));
        }
        if self.is_empty() {
            self.past.forms.settle();
        }
    }

    /// What must not be told; `None` when the detectors fail.
    fn marks(&self) -> Option<Marks> {
        let presses: Vec<Press<'_>> = self
            .sessions
            .iter()
            .enumerate()
            .flat_map(|(at, session)| session.presses().map(move |(number, edit)| Press { number, edit, session: at }))
            .collect();
        let clicked = |session: &Session<T>| matches!(session.ended, Some((_, Leave::Click)));
        let clicks: BTreeSet<usize> =
            self.sessions.iter().enumerate().filter(|(_, session)| clicked(session)).map(|(at, _)| at).collect();
        catch_unwind(AssertUnwindSafe(|| judge(&self.find, &self.past, &presses, &clicks))).ok()
    }

    /// Nothing of the first sessions is told, because nobody judged them.
    fn fail(&mut self, ready: usize) {
        for _ in 0..ready {
            self.withhold_session(0, Reason::DetectorFailed);
            self.sessions.pop_front();
        }
        if self.sessions.is_empty() {
            self.sessions.push_back(Session::new(Role::Unknown));
        }
    }

    /// What was typed becomes the past.
    fn remember(&mut self, entries: &[Entry<T>]) {
        for (number, edit) in entries.iter().filter_map(Entry::press) {
            self.past.pass(edit, number);
        }
        let surplus = self.past.raw.len().saturating_sub(PAST);
        self.past.raw.drain(..surplus);
        self.past.forms.trim(PAST);
    }

    fn count_out(&mut self, entries: &[Entry<T>]) {
        let presses = entries.iter().filter_map(Entry::press);
        let (count, text) = presses.fold((0, 0), |(count, text), (_, edit)| (count + 1, text + text_bytes(edit)));
        self.presses -= count;
        self.bytes -= entries.len() * ENTRY_BYTES + text;
    }

    /// Withheld samples of one reason, one after another, are told as one: their number would tell.
    fn withhold(&mut self, withheld: Withheld) {
        if let Some(Kept::Withheld(last)) = self.ready.last_mut()
            && last.reason == withheld.reason
        {
            last.to = withheld.to;
            return;
        }
        self.ready.push(Kept::Withheld(withheld));
    }
}

fn text_bytes(edit: &Edit) -> usize {
    match edit {
        // Each character is remembered with its press, in more than one account.
        Edit::Insert(text) | Edit::Paste(Some(text)) => text.len() * size_of::<Glyph>(),
        _ => 0,
    }
}

//! The hold of typed text: sessions wait, in memory only, until they have been left and judged.

mod bound;
mod leave;

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::Find;
use super::boxes;
use super::edit::{Edit, Leave};
use super::glyph::Glyph;
use super::judge::{Judged, Past, budget, judge};
use super::marks::{Marks, Press};
use super::role::{FieldId, Role, Secrets};
use super::session::{Act, Entry, Kept, Reason, Session, Stroke, Withheld};
use super::stand_in::Label;
use super::uncertain::Clicks;
use super::value::{Known, Value};
use super::work::{Exhausted, Work};
use crate::clock::Time;
use crate::event::Code;

/// What a waiting sample takes beside its text, about.
const ENTRY_BYTES: usize = 256;
/// Characters of a field that is remembered for what follows.
const PAST: usize = 2048;
/// How many presses that type may be the beginning of something when nobody goes on: more than half of the longest values that are typed by hand.
const BEGINNING: usize = 64;
/// Fields of a form, one after another with Tab, that wait for each other.
const CHAIN: usize = 32;
/// A judgement is followed by a rest of so many nanoseconds for each character that it looked at: judging takes a twentieth of a processor at most.
/// Nobody sees that after a few keys; who fills the hold again and again waits for two seconds.
const REST: u64 = 70;

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
    /// Values that were found in it.
    known: Known,
    /// When the last of it was typed, told or not, or given up in a field that was not left; nothing where there is none.
    past_until: Option<Time>,
    next_press: u64,
    /// The field that had the keyboard last, where that is known, and how the last one was left.
    field: Option<FieldId>,
    left: Option<Leave>,
    /// Keys that are down, with the press.
    down: HashMap<Code, u64>,
    /// Presses that were told: only their keys are told to go up.
    told: VecDeque<u64>,
    presses: usize,
    bytes: usize,
    /// Time of the last record that came out.
    after: Time,
    ready: Vec<Kept<T>>,
    /// Whether the last session that is over was a piece, and a click ended it.
    clicked: bool,
    /// Whether the last session that is over was of a row of boxes that goes on.
    in_row: bool,
    /// What was found of all that waits, as long as nothing was added since.
    judged: Option<Judged>,
    /// Until when nothing is judged that need not be.
    rests_until: Time,
    /// What judging took since the last rest.
    took: u64,
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
            known: Known::default(),
            past_until: None,
            next_press: 0,
            field: None,
            left: None,
            down: HashMap::new(),
            told: VecDeque::new(),
            presses: 0,
            bytes: 0,
            after: Time::ZERO,
            ready: Vec::new(),
            clicked: false,
            in_row: false,
            judged: None,
            rests_until: Time::ZERO,
            took: 0,
        }
    }

    /// Another field has the keyboard from `time` on, or more is known of the one that has it.
    pub fn focus(&mut self, time: Time, field: Option<FieldId>, role: Role) {
        let role = self.secrets.role(field, role);
        match self.sessions.back() {
            // Where Tab went, or the first field; the same one.
            Some(session) if session.entries.is_empty() => self.arrive(time, field),
            Some(session) if field.is_some() && session.field == field && session.role == role => return,
            _ => self.leave(time, Leave::Away, role),
        }
        self.field = field;
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
        self.judged = None;
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
            let (reason, field) = (Reason::SecretField, session.field);
            self.withhold(Withheld { from: time, to: time, reason, field });
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
        if self.judged.is_some() || now >= self.rests_until {
            let ready = self.count_ready(now);
            self.judge(ready);
            self.rest(now);
        }
        let is_long_ago = |until: Time| now.since(until) > self.limits.time;
        if self.is_empty() && self.past_until.is_some_and(is_long_ago) {
            // Nothing that comes will be a piece of what was so long ago.
            self.forget_past();
            self.past_until = None;
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

    /// Erases what was typed before what waits, as if it had never been.
    pub fn forget_past(&mut self) {
        (self.past, self.known) = (Past::default(), Known::default());
        self.judged = None;
    }

    /// When something may be ready that is not now.
    pub fn next_release(&self) -> Option<Time> {
        let first = self.sessions.front()?;
        let bound = first.began().map(|began| began.after(self.limits.time));
        let over = first.ended.map(|(ended, _)| self.ready_at(0, ended).max(self.rests_until));
        [bound, over].into_iter().flatten().min()
    }

    /// When the first sample came that waits.
    pub fn began(&self) -> Option<Time> {
        self.sessions.iter().find_map(Session::began)
    }

    /// When the first key was pressed that may show text, of each field that waits.
    pub fn shown_since(&self) -> impl Iterator<Item = Time> {
        self.sessions.iter().filter_map(Session::shown_since)
    }

    /// When the first sample came that waits in this field.
    pub fn began_in(&self, field: FieldId) -> Option<Time> {
        self.sessions.iter().filter(|session| session.field == Some(field)).find_map(Session::began)
    }

    /// What judging took since the last rest.
    #[cfg(test)]
    pub(super) fn took(&self) -> u64 {
        self.took
    }

    fn is_empty(&self) -> bool {
        self.sessions.iter().all(|session| session.entries.is_empty())
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
        let chain = self.sessions.iter().skip(at).take(CHAIN).take_while(|session| by_tab(session)).count();
        let lingers = match chain {
            0 => ended.after(if self.sessions[at].is_piece { limits.linger } else { limits.quiet }),
            CHAIN.. => quiet,
            // As long as somebody goes on through the form.
            chain => {
                let (before, last) = (&self.sessions[at + chain - 1], &self.sessions[at + chain]);
                let active = last.last().or(before.last()).unwrap_or(ended);
                let left = last.ended.is_some() && !self.sessions[at].is_piece;
                active.after(if left { limits.quiet } else { limits.linger })
            }
        };
        quiet.max(lingers)
    }

    /// Lets some time pass after a judgement.
    fn rest(&mut self, now: Time) {
        let took = std::mem::take(&mut self.took);
        if took > 0 {
            self.rests_until = now.after(Duration::from_nanos(took.saturating_mul(REST)));
        }
    }

    fn judge(&mut self, ready: usize) {
        self.judge_with(ready, &[]);
    }

    /// Judges the first sessions in the light of all that is known, and lets them go. `unfinished` are presses that are not told anyway.
    fn judge_with(&mut self, ready: usize, unfinished: &[u64]) {
        if ready == 0 {
            return;
        }
        let judged = self.judged.take().map_or_else(|| self.marks(), Ok);
        let mut judged = match judged {
            Ok(judged) => judged,
            Err(reason) => return self.fail(ready, reason),
        };
        let marks = &mut judged.marks;
        for press in unfinished {
            marks.entry(*press).or_insert(Label::Unfinished);
        }
        for _ in 0..ready {
            let Some(session) = self.sessions.pop_front() else { break };
            self.count_out(&session.entries);
            self.clicked = session.is_clicked_piece();
            let is_hidden = session.presses().any(|(number, _)| marks.contains_key(&number));
            self.in_row = is_hidden && boxes::moves_on(&session);
            if session.role != Role::Known {
                session.mark_unknown(marks);
            }
            self.remember(&session.entries, |press| !marks.contains_key(&press));
            self.ready.extend(session.release(marks, &mut self.told, &mut self.after));
        }
        self.learn(&mut judged);
        if self.sessions.is_empty() {
            self.sessions.push_back(Session::new(Role::Unknown));
        }
        match self.is_empty() {
            true => self.past.settle(),
            false => self.judged = Some(judged),
        }
    }

    /// What must not be told, or why nobody can say.
    fn marks(&mut self) -> Result<Judged, Reason> {
        if self.sessions.iter().all(|session| session.role != Role::Known) {
            // Of none of them anything is told but kinds of keys.
            return Ok(Judged { marks: Marks::default(), values: Vec::new() });
        }
        let presses: Vec<Press<'_>> = self
            .sessions
            .iter()
            .enumerate()
            .flat_map(|(at, session)| session.presses().map(move |(number, edit)| Press { number, edit, session: at }))
            .collect();
        let clicked = |session: &Session<T>| matches!(session.ended, Some((_, Leave::Click)));
        let ended =
            self.sessions.iter().enumerate().filter(|(_, session)| clicked(session)).map(|(at, _)| at).collect();
        let clicks = Clicks { ended, before: self.clicked };
        let mut work = budget(presses.len());
        let judging = AssertUnwindSafe(|| judge(&self.find, (&self.past, &self.known), &presses, &clicks, &mut work));
        let judged = catch_unwind(judging);
        self.took += work.spent();
        match judged {
            Ok(Ok(mut judged)) => {
                for press in boxes::in_rows(&self.sessions, self.in_row) {
                    judged.marks.entry(press).or_insert(Label::Uncertain);
                }
                Ok(judged)
            }
            Ok(Err(Exhausted)) => Err(Reason::HoldFull),
            Err(_) => Err(Reason::DetectorFailed),
        }
    }

    /// The values of what was let go are known from now on; those of what waits are found again, unless it turns out to be a secret.
    fn learn(&mut self, judged: &mut Judged) {
        let waiting = self.sessions.iter().find_map(|session| session.presses().next());
        let first = waiting.map_or(self.next_press, |(number, _)| number);
        let values = std::mem::take(&mut judged.values);
        let (known, waiting): (Vec<Value>, Vec<Value>) = values.into_iter().partition(|value| value.is_before(first));
        judged.values = waiting;
        known.into_iter().for_each(|value| self.known.add(value));
    }

    /// What was typed becomes the past.
    fn remember(&mut self, entries: &[Entry<T>], is_told: impl Fn(u64) -> bool) {
        for (number, edit) in entries.iter().filter_map(Entry::press) {
            self.past.pass(edit, number, &mut Work::unbounded());
            if is_told(number) {
                self.past.tell(edit, number);
            }
        }
        self.past.trim(PAST);
        self.past_until = self.past_until.max(entries.last().map(|entry| entry.time));
    }

    fn count_out(&mut self, entries: &[Entry<T>]) {
        let presses = entries.iter().filter_map(Entry::press);
        let (count, text) = presses.fold((0, 0), |(count, text), (_, edit)| (count + 1, text + text_bytes(edit)));
        self.presses -= count;
        self.bytes -= entries.len() * ENTRY_BYTES + text;
    }
}

fn text_bytes(edit: &Edit) -> usize {
    match edit {
        // Each character is remembered with its press, in more than one account.
        Edit::Insert(text) | Edit::Paste(Some(text)) => text.len() * size_of::<Glyph>(),
        _ => 0,
    }
}

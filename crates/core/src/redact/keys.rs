//! What of the keyboard may be recorded: first who had the focus decides, then in which field, then what the keys made there.
//!
//! ```text
//! key ── waits until late news of the focus is in ──┐
//! focus, element, click ── waits as long ───────────┴─ in the order of time ── typed text ── verdicts
//! ```

use std::collections::VecDeque;

use super::Redacted;
use super::echo::Echo;
use super::focus::{Focus, Timeline, Trust};
use crate::class_name::ClassName;
use crate::clock::Time;
use crate::detect::{Class, Detector};
use crate::event::{KeyboardAction, KeyboardEvent, Modifiers, Placeholder, Sample};
use crate::gate::{Admitted, GUARD};
use crate::hold::Hold;
use crate::journal::WithheldReason;
use crate::mask::Exposure;
use crate::typed::{
    Edit, FieldId, Find, Kept, Label, Leave, Limits, Reason, Role, StandIn, Stroke, TypedHold, Visible, Withheld,
};

/// Memory for keys that wait for news of the focus.
const HOLD_BYTES: usize = 8 << 20;
/// Elements that are remembered to show nothing.
const BLANK: usize = 64;
/// About what a waiting key takes.
const KEY_BYTES: usize = 256;

/// A judgement on the keyboard, in the order of time.
#[derive(Debug)]
pub enum Verdict {
    /// This may be recorded: a key as it was, or what stands for some.
    Keep(Redacted<KeyboardEvent>),
    /// Nothing is recorded of a span.
    Withhold(Span),
}

/// A span of the keyboard of which something is not told, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
    /// Why.
    pub reason: WithheldReason,
    /// What it was, where the detectors say so.
    pub class: Option<Class>,
}

/// A field, as far as keys care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number.
    pub id: FieldId,
    /// What kind of field it is.
    pub role: Role,
    /// Whether what is typed may be seen in it: a button shows nothing of that.
    pub shows: bool,
}

/// What is known of the field that has the keyboard.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Another window has it, or none.
    Window(Focus),
    /// An element has it.
    Element(FieldId, Role),
    /// The contributor clicked.
    Click,
}

/// The keyboard's way from the gate to the writer.
pub struct Keys<F> {
    waiting: Hold<KeyboardEvent>,
    /// When those of them were pressed by which the keyboard goes to another field.
    moves: VecDeque<Time>,
    focus: Timeline,
    /// When the keyboard moved on last, to another window or by a click.
    moved: Time,
    /// When the last change happened that was applied since no key waited: what comes later, and is older, was typed before it.
    settled: Time,
    /// What is to be applied between the keys, in the order of time.
    changes: VecDeque<(Time, Change)>,
    /// The element that was told last has the keyboard still: nothing happened that may have moved it on.
    resolved: bool,
    /// Whether elements are told at all in this window.
    told: bool,
    /// What was typed before was forgotten, in this window: nobody can tell what comes there is the rest of, until the keyboard is elsewhere.
    severed: Option<Option<u64>>,
    /// The focus by what was applied.
    current: Focus,
    /// Of the terminal that has the keyboard, where one is trusted.
    echo: Echo,
    typed: TypedHold<F, Sample<KeyboardEvent>>,
    /// Elements of those that were told last in which nothing that is typed can be seen.
    blank: VecDeque<FieldId>,
    verdicts: Vec<Verdict>,
    exposures: Vec<Exposure>,
}

impl Keys<Detector> {
    /// A keyboard of which nothing is known yet.
    pub fn new(detector: Detector) -> Self {
        Self::judged_by(detector, Limits::default())
    }
}

impl<F: Find> Keys<F> {
    fn judged_by(find: F, limits: Limits) -> Self {
        Self {
            waiting: Hold::new(GUARD, HOLD_BYTES),
            moves: VecDeque::new(),
            focus: Timeline::new(),
            moved: Time::ZERO,
            settled: Time::ZERO,
            changes: VecDeque::new(),
            resolved: false,
            told: false,
            severed: None,
            current: Focus::UNKNOWN,
            echo: Echo::default(),
            typed: TypedHold::new(find, limits, Role::Unknown),
            blank: VecDeque::new(),
            verdicts: Vec::new(),
            exposures: Vec::new(),
        }
    }

    /// Another window has the keyboard from `time` on, or none.
    pub fn window(&mut self, time: Time, focus: Focus) {
        self.focus.set(time, focus);
        self.change(time, Change::Window(focus));
    }

    /// This window turned out to be one that leaves nothing: of what waits nothing is told that was typed there.
    pub fn exclude(&mut self, window: u64) {
        self.focus.exclude(window);
        for (_, change) in &mut self.changes {
            if let Change::Window(focus) = change {
                *focus = focus.without(window);
            }
        }
        self.current = self.current.without(window);
        let focus = &self.focus;
        self.typed.exclude(|time| focus.at(time) == Focus::Withheld(WithheldReason::ExcludedApplication));
    }

    /// An element has the keyboard: this was told at `time`.
    pub fn element(&mut self, time: Time, field: Field) {
        let Field { id, role, shows } = field;
        self.blank.retain(|blank| *blank != id);
        if !shows {
            self.blank.push_back(id);
            while self.blank.len() > BLANK {
                self.blank.pop_front();
            }
        }
        self.change(time, Change::Element(id, role));
    }

    /// What windows show of what was judged, or may, since this was asked last.
    pub fn exposed(&mut self) -> Vec<Exposure> {
        std::mem::take(&mut self.exposures)
    }

    /// Where text may show that has not been judged, and since when: windows, where they are known.
    pub fn unjudged(&self) -> impl Iterator<Item = (Time, Option<u64>)> {
        let typed = self.typed.shown_since().map(|since| (since, self.focus.of_key(since).window()));
        self.waiting.next_time().map(|time| (time, None)).into_iter().chain(typed)
    }

    /// The contributor pressed a button of the pointer.
    pub fn click(&mut self, time: Time) {
        self.change(time, Change::Click);
    }

    /// Pixels of this terminal changed.
    pub fn show(&mut self, time: Time, window: u64) {
        self.echo.show(time, window);
    }

    /// Takes a sample of the keyboard that came at `now`.
    pub fn push(&mut self, sample: Admitted<KeyboardEvent>, now: Time) {
        let (time, moves) = (sample.time(), Edit::of(sample.value()).is_some_and(|edit| edit.goes_on()));
        if self.waiting.push(sample, now, KEY_BYTES).is_err() {
            return self.withhold(time, WithheldReason::HoldFull);
        }
        if moves {
            self.moves.push_back(time);
        }
    }

    /// Who has the focus by the latest report.
    pub fn focus(&self) -> Focus {
        self.focus.latest()
    }

    /// What can be told by `now`, in its order.
    pub fn release(&mut self, now: Time) -> Vec<Verdict> {
        while let Some(key) = self.waiting.release(now) {
            self.type_key(key);
        }
        // What moved the keyboard on behind a key that waits is applied when that key is typed.
        let settled = self.apply_until(now.before(GUARD).min(self.waiting.next_time().unwrap_or(Time::MAX)));
        self.settled = settled.map_or(self.settled, |settled| settled.max(self.settled));
        let unechoed = self.echo.unechoed(now);
        self.condemn(&unechoed);
        let kept = self.typed.release(now);
        self.tell(kept);
        // Keys of a backlog may be much older than the moment at which they came.
        let judged = [self.typed.began(), self.waiting.next_time()].into_iter().flatten().fold(now, Time::min);
        self.focus.forget_before(judged.before(GUARD * 4));
        std::mem::take(&mut self.verdicts)
    }

    /// Everything that waits, because nothing comes after it for now: a pause, the end. What may be the beginning of something is not told.
    pub fn cut(&mut self, now: Time) -> Vec<Verdict> {
        while let Some(key) = self.waiting.pop() {
            self.type_key(key);
        }
        self.apply_until(now);
        let unechoed = self.echo.end();
        self.condemn(&unechoed);
        let kept = self.typed.cut(now);
        self.tell(kept);
        std::mem::take(&mut self.verdicts)
    }

    /// Erases keys that `keep` does not want, as far as nobody judged them yet. Answers the time of the first of them.
    pub fn retain(&mut self, keep: impl Fn(Time) -> bool) -> Option<Time> {
        self.moves.retain(|time| keep(*time));
        self.waiting.retain(keep)
    }

    /// When the last key came that waits for news of the focus.
    pub fn latest(&self) -> Option<Time> {
        self.waiting.latest()
    }

    /// What was typed, and has been judged, is not remembered for what is typed next. That may be the rest of it: of the field that has
    /// the keyboard only kinds of keys are told from now on.
    pub fn sever(&mut self) {
        self.typed.forget_past();
        self.severed = Some(self.current.window());
        let role = self.role(Role::Unknown);
        self.typed.focus(Time::ZERO, None, role);
    }

    /// When something may be ready that is not now.
    pub fn next_release(&self) -> Option<Time> {
        let change = || self.changes.front().map(|(time, _)| time.after(GUARD));
        [self.waiting.next_release().or_else(change), self.echo.next(), self.typed.next_release()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Why a key of this time cannot be told, whatever it made: of its window, or because the keyboard is known to have moved on since. Where
    /// it was then, nobody knows any more: the machine slept, or was that busy.
    fn out_of_place(&self, time: Time) -> Option<WithheldReason> {
        match self.focus.of_key(time) {
            Focus::Withheld(reason) => Some(reason),
            _ => (time < self.settled).then_some(WithheldReason::UnknownFocus),
        }
    }

    fn change(&mut self, time: Time, change: Change) {
        let at = self.changes.partition_point(|(since, _)| *since <= time);
        self.changes.insert(at, (time, change));
    }

    /// Answers when the last of what was applied happened.
    fn apply_until(&mut self, time: Time) -> Option<Time> {
        let mut last = None;
        while let Some((since, change)) = self.changes.front().copied().filter(|(since, _)| *since <= time) {
            self.changes.pop_front();
            self.apply(since, change);
            last = Some(since);
        }
        last
    }

    fn apply(&mut self, time: Time, change: Change) {
        match change {
            Change::Window(focus) => {
                let unechoed = self.echo.end();
                self.condemn(&unechoed);
                self.current = focus;
                if focus.is_allowed() && self.severed.is_some_and(|severed| severed != focus.window()) {
                    self.severed = None;
                }
                self.told = false;
                self.move_on(time);
            }
            Change::Click => {
                self.severed = None;
                self.typed.click(time);
                self.move_on(time);
            }
            // News of a field that had the keyboard before it moved on says nothing of where it is now.
            Change::Element(_, role) if time < self.moved && role != Role::Password => {}
            Change::Element(field, role) => {
                (self.resolved, self.told) = (true, true);
                if role == Role::Password {
                    self.expose_secret(time, field);
                }
                let role = if role == Role::Password { role } else { self.role(role) };
                self.typed.focus(time, Some(field), role);
            }
        }
    }

    /// The keyboard may be anywhere now: until an element is told, only an application that is trusted is.
    fn move_on(&mut self, time: Time) {
        self.moved = self.moved.max(time);
        self.resolved = false;
        self.typed.focus(time, None, self.role(Role::Unknown));
    }

    /// The role of a field of which `told` is known.
    fn role(&self, told: Role) -> Role {
        match self.current {
            _ if self.severed.is_some() => Role::Unknown,
            Focus::Allowed { trust: Trust::Typed | Trust::Shown, .. } => Role::Known,
            _ => told,
        }
    }

    /// News of elements comes late: what is told soon after a key, nothing having moved the keyboard on in between, is told of the field that the key went to.
    fn hear_ahead(&mut self, time: Time) {
        let horizon = time.after(GUARD);
        let moves_on = self.moves.front().copied().unwrap_or(Time::MAX);
        let mut at = 0;
        while let Some((told, Change::Element(field, role))) = self.changes.get(at).copied() {
            if told > horizon || told >= moves_on {
                return;
            }
            // A secret one may have had the keyboard for a while; of others it is enough to know one.
            if self.resolved && role != Role::Password {
                at += 1;
                continue;
            }
            self.changes.remove(at);
            self.apply(time, Change::Element(field, role));
            if role == Role::Password {
                return;
            }
        }
    }

    fn type_key(&mut self, key: Admitted<KeyboardEvent>) {
        let time = key.time();
        self.apply_until(time);
        let stroke = stroke(key.value());
        let goes_on = matches!(&stroke, Stroke::Down(_, edit) if edit.goes_on());
        if goes_on {
            self.moves.pop_front();
        } else {
            self.hear_ahead(time);
        }
        if !matches!(stroke, Stroke::Modifiers | Stroke::Aside)
            && let Some(reason) = self.out_of_place(time)
        {
            if time < self.settled
                && matches!(&stroke, Stroke::Down(_, edit) if !matches!(edit, Edit::Modifier | Edit::Nothing))
            {
                self.typed.miss(time);
            }
            return self.withhold(time, reason);
        }
        if let Focus::Allowed { trust: Trust::Shown, window } = self.current {
            match &stroke {
                Stroke::Down(_, Edit::Insert(_)) => self.echo.press(time, window),
                Stroke::Down(_, Edit::Leave(Leave::Enter)) => self.echo.enter(time),
                _ => {}
            }
        }
        self.typed.push(time, stroke, key.into_sample());
        let severed = goes_on && self.severed.take().is_some();
        if severed || (goes_on && self.told) {
            // The element that has the keyboard next is told, or nobody knows it.
            self.move_on(time);
        }
    }

    /// A secret field has the keyboard, or had it then.
    fn expose_secret(&mut self, time: Time, field: FieldId) {
        let since = time.before(GUARD).min(self.typed.began_in(field).unwrap_or(Time::MAX));
        let windows = [self.current.window(), self.focus.of_key(time).window()];
        let exposure = |window| Exposure { window, field: Some(field), reason: WithheldReason::SecretField, since };
        self.exposures.extend(windows.into_iter().flatten().map(exposure));
    }

    /// What is not told may be seen where it was typed.
    fn expose(&mut self, reason: WithheldReason, since: Time, field: Option<FieldId>) {
        let window = self.focus.of_key(since).window();
        self.exposures.extend(window.map(|window| Exposure { window, field, reason, since }));
    }

    /// A terminal did not show these: they, and what was typed with them, are a secret.
    fn condemn(&mut self, presses: &[Time]) {
        presses.iter().for_each(|press| self.typed.withhold_with(*press));
    }

    fn withhold(&mut self, time: Time, reason: WithheldReason) {
        self.verdicts.push(Verdict::Withhold(Span { from: time, to: time, reason, class: None }));
    }

    fn tell(&mut self, kept: Vec<Kept<Sample<KeyboardEvent>>>) {
        for kept in kept {
            match kept {
                Kept::Exact(sample) => self.verdicts.push(Verdict::Keep(Redacted(sample))),
                Kept::Redacted(stand_in) => self.stand_in(stand_in),
                Kept::Withheld(withheld) => {
                    let span = span(withheld);
                    // Of a secret field it is known from when on it had the keyboard; a terminal's secret is one because it did not show. A window
                    // that leaves nothing is painted over anyway.
                    if !matches!(span.reason, WithheldReason::SecretField | WithheldReason::ExcludedApplication) {
                        for window in self.focus.windows(span.from, span.to) {
                            let (reason, since, field) = (span.reason, span.from, withheld.field);
                            self.exposures.push(Exposure { window, field, reason, since });
                        }
                    }
                    self.verdicts.push(Verdict::Withhold(span));
                }
            }
        }
    }

    fn stand_in(&mut self, StandIn { time, label, keys, visible }: StandIn) {
        let class = match label {
            Label::Found(class) => Some(class),
            Label::Uncertain | Label::UnknownField | Label::Unfinished => None,
        };
        let reason = match label {
            Label::UnknownField => WithheldReason::UnknownField,
            Label::Found(_) | Label::Uncertain | Label::Unfinished => WithheldReason::SensitiveContent,
        };
        let Visible { since, field, types } = visible;
        let is_blank = label == Label::UnknownField && field.is_some_and(|field| self.blank.contains(&field));
        if types && !is_blank {
            self.expose(reason, since, field);
        }
        let action = KeyboardAction::Redacted(Placeholder { class: ClassName::from_static(label.name()), keys });
        let value = KeyboardEvent { modifiers: Modifiers::NONE, injected: false, action };
        self.verdicts.push(Verdict::Keep(Redacted(Sample { time, value })));
        self.verdicts.push(Verdict::Withhold(Span { from: time, to: time, reason, class }));
    }
}

/// What a sample is to typed text.
fn stroke(event: &KeyboardEvent) -> Stroke {
    match &event.action {
        KeyboardAction::Down { key, .. } => {
            Edit::of(event).map_or(Stroke::Aside, |edit| Stroke::Down(key.code.clone(), edit))
        }
        KeyboardAction::Up { key } => Stroke::Up(key.code.clone()),
        KeyboardAction::Modifiers => Stroke::Modifiers,
        KeyboardAction::Layout(_) | KeyboardAction::Redacted(_) => Stroke::Aside,
    }
}

/// A span of a field that is not told.
fn span(Withheld { from, to, reason, .. }: Withheld) -> Span {
    let reason = match reason {
        Reason::SecretField => WithheldReason::SecretField,
        Reason::Excluded => WithheldReason::ExcludedApplication,
        Reason::HoldFull => WithheldReason::HoldFull,
        Reason::DetectorFailed => WithheldReason::DetectorFailed,
        Reason::Misplaced => WithheldReason::UnknownFocus,
    };
    Span { from, to, reason, class: None }
}

#[cfg(test)]
mod tests;

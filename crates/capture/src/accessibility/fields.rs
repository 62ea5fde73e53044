//! The elements that had the keyboard, by their numbers: which objects they are, what of them was told, and which of them are watched.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use understudy_core::backend::Held;

use super::bus::Object;
use super::fate::Fate;

/// How many elements are remembered.
const REMEMBERED: usize = 256;
/// How long until those that are watched are asked again.
const INTERVAL: Duration = Duration::from_secs(1);
/// An application that does not answer is asked half as often each time, down to once in two to the power of this many turns.
const SELDOM: u32 = 6;

/// Numbers elements, and remembers them over a pause: the same ones have the same numbers whenever the platform is opened again.
pub(crate) struct Fields {
    numbers: RandomState,
    texts: RandomState,
    /// The bus on which the objects have their names.
    bus: Vec<u8>,
    /// The latest last.
    latest: VecDeque<Field>,
    watched: HashSet<u64>,
    /// When those that are watched are asked.
    due: Instant,
}

struct Field {
    id: u64,
    object: Object,
    /// It was a secret one once: a field that shows its password does not stop holding it.
    secret: bool,
    /// What was told last that it holds, as a number that nobody else can work out.
    told: Option<u64>,
    /// How many times in a row nobody answered.
    missed: u32,
    /// How many turns it is not asked at.
    spared: u32,
}

impl Fields {
    pub(crate) fn new() -> Self {
        Self {
            numbers: RandomState::new(),
            texts: RandomState::new(),
            bus: Vec::new(),
            latest: VecDeque::new(),
            watched: HashSet::new(),
            due: Instant::now(),
        }
    }

    /// As much as a number of JavaScript holds.
    pub(super) fn number(&self, object: &Object) -> u64 {
        self.numbers.hash_one(object) >> 11
    }

    /// From now on somebody else listens, who was told nothing yet and watches nothing.
    pub(super) fn begin(&mut self) {
        self.watched.clear();
        for field in &mut self.latest {
            (field.told, field.missed, field.spared) = (None, 0, 0);
        }
    }

    /// Another bus has other peers of the same names.
    pub(super) fn turn_to(&mut self, bus: &[u8]) {
        if self.bus != bus {
            self.latest.clear();
            self.bus = bus.to_vec();
        }
    }

    /// It has the keyboard, and may be a secret field.
    pub(super) fn focus(&mut self, id: u64, object: &Object, secret: bool) {
        let at = self.latest.iter().position(|field| field.id == id);
        let known = at.and_then(|at| self.latest.remove(at));
        let new = || Field { id, object: object.clone(), secret, told: None, missed: 0, spared: 0 };
        let mut field = known.unwrap_or_else(new);
        field.secret |= secret;
        if self.latest.len() == REMEMBERED {
            let unwatched = self.latest.iter().position(|field| !self.watched.contains(&field.id));
            self.latest.remove(unwatched.unwrap_or(0));
        }
        self.latest.push_back(field);
    }

    /// Whether a field was a secret one at any time.
    pub(super) fn was_secret(&self, id: u64) -> bool {
        self.latest.iter().any(|field| field.id == id && field.secret)
    }

    /// Whether it is news that a field holds this.
    pub(super) fn is_news(&mut self, id: u64, text: &Held) -> bool {
        let told = Some(self.texts.hash_one(text.expose()));
        let field = self.latest.iter_mut().find(|field| field.id == id);
        field.is_none_or(|field| std::mem::replace(&mut field.told, told) != told)
    }

    /// These are watched, and no others.
    pub(super) fn watch(&mut self, ids: &[u64]) {
        self.watched = ids.iter().copied().collect();
    }

    /// When those that are watched are asked; `None` where there are none.
    pub(super) fn due(&self) -> Option<Instant> {
        self.latest.iter().any(|field| self.watched.contains(&field.id)).then_some(self.due)
    }

    /// The keyboard moved on: something may have been left for good.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.due = self.due.min(now);
    }

    /// Who is to be asked now.
    pub(super) fn turn(&mut self, now: Instant) -> Vec<(u64, Object)> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.due = now + INTERVAL;
        let watched = self.latest.iter_mut().filter(|field| self.watched.contains(&field.id));
        let asked = watched.filter_map(|field| match field.spared.checked_sub(1) {
            Some(left) => {
                field.spared = left;
                None
            }
            None => Some((field.id, field.object.clone())),
        });
        asked.collect()
    }

    /// What became of it.
    pub(super) fn settle(&mut self, id: u64, fate: Fate) {
        if fate == Fate::Gone {
            self.latest.retain(|field| field.id != id);
            return;
        }
        let Some(field) = self.latest.iter_mut().find(|field| field.id == id) else { return };
        field.missed = if fate == Fate::Silent { (field.missed + 1).min(SELDOM) } else { 0 };
        field.spared = (1 << field.missed) - 1;
    }

    /// A peer answers, and need not be spared.
    pub(super) fn hear(&mut self, peer: &str) {
        for field in self.latest.iter_mut().filter(|field| field.object.peer == peer) {
            (field.missed, field.spared) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn object(number: u64) -> Object {
        Object { peer: format!(":1.{}", number / 1000), path: format!("/{number}") }
    }

    /// Fields that had the keyboard one after the other.
    fn fields(numbers: impl IntoIterator<Item = u64>) -> Fields {
        let mut fields = Fields::new();
        numbers.into_iter().for_each(|number| fields.focus(number, &object(number), false));
        fields
    }

    fn held(text: &str) -> Held {
        Held::new(Zeroizing::new(text.to_owned()))
    }

    fn asked(fields: &mut Fields, now: Instant) -> Vec<u64> {
        fields.turn(now).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn who_is_watched_and_known_is_asked_once_a_second_and_when_the_keyboard_moves_on() {
        let mut fields = fields([1, 2, 3]);
        let start = Instant::now();
        assert_eq!(fields.due(), None);
        fields.watch(&[9]);
        assert_eq!(fields.due(), None, "nobody knows it");
        fields.watch(&[3, 1, 9]);
        assert_eq!(asked(&mut fields, start), [1, 3]);
        assert_eq!(fields.due(), Some(start + INTERVAL));
        assert_eq!(asked(&mut fields, start + INTERVAL / 2), [0; 0]);
        fields.watch(&[1, 2]);
        assert_eq!(asked(&mut fields, start + INTERVAL / 2), [0; 0], "not more often for that");
        assert_eq!(asked(&mut fields, start + INTERVAL), [1, 2]);
        fields.hurry(start + INTERVAL);
        assert_eq!(asked(&mut fields, start + INTERVAL), [1, 2]);
        fields.settle(1, Fate::There);
        fields.settle(2, Fate::Gone);
        assert_eq!(asked(&mut fields, start + INTERVAL * 2), [1]);
        fields.watch(&[2]);
        assert_eq!(fields.due(), None, "what is gone is not watched");
    }

    #[test]
    fn who_does_not_answer_is_asked_less_often_until_it_does() {
        let mut fields = fields([1, 1001]);
        fields.watch(&[1, 1001]);
        let (start, mut times) = (Instant::now(), Vec::new());
        for second in 0..200 {
            let asked = asked(&mut fields, start + INTERVAL * second);
            assert!(asked.contains(&1), "the other is not spared");
            fields.settle(1, Fate::There);
            if asked.contains(&1001) {
                times.push(second);
                fields.settle(1001, Fate::Silent);
            }
        }
        assert_eq!(times, [0, 2, 6, 14, 30, 62, 126, 190]);
        fields.hear(&object(1001).peer);
        assert_eq!(asked(&mut fields, start + INTERVAL * 200), [1, 1001]);
    }

    #[test]
    fn the_latest_are_remembered_and_those_that_are_watched() {
        let mut fields = fields(0..10);
        fields.watch(&[3]);
        (10..300).for_each(|number| fields.focus(number, &object(number), false));
        fields.focus(100, &object(100), false);
        let known: Vec<u64> = fields.latest.iter().map(|field| field.id).collect();
        assert_eq!(known.len(), REMEMBERED);
        assert_eq!((known[0], known[1], known[REMEMBERED - 1]), (3, 45, 100));
        fields.watch(&(0..300).collect::<Vec<_>>());
        fields.focus(300, &object(300), false);
        assert_eq!(fields.latest.len(), REMEMBERED);
        assert!(fields.latest.iter().all(|field| field.id != 3), "all are watched, and it is the oldest");
    }

    #[test]
    fn what_a_field_holds_is_told_when_it_is_something_else() {
        let mut fields = fields([1, 2]);
        assert!(fields.is_news(1, &held("")));
        assert!(!fields.is_news(1, &held("")));
        assert!(fields.is_news(1, &held("Straße")) && fields.is_news(2, &held("Straße")));
        assert!(!fields.is_news(1, &held("Straße")));
        fields.begin();
        assert!(fields.is_news(1, &held("Straße")), "nobody who listens now was told");
    }

    #[test]
    fn a_field_that_was_secret_once_stays_so_and_another_bus_has_other_fields() {
        let mut fields = Fields::new();
        fields.turn_to(b"one");
        for secret in [true, false] {
            fields.focus(1, &object(1), secret);
        }
        fields.turn_to(b"one");
        fields.begin();
        assert!(fields.was_secret(1) && !fields.was_secret(2));
        fields.turn_to(b"two");
        fields.watch(&[1]);
        assert_eq!(fields.due(), None);
    }
}

//! Which window had the focus when: what the contributor may name in order to have it forgotten. Ids of applications, no titles, in
//! memory only.

use std::collections::VecDeque;

use crate::clock::Time;
use crate::event::App;
use crate::gate::GUARD;
use crate::span::{Span, Spans};

/// Changes that are remembered. Of what is older, anything may have had the focus.
const CHANGES: usize = 4096;

/// Who had the focus from some time on.
#[derive(Clone, Debug)]
enum Holder {
    /// This window.
    Window(u64, Option<App>),
    /// None, or one that is withheld: its keys were not kept, whoever it was.
    Nobody,
    /// Nobody knows any more: it is taken for whatever is asked for.
    Forgotten,
}

/// The changes, oldest first.
pub(super) struct Focused {
    changes: VecDeque<(Time, Holder)>,
}

/// Which window is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichWindow {
    /// The one that has the focus, or had it last.
    Focused,
    /// The one that had it before that: where the one that has it is the terminal that says so.
    Previous,
}

impl Focused {
    pub(super) fn new() -> Self {
        Self { changes: VecDeque::from([(Time::ZERO, Holder::Nobody)]) }
    }

    /// From then on a window has it, or none that may be known.
    pub(super) fn set(&mut self, time: Time, window: Option<(u64, Option<App>)>) {
        let holder = window.map_or(Holder::Nobody, |(id, app)| Holder::Window(id, app));
        let at = self.changes.partition_point(|(since, _)| *since <= time);
        self.changes.insert(at, (time, holder));
        if self.changes.len() > CHANGES {
            self.changes.pop_front();
            if let Some((_, oldest)) = self.changes.front_mut() {
                *oldest = Holder::Forgotten;
            }
        }
    }

    /// When an application had it: its id or instance, whatever its case.
    pub(super) fn by_app(&self, name: &str) -> Spans {
        let name = name.to_lowercase();
        self.spans(|holder| match holder {
            Holder::Window(_, Some(app)) => app.id.to_lowercase() == name || app.instance.to_lowercase() == name,
            // Its application is not known: it may be any.
            Holder::Window(_, None) | Holder::Forgotten => true,
            Holder::Nobody => false,
        })
    }

    /// When that window had it; none where there is no such window.
    pub(super) fn by_window(&self, which: WhichWindow) -> Spans {
        let mut latest = Vec::new();
        for (_, holder) in self.changes.iter().rev() {
            match holder {
                Holder::Window(id, _) if !latest.contains(id) => latest.push(*id),
                _ => {}
            }
        }
        let meant = match which {
            WhichWindow::Focused => latest.first(),
            WhichWindow::Previous => latest.get(1),
        };
        let Some(meant) = meant else { return Spans::default() };
        self.spans(|holder| match holder {
            Holder::Window(id, _) => id == meant,
            Holder::Forgotten => true,
            Holder::Nobody => false,
        })
    }

    /// Who had it in these spans is not remembered any more.
    pub(super) fn forget(&mut self, spans: &Spans) {
        for (time, holder) in &mut self.changes {
            if spans.at(*time).is_some() && !matches!(holder, Holder::Nobody) {
                *holder = Holder::Forgotten;
            }
        }
    }

    /// Window managers tell late, so each span begins a little before it was told.
    fn spans(&self, is_meant: impl Fn(&Holder) -> bool) -> Spans {
        let ends = self.changes.iter().skip(1).map(|(time, _)| *time).chain([Time::MAX]);
        let stretches = self.changes.iter().zip(ends).filter(|((_, holder), _)| is_meant(holder));
        stretches.filter_map(|((from, _), to)| Span::new(from.before(GUARD), to).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> Time {
        Time::ZERO.after(Duration::from_secs(seconds))
    }

    fn window(id: u64, app: &str) -> Option<(u64, Option<App>)> {
        Some((id, Some(App { id: app.into(), instance: app.to_lowercase() })))
    }

    /// In seconds, the guard taken off.
    fn seconds(spans: &Spans) -> Vec<(u64, u64)> {
        let second = |time: Time| time.as_nanos().div_ceil(1_000_000_000);
        spans.iter().map(|span| (second(span.from), second(span.to.min(at(99))))).collect()
    }

    fn focused() -> Focused {
        let mut focused = Focused::new();
        focused.set(at(1), window(1, "Editor"));
        focused.set(at(3), window(2, "Bank"));
        focused.set(at(5), None);
        focused.set(at(6), window(3, "Editor"));
        focused.set(at(8), window(4, "Terminal"));
        focused
    }

    #[test]
    fn an_application_or_a_window_is_found_by_when_it_had_the_focus() {
        let focused = focused();
        assert_eq!(seconds(&focused.by_app("EDITOR")), [(1, 3), (6, 8)]);
        assert_eq!(seconds(&focused.by_app("bank")), [(3, 5)]);
        assert_eq!(seconds(&focused.by_app("other")), []);
        assert_eq!(seconds(&focused.by_window(WhichWindow::Focused)), [(8, 99)]);
        assert_eq!(seconds(&focused.by_window(WhichWindow::Previous)), [(6, 8)]);
        assert!(Focused::new().by_window(WhichWindow::Focused).is_empty());
    }

    #[test]
    fn what_nobody_knows_any_more_may_be_anything() {
        let mut focused = focused();
        focused.forget(&[Span { from: at(2), to: at(7) }].into_iter().collect());
        assert_eq!(seconds(&focused.by_app("bank")), [(3, 5), (6, 8)]);
        assert!(!format!("{:?}", focused.changes).contains("Bank"));
        let mut long = Focused::new();
        (1..=CHANGES as u64 + 9).for_each(|second| long.set(at(second), window(second % 2, "Editor")));
        assert_eq!(long.changes.len(), CHANGES);
        assert_eq!(seconds(&long.by_app("bank")), [(10, 11)]);
    }
}

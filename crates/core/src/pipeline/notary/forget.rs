//! Forgetting while it is recorded: what waits in memory, what was sealed, what the host did not take yet.
//!
//! The sources are down meanwhile, so that nothing comes behind it that builds on what is gone.

use std::time::Duration;

use super::Notary;
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::WhichWindow;
use crate::redact::{Redactor, Span as Judged, Verdict};
use crate::span::{Span, Spans};

/// Longest name of an application that is looked for.
const MAX_NAME: usize = 256;

/// What is to be forgotten of a recording that is being written: the latest of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetLast {
    /// How much of the time until now.
    pub last: Duration,
    /// Only while this application had the focus: its id or instance, whatever its case.
    pub app: Option<String>,
    /// Only while this window had the focus.
    pub window: Option<WhichWindow>,
}

impl ForgetLast {
    /// Whether it can be meant.
    pub(in crate::pipeline) fn check(&self) -> Result<()> {
        let why = match &self.app {
            _ if self.last.is_zero() => "say how much of the time until now is to be forgotten",
            Some(app) if app.is_empty() || app.len() > MAX_NAME => "an application's name has 1 to 256 bytes",
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::InvalidArgument, why))
    }
}

/// What was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForgottenLast {
    /// What was asked for: of each track.
    pub spans: Spans,
    /// What went with it, since a segment goes whole: when all that went was captured.
    pub lost: Spans,
    /// Segments that are gone.
    pub destroyed: u32,
}

impl Notary {
    /// Forgets. When it returns, nothing of it is in memory or in the recording. What fails ends the recording: then it was not begun, or
    /// is settled later.
    pub(super) fn forget(&mut self, what: &ForgetLast, until: Time) -> Result<ForgottenLast> {
        let spans = self.spans(what, until);
        if spans.is_empty() {
            return Ok(ForgottenLast::default());
        }
        self.let_out()?;
        // Nobody vouched for it, and what comes next does not build on it.
        let seen = self.shared.presence.seen_until();
        let unvouched = self.drop_waiting(|time| time <= seen);
        let verdicts = self.judge_keys(&spans);
        self.forget_pictures(&spans, until)?;
        self.writer.discard(&spans)?;
        self.unsealed.clear();
        self.contexts.retain(|sample| spans.at(sample.time()).is_none());
        self.tell_context(Time::MAX)?;
        self.follow(verdicts)?;
        self.feed.iter_mut().for_each(super::Feed::erase);
        self.withheld.retain(|_, (from, to)| !touches(&spans, *from, *to));
        self.focused.forget(&spans);
        // It remembers windows, and what it judged of their titles.
        self.redactor = Redactor::new(self.shared.policy.clone());
        let destroyed = self.writer.forget(&spans, self.shared.clock.now())?;
        let count = u32::try_from(destroyed.segments).unwrap_or(u32::MAX);
        let unvouched = unvouched.and_then(|first| Span::new(first, until).ok()).into_iter().collect();
        Ok(ForgottenLast { lost: spans.union(&destroyed.spans).union(&unvouched), spans, destroyed: count })
    }

    fn spans(&self, what: &ForgetLast, until: Time) -> Spans {
        let mut spans: Spans = Span::new(until.before(what.last), until).into_iter().collect();
        if let Some(app) = &what.app {
            spans = spans.intersect(&self.focused.by_app(app));
        }
        if let Some(which) = what.window {
            spans = spans.intersect(&self.focused.by_window(which));
        }
        spans
    }

    /// All that waits is judged together, as it was typed, and then what is to be forgotten is left out: a number of which a part goes is
    /// still seen to be one.
    fn judge_keys(&mut self, spans: &Spans) -> Vec<Verdict> {
        self.cut_due = None;
        let mut verdicts = self.keys.cut(self.shared.clock.now());
        self.keys.sever();
        verdicts.retain(|verdict| match verdict {
            Verdict::Keep(key) => spans.at(key.time()).is_none(),
            Verdict::Withhold(Judged { from, to, .. }) => !touches(spans, *from, *to),
        });
        self.expose();
        verdicts
    }

    /// Pictures that wait build on one another: those at the end are erased, and those before written, to be forgotten with what was.
    fn forget_pictures(&mut self, spans: &Spans, until: Time) -> Result<()> {
        if let Some(last) = spans.iter().last().filter(|span| span.to >= until) {
            self.pictures.retain(|time| time < last.from);
        }
        self.write_pictures(Time::MAX)
    }
}

fn touches(spans: &Spans, from: Time, to: Time) -> bool {
    spans.iter().any(|span| from < span.to && span.from <= to)
}

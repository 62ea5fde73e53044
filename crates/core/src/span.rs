//! Spans of a recording's time, and sets of them.

use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};

/// A stretch of time: `from` belongs to it, `to` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// When it begins.
    pub from: Time,
    /// When it has ended.
    pub to: Time,
}

impl Span {
    /// All of a recording.
    pub const ALL: Self = Self { from: Time::ZERO, to: Time::MAX };

    /// A span that is not empty.
    ///
    /// # Errors
    /// `InvalidArgument` when it ends before it begins, or at once.
    pub fn new(from: Time, to: Time) -> Result<Self> {
        if from < to {
            return Ok(Self { from, to });
        }
        Err(Error::new(ErrorKind::InvalidArgument, "a span must end after it begins"))
    }

    /// Whether `time` lies in it.
    pub fn contains(self, time: Time) -> bool {
        self.from <= time && time < self.to
    }
}

/// Spans in their order, none touching the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spans.
    pub fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    /// The span that `time` lies in.
    pub fn at(&self, time: Time) -> Option<Span> {
        let next = self.0.partition_point(|span| span.from <= time);
        self.0[..next].last().copied().filter(|span| span.contains(time))
    }

    /// When the last one has ended.
    pub fn end(&self) -> Time {
        self.0.last().map_or(Time::ZERO, |span| span.to)
    }

    /// The latest end of a span by `time`.
    pub fn ended_by(&self, time: Time) -> Option<Time> {
        self.0.iter().rev().map(|span| span.to).find(|to| *to <= time)
    }

    /// What is in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let common = |a: Span| other.iter().filter_map(move |b| Span::new(a.from.max(b.from), a.to.min(b.to)).ok());
        self.iter().flat_map(common).collect()
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().collect();
        sorted.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match joined.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => joined.push(span),
            }
        }
        Self(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(pairs: &[(u64, u64)]) -> Spans {
        let span = |(from, to): &(u64, u64)| Span { from: Time::from_nanos(*from), to: Time::from_nanos(*to) };
        pairs.iter().map(span).collect()
    }

    #[test]
    fn spans_that_touch_are_one() {
        assert_eq!(spans(&[(5, 9), (1, 3), (3, 4)]), spans(&[(1, 4), (5, 9)]));
        assert_eq!(spans(&[(0, 9)]).intersect(&spans(&[(2, 4), (8, 12)])), spans(&[(2, 4), (8, 9)]));
        assert_eq!(spans(&[(0, 3)]).union(&spans(&[(2, 4)])), spans(&[(0, 4)]));
    }

    #[test]
    fn the_end_of_a_span_is_outside() {
        let spans = spans(&[(1, 4), (5, 9)]);
        let at = |nanos| spans.at(Time::from_nanos(nanos)).map(|span| span.to.as_nanos());
        assert_eq!([at(0), at(1), at(3), at(4), at(8), at(9)], [None, Some(4), Some(4), None, Some(9), None]);
        assert_eq!(spans.ended_by(Time::from_nanos(8)), Some(Time::from_nanos(4)));
        assert!(Span::new(Time::MAX, Time::MAX).is_err());
    }
}

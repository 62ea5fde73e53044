//! Which segments a span takes, and what is left of them.

use super::Forget;
use super::fresh::{Fresh, FreshWriter};
use crate::clock::Time;
use crate::cut::{Cutter, Kept, Pictures};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{App, ContextEvent};
use crate::frame::Frame;
use crate::gate::GUARD;
use crate::journal::SegmentFacts;
use crate::reader::{ItemValue, OpenOptions, Reader};
use crate::recipient::OpenKey;
use crate::record::{Record, ScreenRecord};
use crate::segment::SegmentId;
use crate::source::Source;
use crate::span::{Span, Spans};
use crate::track::{Track, Tracks};
use crate::verify::{Body, Status};

/// A verified recording, and what opens it.
pub(super) struct Plan<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) body: &'a Body,
    pub(super) status: Status,
    pub(super) key: &'a OpenKey,
}

/// What becomes of a segment: `None`, it goes; or what it is written anew as.
pub(super) type Fate<'a> = dyn FnMut(SegmentId, Option<Fresh>) -> Result<()> + 'a;

impl Plan<'_> {
    /// The spans that are meant.
    pub(super) fn spans(&self, what: &Forget) -> Result<Spans> {
        let span: Spans = [what.span].into_iter().collect();
        let Some(app) = &what.app else { return Ok(span) };
        if !self.body.header.tracks.contains(Track::Context) {
            let why = "the recording has no track context, which tells applications apart: forget a span instead";
            return Err(Error::new(ErrorKind::InvalidArgument, why));
        }
        Ok(self.focused(app)?.intersect(&span))
    }

    /// When an application had the focus. Window managers tell late, so each span begins a little before it was told.
    fn focused(&self, name: &str) -> Result<Spans> {
        let name = name.to_lowercase();
        let named = |app: &App| app.id.to_lowercase() == name || app.instance.to_lowercase() == name;
        let options = OpenOptions { tracks: [Track::Context].into_iter().collect(), ..OpenOptions::default() };
        let mut reader = Reader::open_with(self.source, self.body, self.status, self.key, options)?;
        let (mut spans, mut since) = (Vec::new(), None);
        while let Some(item) = reader.next_item()? {
            let window = match item.value {
                ItemValue::Context(ContextEvent::Focus(window)) => window,
                ItemValue::Context(ContextEvent::Window(window)) => Some(window),
                _ => continue,
            };
            if window.and_then(|window| window.app).is_some_and(|app| named(&app)) {
                since.get_or_insert(item.time.before(GUARD));
            } else if let Some(from) = since.take() {
                spans.extend(Span::new(from, item.time));
            }
        }
        spans.extend(since.and_then(|from| Span::new(from, Time::MAX).ok()));
        Ok(spans.into_iter().collect())
    }

    /// Goes through the segments of a track that the spans touch.
    pub(super) fn track(&self, track: Track, spans: &Spans, fate: &mut Fate<'_>) -> Result<()> {
        let Some(first) = spans.iter().next() else { return Ok(()) };
        let segments: Vec<_> = self.body.segments.iter().filter(|facts| facts.id.track == track).collect();
        let mut cutter = Cutter::new(spans);
        for (index, facts) in segments.iter().enumerate() {
            // Whatever a segment holds was captured before the next one was begun.
            let ends = segments.get(index + 1).map_or(Time::MAX, |next| next.opened);
            if ends <= first.from && !cutter.has_lost() {
                continue;
            }
            match self.cut(facts, ends, &mut cutter) {
                Ok(Cut::Untouched { from }) if from >= spans.end() => return Ok(()),
                Ok(Cut::Untouched { .. }) => {}
                Ok(Cut::Left(fresh)) => fate(facts.id, fresh)?,
                // Nobody can tell what of it lies where, so it goes whole.
                Err(e) if matches!(e.kind(), ErrorKind::OpenFailed | ErrorKind::FormatInvalid) => fate(facts.id, None)?,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn cut(&self, facts: &SegmentFacts, ends: Time, cutter: &mut Cutter<'_>) -> Result<Cut> {
        let body = Body {
            header: self.body.header.clone(),
            receipt: self.body.receipt.clone(),
            release: None,
            openings: None,
            segments: vec![facts.clone()],
            journal: Vec::new(),
        };
        let options = OpenOptions { tracks: Tracks::ALL, ..OpenOptions::default() };
        let mut reader = Reader::open_with(self.source, &body, self.status, self.key, options)?;
        let mut copy = Copy { writer: FreshWriter::new(self.body.header.id, facts.id)?, pictures: Pictures::default() };
        let (mut touched, mut from) = (cutter.has_lost(), None);
        while let Some(item) = reader.next_item()? {
            from.get_or_insert(item.time);
            touched |= !cutter.push(&item, &mut |time, kept| copy.take(time, kept, reader.picture()))?;
        }
        // What changed within a span that ends in this segment's time is told here.
        cutter.resume(ends.min(self.end()), &mut |time, kept| copy.take(time, kept, None))?;
        if !touched {
            return Ok(Cut::Untouched { from: from.unwrap_or(Time::ZERO) });
        }
        Ok(Cut::Left(copy.writer.finish()?))
    }

    /// When the recording ended.
    fn end(&self) -> Time {
        self.body.journal.last().map_or(Time::ZERO, |(time, _)| *time)
    }
}

/// What is left of a segment, as it is written.
struct Copy {
    writer: FreshWriter,
    pictures: Pictures,
}

impl Copy {
    fn take(&mut self, time: Time, kept: Kept, picture: Option<&Frame>) -> Result<()> {
        match kept {
            Kept::Record(record) => self.writer.append(time, &record),
            Kept::Picture { first } => {
                if first {
                    self.pictures.restart();
                }
                picture.into_iter().for_each(|frame| self.pictures.take(frame));
                let parts = self.pictures.code().into_iter();
                parts
                    .map(|part| Record::Screen(ScreenRecord::Frame(part)))
                    .try_for_each(|r| self.writer.append(time, &r))
            }
        }
    }
}

enum Cut {
    /// Nothing of it lies in a span; its first record is from then.
    Untouched { from: Time },
    /// This is left.
    Left(Option<Fresh>),
}

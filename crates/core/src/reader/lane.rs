//! One track of a recording, segment by segment.

use super::Item;
use super::segment::Segment;
use super::start::Start;
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::Frame;
use crate::header::Header;
use crate::journal::SegmentFacts;
use crate::key::{Holder, KeyFile};
use crate::receipt::MAX_BYTES;
use crate::recipient::ContentKey;
use crate::source::Source;
use crate::track::Track;
use crate::verify::{Body, Status};

/// One track.
pub(super) struct Lane<'a> {
    source: &'a dyn Source,
    header: &'a Header,
    holder: &'a dyn Holder,
    cut: bool,
    track: Track,
    segments: Vec<&'a SegmentFacts>,
    /// Which of the segments comes next.
    next: usize,
    current: Option<Segment<'a>>,
    from: Time,
    start: Start,
}

impl<'a> Lane<'a> {
    /// Begins with the latest segment that may have all that is to be given.
    pub(super) fn new(
        source: &'a dyn Source,
        body: &'a Body,
        status: Status,
        holder: &'a dyn Holder,
        track: Track,
        from: Time,
    ) -> Self {
        let segments: Vec<_> = body.segments.iter().filter(|facts| facts.id.track == track).collect();
        Self {
            source,
            header: &body.header,
            holder,
            cut: status == Status::Cut,
            track,
            // Whatever an earlier segment holds was captured before this one was begun.
            next: segments.iter().rposition(|facts| facts.opened < from).unwrap_or(0),
            segments,
            current: None,
            from,
            start: Start::new(from),
        }
    }

    pub(super) fn track(&self) -> Track {
        self.track
    }

    /// Whether the first segment that is read is sealed to the key.
    pub(super) fn try_key(&self) -> Result<()> {
        self.segments.get(self.next).map_or(Ok(()), |facts| self.content_key(facts).map(|_| ()))
    }

    pub(super) fn segments_read(&self) -> usize {
        self.next.saturating_sub(1)
    }

    /// The picture as it is now.
    pub(super) fn picture(&self) -> Option<&Frame> {
        self.start.picture().or_else(|| self.current.as_ref()?.picture())
    }

    /// The first item.
    pub(super) fn first(&mut self) -> Result<Option<Item>> {
        let mut first = self.next;
        loop {
            let head = self.next()?;
            // A segment may be begun while nothing changes: the picture is then still the one before it.
            let has_picture = head.as_ref().is_some_and(|item| item.time < self.from);
            if self.track != Track::Screen || first == 0 || has_picture {
                return Ok(head);
            }
            first -= 1;
            (self.next, self.current, self.start) = (first, None, Start::new(self.from));
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Item>> {
        self.start.forget();
        loop {
            if let Some(segment) = &mut self.current {
                if let Some(item) = segment.next(&mut self.start)? {
                    return Ok(Some(item));
                }
                self.start.leave(|| segment.take_picture());
            }
            let Some(facts) = self.segments.get(self.next) else { return Ok(self.start.end()) };
            self.next += 1;
            self.current = Some(self.begin(facts)?);
        }
    }

    fn content_key(&self, facts: &SegmentFacts) -> Result<ContentKey> {
        let path = facts.id.key_path();
        let bytes = self.source.read_whole(&path, MAX_BYTES)?;
        let bytes = bytes.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?;
        self.holder.content_key(facts.id, &KeyFile::decode(&bytes, self.header.id, facts.id)?)
    }

    fn begin(&self, facts: &'a SegmentFacts) -> Result<Segment<'a>> {
        let path = facts.id.path();
        let file = self.source.read(&path)?;
        let file = file.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?;
        Segment::begin(self.header, facts, file, self.content_key(facts)?, self.cut)
    }
}

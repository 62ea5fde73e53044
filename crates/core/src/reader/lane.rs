//! One track of a recording, segment by segment.

use std::collections::VecDeque;

use super::Item;
use super::segment::Segment;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::Frame;
use crate::header::Header;
use crate::journal::SegmentFacts;
use crate::key::KeyFile;
use crate::receipt::MAX_BYTES;
use crate::recipient::{ContentKey, OpenKey};
use crate::source::Source;
use crate::track::Track;
use crate::verify::{Body, Status};

/// One track.
pub(super) struct Lane<'a> {
    source: &'a dyn Source,
    header: &'a Header,
    key: &'a OpenKey,
    cut: bool,
    segments: VecDeque<&'a SegmentFacts>,
    current: Option<Segment<'a>>,
}

impl<'a> Lane<'a> {
    pub(super) fn new(source: &'a dyn Source, body: &'a Body, status: Status, key: &'a OpenKey, track: Track) -> Self {
        let segments = body.segments.iter().filter(|facts| facts.id.track == track).collect();
        Self { source, header: &body.header, key, cut: status == Status::Cut, segments, current: None }
    }

    /// Whether the first segment is sealed to the key.
    pub(super) fn try_key(&self) -> Result<()> {
        self.segments.front().map_or(Ok(()), |facts| self.content_key(facts).map(|_| ()))
    }

    /// The picture as it is now.
    pub(super) fn picture(&self) -> Option<&Frame> {
        self.current.as_ref()?.picture()
    }

    pub(super) fn next(&mut self) -> Result<Option<Item>> {
        loop {
            if let Some(segment) = &mut self.current
                && let Some(item) = segment.next()?
            {
                return Ok(Some(item));
            }
            let Some(facts) = self.segments.pop_front() else { return Ok(None) };
            self.current = Some(self.begin(facts)?);
        }
    }

    fn content_key(&self, facts: &SegmentFacts) -> Result<ContentKey> {
        let path = facts.id.key_path();
        let bytes = self.source.read_whole(&path, MAX_BYTES)?;
        let bytes = bytes.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?;
        KeyFile::decode(&bytes, self.header.id, facts.id)?.open(self.key)
    }

    fn begin(&self, facts: &'a SegmentFacts) -> Result<Segment<'a>> {
        let path = facts.id.path();
        let file = self.source.read(&path)?;
        let file = file.ok_or_else(|| Error::new(ErrorKind::Tampered, format!("{path}: is missing")))?;
        Segment::begin(self.header, facts, file, self.content_key(facts)?, self.cut)
    }
}

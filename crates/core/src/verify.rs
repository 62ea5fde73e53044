//! Whether a recording is intact, without a key: docs/format.md §10.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufRead, BufReader, Read};

use crate::amend::{self, AMEND};
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::header::{Header, Unfinished};
use crate::journal::{Entry, JournalReader, MAX_FILE, MAX_LINE, SegmentFacts};
use crate::key::KeyFile;
use crate::opening::{self, Openings};
use crate::receipt::{MAX_BYTES, Receipt};
use crate::release::{self, Manifest};
use crate::segment::{HEADER_BYTES, MAX_BYTES as MAX_SEGMENT, SegmentId, SegmentParser};
use crate::sign::{self, Hasher};
use crate::sink::{HEADER, JOURNAL, RECEIPT, UNFINISHED};
use crate::source::Source;
use crate::track::Track;
use crate::withdraw::{self, WITHDRAWAL, Withdrawal};

const RELEASE: &str = "release/";
const PIECE: usize = 64 << 10;

/// What an untampered recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Complete.
    Intact,
    /// Cut short by a crash; what is there is intact.
    Cut,
}

/// A recording that verified.
#[derive(Debug)]
pub struct Verified {
    /// Whether it is complete.
    pub status: Status,
    /// What there is to read; `None` when it was cut before it began.
    pub body: Option<Body>,
}

/// The readable part of a verified recording.
#[derive(Debug)]
pub struct Body {
    /// header.json
    pub header: Header,
    /// receipt.json
    pub receipt: Receipt,
    /// release.json, in a released copy
    pub release: Option<Manifest>,
    /// Who opened it, of a released copy
    pub openings: Option<Openings>,
    /// Every segment that was not forgotten, by track number, then segment number.
    pub segments: Vec<SegmentFacts>,
    /// Every line of the journal.
    pub journal: Vec<(Time, Entry)>,
}

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file, by its path in the recording.
    pub at: String,
    /// What is wrong with it.
    pub error: Error,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Checks everything that can be checked without a key.
///
/// # Errors
/// The first thing that is wrong, in the order of §10.
pub fn verify(source: &dyn Source) -> Result<Verified, Failure> {
    let files: BTreeSet<String> = at("", source.list())?.into_iter().collect();
    if files.iter().any(|path| path.starts_with(AMEND)) {
        return at(JOURNAL, Err(amend::unsettled()));
    }
    let unfinished = at(UNFINISHED, read_unfinished(source))?;
    if let Some(unfinished) = unfinished
        && !at(JOURNAL, has_a_line(source))?
    {
        return cut_before_it_began(&files, unfinished);
    }
    let header_bytes = at(HEADER, required(source, HEADER))?;
    let header = at(HEADER, read_header(&header_bytes, unfinished.as_ref()))?;
    let receipt = at(RECEIPT, read_receipt(source, &header))?;
    at(WITHDRAWAL, check_not_withdrawn(source, &header, &receipt))?;
    let status = if unfinished.is_some() { Status::Cut } else { Status::Intact };
    let (journal, mut all) = at(JOURNAL, read_journal(source, &header_bytes, &header, &receipt, status))?;
    all.sort_by_key(|facts| facts.id);
    let segments: Vec<SegmentFacts> = all.iter().filter(|facts| !facts.destroyed).cloned().collect();
    let release = at(release::MANIFEST, read_manifest(source, &header_bytes, &header, &receipt))?;
    let openings = match &release {
        Some(manifest) => {
            let read = opening::read(source, header.id, manifest);
            Some(read.map_err(|(at, error)| Failure { at, error })?)
        }
        None => None,
    };
    for facts in &segments {
        let path = facts.id.key_path();
        at(&path, check_key(source, &header, facts))?;
        let path = facts.id.path();
        at(&path, check_segment(source, &header, facts))?;
    }
    check_foreign(&files, &all, status, openings.as_ref())?;
    Ok(Verified { status, body: Some(Body { header, receipt, release, openings, segments, journal }) })
}

fn at<T>(path: &str, result: Result<T>) -> Result<T, Failure> {
    result.map_err(|error| Failure { at: path.into(), error })
}

fn tampered(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Tampered, message)
}

fn required(source: &dyn Source, path: &str) -> Result<Vec<u8>> {
    source.read_whole(path, MAX_BYTES)?.ok_or_else(|| tampered(format!("{path}: is missing")))
}

fn read_unfinished(source: &dyn Source) -> Result<Option<Unfinished>> {
    source.read_whole(UNFINISHED, MAX_BYTES)?.map(|bytes| Unfinished::decode(&bytes)).transpose()
}

fn has_a_line(source: &dyn Source) -> Result<bool> {
    let Some(journal) = source.read(JOURNAL)? else { return Ok(false) };
    let mut line = Vec::new();
    let limit = MAX_LINE as u64 + 1;
    BufReader::new(journal).take(limit).read_until(b'\n', &mut line).map_err(|e| Error::io(JOURNAL, &e))?;
    Ok(line.ends_with(b"\n") || line.len() > MAX_LINE)
}

fn cut_before_it_began(files: &BTreeSet<String>, _marker: Unfinished) -> Result<Verified, Failure> {
    let known = [UNFINISHED, RECEIPT, HEADER, JOURNAL];
    match files.iter().find(|path| !known.contains(&path.as_str())) {
        Some(path) => at(path, Err(tampered(format!("{path}: is there, but the journal that names it is not")))),
        None => Ok(Verified { status: Status::Cut, body: None }),
    }
}

fn read_header(bytes: &[u8], unfinished: Option<&Unfinished>) -> Result<Header> {
    let header = Header::decode(bytes)?;
    if unfinished.is_some_and(|marker| marker.id != header.id || marker.device != header.device) {
        return Err(tampered("header.json: is of another recording than unfinished.json"));
    }
    Ok(header)
}

fn read_receipt(source: &dyn Source, header: &Header) -> Result<Receipt> {
    let bytes = required(source, RECEIPT)?;
    if sign::hash(&bytes) != header.receipt {
        return Err(tampered("receipt.json: is not the one that the recording was made under"));
    }
    let receipt = Receipt::parse_any(&bytes)?;
    let permitted = receipt.permit(header.tracks, header.started);
    permitted.map_err(|e| Error::new(ErrorKind::ReceiptInvalid, format!("receipt.json: {e}")))?;
    Ok(receipt)
}

/// A withdrawal that does not hold is refused as well: nothing else may have this name.
fn check_not_withdrawn(source: &dyn Source, header: &Header, receipt: &Receipt) -> Result<()> {
    match source.read_whole(WITHDRAWAL, MAX_BYTES)? {
        None => Ok(()),
        Some(bytes) => Withdrawal::decode(&bytes, header.id, &receipt.signer()).and(Err(withdraw::refused())),
    }
}

fn read_manifest(
    source: &dyn Source,
    header_bytes: &[u8],
    header: &Header,
    receipt: &Receipt,
) -> Result<Option<Manifest>> {
    let name = release::MANIFEST;
    match (source.read_whole(name, MAX_BYTES)?, receipt.is_released()) {
        (None, false) => Ok(None),
        (Some(_), false) => Err(tampered(format!("{name}: the receipt is not that of a released copy"))),
        (None, true) => Err(tampered(format!("{name}: is missing"))),
        (Some(bytes), true) => {
            let manifest = Manifest::decode(&bytes, &receipt.signer())?;
            manifest.check(header_bytes, header, receipt, hash_of(source, JOURNAL)?)?;
            Ok(Some(manifest))
        }
    }
}

fn hash_of(source: &dyn Source, path: &str) -> Result<sign::Hash> {
    let mut file = source.read(path)?.ok_or_else(|| tampered(format!("{path}: is missing")))?;
    let (mut hasher, mut piece) = (Hasher::default(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(|e| Error::io(path, &e))? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&piece[..count]),
        }
    }
}

type Journal = (Vec<(Time, Entry)>, Vec<SegmentFacts>);

fn read_journal(
    source: &dyn Source,
    header_bytes: &[u8],
    header: &Header,
    receipt: &Receipt,
    status: Status,
) -> Result<Journal> {
    let file = source.read(JOURNAL)?.ok_or_else(|| tampered("journal.ndjson: is missing"))?;
    let mut file = BufReader::new(file.take(MAX_FILE + 1));
    let mut journal = JournalReader::new(header_bytes, header.device, receipt.signer(), header.tracks);
    let (mut entries, mut total, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let limit = MAX_LINE as u64 + 2;
        let count = file.by_ref().take(limit).read_until(b'\n', &mut line).map_err(|e| Error::io(JOURNAL, &e))?;
        total += count as u64;
        if total > MAX_FILE {
            return Err(Error::new(ErrorKind::FormatInvalid, "journal.ndjson: is over 256 MiB"));
        }
        match line.strip_suffix(b"\n") {
            Some(whole) => entries.push(journal.line(whole)?),
            // A crash may cut the last line; nothing else may.
            None if count == 0 || (status == Status::Cut && count < MAX_LINE) => break,
            None => return Err(tampered(format!("journal.ndjson: line {}: is cut", journal.lines() + 1))),
        }
    }
    if status == Status::Intact {
        if journal.stop_reason().is_none() {
            return Err(tampered(
                "journal.ndjson: its end is missing, and unfinished.json is not there to tell of a crash",
            ));
        }
        if let Some(open) = journal.segments().iter().find(|facts| !facts.closed) {
            return Err(tampered(format!("journal.ndjson: stops without closing {}", open.id)));
        }
    }
    Ok((entries, journal.segments().to_vec()))
}

fn check_key(source: &dyn Source, header: &Header, facts: &SegmentFacts) -> Result<()> {
    let path = facts.id.key_path();
    let bytes = required(source, &path)?;
    if sign::hash(&bytes) != facts.key {
        return Err(tampered(format!("{path}: is not the file that the journal names")));
    }
    KeyFile::decode(&bytes, header.id, facts.id).map(|_| ())
}

fn check_segment(source: &dyn Source, header: &Header, facts: &SegmentFacts) -> Result<()> {
    let path = facts.id.path();
    let mut file = source.read(&path)?.ok_or_else(|| tampered(format!("{path}: is missing")))?;
    let mut scan = Scan::new(header, facts);
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece).map_err(|e| Error::io(&path, &e))?;
        if count == 0 {
            return scan.end();
        }
        scan.piece(&piece[..count])?;
    }
}

/// Follows a segment file: its structure, and the hash of the part that the journal vouches for.
struct Scan<'a> {
    path: String,
    facts: &'a SegmentFacts,
    parser: SegmentParser,
    hasher: Hasher,
    hashed: u64,
    size: u64,
    wrong: Option<Error>,
}

impl<'a> Scan<'a> {
    fn new(header: &Header, facts: &'a SegmentFacts) -> Self {
        let parser = SegmentParser::new(header.id, facts.id);
        Self { path: facts.id.path(), facts, parser, hasher: Hasher::default(), hashed: 0, size: 0, wrong: None }
    }

    fn vouched(&self) -> u64 {
        self.facts.extent.map_or(HEADER_BYTES as u64, |extent| extent.size)
    }

    fn piece(&mut self, piece: &[u8]) -> Result<()> {
        self.size += piece.len() as u64;
        // The limit is 1 GiB, so the difference fits.
        let within = (self.vouched() - self.hashed).min(piece.len() as u64) as usize;
        self.hasher.update(&piece[..within]);
        self.hashed += within as u64;
        self.push(&piece[..within])?;
        if self.facts.closed && self.size > self.vouched() && self.parser.has_header() {
            return Err(tampered(format!("{}: is longer than the journal says", self.path)));
        }
        if self.size > MAX_SEGMENT {
            return Err(Error::new(ErrorKind::FormatInvalid, format!("{}: is over 1 GiB", self.path)));
        }
        Ok(())
    }

    /// A byte changed in a length must not pass for a broken writer: behind the header, the hash has the first word.
    fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if self.wrong.is_some() {
            return Ok(());
        }
        match self.parser.push(bytes, |_, _| Ok(())) {
            Err(wrong) if self.parser.has_header() => self.wrong = Some(wrong),
            pushed => pushed?,
        }
        Ok(())
    }

    /// What follows the part that the journal vouches for is not judged: a crash may have left anything there.
    fn end(self) -> Result<()> {
        if self.hashed < self.vouched() || !self.parser.has_header() {
            return Err(tampered(format!("{}: is shorter than the journal says", self.path)));
        }
        let Some(extent) = self.facts.extent else { return Ok(()) };
        if self.hasher.finish() != extent.hash {
            return Err(tampered(format!("{}: its bytes are not those that the journal names", self.path)));
        }
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        if !self.parser.at_boundary() {
            let message = format!("{}: ends, or has a checkpoint, inside a chunk", self.path);
            return Err(Error::new(ErrorKind::FormatInvalid, message));
        }
        if self.parser.chunks() != extent.chunks {
            return Err(tampered(format!("{}: has not the number of chunks that the journal names", self.path)));
        }
        Ok(())
    }
}

fn check_foreign(
    files: &BTreeSet<String>,
    segments: &[SegmentFacts],
    status: Status,
    openings: Option<&Openings>,
) -> Result<(), Failure> {
    let mut known: BTreeSet<String> = [HEADER, RECEIPT, JOURNAL].map(String::from).into();
    let left = segments.iter().filter(|facts| !facts.destroyed);
    known.extend(left.flat_map(|facts| [facts.id.path(), facts.id.key_path()]));
    if let Some(openings) = openings {
        known.insert(release::MANIFEST.into());
        known.extend((0..openings.files).map(opening::path));
    }
    if status == Status::Cut {
        known.insert(UNFINISHED.into());
        // A crash may come between a segment's files and the line that names them.
        for track in Track::ALL {
            let number = segments.iter().filter(|facts| facts.id.track == track).count() as u32;
            let next = SegmentId { track, number };
            known.extend([next.path(), next.key_path()]);
        }
    }
    match files.iter().find(|path| !known.contains(*path) && !path.starts_with(RELEASE)) {
        Some(path) => at(path, Err(tampered(format!("{path}: does not belong to the recording")))),
        None => Ok(()),
    }
}

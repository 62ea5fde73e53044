//! Releasing: a copy for one recipient, coarsened so that it measures and names nobody (docs/format.md §18).
//!
//! The copy is a recording of its own, read again and written anew: what a content key of the original would open has the true times.

mod direct;
mod manifest;
mod original;
mod pace;
mod progress;
mod scrub;
mod typed;

use std::collections::BTreeMap;
use std::path::Path;

pub(crate) use self::direct::DirectRelease;
pub use self::direct::{DirectOutcome, DirectRequest, Progress};
pub use self::manifest::{Coarse, MANIFEST, Manifest};
use self::original::{Author, Original};
pub use self::pace::{GRID, IDLE, Pace, PaceBuilder, STEP};
use self::progress::Told;
pub use self::scrub::Scrub;
use self::typed::{Keys, Part};
use crate::amend::{self, Disk, FolderDisk};
use crate::canonical::Bytes;
use crate::clock::Time;
use crate::cut::{Cutter, Kept, Pictures};
use crate::delta::Work;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{ContextEvent, PointerAction, PointerEvent};
use crate::identity::Identity;
use crate::key::Holder;
use crate::reader::{OpenOptions, Reader};
use crate::receipt::{DAY, Receipt};
use crate::recipient::PublicKey;
use crate::record::{Record, ScreenRecord};
use crate::redact::Redacted;
use crate::sign::Hash;
use crate::span::Spans;
use crate::track::{Track, Tracks};
use crate::verify::Body;
use crate::writer::RecordingWriter;

/// What people do, by which time goes.
const INPUT: [Track; 2] = [Track::Pointer, Track::Keyboard];

/// What is to be released.
#[derive(Clone, Debug)]
pub struct Release {
    /// To whom: one of the receipt's recipients, or the contributor, who then sees what others would get.
    pub recipient: PublicKey,
    /// Which tracks; those that were not recorded are left out.
    pub tracks: Tracks,
    /// What is left out.
    pub except: Spans,
    /// Names of people and machines that titles are not to tell.
    pub names: Vec<String>,
}

/// What was released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Where the copy lies in the recording's folder.
    pub path: String,
    /// Hash of its release.json.
    pub manifest: Hash,
    /// Which tracks it has.
    pub tracks: Tracks,
    /// How long it is, by its own, coarsened time.
    pub duration: Time,
}

/// Where a release lies in the recording's folder.
pub fn path(recipient: PublicKey, number: u32) -> String {
    format!("release/{recipient}/{number:06}")
}

/// Releases. When it returns, the copy is whole; when it was cut short, [`amend::settle`] finishes it or finds that it was never begun.
///
/// # Errors
/// `ReceiptScope` for a recipient that the receipt does not name, `InvalidArgument` for no tracks, `IdentityMismatch` for anyone but the
/// contributor, `State` while it is recorded, and what [`verify`](crate::verify::verify) and [`Reader`] find.
pub fn release(folder: &Path, identity: &Identity, what: &Release) -> Result<Released> {
    release_telling(folder, identity, what, &mut |_, _| {})
}

/// As [`release`], and tells how far it is: how many segments were read, and how many are to be.
///
/// # Errors
/// As [`release`].
pub fn release_telling(
    folder: &Path,
    identity: &Identity,
    what: &Release,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Released> {
    let mut disk = FolderDisk::new(folder);
    amend::change(folder, &mut disk, |disk| change(folder, disk, identity, what, progress))
}

/// As [`release`], by way of this disk: for tests, which stop it at every step.
pub fn release_on(folder: &Path, disk: &mut dyn Disk, identity: &Identity, what: &Release) -> Result<Released> {
    amend::change(folder, disk, |disk| change(folder, disk, identity, what, &mut |_, _| {}))
}

fn change(
    folder: &Path,
    disk: &mut dyn Disk,
    identity: &Identity,
    what: &Release,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Released> {
    let original = Original::open(folder)?;
    let body = &original.body;
    let me = identity.under(&body.receipt)?;
    let (id, recipient) = addressed(body, identity, what.recipient)?;
    permit(body, what.recipient, recipient != what.recipient)?;
    let pseudonym = identity.releasing(&recipient, original.day() * DAY)?;
    let author = Author { signer: me.sign_key(), holder: me.open_key(), pseudonym: &pseudonym, copy: (id, recipient) };
    original.release(disk, &author, what, progress)
}

/// The id of the copy's receipt, and whom it is sealed to: who was named; or, for the contributor's own, a key that nobody else knows.
fn addressed(body: &Body, identity: &Identity, to: PublicKey) -> Result<(Bytes<16>, PublicKey)> {
    let id = random_id();
    let is_own = [identity.open_key().public(), body.receipt.contributor()].contains(&to);
    let recipient = if is_own { identity.own_copy(&id)?.open_key().public() } else { to };
    Ok((id, recipient))
}

fn random_id() -> Bytes<16> {
    let mut id = [0; 16];
    dryoc::rng::copy_randombytes(&mut id);
    Bytes(id)
}

fn permit(body: &Body, recipient: PublicKey, is_own: bool) -> Result<()> {
    if body.receipt.is_released() {
        let why = "this is a released copy: only the contributor releases, from the original";
        return Err(Error::new(ErrorKind::ReceiptScope, why));
    }
    if !is_own && !body.receipt.recipients().contains(&recipient) {
        let why = format!(
            "the receipt does not name {recipient}: release to a recipient that you agreed to, or consent to this one"
        );
        return Err(Error::new(ErrorKind::ReceiptScope, why));
    }
    permit_coarse(&body.receipt)
}

fn permit_coarse(receipt: &Receipt) -> Result<()> {
    if Coarse::ours().keeps_to(&receipt.coarse()) {
        return Ok(());
    }
    let why = "the receipt has times told less exactly than this version releases them: release with the version that it was signed with";
    Err(Error::new(ErrorKind::ReceiptScope, why))
}

/// A recording that is read, to be written again.
struct Copy<'a> {
    original: &'a Original<'a>,
    holder: &'a dyn Holder,
    what: &'a Release,
    tracks: Tracks,
}

impl Copy<'_> {
    /// Answers how long the copy is.
    fn write(&self, writer: RecordingWriter, told: &mut Told<'_>) -> Result<Time> {
        let pace = self.pace(told)?;
        let scrub = Scrub::new(&self.what.names)?;
        let mut out = Coarsened::new(writer, &pace, &scrub, self.tracks);
        let mut reader = self.reader(self.copied())?;
        let mut cutter = Cutter::new(&self.what.except);
        while let Some(item) = reader.next_item()? {
            told.read(reader.segments_read());
            cutter.push(&item, &mut |time, kept| {
                if matches!(kept, Kept::Picture { .. }) {
                    reader.picture().into_iter().for_each(|frame| out.pictures.take(frame));
                }
                out.push(time, kept)
            })?;
        }
        told.end(self.count(self.copied()));
        out.finish()
    }

    /// How many segments are read, those that are read twice counted twice.
    fn segments(&self) -> usize {
        self.count(INPUT.into_iter().collect()) + self.count(self.copied())
    }

    fn count(&self, tracks: Tracks) -> usize {
        self.original.body.segments.iter().filter(|facts| tracks.contains(facts.id.track)).count()
    }

    /// What is read to be written. Keys decide about time, whether they are released or not.
    fn copied(&self) -> Tracks {
        self.tracks.iter().chain([Track::Keyboard]).collect()
    }

    /// How time goes in the copy: what people did decides, whichever tracks are released.
    fn pace(&self, told: &mut Told<'_>) -> Result<Pace> {
        let mut builder = PaceBuilder::default();
        let mut keys = Keys::default();
        let mut cutter = Cutter::new(&self.what.except);
        let mut reader = self.reader(INPUT.into_iter().collect())?;
        while let Some(item) = reader.next_item()? {
            told.read(reader.segments_read());
            cutter.push(&item, &mut |time, kept| {
                match kept {
                    Kept::Record(Record::Keyboard(event)) => {
                        builder.input(time);
                        if matches!(keys.part(&event), Part::Step | Part::Types(_)) {
                            builder.key(time);
                        }
                    }
                    Kept::Record(Record::Pointer(event)) => {
                        builder.input(time);
                        if matches!(event.action, PointerAction::Down(_)) {
                            builder.button();
                        }
                    }
                    Kept::Record(_) | Kept::Picture { .. } => {}
                }
                Ok(())
            })?;
        }
        told.end(self.count(INPUT.into_iter().collect()));
        Ok(builder.finish())
    }

    fn reader(&self, tracks: Tracks) -> Result<Reader<'_>> {
        let Original { source, body, status, .. } = self.original;
        let tracks = tracks.iter().filter(|track| body.header.tracks.contains(*track)).collect();
        let options = OpenOptions { tracks, ..OpenOptions::default() };
        Reader::open_for(source, body, *status, self.holder, options)
    }
}

/// Where only the latest of several at one moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Move,
    Monitors,
    Workspace,
    Focus,
    CursorImage,
    Picture,
    CursorPosition,
}

impl Slot {
    fn of(record: &Record) -> Option<Self> {
        match record {
            Record::Pointer(PointerEvent { action: PointerAction::Move { .. }, .. }) => Some(Self::Move),
            Record::Context(ContextEvent::Monitors(_)) => Some(Self::Monitors),
            Record::Context(ContextEvent::Workspace(_)) => Some(Self::Workspace),
            Record::Context(ContextEvent::Focus(_) | ContextEvent::Window(_)) => Some(Self::Focus),
            Record::Screen(ScreenRecord::CursorImage(_)) => Some(Self::CursorImage),
            Record::Screen(ScreenRecord::CursorPosition(_)) => Some(Self::CursorPosition),
            Record::Screen(ScreenRecord::Frame(_)) => Some(Self::Picture),
            Record::Pointer(_) | Record::Keyboard(_) | Record::Context(ContextEvent::Element(..)) => None,
        }
    }
}

/// Writes what it is given by the copy's time.
struct Coarsened<'a> {
    writer: RecordingWriter,
    pace: pace::Walk<'a>,
    scrub: &'a Scrub,
    tracks: Tracks,
    keys: Keys,
    pictures: Pictures,
    work: Work,
    /// What is told at `time`; of a picture the pixels wait in `pictures`.
    waiting: BTreeMap<Slot, Option<Record>>,
    time: Time,
    /// Keys that type come up half a step after they went down, whenever they really did.
    ups: Vec<(Time, Record)>,
}

impl<'a> Coarsened<'a> {
    fn new(writer: RecordingWriter, pace: &'a Pace, scrub: &'a Scrub, tracks: Tracks) -> Self {
        Self {
            writer,
            pace: pace.walk(),
            scrub,
            tracks,
            keys: Keys::default(),
            pictures: Pictures::default(),
            work: Work::default(),
            waiting: BTreeMap::new(),
            time: Time::ZERO,
            ups: Vec::new(),
        }
    }

    fn push(&mut self, time: Time, kept: Kept) -> Result<()> {
        let record = match kept {
            Kept::Picture { .. } => {
                let at = self.pace.between(time);
                return self.wait(at, Slot::Picture, None);
            }
            Kept::Record(record) => record,
        };
        if let Record::Keyboard(event) = &record {
            match self.keys.part(event) {
                Part::Swallowed => return Ok(()),
                Part::Step => {
                    let at = self.pace.key();
                    return self.tell(at, record);
                }
                Part::Types(up) => {
                    let at = self.pace.key();
                    self.tell(at, record)?;
                    // A key that repeats is still down.
                    self.ups.retain(|(_, waiting)| *waiting != Record::Keyboard(up.clone()));
                    self.ups.push((at.after(STEP / 2), Record::Keyboard(up)));
                    return Ok(());
                }
                Part::Between => {}
            }
        }
        let at = self.pace.between(time);
        match Slot::of(&record) {
            Some(slot) => self.wait(at, slot, Some(record)),
            None => self.tell(at, record),
        }
    }

    fn wait(&mut self, at: Time, slot: Slot, record: Option<Record>) -> Result<()> {
        if at > self.time {
            self.flush(at)?;
        }
        // What is told of a window that got the focus a moment ago is that it got it.
        let record = match (record, self.waiting.get(&slot)) {
            (
                Some(Record::Context(ContextEvent::Window(window))),
                Some(Some(Record::Context(ContextEvent::Focus(_)))),
            ) => Some(Record::Context(ContextEvent::Focus(Some(window)))),
            (record, _) => record,
        };
        self.waiting.insert(slot, record);
        Ok(())
    }

    fn tell(&mut self, at: Time, record: Record) -> Result<()> {
        self.flush(at)?;
        self.append(at, record)
    }

    /// Writes what waits, up to `at`.
    fn flush(&mut self, at: Time) -> Result<()> {
        for (slot, record) in std::mem::take(&mut self.waiting) {
            match (slot, record) {
                (Slot::Picture, _) => self.picture()?,
                (_, Some(record)) => self.append(self.time, record)?,
                (_, None) => {}
            }
        }
        let due = self.ups.partition_point(|(up, _)| *up <= at);
        for (up, record) in self.ups.drain(..due).collect::<Vec<_>>() {
            self.append(up, record)?;
        }
        self.time = self.time.max(at);
        Ok(())
    }

    fn picture(&mut self) -> Result<()> {
        if !self.tracks.contains(Track::Screen) {
            return Ok(());
        }
        if self.writer.is_due(Track::Screen, self.time) || self.work.is_great() {
            self.pictures.restart();
            self.work = Work::default();
        }
        for part in self.pictures.code() {
            self.work.add(&part);
            self.append(self.time, Record::Screen(ScreenRecord::Frame(part)))?;
        }
        Ok(())
    }

    fn append(&mut self, time: Time, record: Record) -> Result<()> {
        if !self.tracks.contains(record.track()) {
            return Ok(());
        }
        self.writer.append(&Redacted::recorded(time, self.scrub.record(record)))
    }

    fn finish(mut self) -> Result<Time> {
        let end = self.time.after(STEP);
        self.flush(end)?;
        self.writer.finish(end, "requested")?;
        Ok(end)
    }
}

//! Forgetting, on a recording that is written: keys and segments go, the rest stays (docs/format.md §16).

mod fresh;
mod plan;

use std::path::Path;

use self::fresh::Fresh;
use self::plan::Plan;
use crate::amend::{self, Amendment, Disk, FolderDisk};
use crate::canonical::MAX_INTEGER;
use crate::clock::Time;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::journal::Entry;
use crate::key::KeyFile;
use crate::sign;
use crate::source::FolderSource;
use crate::span::{Span, Spans};
use crate::track::{Track, Tracks};
use crate::verify::verify;

/// What is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forget {
    /// When.
    pub span: Span,
    /// Only while this application had the focus: its id or instance, whatever its case.
    pub app: Option<String>,
    /// Of which tracks.
    pub tracks: Tracks,
}

/// What was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// The spans, of each track that was meant.
    pub spans: Spans,
    /// Segments that are gone.
    pub destroyed: u32,
    /// Segments that were written anew without the spans.
    pub recut: u32,
}

/// Forgets. When it returns, the forgotten keys and segments are gone from the folder; when it was cut short, [`amend::settle`] finishes it
/// or finds that it was never begun.
///
/// # Errors
/// `IdentityMismatch` for anyone but the contributor, `InvalidArgument` when nothing of the recording lies in the span, `State` while it is
/// recorded, and what [`verify`] finds.
pub fn forget(folder: &Path, identity: &Identity, what: &Forget) -> Result<Forgotten> {
    forget_on(folder, &mut FolderDisk::new(folder), identity, what)
}

/// As [`forget`], by way of this disk: for tests, which stop it at every step.
pub fn forget_on(folder: &Path, disk: &mut dyn Disk, identity: &Identity, what: &Forget) -> Result<Forgotten> {
    amend::change(folder, disk, |disk| change(folder, disk, identity, what))
}

fn change(folder: &Path, disk: &mut dyn Disk, identity: &Identity, what: &Forget) -> Result<Forgotten> {
    let source = FolderSource::new(folder)?;
    let verified = verify(&source).map_err(|failure| failure.error)?;
    let nothing =
        || Error::new(ErrorKind::InvalidArgument, "there is nothing in this recording that could be forgotten");
    let body = verified.body.as_ref().ok_or_else(nothing)?;
    let me = identity.under(&body.receipt)?;
    let mut amendment = Amendment::begin(folder, disk, me.sign_key())?;
    let plan = Plan { source: &source, body, status: verified.status, key: me.open_key() };
    let mut forgotten = Forgotten { spans: plan.spans(what)?, ..Forgotten::default() };
    for track in what.tracks.iter().filter(|track| body.header.tracks.contains(*track)) {
        for span in forgotten.spans.iter() {
            amendment.line(told(track, span))?;
        }
        plan.track(track, &forgotten.spans.clone(), &mut |id, fresh| match fresh {
            None => {
                forgotten.destroyed += 1;
                amendment.line(Entry::Destroy { track: id.track.into(), segment: id.number })
            }
            Some(Fresh { key, bytes, chunks }) => {
                forgotten.recut += 1;
                let file = KeyFile::seal(body.header.id, id, &key, &[body.receipt.contributor()])?.encode()?;
                amendment.file(&id.key_path(), &file)?;
                amendment.file(&id.path(), &bytes)?;
                amendment.line(Entry::Recut {
                    track: id.track.into(),
                    segment: id.number,
                    key: sign::hash(&file),
                    chunks,
                    size: bytes.len() as u64,
                    hash: sign::hash(&bytes),
                })
            }
        })?;
    }
    if forgotten.destroyed + forgotten.recut == 0 {
        return Err(nothing());
    }
    amendment.commit(folder)?;
    Ok(forgotten)
}

fn told(track: Track, span: Span) -> Entry {
    let to = span.to.min(Time::from_nanos(MAX_INTEGER));
    Entry::Forget { track: track.into(), from: span.from.as_nanos(), to: to.as_nanos() }
}

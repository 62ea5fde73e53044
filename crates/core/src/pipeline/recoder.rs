//! Late masks: pictures that were coded before it was known what must not be seen in them are decoded, painted over and coded again.
//!
//! That is rare, and the common way pays for it with memory alone: what was written since the last key frame is remembered as it was
//! coded, and decoded only when a picture has to be painted over. Where it becomes too much it is let go; then nothing can be painted over
//! until the next key frame, and what would have to be is withheld.

use super::pictures::{Layout, Picture};
use crate::backend::{Patch, Scene, Shot};
use crate::clock::Time;
use crate::delta::{self, Canvas, FramePart, Work};
use crate::error::Result;
use crate::frame::{Frame, Rect};
use crate::journal::WithheldReason;
use crate::mask::Masks;
use crate::record::{Record, ScreenRecord};
use crate::redact::{MaskedShot, Redacted, masked, reasons};
use crate::shade::{Part, Scenes, Shades, without};

/// Paints over what turned out to be sensitive, in the order of the pictures.
pub(super) struct Recoder {
    base: Base,
    /// How what is masked has lain, as long as anything is.
    shades: Option<Shades>,
    again: Option<Again>,
    /// Why pictures are withheld until the next key frame: they build on one that was.
    gap: Option<Vec<WithheldReason>>,
}

/// A picture that was painted over, or not, as it may be written.
pub(super) struct Recoded {
    pub(super) records: Vec<Redacted<Record>>,
    /// Why it was painted over here.
    pub(super) reasons: Vec<WithheldReason>,
    /// Pictures are coded again until one comes as a key frame in which all is painted over already: one would be welcome.
    pub(super) wants_key: bool,
}

/// Pictures are coded again.
struct Again {
    canvas: Canvas,
    work: Work,
}

impl Recoder {
    /// Remembers at most about so many coded bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { base: Base::new(limit), shades: None, again: None, gap: None }
    }

    /// Takes the next picture.
    pub(super) fn take(&mut self, masks: &Masks, picture: Picture) -> Result<Recoded> {
        let recoded = self.recode(masks, picture)?;
        self.base.bound(self.again.is_some())?;
        Ok(recoded)
    }

    fn recode(&mut self, masks: &Masks, picture: Picture) -> Result<Recoded> {
        let Picture { records, layout, .. } = picture;
        let Some(time) = records.first().map(Redacted::time) else {
            return Ok(Recoded { records, reasons: Vec::new(), wants_key: false });
        };
        let is_key = parts(&records).next().is_some_and(|part| part.key.is_some());
        let missing = self.missing(masks, time, &layout);
        self.base.push(parts(&records));
        if is_key {
            self.gap = None;
        }
        if missing.is_empty() && self.gap.is_none() && (self.again.is_none() || is_key) {
            self.again = None;
            return Ok(Recoded { records, reasons: Vec::new(), wants_key: false });
        }
        let wants_key = missing.is_empty();
        let found = reasons(&missing);
        let Some(frame) = self.base.frame()? else {
            let gap = self.gap.get_or_insert_default();
            gap.extend(found.into_iter().filter(|reason| !gap.contains(reason)).collect::<Vec<_>>());
            return Ok(Recoded { records: Vec::new(), reasons: gap.clone(), wants_key: true });
        };
        let again = self.again.get_or_insert_with(|| Again::new(frame));
        let rects: Vec<Rect> = missing.iter().map(|part| part.rect).chain(layout.masks.iter().copied()).collect();
        let parts = again.code(time, frame, rects, is_key);
        let records = records.into_iter().next().map(|record| {
            record.map_each(|_| parts.into_iter().map(|part| Record::Screen(ScreenRecord::Frame(part))).collect())
        });
        Ok(Recoded { records: records.unwrap_or_default(), reasons: found, wants_key })
    }

    /// How often what pictures build on was let go, if it is gone now: what would have to be painted over would be withheld.
    pub(super) fn lost(&self) -> Option<u64> {
        self.base.is_lost.then_some(self.base.losses)
    }

    /// Whether it matters what is drawn on the screen.
    pub(super) fn watches(&self) -> bool {
        self.shades.as_ref().is_some_and(Shades::is_any)
    }

    /// What must not be seen of a picture, and is not painted over.
    fn missing(&mut self, masks: &Masks, time: Time, layout: &Layout) -> Vec<Part> {
        if !masks.is_any() && self.shades.is_none() {
            return Vec::new();
        }
        let shades = self.shades.get_or_insert_default();
        if layout.lost && layout.leaves {
            // A window that is painted over may have been anywhere, and left what it showed.
            shades.lose(time, layout.size);
        }
        let all: Vec<Scene> = layout.scenes.iter().map(|scene| Scene::clone(scene)).collect();
        let scenes = Scenes { time, size: layout.size, all: &all, passed: layout.passed, leaves: layout.leaves };
        let found = shades.take(&scenes, |scene| {
            masked(|window| masks.at(window, time), |window| masks.lifted_at(window, time), scene, layout.size)
        });
        if !masks.is_any() && !shades.is_any() {
            self.shades = None;
        }
        let missing = found.into_iter().flat_map(|Part { reason, rect }| {
            without(vec![rect], &layout.masks).into_iter().map(move |rect| Part { reason, rect })
        });
        missing.collect()
    }
}

fn parts(records: &[Redacted<Record>]) -> impl Iterator<Item = &FramePart> {
    records.iter().filter_map(|record| match record.value() {
        Record::Screen(ScreenRecord::Frame(part)) => Some(part),
        _ => None,
    })
}

impl Again {
    fn new(frame: &Frame) -> Self {
        Self { canvas: Canvas::new(frame.size(), frame.format()), work: Work::default() }
    }

    /// Codes a picture with this painted over: from black, where a segment may have to begin.
    fn code(&mut self, time: Time, frame: &Frame, masks: Vec<Rect>, is_key: bool) -> Vec<FramePart> {
        let (size, format) = (frame.size(), frame.format());
        if (self.canvas.frame().size(), self.canvas.frame().format()) != (size, format) {
            self.canvas = Canvas::new(size, format);
        } else if is_key || self.work.is_great() {
            self.canvas.restart();
        }
        let pixels = frame.bytes();
        let patches = [Patch { rect: size.bounds(), stride: size.width as usize * 4, pixels: &pixels }];
        let shot = Shot {
            time,
            noticed: time,
            size,
            format,
            patches: &patches,
            reported: None,
            scenes: None,
            passed: 0,
            leaves: false,
        };
        let visible = without(vec![size.bounds()], &masks);
        let parts = self.canvas.take(&MaskedShot { shot: &shot, visible, masks, reasons: Vec::new() });
        parts.iter().for_each(|part| self.work.add(part));
        parts
    }
}

/// The picture as it was coded first, by what was taken of it.
struct Base {
    picture: delta::Picture,
    /// What came since, from a key frame on if `picture` has none.
    behind: Vec<FramePart>,
    bytes: usize,
    limit: usize,
    /// Too much came since the last key frame.
    is_lost: bool,
    losses: u64,
}

impl Base {
    fn new(limit: usize) -> Self {
        Self { picture: delta::Picture::default(), behind: Vec::new(), bytes: 0, limit, is_lost: false, losses: 0 }
    }

    fn push<'p>(&mut self, parts: impl Iterator<Item = &'p FramePart>) {
        for part in parts {
            if part.key.is_some() {
                *self = Self { losses: self.losses, ..Self::new(self.limit) };
            }
            if !self.is_lost {
                self.bytes += part.data.len();
                self.behind.push(part.clone());
            }
        }
    }

    /// Keeps to the limit: decodes what is needed for the next picture, and lets go what is not.
    fn bound(&mut self, is_needed: bool) -> Result<()> {
        if self.bytes <= self.limit {
            return Ok(());
        }
        if is_needed {
            return self.catch_up();
        }
        *self = Self { is_lost: true, losses: self.losses + 1, ..Self::new(self.limit) };
        Ok(())
    }

    /// The picture by now; `None` before the first key frame, and when what it builds on was let go.
    fn frame(&mut self) -> Result<Option<&Frame>> {
        self.catch_up()?;
        Ok(self.picture.frame())
    }

    fn catch_up(&mut self) -> Result<()> {
        self.bytes = 0;
        std::mem::take(&mut self.behind).iter().try_for_each(|part| self.picture.apply(part).map(drop))
    }
}

//! A film's residuals ⇄ as they are recorded: a zstd frame of their own (docs/format.md §9.3).
//!
//! They come in each picture, are most of its bytes, and repeat nothing. So they are compressed by themselves, with little effort, before they wait to be
//! sealed: what waits is a third of them, and the window of the segment is left to what comes back.

use std::io;

use zeroize::Zeroizing;
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

use super::ops::empty;
use crate::chunk::MAX_RAW;
use crate::error::Result;
use crate::unzstd::Unzstd;
use crate::wire::{Reader, invalid};

/// Fewer residuals of a film than these are not worth a frame.
const LEAST: usize = 64 << 10;
/// So many are, where a film seems to begin: while it is not sure, what comes back would be missed by the segment's compressor, and what does not would
/// take most of the memory.
const LARGE: usize = 256 << 10;

/// How many pixels of a picture are a film's.
#[derive(Clone, Copy, Default)]
pub(super) struct Film {
    /// Surely.
    pub(super) pixels: usize,
    /// And so many have stirred at least.
    pub(super) stirring: usize,
}

impl Film {
    /// Whether residuals of so many pixels are mostly a film's, and worth to be packed.
    pub(super) fn is_worth_packing(self, predicted: usize) -> bool {
        let residuals = predicted * 3;
        let most = |pixels: usize| pixels * 2 > predicted;
        residuals >= LEAST && most(self.pixels) || residuals >= LARGE && most(self.stirring)
    }
}
/// What zstd does for them is little but Huffman's codes. Of a film with grain that is as many bytes as the segment's own compressor makes of it, for a
/// fifth of the time; any more search finds nothing.
const EFFORT: [CParameter; 6] = [
    CParameter::CompressionLevel(1),
    CParameter::WindowLog(17),
    CParameter::HashLog(12),
    CParameter::MinMatch(7),
    CParameter::ChecksumFlag(false),
    CParameter::ContentSizeFlag(false),
];
/// Room that is made for more at a time.
const ROOM: usize = 128 << 10;

/// Packs residuals. What it works with is there once there was a film.
#[derive(Default)]
pub(super) struct Packer {
    encoder: Option<Encoder<'static>>,
    packed: Vec<u8>,
}

impl Packer {
    /// The planes, one behind the other, packed: until the next are. `None` where there is no memory for it.
    pub(super) fn pack(&mut self, planes: &[Vec<u8>; 3]) -> Option<&[u8]> {
        empty(&mut self.packed);
        let packed = self.fill(planes);
        if packed.is_err() {
            self.encoder = None;
        }
        packed.ok().map(|()| &*self.packed)
    }

    fn fill(&mut self, planes: &[Vec<u8>; 3]) -> io::Result<()> {
        if self.encoder.is_none() {
            let mut encoder = Encoder::new(0)?;
            EFFORT.into_iter().try_for_each(|parameter| encoder.set_parameter(parameter))?;
            self.encoder = Some(encoder);
        }
        let Some(encoder) = &mut self.encoder else { return Ok(()) };
        encoder.reinit()?;
        for plane in planes {
            let mut input = InBuffer::around(plane);
            while input.pos() < plane.len() {
                step(&mut self.packed, |output| encoder.run(&mut input, output))?;
            }
        }
        while step(&mut self.packed, |output| encoder.finish(output, true))? > 0 {}
        Ok(())
    }
}

fn step(
    packed: &mut Vec<u8>,
    work: impl FnOnce(&mut OutBuffer<'_, Vec<u8>>) -> io::Result<usize>,
) -> io::Result<usize> {
    packed.reserve(ROOM);
    let written = packed.len();
    work(&mut OutBuffer::around_pos(packed, written))
}

/// Residuals as they lie in a record.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    length: usize,
    frame: &'a [u8],
}

impl<'a> Packed<'a> {
    /// How many there are, in front of the other streams.
    pub(super) fn read_length(record: &mut Reader<'_>) -> Result<usize> {
        let length = record.bounded(MAX_RAW as u64)? as usize;
        if length > 0 && length.is_multiple_of(3) { Ok(length) } else { Err(invalid("packs no residuals")) }
    }

    pub(super) fn length(self) -> usize {
        self.length
    }

    pub(super) fn new(length: usize, frame: &'a [u8]) -> Self {
        Self { length, frame }
    }
}

/// Unpacks residuals.
#[derive(Default)]
pub(super) struct Unpacker(Option<Unzstd>);

impl Unpacker {
    /// # Errors
    /// `FormatInvalid` unless it is one frame, of exactly as many bytes as were told.
    pub(super) fn unpack(&mut self, packed: Packed<'_>) -> Result<Zeroizing<Vec<u8>>> {
        // After an error it is not used again.
        let mut unzstd = match self.0.take() {
            Some(unzstd) => unzstd,
            None => Unzstd::new()?,
        };
        let residuals = unzstd.take(packed.frame, packed.length, true)?;
        unzstd.begin();
        self.0 = Some(unzstd);
        Ok(residuals)
    }
}

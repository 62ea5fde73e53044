//! zstd frames → exactly the bytes that were promised: what docs/format.md allows of zstd, and no more.

use std::io;

use zeroize::Zeroizing;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::error::{Error, ErrorKind, Result};

/// The largest window of a frame.
const MAX_WINDOW_LOG: u32 = 23;
const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();
/// Of a frame's descriptor (RFC 8878, 3.1.1.1.1): whether a checksum ends it, and whether a dictionary is needed.
const CHECKSUM: u8 = 1 << 2;
const DICTIONARY: u8 = 0b11;

/// Decompresses a frame, in one piece or several.
pub(crate) struct Unzstd {
    decoder: Decoder<'static>,
    begun: bool,
    done: bool,
}

impl Unzstd {
    /// At the start of a frame.
    pub(crate) fn new() -> Result<Self> {
        let failed = |error: io::Error| Error::new(ErrorKind::Internal, format!("zstd: {error}"));
        let mut decoder = Decoder::new().map_err(failed)?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG)).map_err(failed)?;
        Ok(Self { decoder, begun: false, done: false })
    }

    /// What the next bytes of the frame give, which must be this many, and all that they give; `last` says whether the frame must end with them. The
    /// next frame begins behind the end of one.
    ///
    /// # Errors
    /// `FormatInvalid` unless it is so.
    pub(crate) fn take(&mut self, compressed: &[u8], length: usize, last: bool) -> Result<Zeroizing<Vec<u8>>> {
        let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("compressed bytes {why}"));
        if !std::mem::replace(&mut self.begun, true) && !is_allowed(compressed) {
            return Err(invalid("begin no frame that is allowed"));
        }
        // One byte more, so that too much is noticed.
        let mut bytes = Zeroizing::new(vec![0; length + 1]);
        let (mut input, mut written) = (InBuffer::around(compressed), 0);
        loop {
            let before = (input.pos(), written);
            if self.done && input.pos() < compressed.len() {
                return Err(invalid("go on behind the end of their frame"));
            }
            if self.done {
                break;
            }
            let mut output = OutBuffer::around(&mut bytes[written..]);
            let left = self.decoder.run(&mut input, &mut output).map_err(|_| invalid("are damaged"))?;
            written += output.pos();
            self.done = left == 0;
            if written > length {
                return Err(invalid("give more than their length"));
            }
            if (input.pos(), written) == before {
                break;
            }
        }
        if written != length || input.pos() != compressed.len() || self.done != last {
            return Err(invalid("do not give what their length says"));
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Behind the end of a frame: another begins.
    pub(crate) fn begin(&mut self) {
        (self.begun, self.done) = (false, false);
    }
}

/// zstd itself reads more than the format allows: frames to be skipped, dictionaries, checksums.
fn is_allowed(frame: &[u8]) -> bool {
    let Some((magic, rest)) = frame.split_first_chunk::<4>() else { return false };
    *magic == MAGIC && rest.first().is_some_and(|descriptor| descriptor & (CHECKSUM | DICTIONARY) == 0)
}

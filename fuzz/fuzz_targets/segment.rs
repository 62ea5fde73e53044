//! A segment file comes out the same whole and in pieces. The first byte is the pieces' length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::error::{ErrorKind, Result};
use understudy_core::segment::SegmentParser;
use understudy_fuzz::{RECORDING, SEGMENT};

fuzz_target!(|data: &[u8]| {
    let Some((length, file)) = data.split_first() else { return };
    assert_eq!(parse(file, file.len()), parse(file, usize::from(*length)));
});

fn parse(file: &[u8], length: usize) -> (Vec<Vec<u8>>, Result<u64, ErrorKind>) {
    let mut parser = SegmentParser::new(RECORDING, SEGMENT);
    let mut chunks = Vec::new();
    let mut push = |piece| {
        parser.push(piece, |_, chunk| -> Result<()> {
            chunks.push(chunk.to_vec());
            Ok(())
        })
    };
    let outcome = file.chunks(length.max(1)).try_for_each(&mut push).map_err(|error| error.kind());
    let whole = outcome.map(|()| parser.whole());
    (chunks, whole)
}

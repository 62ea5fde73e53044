//! A recording as anyone may hand it over, verified and read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::reader::Reader;
use understudy_core::verify::verify;
use understudy_fuzz::{OPEN_KEY, archive};

fuzz_target!(|data: &[u8]| {
    let source = archive(data);
    let Ok(verified) = verify(&source) else { return };
    let Some(body) = &verified.body else { return };
    let Ok(mut reader) = Reader::open(&source, body, verified.status, &OPEN_KEY) else { return };
    while let Ok(Some(_)) = reader.next_item() {}
});

//! A recording whose hashes and signatures are made good before it is verified and read: a recorder that writes nonsense.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::reader::Reader;
use understudy_core::verify::verify;
use understudy_fuzz::{OPEN_KEY, archive, forge::repair};

fuzz_target!(|data: &[u8]| {
    let Ok(source) = repair(archive(data)) else { return };
    let Ok(verified) = verify(&source) else { return };
    let Some(body) = &verified.body else { return };
    let Ok(mut reader) = Reader::open(&source, body, verified.status, &OPEN_KEY) else { return };
    while let Ok(Some(_)) = reader.next_item() {}
});

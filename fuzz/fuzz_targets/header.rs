//! header.json
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::header::Header;

fuzz_target!(|data: &[u8]| {
    let _ = Header::decode(data);
});

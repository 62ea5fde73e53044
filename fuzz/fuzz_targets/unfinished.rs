//! unfinished.json
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::header::Unfinished;

fuzz_target!(|data: &[u8]| {
    let _ = Unfinished::decode(data);
});

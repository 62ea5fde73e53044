//! A file of the folder openings
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::opening::Opening;

fuzz_target!(|data: &[u8]| {
    let _ = Opening::decode("openings/000000.json", data);
});

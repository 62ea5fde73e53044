//! release.json
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::release::Manifest;
use understudy_fuzz::DEVICE;

fuzz_target!(|data: &[u8]| {
    let _ = Manifest::decode(data, &DEVICE.public());
});

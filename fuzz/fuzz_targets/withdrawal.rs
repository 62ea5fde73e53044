//! withdrawal.json
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::withdraw::Withdrawal;
use understudy_fuzz::{DEVICE, RECORDING};

fuzz_target!(|data: &[u8]| {
    let _ = Withdrawal::decode(data, RECORDING, &DEVICE.public());
});

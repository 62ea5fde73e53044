//! What is read as canonical JSON is written as the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::canonical::{decode, encode};

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = decode::<serde_json::Value>("fuzz", data) {
        assert_eq!(encode(&value).expect("it was canonical"), data);
    }
});

//! The plain bytes of a segment's chunks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::chunk::{Decompressor, MAX_RAW};
use understudy_fuzz::chunks;

fuzz_target!(|data: &[u8]| {
    let mut decompressor = Decompressor::new().expect("a decompressor");
    for (chunk, last) in chunks(data) {
        match decompressor.records(chunk, last) {
            Ok(records) => assert!(records.len() <= MAX_RAW),
            Err(_) => return,
        }
    }
});

//! A `.key` file, and opening it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::key::KeyFile;
use understudy_fuzz::{OPEN_KEY, RECORDING, SEGMENT};

fuzz_target!(|data: &[u8]| {
    if let Ok(file) = KeyFile::decode(data, RECORDING, SEGMENT) {
        assert_eq!(file.encode().expect("it was read"), data);
        let _ = file.open(&OPEN_KEY);
    }
});

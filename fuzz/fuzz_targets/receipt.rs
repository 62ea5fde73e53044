//! receipt.json
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::receipt::Receipt;

fuzz_target!(|data: &[u8]| {
    if let Ok(receipt) = Receipt::parse(data) {
        assert_eq!(receipt.bytes(), data);
    }
});

//! The text form of a public key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::recipient::PublicKey;

fuzz_target!(|text: &str| {
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(key.to_string(), text.trim().to_lowercase());
    }
});

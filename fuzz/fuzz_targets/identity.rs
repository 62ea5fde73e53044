//! identity.json, as far as it goes without a passphrase: Argon2id itself would take a second for each input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::error::{Error, ErrorKind};
use understudy_core::identity::Identity;

fuzz_target!(|data: &[u8]| {
    let refuse = || Err::<Vec<u8>, _>(Error::new(ErrorKind::PassphraseWrong, "not here"));
    if let Ok(identity) = Identity::decode(data, refuse) {
        assert_eq!(identity.encode(None).expect("it was read"), data);
    }
});

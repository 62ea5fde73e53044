//! journal.ndjson, line by line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::journal::JournalReader;
use understudy_core::track::Tracks;
use understudy_fuzz::DEVICE;

fuzz_target!(|data: &[u8]| {
    let mut journal = JournalReader::new(b"", DEVICE.public(), DEVICE.public(), Tracks::ALL);
    for line in data.split(|byte| *byte == b'\n') {
        // A reader stops at the first error; going on reaches more.
        let _ = journal.line(line);
    }
});

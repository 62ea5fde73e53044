//! Any entries in any order, well signed: what JournalReader makes of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::journal::{JournalReader, JournalWriter};
use understudy_core::track::Tracks;
use understudy_fuzz::{DEVICE, forge::entries};

fuzz_target!(|data: &[u8]| {
    let mut writer = JournalWriter::new(b"");
    let mut reader = JournalReader::new(b"", DEVICE.public(), DEVICE.public(), Tracks::ALL);
    for (time, entry) in entries(data) {
        let Ok(line) = writer.line(&DEVICE, time, entry.clone()) else { return };
        let Some(line) = line.bytes().strip_suffix(b"\n") else { return };
        match reader.line(line) {
            Ok((_, read)) => assert_eq!(read, entry),
            Err(_) => return,
        }
    }
});

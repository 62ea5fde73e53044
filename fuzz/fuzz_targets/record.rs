//! The records of a track, which the first byte chooses: each is written as the bytes that it was read from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::record::{RecordDecoder, RecordEncoder};
use understudy_core::wire::Reader;
use understudy_fuzz::track;

fuzz_target!(|data: &[u8]| {
    let Some((track, records)) = track(data) else { return };
    let mut reader = Reader::new(records);
    let mut decoder = RecordDecoder::new(track);
    let mut encoder = RecordEncoder::default();
    while !reader.is_empty() {
        let start = records.len() - reader.remaining();
        let Ok((time, record)) = decoder.decode(&mut reader) else { return };
        assert_eq!(record.track(), track);
        let mut again = Vec::new();
        encoder.encode(time, &record, &mut again);
        assert_eq!(again, &records[start..records.len() - reader.remaining()]);
    }
});

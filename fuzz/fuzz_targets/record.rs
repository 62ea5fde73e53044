//! The records of a track, which the first byte chooses: what was read is the same when it is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::clock::Time;
use understudy_core::record::{Record, RecordDecoder, RecordEncoder};
use understudy_core::track::Track;
use understudy_core::wire::Reader;
use understudy_fuzz::track;

fuzz_target!(|data: &[u8]| {
    let Some((track, records)) = track(data) else { return };
    let (read, whole) = read(track, records);
    let (mut encoder, mut again) = (RecordEncoder::default(), Vec::new());
    read.iter().for_each(|(time, record)| encoder.encode(*time, record, &mut again));
    encoder.flush(&mut again);
    // Moves may be in one record or in several, and their columns in more forms than one; all else has one spelling.
    if track == Track::Pointer {
        assert!((read, true) == self::read(track, &again));
    } else if whole {
        assert_eq!(again, records);
    } else {
        assert!(records.starts_with(&again));
    }
});

fn read(track: Track, records: &[u8]) -> (Vec<(Time, Record)>, bool) {
    let (mut reader, mut decoder) = (Reader::new(records), RecordDecoder::new(track));
    let mut read = Vec::new();
    loop {
        match decoder.next(&mut reader) {
            Ok(Some((time, record))) => {
                assert_eq!(record.track(), track);
                read.push((time, record));
            }
            Ok(None) => return (read, true),
            Err(_) => return (read, false),
        }
    }
}

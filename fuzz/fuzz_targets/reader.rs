//! Any chunks, well sealed, in the track that the first byte chooses: from sealed bytes to items.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::clock::Time;
use understudy_core::error::Result;
use understudy_core::journal::SegmentFacts;
use understudy_core::key::KeyFile;
use understudy_core::reader::Reader;
use understudy_core::seal::{Position, Sealer};
use understudy_core::segment::{SegmentId, encode_header};
use understudy_core::sign::hash;
use understudy_core::source::MemorySource;
use understudy_core::verify::{Body, Status};
use understudy_fuzz::{OPEN_KEY, RECEIPT, RECORDING, chunks, forge, track};

fuzz_target!(|data: &[u8]| {
    let Some((track, data)) = track(data) else { return };
    let id = SegmentId { track, number: 0 };
    let source = sealed(id, data).expect("chunks this small can be sealed");
    let body = Body {
        header: forge::header(),
        receipt: RECEIPT.clone(),
        segments: vec![SegmentFacts {
            id,
            key: hash(b""),
            opened: Time::ZERO,
            extent: None,
            closed: false,
            destroyed: false,
        }],
        journal: Vec::new(),
        release: None,
        openings: None,
    };
    let mut reader = Reader::open(&source, &body, Status::Intact, &OPEN_KEY);
    while let Ok(Ok(Some(_))) = reader.as_mut().map(Reader::next_item) {}
});

fn sealed(id: SegmentId, data: &[u8]) -> Result<MemorySource> {
    let (mut sealer, stream) = Sealer::new(RECORDING, id, &forge::content_key());
    let mut segment = encode_header(RECORDING, id, &stream).to_vec();
    for (chunk, last) in chunks(data) {
        let position = if last { Position::Last } else { Position::Within };
        segment.extend_from_slice(sealer.seal(chunk, position)?.in_file());
    }
    let key = KeyFile::seal(RECORDING, id, &forge::content_key(), &[OPEN_KEY.public()])?.encode()?;
    Ok(MemorySource([(id.path(), segment), (id.key_path(), key)].into()))
}

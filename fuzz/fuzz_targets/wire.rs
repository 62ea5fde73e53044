//! Values in any order: the first sixteen bytes choose them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use understudy_core::error::Result;
use understudy_core::wire::Reader;

fuzz_target!(|data: &[u8]| {
    let Some((kinds, bytes)) = data.split_first_chunk::<16>() else { return };
    let mut reader = Reader::new(bytes);
    for kind in kinds {
        let left = reader.remaining();
        if take(&mut reader, *kind).is_err() {
            return;
        }
        assert!(reader.remaining() <= left);
    }
});

fn take(reader: &mut Reader<'_>, kind: u8) -> Result<()> {
    match kind % 10 {
        0 => _ = reader.u8()?,
        1 => _ = reader.flag()?,
        2 => _ = reader.u32()?,
        3 => _ = reader.uvarint()?,
        4 => _ = reader.svarint()?,
        5 => assert!(reader.bounded(kind.into())? <= u64::from(kind)),
        6 => _ = reader.uvarint32()?,
        7 => _ = reader.svarint32()?,
        8 => assert!(reader.string(kind.into())?.len() <= usize::from(kind)),
        _ => assert_eq!(reader.bytes(kind.into())?.len(), usize::from(kind)),
    }
    Ok(())
}

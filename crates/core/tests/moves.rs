//! Any moves come back as they were, however they are gathered into records: docs/format.md §9.1.

use proptest::prelude::*;
use understudy_core::clock::Time;
use understudy_core::event::{Button, PointerAction, PointerEvent, RawDelta};
use understudy_core::frame::Position;
use understudy_core::record::{Record, RecordDecoder, RecordEncoder};
use understudy_core::track::Track;
use understudy_core::wire::Reader;

/// Numbers near zero, multiples of what raw movements are counted in, and the ends.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![-3..=3_i32, (-9..=9_i32).prop_map(|n| n * 256), any::<i32>(), Just(i32::MIN), Just(i32::MAX)]
}

fn gap() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1_000_000), (0..20_u64).prop_map(|n| n * 1000), 0..1_u64 << 40]
}

fn action() -> impl Strategy<Value = PointerAction> {
    let raw = (number(), number()).prop_map(|(x, y)| RawDelta { x, y });
    prop_oneof![
        8 => raw.prop_map(|raw| PointerAction::Move { raw: Some(raw) }),
        8 => Just(PointerAction::Move { raw: None }),
        1 => any::<u8>().prop_map(|button| PointerAction::Down(Button(button))),
    ]
}

fn events() -> impl Strategy<Value = Vec<(u64, PointerEvent)>> {
    let event =
        (gap(), number(), number(), prop::bool::weighted(0.1), action()).prop_map(|(gap, x, y, injected, action)| {
            (gap, PointerEvent { position: Position { x, y }, injected, action })
        });
    prop::collection::vec(event, 0..60)
}

fn read(bytes: &[u8]) -> Vec<(Time, Record)> {
    let (mut decoder, mut reader) = (RecordDecoder::new(Track::Pointer), Reader::new(bytes));
    std::iter::from_fn(|| decoder.next(&mut reader).expect("well formed")).collect()
}

proptest! {
    #[test]
    fn moves_come_back(events in events(), flush in prop::collection::vec(any::<bool>(), 60)) {
        let (mut encoder, mut bytes, mut nanos) = (RecordEncoder::default(), Vec::new(), 0);
        let mut expected = Vec::new();
        for ((gap, event), flush) in events.into_iter().zip(flush) {
            nanos += gap;
            let (time, record) = (Time::from_nanos(nanos), Record::Pointer(event));
            encoder.encode(time, &record, &mut bytes);
            expected.push((time, record));
            if flush {
                encoder.flush(&mut bytes);
            }
        }
        encoder.flush(&mut bytes);
        prop_assert!(!encoder.is_waiting());
        prop_assert_eq!(read(&bytes), expected);
    }
}

#[test]
fn more_moves_than_a_record_holds_are_several_records() {
    let (mut encoder, mut bytes) = (RecordEncoder::default(), Vec::new());
    let moves = 10_000;
    for number in 0..moves {
        let position = Position { x: number, y: 0 };
        let event = PointerEvent { position, injected: false, action: PointerAction::Move { raw: None } };
        encoder.encode(Time::from_nanos(number.unsigned_abs().into()), &Record::Pointer(event), &mut bytes);
    }
    encoder.flush(&mut bytes);
    assert_eq!(read(&bytes).len(), 10_000);
    let mut records = 0;
    let mut reader = Reader::new(&bytes);
    while !reader.is_empty() {
        assert_eq!(reader.u8().expect("an opcode"), 0x05);
        let length = reader.uvarint().expect("a length") as usize;
        reader.bytes(length).expect("a body");
        records += 1;
    }
    assert_eq!(records, 3, "4096 at most in each");
}

#[test]
fn a_move_alone_is_a_record_of_its_own() {
    let (mut encoder, mut bytes) = (RecordEncoder::default(), Vec::new());
    let event =
        PointerEvent { position: Position { x: 1, y: -1 }, injected: false, action: PointerAction::Move { raw: None } };
    encoder.encode(Time::from_nanos(5), &Record::Pointer(event), &mut bytes);
    assert!(bytes.is_empty() && encoder.is_waiting());
    encoder.flush(&mut bytes);
    assert_eq!(bytes, [0x01, 4, 5, 0, 2, 1]);
}

#[test]
fn of_a_malformed_record_no_move_is_given_out() {
    // Two moves, and a byte behind them.
    let bytes = [0x05, 10, 0, 2, 0, 0, 1, 2, 2, 2, 2, 9];
    let (mut decoder, mut reader) = (RecordDecoder::new(Track::Pointer), Reader::new(&bytes));
    assert!(decoder.next(&mut reader).is_err());
    assert!(decoder.next(&mut reader).expect("nothing is left").is_none());
}

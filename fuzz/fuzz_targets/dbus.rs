//! What a peer of the accessibility bus may send: messages, one behind the other, and the values that are read of them.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The client is a part of `understudy-capture` that nobody else uses: its files are read here as they are.
#[path = "../../crates/capture/src/dbus/message.rs"]
mod message;
#[path = "../../crates/capture/src/dbus/wire.rs"]
mod wire;

use message::{Call, Message, Parsed, parse};

fuzz_target!(|data: &[u8]| {
    let mut left = data;
    while !left.is_empty() {
        let length = match parse(left) {
            Parsed::Partial | Parsed::Broken => return,
            Parsed::Skip(length) => length,
            Parsed::Whole(message, length) => {
                read(&message);
                ask(&message);
                length
            }
        };
        assert!(length >= 16, "a message has a head");
        left = left.get(length..).unwrap_or_default();
    }
});

/// The values that accessibility reads.
fn read(message: &Message) {
    let _told = message.values("sii").and_then(|mut values| Some((values.string()?, values.i32()?)));
    let _number = message.values("u").and_then(|mut values| values.u32());
    let _place = message.values("(iiii)").and_then(|mut values| {
        values.align(8)?;
        Some([values.i32()?, values.i32()?, values.i32()?, values.i32()?])
    });
    let _states = message.values("au").and_then(|values| Some((values.clone().array(4)?.u32()?, values.is_empty())));
    let _name = message.values("v").and_then(|mut value| (value.signature()? == "s").then(|| value.string()).flatten());
    let _caret = message.values("v").and_then(|mut value| (value.signature()? == "i").then(|| value.i32()).flatten());
    let _text = message.values("s").and_then(|mut values| values.string());
    let mut children = message.values("a(so)").and_then(|mut values| values.array(8));
    while let Some(list) = children.as_mut().filter(|list| !list.is_empty()) {
        if list.align(8).and_then(|()| Some((list.string()?, list.string()?))).is_none() {
            break;
        }
    }
}

/// Whoever sent it can be asked in turn, by whatever name and path it gave: what we write is one message.
fn ask(message: &Message) {
    let call = Call::new(&message.sender, &message.path, &message.interface, &message.member);
    let call = call.with("si", |body| {
        body.string(&message.error);
        body.i32(1);
    });
    let call = call.encode(1);
    match parse(&call) {
        Parsed::Whole(_, length) | Parsed::Skip(length) => assert_eq!(length, call.len()),
        Parsed::Partial | Parsed::Broken => panic!("what we write is a message"),
    }
}

//! Messages: calls that are sent, answers and signals that come.

use zeroize::Zeroizing;

use super::wire::{Decoder, Encoder};

/// The longest header that is read: all its names together.
const HEADER: usize = 8 << 10;
/// The longest body of an answer that is kept.
const BODY: usize = 64 << 10;
/// What is kept of a signal's body: its first values tell all that is listened to, and what follows may be text of an application's.
const TOLD: usize = 512;
/// What comes before the fields of a header.
const FIXED: usize = 16;

const CALL: u8 = 1;
const RETURN: u8 = 2;
const ERROR: u8 = 3;
const SIGNAL: u8 = 4;

/// A question to a peer.
pub(crate) struct Call<'a> {
    /// Who is asked: a name on the bus.
    pub(crate) to: &'a str,
    /// About which of its objects.
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
    pub(crate) member: &'a str,
    /// The types of the body's values.
    pub(crate) signature: &'a str,
    pub(crate) body: Vec<u8>,
}

impl<'a> Call<'a> {
    /// One without values.
    pub(crate) fn new(to: &'a str, path: &'a str, interface: &'a str, member: &'a str) -> Self {
        Self { to, path, interface, member, signature: "", body: Vec::new() }
    }

    /// One with values.
    pub(crate) fn with(self, signature: &'a str, write: impl FnOnce(&mut Encoder)) -> Self {
        let mut body = Encoder::default();
        write(&mut body);
        Self { signature, body: body.into_bytes(), ..self }
    }

    pub(super) fn encode(&self, serial: u32) -> Vec<u8> {
        let mut bytes = Encoder::default();
        [b'l', CALL, 0, 1].into_iter().for_each(|byte| bytes.u8(byte));
        bytes.u32(u32::try_from(self.body.len()).unwrap_or(u32::MAX));
        bytes.u32(serial);
        bytes.array(8, |fields| {
            let named = [(1, "o", self.path), (2, "s", self.interface), (3, "s", self.member), (6, "s", self.to)];
            for (code, kind, value) in named {
                fields.align(8);
                fields.u8(code);
                fields.signature(kind);
                fields.string(value);
            }
            if !self.signature.is_empty() {
                fields.align(8);
                fields.u8(8);
                fields.signature("g");
                fields.signature(self.signature);
            }
        });
        bytes.align(8);
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// What came. Not to be printed: whoever sent it chose what it says.
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// The sender's own name on the bus, which the bus vouches for.
    pub(crate) sender: String,
    /// The object that a signal is about.
    pub(crate) path: String,
    pub(crate) interface: String,
    pub(crate) member: String,
    /// Why a call failed: the name of an error.
    pub(crate) error: String,
    signature: String,
    big: bool,
    /// It may be what somebody wrote.
    body: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To the call of this number: that it failed.
    Refusal(u32),
    /// To the call of this number.
    Answer(u32),
    Signal,
    /// Nothing that is listened to.
    Other,
}

impl Message {
    /// The values, where they are of these types: those of a signal may be followed by others. `None` too where they were too long.
    pub(crate) fn values(&self, signature: &str) -> Option<Decoder<'_>> {
        let fits = self.signature == signature || self.kind == Kind::Signal && self.signature.starts_with(signature);
        fits.then(|| Decoder::new(&self.body, self.big))
    }
}

/// How far what has been received goes.
pub(super) enum Parsed {
    /// There is no whole message yet.
    Partial,
    /// A message that is understood, and how many bytes it has. Its body may be left out.
    Whole(Message, usize),
    /// So many bytes are to be passed over.
    Skip(usize),
    /// These are no messages.
    Broken,
}

/// The message at the start of what has been received. Of one that is too long only what is needed is waited for.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    let Some(fixed) = bytes.get(..FIXED) else { return Parsed::Partial };
    let big = match fixed[0] {
        b'l' => false,
        b'B' => true,
        _ => return Parsed::Broken,
    };
    let mut start = Decoder::new(fixed, big);
    let lengths = (|| {
        start.u32()?;
        let (body, _serial, fields) = (start.u32()?, start.u32()?, start.u32()?);
        Some((usize::try_from(body).ok()?, usize::try_from(fields).ok()?))
    })();
    let Some((body, fields)) = lengths else { return Parsed::Broken };
    // The bus lets nothing longer pass.
    if fields > 64 << 20 || body > 128 << 20 {
        return Parsed::Broken;
    }
    let header = (FIXED + fields).next_multiple_of(8);
    if header > HEADER {
        return Parsed::Skip(header + body);
    }
    let kept = match (fixed[1], body) {
        (SIGNAL, body) => body.min(TOLD),
        (_, body) if body <= BODY => body,
        _ => 0,
    };
    if bytes.len() < header + kept {
        return Parsed::Partial;
    }
    match read(&bytes[..FIXED + fields], &bytes[header..header + kept], big) {
        Some(message) => Parsed::Whole(message, header + body),
        None => Parsed::Skip(header + body),
    }
}

fn read(header: &[u8], body: &[u8], big: bool) -> Option<Message> {
    let mut message = Message {
        kind: Kind::Other,
        sender: String::new(),
        path: String::new(),
        interface: String::new(),
        member: String::new(),
        error: String::new(),
        signature: String::new(),
        big,
        body: Zeroizing::default(),
    };
    let mut answers = None;
    let mut header = Decoder::new(header, big);
    header.u8()?;
    let kind = header.u8()?;
    // Flags and version, the body's length, the serial.
    header.u8()?;
    header.u8()?;
    header.u32()?;
    header.u32()?;
    let mut fields = header.array(8)?;
    while !fields.is_empty() {
        fields.align(8)?;
        let code = fields.u8()?;
        match (code, fields.signature()?) {
            (1, "o") => message.path = fields.string()?.to_owned(),
            (2, "s") => message.interface = fields.string()?.to_owned(),
            (3, "s") => message.member = fields.string()?.to_owned(),
            (4, "s") => message.error = fields.string()?.to_owned(),
            (5, "u") => answers = Some(fields.u32()?),
            (7, "s") => message.sender = fields.string()?.to_owned(),
            (8, "g") => message.signature = fields.signature()?.to_owned(),
            (_, "s" | "o") => drop(fields.string()?),
            (_, "u") => drop(fields.u32()?),
            (_, "g") => drop(fields.signature()?),
            _ => return None,
        }
    }
    message.kind = match (kind, answers) {
        (RETURN, Some(call)) => Kind::Answer(call),
        (ERROR, Some(call)) => Kind::Refusal(call),
        (SIGNAL, _) => Kind::Signal,
        _ => Kind::Other,
    };
    message.body = Zeroizing::new(body.to_vec());
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer as a bus passes it on.
    fn answer(body: &[u8]) -> Vec<u8> {
        passed_on(RETURN, "s", body)
    }

    fn passed_on(kind: u8, signature: &str, body: &[u8]) -> Vec<u8> {
        let mut bytes = Encoder::default();
        [b'l', kind, 1, 1].into_iter().for_each(|byte| bytes.u8(byte));
        bytes.u32(u32::try_from(body.len()).expect("is short"));
        bytes.u32(9);
        bytes.array(8, |fields| {
            fields.u8(5);
            fields.signature("u");
            fields.u32(7);
            fields.align(8);
            fields.u8(7);
            fields.signature("s");
            fields.string(":1.4");
            fields.align(8);
            fields.u8(8);
            fields.signature("g");
            fields.signature(signature);
        });
        bytes.align(8);
        [bytes.into_bytes(), body.to_vec()].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        let mut body = Encoder::default();
        body.string(text);
        body.into_bytes()
    }

    #[test]
    fn an_answer_is_read_when_it_is_whole() {
        let bytes = answer(&text("Straße"));
        let Parsed::Whole(message, length) = parse(&bytes) else { panic!("it is whole") };
        assert_eq!(length, bytes.len());
        assert_eq!((message.kind, message.sender.as_str()), (Kind::Answer(7), ":1.4"));
        assert_eq!(message.values("s").and_then(|mut values| values.string()), Some("Straße"));
        assert!(message.values("u").is_none(), "not of this type");
        for end in 0..bytes.len() {
            assert!(matches!(parse(&bytes[..end]), Parsed::Partial), "{end}");
        }
    }

    #[test]
    fn of_a_long_message_nothing_is_waited_for_and_nothing_kept() {
        let bytes = answer(&text(&"x".repeat(1 << 20)));
        let Parsed::Whole(message, length) = parse(&bytes[..256]) else { panic!("its header is enough") };
        assert_eq!(length, bytes.len());
        assert_eq!(message.values("s").and_then(|mut values| values.string()), None);
        let path = format!("/{}", "x".repeat(1 << 20));
        let call = Call::new(":1.1", &path, "a.b", "C").encode(1);
        assert!(matches!(parse(&call[..64]), Parsed::Skip(length) if length == call.len()));
        let mut endless = answer(&[]);
        endless[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(parse(&endless), Parsed::Broken));
    }

    #[test]
    fn of_a_signal_the_first_values_are_kept_and_nothing_of_what_follows_them() {
        let mut body = Encoder::default();
        body.string("focused");
        body.i32(1);
        body.i32(0);
        let told = body.into_bytes();
        for text in [10, 1000, 100_000] {
            let body = [told.clone(), vec![b'x'; text]].concat();
            let bytes = passed_on(SIGNAL, "siis", &body);
            let header = bytes.len() - body.len();
            let Parsed::Whole(message, length) = parse(&bytes[..header + body.len().min(TOLD)]) else {
                panic!("enough of it is here")
            };
            assert_eq!(length, bytes.len());
            assert!(message.body.len() <= TOLD);
            let values = message.values("sii").and_then(|mut values| Some((values.string()?, values.i32()?)));
            assert_eq!(values, Some(("focused", 1)));
        }
    }

    #[test]
    fn no_byte_makes_it_panic() {
        let good = answer(&text("name"));
        for at in 0..good.len() {
            for byte in [0, 1, 4, 8, b'B', b'l', b's', 0x7f, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] = byte;
                if let Parsed::Whole(message, _) = parse(&bad) {
                    let _anything = message.values("s").and_then(|mut values| values.string().map(str::len));
                    let _anything = message.values("v").and_then(|mut values| values.array(8)?.u32());
                }
            }
        }
    }
}

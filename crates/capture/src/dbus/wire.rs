//! Values ⇄ bytes. What is not as it should be is `None`: peers are not to be believed.

/// Writes values, little-endian. It starts at a multiple of eight, as a body does.
#[derive(Default)]
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn align(&mut self, to: usize) {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.align(4);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.u32(value.cast_unsigned());
    }

    /// A string or the path of an object.
    pub(crate) fn string(&mut self, value: &str) {
        self.u32(u32::try_from(value.len()).unwrap_or(u32::MAX));
        self.0.extend_from_slice(value.as_bytes());
        self.u8(0);
    }

    /// A signature, which is short.
    pub(crate) fn signature(&mut self, value: &str) {
        self.u8(u8::try_from(value.len()).unwrap_or(u8::MAX));
        self.0.extend_from_slice(value.as_bytes());
        self.u8(0);
    }

    /// Puts the length of what `write` wrote before it.
    pub(crate) fn array(&mut self, of: usize, write: impl FnOnce(&mut Self)) {
        self.u32(0);
        let length_at = self.0.len() - 4;
        self.align(of);
        let start = self.0.len();
        write(self);
        let length = u32::try_from(self.0.len() - start).unwrap_or(u32::MAX);
        self.0[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Reads values, of whichever byte order their sender has.
#[derive(Clone)]
pub(crate) struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
}

impl<'a> Decoder<'a> {
    /// Of bytes that start at a multiple of eight.
    pub(crate) fn new(bytes: &'a [u8], big: bool) -> Self {
        Self { bytes, at: 0, big }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn align(&mut self, to: usize) -> Option<()> {
        self.take(self.at.next_multiple_of(to) - self.at).map(drop)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.align(4)?;
        let bytes = self.take(4)?.try_into().ok()?;
        Some(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    /// A string or the path of an object.
    pub(crate) fn string(&mut self) -> Option<&'a str> {
        let length = self.u32()?;
        self.text(usize::try_from(length).ok()?)
    }

    pub(crate) fn signature(&mut self) -> Option<&'a str> {
        let length = self.u8()?;
        self.text(length.into())
    }

    /// The elements of an array, each aligned by its reader.
    pub(crate) fn array(&mut self, of: usize) -> Option<Decoder<'a>> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.align(of)?;
        let start = self.at;
        self.take(length)?;
        // Alignment counts from the message's start.
        Some(Decoder { bytes: &self.bytes[..start + length], at: start, big: self.big })
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        (self.u8()? == 0).then_some(text)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }
}

//! Integers and strings in binary parts: docs/format.md §1.

use crate::error::{Error, ErrorKind, Result};

/// Appends values to a buffer.
pub struct Writer<'a>(pub &'a mut Vec<u8>);

impl Writer<'_> {
    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    /// A little-endian `u32`.
    pub fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Unsigned LEB128.
    pub fn uvarint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// Zigzag, then LEB128.
    pub fn svarint(&mut self, value: i64) {
        self.uvarint((value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned());
    }

    /// Length and bytes. What is over `limit` bytes is cut at a character.
    pub fn string(&mut self, text: &str, limit: usize) {
        let cut = &text[..text.floor_char_boundary(limit)];
        self.uvarint(cut.len() as u64);
        self.0.extend_from_slice(cut.as_bytes());
    }
}

/// Takes values from bytes that may be anything.
pub struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// Whether everything was taken.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// This many bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, left) = self.left.split_at_checked(count).ok_or_else(|| invalid("ends too early"))?;
        self.left = left;
        Ok(taken)
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.left.len()
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.left)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.bytes(1)?[0])
    }

    /// A byte that is 0 or 1.
    pub fn flag(&mut self) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(invalid("holds a flag that is neither 0 nor 1")),
        }
    }

    /// A little-endian `u32`.
    pub fn u32(&mut self) -> Result<u32> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.bytes(4)?);
        Ok(u32::from_le_bytes(bytes))
    }

    /// Unsigned LEB128 in its shortest form.
    pub fn uvarint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let group = u64::from(byte & 0x7f);
            if shift == 63 && group > 1 {
                return Err(invalid("holds an integer over 64 bits"));
            }
            value |= group << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    return Err(invalid("holds an integer that is not in its shortest form"));
                }
                return Ok(value);
            }
        }
        Err(invalid("holds an integer over 64 bits"))
    }

    /// Zigzag, then LEB128.
    pub fn svarint(&mut self) -> Result<i64> {
        let value = self.uvarint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A `uvarint` of at most `limit`.
    pub fn bounded(&mut self, limit: u64) -> Result<u64> {
        let value = self.uvarint()?;
        if value <= limit { Ok(value) } else { Err(invalid("holds an integer over its limit")) }
    }

    /// A `uvarint` of 32 bits.
    pub fn uvarint32(&mut self) -> Result<u32> {
        u32::try_from(self.uvarint()?).map_err(|_| invalid("holds an integer over its limit"))
    }

    /// A `svarint` of 32 bits.
    pub fn svarint32(&mut self) -> Result<i32> {
        i32::try_from(self.svarint()?).map_err(|_| invalid("holds an integer over its limit"))
    }

    /// A string of at most `limit` bytes.
    pub fn string(&mut self, limit: usize) -> Result<String> {
        let length = self.bounded(limit as u64)?;
        // Bounded by `limit`, a usize.
        let bytes = self.bytes(length as usize)?;
        Ok(std::str::from_utf8(bytes).map_err(|_| invalid("holds text that is not UTF-8"))?.to_owned())
    }
}

/// A record that breaks the format; the message says how, never what it held.
pub fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::FormatInvalid, format!("a record {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn integers_round_trip(unsigned: u64, signed: i64) {
            let mut bytes = Vec::new();
            let mut writer = Writer(&mut bytes);
            writer.uvarint(unsigned);
            writer.svarint(signed);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.uvarint().expect("unsigned"), unsigned);
            prop_assert_eq!(reader.svarint().expect("signed"), signed);
            prop_assert!(reader.is_empty());
        }
    }

    #[test]
    fn only_the_shortest_form_is_read() {
        for bytes in
            [&[0x80, 0x00][..], &[0xff; 10], &[0x80; 11], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]]
        {
            assert!(Reader::new(bytes).uvarint().is_err());
        }
    }
}

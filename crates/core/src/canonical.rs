//! JSON in its one canonical form (RFC 8785), strictly: docs/format.md §1.

use std::fmt;

use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// The largest integer that JSON, and so JavaScript, holds exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
const MAX_DEPTH: usize = 8;

/// Writes the canonical form, without a line feed.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).map_err(|e| Error::new(ErrorKind::Internal, format!("canonical JSON: {e}")))
}

/// Reads bytes that must be exactly the canonical form of a `T`, without a line feed.
///
/// # Errors
/// `FormatInvalid`. The message names `what`, never the content.
pub fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T> {
    let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("{what}: {why}"));
    let value: Value = serde_json::from_slice(bytes).map_err(|_| invalid("is not JSON"))?;
    if !plain(&value, 1) {
        return Err(invalid("holds a value that the format does not allow"));
    }
    if encode(&value)? != bytes {
        return Err(invalid("is not in canonical form"));
    }
    // serde's own message may quote the content, so it is left out.
    serde_json::from_value(value).map_err(|_| invalid("has a missing, unknown or malformed member"))
}

/// Whether a value keeps to what §1 allows: no null, no fraction, no depth.
fn plain(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.as_u64().is_some_and(|n| n <= MAX_INTEGER),
        Value::Array(items) => depth < MAX_DEPTH && items.iter().all(|item| plain(item, depth + 1)),
        Value::Object(members) => depth < MAX_DEPTH && members.values().all(|item| plain(item, depth + 1)),
    }
}

/// `N` bytes, written as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bytes<const N: usize>(pub [u8; N]);

impl<const N: usize> Bytes<N> {
    /// The bytes that this text spells, if it is exactly `2 * N` lower-case digits.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mut bytes = [0; N];
        (lower && text.len() == 2 * N && const_hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&const_hex::encode(self.0))
    }
}

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hex<const N: usize>;
        impl<const N: usize> Visitor<'_> for Hex<N> {
            type Value = Bytes<N>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} lower-case hexadecimal digits", 2 * N)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes<N>, E> {
                Bytes::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("text"), &self))
            }
        }
        deserializer.deserialize_str(Hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        assert!(decode::<Value>("x", br#"{"a":1,"b":[true,"y"]}"#).is_ok());
        for wrong in [
            r#"{"b":1,"a":1}"#,
            r#"{"a":1, "b":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-1}"#,
            r#"{"a":null}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"\u0061":1}"#,
            "[[[[[[[[[1]]]]]]]]]",
        ] {
            let error = decode::<Value>("x", wrong.as_bytes()).expect_err(wrong);
            assert_eq!(error.kind(), ErrorKind::FormatInvalid);
        }
    }

    #[test]
    fn large_integers_keep_their_digits() {
        assert_eq!(encode(&MAX_INTEGER).expect("encodes"), b"9007199254740991");
    }
}

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

/// Reads JSON in any spacing and order, but of the same values: no member twice, no null, no fraction, no depth.
///
/// # Errors
/// `FormatInvalid`. The message names `what`, never the content.
pub fn parse(what: &str, bytes: &[u8]) -> Result<Value> {
    let invalid = |why: &str| Error::new(ErrorKind::FormatInvalid, format!("{what} {why}"));
    let Once(value) = serde_json::from_slice(bytes)
        .map_err(|_| invalid("is not JSON, or has a member twice or a value that is not allowed"))?;
    if !plain(&value, 1) {
        return Err(invalid("holds a null, a fraction, a negative or large number, or is nested too deeply"));
    }
    Ok(value)
}

/// A value whose objects have no member twice: whoever reads the first and whoever reads the last read the same.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Once;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value without null and fractions")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Once, E> {
                Ok(Once(value.into()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Once, E> {
                Ok(Once(value.into()))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Once, E> {
                Ok(Once(value.into()))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
                let mut array = Vec::new();
                while let Some(Once(item)) = items.next_element()? {
                    array.push(item);
                }
                Ok(Once(array.into()))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
                let mut object = serde_json::Map::new();
                while let Some((name, Once(value))) = members.next_entry::<String, Once>()? {
                    if object.insert(name, value).is_some() {
                        return Err(de::Error::custom("a member is there twice"));
                    }
                }
                Ok(Once(object.into()))
            }
        }
        deserializer.deserialize_any(Each)
    }
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
    fn any_spelling_is_parsed_but_no_member_twice() {
        let parse = |text: &str| parse("it", text.as_bytes());
        assert_eq!(parse(r#" {"b": [1, true], "a":"x"} "#).ok(), Some(serde_json::json!({"a": "x", "b": [1, true]})));
        for wrong in
            ["", "{", r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"\u0062":2}}"#, "null", "[1.5]", "[-1]", "[[[[[[[[[1]]]]]]]]]"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn large_integers_keep_their_digits() {
        assert_eq!(encode(&MAX_INTEGER).expect("encodes"), b"9007199254740991");
    }
}

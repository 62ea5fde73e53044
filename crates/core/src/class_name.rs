//! The name of a class of sensitive content, as records and the journal hold it: a later version knows classes that this one does not.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::detect::Class;

/// 1 to 64 lower-case letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassName(Cow<'static, str>);

impl ClassName {
    /// The most bytes of a name.
    pub const MAX_LENGTH: usize = 64;

    /// The name of this class.
    pub fn of(class: Class) -> Self {
        Self::from_static(class.name())
    }

    /// A name that is known to be one.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClassName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        match (1..=Self::MAX_LENGTH).contains(&name.len()) && name.bytes().all(is_part) {
            true => Ok(Self(name.into())),
            false => Err("a class has 1 to 64 lower-case letters, digits and underscores"),
        }
    }
}

impl From<ClassName> for String {
    fn from(name: ClassName) -> Self {
        name.0.into_owned()
    }
}

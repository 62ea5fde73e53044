//! Where a bus listens: a server address of the D-Bus specification.

use std::path::PathBuf;

/// The longest list of addresses that is read.
const LIMIT: usize = 4096;

/// A Unix socket. Other transports carry no proof of whose bus it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// In the abstract namespace of Linux.
    Abstract(Vec<u8>),
    /// In the file system.
    Path(PathBuf),
}

impl Address {
    /// The session's bus, by the environment.
    pub(crate) fn session() -> Vec<Self> {
        match std::env::var("DBUS_SESSION_BUS_ADDRESS") {
            Ok(list) if !list.is_empty() => Self::parse(&list),
            _ => runtime_folder().map(|folder| Self::Path(folder.join("bus"))).into_iter().collect(),
        }
    }

    /// What of a list of addresses can be connected to, in its order.
    pub(crate) fn parse(list: &str) -> Vec<Self> {
        if list.len() > LIMIT {
            return Vec::new();
        }
        list.split(';').filter_map(Self::parse_one).collect()
    }

    fn parse_one(address: &str) -> Option<Self> {
        let pairs = address.strip_prefix("unix:")?.split(',').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find_map(|(key, value)| {
            let value = unescape(value)?;
            match key {
                "abstract" => Some(Self::Abstract(value)),
                // As of the environment's folder, wherever we happen to be does not count.
                "path" => {
                    String::from_utf8(value).ok().map(PathBuf::from).filter(|path| path.is_absolute()).map(Self::Path)
                }
                "runtime" if value == b"yes" => runtime_folder().map(|folder| Self::Path(folder.join("bus"))),
                _ => None,
            }
        })
    }
}

fn runtime_folder() -> Option<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute())
}

/// `%` and two hexadecimal digits are a byte; `None` where they are not two.
fn unescape(value: &str) -> Option<Vec<u8>> {
    let mut bytes = value.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => hexadecimal(bytes.next()?)? << 4 | hexadecimal(bytes.next()?)?,
            byte => byte,
        };
        plain.push(byte);
    }
    Some(plain)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_specification() {
        let path = |path: &str| Address::Path(path.into());
        assert_eq!(Address::parse("unix:path=/run/user/0/bus,guid=0123"), [path("/run/user/0/bus")]);
        assert_eq!(Address::parse("unix:guid=1,path=/a%20b%2cc"), [path("/a b,c")]);
        assert_eq!(
            Address::parse("tcp:host=example.org;unix:abstract=/tmp/x;unix:path=/y"),
            [Address::Abstract(b"/tmp/x".to_vec()), path("/y")]
        );
        for wrong in
            ["", ";", "unix:", "unix:path", "unix:path=%2", "unix:path=%zz", "unix:path=bus", "unixexec:path=/bin/sh"]
        {
            assert_eq!(Address::parse(wrong), [], "{wrong}");
        }
        assert_eq!(Address::parse(&format!("unix:path=/{}", "x".repeat(5000))), []);
    }
}

//! Addresses of sockets, of whatever family.

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde_with::{DeserializeFromStr, SerializeDisplay};

/// An address as a program gives it to the kernel or gets it: `struct sockaddr`.
///
/// As text, and so in JSON: `127.0.0.1:3500`, `[::1]:3500`, `unix:/run/x`, `unix:@abstract`, `unix:` without a name, and
/// `family 16` for one whose form is not known here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
pub enum Address {
    /// `AF_INET` or `AF_INET6`.
    Inet(SocketAddr),
    /// `AF_UNIX`: a path, an abstract name with an `@` before it, or nothing.
    Unix(String),
    /// Of another family.
    Other(u16),
    /// None of these: text of an archive that says something else, which is kept.
    Unknown(String),
}

const UNIX: &str = "unix:";
const FAMILY: &str = "family ";

impl Address {
    /// The address and port, if it has one.
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(address) => Some(*address),
            _ => None,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Inet(address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => address.fmt(f),
            Self::Unix(name) => write!(f, "{UNIX}{name}"),
            Self::Other(family) => write!(f, "{FAMILY}{family}"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        if let Some(name) = text.strip_prefix(UNIX) {
            return Ok(Self::Unix(name.to_owned()));
        }
        if let Some(family) = text.strip_prefix(FAMILY).and_then(|number| number.parse().ok()) {
            return Ok(Self::Other(family));
        }
        Ok(text.parse().map_or_else(|_| Self::Unknown(text.to_owned()), Self::Inet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_each_family_is_read_as_it_is_written() {
        for text in ["127.0.0.1:3500", "[::1]:3500", "unix:/run/x", "unix:@a", "unix:", "family 16", "?"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }
}

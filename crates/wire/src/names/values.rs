//! Numbers that are one of several, not a set.

use std::fmt;
use std::str::FromStr;

use super::{DeserializeFromStr, Row, SerializeDisplay, UnknownName, name_of, number_of, unnamed};

/// Defines a number that has a name, or is written as `PREFIX_??? 0x7`.
macro_rules! values {
    ($(#[$doc:meta])* $type:ident, $unknown:literal, [$($number:literal = $name:literal,)*]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
        pub struct $type(pub u32);

        impl $type {
            const TABLE: &[Row] = &[$(($number, $name)),*];
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match name_of(Self::TABLE, self.0) {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{} {:#x}", $unknown, self.0),
                }
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                let unknown = || unnamed(text.strip_prefix($unknown)?.trim_start());
                number_of(Self::TABLE, text)
                    .or_else(unknown)
                    .map(Self)
                    .ok_or_else(|| UnknownName(text.to_owned()))
            }
        }
    };
}

values! {
    /// An address family (`socket(2)`).
    Domain, "AF_???", [
        0 = "AF_UNSPEC", 1 = "AF_UNIX", 2 = "AF_INET", 10 = "AF_INET6", 16 = "AF_NETLINK", 17 = "AF_PACKET",
        38 = "AF_ALG", 40 = "AF_VSOCK", 44 = "AF_XDP",
    ]
}

values! {
    /// Which directions `shutdown(2)` ends.
    Shutdown, "SHUT_???", [0 = "SHUT_RD", 1 = "SHUT_WR", 2 = "SHUT_RDWR",]
}

/// The type of a socket, with the flags that may be added to it (`socket(2)`, `accept4(2)`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr,
)]
pub struct SocketType(pub u32);

/// The types.
const TYPES: &[Row] = &[
    (1, "SOCK_STREAM"),
    (2, "SOCK_DGRAM"),
    (3, "SOCK_RAW"),
    (4, "SOCK_RDM"),
    (5, "SOCK_SEQPACKET"),
    (10, "SOCK_PACKET"),
];
/// The bits that are the type; the others are flags.
const TYPE_BITS: u32 = 0xf;
const FLAGS: &[Row] = &[(0o4000, "SOCK_NONBLOCK"), (0o2_000_000, "SOCK_CLOEXEC")];

impl SocketType {
    /// `SOCK_STREAM`.
    pub const STREAM: Self = Self(1);
    /// `SOCK_DGRAM`.
    pub const DGRAM: Self = Self(2);

    /// The type without the flags.
    #[must_use]
    pub fn kind(self) -> Self {
        Self(self.0 & TYPE_BITS)
    }

    /// Whether the socket never waits (`SOCK_NONBLOCK`).
    pub fn is_nonblocking(self) -> bool {
        self.0 & FLAGS[0].0 != 0
    }
}

impl fmt::Display for SocketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind().0;
        let named = name_of(TYPES, kind);
        let kind = match (kind, named) {
            (_, Some(name)) => name.to_owned(),
            (0, None) => String::new(),
            (number, None) => format!("{number:#x}"),
        };
        super::flags::write(f, &kind, self.0 & !TYPE_BITS, FLAGS)
    }
}

impl FromStr for SocketType {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        super::flags::read(text, &[TYPES, FLAGS]).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_is_written() {
        for number in 0..70 {
            assert_eq!(Domain(number).to_string().parse(), Ok(Domain(number)));
            assert_eq!(Shutdown(number).to_string().parse(), Ok(Shutdown(number)));
        }
        assert_eq!(Domain(99).to_string(), "AF_??? 0x63");
        assert!("AF_NONE".parse::<Domain>().is_err());
    }

    #[test]
    fn a_type_has_its_flags() {
        let stream = SocketType(0o2_004_001);

        assert_eq!(stream.to_string(), "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC");
        assert_eq!(stream.to_string().parse(), Ok(stream));
        assert_eq!((stream.kind(), stream.is_nonblocking()), (SocketType::STREAM, true));
        for number in [0, 7, 0o4000, 0x107, 0o2_000_002] {
            assert_eq!(SocketType(number).to_string().parse(), Ok(SocketType(number)), "{number:#x}");
        }
    }
}

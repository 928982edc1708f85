//! Numbers that are sets of bits.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use super::{DeserializeFromStr, Row, SerializeDisplay, UnknownName, number_of, unnamed};

/// Writes a first word and the names of the bits, with `|` between them; bits without a name as one number; nothing as `0`.
pub(super) fn write(f: &mut fmt::Formatter<'_>, first: &str, bits: u32, table: &[Row]) -> fmt::Result {
    let mut words: Vec<String> = Vec::new();
    if !first.is_empty() {
        words.push(first.to_owned());
    }
    let mut unknown = bits;
    for (bit, name) in table.iter().filter(|row| bits & row.0 == row.0) {
        words.push((*name).to_owned());
        unknown &= !bit;
    }
    if unknown != 0 {
        words.push(format!("{unknown:#x}"));
    }
    if words.is_empty() { f.write_str("0") } else { f.write_str(&words.join("|")) }
}

/// Reads what [`write()`] wrote.
pub(super) fn read(text: &str, tables: &[&[Row]]) -> Result<u32, UnknownName> {
    if text == "0" {
        return Ok(0);
    }
    let number =
        |word: &str| tables.iter().find_map(|table| number_of(table, word)).or_else(|| unnamed(word));
    text.split('|').try_fold(0, |bits, word| {
        number(word).map(|bit| bits | bit).ok_or_else(|| UnknownName(word.to_owned()))
    })
}

/// Defines a set of bits with names.
macro_rules! flags {
    ($(#[$doc:meta])* $type:ident, [$($constant:ident = $number:literal = $name:literal,)*]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
        pub struct $type(pub u32);

        impl $type {
            $(#[doc = concat!("`", $name, "`.")] pub const $constant: Self = Self($number);)*

            const TABLE: &[Row] = &[$(($number, $name)),*];

            /// Whether all bits of `other` are in it.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether any bit of `other` is in it.
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }
        }

        impl BitOr for $type {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(f, "", self.0, Self::TABLE)
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                read(text, &[Self::TABLE]).map(Self)
            }
        }
    };
}

flags! {
    /// The flags of `send(2)` and `recv(2)`.
    MessageFlags, [
        OOB = 0x1 = "MSG_OOB",
        PEEK = 0x2 = "MSG_PEEK",
        DONTROUTE = 0x4 = "MSG_DONTROUTE",
        CTRUNC = 0x8 = "MSG_CTRUNC",
        TRUNC = 0x20 = "MSG_TRUNC",
        DONTWAIT = 0x40 = "MSG_DONTWAIT",
        EOR = 0x80 = "MSG_EOR",
        WAITALL = 0x100 = "MSG_WAITALL",
        CONFIRM = 0x800 = "MSG_CONFIRM",
        ERRQUEUE = 0x2000 = "MSG_ERRQUEUE",
        NOSIGNAL = 0x4000 = "MSG_NOSIGNAL",
        MORE = 0x8000 = "MSG_MORE",
        WAITFORONE = 0x1_0000 = "MSG_WAITFORONE",
        ZEROCOPY = 0x400_0000 = "MSG_ZEROCOPY",
        FASTOPEN = 0x2000_0000 = "MSG_FASTOPEN",
        CMSG_CLOEXEC = 0x4000_0000 = "MSG_CMSG_CLOEXEC",
    ]
}

flags! {
    /// The events of `poll(2)`, which `epoll(7)` shares and to which those of `select(2)` are translated.
    Poll, [
        IN = 0x1 = "POLLIN",
        PRI = 0x2 = "POLLPRI",
        OUT = 0x4 = "POLLOUT",
        ERR = 0x8 = "POLLERR",
        HUP = 0x10 = "POLLHUP",
        NVAL = 0x20 = "POLLNVAL",
        RDHUP = 0x2000 = "POLLRDHUP",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_is_written() {
        for bits in [0, 0x2, 0x4140, 0x1000, 0xffff_ffff] {
            assert_eq!(MessageFlags(bits).to_string().parse(), Ok(MessageFlags(bits)), "{bits:#x}");
            assert_eq!(Poll(bits).to_string().parse(), Ok(Poll(bits)), "{bits:#x}");
        }
        assert_eq!((MessageFlags::PEEK | MessageFlags::TRUNC).to_string(), "MSG_PEEK|MSG_TRUNC");
        assert_eq!(MessageFlags(0x1002).to_string(), "MSG_PEEK|0x1000");
        assert_eq!("MSG_PEEK|NONE".parse::<MessageFlags>(), Err(UnknownName("NONE".to_owned())));
    }
}

//! Values typed on the command line: pure functions from text to what it means.
//!
//! Nothing here resolves a name, opens a file or speaks to a person: an error is a [`ValueError`], and the module
//! `usage` finds the words for it.

mod address;
mod pause;
mod quantity;
mod rule;

use thiserror::Error;

pub(crate) use address::{Local, Source, Target};
pub(crate) use pause::{Call, Pause, answering_pause, asking_pause};
pub(crate) use quantity::{Hold, datagram_size, port, size, time, whole};
pub(crate) use rule::Rule;

/// Why a text is not a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ValueError {
    /// Not a number with one of the units of time.
    #[error("not a time")]
    Time,
    /// A time, but zero or longer than a day.
    #[error("time out of range")]
    TimeRange,
    /// Not a number with one of the units of size.
    #[error("not a size")]
    Size,
    /// A size, but zero or more than the most that is taken.
    #[error("size out of range, 1 to {max}")]
    SizeRange {
        /// The most that is taken, in bytes.
        max: u64,
    },
    /// Not a whole number between the two, both included.
    #[error("not a whole number from {min} to {max}")]
    Whole {
        /// The least that is taken.
        min: u32,
        /// The most that is taken.
        max: u32,
    },
    /// Not `HOST:PORT`, `[IPV6]:PORT` or `:PORT`.
    #[error("not HOST:PORT")]
    Target,
    /// Not `HOST`, `HOST:PORT` or the same with an IPv6 address in brackets.
    #[error("not HOST[:PORT]")]
    Local,
    /// Not an IP address with or without a port.
    #[error("not ADDRESS[:PORT]")]
    Source,
    /// Looks like an IP address and is none.
    #[error("not an IP address")]
    Address,
    /// The prefix length of a network is not one for its family.
    #[error("not a prefix length from 0 to {max}")]
    Prefix {
        /// The longest prefix of the family: 32 or 128.
        max: u8,
    },
    /// Not `CALL=TIME`.
    #[error("not CALL=TIME")]
    Pause,
    /// Not a call that can be paused here.
    #[error("not one of the calls that can be paused")]
    Call {
        /// Those that can.
        known: &'static [Call],
    },
}

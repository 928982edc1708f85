//! Values typed on the command line: pure functions from text to what it means.
//!
//! Nothing here resolves a name, opens a file or speaks to a person: an error is a [`ValueError`], and the module
//! `usage` finds the words for it.

mod address;
mod delimiter;
mod exercise;
mod key;
mod pause;
mod program;
mod quantity;
mod rule;
mod shard;

use endpoints::shaping::Call;
use thiserror::Error;

pub(crate) use address::{Local, LocalAddress, Target};
pub(crate) use delimiter::delimiter;
pub(crate) use exercise::{Exercises, exercise, sysctl};
pub(crate) use key::{commands, grants, key_name};
pub(crate) use pause::{answering_pause, asking_pause};
pub(crate) use program::{After, PROGRAM_NAME_BYTES_MAX, program_name};
pub(crate) use quantity::{
    UNTIL_STOPPED, datagram_size, delay, disk_size, hold, port, size, size_or_none, taken_port, time, whole,
};
pub(crate) use rule::rule;
pub(crate) use shard::{shard, words};

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
    /// Not the bytes of a delimiter, as they are written.
    #[error("not a delimiter")]
    Delimiter,
    /// Not what a key can be called.
    #[error("not the name of a key")]
    KeyName,
    /// Not grants with commas between them.
    #[error("not a list of grants")]
    Grants,
    /// Not a part of a whole, as `1/8`.
    #[error("not I/N")]
    Shard,
    /// Not a command line in one word.
    #[error("not a command line")]
    Words,
    /// Not names of commands with commas between them, and not `*` alone.
    #[error("not a list of commands")]
    Commands,
    /// Not what a program of a recording can be called.
    #[error("not the name of a program")]
    ProgramName,
    /// Neither `listening` nor `ended` nor a time.
    #[error("not listening, ended or a time")]
    After,
    /// No number of an exercise.
    #[error("not an exercise")]
    Exercise,
    /// Not `net.NAME=VALUE`.
    #[error("not net.NAME=VALUE")]
    Sysctl,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use endpoints::access::Source;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "\\PC*|[0-9.:/%a-z=\\[\\]-]{0,24}") {
            let _ = (time(&text), size(&text), port(&text), taken_port(&text), whole(0, 1)(&text));
            let _ = (answering_pause(&text), asking_pause(&text), hold(&text));
            let _ = (text.parse::<Target>(), text.parse::<Local>(), text.parse::<LocalAddress>());
            let _ = (rule(&text), delimiter(&text));
            let _ = (key_name(&text), grants(&text), commands(&text));
            let _ = (text.parse::<Exercises>(), exercise(&text), sysctl(&text));
            let _ = (program_name(&text), text.parse::<After>(), size_or_none(&text));
        }

        #[test]
        fn a_time_within_a_day_is_read_as_written(milliseconds in 1..=86_400_000_u64) {
            let time_read = Ok(Duration::from_millis(milliseconds));

            prop_assert_eq!(&time(&format!("{milliseconds}ms")), &time_read);
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
            prop_assert_eq!(&time(&format!("{seconds}.{rest:03}")), &time_read);
        }

        #[test]
        fn a_target_is_read_as_written(host in "[a-z][a-z0-9.-]{0,20}", port in 1..=u16::MAX) {
            prop_assert_eq!(format!("{host}:{port}").parse(), Ok(Target { host, port }));
        }

        #[test]
        fn an_address_is_a_rule_and_a_source(address: std::net::IpAddr) {
            prop_assert!(matches!(rule(&address.to_string()), Ok(Source::Rule(_))));
            prop_assert_eq!(address.to_string().parse(), Ok(LocalAddress { address, port: 0 }));
        }
    }
}

//! Socket options: `setsockopt(2)`, `getsockopt(2)`.

use wire::names::SocketOption;

use super::at::{At, bounded, word};
use super::time;
use crate::model::Args;

/// The longest value that is a number here: `struct timeval`.
const VALUE_BYTES: usize = 16;

/// `SO_SNDTIMEO` of `socket(7)`.
const SNDTIMEO: SocketOption = SocketOption { level: 1, name: 21 };
/// The same since Linux 5.1.
const SNDTIMEO_NEW: SocketOption = SocketOption { level: 1, name: 67 };
/// What `SO_LINGER` is told as when it is off.
const NO_LINGER: i32 = -1;

/// Options whose value is text or an address, even when it is four bytes long: `SO_BINDTODEVICE`, `TCP_CONGESTION`,
/// `TCP_ULP`, `IP_MULTICAST_IF`.
const NO_NUMBERS: [SocketOption; 4] = [
    SocketOption { level: 1, name: 25 },
    SocketOption { level: 6, name: 13 },
    SocketOption { level: 6, name: 31 },
    SocketOption { level: 0, name: 32 },
];

pub(super) fn entry(at: &At<'_>) -> Args {
    let option = SocketOption { level: word(at.values[1]), name: word(at.values[2]) };
    let value =
        if at.call.name() == "setsockopt" { value(at, option, word(at.values[4]).into()) } else { None };
    Args::Option { option, value }
}

/// What `getsockopt(2)` answered.
pub(super) fn returned(at: &At<'_>, option: SocketOption) -> Option<i32> {
    value(at, option, at.u32(at.values[4])?.into())
}

fn value(at: &At<'_>, option: SocketOption, length: u64) -> Option<i32> {
    if NO_NUMBERS.contains(&option) {
        return None;
    }
    let bytes = at.bytes(at.values[3], bounded(length, VALUE_BYTES));
    match option {
        SocketOption::RCVTIMEO | SocketOption::RCVTIMEO_NEW | SNDTIMEO | SNDTIMEO_NEW => {
            Some(milliseconds(time::timeval(bytes.first_chunk()?)))
        }
        SocketOption::LINGER => linger(*bytes.first_chunk()?),
        _ if length == 1 => bytes.first().map(|byte| i32::from(*byte)),
        _ if length == 4 => bytes.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)),
        _ => None,
    }
}

/// Rounded up, because 0 is for ever.
fn milliseconds(ns: u64) -> i32 {
    i32::try_from(ns.div_ceil(time::MILLISECOND_NS)).unwrap_or(i32::MAX)
}

/// `struct linger`: whether, and how many seconds.
fn linger(bytes: [u8; 8]) -> Option<i32> {
    let (on, seconds) = bytes.split_first_chunk::<4>()?;
    let is_on = *on != [0; 4];
    let seconds = i32::from_ne_bytes(*seconds.first_chunk()?);
    Some(if is_on { seconds } else { NO_LINGER })
}

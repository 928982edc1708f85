//! Numbers that must not be confused.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in nanoseconds since the recording began; all sources share the clock (`CLOCK_MONOTONIC`).
///
/// In JSON it is a number of seconds, as in every event of socklab; nanoseconds survive for more than a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

const NANOSECONDS_IN_A_SECOND: f64 = 1e9;

impl Time {
    /// The time that has passed since `earlier`; none if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Serialize for Time {
    #[expect(clippy::cast_precision_loss, reason = "a recording of a month has 52 bits of nanoseconds")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / NANOSECONDS_IN_A_SECOND)
    }
}

impl<'de> Deserialize<'de> for Time {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is negative or too large becomes the nearest time that there is"
    )]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Ok(Self((seconds * NANOSECONDS_IN_A_SECOND).round() as u64))
    }
}

/// The number of an observation, in the order in which it was written down. Evidence is named by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(pub u64);

/// The number of a process, which all its threads share (`getpid(2)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pid(pub u32);

/// The number of a thread (`gettid(2)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tid(pub u32);

/// The number by which a process knows a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fd(pub i32);

/// A socket: its cookie, which no other socket of this boot has (`SO_COOKIE` of `socket(7)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SocketId(pub u64);

macro_rules! display_number {
    ($($name:ident)*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        })*
    };
}

display_number!(EventId Pid Tid Fd SocketId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_json_to_the_nanosecond() {
        for time in [0, 1, 35, 999_999_999, 86_400_000_000_001, 2_592_000_123_456_789] {
            let text = serde_json::to_string(&Time(time)).unwrap();

            assert_eq!(serde_json::from_str::<Time>(&text).unwrap(), Time(time), "{text}");
        }
    }
}

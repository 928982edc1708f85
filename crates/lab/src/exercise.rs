//! The exercises of the practical, by the numbers that they have there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};

/// An exercise of the practical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
pub enum Exercise {
    /// 1.3: the echo over UDP, run and looked at.
    EchoUdp,
    /// 1.4: the same, captured, with pauses.
    CaptureUdp,
    /// 1.5.1: a client without a server.
    NoServer,
    /// 1.5.2: a server that serves some addresses only.
    AddressFilter,
    /// 1.5.3: a buffer that is smaller than the message.
    Truncation,
    /// 1.5.4: a chat.
    Chat,
    /// 1.5.5: a message that ends the server.
    RemoteStop,
    /// 1.5.6: a message that runs a command on the server.
    RemoteCommand,
    /// 2.3: the echo over TCP, run and looked at.
    EchoTcp,
    /// 2.4: the same, captured, with pauses.
    CaptureTcp,
    /// 2.5.1: `listen(1)` and two clients.
    ListenBacklog,
    /// 2.5.2: `send()` instead of `sendall()`.
    ShortSend,
    /// 2.5.3: `recv()` of less than the message.
    ShortReceive,
    /// 2.5.4: a text and an image on one connection.
    TextAndImage,
}

/// What an exercise uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// `SOCK_DGRAM`.
    Udp,
    /// `SOCK_STREAM`.
    Tcp,
}

/// A number that no exercise has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no exercise {number:?}")]
pub struct NoSuchExercise {
    /// What was given.
    pub number: String,
}

impl Exercise {
    /// Every exercise, in the order of the practical.
    pub const ALL: [Self; 14] = [
        Self::EchoUdp,
        Self::CaptureUdp,
        Self::NoServer,
        Self::AddressFilter,
        Self::Truncation,
        Self::Chat,
        Self::RemoteStop,
        Self::RemoteCommand,
        Self::EchoTcp,
        Self::CaptureTcp,
        Self::ListenBacklog,
        Self::ShortSend,
        Self::ShortReceive,
        Self::TextAndImage,
    ];

    /// Returns its number in the practical.
    pub fn number(self) -> &'static str {
        match self {
            Self::EchoUdp => "1.3",
            Self::CaptureUdp => "1.4",
            Self::NoServer => "1.5.1",
            Self::AddressFilter => "1.5.2",
            Self::Truncation => "1.5.3",
            Self::Chat => "1.5.4",
            Self::RemoteStop => "1.5.5",
            Self::RemoteCommand => "1.5.6",
            Self::EchoTcp => "2.3",
            Self::CaptureTcp => "2.4",
            Self::ListenBacklog => "2.5.1",
            Self::ShortSend => "2.5.2",
            Self::ShortReceive => "2.5.3",
            Self::TextAndImage => "2.5.4",
        }
    }

    /// Returns what it uses: the first part of the practical is about UDP, the second about TCP.
    pub fn transport(self) -> Transport {
        if self < Self::EchoTcp { Transport::Udp } else { Transport::Tcp }
    }
}

impl fmt::Display for Exercise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

impl FromStr for Exercise {
    type Err = NoSuchExercise;

    fn from_str(number: &str) -> Result<Self, NoSuchExercise> {
        let found = Self::ALL.into_iter().find(|exercise| exercise.number() == number);
        found.ok_or_else(|| NoSuchExercise { number: number.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_is_found_by_its_number() {
        for exercise in Exercise::ALL {
            assert_eq!(exercise.to_string().parse(), Ok(exercise));
        }
        assert!("1.5.7".parse::<Exercise>().is_err());
    }

    #[test]
    fn the_first_part_is_about_udp_and_the_second_about_tcp() {
        for exercise in Exercise::ALL {
            let is_first = exercise.number().starts_with('1');
            assert_eq!(exercise.transport() == Transport::Udp, is_first, "{exercise}");
        }
    }
}

//! What was done with a program, one step after the other: the history that a student reads.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Excerpt, Exit, Role, Told};
use crate::exercise::Transport;

/// How many steps of a trial are kept, the last ones; those before are counted.
pub const STEPS_MAX: usize = 512;

/// Something that was done or seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// When, in seconds since the trial began.
    #[serde(rename = "t", with = "seconds")]
    pub at: Duration,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What was done or seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Act {
    /// A program was started.
    Start {
        /// Which one.
        role: Role,
    },
    /// It waits for peers.
    Ready {
        /// Which one.
        role: Role,
        /// By what.
        transport: Transport,
        /// Where.
        address: SocketAddr,
    },
    /// We wait for a program that is a client.
    Listen {
        /// By what.
        transport: Transport,
        /// Where.
        address: SocketAddr,
    },
    /// One of our peers was made, and, over TCP, connected.
    Connect {
        /// Which peer, from 1.
        peer: u32,
        /// From where.
        from: SocketAddr,
        /// To where.
        to: SocketAddr,
        /// What came of it: connected, refused, or nothing.
        outcome: Told,
    },
    /// We took a connection of the program's.
    Accept {
        /// Which peer it is from now on.
        peer: u32,
        /// From where.
        from: SocketAddr,
    },
    /// A peer sent this.
    Send {
        /// Which peer.
        peer: u32,
        /// What.
        bytes: Excerpt,
    },
    /// A peer got this: bytes, an end, a reset, or nothing within its time.
    Receive {
        /// Which peer.
        peer: u32,
        /// What.
        got: Told,
        /// From where, if that is not whom it talks with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<SocketAddr>,
    },
    /// The program had come to rest, and a peer had got nothing.
    Silence {
        /// Which peer.
        peer: u32,
    },
    /// A peer ended its stream (`shutdown(2)`).
    HalfClose {
        /// Which peer.
        peer: u32,
    },
    /// A peer broke off (RST).
    Reset {
        /// Which peer.
        peer: u32,
    },
    /// A peer closed.
    Close {
        /// Which peer.
        peer: u32,
    },
    /// A line was typed.
    Type {
        /// For whom.
        role: Role,
        /// The line, without its end.
        line: String,
    },
    /// Nothing more will be typed.
    EndOfInput {
        /// For whom.
        role: Role,
    },
    /// A program wrote what we had waited for, or did not.
    Output {
        /// Which one.
        role: Role,
        /// Whether it did.
        found: bool,
    },
    /// From now on a send of the program moves at most so many bytes; `None` is as many as it asks for.
    Clamp {
        /// How many.
        bytes: Option<u64>,
    },
    /// From now on the kernel keeps this much at the most of what is sent on a new connection.
    SmallBuffers {
        /// How much.
        bytes: u64,
    },
    /// A program was stopped and let go on (`SIGSTOP`, `SIGCONT`).
    StopAndContinue {
        /// Which one.
        role: Role,
    },
    /// A program was ended by us.
    End {
        /// Which one.
        role: Role,
    },
    /// A program held more memory than it may, and was ended by us.
    Overuse {
        /// Which one.
        role: Role,
        /// How much, in bytes.
        resident_bytes: u64,
    },
    /// A program ended.
    Ended {
        /// Which one.
        role: Role,
        /// How.
        exit: Exit,
    },
    /// What the relay between two programs does from now on.
    Relay {
        /// What.
        manner: super::Manner,
    },
    /// Time was let pass on purpose.
    Pause {
        /// How long, in seconds.
        #[serde(with = "seconds")]
        time: Duration,
    },
    /// So many steps were left out here.
    LeftOut {
        /// How many.
        steps: u64,
    },
}

/// Durations as numbers of seconds, as everywhere in our JSON.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes one.
    pub(crate) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(time.as_secs_f64())
    }

    /// Reads one; what is none becomes zero.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Ok(Duration::try_from_secs_f64(seconds).unwrap_or_default())
    }
}

//! What stands between the two programs of a pair, and passes on what they say, in its own way.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::check::step::seconds;

/// How a relay passes bytes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "manner", rename_all = "snake_case")]
pub enum Manner {
    /// As they come.
    #[default]
    Faithful,
    /// The first so many bytes of each direction in pieces of one byte, with this pause behind each, then as they come.
    Fragmented {
        /// How many.
        bytes: u64,
        /// The size of each piece.
        piece_bytes: u64,
        /// How long, in seconds.
        #[serde(with = "seconds")]
        pause: Duration,
    },
    /// What comes is kept until nothing has come for so long, and passed on at once.
    Coalesced {
        /// How long, in seconds.
        #[serde(with = "seconds")]
        rest: Duration,
    },
    /// Everything is passed on so much later.
    Delayed {
        /// How much, in seconds.
        #[serde(with = "seconds")]
        by: Duration,
    },
    /// So many bytes of the client's are passed on, then both streams are ended.
    Truncated {
        /// How many.
        bytes: u64,
    },
    /// So many bytes of the client's are passed on, then both connections are broken off.
    Reset {
        /// How many.
        bytes: u64,
    },
}

//! Why a load could not be measured.

use std::{io, net::SocketAddr, time::Duration};

use thiserror::Error;

use crate::{load::InvalidLoad, pattern::Mismatch};

/// What makes a measurement worthless.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The load itself asks for something outside the limits.
    #[error(transparent)]
    Invalid(#[from] InvalidLoad),
    /// A connection could not be opened.
    #[error("connect {target} (connection {peer}): {source}")]
    Connect {
        /// Where to.
        target: SocketAddr,
        /// Which of the connections, from 0.
        peer: usize,
        /// What the kernel said.
        source: io::Error,
    },
    /// A call on an open socket failed.
    #[error("{call} (peer {peer}): {source}")]
    Call {
        /// The call, by its Unix name.
        call: &'static str,
        /// Which of the peers, from 0.
        peer: usize,
        /// What the kernel said.
        source: io::Error,
    },
    /// The server ended a connection that still waited for an echo.
    #[error("the server closed connection {0} before its echo was complete")]
    Closed(usize),
    /// No echo came for too long on a transport that loses nothing.
    #[error("no echo for {after:?}, {waiting} of {peers} connections still wait")]
    Stalled {
        /// How long nothing came.
        after: Duration,
        /// Connections with an echo under way.
        waiting: usize,
        /// All connections.
        peers: usize,
    },
    /// An echo is not what was sent.
    #[error("corrupt echo (peer {peer}): {mismatch}")]
    Corrupt {
        /// Which of the peers, from 0.
        peer: usize,
        /// What differs.
        mismatch: Mismatch,
    },
}

impl LoadError {
    /// Tells whether bytes came back that had not been sent.
    pub fn is_corruption(&self) -> bool {
        matches!(self, Self::Corrupt { .. })
    }
}

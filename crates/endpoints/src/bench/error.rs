//! Why a load has no results.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

use super::load::InvalidLoad;
use super::pattern::Mismatch;

/// What makes a measurement worthless, or impossible.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The load is beyond a limit.
    #[error(transparent)]
    Invalid(#[from] InvalidLoad),
    /// A connection could not be opened: nobody listens (`ECONNREFUSED`), no way there, no answer in time (`ETIMEDOUT`), no ports or
    /// no descriptors left here.
    #[error("connect {target}, connection {connection}: {error}")]
    Connect {
        /// Where to.
        target: SocketAddr,
        /// Which one, from 1.
        connection: usize,
        /// What the kernel said.
        error: io::Error,
    },
    /// A call on an open socket failed: the server reset the connection (`ECONNRESET`, `EPIPE`), or has gone (`ECONNREFUSED` over UDP).
    #[error("{call}, connection {connection}: {error}")]
    Call {
        /// Which call.
        call: &'static str,
        /// Which connection, from 1.
        connection: usize,
        /// What the kernel said.
        error: io::Error,
    },
    /// The server ended a connection that had echoes to come.
    #[error("the server closed connection {connection}")]
    Closed {
        /// Which one, from 1.
        connection: usize,
    },
    /// Nothing came for too long, over a transport that loses nothing; or over UDP nothing came at all.
    #[error("no echo for {after:?}, {waiting} connections wait")]
    Silent {
        /// How long nothing came.
        after: Duration,
        /// How many connections have echoes to come.
        waiting: usize,
    },
    /// What came is not what was sent.
    #[error("connection {connection}: {mismatch}")]
    Wrong {
        /// Which one, from 1.
        connection: usize,
        /// How it differs.
        mismatch: Mismatch,
    },
    /// This machine did not do what a load needs.
    #[error("{operation}: {error}")]
    System {
        /// Which call.
        operation: &'static str,
        /// What the kernel said.
        error: io::Error,
    },
}

impl BenchError {
    /// Makes what kept a call of this machine from working.
    pub(super) fn system(operation: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::System { operation, error }
    }

    /// Makes what a call on the socket of this connection, from 0, said.
    pub(super) fn call(call: &'static str, number: usize) -> impl Fn(io::Error) -> Self {
        move |error| Self::Call { call, connection: number + 1, error }
    }

    /// Makes what is wrong with an echo on this connection, from 0.
    pub(super) fn wrong(number: usize) -> impl Fn(Mismatch) -> Self {
        move |mismatch| Self::Wrong { connection: number + 1, mismatch }
    }
}

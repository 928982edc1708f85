//! The two transports.

use clap::ValueEnum;

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    // User Datagram Protocol, `udp(7)`.
    Udp,
    // Transmission Control Protocol, `tcp(7)`.
    Tcp,
}

//! What the Rust peers share: the size of their buffer and the line that says they are ready.
//!
//! Most peers are deliberately ordinary: the loop that a working engineer writes in ten minutes, with the two settings everybody
//! knows (a large buffer, `TCP_NODELAY`) and no tuning beyond them. `peer-epoll` and `peer-uring` are what a specialist writes by hand
//! on one thread, and `peer-limit` is not a server to use but a bound.

use std::net::SocketAddr;

use clap::ValueEnum;

pub mod ring;

/// Bytes of the buffer that every connection, or every UDP server, reads into.
///
/// It is also larger than the largest datagram (65,507 bytes), so no peer ever truncates one.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// What a server that can do both serves.
#[derive(Clone, Copy, ValueEnum)]
pub enum Transport {
    /// Streams.
    Tcp,
    /// Datagrams.
    Udp,
}

/// Prints the line that tells a person or a script that the server can be used.
///
/// The address is the real one, also when port 0 was asked for.
pub fn announce(address: SocketAddr) {
    println!("listening {address}");
}

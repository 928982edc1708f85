//! What the Rust peers share: the size of their buffer and the line that says they are ready.
//!
//! The peers are deliberately ordinary. Each one is the loop that a working engineer writes in ten minutes, with
//! the two settings everybody knows (a large buffer, `TCP_NODELAY`) and no tuning beyond them.

use std::net::SocketAddr;

/// Bytes of the buffer that every connection, or every UDP server, reads into.
///
/// It is also larger than the largest datagram (65,507 bytes), so no peer ever truncates one.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// Prints the line that tells a person or a script that the server can be used.
///
/// The address is the real one, also when port 0 was asked for.
pub fn announce(address: SocketAddr) {
    println!("listening {address}");
}

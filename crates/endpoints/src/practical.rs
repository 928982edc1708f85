//! What the practical's scripts say, where socklab says it too.

/// The port of all four scripts.
pub const PORT: u16 = 3500;
/// The receive buffer, which the scripts call `LONG_MENSAJE`.
pub const BUFFER_BYTES: usize = 1024;
/// The backlog, which the TCP server's script calls `maxpedidos`.
pub const BACKLOG: u32 = 5;
/// The message of the UDP client.
pub const UDP_MESSAGE: &str = "TyR: Echo sobre UDP";
/// The message of the TCP client.
pub const TCP_MESSAGE: &str = "Hola Mundo!";

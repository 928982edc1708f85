//! Messages between a server and its clients: texts, files, rooms, a remote stop, remote commands; each only for who
//! holds a key with that grant. `docs/protocol.md` is the standard.
//!
//! Where to look: [`serve`] the server; [`client`] its clients; `frames` what both ends do with bytes; `inbox` where files
//! land; `exec` how a command is run; `udp` the same sessions over datagrams; [`keys`] keys on disk.

pub mod client;
pub mod exec;
mod frames;
pub mod inbox;
pub mod keys;
mod lock;
mod opening;
pub mod serve;
mod spares;
pub mod udp;

pub use frames::BrokenSession;

//! Observations of sockets and of the programs that hold them.
//!
//! Knows nothing of socklab's own endpoints: it looks at any program in the same way.
#![forbid(unsafe_code)]

pub mod sockets;

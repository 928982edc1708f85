//! Observations of sockets and of the programs that hold them.
//!
//! Knows nothing of socklab's own endpoints: it looks at any program in the same way.
#![forbid(unsafe_code)]

pub mod decode;
pub mod doctor;
pub mod export;
pub mod findings;
pub mod model;
pub mod script;
pub mod session;
pub mod sockets;
pub mod source;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod timeline;
pub mod usage;

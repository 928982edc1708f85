//! Bytes and values: what the kernel and the network write, read as plain data.
//!
//! Nothing here opens a socket or a file, asks for the time or calls the operating system: functions from
//! bytes to values and back. That makes every parser of outside bytes testable and fuzzable by itself.
#![forbid(unsafe_code)]

pub mod cookie;
pub mod counters;
pub mod datagram;
pub mod errno;
mod fields;
pub mod frame;
pub mod handshake;
pub mod icmp;
pub mod key;
pub mod link;
pub mod message;
pub mod names;
pub mod packet;
mod pending;
pub mod record;
pub mod signal;
pub mod sock_diag;
pub mod tcp_info;
pub mod tcp_state;
pub mod tracepoint;
pub mod wait_status;

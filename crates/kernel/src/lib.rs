//! Linux, as small safe functions: one for each thing the kernel does, each naming its man page.
//!
//! The only crate of socklab with `unsafe` code. It gives no meaning to what it moves: bytes in, bytes out,
//! errors as [`std::io::Error`] with the kernel's errno. Most functions are a thin dress over `rustix`; `libc` is
//! used for the few calls that `rustix` does not have (`recvmmsg`, control messages, the error queue).

pub mod address;
pub mod affinity;
pub mod blocking;
pub mod clock;
pub mod code;
pub mod confine;
pub mod control;
pub mod datagram;
pub mod descriptor;
pub mod directory;
pub mod epoll;
pub mod error_queue;
pub mod file;
pub mod interface;
pub mod launch;
pub mod limits;
pub mod local;
pub mod memory;
pub mod namespace;
pub mod netlink;
pub mod packet;
pub mod perf;
pub mod pipe;
pub mod poll;
pub mod process;
pub mod ptrace;
pub mod random;
pub mod seccomp;
pub mod segments;
pub mod signals;
pub mod socket;
pub mod socket_state;
pub mod step;
pub mod stream;
pub mod streams;
pub mod terminal;
pub mod user;
pub mod wake;

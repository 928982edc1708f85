//! Linux, as small safe functions: one for each thing the kernel does, each naming its man page.
//!
//! The only crate of socklab with `unsafe` code. It gives no meaning to what it moves: bytes in, bytes out,
//! errors as `std::io::Error` with the kernel's errno.

pub mod netlink;

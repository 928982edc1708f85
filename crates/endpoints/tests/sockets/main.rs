//! The endpoints on real sockets, each server in this process and on a port that the kernel chose.

mod ask;
mod echo_tcp;
mod echo_udp;
mod support;

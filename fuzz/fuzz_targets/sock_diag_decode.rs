//! What the kernel answers about its sockets: any bytes are messages or an error.
#![no_main]

use wire::sock_diag::{Extensions, Family, Protocol, Request, StateSet, decode};

const REQUEST: Request = Request {
    sequence: 7,
    protocol: Protocol::Tcp,
    family: Family::Ipv4,
    states: StateSet::ALL,
    extensions: Extensions::SOCKET_MEMORY,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = decode(&REQUEST, bytes);
});

//! What the tests of every peer need: programs that end with the test, ports that are free, bytes to send.

pub(crate) mod lab;
pub(crate) mod lossy;
pub(crate) mod payload;
pub(crate) mod port;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod relay;
pub(crate) mod sockets;
pub(crate) mod socklab;
pub(crate) mod tool;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// How long a condition may take to come true before a test fails: far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The loopback addresses of both families; only the first where the machine has no IPv6.
pub(crate) fn loopbacks() -> Vec<&'static str> {
    let has_ipv6 = UdpSocket::bind("[::1]:0").is_ok();
    if !has_ipv6 {
        tool::skip("the tests over IPv6", "this machine has no [::1]");
    }
    if has_ipv6 { vec!["127.0.0.1", "::1"] } else { vec!["127.0.0.1"] }
}

/// Writes a host and a port as socklab and socat do, IPv6 in brackets.
pub(crate) fn at(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Looks again and again until something is there, and fails when it takes too long.
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::yield_now();
    }
}

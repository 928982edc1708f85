//! Ports for programs that must be told one.

use std::net::{TcpListener, UdpSocket};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

use endpoints::transport::Transport;

/// Below the range from which the kernel gives ports by itself, so that nobody gets one of these by chance.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// A port of one transport that is free on every loopback address, and that no other test takes meanwhile.
///
/// What tests agree on is the same port of the other transport: who has that bound may use this one.
pub(crate) struct Reserved {
    pub(crate) port: u16,
    _lock: Lock,
}

enum Lock {
    Tcp { _listener: TcpListener },
    Udp { _socket: UdpSocket },
}

/// Finds a port for a server of this transport.
pub(crate) fn reserve(transport: Transport) -> Reserved {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = process::id() * 37;
    for _ in 0..COUNT {
        let index = (begin + u32::from(NEXT.fetch_add(1, Relaxed))) % u32::from(COUNT);
        let port = FIRST + u16::try_from(index).unwrap();
        if let Some(lock) = lock(transport, port)
            && is_free(transport, port)
        {
            return Reserved { port, _lock: lock };
        }
    }
    panic!("no port is free from {FIRST} on");
}

fn lock(transport: Transport, port: u16) -> Option<Lock> {
    Some(match transport {
        Transport::Udp => Lock::Tcp { _listener: TcpListener::bind(("127.0.0.1", port)).ok()? },
        Transport::Tcp => Lock::Udp { _socket: UdpSocket::bind(("127.0.0.1", port)).ok()? },
    })
}

fn is_free(transport: Transport, port: u16) -> bool {
    let hosts = super::loopbacks();
    hosts.into_iter().all(|host| match transport {
        Transport::Udp => UdpSocket::bind((host, port)).is_ok(),
        // Without `SO_REUSEADDR`, which the standard library sets: also what is left of earlier connections counts.
        Transport::Tcp => {
            let address = (host.parse::<std::net::IpAddr>().unwrap(), port).into();
            let socket = kernel::socket::open(kernel::socket::Transport::Tcp, address).unwrap();
            kernel::socket::bind(&socket, address).is_ok()
        }
    })
}

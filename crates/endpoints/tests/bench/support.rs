//! Loads, and servers that can be told to do wrong.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use endpoints::bench::{self, BenchError, Crew, Interval, Load, Results, Shape, Witness};
use endpoints::transport::Transport;

/// The length of most messages.
pub(crate) const SIZE_BYTES: usize = 64;

/// Counts what it is told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) intervals: Vec<usize>,
    pub(crate) is_ready: bool,
    cpu_ns: u64,
}

impl Witness for Told {
    fn ready(&mut self) {
        self.is_ready = true;
    }

    fn interval(&mut self, interval: &Interval, of: usize, _: Duration) {
        assert!(interval.index < of);
        self.intervals.push(interval.index);
    }

    fn server_cpu_ns(&mut self) -> Option<u64> {
        self.cpu_ns += 7;
        Some(self.cpu_ns)
    }
}

pub(crate) fn load(transport: Transport, shape: Shape, target: SocketAddr) -> Load {
    Load {
        transport,
        target,
        shape,
        connections: if shape.is_single() { 1 } else { 4 },
        depth: 1,
        size_bytes: SIZE_BYTES,
        rate: None,
        warmup: Duration::ZERO,
        duration: Duration::from_millis(300),
        timeout: Duration::from_millis(200),
    }
}

/// The whole of a load, on one thread.
pub(crate) fn crew(load: &Load) -> Crew {
    Crew { numbers: (0..load.connections).collect(), part: (0, 1), threads: 1, cpus: vec![] }
}

pub(crate) fn run(load: &Load) -> Result<Results, BenchError> {
    bench::run(load, &crew(load), &AtomicBool::new(false), &mut Told::default())
}

/// A server with a thread for each connection, which lets `fault` change what it read at an offset of the stream.
pub(crate) fn tcp_server(fault: fn(usize, &mut [u8])) -> SocketAddr {
    served_by(move |stream| {
        let mut buffer = [0; 4096];
        let mut offset = 0;
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            fault(offset, &mut buffer[..count]);
            offset += count;
            if stream.write_all(&buffer[..count]).is_err() {
                return;
            }
        }
    })
}

/// A server that does this with each connection.
pub(crate) fn served_by(serve: impl Fn(&mut TcpStream) + Copy + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || serve(&mut stream));
        }
    });
    address
}

/// A server that sends what `reply` makes of the datagram with this number, from 1.
pub(crate) fn udp_server(reply: fn(u64, &[u8]) -> Option<Vec<u8>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("it is bound");
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        for number in 1.. {
            let Ok((count, source)) = socket.recv_from(&mut buffer) else { return };
            if let Some(echo) = reply(number, &buffer[..count]) {
                let _ = socket.send_to(&echo, source);
            }
        }
    });
    address
}

/// A port where nobody listens; as long as the socket of the other transport is kept, nobody will.
pub(crate) fn nobody() -> (SocketAddr, UdpSocket) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    (socket.local_addr().expect("it is bound"), socket)
}

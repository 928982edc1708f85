//! The generator against servers that do wrong: it has to notice, and it has to end.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    thread,
    time::Duration,
};

use generator::{IdleConnections, Load, LoadError, Shape, Transport, Waiting};

const SIZE_BYTES: usize = 64;
const PING_PONG: Shape = Shape::PingPong { waiting: Waiting::Block };
const CLOSED_LOOP: Shape = Shape::ClosedLoop { peers: 4 };

#[test]
fn a_good_server_is_measured() {
    let tcp = tcp_server(|_, _| {});
    let udp = udp_server(|_, datagram| Some(datagram.to_vec()));
    for shape in [PING_PONG, CLOSED_LOOP] {
        for (transport, target) in [(Transport::Tcp, tcp), (Transport::Udp, udp)] {
            let outcome = run(transport, shape, target).expect("every echo is right");
            assert!(outcome.echoes > 0, "{transport:?} {shape:?}");
            assert_eq!((outcome.lost, outcome.server_cpu_s), (0, Some(0.0)));
        }
    }
}

#[test]
fn one_wrong_byte_in_a_stream_is_corruption() {
    let target = tcp_server(|offset, data| {
        if (offset..offset + data.len()).contains(&777) {
            data[777 - offset] ^= 0x20;
        }
    });
    for shape in [PING_PONG, CLOSED_LOOP] {
        let error = run(Transport::Tcp, shape, target).expect_err("byte 777 is wrong");
        assert!(error.is_corruption(), "{error}");
    }
}

#[test]
fn one_wrong_or_missing_byte_in_a_datagram_is_corruption() {
    let wrong = udp_server(|number, datagram| {
        let mut echo = datagram.to_vec();
        echo[SIZE_BYTES - 1] ^= u8::from(number % 9 == 0);
        Some(echo)
    });
    let short = udp_server(|_, datagram| Some(datagram[..SIZE_BYTES - 1].to_vec()));
    for shape in [PING_PONG, CLOSED_LOOP] {
        for target in [wrong, short] {
            let error = run(Transport::Udp, shape, target).expect_err("an echo differs");
            assert!(error.is_corruption(), "{error}");
        }
    }
}

#[test]
fn lost_datagrams_are_counted_and_nothing_hangs() {
    let target = udp_server(|number, datagram| (number % 50 != 0).then(|| datagram.to_vec()));
    for shape in [PING_PONG, CLOSED_LOOP] {
        let outcome = run(Transport::Udp, shape, target).expect("loss is no error");
        assert!(outcome.lost > 0 && outcome.echoes > outcome.lost, "{outcome:?}");
    }
}

#[test]
fn a_mute_server_ends_the_load_in_time() {
    let target = udp_server(|_, _| None);
    for shape in [PING_PONG, CLOSED_LOOP] {
        let outcome = run(Transport::Udp, shape, target).expect("loss is no error");
        assert_eq!(outcome.echoes, 0);
    }
}

#[test]
fn a_server_that_closes_is_named() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    let target = listener.local_addr().expect("address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut message = [0; SIZE_BYTES];
            let _ = (&stream).read_exact(&mut message);
        }
    });
    for shape in [PING_PONG, CLOSED_LOOP] {
        let error = run(Transport::Tcp, shape, target).expect_err("the connection ends");
        assert!(matches!(error, LoadError::Closed(_)), "{error}");
    }
}

#[test]
fn a_port_where_nobody_listens_is_refused() {
    let free = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind").local_addr().expect("address");
    for shape in [PING_PONG, CLOSED_LOOP] {
        assert!(matches!(run(Transport::Tcp, shape, free), Err(LoadError::Connect { .. })));
        assert!(matches!(run(Transport::Udp, shape, free), Err(LoadError::Call { .. })));
    }
}

#[test]
fn idle_connections_are_verified_one_by_one() {
    let good = IdleConnections::open(tcp_server(|_, _| {}), 20, SIZE_BYTES).expect("all echo");
    good.verify().expect("all echo again");

    let wrong_later = tcp_server(|offset, data| data[0] ^= u8::from(offset == SIZE_BYTES));
    let idle = IdleConnections::open(wrong_later, 1, SIZE_BYTES).expect("the first echo is right");
    assert!(idle.verify().expect_err("the second is wrong").is_corruption());
}

fn run(transport: Transport, shape: Shape, target: SocketAddr) -> Result<generator::Outcome, LoadError> {
    let (warmup, duration) = (Duration::ZERO, Duration::from_millis(600));
    let load = Load { transport, shape, size_bytes: SIZE_BYTES, warmup, duration };
    generator::run(&load, target, &|| Some(Duration::from_secs(7)))
}

/// A server on a thread per connection, which lets `fault` change what it read at an offset of the stream.
fn tcp_server(fault: fn(usize, &mut [u8])) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    let address = listener.local_addr().expect("address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || echo(&stream, fault));
        }
    });
    address
}

fn echo(mut stream: &TcpStream, fault: fn(usize, &mut [u8])) {
    let mut buffer = [0; 4096];
    let mut offset = 0;
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        fault(offset, &mut buffer[..count]);
        offset += count;
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

/// A server that sends what `reply` makes of the datagram with this number, the first being 1.
fn udp_server(reply: fn(u64, &[u8]) -> Option<Vec<u8>>) -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    let address = socket.local_addr().expect("address");
    thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 1.. {
            let Ok((count, source)) = socket.recv_from(&mut buffer) else {
                return;
            };
            if let Some(echo) = reply(number, &buffer[..count]) {
                let _ = socket.send_to(&echo, source);
            }
        }
    });
    address
}

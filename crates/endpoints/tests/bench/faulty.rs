//! Servers that do wrong: it is noticed, and it ends.

use std::io::{Read, Write};

use endpoints::bench::{BenchError, Load, Mismatch, Shape};
use endpoints::transport::Transport;

use crate::support::{SIZE_BYTES, load, nobody, run, served_by, tcp_server, udp_server};

const TCP: [Shape; 5] = [Shape::Loop, Shape::PingPong, Shape::Spin, Shape::Connect, Shape::Idle];
const UDP: [Shape; 4] = [Shape::Loop, Shape::PingPong, Shape::Spin, Shape::Burst];

#[test]
fn one_wrong_byte_in_a_stream_is_found() {
    for (shape, wrong) in TCP.map(|shape| (shape, shape == Shape::Connect)) {
        // A connection that ends after one message has no byte 777.
        let early = tcp_server(|_, data| data[0] ^= 0x20);
        let late = tcp_server(|offset, data| {
            if (offset..offset + data.len()).contains(&777) {
                data[777 - offset] ^= 0x20;
            }
        });
        let error = run(&load(Transport::Tcp, shape, if wrong { early } else { late })).unwrap_err();
        assert!(matches!(error, BenchError::Wrong { .. }), "{shape:?}: {error}");
    }
}

#[test]
fn a_wrong_or_missing_byte_in_a_datagram_is_found() {
    let wrong = udp_server(|number, datagram| {
        let mut echo = datagram.to_vec();
        echo[SIZE_BYTES - 1] ^= u8::from(number % 9 == 0);
        Some(echo)
    });
    let short = udp_server(|_, datagram| Some(datagram[..SIZE_BYTES - 1].to_vec()));
    for shape in UDP {
        for target in [wrong, short] {
            let error = run(&load(Transport::Udp, shape, target)).unwrap_err();
            assert!(matches!(error, BenchError::Wrong { .. }), "{shape:?}: {error}");
        }
    }
}

#[test]
fn who_answers_something_else_is_told_by_what_came() {
    let target = served_by(|stream| {
        let _ = stream.write_all(b"220 mail.example.org ready\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    for shape in TCP {
        let error = run(&load(Transport::Tcp, shape, target)).unwrap_err();
        let BenchError::Wrong { mismatch: Mismatch::Byte { offset: 0, received, .. }, .. } = &error else {
            panic!("{shape:?}: {error}");
        };
        assert_eq!(received, b"220 mail.example");
    }
}

#[test]
fn lost_datagrams_are_counted_and_nothing_hangs() {
    let target = udp_server(|number, datagram| (number % 50 != 0).then(|| datagram.to_vec()));
    for shape in UDP {
        let load =
            Load { timeout: std::time::Duration::from_millis(20), ..load(Transport::Udp, shape, target) };
        let counts = run(&load).unwrap().counts;
        assert!(counts.lost > 0 && counts.echoes > counts.lost, "{shape:?}: {counts:?}");
    }
}

#[test]
fn a_server_that_says_nothing_is_silent() {
    let (tcp, udp) = (
        served_by(|stream| {
            let _ = stream.read_to_end(&mut Vec::new());
        }),
        udp_server(|_, _| None),
    );
    for (transport, target, shapes) in [(Transport::Tcp, tcp, &TCP[..]), (Transport::Udp, udp, &UDP)] {
        for shape in shapes {
            let error = run(&load(transport, *shape, target)).unwrap_err();
            assert!(matches!(error, BenchError::Silent { .. }), "{transport} {shape:?}: {error}");
        }
    }
}

#[test]
fn a_server_that_closes_or_resets_is_told() {
    let target = served_by(|stream| {
        let mut message = [0; SIZE_BYTES];
        let _ = stream.read_exact(&mut message);
    });
    for shape in TCP {
        let error = run(&load(Transport::Tcp, shape, target)).unwrap_err();
        assert!(matches!(error, BenchError::Closed { .. } | BenchError::Call { .. }), "{shape:?}: {error}");
    }
}

#[test]
fn where_nobody_listens_one_is_refused() {
    let (target, _kept) = nobody();
    for shape in TCP {
        let error = run(&load(Transport::Tcp, shape, target)).unwrap_err();
        assert!(matches!(error, BenchError::Connect { .. }), "{shape:?}: {error}");
    }
    let (target, kept) = nobody();
    drop(kept);
    for shape in UDP {
        let error = run(&load(Transport::Udp, shape, target)).unwrap_err();
        assert!(matches!(error, BenchError::Call { .. }), "{shape:?}: {error}");
    }
}

#[test]
fn connections_that_fail_among_others_are_counted() {
    // Every other connection is closed before its echo.
    let target = served_by(|stream| {
        let mut message = [0; SIZE_BYTES];
        let is_odd = stream.peer_addr().is_ok_and(|peer| peer.port() % 4 < 2);
        if stream.read_exact(&mut message).is_ok() && is_odd {
            let _ = stream.write_all(&message);
            let _ = stream.read(&mut message);
        }
    });
    let counts = run(&load(Transport::Tcp, Shape::Connect, target)).unwrap().counts;
    assert!(counts.broken > 0 && counts.echoes > 0, "{counts:?}");
}

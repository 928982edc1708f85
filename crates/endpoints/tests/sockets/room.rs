//! Replies over UDP that find no room in the send buffer, on a network that is slower than those who ask.

use std::env;
use std::net::UdpSocket;
use std::time::Duration;

use endpoints::transport::Transport;

use crate::again::again;
use crate::support::{Server, pattern};

/// Set where the loopback is slow.
const SLOW_LOOPBACK: &str = "SOCKLAB_TEST_SLOW_LOOPBACK";
/// So many datagrams wait in the default buffers without loss, and are more than the server's send buffer takes.
const DATAGRAMS: usize = 60;

#[test]
fn replies_without_room_go_out_when_there_is_some() {
    if env::var_os(SLOW_LOOPBACK).is_none() {
        return on_a_slow_loopback("room::replies_without_room_go_out_when_there_is_some");
    }
    let server = Server::start(|config| {
        config.transports = vec![Transport::Udp];
        config.sndbuf_bytes = Some(4608);
    });
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server.address(Transport::Udp)).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let message = |number: usize| [&number.to_be_bytes()[..], &pattern(992)].concat();

    // The first one makes it known that this source is no echo server.
    for number in 0..=DATAGRAMS {
        client.send(&message(number)).unwrap();
        if number == 0 {
            assert_eq!(receive(&client), message(0));
        }
    }

    for number in 1..=DATAGRAMS {
        assert_eq!(receive(&client), message(number), "{number}");
    }
}

fn receive(client: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 2000];
    let taken = client.recv(&mut buffer).unwrap();
    buffer.truncate(taken);
    buffer
}

/// Runs a test again, in a network of its own whose loopback carries 1 MB in a second.
fn on_a_slow_loopback(test: &str) {
    let script = "ip link set lo up && tc qdisc add dev lo root tbf rate 8mbit burst 10kb latency 5s";
    let namespaces = ["--user", "--map-root-user", "--net"];
    again("a slow loopback", test, &namespaces, (SLOW_LOOPBACK, "1"), script);
}

//! Echo over UDP.

use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

use endpoints::access::{AccessSources, Source};
use endpoints::echo::{EchoConfig, EchoServer, Event, RefusalRule};
use endpoints::events::{Detail, events};
use endpoints::listen::ListenAddress;
use endpoints::shaping::{Call, Pause, Pauses, Side};
use endpoints::transport::Transport;
use kernel::affinity;
use kernel::poll::{self, Interest};

use crate::support::{Server, pattern};

#[test]
fn datagrams_of_any_size_come_back_whole() {
    let server = udp(|_| {});
    let client = client(&server);

    for bytes in [0, 1, 1023, 1024, 1025, 8192, 16_384, 65_506, 65_507] {
        assert_eq!(exchange(&client, &pattern(bytes)), pattern(bytes), "{bytes} bytes");
    }
}

#[test]
fn the_empty_datagram_is_no_end() {
    let server = udp(|_| {});
    let client = client(&server);

    assert_eq!(exchange(&client, b""), b"");
    assert_eq!(exchange(&client, b"after it"), b"after it");
}

#[test]
fn a_datagram_larger_than_the_buffer_is_cut_and_told_with_its_true_length() {
    let mut server = udp(|config| config.buffer_bytes = Some(4));
    let client = client(&server);

    assert_eq!(exchange(&client, b"ABCDEFGHIJ"), b"ABCD");
    assert_eq!(exchange(&client, b"next"), b"next", "the rest does not show up later");

    let first = server.event(datagram);
    assert_eq!((first.1, first.2), (4, 10));
    assert_eq!(server.stop().truncated, 1);
}

#[test]
fn a_hundred_and_fifty_clients_in_a_row_are_answered() {
    let mut server = udp(|_| {});

    for number in 0..150 {
        let client = client(&server);
        let message = format!("client {number}");
        assert_eq!(exchange(&client, message.as_bytes()), message.as_bytes());
        assert_eq!(server.event(datagram).0, client.local_addr().unwrap());
    }
}

#[test]
fn a_burst_from_one_client_comes_back_in_order() {
    let server = udp(|_| {});
    // With sockets for each processor that holds as long as the client stays on one.
    affinity::pin(affinity::current_cpu()).unwrap();
    let client = client(&server);

    // Fewer than the default receive buffer holds, so that none is lost on either side.
    for number in 0..100_u32 {
        client.send(&number.to_le_bytes()).unwrap();
    }

    for number in 0..100_u32 {
        let mut buffer = [0; 8];
        assert_eq!(client.recv(&mut buffer).unwrap(), 4);
        assert_eq!(buffer[..4], number.to_le_bytes());
    }
}

#[test]
fn the_reply_comes_from_the_address_that_was_asked() {
    let server = udp(|config| config.addresses = ListenAddress::any(0));
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let asked = SocketAddr::from(([127, 0, 0, 7], server.address(Transport::Udp).port()));

    client.send_to(b"who?", asked).unwrap();

    let mut buffer = [0; 8];
    assert_eq!(client.recv_from(&mut buffer).unwrap(), (4, asked));
}

#[test]
fn an_address_that_is_denied_gets_nothing_and_the_rule_is_named() {
    let deny = vec![Source::rule_or_file("127.0.0.2/31").unwrap()];
    let mut server = udp(|config| config.access = AccessSources { allow: vec![], deny });
    let stranger = UdpSocket::bind("127.0.0.2:0").unwrap();
    stranger.send_to(b"let me in", server.address(Transport::Udp)).unwrap();

    let refused = server.event(|event| match event {
        Event::Refused { peer, rule, .. } => Some((*peer, rule.clone())),
        _ => None,
    });

    let rule = RefusalRule::Denied { rule: "127.0.0.2/31".to_owned() };
    assert_eq!(refused, (stranger.local_addr().unwrap(), rule));
    assert_eq!(exchange(&client(&server), b"and me?"), b"and me?");
    let nothing = poll::wait(stranger.as_fd(), Interest::READ, Some(std::time::Instant::now())).unwrap();
    assert!(!nothing.any());
}

#[test]
fn two_servers_that_are_pointed_at_each_other_stop_after_a_handful() {
    let mut one = udp(|_| {});
    // The other one begins to listen only after a datagram in its name was sent: nobody has to forge anything.
    let forger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = forger.local_addr().unwrap();
    forger.send_to(b"you are it", one.address(Transport::Udp)).unwrap();
    one.event(datagram);
    let other = Rebound::listen(forger);

    let blamed = one.event(|event| match event {
        Event::StormStopped { peer } => Some(*peer),
        _ => None,
    });

    assert_eq!(blamed, address);
    other.stop();
    let summary = one.stop();
    assert!(summary.datagrams <= 10, "{} datagrams went round", summary.datagrams);
}

#[test]
fn a_client_that_repeats_itself_at_full_speed_gets_every_reply() {
    let server = udp(|_| {});
    let client = client(&server);

    for _ in 0..20_000 {
        assert_eq!(exchange(&client, b"the same again"), b"the same again");
    }

    let summary = server.stop();
    assert_eq!((summary.datagrams, summary.replies, summary.storm_ignored), (20_000, 20_000, 0));
}

#[test]
fn an_unconnected_client_that_repeats_itself_gets_every_reply() {
    let server = udp(|_| {});
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();

    let mut buffer = [0; 16];
    for _ in 0..20_000 {
        client.send_to(b"the same again", server.address(Transport::Udp)).unwrap();
        assert_eq!(client.recv(&mut buffer).unwrap(), 14);
    }

    // One reply at the most of each worker was the probe's, from another port.
    let workers = affinity::allowed().unwrap().len() as u64;
    let summary = server.stop();
    assert_eq!((summary.datagrams, summary.storm_ignored), (20_000, 0));
    assert!(summary.replies >= 20_000 - workers, "{} replies", summary.replies);
}

#[test]
fn a_pause_delays_the_reply_and_loses_nothing() {
    let pause = |side, call| Pause { side, call, time: Duration::from_millis(5) };
    let server = udp(|config| {
        config.pauses = Pauses::new(vec![pause(Side::Before, Call::Send), pause(Side::After, Call::Recv)]);
    });
    let client = client(&server);

    for number in 0..10_u8 {
        client.send(&[number]).unwrap();
    }

    for number in 0..10_u8 {
        let mut buffer = [0; 2];
        assert_eq!(client.recv(&mut buffer).unwrap(), 1);
        assert_eq!(buffer[0], number);
    }
}

#[test]
fn as_taught_the_buffer_is_small_and_the_empty_datagram_is_not_answered() {
    let server = udp(|config| {
        config.as_taught = true;
        config.addresses.truncate(1);
    });
    let client = client(&server);

    assert_eq!(exchange(&client, &pattern(2000)), pattern(1024));
    client.send(b"").unwrap();
    assert_eq!(exchange(&client, b"next"), b"next", "the empty datagram had no reply");
}

#[test]
fn a_second_server_on_the_port_is_refused_however_many_workers_there_are() {
    for workers in [1, 4] {
        let server = udp(|config| config.workers = Some(workers));
        let mut config = EchoConfig::new();
        config.transports = vec![Transport::Udp];
        config.addresses = ListenAddress::localhost(server.address(Transport::Udp).port());

        let error = EchoServer::bind(config, events(Detail::Quiet).0).unwrap_err();

        let expected = format!("bind {} (udp): EADDRINUSE", server.address(Transport::Udp));
        assert_eq!(error.to_string(), expected);
    }
}

/// A plain echo server on a socket that exists already, as any other program would write it.
struct Rebound {
    end: UdpSocket,
    thread: std::thread::JoinHandle<()>,
}

impl Rebound {
    const END: &[u8] = b"end of test";

    fn listen(socket: UdpSocket) -> Self {
        let end = UdpSocket::bind("127.0.0.1:0").unwrap();
        end.connect(socket.local_addr().unwrap()).unwrap();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            loop {
                let (taken, peer) = socket.recv_from(&mut buffer).unwrap();
                if &buffer[..taken] == Self::END {
                    return;
                }
                socket.send_to(&buffer[..taken], peer).unwrap();
            }
        });
        Self { end, thread }
    }

    fn stop(self) {
        self.end.send(Self::END).unwrap();
        self.thread.join().unwrap();
    }
}

fn udp(change: impl FnOnce(&mut EchoConfig)) -> Server {
    Server::start(|config| {
        config.transports = vec![Transport::Udp];
        change(config);
    })
}

fn client(server: &Server) -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server.address(Transport::Udp)).unwrap();
    client
}

fn exchange(client: &UdpSocket, message: &[u8]) -> Vec<u8> {
    client.send(message).unwrap();
    let mut buffer = vec![0; 65_535];
    let taken = client.recv(&mut buffer).unwrap();
    buffer.truncate(taken);
    buffer
}

fn datagram(event: &Event) -> Option<(SocketAddr, usize, usize)> {
    match event {
        Event::Datagram { peer, bytes, true_bytes } => Some((*peer, *bytes, *true_bytes)),
        _ => None,
    }
}

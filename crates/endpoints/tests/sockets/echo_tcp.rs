//! Echo over TCP.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use endpoints::access::{AccessSources, Source};
use endpoints::echo::config::STREAM_BUFFER_BYTES;
use endpoints::echo::{CloseReason, EchoConfig, EchoServer, Event, RefusalRule};
use endpoints::events::{Detail, events};
use endpoints::listen::{ListenAddress, StartError};
use endpoints::shaping::{Call, Pause, Pauses, Side};
use endpoints::transport::Transport;

use crate::support::{Server, pattern};

#[test]
fn every_byte_comes_back_after_a_half_close() {
    let server = tcp(|_| {});
    let message = pattern(3_000_000);

    let reply = echo_while_reading(connect(&server), &message);

    assert!(reply == message, "{} of {} bytes, or others", reply.len(), message.len());
    assert_eq!(server.stop().tcp_sent_bytes, 3_000_000);
}

#[test]
fn two_hundred_small_echoes_lose_nothing() {
    let server = tcp(|_| {});

    for number in 0..200 {
        let message = format!("message {number}");
        assert_eq!(echo_while_reading(connect(&server), message.as_bytes()), message.as_bytes());
    }

    assert_eq!(server.stop().connections, 200);
}

#[test]
fn bytes_that_come_one_by_one_come_back() {
    let server = tcp(|_| {});
    let mut client = connect(&server);
    client.set_nodelay(true).unwrap();

    for byte in 0..=u8::MAX {
        client.write_all(&[byte]).unwrap();
        let mut back = [0];
        client.read_exact(&mut back).unwrap();
        assert_eq!(back, [byte]);
    }
}

#[test]
fn a_peer_that_does_not_read_is_not_read_and_the_others_go_on() {
    let server = tcp(|config| {
        config.workers = Some(1);
        config.sndbuf_bytes = Some(4608);
        config.rcvbuf_bytes = Some(4608);
    });
    let mut deaf = connect(&server);
    let message = pattern(64 << 20);

    // It sends until the kernel on this side takes no more.
    deaf.set_nonblocking(true).unwrap();
    let mut sent = 0;
    let mut idle_rounds = 0;
    while idle_rounds < 50 {
        match deaf.write(&message[sent..]) {
            Ok(more) => (sent, idle_rounds) = (sent + more, 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                // Another client is served meanwhile, and its round trip is what this loop waits for.
                assert_eq!(echo_while_reading(connect(&server), b"I am served"), b"I am served");
                idle_rounds += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }

    let received = usize::try_from(server.summary().tcp_received_bytes).unwrap();
    let echoed = usize::try_from(server.summary().tcp_sent_bytes).unwrap();
    assert!(sent < message.len(), "all {sent} bytes were taken: nothing held the sender back");
    assert!(received - echoed <= STREAM_BUFFER_BYTES, "{} bytes are held", received - echoed);
}

#[test]
fn a_slow_reader_gets_everything() {
    let server = tcp(|config| config.sndbuf_bytes = Some(4608));
    let message = pattern(1_000_000);
    let mut client = connect(&server);
    let mut writer = client.try_clone().unwrap();
    let to_send = message.clone();
    let sender = thread::spawn(move || {
        writer.write_all(&to_send).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });

    let mut reply = Vec::new();
    let mut piece = [0; 700];
    loop {
        match client.read(&mut piece).unwrap() {
            0 => break,
            taken => reply.extend_from_slice(&piece[..taken]),
        }
    }

    sender.join().unwrap();
    assert!(reply == message);
}

#[test]
fn a_reset_ends_one_connection_and_no_other() {
    let mut server = tcp(|config| config.workers = Some(1));
    let mut steady = connect(&server);
    let doomed = connect(&server);
    server.event(connected);
    let number = server.event(connected);

    kernel::socket::set_abortive_close(&doomed).unwrap();
    drop(doomed);

    let closed = server.event(|event| match event {
        Event::Closed { connection, reason, .. } => Some((*connection, *reason)),
        _ => None,
    });
    assert_eq!(closed, (number, CloseReason::PeerReset));
    steady.write_all(b"still here").unwrap();
    let mut back = [0; 10];
    steady.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"still here");
}

#[test]
fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let mut server = tcp(|config| config.idle_timeout = Some(Duration::from_millis(60)));
    let mut busy = connect(&server);
    let mut idle = connect(&server);
    let idle_address = idle.local_addr().unwrap();
    idle.set_nonblocking(true).unwrap();

    // The busy one keeps talking until the idle one is closed.
    let mut end = [0];
    while idle.read(&mut end).is_err() {
        busy.write_all(b"busy").unwrap();
        busy.read_exact(&mut [0; 4]).unwrap();
    }

    let closed = server.event(|event| match event {
        Event::Closed { peer, reason, .. } => Some((*peer, *reason)),
        _ => None,
    });
    assert_eq!(closed, (idle_address, CloseReason::Idle));
}

#[test]
fn one_connection_more_than_allowed_is_reset_and_told_why() {
    let mut server = tcp(|config| config.connections_max = Some(2));
    let _first = connect(&server);
    let _second = connect(&server);
    server.event(connected);
    server.event(connected);

    let third = read_to_the_end(connect(&server));

    assert_eq!(third.unwrap_err(), ErrorKind::ConnectionReset);
    assert_eq!(server.event(refused).1, RefusalRule::ConnectionsMax { max: 2 });
}

#[test]
fn an_address_that_is_not_allowed_is_reset_and_an_allowed_one_is_served() {
    let only_two = |config: &mut EchoConfig| {
        let allow = vec![Source::rule_or_file("127.0.0.2").unwrap()];
        config.access = AccessSources { allow, deny: vec![] };
    };
    let mut server = tcp(only_two);

    let stranger = read_to_the_end(connect(&server));
    assert_eq!(stranger.unwrap_err(), ErrorKind::ConnectionReset);
    assert_eq!(server.event(refused).1, RefusalRule::NotAllowed);

    let friend = connect_from("127.0.0.2:0".parse().unwrap(), server.address(Transport::Tcp));
    assert_eq!(echo_while_reading(friend, b"hello"), b"hello");
}

#[test]
fn rules_are_read_again_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deny");
    std::fs::write(&file, "127.0.0.1\n").unwrap();
    let mut server = tcp(|config| config.access.deny = vec![Source::File(file.clone())]);
    assert_eq!(read_to_the_end(connect(&server)).unwrap_err(), ErrorKind::ConnectionReset);
    let (_, rule) = server.event(refused);
    assert!(matches!(rule, RefusalRule::Denied { rule } if rule.ends_with("deny:1)")));

    std::fs::write(&file, "nonsense\n").unwrap();
    server.reload();
    server.event(|event| matches!(event, Event::AccessReloadFailed { .. }).then_some(()));
    assert_eq!(read_to_the_end(connect(&server)).unwrap_err(), ErrorKind::ConnectionReset);

    std::fs::write(&file, "10.0.0.0/8\n").unwrap();
    server.reload();
    server.event(|event| matches!(event, Event::AccessReloaded { rules: 1 }).then_some(()));
    assert_eq!(echo_while_reading(connect(&server), b"hello"), b"hello");
}

#[test]
fn a_second_server_on_the_port_is_refused_however_many_workers_there_are() {
    for workers in [1, 4] {
        let server = tcp(|config| config.workers = Some(workers));
        let mut config = EchoConfig::new();
        config.transports = vec![Transport::Tcp];
        config.addresses = ListenAddress::localhost(server.address(Transport::Tcp).port());

        let error = EchoServer::bind(config, events(Detail::Quiet).0).unwrap_err();

        assert!(
            matches!(error, StartError::Socket { call: "listen" | "bind", ref source, .. }
                if source.kind() == ErrorKind::AddrInUse),
            "{error}"
        );
    }
}

#[test]
fn a_server_starts_over_connections_in_time_wait() {
    // An address of its own, so that no other test is given the port in between.
    let alone = |port| {
        let address = SocketAddr::from(([127, 66, 0, 1], port));
        vec![ListenAddress { address, optional: false }]
    };
    let server = tcp(|config| config.addresses = alone(0));
    let port = server.address(Transport::Tcp).port();
    let mut client = connect(&server);
    // The server closes first, so its end goes to TIME-WAIT.
    client.write_all(b"x").unwrap();
    client.read_exact(&mut [0]).unwrap();
    server.stop();
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    drop(client);

    let again = tcp(|config| config.addresses = alone(port));

    assert_eq!(echo_while_reading(connect(&again), b"again"), b"again");
}

#[test]
fn told_to_stop_it_delivers_what_it_has_in_hand() {
    assert_stop_delivers(tcp(|config| config.workers = Some(1)), 300_000);
}

#[test]
fn told_to_stop_while_bytes_come_it_destroys_none_that_it_has_sent() {
    let mut server = tcp(|_| {});
    let mut client = connect(&server);
    let mut writer = client.try_clone().unwrap();
    server.event(connected);
    let sender = thread::spawn(move || while writer.write_all(&[7; 10_000]).is_ok() {});
    client.read_exact(&mut vec![0; 100_000]).unwrap();

    server.ask_to_stop();
    let mut received = 100_000;
    let mut buffer = vec![0; 65_536];
    loop {
        match client.read(&mut buffer).unwrap() {
            0 => break,
            taken => received += taken as u64,
        }
    }

    // The stream has ended in order; only now does this side stop sending.
    client.shutdown(Shutdown::Both).unwrap();
    sender.join().unwrap();
    assert_eq!(server.stop().tcp_sent_bytes, received);
}

#[test]
fn told_to_stop_it_serves_whoever_waits_in_the_accept_queue() {
    for workers in [1, 4] {
        let config = EchoConfig {
            transports: vec![Transport::Tcp],
            addresses: ListenAddress::localhost(0),
            workers: Some(workers),
            ..EchoConfig::new()
        };
        let (sink, _reader) = events(Detail::Quiet);
        let server = EchoServer::bind(config, sink).unwrap();
        let address = server.addresses().find(|(_, address)| address.is_ipv4()).unwrap().1;
        // Nobody serves yet: the kernel completes the handshakes and takes the bytes.
        let clients: Vec<_> = (0..60)
            .map(|_| {
                let mut client = TcpStream::connect(address).unwrap();
                client.write_all(b"hola").unwrap();
                client
            })
            .collect();

        let running = server.start().unwrap();
        running.control().stop();

        for mut client in clients {
            let mut reply = Vec::new();
            client.read_to_end(&mut reply).unwrap();
            assert_eq!(reply, b"hola", "with {workers} workers");
        }
        running.wait().unwrap();
    }
}

#[test]
fn told_to_stop_it_does_not_wait_for_pauses() {
    let pause = Pause { side: Side::After, call: Call::Recv, time: Duration::from_secs(3600) };
    let server = tcp(|config| {
        config.pauses = Pauses::new(vec![pause]);
        config.sndbuf_bytes = Some(4608);
    });

    assert_stop_delivers(server, 60_000);
}

#[test]
fn a_pause_delays_each_connection_and_not_the_others() {
    let pause = |call| Pause { side: Side::Before, call, time: Duration::from_millis(30) };
    let server = tcp(|config| config.pauses = Pauses::new(vec![pause(Call::Recv), pause(Call::Close)]));

    let clients: Vec<_> = (0..20)
        .map(|_| {
            let client = connect(&server);
            thread::spawn(move || echo_while_reading(client, b"slowly"))
        })
        .collect();

    for client in clients {
        assert_eq!(client.join().unwrap(), b"slowly");
    }
}

#[test]
fn sends_and_receives_have_the_sizes_that_were_asked() {
    let mut server = tcp(|config| {
        config.recv_bytes = Some(4);
        config.send_bytes = Some(3);
        config.detail = Detail::Calls;
    });

    assert_eq!(echo_while_reading(connect(&server), b"Hola Mundo!"), b"Hola Mundo!");

    let mut received = 0;
    let mut sent = 0;
    while sent < 11 {
        let (call, asked, took) = server.event(|event| match event {
            Event::Call { call, asked_bytes, took_bytes, .. } => Some((*call, *asked_bytes, *took_bytes)),
            _ => None,
        });
        match call {
            Call::Recv => {
                assert_eq!(asked, 4);
                received += took;
            }
            Call::Send => {
                assert!(asked <= 3);
                sent += took;
            }
            _ => panic!("{call} has no sizes"),
        }
        assert!(sent <= received);
    }
}

#[test]
fn as_taught_one_recv_is_all_a_client_gets() {
    let mut server = tcp(|config| {
        config.as_taught = true;
        config.addresses.truncate(1);
    });
    let mut client = connect(&server);
    client.write_all(b"Hola Mundo!").unwrap();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"Hola Mundo!");

    let mut client = connect(&server);
    client.write_all(&pattern(5000)).unwrap();
    let mut reply = Vec::new();
    let ended = client.read_to_end(&mut reply);

    // It closes with bytes unread, so the kernel sends RST (RFC 2525 §2.17); what was echoed before may be read first.
    assert!(reply.len() <= 1024, "{} bytes", reply.len());
    assert!(ended.is_err() || reply.len() == 1024);
    let reason = server.event(|event| match event {
        Event::Closed { reason, .. } => Some(*reason),
        _ => None,
    });
    assert_eq!(reason, CloseReason::AsTaught);
}

#[test]
fn as_taught_the_second_client_waits_for_the_first() {
    let server = tcp(|config| {
        config.as_taught = true;
        config.addresses.truncate(1);
    });
    let mut first = connect(&server);
    let mut second = connect(&server);
    second.write_all(b"second").unwrap();
    second.set_nonblocking(true).unwrap();
    assert_eq!(second.read(&mut [0; 6]).unwrap_err().kind(), ErrorKind::WouldBlock);

    first.write_all(b"first").unwrap();
    let mut reply = Vec::new();
    first.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"first");

    second.set_nonblocking(false).unwrap();
    reply.clear();
    second.read_to_end(&mut reply).unwrap();
    assert_eq!(reply, b"second");
}

fn tcp(change: impl FnOnce(&mut EchoConfig)) -> Server {
    Server::start(|config| {
        config.transports = vec![Transport::Tcp];
        change(config);
    })
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address(Transport::Tcp)).unwrap()
}

fn connect_from(local: SocketAddr, peer: SocketAddr) -> TcpStream {
    let socket = kernel::socket::open(kernel::socket::Transport::Tcp, peer).unwrap();
    kernel::socket::bind(&socket, local).unwrap();
    let started = kernel::socket::connect(&socket, peer);
    if let Err(error) = started {
        assert_eq!(error.raw_os_error(), Some(wire::errno::EINPROGRESS));
        kernel::poll::wait(socket.as_fd(), kernel::poll::Interest::WRITE, None).unwrap();
    }
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false).unwrap();
    stream
}

/// Sends from a thread of its own, ends the stream, and reads to the end of the other one.
fn echo_while_reading(mut client: TcpStream, message: &[u8]) -> Vec<u8> {
    let mut writer = client.try_clone().unwrap();
    let mut reply = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || {
            writer.write_all(message).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        client.read_to_end(&mut reply).unwrap();
    });
    reply
}

/// Tells the server to stop when it has been sent so many bytes and given back none that anybody has read.
fn assert_stop_delivers(mut server: Server, bytes: usize) {
    let mut client = connect(&server);
    let message = pattern(bytes);
    client.write_all(&message).unwrap();
    server.event(connected);

    server.ask_to_stop();
    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();

    assert!(reply == message, "{} of {} bytes", reply.len(), message.len());
}

fn read_to_the_end(mut client: TcpStream) -> Result<Vec<u8>, ErrorKind> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).map(|_| bytes).map_err(|error| error.kind())
}

fn connected(event: &Event) -> Option<u32> {
    match event {
        Event::Connected { connection, .. } => Some(*connection),
        _ => None,
    }
}

fn refused(event: &Event) -> Option<(SocketAddr, RefusalRule)> {
    match event {
        Event::Refused { peer, rule, .. } => Some((*peer, rule.clone())),
        _ => None,
    }
}

#[test]
fn a_port_that_another_program_has_is_named_in_the_error() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = EchoConfig::new();
    config.addresses = ListenAddress::localhost(other.local_addr().unwrap().port());
    config.transports = vec![Transport::Tcp];

    let error = EchoServer::bind(config, events(Detail::Quiet).0).unwrap_err();

    let expected = format!("bind {} (tcp): EADDRINUSE", other.local_addr().unwrap());
    assert_eq!(error.to_string(), expected);
}

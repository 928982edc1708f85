//! The client, against servers that behave in every way there is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use endpoints::access::Source;
use endpoints::ask::{AskConfig, AskError, Cut, Event, Hold, Outcome, Refusal, Stage, Verdict, Witness, ask};
use endpoints::transport::Transport;
use kernel::wake::Wake;

use crate::support::{Server, pattern};

/// Short, because it is waited for; a test that expects a reply gives more.
const SHORT: Option<Duration> = Some(Duration::from_millis(50));

#[test]
fn an_echo_is_a_reply() {
    let server = Server::start(|_| {});
    for transport in [Transport::Udp, Transport::Tcp] {
        let (outcome, reply) = run(&config(transport, server.address(transport)));

        assert_eq!(outcome.verdict, Verdict::Replied { echo: true });
        assert_eq!(reply, config(transport, server.address(transport)).message);
    }
}

#[test]
fn three_megabytes_come_back_over_tcp() {
    let server = Server::start(|_| {});
    let mut config = config(Transport::Tcp, server.address(Transport::Tcp));
    config.message = pattern(3_000_000);

    let (outcome, reply) = run(&config);

    assert_eq!(outcome.verdict, Verdict::Replied { echo: true });
    assert!(reply == config.message);
}

#[test]
fn a_closed_udp_port_is_refused_by_whom_and_about_what() {
    let deaf = Deaf::new();
    let (outcome, _) = run(&config(Transport::Udp, deaf.address));

    let Verdict::Refused { by: Refusal::Icmp { offender, kind, code, name, quoted_bytes, destination, .. } } =
        outcome.verdict
    else {
        panic!("{:?}", outcome.verdict)
    };
    assert_eq!((kind, code, name), (3, 3, "port unreachable"));
    assert_eq!(offender, Some(deaf.address.ip()));
    assert_eq!(destination, Some(deaf.address));
    assert_eq!(quoted_bytes, "TyR: Echo sobre UDP".len());
}

#[test]
fn a_closed_udp_port_over_ipv6_is_refused_too() {
    let deaf = UdpSocket::bind("[::1]:0").unwrap();
    deaf.connect("[::1]:1").unwrap();
    let (outcome, _) = run(&config(Transport::Udp, deaf.local_addr().unwrap()));

    assert!(
        matches!(outcome.verdict, Verdict::Refused { by: Refusal::Icmp { kind: 1, code: 4, .. } }),
        "{:?}",
        outcome.verdict
    );
}

#[test]
fn a_connected_socket_is_told_only_that_it_was_refused() {
    let deaf = Deaf::new();
    let mut config = config(Transport::Udp, deaf.address);
    config.connect = true;

    let (outcome, _) = run(&config);

    assert!(
        matches!(&outcome.verdict, Verdict::Refused { by: Refusal::Kernel { errno } }
            if errno.0 == wire::errno::ECONNREFUSED),
        "{:?}",
        outcome.verdict
    );
}

#[test]
fn a_server_that_says_nothing_is_silent_after_every_try() {
    let mute = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = config(Transport::Udp, mute.local_addr().unwrap());
    (config.timeout, config.tries) = (SHORT, 3);

    let (outcome, _) = run(&config);

    assert_eq!(outcome.verdict, Verdict::Silent { waiting_for: Stage::Reply });
    for _ in 0..3 {
        assert_eq!(mute.recv(&mut [0; 64]).unwrap(), config.message.len());
    }
}

#[test]
fn a_closed_tcp_port_is_refused() {
    // Bound and not listening: the port is taken, and refuses.
    let taken = kernel::socket::open(kernel::socket::Transport::Tcp, any_port()).unwrap();
    kernel::socket::bind(&taken, any_port()).unwrap();
    let address = kernel::socket::local_address(&taken).unwrap();

    let (outcome, _) = run(&config(Transport::Tcp, address));

    assert!(
        matches!(outcome.verdict, Verdict::Refused { by: Refusal::Kernel { .. } }),
        "{:?}",
        outcome.verdict
    );
}

#[test]
fn a_full_accept_queue_is_silence_during_the_handshake() {
    let listener = kernel::socket::open(kernel::socket::Transport::Tcp, any_port()).unwrap();
    kernel::socket::bind(&listener, any_port()).unwrap();
    kernel::socket::listen(&listener, 0).unwrap();
    let address = kernel::socket::local_address(&listener).unwrap();
    let _queued = TcpStream::connect(address).unwrap();
    let mut config = config(Transport::Tcp, address);
    config.timeout = SHORT;

    let (outcome, _) = run(&config);

    assert_eq!(outcome.verdict, Verdict::Silent { waiting_for: Stage::Handshake });
}

#[test]
fn a_connection_that_is_closed_without_a_reply_is_closed_early() {
    let address = serve(|mut client| {
        client.read_to_end(&mut Vec::new()).unwrap();
    });

    let (outcome, _) = run(&config(Transport::Tcp, address));

    assert_eq!(outcome.verdict, Verdict::ClosedEarly);
}

#[test]
fn a_reset_is_told_with_what_had_come_back() {
    let address = serve(|mut client| {
        client.read_to_end(&mut Vec::new()).unwrap();
        client.write_all(b"Hola").unwrap();
        kernel::socket::set_abortive_close(&client).unwrap();
    });

    let (outcome, _) = run(&config(Transport::Tcp, address));

    assert!(matches!(outcome.verdict, Verdict::Reset { .. }), "{:?}", outcome.verdict);
}

#[test]
fn a_reset_while_the_message_is_sent_is_no_orderly_end() {
    let mut config = config(
        Transport::Tcp,
        // It closes with bytes unread.
        serve(|mut stream| stream.read_exact(&mut [0; 1000]).unwrap()),
    );
    config.message = pattern(20_000_000);

    let (outcome, _) = run(&config);

    assert!(matches!(outcome.verdict, Verdict::Reset { .. }), "{:?}", outcome.verdict);
    assert!(outcome.sent_bytes < 20_000_000);
}

#[test]
fn a_reply_that_is_the_beginning_of_the_message_is_truncated() {
    let address = serve(|mut client| {
        client.read_to_end(&mut Vec::new()).unwrap();
        client.write_all(b"Hola").unwrap();
    });

    let (outcome, reply) = run(&config(Transport::Tcp, address));

    assert_eq!(outcome.verdict, Verdict::Truncated { at: Cut::Peer, bytes: 4, true_bytes: 11 });
    assert_eq!(reply, b"Hola");
}

#[test]
fn a_reply_that_is_no_echo_is_read_to_its_end() {
    let address = serve(|mut client| {
        client.read_to_end(&mut Vec::new()).unwrap();
        client.write_all(b"good morning").unwrap();
    });

    let (outcome, reply) = run(&config(Transport::Tcp, address));

    assert_eq!(outcome.verdict, Verdict::Replied { echo: false });
    assert_eq!(reply, b"good morning");
}

#[test]
fn a_server_that_keeps_the_connection_open_has_replied_all_the_same() {
    let address = serve(|mut client| {
        let mut message = [0; 11];
        client.read_exact(&mut message).unwrap();
        client.write_all(&message).unwrap();
        // It never closes: this waits until the other side does.
        client.read_to_end(&mut Vec::new()).unwrap();
    });
    let mut config = config(Transport::Tcp, address);
    config.shut_write = false;

    assert_eq!(run(&config).0.verdict, Verdict::Replied { echo: true });
}

#[test]
fn a_small_buffer_cuts_the_reply_and_tells_its_true_length() {
    let server = Server::start(|_| {});
    let mut config = config(Transport::Udp, server.address(Transport::Udp));
    config.buffer_bytes = Some(4);

    let (outcome, reply) = run(&config);

    assert_eq!(outcome.verdict, Verdict::Truncated { at: Cut::Recv, bytes: 4, true_bytes: 19 });
    assert_eq!(reply, b"TyR:");
}

#[test]
fn a_message_larger_than_a_datagram_is_an_error_and_not_split() {
    let server = Server::start(|_| {});
    let mut config = config(Transport::Udp, server.address(Transport::Udp));
    config.message = pattern(65_508);

    let error = ask(&config, &Wake::new().unwrap(), &mut Recorder::default()).unwrap_err();

    assert!(
        matches!(&error, AskError::Socket { call: "send", source, .. }
            if source.raw_os_error() == Some(wire::errno::EMSGSIZE)),
        "{error}"
    );
    assert_eq!(server.summary().datagrams, 0);
}

#[test]
fn a_message_in_pieces_is_as_many_datagrams_or_one_stream() {
    let server = Server::start(|_| {});
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut config = config(transport, server.address(transport));
        config.message = b"Hola Mundo!".to_vec();
        config.send_bytes = Some(4);

        let (outcome, reply) = run(&config);

        assert_eq!(outcome.verdict, Verdict::Replied { echo: true }, "{transport}");
        assert_eq!(reply, b"Hola Mundo!");
    }
    assert_eq!(server.stop().datagrams, 3);
}

#[test]
fn one_send_without_the_loop_leaves_the_rest_unsent() {
    let server = Server::start(|_| {});
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut config = config(transport, server.address(transport));
        config.message = b"Hola Mundo!".to_vec();
        (config.send_bytes, config.no_loop) = (Some(4), true);

        let (outcome, reply) = run(&config);

        assert_eq!(
            outcome.verdict,
            Verdict::Truncated { at: Cut::Send, bytes: 4, true_bytes: 11 },
            "{transport}"
        );
        assert_eq!(reply, b"Hola");
    }
}

#[test]
fn one_recv_without_the_loop_is_not_blamed_on_the_server() {
    let server = Server::start(|_| {});
    let mut config = config(Transport::Tcp, server.address(Transport::Tcp));
    (config.recv_bytes, config.no_loop) = (Some(4), true);

    let (outcome, reply) = run(&config);

    assert_eq!(outcome.verdict, Verdict::Truncated { at: Cut::Recv, bytes: 4, true_bytes: 11 });
    assert_eq!(reply, b"Hola");
}

#[test]
fn a_client_that_is_not_allowed_is_reset_every_time() {
    let server = Server::start(|config| {
        config.access.allow = vec![Source::rule_or_file("127.0.0.2").unwrap()];
    });

    for _ in 0..50 {
        let (outcome, _) = run(&config(Transport::Tcp, server.address(Transport::Tcp)));
        assert!(matches!(outcome.verdict, Verdict::Reset { .. }), "{:?}", outcome.verdict);
    }
}

#[test]
fn a_held_connection_ends_when_the_peer_closes_it() {
    let address = serve(|mut client| {
        let mut message = [0; 11];
        client.read_exact(&mut message).unwrap();
        client.write_all(&message).unwrap();
    });
    let mut config = config(Transport::Tcp, address);
    config.hold = Some(Hold::UntilStopped);

    assert_eq!(run(&config).0.verdict, Verdict::Replied { echo: true });
}

#[test]
fn the_next_address_is_tried_when_the_first_refuses() {
    let server = Server::start(|_| {});
    for transport in [Transport::Udp, Transport::Tcp] {
        let deaf = Deaf::new();
        let mut config = config(transport, server.address(transport));
        config.peers.insert(0, deaf.address);

        let (outcome, _) = run(&config);

        assert_eq!(outcome.verdict, Verdict::Replied { echo: true }, "{transport}");
        assert_eq!(outcome.peer, server.address(transport));
    }
}

#[test]
fn a_datagram_from_somebody_else_is_no_reply() {
    let mute = UdpSocket::bind("127.0.0.1:0").unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = config(Transport::Udp, mute.local_addr().unwrap());
    config.timeout = None;
    let asking = thread::spawn(move || run(&config));
    let (_, client) = mute.recv_from(&mut [0; 64]).unwrap();

    stranger.send_to(b"I know", client).unwrap();
    mute.send_to(b"the reply", client).unwrap();

    assert_eq!(asking.join().unwrap().1, b"the reply");
}

#[test]
fn told_to_stop_it_says_what_it_was_waiting_for() {
    let mute = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = config(Transport::Udp, mute.local_addr().unwrap());
    config.timeout = None;
    let stop = Wake::new().unwrap();
    stop.wake();

    let outcome = ask(&config, &stop, &mut Recorder::default()).unwrap();

    assert_eq!(outcome.verdict, Verdict::Interrupted { waiting_for: Stage::Reply });
}

#[test]
fn a_held_connection_stays_open_until_it_is_told_to_stop() {
    let server = Server::start(|_| {});
    let mut config = config(Transport::Tcp, server.address(Transport::Tcp));
    config.hold = Some(Hold::UntilStopped);
    let stop = Wake::new().unwrap();

    thread::scope(|scope| {
        let asking = scope.spawn(|| ask(&config, &stop, &mut StopWhenHolding(&stop)).unwrap());
        assert_eq!(asking.join().unwrap().verdict, Verdict::Replied { echo: true });
    });
}

#[test]
fn without_an_address_there_is_nobody_to_ask() {
    let config = AskConfig::new(Transport::Udp, Vec::new());

    let error = ask(&config, &Wake::new().unwrap(), &mut Recorder::default()).unwrap_err();

    assert!(matches!(error, AskError::NoAddress));
}

/// Keeps the reply.
#[derive(Default)]
struct Recorder {
    reply: Vec<u8>,
}

impl Witness for Recorder {
    fn tell(&mut self, event: &Event<'_>) {
        if let Event::Reply { bytes, .. } = event {
            self.reply.extend_from_slice(bytes);
        }
    }
}

/// Stops the client once it holds the connection.
struct StopWhenHolding<'a>(&'a Wake);

impl Witness for StopWhenHolding<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        if matches!(event, Event::Holding) {
            self.0.wake();
        }
    }
}

/// A port that refuses everybody, in this test's hands: a connected socket takes datagrams from its own peer only, and
/// over TCP nobody listens on an address that only this test uses.
struct Deaf {
    _socket: UdpSocket,
    address: SocketAddr,
}

impl Deaf {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.99.0.1:0").unwrap();
        socket.connect("127.99.0.1:1").unwrap();
        let address = socket.local_addr().unwrap();
        Self { _socket: socket, address }
    }
}

fn config(transport: Transport, peer: SocketAddr) -> AskConfig {
    AskConfig { timeout: Some(Duration::from_secs(60)), ..AskConfig::new(transport, vec![peer]) }
}

fn run(config: &AskConfig) -> (Outcome, Vec<u8>) {
    let mut recorder = Recorder::default();
    let outcome = ask(config, &Wake::new().unwrap(), &mut recorder).unwrap();
    assert_eq!(outcome.received_bytes, recorder.reply.len());
    (outcome, recorder.reply)
}

/// Serves one connection as told.
fn serve(conduct: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || conduct(listener.accept().unwrap().0));
    address
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

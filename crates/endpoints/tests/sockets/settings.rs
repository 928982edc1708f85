//! What an echo server promises holds however its workers share the work and whether they look for events before they sleep.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use endpoints::echo::config::STREAM_BUFFER_BYTES;
use endpoints::echo::{EchoConfig, Engine, Event, Spin, Spinning, Steer, Steering};
use endpoints::transport::Transport;
use kernel::affinity;
use kernel::datagram::{Outgoing, Sender};

use crate::support::{Server, pattern};

const STEERS: [Steer; 3] = [Steer::Auto, Steer::On, Steer::Off];
const SPINS: [Spin; 3] = [Spin::Auto, Spin::On, Spin::Off];

/// How many connections are opened and closed on each of the nine settings: more than 20,000 in all.
const CONNECTIONS: u64 = 2500;
/// After how long a test that waits for something that does not happen fails.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn pieces_of_any_size_come_back_in_their_places() {
    on_each_setting(
        |_| {},
        |server| {
            let mut client = connect(server);
            let (mut reader, bytes) = (client.try_clone().unwrap(), pattern(4 << 20));

            let reply = thread::scope(|scope| {
                let reader = scope.spawn(move || read_to_the_end(&mut reader));
                let (mut rest, mut size) = (bytes.as_slice(), 1);
                while !rest.is_empty() {
                    let (piece, others) = rest.split_at(size.min(rest.len()));
                    client.write_all(piece).unwrap();
                    // From 1 byte to 1 MiB, in no order that a buffer could like.
                    (rest, size) = (others, size * 48_271 % 1_048_573);
                }
                client.shutdown(Shutdown::Write).unwrap();
                reader.join().unwrap()
            });

            assert!(reply == bytes, "{} of {} bytes, or others", reply.len(), bytes.len());
        },
    );
}

#[test]
fn what_a_small_buffer_takes_in_parts_comes_back_with_the_tail_after_a_half_close() {
    on_each_setting(
        |config| config.sndbuf_bytes = Some(4608),
        |server| {
            let mut client = connect(server);
            let (mut writer, bytes) = (client.try_clone().unwrap(), pattern(300_001));
            let sent = bytes.clone();
            let sender = thread::spawn(move || {
                writer.write_all(&sent).unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });

            let reply = read_to_the_end(&mut client);

            sender.join().unwrap();
            assert!(reply == bytes, "{} of {} bytes, or others", reply.len(), bytes.len());
        },
    );
}

#[test]
fn bytes_that_come_one_by_one_come_back_one_by_one() {
    on_each_setting(
        |_| {},
        |server| {
            let mut client = connect(server);
            client.set_nodelay(true).unwrap();
            for byte in pattern(200) {
                assert_eq!(exchange(&mut client, &[byte]), [byte]);
            }
        },
    );
}

#[test]
fn a_peer_that_never_reads_costs_one_buffer_and_holds_nobody_up() {
    let small = |config: &mut EchoConfig| {
        config.sndbuf_bytes = Some(4608);
        config.rcvbuf_bytes = Some(4608);
    };
    on_each_setting(small, |server| {
        let (mut deaf, mut other) = (connect(server), connect(server));
        let bytes = pattern(32 << 20);
        deaf.set_nonblocking(true).unwrap();
        let (mut sent, mut full) = (0, 0);
        while full < 20 {
            match deaf.write(&bytes[sent..]) {
                Ok(more) => (sent, full) = (sent + more, 0),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    // The round trip of another client is what this loop waits for.
                    assert_eq!(exchange(&mut other, b"I am served"), b"I am served");
                    full += 1;
                }
            }
        }

        let summary = server.summary();
        let held = summary.tcp_received_bytes - summary.tcp_sent_bytes;
        assert!(sent < bytes.len(), "all {sent} bytes were taken: nothing held the sender back");
        assert!(held <= STREAM_BUFFER_BYTES as u64, "{held} bytes are held");
    });
}

#[test]
fn a_reset_in_the_middle_of_a_stream_ends_one_connection_and_no_other() {
    on_each_setting(
        |_| {},
        |server| {
            let (mut doomed, mut steady) = (connect(server), connect(server));
            doomed.write_all(&pattern(100_000)).unwrap();
            assert_eq!(exchange(&mut steady, b"before"), b"before");

            kernel::socket::set_abortive_close(&doomed).unwrap();
            drop(doomed);

            server.event(|event| matches!(event, Event::Closed { .. }).then_some(()));
            assert_eq!(exchange(&mut steady, b"after"), b"after");
            assert_eq!(server.summary().resets, 1);
        },
    );
}

#[test]
fn connections_come_and_go_and_leave_nothing() {
    on_each_setting(
        |_| {},
        |server| {
            for number in 0..CONNECTIONS {
                let mut client = connect(server);
                assert_eq!(exchange(&mut client, &number.to_le_bytes()), number.to_le_bytes());
                // An RST, so that no port stays in TIME-WAIT.
                kernel::socket::set_abortive_close(&client).unwrap();
            }

            let is_over = |server: &mut Server| server.summary().open_connections == 0;
            wait_until(server, is_over);
            let summary = server.summary();
            assert_eq!((summary.connections, summary.tcp_sent_bytes), (CONNECTIONS, CONNECTIONS * 8));
        },
    );
}

#[test]
fn datagrams_of_any_size_and_runs_of_them_come_back_whole() {
    let datagrams = |config: &mut EchoConfig| config.transports = vec![Transport::Udp];
    on_each_setting(datagrams, |server| {
        let address = server.address(Transport::Udp);
        thread::scope(|scope| scope.spawn(|| exchange_runs(address)).join().unwrap());
    });
}

fn exchange_runs(server: SocketAddr) {
    // Whoever stays on one processor gets its replies in order, also where each processor has a socket.
    affinity::pin(affinity::current_cpu()).unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(server).unwrap();
    let bytes = pattern(65_507);
    let runs: [Vec<&[u8]>; 5] = [
        vec![b""],
        vec![&bytes],
        // One message of 33 datagrams of which the last is shorter: the kernel may hand it over as it is.
        bytes[..32 * 64 + 5].chunks(64).collect(),
        bytes[..3 * 1400].chunks(1400).collect(),
        vec![&bytes[..9], b"", &bytes[..9], &bytes[1..10], &bytes[..1]],
    ];
    for run in runs {
        let outgoing = run.iter().map(|payload| Outgoing { payload, peer: None, source: None });
        assert_eq!(Sender::segmenting().send(&client, outgoing).unwrap(), run.len());

        let mut buffer = vec![0; 65_536];
        for payload in run {
            let taken = client.recv(&mut buffer).unwrap();
            assert!(buffer[..taken] == *payload, "{taken} bytes for {}", payload.len());
        }
    }
}

#[test]
fn an_idle_server_sleeps_until_something_happens() {
    on_each_setting(
        |config| config.transports = vec![Transport::Tcp, Transport::Udp],
        |server| {
            let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
            let mut client = connect(server);
            for number in 0..100_u32 {
                exchange(&mut client, &number.to_le_bytes());
                datagrams.send_to(&number.to_le_bytes(), server.address(Transport::Udp)).unwrap();
                datagrams.recv(&mut [0; 4]).unwrap();
            }

            // A worker that sleeps without a time limit is woken by nothing but an event: none of them will be.
            let all_sleep = |server: &mut Server| {
                let workers = server.engine().workers;
                workers.iter().all(|worker| worker.sleeps == worker.wakes + 1)
            };
            wait_until(server, all_sleep);

            assert!(server.engine().workers.iter().all(|worker| worker.naps == 0), "{:?}", server.engine());
        },
    );
}

#[test]
fn the_engine_says_what_was_chosen_and_why() {
    let cpus = affinity::allowed().unwrap().len();
    let chosen = |change: fn(&mut EchoConfig)| {
        let Engine { steering, spinning, workers, .. } = Server::start(change).engine();
        (steering, spinning, workers.len())
    };

    let steering = if cpus > 1 { Steering::Steered } else { Steering::OneWorker };
    assert_eq!(chosen(|_| {}).0, steering);
    let one = chosen(|config| config.workers = Some(1));
    assert_eq!((one.0, one.2), (Steering::OneWorker, 1));
    assert_eq!(chosen(|config| config.workers = Some(200)).0, Steering::OtherWorkers);
    let stated = if cpus > 1 { Steering::StatedQueue } else { Steering::OneWorker };
    assert_eq!(chosen(|config| config.backlog = Some(1)).0, stated);
    let off = chosen(|config| (config.steer, config.spin) = (Steer::Off, Spin::Off));
    assert_eq!((off.0, off.1), (Steering::Off, Spinning::Off));
    let taught = chosen(|config| config.as_taught = true);
    assert_eq!((taught.0, taught.1), (Steering::AsTaught, Spinning::Unhurried));
}

/// Makes a server for each of the nine settings, and puts it to a test. One that fails says with which.
fn on_each_setting(change: impl Fn(&mut EchoConfig), test: impl Fn(&mut Server)) {
    for steer in STEERS {
        for spin in SPINS {
            let mut server = Server::start(|config| {
                config.transports = vec![Transport::Tcp];
                (config.steer, config.spin) = (steer, spin);
                change(config);
            });
            let tested = panic::catch_unwind(AssertUnwindSafe(|| test(&mut server)));
            assert!(tested.is_ok(), "with {steer:?} and {spin:?}");
        }
    }
}

fn wait_until(server: &mut Server, is_so: impl Fn(&mut Server) -> bool) {
    let patience_ends = Instant::now() + PATIENCE;
    while !is_so(server) {
        assert!(Instant::now() < patience_ends, "{:?}", server.engine());
        thread::yield_now();
    }
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address(Transport::Tcp)).unwrap()
}

fn exchange(client: &mut TcpStream, message: &[u8]) -> Vec<u8> {
    client.write_all(message).unwrap();
    let mut reply = vec![0; message.len()];
    client.read_exact(&mut reply).unwrap();
    reply
}

fn read_to_the_end(client: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    bytes
}

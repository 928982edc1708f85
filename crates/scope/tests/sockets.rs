//! Snapshots of real sockets, on loopback and on ports that the kernel chooses.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::net::sockopt::{set_socket_recv_buffer_size, socket_cookie};
use rustix::net::{AddressFamily, SocketType, bind, listen, socket};
use scope::sockets::{
    AcceptQueue, Aspect, Change, Family, Filter, NoProcess, Owner, Process, Protocol, Queues, Row, Snapshot,
    State, TcpState, UdpState, compare, snapshot,
};

const ESTABLISHED: State = State::Tcp(TcpState::Established);

#[test]
fn a_listener_of_backlog_one_holds_two_connections_that_nobody_accepts() {
    let listener = listener_with_backlog(1);
    let address = listener.local_addr().unwrap();
    let _clients = [0; 2].map(|_| TcpStream::connect(address).unwrap());

    let queue = AcceptQueue { length: 2, limit: 1 };
    wait_for_row(cookie(&listener), |row| row.queues == Queues::Accept(queue));

    let snapshot = snapshot(&connections_of(address)).unwrap();
    let waiting = snapshot.rows.iter().filter(|row| is_waiting(row, address));
    assert_eq!(waiting.count(), 2);
}

#[test]
fn a_connection_attempt_that_finds_the_queue_full_counts_as_dropped() {
    let listener = listener_with_backlog(1);
    let address = listener.local_addr().unwrap();
    let _clients = [0; 2].map(|_| TcpStream::connect(address).unwrap());

    let third = TcpStream::connect_timeout(&address, Duration::from_millis(100));

    assert!(third.is_err());
    wait_for_row(cookie(&listener), |row| row.drops > Some(0));
}

#[test]
fn bytes_that_nobody_reads_stand_in_the_receive_queue() {
    let (mut client, server) = connection();

    client.write_all(b"unodostres").unwrap();

    let row = wait_for_row(cookie(&server), |row| recv_queue(row) == 10);
    assert_eq!(row.state, ESTABLISHED);
    assert_eq!(row.peer, client.local_addr().ok());
}

#[test]
fn an_accepted_connection_is_the_same_socket_with_an_owner() {
    let listener = listener_with_backlog(5);
    let address = listener.local_addr().unwrap();
    let _client = TcpStream::connect(address).unwrap();
    let filter = connections_of(address);
    let before = wait_for_snapshot(&filter, |it| it.rows.iter().any(|row| is_waiting(row, address)));

    let (server, _) = listener.accept().unwrap();
    let after = snapshot(&filter).unwrap();

    let compared = compare(&before, &after);
    let accepted = compared.iter().find(|it| it.row.cookie == cookie(&server)).unwrap();
    assert_eq!(accepted.change, Change::Changed(vec![Aspect::Owner]));
}

#[test]
fn a_closed_connection_stays_in_time_wait_without_process_or_user() {
    let (client, mut server) = connection();
    let client_cookie = cookie(&client);

    drop(client);
    assert_eq!(server.read(&mut [0; 1]).unwrap(), 0);
    drop(server);

    let is_over = |row: &Row| row.state == State::Tcp(TcpState::TimeWait);
    let row = wait_for_row(client_cookie, is_over);
    assert_eq!(row.owner, Owner::NoProcess(NoProcess::TimeWait));
    assert_eq!(row.user, None);
}

#[test]
fn a_tcp_socket_that_is_only_bound_is_seen() {
    let version = procfs::sys::kernel::Version::current().unwrap();
    if version < procfs::sys::kernel::Version::new(6, 8, 0) {
        println!("SKIP: the kernel tells of sockets that are only bound since Linux 6.8");
        return;
    }
    let bound = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&bound, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();

    let row = row(&bound);

    assert_eq!(row.state, State::Tcp(TcpState::Closed));
    assert_eq!(row.peer, None);
}

#[test]
fn datagrams_that_nobody_reads_stand_in_the_receive_queue() {
    let receiver = udp();

    udp().send_to(b"hola", receiver.local_addr().unwrap()).unwrap();

    let row = wait_for_row(cookie(&receiver), |row| recv_queue(row) > 0);
    assert_eq!(row.protocol, Protocol::Udp);
    assert_eq!(row.state, State::Udp(UdpState::Unconnected));
    assert_eq!(row.drops, Some(0));
}

#[test]
fn datagrams_without_room_count_as_dropped() {
    let receiver = udp();
    let address = receiver.local_addr().unwrap();
    set_socket_recv_buffer_size(&receiver, 4096).unwrap();
    let sender = udp();

    for _ in 0..100 {
        sender.send_to(&[0; 1024], address).unwrap();
    }

    wait_for_row(cookie(&receiver), |row| row.drops > Some(0));
}

#[test]
fn a_connected_udp_socket_has_a_peer() {
    let (one, other) = (udp(), udp());
    one.connect(other.local_addr().unwrap()).unwrap();

    let row = row(&one);

    assert_eq!(row.state, State::Udp(UdpState::Connected));
    assert_eq!(row.peer, other.local_addr().ok());
}

#[test]
fn an_ipv6_listener_is_told_by_its_family() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("SKIP: this machine has no IPv6 loopback");
        return;
    };

    let row = row(&listener);

    assert_eq!(row.family, Family::Ipv6);
    // To bind a real IPv6 address leaves no room for an IPv4 one.
    assert_eq!(row.v6_only, Some(true));
}

#[test]
fn the_owner_is_this_process_with_the_descriptors_it_has() {
    let listener = listener_with_backlog(5);
    let duplicate = listener.try_clone().unwrap();

    // The child of another test has every descriptor of this process until it calls `execve(2)`.
    let is_ours_alone = |row: &Row| row.owner.processes().len() == 1;
    let row = wait_for_row(cookie(&listener), is_ours_alone);

    let owner = &row.owner.processes()[0];
    assert_eq!(owner.pid, std::process::id());
    let fds = BTreeSet::from([listener.as_raw_fd(), duplicate.as_raw_fd()]);
    assert_eq!(owner.fds.iter().copied().collect::<BTreeSet<_>>(), fds);
    assert_eq!(owner.command_line, std::env::args().collect::<Vec<_>>());
    assert_eq!(Some(&owner.user), row.user.as_ref());
}

#[test]
fn a_socket_that_a_child_inherited_lists_both_processes() {
    let listener = listener_with_backlog(5);
    let child = Sleeper::with_stdin(listener.try_clone().unwrap());

    let row = row(&listener);

    let pids: BTreeSet<_> = row.owner.processes().iter().map(|it| it.pid).collect();
    assert_eq!(pids, BTreeSet::from([std::process::id(), child.0.id()]));
    let is_child = |process: &&Process| process.pid == child.0.id();
    let process = row.owner.processes().iter().find(is_child).unwrap();
    assert_eq!(process.command_line, ["sleep", "60"]);
    assert_eq!(process.fds, [0]);
}

#[test]
fn a_filter_by_process_shows_only_its_sockets() {
    let listener = listener_with_backlog(5);
    let filter = Filter {
        states: BTreeSet::from(State::LISTENING),
        pids: vec![std::process::id()],
        ..Filter::default()
    };

    let snapshot = snapshot(&filter).unwrap();

    let address = listener.local_addr().unwrap();
    assert!(snapshot.rows.iter().any(|row| row.local == address));
    for row in &snapshot.rows {
        assert!(row.state.is_listening(), "{row:?}");
        let mut owners = row.owner.processes().iter();
        assert!(owners.any(|it| it.pid == std::process::id()), "{row:?}");
    }
}

/// Returns what snapshots say of `socket`.
fn row(socket: impl AsFd) -> Row {
    wait_for_row(cookie(socket), |_| true)
}

/// Returns what tells a socket from all others, which may have had the same port.
fn cookie(socket: impl AsFd) -> u64 {
    socket_cookie(socket).unwrap()
}

/// Takes snapshots until the socket with this cookie is as it should be, and returns it.
fn wait_for_row(cookie: u64, is_right: impl Fn(&Row) -> bool) -> Row {
    let is_it = |row: &Row| row.cookie == cookie && is_right(row);
    let snapshot = wait_for_snapshot(&Filter::default(), |it| it.rows.iter().any(is_it));
    snapshot.rows.into_iter().find(is_it).unwrap()
}

/// Takes snapshots until one is as it should be.
fn wait_for_snapshot(filter: &Filter, is_right: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let snapshot = snapshot(filter).unwrap();
        if is_right(&snapshot) {
            return snapshot;
        }
        assert!(Instant::now() < deadline, "the last was {snapshot:#?}");
    }
}

/// Admits open connections to or from `address`.
fn connections_of(address: SocketAddr) -> Filter {
    Filter { ports: vec![address.port()], states: BTreeSet::from([ESTABLISHED]), ..Filter::default() }
}

/// Tells whether a connection waits to be accepted by the listener at `address`.
fn is_waiting(row: &Row, address: SocketAddr) -> bool {
    row.local == address && row.owner == Owner::NoProcess(NoProcess::NotAccepted)
}

fn recv_queue(row: &Row) -> u32 {
    match row.queues {
        Queues::Data { recv_queue_bytes, .. } => recv_queue_bytes,
        Queues::Accept(_) => 0,
    }
}

/// Returns a listener whose backlog is set again, which `listen(2)` allows: the standard library fixes its own.
fn listener_with_backlog(backlog: i32) -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen(&listener, backlog).unwrap();
    listener
}

/// Returns both ends of a connection.
fn connection() -> (TcpStream, TcpStream) {
    let listener = listener_with_backlog(5);
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

fn udp() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

/// A child that does nothing, until it is dropped.
struct Sleeper(Child);

impl Sleeper {
    fn with_stdin(socket: impl Into<OwnedFd>) -> Self {
        let sleep = Command::new("sleep").arg("60").stdin(Stdio::from(socket.into())).spawn();
        Self(sleep.unwrap())
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

//! Sockets made by hand, for the tests.

use std::net::SocketAddr;

use scope::sockets::{
    AcceptQueue, Family, NoProcess, Owner, Process, Protocol, Queues, Row, State, TcpState, Timer, TimerKind,
    UdpState, User,
};

/// A listener on the practical's port, with so many connections that wait.
pub(crate) fn listener(length: u32, limit: u32) -> Row {
    Row {
        state: State::Tcp(TcpState::Listen),
        peer: None,
        queues: Queues::Accept(AcceptQueue { length, limit }),
        timer: None,
        ..connection()
    }
}

/// A connection to it, with bytes in both directions.
pub(crate) fn connection() -> Row {
    let local: SocketAddr = "127.0.0.1:3500".parse().unwrap();
    Row {
        protocol: Protocol::Tcp,
        family: Family::Ipv4,
        state: State::Tcp(TcpState::Established),
        local,
        peer: Some("127.0.0.1:50000".parse().unwrap()),
        interface: None,
        v6_only: None,
        queues: Queues::Data { recv_queue_bytes: 10, send_queue_bytes: 4096 },
        drops: Some(0),
        recv_buffer_bytes: Some(131_072),
        send_buffer_bytes: Some(16384),
        timer: Some(Timer { kind: TimerKind::Retransmit, remaining_ms: 200 }),
        retransmits: 0,
        user: Some(user()),
        inode: 1,
        cookie: 1,
        owner: Owner::Processes(vec![process(4242, "python3", &["python3", "tcp_echo_server.py"])]),
    }
}

/// An IPv6 socket of both families that has lost datagrams.
pub(crate) fn flooded_udp() -> Row {
    Row {
        protocol: Protocol::Udp,
        family: Family::Ipv6,
        state: State::Udp(UdpState::Unconnected),
        local: "[::]:3500".parse().unwrap(),
        peer: None,
        v6_only: Some(false),
        queues: Queues::Data { recv_queue_bytes: 213_248, send_queue_bytes: 0 },
        drops: Some(17),
        timer: None,
        ..connection()
    }
}

/// The same socket, of these processes.
pub(crate) fn shared_by(row: Row, processes: Vec<Process>) -> Row {
    Row { owner: Owner::Processes(processes), ..row }
}

/// The same socket, without a process.
pub(crate) fn without_process(row: Row, reason: NoProcess) -> Row {
    Row { owner: Owner::NoProcess(reason), ..row }
}

/// A process with one descriptor.
pub(crate) fn process(pid: u32, name: &str, command_line: &[&str]) -> Process {
    Process {
        pid,
        name: name.to_owned(),
        command_line: command_line.iter().map(|&word| word.to_owned()).collect(),
        user: user(),
        fds: vec![3],
    }
}

fn user() -> User {
    User { uid: 1001, name: Some("ana".to_owned()) }
}

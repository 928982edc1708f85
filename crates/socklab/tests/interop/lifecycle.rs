//! How the servers begin and end: ports that are taken, signals, readers that go, connections that are idle.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};

use endpoints::transport::Transport;
use rustix::process::{Resource, Rlimit, Signal};
use scope::sockets::{State, TcpState};

use crate::support::payload::{LARGE_BYTES, TEXT, noise};
use crate::support::port::reserve;
use crate::support::program::{Finished, Program};
use crate::support::python::serve_at;
use crate::support::sockets::wait_for_sockets;
use crate::support::tool::netcat;
use crate::support::{PATIENCE, at, python, socklab};

const BOTH: [(Transport, &str); 2] = [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")];

#[test]
fn a_port_that_another_program_would_share_is_taken_all_the_same() {
    for (transport, spoken) in BOTH {
        let reserved = reserve(transport);
        let program = format!("{spoken}_server.py");
        let Some(_other) = serve_at(&program, "127.0.0.1", reserved.port, &["shared"]) else { return };
        for workers in ["1", "4"] {
            assert_port_is_taken(&start_at(spoken, reserved.port, workers), spoken, reserved.port);
        }
    }
}

#[test]
fn a_port_that_netcat_has_is_taken() {
    for (transport, spoken) in BOTH {
        let Some(mut nc) = netcat() else { return };
        let reserved = reserve(transport);
        if transport == Transport::Udp {
            nc.arg("-u");
        }
        let nc = Program::start_with_open_input(nc.args([
            "-v",
            "-k",
            "-l",
            "127.0.0.1",
            &reserved.port.to_string(),
        ]));
        nc.stderr.wait_for_line(if transport == Transport::Udp { "Bound on" } else { "Listening on" });
        for workers in ["1", "4"] {
            assert_port_is_taken(&start_at(spoken, reserved.port, workers), spoken, reserved.port);
        }
    }
}

#[test]
fn a_second_server_does_not_get_the_port_of_the_first() {
    for (_, spoken) in BOTH {
        for workers in ["1", "4"] {
            let server = socklab::echo(&[spoken, "--workers", workers]);

            assert_port_is_taken(&start_at(spoken, server.port, workers), spoken, server.port);

            // Neither does a program that would share it.
            let arguments = ["127.0.0.1", &server.port.to_string(), "shared"];
            let Some(mut other) = python::command(&format!("{spoken}_server.py"), &arguments) else { return };
            let other = Program::start(&mut other).finish();
            assert!(other.stderr.contains("Address already in use"), "{other:?}");
            assert_served(spoken, server.port);
        }
    }
}

#[test]
fn port_0_becomes_one_port_for_both_transports_and_families() {
    let server = socklab::echo(&[]);
    server.wait_for_event("waiting");
    let events = server.stop();

    let listening = events.iter().filter(|event| event["event"] == "listening");
    let ports: Vec<u16> = listening
        .map(|event| event["local"].as_str().unwrap().parse::<std::net::SocketAddr>().unwrap().port())
        .collect();
    assert!(ports.len() >= 2 && ports.iter().all(|&port| port == ports[0] && port != 0), "{ports:?}");
}

#[test]
fn a_server_starts_again_while_its_old_connections_linger() {
    let server = socklab::echo(&["tcp", "-4"]);
    let port = server.port;
    let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    exchange(&mut client, TEXT);

    // The side that closes first keeps TIME-WAIT: here that is the server, which is told to stop.
    server.stop();
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    drop(client);
    wait_for_sockets(Transport::Tcp, port, |rows| {
        rows.iter().any(|row| row.local.port() == port && row.state == State::Tcp(TcpState::TimeWait))
    });

    let _server = socklab::echo(&["tcp", "-4", "--port", &port.to_string()]);
    assert_served("tcp", port);
}

#[test]
fn a_signal_ends_a_server_as_its_parent_can_see() {
    for signal in [Signal::INT, Signal::TERM] {
        let server = socklab::echo(&[]);
        server.program.signal(signal);
        let finished = server.program.finish();
        assert_eq!(finished.signal(), Some(signal.as_raw()), "{finished:?}");
        let events = socklab::events_in(&finished.stdout);
        socklab::summary(&events);
    }
}

#[test]
fn a_signal_ends_a_client_that_waits_and_the_client_says_what_for() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let target = silent.local_addr().unwrap().to_string();
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = socklab::command(&["ask", "udp", &target, "--no-timeout"]);
        let client = Program::start(&mut command);
        silent.set_read_timeout(Some(PATIENCE)).unwrap();
        silent.recv(&mut [0; 64]).unwrap();

        client.signal(signal);

        let finished = client.finish();
        assert_eq!(finished.signal(), Some(signal.as_raw()), "{finished:?}");
        assert!(finished.stderr.starts_with("interrupted: "), "{finished:?}");
    }
}

#[test]
fn the_first_signal_lets_what_is_on_the_way_arrive() {
    // Small buffers, so that the server still has most of it in its hands.
    let server = socklab::echo(&["tcp", "-4", "--sndbuf", "4k"]);
    let mut client = client_with_small_buffer(server.port);
    let message = noise(48 << 10);
    client.write_all(&message).unwrap();

    server.program.signal(Signal::TERM);
    server.wait_for_event("stopping");

    let mut reply = Vec::new();
    client.read_to_end(&mut reply).unwrap();
    assert!(reply == message, "{} of {} bytes", reply.len(), message.len());
    let finished = server.program.finish();
    assert_eq!(finished.signal(), Some(Signal::TERM.as_raw()));
    let events = socklab::events_in(&finished.stdout);
    let closed = events.iter().find(|event| event["event"] == "closed").unwrap();
    assert_eq!(closed["reason"], "server_stopped");
}

#[test]
fn the_second_signal_ends_the_server_at_once() {
    let server = socklab::echo(&["tcp", "-4", "--sndbuf", "4k"]);
    let mut client = client_with_small_buffer(server.port);
    client.write_all(&noise(48 << 10)).unwrap();
    server.program.signal(Signal::TERM);
    server.wait_for_event("stopping");

    server.program.signal(Signal::INT);

    let finished = server.program.finish();
    assert_eq!(finished.signal(), Some(Signal::INT.as_raw()), "{finished:?}");
    let events = socklab::events_in(&finished.stdout);
    assert!(events.iter().all(|event| event["event"] != "summary"), "it waited for the client");
}

#[test]
fn a_server_that_is_killed_leaves_nobody_behind() {
    let server = socklab::echo(&[]);
    assert_served("tcp", server.port);
    let group = server.program.pid();
    let tasks = fs::read_dir(format!("/proc/{}/task", group.as_raw_nonzero())).unwrap();
    let children =
        tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default());
    assert_eq!(children.collect::<String>(), "");

    server.program.signal(Signal::KILL);

    assert_eq!(server.program.finish().signal(), Some(Signal::KILL.as_raw()));
    assert!(!Program::group_lives(group));
}

#[test]
fn without_descriptors_left_it_serves_the_rest_and_says_so() {
    for (steer, spin) in [("auto", "auto"), ("on", "off"), ("off", "on")] {
        assert_runs_out_of_descriptors_and_goes_on(&["tcp", "-4", "--steer", steer, "--spin", spin]);
    }
}

fn assert_runs_out_of_descriptors_and_goes_on(arguments: &[&str]) {
    let server = socklab::echo(arguments);
    server.wait_for_event("waiting");
    let pid = server.program.pid();
    let open = fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero())).unwrap().count() as u64;
    let limit = Rlimit { current: Some(open + 4), maximum: Some(open + 4) };
    rustix::process::prlimit(Some(pid), Resource::Nofile, limit).unwrap();

    // Some are served and the others wait in the accept queue: for each of these the handshake is complete, too.
    let mut clients: Vec<_> =
        (0..12).map(|_| TcpStream::connect(("127.0.0.1", server.port)).unwrap()).collect();
    let stalled = server.wait_for_event("accept_stalled");
    exchange(&mut clients[0], TEXT);

    assert_eq!(stalled["errno"], "EMFILE");
    assert_eq!(stalled["open_files_max"], open + 4);
    // Each one that goes makes room for one that waits, until all have been served.
    for mut client in clients {
        exchange(&mut client, TEXT);
    }
    server.wait_for_event("accept_resumed");
    assert_eq!(socklab::summary(&server.stop())["connections"], 12);
}

#[test]
fn asked_by_a_signal_and_at_the_end_it_says_how_it_serves() {
    let chosen = ["--steer", "off", "--spin", "off", "--workers", "2", "--stats"];
    let server = socklab::echo(&chosen);
    server.wait_for_event("waiting");

    server.program.signal(Signal::USR1);

    let engine = server.wait_for_event("engine");
    assert_eq!((&engine["steering"], &engine["spinning"]), (&"off".into(), &"off".into()));
    assert_eq!(engine["workers"].as_array().map(Vec::len), Some(2));
    let events = server.stop();
    assert_eq!(events.iter().filter(|event| event["event"] == "engine").count(), 2);
    socklab::summary(&events);
}

#[test]
fn only_the_idle_connection_is_closed() {
    let server = socklab::echo(&["tcp", "-4", "--idle-timeout", "2s"]);
    let mut idle = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let mut busy = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    exchange(&mut idle, b"x");
    idle.set_nonblocking(true).unwrap();

    let closed = loop {
        exchange(&mut busy, b"x");
        match idle.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            closed => break closed,
        }
    };

    assert_eq!(closed.unwrap(), 0);
    exchange(&mut busy, b"still here");
    let closed = server.wait_for_event("closed");
    assert_eq!(
        (&closed["reason"], closed["peer"].as_str()),
        (&"idle".into(), Some(&*idle.local_addr().unwrap().to_string()))
    );
    assert_eq!(server.stop().iter().filter(|event| event["reason"] == "idle").count(), 1);
}

#[test]
fn a_reader_that_goes_ends_a_server_without_a_word() {
    for form in [&[][..], &["--json"]] {
        let mut command = socklab::command(&[&["echo", "udp", "-4", "--port", "0"], form].concat());
        let (reader, writer) = std::io::pipe().unwrap();
        let server = Program::start_writing_to(&mut command, writer);
        let mut first = String::new();
        BufReader::new(reader).read_line(&mut first).unwrap();
        let port = first.trim_end_matches(['"', '}', '\n']).rsplit(':').next().unwrap().parse().unwrap();

        // The next client gives it something to say, and nobody hears it.
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.send_to(TEXT, ("127.0.0.1", port)).unwrap();

        let finished = server.finish();
        assert_eq!((finished.code(), finished.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_reader_that_goes_ends_a_client_without_a_word() {
    let server = socklab::echo(&["tcp"]);
    let target = at("127.0.0.1", server.port);
    let message = tempfile::NamedTempFile::new().unwrap();
    fs::write(message.path(), noise(LARGE_BYTES)).unwrap();
    for form in [&["--quiet"][..], &["--json"]] {
        let arguments = ["ask", "tcp", &target, "--file", message.path().to_str().unwrap()];
        let (mut reader, writer) = std::io::pipe().unwrap();
        let client = Program::start_writing_to(&mut socklab::command(&[&arguments, form].concat()), writer);
        reader.read_exact(&mut [0; 10]).unwrap();
        drop(reader);

        let finished = client.finish();
        assert_eq!((finished.code(), finished.stderr.as_str()), (Some(0), ""), "{form:?}");
    }
}

/// Starts a server at a port that is taken, and waits until it has ended.
fn start_at(spoken: &str, port: u16, workers: &str) -> Finished {
    let port = port.to_string();
    let arguments = ["echo", spoken, "--bind", "127.0.0.1", "--port", &port, "--workers", workers];
    Program::start(&mut socklab::command(&arguments)).finish()
}

fn assert_port_is_taken(finished: &Finished, spoken: &str, port: u16) {
    assert_eq!((finished.code(), finished.stdout.as_slice()), (Some(2), &b""[..]), "{finished:?}");
    // UDP has no other moment for it; TCP may learn of it from bind() or only from listen().
    let said =
        ["bind", "listen"].map(|call| format!("socklab: {call} 127.0.0.1:{port} ({spoken}): EADDRINUSE - "));
    assert!(said.iter().any(|said| finished.stderr.starts_with(said)), "{finished:?}");
    assert!(finished.stderr.contains(&format!("--port {port}")), "{finished:?}");
}

fn assert_served(spoken: &str, port: u16) {
    let asked = socklab::ask(&[spoken, &at("127.0.0.1", port)], TEXT).succeeded();
    assert_eq!(asked.stdout, TEXT);
}

fn exchange(client: &mut TcpStream, message: &[u8]) {
    client.write_all(message).unwrap();
    let mut reply = vec![0; message.len()];
    client.read_exact(&mut reply).unwrap();
    assert_eq!(reply, message);
}

/// A client that takes little before it reads.
fn client_with_small_buffer(port: u16) -> TcpStream {
    let peer = ([127, 0, 0, 1], port).into();
    let socket = kernel::socket::open(kernel::socket::Transport::Tcp, peer).unwrap();
    kernel::socket::set_buffer_bytes(&socket, kernel::socket::Buffer::Receive, 4096).unwrap();
    let client = TcpStream::from(socket);
    client.set_nonblocking(false).unwrap();
    kernel::socket::connect(&client, peer).unwrap();
    client
}

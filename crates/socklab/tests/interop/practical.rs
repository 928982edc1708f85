//! The practical's four programs and ours, in all combinations of its sections 1.3 and 2.3.

use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use endpoints::transport::Transport;
use scope::sockets::{AcceptQueue, Queues, Row, State, TcpState};
use serde_json::json;

use crate::support::payload::noise;
use crate::support::port::{Reserved, reserve};
use crate::support::program::Program;
use crate::support::sockets::wait_for_sockets;
use crate::support::{at, python, socklab};

const SERVERS: [Who; 3] = [Who::Practical, Who::Ours, Who::OursAsTaught];
const CLIENTS: [Who; 3] = SERVERS;

/// Who wrote a program, and how it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Practical,
    Ours,
    OursAsTaught,
}

#[test]
fn each_udp_client_gets_its_message_back_from_each_udp_server() {
    exchange_in_all_combinations(Transport::Udp, &["--> TyR: Echo sobre UDP"]);
}

#[test]
fn each_tcp_client_gets_its_message_back_from_each_tcp_server() {
    // The script prints two blanks: one is its own, one is `print()`'s between its arguments.
    exchange_in_all_combinations(Transport::Tcp, &["Recibido:  Hola Mundo!", "Recibido: Hola Mundo!"]);
}

#[test]
fn an_empty_datagram_is_answered_but_not_as_taught() {
    for (who, code, timeout) in
        [(Who::Ours, 0, "60s"), (Who::OursAsTaught, 3, "200ms"), (Who::Practical, 3, "200ms")]
    {
        let Some((server, reserved)) = serve(who, Transport::Udp) else { return };
        let target = at("127.0.0.1", reserved.port);

        let asked = socklab::ask(&["udp", &target, "--empty", "--timeout", timeout], b"");

        assert_eq!(asked.code(), Some(code), "{who:?}: {asked:?}");
        server.stdout.wait_for_line("Conexion desde: 127.0.0.1:");
    }
}

#[test]
fn a_long_message_comes_back_whole_but_not_as_taught() {
    let message = noise(3000);
    for who in SERVERS {
        let Some((_server, reserved)) = serve(who, Transport::Tcp) else { return };
        let target = at("127.0.0.1", reserved.port);

        let asked = socklab::ask(&["tcp", &target], &message);

        if who == Who::Ours {
            assert_eq!(asked.succeeded().stdout, message);
            continue;
        }
        // One recv() of 1024 bytes, and close() with the rest unread: RST, which may overtake what was sent.
        assert!(matches!(asked.code(), Some(1)), "{who:?}: {asked:?}");
        assert!(asked.stdout.is_empty() || asked.stdout == message[..1024], "{who:?}: {asked:?}");
        assert!(asked.stderr.starts_with("reset: "), "{who:?}: {asked:?}");
    }
}

#[test]
fn a_long_datagram_comes_back_whole_but_not_as_taught() {
    let message = noise(3000);
    for who in SERVERS {
        let Some((_server, reserved)) = serve(who, Transport::Udp) else { return };

        let asked = socklab::ask(&["udp", &at("127.0.0.1", reserved.port)], &message);

        let (code, bytes) = if who == Who::Ours { (0, 3000) } else { (4, 1024) };
        assert_eq!((asked.code(), asked.stdout.len()), (Some(code), bytes), "{who:?}: {asked:?}");
    }
}

#[test]
fn a_reply_has_its_line_to_itself_when_the_connection_is_held() {
    let server = socklab::echo(&["tcp", "-4"]);
    let mut command = socklab::command(&["ask", "tcp", &at("127.0.0.1", server.port), "--hold=10ms"]);

    let shown = Program::start_with_one_pipe(&mut command).finish().succeeded().stdout_text();

    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[..2], ["Received: Hola Mundo!", "the reply is complete; the socket stays open"]);
    assert!(lines.len() == 3 && lines[2].starts_with("replied: "), "{shown}");
}

#[test]
fn of_four_clients_of_a_backlog_of_one_the_third_and_the_fourth_wait() {
    let reserved = reserve(Transport::Tcp);
    let mut command = our_server(Transport::Tcp, reserved.port);
    let server = Program::start(command.args(["--backlog", "1", "--as-taught", "--pause", "accept=1h"]));
    server.stdout.wait_for_line("escuchando");

    two_of_four_wait(reserved.port);
}

#[test]
fn the_same_holds_of_a_python_server_that_never_accepts() {
    let manner = ["never_accepts", "1"];
    let Some(server) = python::serve("tcp_server.py", "127.0.0.1", &manner) else { return };

    two_of_four_wait(server.port);
}

fn exchange_in_all_combinations(transport: Transport, replies: &[&str]) {
    for server in SERVERS {
        for client in CLIENTS {
            let Some((program, reserved)) = serve(server, transport) else { return };
            let Some(mut command) = client_command(client, transport, reserved.port) else { return };

            let shown = Program::start_with_one_pipe(&mut command).finish().succeeded().stdout_text();

            let reply = shown.lines().find(|line| replies.contains(line));
            assert!(reply.is_some(), "{client:?} asks {server:?}: {shown}");
            let greeted = program.stdout.wait_for_line("Conexion desde: ");
            let peer: SocketAddr = greeted["Conexion desde: ".len()..].parse().unwrap();
            assert!(peer.ip().is_loopback() && peer.port() != reserved.port, "{greeted}");
            program
                .stdout
                .wait_for_line(&format!("Socket creado, escuchando en 127.0.0.1:{}", reserved.port));
        }
    }
}

/// Starts a server, in Spanish, and waits until it listens.
fn serve(who: Who, transport: Transport) -> Option<(Program, Reserved)> {
    let reserved = reserve(transport);
    let port = reserved.port.to_string();
    let mut command = match who {
        Who::Practical => python::command(&script(transport, "server"), &["127.0.0.1", &port])?,
        Who::Ours | Who::OursAsTaught => our_server(transport, reserved.port),
    };
    if who == Who::OursAsTaught {
        command.arg("--as-taught");
    }
    let program = Program::start(&mut command);
    program.stdout.wait_for_line("escuchando");
    Some((program, reserved))
}

fn client_command(who: Who, transport: Transport, port: u16) -> Option<Command> {
    if who == Who::Practical {
        return python::command(&script(transport, "client"), &["127.0.0.1", &port.to_string()]);
    }
    let mut command = socklab::command(&["ask", spoken(transport), &at("127.0.0.1", port)]);
    // As taught there is no time limit at all.
    command.args(if who == Who::OursAsTaught { &["--as-taught"][..] } else { &["--timeout", "60s"] });
    command.env("SOCKLAB_LANG", "es").stdin(Stdio::null());
    Some(command)
}

fn our_server(transport: Transport, port: u16) -> Command {
    let port = port.to_string();
    let mut command = socklab::command(&["echo", spoken(transport), "--bind", "127.0.0.1", "--port", &port]);
    command.env("SOCKLAB_LANG", "es");
    command
}

fn script(transport: Transport, side: &str) -> String {
    format!("practical_{}_{side}.py", spoken(transport))
}

fn spoken(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
    }
}

/// Connects four clients, one after the other, and looks at the sockets.
fn two_of_four_wait(port: u16) {
    let connected = [0; 2].map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap());
    wait_for_sockets(Transport::Tcp, port, |rows| accept_queue(rows) == Some((2, 1)));
    let target = at("127.0.0.1", port);
    let _waiting =
        [0; 2].map(|_| Program::start(&mut socklab::command(&["ask", "tcp", &target, "--no-timeout"])));

    let syn_sent = State::Tcp(TcpState::SynSent);
    let sockets = wait_for_sockets(Transport::Tcp, port, |rows| {
        rows.iter().filter(|row| row.state == syn_sent).count() == 2
    });

    assert_eq!(accept_queue(&sockets), Some((2, 1)));
    let is_connected =
        |row: &&Row| connected.iter().any(|client| client.local_addr().ok() == Some(row.local));
    let states: Vec<_> = sockets.iter().filter(is_connected).map(|row| row.state).collect();
    assert_eq!(states, [State::Tcp(TcpState::Established); 2]);

    let port = port.to_string();
    let mut shown = socklab::command(&["sockets", "--json", "--listening", "--port", &port]);
    let shown = socklab::events_in(&Program::start(&mut shown).finish().succeeded().stdout);
    assert_eq!(shown[0]["accept_queue"], json!({"length": 2, "limit": 1}));
}

/// The length and the limit of a listener's queue.
fn accept_queue(rows: &[Row]) -> Option<(u32, u32)> {
    rows.iter().find_map(|row| match row.queues {
        Queues::Accept(AcceptQueue { length, limit }) => Some((length, limit)),
        Queues::Data { .. } => None,
    })
}

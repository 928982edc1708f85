//! `socat`.

use endpoints::transport::Transport;

use crate::support::payload::{DATAGRAM_BYTES_MAX, LARGE_BYTES, TEXT, assert_equal, every_byte, noise};
use crate::support::port::{Reserved, reserve};
use crate::support::program::Program;
use crate::support::tool::tool;
use crate::support::{at, loopbacks, socklab};

/// After how long it goes when its input has ended; the tests end sooner, when the server ends the stream.
const LINGER: &str = "-t60";

#[test]
fn a_udp_client_gets_each_datagram_back() {
    let server = socklab::echo(&["udp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(DATAGRAM_BYTES_MAX)] {
            let Some(mut socat) = tool("socat") else { return };
            socat.args(["-b65536", LINGER, "-", &format!("{}:{}", udp(host), at(host, server.port))]);
            let client = Program::start_with_input(&mut socat, message);
            assert_equal(&client.stdout.wait_for_bytes(message.len()), message, host);
        }
    }
}

#[test]
fn a_tcp_client_gets_each_stream_back() {
    let server = socklab::echo(&["tcp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(LARGE_BYTES)] {
            let reply = ask(host, server.port, message);
            assert!(reply.is_none_or(|reply| reply == message), "{host}");
        }
    }
}

#[test]
fn two_hundred_tcp_clients_in_a_row_get_their_replies() {
    let server = socklab::echo(&["tcp"]);
    for number in 0..200 {
        let message = format!("client {number}");
        let Some(reply) = ask("127.0.0.1", server.port, message.as_bytes()) else { return };
        assert_equal(&reply, message.as_bytes(), "socat");
    }
}

#[test]
fn a_server_over_udp_is_asked() {
    for host in loopbacks() {
        let Some((_server, reserved)) = serve(Transport::Udp, host) else { return };
        socklab::assert_echoed(
            &["udp", &at(host, reserved.port)],
            &[TEXT, &every_byte(), &noise(DATAGRAM_BYTES_MAX)],
        );
    }
}

#[test]
fn twenty_asks_over_udp_get_twenty_answers() {
    let Some((_server, reserved)) = serve(Transport::Udp, "127.0.0.1") else { return };
    for number in 0..20 {
        let message = format!("question {number}");
        let asked = socklab::ask(&["udp", &at("127.0.0.1", reserved.port), &message], b"").succeeded();
        assert_equal(&asked.stdout, message.as_bytes(), "ask");
    }
}

#[test]
fn a_server_over_tcp_is_asked() {
    for host in loopbacks() {
        let Some((_server, reserved)) = serve(Transport::Tcp, host) else { return };
        socklab::assert_echoed(
            &["tcp", &at(host, reserved.port)],
            &[TEXT, &every_byte(), &noise(LARGE_BYTES)],
        );
    }
}

#[test]
fn two_hundred_questions_over_tcp_get_their_answers() {
    let Some((_server, reserved)) = serve(Transport::Tcp, "127.0.0.1") else { return };
    let target = at("127.0.0.1", reserved.port);

    let asked = socklab::ask(&["tcp", &target, "again", "--count", "200"], b"").succeeded();

    assert_eq!(asked.stdout_text(), "again\n".repeat(200));
}

/// Runs a client over TCP to its end.
fn ask(host: &str, port: u16, message: &[u8]) -> Option<Vec<u8>> {
    let mut socat = tool("socat")?;
    socat.args([LINGER, "-", &format!("TCP{}:{}", family(host), at(host, port))]);
    Some(Program::start_with_input(&mut socat, message).finish().succeeded().stdout)
}

/// Starts an echo server that makes a process for each datagram or connection.
pub(crate) fn serve(transport: Transport, host: &str) -> Option<(Program, Reserved)> {
    let reserved = reserve(transport);
    let program = serve_at(transport, host, reserved.port)?;
    Some((program, reserved))
}

/// Starts it at a port, and waits until it listens.
pub(crate) fn serve_at(transport: Transport, host: &str, port: u16) -> Option<Program> {
    let mut socat = tool("socat")?;
    // The largest datagram fits; a piece of a stream has to be smaller than the pipe, or both ends of that wait.
    let (kind, ready, block) = match transport {
        Transport::Udp => (format!("{}-RECVFROM", udp(host)), "receiving on", "-b65536"),
        Transport::Tcp => (format!("TCP{}-LISTEN", family(host)), "listening on", "-b8192"),
    };
    let bind = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    socat.args(["-d", "-d", block, &format!("{kind}:{port},bind={bind},fork"), "PIPE"]);
    let program = Program::start(&mut socat);
    program.stderr.wait_for_line(ready);
    Some(program)
}

fn udp(host: &str) -> String {
    format!("UDP{}", family(host))
}

fn family(host: &str) -> char {
    if host.contains(':') { '6' } else { '4' }
}

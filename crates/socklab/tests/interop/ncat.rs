//! `ncat`, Nmap's netcat.

use std::io::Write;

use endpoints::transport::Transport;

use crate::support::payload::{LARGE_BYTES, TEXT, assert_equal, every_byte, noise};
use crate::support::port::{Reserved, reserve};
use crate::support::program::Program;
use crate::support::tool::tool;
use crate::support::{at, loopbacks, socklab};

/// What `ncat` reads at once; more becomes several datagrams.
const NCAT_DATAGRAM_BYTES_MAX: usize = 8192;

#[test]
fn a_udp_client_gets_each_datagram_back() {
    let server = socklab::echo(&["udp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(NCAT_DATAGRAM_BYTES_MAX)] {
            let Some(mut ncat) = tool("ncat") else { return };
            let mut client =
                Program::start_with_open_input(ncat.args(["-u", host, &server.port.to_string()]));
            // At the end of its input it goes without waiting for the reply, so the end comes after the reply.
            client.stdin.as_mut().unwrap().write_all(message).unwrap();
            assert_equal(&client.stdout.wait_for_bytes(message.len()), message, host);
        }
    }
}

#[test]
fn a_tcp_client_gets_each_stream_back() {
    let server = socklab::echo(&["tcp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(LARGE_BYTES)] {
            let Some(mut ncat) = tool("ncat") else { return };
            ncat.args([host, &server.port.to_string()]);
            let reply = Program::start_with_input(&mut ncat, message).finish().succeeded();
            assert_equal(&reply.stdout, message, host);
        }
    }
}

#[test]
fn two_hundred_tcp_clients_get_their_replies() {
    let server = socklab::echo(&["tcp"]);
    for batch in 0..25 {
        // It takes its time to start, so there are several at once.
        let start = |number: u32| {
            let mut ncat = tool("ncat")?;
            // Otherwise it reads all of the system's certificates, for nothing.
            ncat.env("SSL_CERT_FILE", "/dev/null").args(["127.0.0.1", &server.port.to_string()]);
            let message = format!("client {}", batch * 8 + number).into_bytes();
            Some((Program::start_with_input(&mut ncat, &message), message))
        };
        let Some(clients) = (0..8).map(start).collect::<Option<Vec<_>>>() else { return };
        for (client, message) in clients {
            assert_equal(&client.finish().succeeded().stdout, &message, "ncat");
        }
    }
}

#[test]
fn a_server_over_udp_is_asked() {
    for host in loopbacks() {
        let Some((_server, reserved)) = serve(Transport::Udp, host) else { return };
        socklab::assert_echoed(
            &["udp", &at(host, reserved.port)],
            &[TEXT, &every_byte(), &noise(NCAT_DATAGRAM_BYTES_MAX)],
        );
    }
}

#[test]
fn a_server_over_tcp_is_asked_without_half_close() {
    for host in loopbacks() {
        let Some((_server, reserved)) = serve(Transport::Tcp, host) else { return };
        // It stands still when both pipes of its `cat` are full, so this is less than one holds.
        socklab::assert_echoed(
            &["tcp", &at(host, reserved.port), "--no-shutdown"],
            &[TEXT, &every_byte(), &noise(48 << 10)],
        );
    }
}

#[test]
fn what_a_server_loses_at_the_half_close_is_told() {
    let Some((_server, reserved)) = serve(Transport::Tcp, "127.0.0.1") else { return };
    let target = at("127.0.0.1", reserved.port);

    let asked = socklab::ask(&["tcp", &target], TEXT);

    // Up to 7.95 it stops listening to its `cat` at the end of the client's stream; later ones do not always.
    let told = [("replied: ", 0), ("closed early: ", 1), ("reset: ", 1), ("truncated: ", 4)];
    let is_told =
        |&(verdict, code): &(&str, i32)| asked.stderr.starts_with(verdict) && asked.code() == Some(code);
    assert!(told.iter().any(is_told), "{asked:?}");
    assert!(asked.code() != Some(1) || asked.stderr.contains("--no-shutdown"), "{asked:?}");
}

fn serve(transport: Transport, host: &str) -> Option<(Program, Reserved)> {
    let mut ncat = tool("ncat")?;
    let reserved = reserve(transport);
    if transport == Transport::Udp {
        ncat.arg("-u");
    }
    ncat.args(["-v", "-l", "-k", "-e", "/bin/cat", host, &reserved.port.to_string()]);
    let program = Program::start(&mut ncat);
    program.stderr.wait_for_line("Listening on");
    Some((program, reserved))
}

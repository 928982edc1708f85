//! `nc`, OpenBSD's netcat.

use endpoints::transport::Transport;

use crate::support::payload::{LARGE_BYTES, TEXT, assert_equal, every_byte, noise};
use crate::support::port::reserve;
use crate::support::program::Program;
use crate::support::tool::netcat;
use crate::support::{at, loopbacks, socklab};

/// What `nc` reads at once; more becomes several datagrams.
const NC_DATAGRAM_BYTES_MAX: usize = 16_384;

#[test]
fn a_udp_client_gets_each_datagram_back() {
    let server = socklab::echo(&["udp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(NC_DATAGRAM_BYTES_MAX)] {
            let Some(mut nc) = netcat() else { return };
            // One datagram, and then the end: -W 1. The other limit is only for a server that fails.
            nc.args(["-u", "-W", "1", "-w", "60", host, &server.port.to_string()]);
            let reply = Program::start_with_input(&mut nc, message).finish().succeeded();
            assert_equal(&reply.stdout, message, host);
        }
    }
}

#[test]
fn a_tcp_client_gets_each_stream_back() {
    let server = socklab::echo(&["tcp"]);
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(LARGE_BYTES)] {
            let Some(mut nc) = netcat() else { return };
            nc.args(["-N", host, &server.port.to_string()]);
            let reply = Program::start_with_input(&mut nc, message).finish().succeeded();
            assert_equal(&reply.stdout, message, host);
        }
    }
}

#[test]
fn two_hundred_tcp_clients_in_a_row_get_their_replies() {
    let server = socklab::echo(&["tcp"]);
    for number in 0..200 {
        let Some(mut nc) = netcat() else { return };
        nc.args(["-N", "127.0.0.1", &server.port.to_string()]);
        let message = format!("client {number}");
        let reply = Program::start_with_input(&mut nc, message.as_bytes()).finish().succeeded();
        assert_equal(&reply.stdout, message.as_bytes(), "nc");
    }
}

#[test]
fn a_mirror_over_udp_is_asked() {
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(NC_DATAGRAM_BYTES_MAX)] {
            // It talks to nobody but the first peer that it hears, so each question has its own.
            let Some(mut nc) = netcat() else { return };
            let reserved = reserve(Transport::Udp);
            nc.args(["-v", "-u", "-l", host, &reserved.port.to_string()]);
            let mirror = Program::start_as_mirror(&mut nc);
            mirror.stderr.wait_for_line("Bound on");

            let asked = socklab::ask(&["udp", &at(host, reserved.port)], message).succeeded();

            assert_equal(&asked.stdout, message, host);
        }
    }
}

#[test]
fn a_mirror_over_tcp_is_asked() {
    for host in loopbacks() {
        for message in [TEXT, &every_byte(), &noise(LARGE_BYTES)] {
            let Some(mut nc) = netcat() else { return };
            let reserved = reserve(Transport::Tcp);
            nc.args(["-v", "-l", host, &reserved.port.to_string()]);
            let mirror = Program::start_as_mirror(&mut nc);
            mirror.stderr.wait_for_line("Listening on");

            // When its peer ends the stream, this nc stops reading its own input and loses what is still in there.
            let asked =
                socklab::ask(&["tcp", &at(host, reserved.port), "--no-shutdown"], message).succeeded();

            assert_equal(&asked.stdout, message, host);
        }
    }
}

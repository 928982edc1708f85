//! What `ask` says of peers that do not answer as they should, and how it exits.

use std::net::UdpSocket;

use endpoints::transport::Transport;
use serde_json::Value;

use crate::support::payload::{TEXT, noise};
use crate::support::port::reserve;
use crate::support::python::{serve, serve_at};
use crate::support::{at, loopbacks, socklab};

#[test]
fn a_peer_that_dies_in_the_middle_is_told() {
    for bytes in ["0", "1000"] {
        let Some(server) = serve("tcp_server.py", "127.0.0.1", &["dies", bytes]) else { return };

        let (code, verdict) = socklab::verdict(&["tcp", &at("127.0.0.1", server.port)], &noise(20_000_000));

        assert_eq!((code, name(&verdict)), (Some(1), "reset"), "{verdict}");
        assert_eq!(verdict["received_bytes"], 0);
    }
}

#[test]
fn a_peer_that_gives_back_a_part_is_told() {
    let Some(server) = serve("tcp_server.py", "127.0.0.1", &["stops_answering", "1000"]) else { return };

    let (code, verdict) = socklab::verdict(&["tcp", &at("127.0.0.1", server.port)], &noise(20_000));

    assert_eq!((code, name(&verdict)), (Some(4), "truncated"), "{verdict}");
    assert_eq!((&verdict["bytes"], &verdict["true_bytes"]), (&1000.into(), &20_000.into()));
}

#[test]
fn a_peer_that_gives_back_nothing_is_told() {
    let Some(server) = serve("tcp_server.py", "127.0.0.1", &["stops_answering", "0"]) else { return };

    let (code, verdict) = socklab::verdict(&["tcp", &at("127.0.0.1", server.port)], TEXT);

    assert_eq!((code, name(&verdict)), (Some(1), "closed_early"), "{verdict}");
}

#[test]
fn a_peer_that_stops_in_the_middle_is_silent_about_the_rest() {
    let Some(server) = serve("tcp_server.py", "127.0.0.1", &["hangs", "1000"]) else { return };
    let target = at("127.0.0.1", server.port);
    for (lang, said) in [
        ("en", "silent: waited for the rest of the reply, after 1000 bytes, from "),
        ("es", "silencio: se esperó el resto de la respuesta, tras 1000 bytes, de "),
    ] {
        let arguments = ["tcp", &target, "--timeout", "2s", "--lang", lang];

        let asked = socklab::ask(&arguments, &noise(2000));

        assert_eq!((asked.code(), asked.stdout.len()), (Some(3), 1000), "{asked:?}");
        assert!(asked.stderr.starts_with(said), "{asked:?}");
    }
}

#[test]
fn a_peer_that_answers_with_a_reset_is_told() {
    let Some(server) = serve("tcp_server.py", "127.0.0.1", &["resets"]) else { return };

    let (code, verdict) = socklab::verdict(&["tcp", &at("127.0.0.1", server.port)], TEXT);

    assert_eq!((code, name(&verdict)), (Some(1), "reset"), "{verdict}");
}

#[test]
fn a_closed_udp_port_and_a_silent_one_are_told_apart() {
    for host in loopbacks() {
        let closed = reserve(Transport::Udp);
        let (code, verdict) = socklab::verdict(&["udp", &at(host, closed.port), "--timeout", "60s"], TEXT);
        assert_eq!((code, name(&verdict)), (Some(1), "refused"), "{verdict}");
        assert_eq!(verdict["by"]["source"], "icmp");

        let silent = UdpSocket::bind((host, 0)).unwrap();
        let target = at(host, silent.local_addr().unwrap().port());
        let (code, verdict) = socklab::verdict(&["udp", &target, "--timeout", "100ms"], TEXT);
        assert_eq!((code, name(&verdict)), (Some(3), "silent"), "{verdict}");
    }
}

#[test]
fn a_closed_tcp_port_is_refused() {
    for host in loopbacks() {
        let closed = reserve(Transport::Tcp);
        let (code, verdict) = socklab::verdict(&["tcp", &at(host, closed.port)], TEXT);
        assert_eq!((code, name(&verdict)), (Some(1), "refused"), "{verdict}");
    }
}

#[test]
fn localhost_works_whichever_family_the_server_has() {
    for host in loopbacks() {
        for (transport, spoken, program) in
            [(Transport::Udp, "udp", "udp_server.py"), (Transport::Tcp, "tcp", "tcp_server.py")]
        {
            let reserved = reserve(transport);
            let Some(server) = serve_at(program, host, reserved.port, &["echo"]) else { return };

            let asked = socklab::ask(&[spoken, &at("localhost", server.port)], TEXT).succeeded();

            assert_eq!(asked.stdout, TEXT, "{spoken} {host}");
            assert!(asked.stderr.contains(&format!("from {}", at(host, server.port))), "{}", asked.stderr);
        }
    }
}

fn name(verdict: &Value) -> &str {
    verdict["verdict"].as_str().unwrap()
}

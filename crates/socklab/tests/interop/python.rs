//! Python's standard library: the sockets API as students meet it.

use crate::support::payload::{DATAGRAM_BYTES_MAX, LARGE_BYTES, TEXT, assert_equal, every_byte, noise};
use crate::support::python::{run, serve};
use crate::support::{at, loopbacks, socklab};

#[test]
fn each_datagram_of_a_client_comes_back_as_it_was() {
    let server = socklab::echo(&["udp"]);
    for host in loopbacks() {
        let Some(client) = run("udp_client.py", host, server.port, &["payloads"]) else { return };
        assert_eq!(client.succeeded().stdout_text(), "equal 5\n");
    }
}

#[test]
fn a_hundred_and_fifty_udp_clients_in_a_row_get_their_replies() {
    let server = socklab::echo(&["udp"]);
    let Some(client) = run("udp_client.py", "127.0.0.1", server.port, &["in_a_row", "150"]) else { return };
    assert_eq!(client.succeeded().stdout_text(), "equal 150\n");

    let events = server.stop();
    assert_eq!(socklab::summary(&events)["replies"], 150);
}

#[test]
fn each_stream_of_a_client_comes_back_as_it_was() {
    let server = socklab::echo(&["tcp"]);
    for host in loopbacks() {
        let Some(client) = run("tcp_client.py", host, server.port, &["payloads"]) else { return };
        assert_eq!(client.succeeded().stdout_text(), "equal 4\n");
    }
}

#[test]
fn two_hundred_tcp_clients_in_a_row_get_their_replies() {
    let server = socklab::echo(&["tcp"]);
    let Some(client) = run("tcp_client.py", "127.0.0.1", server.port, &["in_a_row", "200"]) else { return };
    assert_eq!(client.succeeded().stdout_text(), "equal 200\n");
}

#[test]
fn a_client_that_reads_slowly_gets_every_byte() {
    let server = socklab::echo(&["tcp"]);
    let size = LARGE_BYTES.to_string();
    let Some(client) = run("tcp_client.py", "127.0.0.1", server.port, &["slow_reader", &size]) else {
        return;
    };
    client.succeeded();
}

#[test]
fn a_client_that_writes_byte_by_byte_gets_every_byte() {
    let server = socklab::echo(&["tcp"]);
    let Some(client) = run("tcp_client.py", "127.0.0.1", server.port, &["byte_by_byte", "20000"]) else {
        return;
    };
    client.succeeded();
}

#[test]
fn a_server_is_asked_datagrams_of_every_kind() {
    for host in loopbacks() {
        let Some(server) = serve("udp_server.py", host, &["echo"]) else { return };
        let target = at(host, server.port);
        for message in [TEXT, &every_byte(), &noise(DATAGRAM_BYTES_MAX)] {
            let asked = socklab::ask(&["udp", &target], message).succeeded();
            assert_equal(&asked.stdout, message, &target);
        }

        let empty = socklab::ask(&["udp", &target, "--empty"], b"").succeeded();
        assert_eq!(empty.stdout, b"");
        assert!(empty.stderr.starts_with("replied: 0 bytes"), "{}", empty.stderr);
        server.program.stdout.wait_for_line("datagram 0");
    }
}

#[test]
fn twenty_asks_over_udp_get_twenty_answers() {
    let Some(server) = serve("udp_server.py", "127.0.0.1", &["echo"]) else { return };
    let target = at("127.0.0.1", server.port);
    for number in 0..20 {
        let message = format!("question {number}");
        let asked = socklab::ask(&["udp", &target, &message], b"").succeeded();
        assert_equal(&asked.stdout, message.as_bytes(), "ask");
    }
}

#[test]
fn a_server_is_asked_streams_of_every_kind() {
    for host in loopbacks() {
        let Some(server) = serve("tcp_server.py", host, &["echo"]) else { return };
        let target = at(host, server.port);
        for message in [TEXT, &every_byte(), &noise(LARGE_BYTES)] {
            let asked = socklab::ask(&["tcp", &target], message).succeeded();
            assert_equal(&asked.stdout, message, &target);
            server.program.stdout.wait_for_line(&format!("stream {}", message.len()));
        }
    }
}

#[test]
fn two_hundred_questions_over_tcp_get_their_answers() {
    let Some(server) = serve("tcp_server.py", "127.0.0.1", &["echo"]) else { return };
    let target = at("127.0.0.1", server.port);

    let asked = socklab::ask(&["tcp", &target, "again", "--count", "200"], b"").succeeded();

    assert_eq!(asked.stdout_text(), "again\n".repeat(200));
    assert!(asked.stderr.ends_with("200 asked: 200 replied\n"), "{}", asked.stderr);
}

#[test]
fn a_server_that_reads_slowly_or_writes_byte_by_byte_is_waited_for() {
    for (manner, size) in [("slow_reader", LARGE_BYTES), ("byte_by_byte", 20_000)] {
        let Some(server) = serve("tcp_server.py", "127.0.0.1", &[manner]) else { return };
        let message = noise(size);
        let asked = socklab::ask(&["tcp", &at("127.0.0.1", server.port)], &message).succeeded();
        assert_equal(&asked.stdout, &message, manner);
    }
}

#[test]
fn a_reply_that_comes_late_is_waited_for() {
    for (program, transport) in [("udp_server.py", "udp"), ("tcp_server.py", "tcp")] {
        let Some(server) = serve(program, "127.0.0.1", &["late"]) else { return };
        let target = at("127.0.0.1", server.port);
        let asked = socklab::ask(&[transport, &target, "--timeout", "30s"], TEXT).succeeded();
        assert_equal(&asked.stdout, TEXT, transport);
    }
}

#[test]
fn telling_more_changes_no_byte_of_the_traffic() {
    let manners: [&[&str]; 5] = [&[], &["-v"], &["-vv"], &["--json"], &["--quiet"]];
    let Some(datagrams) = serve("udp_server.py", "127.0.0.1", &["echo"]) else { return };
    let Some(streams) = serve("tcp_server.py", "127.0.0.1", &["echo"]) else { return };
    for (transport, server) in [("udp", &datagrams), ("tcp", &streams)] {
        for manner in manners {
            let target = at("127.0.0.1", server.port);
            socklab::ask(&[&[transport, &target], manner].concat(), TEXT).succeeded();
        }
        socklab::ask(&[transport, &at("127.0.0.1", server.port), "the end"], b"").succeeded();
    }

    let unit = format!("datagram {}\n", TEXT.len());
    datagrams.program.stdout.wait_for_line("datagram 7");
    let said = datagrams.program.stdout.wait_for_bytes(1);
    assert!(String::from_utf8(said).unwrap().ends_with(&format!("{}datagram 7\n", unit.repeat(5))));
    let unit = format!("stream {}\n", TEXT.len());
    streams.program.stdout.wait_for_line("stream 7");
    let said = String::from_utf8(streams.program.stdout.wait_for_bytes(1)).unwrap();
    assert_eq!(said.lines().skip(1).collect::<Vec<_>>().join("\n") + "\n", unit.repeat(5) + "stream 7\n");
}

//! Two echo servers that one forged datagram points at each other (VU#417980), and honest clients meanwhile.

use endpoints::transport::Transport;
use rustix::process::Signal;
use serde_json::Value;

use crate::socat;
use crate::support::port::reserve;
use crate::support::program::complete_lines;
use crate::support::python::{self, PythonServer, run};
use crate::support::socklab::{self, Server, summary};
use crate::support::{loopbacks, wait_until};

/// The most datagrams that either server may handle before the storm is over.
const HANDFUL: u64 = 20;

#[test]
fn a_storm_with_a_python_server_ends_and_the_server_goes_on() {
    let server = socklab::echo(&["udp", "-4"]);
    let Some(other) =
        point_at_each_other(&server, |port| python::serve_at("udp_server.py", "127.0.0.1", port, &["echo"]))
    else {
        return;
    };

    server.wait_for_event("storm_stopped");

    let honest = be_honest(&server);
    let handled = String::from_utf8(stop_python(other)).unwrap().matches("datagram ").count() as u64;
    let arrived = arrived(&server.stop(), honest);
    assert!(arrived <= HANDFUL && handled <= HANDFUL, "{arrived} here, {handled} there");
}

#[test]
fn a_storm_with_a_socat_server_ends_and_the_server_goes_on() {
    let server = socklab::echo(&["udp", "-4"]);
    let other = point_at_each_other(&server, |port| socat::serve_at(Transport::Udp, "127.0.0.1", port));
    if other.is_none() {
        return;
    }

    server.wait_for_event("storm_stopped");

    let honest = be_honest(&server);
    let arrived = arrived(&server.stop(), honest);
    assert!(arrived <= HANDFUL, "{arrived}");
}

#[test]
fn a_storm_with_a_second_socklab_ends_and_both_go_on() {
    let server = socklab::echo(&["udp", "-4"]);
    let Some(other) = point_at_each_other(&server, |port| {
        Some(socklab::echo(&["udp", "--bind", "127.0.0.1", "--port", &port.to_string()]))
    }) else {
        return;
    };

    // Each of the two may be the one that finds out.
    wait_until("one of the two stops the storm", || {
        [&server, &other].into_iter().find(|server| server.has_told("storm_stopped"))
    });

    let honest = be_honest(&server) + be_honest(&other);
    let (here, there) = (server.stop(), other.stop());
    let arrived =
        summary(&here)["datagrams"].as_u64().unwrap() + summary(&there)["datagrams"].as_u64().unwrap();
    assert!(arrived - honest <= 2 * HANDFUL, "{arrived} in both, {honest} of them honest");
}

#[test]
fn without_the_guard_the_same_datagram_makes_a_storm() {
    let server = socklab::echo(&["udp", "-4", "--as-taught", "--quiet"]);
    let other =
        point_at_each_other(&server, |port| python::serve_at("udp_server.py", "127.0.0.1", port, &["echo"]));
    let Some(other) = other else { return };

    other.program.stdout.wait_for("storm", |bytes| {
        let handled = complete_lines(bytes).count() as u64;
        (handled > 100 * HANDFUL).then_some(())
    });
}

#[test]
fn honest_clients_at_full_speed_get_every_reply() {
    let server = socklab::echo(&["udp"]);
    for kind in ["constant", "varying"] {
        for manner in ["connected", "unconnected", "careful"] {
            for host in loopbacks() {
                let arguments = ["lockstep", "5000", kind, manner];
                let Some(client) = run("udp_client.py", host, server.port, &arguments) else { return };
                client.succeeded();
            }
        }
    }
    let events = server.stop();
    assert!(events.iter().all(|event| event["event"] != "storm_stopped"));
    assert_eq!(summary(&events)["storm_ignored"], 0);
}

/// Starts another server, and sends one datagram to the first that seems to come from the second.
///
/// Without root: while the first one stands still, the datagram comes from a socket at the address that the second one
/// takes only then.
fn point_at_each_other<T>(server: &Server, start_other: impl FnOnce(u16) -> Option<T>) -> Option<T> {
    let reserved = reserve(Transport::Udp);
    server.program.freeze();
    let port = reserved.port.to_string();
    run("udp_client.py", "127.0.0.1", server.port, &["forge", "127.0.0.1", &port])?.succeeded();
    let other = start_other(reserved.port)?;
    server.program.thaw();
    Some(other)
}

/// Talks to a server in every way that an honest client may; returns how many datagrams that were.
fn be_honest(server: &Server) -> u64 {
    let ways = [("constant", "unconnected"), ("constant", "connected"), ("varying", "connected")];
    for (kind, manner) in ways {
        let arguments = ["lockstep", "1000", kind, manner];
        run("udp_client.py", "127.0.0.1", server.port, &arguments).unwrap().succeeded();
    }
    1000 * ways.len() as u64
}

/// How many datagrams a server got from others than honest clients.
fn arrived(events: &[Value], honest: u64) -> u64 {
    summary(events)["datagrams"].as_u64().unwrap() - honest
}

fn stop_python(server: PythonServer) -> Vec<u8> {
    server.program.signal(Signal::TERM);
    server.program.finish().stdout
}

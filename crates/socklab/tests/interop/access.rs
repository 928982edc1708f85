//! Who is served and who is not, as the refused see it.

use std::fs;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::python::run;
use crate::support::socklab::Server;
use crate::support::{loopbacks, socklab};

const PROGRAMS: [(&str, &str); 2] = [("udp", "udp_client.py"), ("tcp", "tcp_client.py")];

#[test]
fn an_address_that_no_rule_allows_is_refused_and_the_allowed_one_is_served() {
    for (transport, program) in PROGRAMS {
        let server = socklab::echo(&[transport, "--allow", "127.0.0.1"]);
        if refused_and_served(program, &server, "127.0.0.2", "127.0.0.1").is_none() {
            return;
        }
        let refused = refusals(&server.stop());
        assert_eq!(refused, [(transport.into(), "127.0.0.2".into(), json!({"kind": "not_allowed"}))]);
    }
}

#[test]
fn a_denied_network_is_refused_and_the_rule_is_named() {
    for (transport, program) in PROGRAMS {
        let server = socklab::echo(&[transport, "--allow", "127.0.0.0/8", "--deny", "127.0.0.2/31"]);
        if refused_and_served(program, &server, "127.0.0.3", "127.0.0.1").is_none() {
            return;
        }
        let refused = refusals(&server.stop());
        let rule = json!({"kind": "denied", "rule": "127.0.0.2/31"});
        assert_eq!(refused, [(transport.into(), "127.0.0.3".into(), rule)]);
    }
}

#[test]
fn rules_hold_over_ipv6_too() {
    if !loopbacks().contains(&"::1") {
        return;
    }
    for (transport, timeout, code) in [("udp", "100ms", 3), ("tcp", "60s", 1)] {
        let server = socklab::echo(&[transport, "--deny", "::/64"]);
        let port = server.port.to_string();

        let denied = socklab::ask(&[transport, &format!("[::1]:{port}"), "--timeout", timeout], b"hello");
        let other = socklab::ask(&[transport, &format!("127.0.0.1:{port}")], b"hello");

        assert_eq!(denied.code(), Some(code), "{denied:?}");
        other.succeeded();
        let refused = refusals(&server.stop());
        assert_eq!(refused, [(transport.into(), "::1".into(), json!({"kind": "denied", "rule": "::/64"}))]);
    }
}

#[test]
fn a_file_that_is_read_again_changes_the_answer() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("allowed");
    for (transport, program) in PROGRAMS {
        fs::write(&file, "127.0.0.1\n").unwrap();
        let server = socklab::echo(&[transport, "--allow-file", file.to_str().unwrap()]);
        if refused_and_served(program, &server, "127.0.0.2", "127.0.0.1").is_none() {
            return;
        }

        fs::write(&file, "# the other one, now\n127.0.0.2\n").unwrap();
        server.program.signal(Signal::HUP);
        assert_eq!(server.wait_for_event("access_reloaded")["rules"], 1);
        refused_and_served(program, &server, "127.0.0.1", "127.0.0.2");

        fs::write(&file, "127.0.0.300\n").unwrap();
        server.program.signal(Signal::HUP);
        let error = server.wait_for_event("access_reload_failed")["error"].to_string();
        assert!(error.contains("127.0.0.300"), "{error}");
        refused_and_served(program, &server, "127.0.0.1", "127.0.0.2");
    }
}

fn refused_and_served(program: &str, server: &Server, outsider: &str, guest: &str) -> Option<()> {
    let arguments = ["refused_and_served", outsider, guest];
    let client = run(program, "127.0.0.1", server.port, &arguments)?;
    assert_eq!(client.succeeded().stdout_text(), "as expected\n");
    Some(())
}

/// Of each refusal: the transport, the address without its port, the rule.
fn refusals(events: &[Value]) -> Vec<(String, String, Value)> {
    let refused = events.iter().filter(|event| event["event"] == "refused");
    refused
        .map(|event| {
            let peer: std::net::SocketAddr = event["peer"].as_str().unwrap().parse().unwrap();
            let transport = event["transport"].as_str().unwrap().to_owned();
            (transport, peer.ip().to_string(), event["rule"].clone())
        })
        .collect()
}

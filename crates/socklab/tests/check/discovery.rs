//! Programs that choose their own messages, without a manifest: what they chose is found out, told, and put to them.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const UDP: &str = "
import socket, subprocess, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 3500))
while True:
    data, address = s.recvfrom(2048)
    text = data.decode(errors='replace')
";

#[test]
fn the_message_that_ends_a_server_is_found_in_its_source() {
    let said =
        check("1.5.5", "    if text == 'APAGATE':\n        sys.exit()\n    s.sendto(data, address)\n", UDP);

    assert_eq!(said, (Some(0), json!([{"kind": "shutdown", "value": "APAGATE"}])));
}

#[test]
fn a_server_that_no_message_ends_is_to_be_declared() {
    let said = check("1.5.5", "    s.sendto(data, address)\n", UDP);

    assert_eq!(said, (Some(2), Value::Null));
}

#[test]
fn the_form_of_a_command_and_the_place_of_its_status_are_found() {
    let serve = "
    if text.startswith('ORDEN '):
        done = subprocess.run(text[6:], shell=True, stdin=subprocess.DEVNULL)
        data = f'12 tareas, codigo={done.returncode}'.encode()
    s.sendto(data, address)
";
    let said = check("1.5.6", serve, UDP);

    let form = json!({"kind": "command", "value": "ORDEN {cmd}"});
    assert_eq!(said.0, Some(0));
    assert_eq!(said.1[0], form);
    assert_eq!(said.1[1]["kind"], "status");
    assert!(said.1[1]["value"].as_str().unwrap().ends_with("codigo=(?P<status>-?[0-9]+)"), "{}", said.1);
}

#[test]
fn the_addresses_that_a_server_serves_are_found() {
    let serve = "    if address[0] in ('10.20.30.40', '127.0.0.9'):\n        s.sendto(data, address)\n";
    let said = check("1.5.2", serve, UDP);

    assert_eq!(said, (Some(0), json!([{"kind": "allowed", "value": ["10.20.30.40", "127.0.0.9"]}])));
}

#[test]
fn what_ends_a_message_is_found() {
    let serve = "
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line.endswith(b'\\n'):
                self.wfile.write(line)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
Server(('127.0.0.1', 3500), Echo).serve_forever()
";
    let said = check("2.5.3", serve, "");

    assert_eq!(said, (Some(0), json!([{"kind": "framing", "value": {"delimiter": [10]}}])));
}

/// Puts a server without a manifest to the check; tells its exit code and what was assumed.
fn check(exercise: &str, end: &str, begin: &str) -> (Option<i32>, Value) {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("server.py"), format!("{begin}{end}")).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_socklab"))
        .args(["check", exercise, "--format", "json", "--", "python3", "server.py"])
        .current_dir(directory.path())
        .env("SOCKLAB_LANG", "en")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&done.stdout).unwrap_or_default();
    (done.status.code(), report["assumed"].clone())
}

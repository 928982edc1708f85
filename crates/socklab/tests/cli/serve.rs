//! `socklab serve`.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;

use endpoints::ways::{Name, Payload, SendConfig, Verdict, Way, send};
use insta::assert_snapshot;
use kernel::wake::Wake;
use rustix::process::{Pid, Signal, kill_process};

use crate::message_server::{KeyDir, told};
use crate::support::{LANGS, assert_no_english, command, mistakes};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["--how", "morse"],
    &["--how"],
    &["--how", "tlv", "--delimiter", "FIN"],
    &["--how", "delimiter", "--delimiter", r"\x1"],
    &["--how", "tlv", "--port", "65536"],
    &["--how", "tlv", "--bind", "localhost", "--any"],
    &["--how", "tlv", "--bind", "::1", "-4"],
    &["--how", "tlv", "-4", "-6"],
    &["--how", "tlv", "tcp"],
    &["--how", "tlv", "--as-tought"],
    &["--how", "tlv", "--keys", "socklab.keys"],
    &["--how", "tlv", "--inbox", "inbox"],
    &["--as-taught"],
    &["--inbox", "inbox"],
    &["--plain", "--inbox", "inbox", "--no-inbox"],
    &["--plain", "--inbox"],
    &["--plain", "--inbox", "/proc/nowhere"],
    &["--keys"],
    &["--keys", "/nowhere"],
    &["--keys", "/"],
    &["--keys", "/dev/null"],
    &["--plain", "--max-file", "0"],
    &["--plain", "--max-inbox", "2P"],
    &["--plain", "--sessions", "0"],
    &["--plain", "--sessions", "4097"],
    &["--plain", "--drain", "later"],
    &["--plain", "--exec-time", "25h"],
    &["--plain", "--exec-output", "much"],
    &["--plain", "--allow", "me"],
    &["--plain", "--no-inbox", "--deny-file", "/nowhere"],
    &["--plain", "--port", "ssh"],
    &["--plain", "--bind", "nowhere.invalid"],
    &["--plain", "--udp"],
    &["--plian"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("serve_mistakes_{lang}"), mistakes(lang, "serve", MISTAKES));
    }
}

#[test]
fn each_item_has_its_line_and_a_fault_is_named() {
    for lang in LANGS {
        let told = [serving(lang, &Way::Tlv), serving(lang, &Way::TwoConnections)].join("\n");
        if lang == "es" {
            assert_no_english(&told.replace("--how", ""));
        }
        assert_snapshot!(format!("serve_ways_{lang}"), told);
    }
}

/// Starts a receiver, sends it a text and a file, and what no receiver of types and lengths can take; stops it, and returns what it said.
fn serving(lang: &str, way: &Way) -> String {
    let arguments = ["serve", "--how", way.name(), "--port", "0", "-4"];
    let mut child = command(&arguments)
        .env("SOCKLAB_LANG", lang)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    stdout.read_line(&mut said).unwrap();
    let address = said.split([' ', ',']).find_map(|word| word.parse::<SocketAddr>().ok()).unwrap();
    let mut ports = vec![address.port()];

    let payloads = vec![Payload::text("hola"), Payload::file(Name::new("foto.png"), b"\x89PNG".to_vec())];
    assert_eq!(sent(way, address, payloads.clone(), &mut ports), Verdict::Held);
    if *way == Way::Tlv {
        // The length that this begins with is read as a type and the beginning of a length.
        let verdict = sent(&Way::Length, address, vec![Payload::text("hola")], &mut ports);
        assert!(matches!(verdict, Verdict::Broken { .. }), "{verdict:?}");
    }
    let (out, stderr) = stop(&mut child, stdout);
    let said =
        ports.iter().fold(said + &out + &stderr, |said, port| said.replace(&format!(":{port}"), ":[PORT]"));
    in_order(&said)
}

fn sent(way: &Way, address: SocketAddr, payloads: Vec<Payload>, ports: &mut Vec<u16>) -> Verdict {
    let timeout = Duration::from_secs(60);
    let config = SendConfig { way: way.clone(), peers: vec![address], payloads, timeout, between: None };
    let outcome = send(&config, &Wake::new().unwrap(), &mut |event| {
        if let endpoints::ways::SendEvent::Connected { local, .. } = event {
            ports.push(local.port());
        }
    });
    outcome.unwrap().verdict
}

fn stop(child: &mut Child, mut stdout: impl Read) -> (String, String) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
    let (mut out, mut stderr) = (String::new(), String::new());
    stdout.read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it ends by the signal");
    (out, stderr)
}

/// Puts the lines of each connection together: two of them are read at the same time.
fn in_order(said: &str) -> String {
    let mut lines: Vec<&str> = said.lines().collect();
    let connection =
        |line: &str| line.strip_prefix('#').and_then(|rest| rest.split(' ').next()?.parse::<u32>().ok());
    if let Some(first) = lines.iter().position(|line| connection(line).is_some()) {
        let count = lines[first..].iter().take_while(|line| connection(line).is_some()).count();
        lines[first..first + count].sort_by_key(|line| connection(line));
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_list_that_is_none_and_a_place_that_is_taken_keep_it_from_starting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for lang in LANGS {
        let keys = KeyDir::with(&[]);
        keys.write("list", b"ana hola may=text\n");
        keys.write_with_mode("open", b"", 0o644);
        keys.write("file", b"");
        let lines = [
            &["serve", "--keys", "list"][..],
            &["serve", "--keys", "open"],
            &["serve", "--plain", "--inbox", "file"],
            &["serve", "--plain", "-4", "--port", &port],
        ];
        let said = lines.map(|line| {
            let run = keys.run(lang, line);
            assert_eq!(run.code, Some(2), "{}", run.stderr);
            told(&run).replace(&port, "[PORT]")
        });
        let said = said.join("\n");
        if lang == "es" {
            assert_no_english(&said);
        }
        assert_snapshot!(format!("serve_start_{lang}"), said);
    }
}

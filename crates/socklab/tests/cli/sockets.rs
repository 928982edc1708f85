//! `socklab sockets`, on real sockets of this process.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{LANGS, Run, assert_no_english, command, mistakes, socklab};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

const MISTAKES: &[&[&str]] = &[
    &["tcp"],
    &["--port", "http"],
    &["--port", "0"],
    &["--pid", "0"],
    &["--state", "lsten"],
    &["--state", ""],
    &["--listening", "--state", "listen"],
    &["--udp", "--state", "listen"],
    &["--watch=0s"],
    &["--watch", "2s"],
    &["-4", "-6"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("sockets_mistakes_{lang}"), mistakes(lang, "sockets", MISTAKES));
    }
}

#[test]
fn a_listener_is_found_by_its_port_with_its_process() {
    let listener = listener_with_backlog(5);
    let pid = std::process::id().to_string();
    let arguments = ["--tcp", "-4", "--listening", "--port", &port(&listener), "--pid", &pid];
    for (lang, heading) in [("en", "Command line"), ("es", "Línea de órdenes")] {
        // A listener that the child of another test has too, until it calls `execve(2)`, has a third line.
        let run = show_until(lang, &arguments, |run| run.stdout.lines().count() == 2);

        assert!(run.stdout.lines().next().unwrap().ends_with(heading), "{}", run.stdout);
        let cells = cells(run.stdout.lines().nth(1).unwrap());
        assert_eq!(cells[..4], ["tcp", "LISTEN", &listener.local_addr().unwrap().to_string(), "*"]);
        assert_eq!(cells[4..7], ["0/5", "-", "0"]);
        assert!(cells[8].starts_with(&format!("{pid}/cli-")), "{cells:?}");
        assert_eq!(cells[9], std::env::args().collect::<Vec<_>>().join(" "));
    }
}

#[test]
fn a_queue_with_one_more_than_its_limit_is_marked_as_full() {
    let listener = listener_with_backlog(1);
    let address = listener.local_addr().unwrap();
    let _clients = [0; 2].map(|_| TcpStream::connect(address).unwrap());
    let arguments = ["--tcp", "-4", "--port", &port(&listener)];
    for (lang, full, waits) in [
        ("en", "! the queue is full", "accept() takes it"),
        ("es", "! la cola está llena", "accept() la tome"),
    ] {
        let run = show_until(lang, &arguments, |run| run.stdout.contains("  !2/1  "));

        assert!(run.stderr.contains(full), "{}", run.stderr);
        assert_eq!(run.stdout.matches(waits).count(), 2, "{}", run.stdout);
        if lang == "es" {
            assert_no_english(&run.stderr);
        }
    }
}

#[test]
fn a_datagram_that_nobody_reads_stands_in_recv_q() {
    let receiver = udp();
    udp().send_to(b"hola", receiver.local_addr().unwrap()).unwrap();

    let arguments = ["--udp", "-4", "--port", &receiver.local_addr().unwrap().port().to_string()];
    let run = show_until("en", &arguments, |run| {
        run.stdout.lines().nth(1).is_some_and(|line| cells(line)[4] != "0")
    });

    assert_eq!(cells(run.stdout.lines().nth(1).unwrap())[..2], ["udp", "UNCONNECTED"]);
}

#[test]
fn json_has_a_line_for_each_socket_and_a_summary() {
    let listener = listener_with_backlog(5);

    let run = show("es", &["--json", "--tcp", "-4", "--listening", "--port", &port(&listener)]);

    let events: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [socket, summary] = &events[..] else { panic!("{events:?}") };
    assert_eq!((&socket["v"], &socket["event"]), (&1.into(), &"socket".into()));
    assert_eq!(socket["local"], listener.local_addr().unwrap().to_string());
    assert_eq!(socket["accept_queue"], serde_json::json!({"length": 0, "limit": 5}));
    let processes = socket["processes"].as_array().unwrap();
    assert!(processes.iter().any(|process| process["pid"] == std::process::id()), "{processes:?}");
    assert_eq!(socket.get("change"), None);
    assert_eq!((&summary["event"], &summary["sockets"]), (&"summary".into(), &1.into()));
    assert!(summary["hidden_sockets"].is_u64() && summary["hidden_processes"].is_u64());
    assert_eq!(run.stderr, "");
}

#[test]
fn no_socket_is_an_answer_and_no_error() {
    let arguments = ["--name", "no program has this name"];
    for (lang, answer) in [("en", "no socket fits"), ("es", "ningún socket coincide")] {
        let run = show(lang, &arguments);

        assert_eq!(run.stdout, "");
        assert_eq!(run.stderr.lines().next(), Some(answer));
    }
    assert_eq!(show("en", &[&arguments[..], &["--quiet"]].concat()).stderr, "");
}

#[test]
fn quiet_leaves_the_table_and_nothing_else() {
    let listener = listener_with_backlog(5);

    let run = show("en", &["--quiet", "--listening", "--port", &port(&listener)]);

    assert!(run.stdout.contains("LISTEN"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn colours_are_shown_when_asked_for() {
    let listener = listener_with_backlog(5);
    let arguments = ["--listening", "--port", &port(&listener)];

    assert!(!show("en", &arguments).stdout.contains('\u{1b}'));
    assert!(show("en", &[&arguments[..], &["--color", "always"]].concat()).stdout.contains('\u{1b}'));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let listener = listener_with_backlog(5);
    let arguments = ["sockets", "--quiet", "--port", &port(&listener)];
    let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());

    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();

    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn watching_tells_what_comes_and_what_goes() {
    for (lang, begins) in [("en", "watching 1 socket"), ("es", "se observa 1 socket")] {
        let socket = udp();
        let address = socket.local_addr().unwrap();
        let mut watch = Watch::of(address, lang, &[]);
        assert!(watch.next_note().starts_with(begins));

        let client = udp();
        client.connect(address).unwrap();
        let line = format!("udp  CONNECTED  {}  {address}", client.local_addr().unwrap());
        watch.wait_for(|it| it.contains(&format!("s + {line}  ")));
        drop(client);
        watch.wait_for(|it| it.contains(&format!("s - {line}  ")));
    }
}

#[test]
fn watching_as_json_begins_with_all_sockets_and_ends_with_a_summary() {
    let socket = udp();
    let address = socket.local_addr().unwrap();
    let mut watch = Watch::of(address, "en", &["--json"]);

    watch.wait_for(|line| event(line)["change"] == "same");
    udp().send_to(b"hola", address).unwrap();
    // The owner may change at the same moment, by the child of another test as above.
    watch.wait_for(|line| event(line)["change"]["changed"][0] == "queues");
    watch.interrupt();

    watch.wait_for(|line| event(line)["event"] == "summary" && event(line)["sockets"] == 1);
    assert_eq!(watch.child.wait().unwrap().signal(), Some(SIGINT));
}

#[test]
fn watching_ends_when_its_reader_leaves() {
    let socket = udp();
    let (reader, writer) = std::io::pipe().unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let mut child =
        command(&["sockets", "--watch=1h", "--quiet", "--port", &port]).stdout(writer).spawn().unwrap();
    drop(reader);

    assert_eq!(child.wait().unwrap().code(), Some(0));
}

const SIGINT: i32 = 2;

/// Runs `socklab sockets`, which must end well.
fn show(lang: &str, arguments: &[&str]) -> Run {
    let run = socklab(lang, &[&["sockets"], arguments].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run
}

/// Runs `socklab sockets` until it shows what it should.
fn show_until(lang: &str, arguments: &[&str], is_right: impl Fn(&Run) -> bool) -> Run {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let run = show(lang, arguments);
        if is_right(&run) {
            return run;
        }
        assert!(Instant::now() < deadline, "the last was {}", run.stdout);
    }
}

/// Splits a line of the table; two spaces or more stand between cells.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

fn event(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// Returns a listener whose backlog is set again, which `listen(2)` allows: the standard library fixes its own.
fn listener_with_backlog(backlog: u32) -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    kernel::socket::listen(&listener, backlog).unwrap();
    listener
}

fn udp() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

fn port(listener: &TcpListener) -> String {
    listener.local_addr().unwrap().port().to_string()
}

/// A `socklab sockets --watch` that runs, until it is dropped.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    notes: Receiver<String>,
}

impl Watch {
    /// Watches the UDP sockets over IPv4 that have the port of `address` at either end; others may have the same port.
    fn of(address: SocketAddr, lang: &str, arguments: &[&str]) -> Self {
        let port = address.port().to_string();
        let mut child =
            command(&[&["sockets", "--watch=20ms", "--udp", "-4", "--port", &port], arguments].concat())
                .env("SOCKLAB_LANG", lang)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let notes = lines_of(child.stderr.take().unwrap());
        Self { child, lines, notes }
    }

    /// Waits for the next line of standard error.
    fn next_note(&mut self) -> String {
        self.notes.recv_timeout(PATIENCE).unwrap()
    }

    /// Waits for a line of standard output.
    fn wait_for(&mut self, is_right: impl Fn(&str) -> bool) {
        let mut seen = Vec::new();
        while !seen.last().is_some_and(|line: &String| is_right(line)) {
            let line = self.lines.recv_timeout(PATIENCE);
            seen.push(line.unwrap_or_else(|error| panic!("{error} after {seen:#?}")));
        }
    }

    fn interrupt(&self) {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to kill.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }
}

/// Reads lines in the background, so that whoever waits for one need not wait for ever.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

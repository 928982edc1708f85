//! `socklab send`.

use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use endpoints::events::{Detail, events};
use endpoints::listen::ListenAddress;
use endpoints::ways::{Delimiter, Summary, Way, WaysConfig, WaysServer};
use insta::assert_snapshot;
use kernel::wake::Wake;
use tempfile::{TempDir, tempdir};

use crate::message_server::{KeyDir, told};
use crate::support::{LANGS, assert_no_english, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["--how", "tlv"],
    &["--how", "morse", "--text", "hola"],
    &["--how", "--text", "hola"],
    &["--text", "hola", "--between", "1s"],
    &["--text", "hola", "--delimiter", "FIN"],
    &["--how", "tlv", "--text"],
    &["--how", "tlv", "--text", "hola", "localhost"],
    &["--how", "tlv", "--text", "hola", "localhost:0"],
    &["--how", "tlv", "--text", "hola", ":1", ":2"],
    &["--how", "tlv", "--file", "/nowhere"],
    &["--how", "tlv", "--file", "/"],
    &["--how", "tlv", "--text", "hola", "--delimiter", "FIN"],
    &["--how", "delimiter", "--text", "hola", "--delimiter", ""],
    &["--how", "delimiter", "--text", "hola", "--delimiter", r"\q"],
    &["--how", "two-connections", "--text", "hola"],
    &["--how", "two-connections", "--file", "/dev/null"],
    &["--how", "tlv", "--text", "hola", "--between", "soon"],
    &["--how", "tlv", "--text", "hola", "--timeout", "0"],
    &["--how", "tlv", "--text", "hola", "-4", "[::1]:3500"],
    &["--how", "tlv", "--text", "hola", "--key", "ana.key"],
    &["--how", "tlv", "--text", "hola", "--udp"],
    &["--text", "hola", "--between", "1s"],
    &["--text", "hola", "--delimiter", "FIN"],
    &["--key", "ana.key"],
    &["--text", "hola", "--key"],
    &["--text", "hola", "--key", "/nowhere"],
    &["--text", "hola", "--key", "/"],
    &["--text", "hola", "--timeout", "soon"],
    &["--text", "hola", "--tcp"],
    &["--text", "hola", "-4", "-6"],
    &["--file", "/nowhere"],
    &["--file", "/"],
    &["--file", "/dev/null"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("send_mistakes_{lang}"), mistakes(lang, "send", MISTAKES));
    }
}

#[test]
fn each_way_says_what_was_sent_what_arrived_and_why() {
    let dir = photos();
    for lang in LANGS {
        let receivers = ways().map(|way| Receiver::start(way, false));
        let told: String = receivers.iter().map(|receiver| transcript(lang, receiver, &dir)).collect();
        assert_snapshot!(format!("send_ways_{lang}"), told);
    }
}

#[test]
fn a_receiver_as_taught_is_said_to_be_one() {
    // Alone, so that it does not depend on how fast the two sides are which items come together.
    let dir = tempdir().unwrap();
    let file = dir.path().join("long.bin");
    fs::write(&file, vec![0; 3_000_000]).unwrap();
    let receiver = Receiver::start(Way::Length, true);
    let target = receiver.address.to_string();
    for lang in LANGS {
        let mut told = String::new();
        for item in [["--text", "hola"], ["--file", file.to_str().unwrap()]] {
            let run = socklab(lang, &[&["send", "--how", "length", &target], &item[..]].concat());
            let _ = writeln!(told, "{}{}exit {:?}", run.stdout, run.stderr, run.code);
        }
        assert_snapshot!(format!("send_taught_{lang}"), told);
    }
}

#[test]
fn who_is_not_there_or_says_nothing_has_its_line_and_its_exit_code() {
    let closing = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closing.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((mut client, _)) = closing.accept() {
            std::io::copy(&mut client, &mut std::io::sink()).unwrap();
        }
    });
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let waiting = mute.local_addr().unwrap();
    // Bound and not listening: the port is taken, and refuses.
    let taken = kernel::socket::open(kernel::socket::Transport::Tcp, address).unwrap();
    kernel::socket::bind(&taken, ([127, 0, 0, 1], 0).into()).unwrap();
    let deaf = kernel::socket::local_address(&taken).unwrap();

    for lang in LANGS {
        let mut told = String::new();
        for (peer, code) in [(address, 0), (waiting, 3), (deaf, 1)] {
            let target = peer.to_string();
            let arguments = ["send", "--how", "tlv", "--text", "hola", "--timeout", "50ms", &target];
            let run = socklab(lang, &arguments);
            assert_eq!(run.code, Some(code), "{}", run.stderr);
            told += &without_times(&run.stderr.replace(&peer.port().to_string(), "[PORT]"));
        }
        assert_snapshot!(format!("send_nobody_{lang}"), told);
    }
}

#[test]
fn with_json_the_verdict_is_the_last_event_and_the_code_the_same() {
    let dir = photos();
    let receiver = Receiver::start(Way::Close, false);

    let run = socklab(
        "en",
        &[&["--json"], &arguments(&receiver, &dir).each_ref().map(String::as_str)[..]].concat(),
    );

    assert_eq!((run.code, run.stderr.as_str()), (Some(4), ""));
    let events: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["connected", "sent", "sent", "arrived", "verdict"]);
    assert_eq!(events[4]["verdict"], "broken");
    assert_eq!(events[4]["cause"], "no_boundary");
}

#[test]
fn a_file_may_be_as_long_as_the_limit_and_no_longer() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("long.bin");
    let sparse = fs::File::create(&file).unwrap();
    sparse.set_len(endpoints::ways::ITEM_BYTES_MAX + 1).unwrap();

    let run = socklab("es", &["send", "--how", "tlv", "--file", file.to_str().unwrap()]);

    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("es demasiado largo: un elemento tiene 67108864 bytes como máximo"),
        "{}",
        run.stderr
    );
}

/// A receiver in this process; it ends with the test.
struct Receiver {
    way: Way,
    address: SocketAddr,
    stop: Arc<Wake>,
    running: Option<JoinHandle<Summary>>,
}

impl Receiver {
    fn start(way: Way, as_taught: bool) -> Self {
        let config = WaysConfig { way: way.clone(), addresses: ListenAddress::localhost(0), as_taught };
        let (sink, _) = events(Detail::Quiet);
        let server = WaysServer::bind(config, sink).unwrap();
        let address = server.addresses().next().unwrap();
        let stop = Arc::new(Wake::new().unwrap());
        let running = {
            let stop = Arc::clone(&stop);
            thread::spawn(move || server.run(&stop))
        };
        Self { way, address, stop, running: Some(running) }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.wake();
        self.running.take().map(JoinHandle::join);
    }
}

fn ways() -> [Way; 5] {
    [Way::Delimiter(Delimiter::default()), Way::Length, Way::Tlv, Way::TwoConnections, Way::Close]
}

/// A directory with an image that contains the delimiter.
fn photos() -> TempDir {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("foto.png"), b"\x89PNG\n--FIN--\n\0\x01").unwrap();
    dir
}

fn arguments(receiver: &Receiver, dir: &TempDir) -> [String; 8] {
    let file = dir.path().join("foto.png").to_str().unwrap().to_owned();
    ["send", "--how", receiver.way.name(), &receiver.address.to_string(), "--text", "hola", "--file", &file]
        .map(str::to_owned)
}

/// Sends a text and the image, and returns all that was said.
fn transcript(lang: &str, receiver: &Receiver, dir: &TempDir) -> String {
    let run = socklab(lang, &arguments(receiver, dir).each_ref().map(String::as_str));
    if lang == "es" {
        assert_no_english(&run.stderr.replace("two-connections", ""));
    }
    let code = run.code.unwrap();
    format!("$ socklab send --how {}\n{}{}exit {code}\n\n", receiver.way.name(), run.stdout, run.stderr)
}

/// Replaces what a clock said.
fn without_times(text: &str) -> String {
    let words = text.split(' ').map(|word| word.trim_end_matches([':', '\n']));
    let mut shown = text.to_owned();
    let words: Vec<&str> = words.collect();
    for pair in words.windows(2) {
        if ["µs", "ms", "s"].iter().any(|unit| pair[1].starts_with(unit)) && pair[0].parse::<f64>().is_ok() {
            shown = shown.replace(&format!("{} {}", pair[0], pair[1]), "[TIME]");
        }
    }
    shown
}

#[test]
fn each_text_and_file_has_its_line_at_both_ends() {
    for lang in LANGS {
        let keys = KeyDir::with(&[&["ana"], &["eva", "--may", "chat"]]);
        keys.write("foto.png", b"\x89PNG");
        keys.write_with_mode("open.key", b"socklab-key-1 ana\n", 0o644);
        keys.write("none.key", b"hola\n");
        let server = keys.serve(lang);
        let lines = [
            &["send", "--key", "ana.key", "--text", "hola", "--text", "otra"][..],
            &["send", "--key", "ana.key", "--file", "foto.png"],
            &["send", "--file", "foto.png"],
            &["send", "--key", "eva.key", "--text", "hola"],
            &["send", "--key", "open.key", "--text", "hola"],
            &["send", "--key", "none.key", "--text", "hola"],
        ];
        let runs = lines.map(|line| server.run(lang, line));
        assert_eq!(runs.each_ref().map(|run| run.code.unwrap()), [0, 0, 0, 5, 2, 2]);
        let said = runs.map(|run| told(&run)).join("\n");
        assert!(server.directory().run(lang, &["send", "--text", "hola", ":1"]).code == Some(1));
        let server_said = server.end();
        if lang == "es" {
            assert_no_english(&said);
        }
        assert_snapshot!(format!("send_{lang}"), format!("{said}\n{server_said}"));
    }
}

//! `socklab chat` with other people's programs on the other side, and with itself.

use std::io::Write;
use std::process::{Command, Stdio};

use endpoints::transport::Transport;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::payload::{LARGE_BYTES, TEXT, assert_equal, noise};
use crate::support::port::reserve;
use crate::support::program::Program;
use crate::support::socklab::{command, events_in};
use crate::support::tool::{netcat, tool};
use crate::support::{at, python};

const BOTH: [(Transport, &str); 2] = [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")];

/// A chat that listens, and whose standard input is open.
struct Listener {
    program: Program,
    port: u16,
}

#[test]
fn netcat_talks_with_whoever_listens() {
    for (transport, spoken) in BOTH {
        let mut chat = listen(spoken, &[]);
        let Some(mut nc) = netcat() else { return };
        if transport == Transport::Udp {
            nc.arg("-u");
        }
        nc.args(["127.0.0.1", &chat.port.to_string()]);
        assert_talks(&mut chat, &mut nc);
    }
}

#[test]
fn ncat_talks_with_whoever_listens() {
    for (transport, spoken) in BOTH {
        let mut chat = listen(spoken, &[]);
        let Some(mut ncat) = tool("ncat") else { return };
        if transport == Transport::Udp {
            ncat.arg("-u");
        }
        ncat.args(["127.0.0.1", &chat.port.to_string()]);
        assert_talks(&mut chat, &mut ncat);
    }
}

#[test]
fn socat_talks_with_whoever_listens() {
    for (transport, spoken) in BOTH {
        let mut chat = listen(spoken, &[]);
        let Some(mut socat) = tool("socat") else { return };
        let kind = if transport == Transport::Udp { "UDP4" } else { "TCP4" };
        socat.args(["-", &format!("{kind}:127.0.0.1:{}", chat.port)]);
        assert_talks(&mut chat, &mut socat);
    }
}

#[test]
fn netcat_ncat_and_socat_that_listen_are_talked_with() {
    for (transport, spoken) in BOTH {
        for listener in ["nc", "ncat", "socat"] {
            let reserved = reserve(transport);
            let Some(mut other) = other_that_listens(listener, transport, reserved.port) else { return };
            let mut other = Program::start_with_open_input(&mut other);
            wait_until_it_listens(&other, listener);
            let mut chat = connect(spoken, reserved.port, &[]);

            type_line(&mut chat, "hola\n");
            other.stdout.wait_for_line("hola");
            type_line(&mut other, "¿qué tal?\n");
            chat.stdout.wait_for_line("¿qué tal?");

            drop(chat.stdin.take());
            if transport == Transport::Tcp {
                drop(other.stdin.take());
                drop(other);
            }
            let finished = chat.finish();
            assert!(matches!(finished.code(), Some(0 | 1)), "{listener}: {finished:?}");
        }
    }
}

#[test]
fn three_peers_talk_with_each_other_through_whoever_listens() {
    for (transport, spoken) in BOTH {
        let mut host = listen(spoken, &["--name", "ana"]);
        let Some(mut nc) = netcat() else { return };
        if transport == Transport::Udp {
            nc.arg("-u");
        }
        let mut nc = Program::start_with_open_input(nc.args(["127.0.0.1", &host.port.to_string()]));
        let mut ours = connect(spoken, host.port, &[]);
        type_line(&mut nc, "soy nc\n");
        host.program.stdout.wait_for_line(": soy nc");
        type_line(&mut ours, "soy socklab\n");
        host.program.stdout.wait_for_line(": soy socklab");

        type_line(&mut nc, "hola a todos\n");
        ours.stdout.wait_for_line(": hola a todos");
        type_line(&mut ours, "hola, nc\n");
        nc.stdout.wait_for_line(": hola, nc");
        type_line(&mut host.program, "bienvenidos\n");
        nc.stdout.wait_for_line("ana: bienvenidos");
        ours.stdout.wait_for_line("ana: bienvenidos");
    }
}

#[test]
fn a_student_who_takes_turns_is_talked_with_in_turns() {
    for (transport, spoken) in BOTH {
        let script = format!("chat_{spoken}.py");
        let reserved = reserve(transport);
        let arguments = ["server", "127.0.0.1", &reserved.port.to_string()];
        let Some(mut student) = python::command(&script, &arguments) else { return };
        let mut student = Program::start_with_open_input(&mut student);
        student.stdout.wait_for_line("escuchando");
        let mut chat = connect(spoken, reserved.port, &["--turns"]);

        type_line(&mut chat, "hola\n");
        student.stdout.wait_for_line("--> hola");
        type_line(&mut student, "qué tal\n");
        chat.stdout.wait_for("answer", |shown| shown.ends_with("qué tal".as_bytes()).then_some(()));
        type_line(&mut chat, "chau\n");
        student.stdout.wait_for_line("--> chau");

        assert_eq!(student.finish().succeeded().stdout_text().lines().count(), 3);
        drop(chat.stdin.take());
        chat_ends(chat, transport);
    }
}

#[test]
fn a_student_who_begins_is_answered_in_turns() {
    for (_, spoken) in BOTH {
        let mut chat = listen(spoken, &["--turns"]);
        let script = format!("chat_{spoken}.py");
        let arguments = ["client", "127.0.0.1", &chat.port.to_string()];
        let Some(mut student) = python::command(&script, &arguments) else { return };
        let mut student = Program::start_with_open_input(&mut student);

        type_line(&mut student, "hola\n");
        chat.program.stdout.wait_for_line(": hola");
        chat.program.stderr.wait_for_line("your turn");
        type_line(&mut chat.program, "qué tal\n");
        student.stdout.wait_for_line("--> qué tal");
        type_line(&mut student, "chau\n");

        chat.program.stdout.wait_for_line(": chau");
        student.finish().succeeded();
    }
}

#[test]
fn a_student_who_does_not_know_of_lines_is_talked_with_both_ways() {
    let mut chat = listen("tcp", &[]);
    let arguments = ["client", "127.0.0.1", &chat.port.to_string()];
    let Some(mut student) = python::command("chat_tcp.py", &arguments) else { return };
    let mut student = Program::start_with_open_input(&mut student);

    // Without an end of line: it is shown when nothing more comes.
    type_line(&mut student, "hola\n");
    chat.program.stdout.wait_for_line(": hola");
    type_line(&mut chat.program, "qué tal\n");

    student.stdout.wait_for_line("--> qué tal");
}

#[test]
fn the_practicals_echo_servers_say_everything_back() {
    for (transport, spoken) in BOTH {
        let reserved = reserve(transport);
        let script = format!("practical_{spoken}_server.py");
        let arguments = ["127.0.0.1", &reserved.port.to_string()];
        let Some(mut server) = python::command(&script, &arguments) else { return };
        let server = Program::start(&mut server);
        server.stdout.wait_for_line("Socket creado");

        let chat = connect_with(spoken, reserved.port, &["--reply-timeout", "500ms"], "hola\n".as_bytes());

        assert_eq!(chat.finish().succeeded().stdout_text(), "hola\n", "{spoken}");
    }
}

#[test]
fn a_file_goes_through_byte_for_byte_both_ways() {
    let (ours, theirs) = (noise(LARGE_BYTES), [TEXT, &noise(LARGE_BYTES)].concat());
    let Some(mut nc) = netcat() else { return };
    let reserved = reserve(Transport::Tcp);
    nc.args(["-N", "-v", "-l", "127.0.0.1", &reserved.port.to_string()]);
    let nc = Program::start_with_input(&mut nc, &theirs);
    nc.stderr.wait_for_line("Listening on");

    let chat = connect_with("tcp", reserved.port, &[], &ours);

    assert_equal(&chat.finish().succeeded().stdout, &theirs, "what nc sent");
    assert_equal(&nc.finish().succeeded().stdout, &ours, "what socklab sent");
}

#[test]
fn nobody_there_is_told_with_the_exit_code_that_says_which() {
    let tcp = reserve(Transport::Tcp);
    let refused = connect_with("tcp", tcp.port, &[], b"hola\n").finish();
    assert_eq!(refused.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("refused: ECONNREFUSED"), "{refused:?}");
    assert!(refused.stderr.contains("--listen"), "{refused:?}");

    let udp = reserve(Transport::Udp);
    let refused = connect_with("udp", udp.port, &["-4"], b"hola\n").finish();
    assert_eq!(refused.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("ICMP type 3 code 3 (port unreachable)"), "{refused:?}");

    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let nobody = connect_with("udp", port, &["--reply-timeout", "50ms"], b"hola\n").finish();
    assert_eq!(nobody.code(), Some(3), "{nobody:?}");
    let too_long = connect_with("udp", port, &["--reply-timeout", "50ms"], &noise_line(70_000)).finish();
    assert_eq!(too_long.code(), Some(4), "{too_long:?}");
}

#[test]
fn a_signal_ends_a_chat_and_whoever_talks_with_it_sees_an_end() {
    for signal in [Signal::INT, Signal::TERM] {
        let chat = listen("tcp", &[]);
        let peer = connect("tcp", chat.port, &[]);
        peer.stderr.wait_for_line("connected to");
        chat.program.stderr.wait_for_line("is here");

        chat.program.signal(signal);

        assert_eq!(chat.program.finish().signal(), Some(signal.as_raw()));
        peer.finish().succeeded();
    }
}

#[test]
fn a_reader_that_goes_ends_a_chat_without_a_word() {
    let (reader, writer) = std::io::pipe().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = at("127.0.0.1", listener.local_addr().unwrap().port());
    let chat = Program::start_writing_to(&mut command(&["chat", "tcp", &target, "--quiet"]), writer);
    let (mut peer, _) = listener.accept().unwrap();
    drop(reader);

    peer.write_all(b"hola\n").unwrap();

    let finished = chat.finish();
    assert_eq!((finished.code(), finished.stderr.as_str()), (Some(0), ""), "{finished:?}");
}

#[test]
fn events_say_what_was_said_and_by_whom() {
    let mut chat = listen("tcp", &["--json"]);
    let mut peer = connect("tcp", chat.port, &[]);
    type_line(&mut peer, "hola\n");
    let heard = event(&chat.program, "heard");
    type_line(&mut chat.program, "chau\n");
    let said = event(&chat.program, "said");
    drop(peer.stdin.take());
    let left = event(&chat.program, "left");

    assert_eq!((&heard["text"], &heard["ending"]), (&"hola".into(), &"lf".into()));
    assert_eq!((&said["text"], &said["peers"]), (&"chau".into(), &1.into()));
    assert_eq!(left["reason"], "ended");
}

/// Starts a chat that listens on a port that the kernel chooses.
fn listen(spoken: &str, arguments: &[&str]) -> Listener {
    let mut command = command(&[&["chat", spoken, "127.0.0.1:0", "--listen"], arguments].concat());
    let program = Program::start_with_open_input(&mut command);
    let port = if arguments.contains(&"--json") {
        let local = event(&program, "listening")["local"].as_str().unwrap().to_owned();
        local.rsplit(':').next().unwrap().parse().unwrap()
    } else {
        let line = program.stderr.wait_for_line("listening on ");
        let address = line.trim_start_matches("listening on ").split(' ').next().unwrap();
        address.rsplit(':').next().unwrap().parse().unwrap()
    };
    Listener { program, port }
}

/// Starts a chat with somebody, with its standard input open.
fn connect(spoken: &str, port: u16, arguments: &[&str]) -> Program {
    let target = at("127.0.0.1", port);
    Program::start_with_open_input(&mut command(&[&["chat", spoken, &target], arguments].concat()))
}

/// Starts a chat with somebody, that says this and no more.
fn connect_with(spoken: &str, port: u16, arguments: &[&str], input: &[u8]) -> Program {
    let target = at("127.0.0.1", port);
    Program::start_with_input(&mut command(&[&["chat", spoken, &target], arguments].concat()), input)
}

/// Has a program come to a chat that listens, and lets each say something.
fn assert_talks(chat: &mut Listener, other: &mut Command) {
    let mut other = Program::start_with_open_input(other.stdin(Stdio::piped()));
    type_line(&mut other, "¡hola!\n");
    chat.program.stdout.wait_for_line(": ¡hola!");
    type_line(&mut chat.program, "¿qué tal?\n");
    other.stdout.wait_for_line("¿qué tal?");
}

fn other_that_listens(name: &str, transport: Transport, port: u16) -> Option<Command> {
    let port = port.to_string();
    let is_udp = transport == Transport::Udp;
    let udp: &[&str] = if is_udp { &["-u"] } else { &[] };
    Some(match name {
        "socat" => {
            let mut socat = tool("socat")?;
            let kind = if is_udp { "UDP4-LISTEN" } else { "TCP4-LISTEN" };
            socat.args(["-d", "-d", "-", &format!("{kind}:{port},bind=127.0.0.1")]);
            socat
        }
        "nc" => {
            let mut nc = netcat()?;
            nc.args(udp).args(["-v", "-l", "127.0.0.1", &port]);
            nc
        }
        _ => {
            let mut ncat = tool("ncat")?;
            ncat.args(udp).args(["-v", "-l", "127.0.0.1", &port]);
            ncat
        }
    })
}

fn wait_until_it_listens(program: &Program, name: &str) {
    program.stderr.wait_for(name, |said| {
        let said = String::from_utf8_lossy(said).to_lowercase();
        ["listening on", "bound on"].iter().any(|ready| said.contains(ready)).then_some(())
    });
}

fn type_line(program: &mut Program, line: &str) {
    program.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
}

/// Waits for the end of a chat in turns whose peer has gone: over UDP nobody tells, and it ends with what it is given.
fn chat_ends(chat: Program, transport: Transport) {
    if transport == Transport::Udp {
        chat.signal(Signal::TERM);
        assert_eq!(chat.finish().signal(), Some(Signal::TERM.as_raw()));
    } else {
        chat.finish().succeeded();
    }
}

fn event(program: &Program, name: &str) -> Value {
    program.stdout.wait_for(name, |bytes| events_in(bytes).into_iter().find(|event| event["event"] == name))
}

/// Something on one line.
fn noise_line(bytes: usize) -> Vec<u8> {
    noise(bytes).into_iter().map(|byte| if byte == b'\n' { b' ' } else { byte }).collect()
}

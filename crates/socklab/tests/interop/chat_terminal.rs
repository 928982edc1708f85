//! `socklab chat` at a terminal: a line that is edited, and lines that come in meanwhile.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::support::program::Program;
use crate::support::python;

/// How the terminal should be when the program has ended.
const AS_BEFORE: &str = ", line by line, with echo]";
const UP: &str = "\x1b[A";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// A chat at a terminal, and its peer.
struct Terminal {
    program: Program,
    peer: BufReader<TcpStream>,
}

#[test]
fn a_line_that_comes_in_does_not_disturb_the_one_that_is_typed() {
    let Some(mut terminal) = Terminal::open(&[]) else { return };
    terminal.waits_for_a_line();
    terminal.types("hol");
    terminal.shows("hol");

    terminal.says("¿seguís ahí?\n");

    // The line that came, and below it the one that is typed, as far as it is.
    terminal.shows("¿seguís ahí?\r\n> hol");
    terminal.types("a\r");
    assert_eq!(terminal.hears(), "hola\n");
}

#[test]
fn the_arrow_keys_bring_lines_back() {
    let Some(mut terminal) = Terminal::open(&[]) else { return };
    terminal.waits_for_a_line();
    for line in ["uno", "dos"] {
        terminal.types(&format!("{line}\r"));
        assert_eq!(terminal.hears(), format!("{line}\n"));
    }

    terminal.types(&format!("{UP}{UP}\r"));

    assert_eq!(terminal.hears(), "uno\n");
}

#[test]
fn several_lines_pasted_at_once_are_all_said() {
    let Some(mut terminal) = Terminal::open(&[]) else { return };
    terminal.waits_for_a_line();
    let pasted: Vec<String> = (0..100).map(|number| format!("línea {number}\r")).collect();

    terminal.types(&pasted.concat());

    for number in 0..100 {
        assert_eq!(terminal.hears(), format!("línea {number}\n"));
    }
}

#[test]
fn what_is_heard_cannot_speak_to_the_terminal() {
    let Some(mut terminal) = Terminal::open(&[]) else { return };
    terminal.waits_for_a_line();

    terminal.says("\x1b]0;gotcha\x07\x1b[2J\n");
    terminal.shows("\\u{1b}]0;gotcha\\u{7}\\u{1b}[2J\r\n");

    terminal.peer.get_mut().write_all(b"\xff\xfe\n").unwrap();
    terminal.shows("\\xff\\xfe\r\n");
}

#[test]
fn ctrl_d_and_quit_end_a_talk_and_leave_the_terminal_as_it_was() {
    for ends in [CTRL_D, "/quit\r"] {
        let Some(mut terminal) = Terminal::open(&[]) else { return };
        terminal.waits_for_a_line();
        terminal.types("chau\r");
        assert_eq!(terminal.hears(), "chau\n");

        terminal.types(ends);

        assert_eq!(terminal.peer.read(&mut [0]).unwrap(), 0);
        drop(terminal.peer);
        terminal.program.stdout.wait_for_line(&format!("[ended 0{AS_BEFORE}"));
    }
}

#[test]
fn ctrl_c_ends_a_talk_as_a_signal_does() {
    for arguments in [&[][..], &["--turns"]] {
        let Some(mut terminal) = Terminal::open(arguments) else { return };
        terminal.waits_for_a_line();
        terminal.types("half a li");

        terminal.types(CTRL_C);

        terminal.program.stdout.wait_for_line(&format!("[ended -2{AS_BEFORE}"));
    }
}

#[test]
fn a_peer_that_ends_ends_the_talk_in_the_middle_of_a_line() {
    let Some(mut terminal) = Terminal::open(&[]) else { return };
    terminal.waits_for_a_line();
    terminal.types("half a li");
    terminal.shows("half a li");
    terminal.says("me voy\n");

    let Terminal { program, peer } = terminal;
    drop(peer);

    program.stdout.wait_for_line("me voy");
    program.stdout.wait_for_line("has left");
    program.stdout.wait_for_line(&format!("[ended 0{AS_BEFORE}"));
}

#[test]
fn in_turns_what_is_typed_too_early_is_read_when_the_turn_comes() {
    let Some(mut terminal) = Terminal::open(&["--turns"]) else { return };
    terminal.waits_for_a_line();
    terminal.types("uno\r");
    assert_eq!(terminal.hears_bytes(3), "uno");
    terminal.shows("waiting for the peer");

    terminal.types("dos\r");
    // The terminal itself shows it; nobody reads it.
    terminal.shows("dos\r\n");
    terminal.peer.get_mut().set_nonblocking(true).unwrap();
    assert!(terminal.peer.read(&mut [0]).is_err());
    terminal.peer.get_mut().set_nonblocking(false).unwrap();
    terminal.says("que tal");

    assert_eq!(terminal.hears_bytes(3), "dos");
}

impl Terminal {
    /// Opens a chat with a peer of this test.
    fn open(arguments: &[&str]) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = listener.local_addr().unwrap().to_string();
        let chat = [env!("CARGO_BIN_EXE_socklab"), "chat", "tcp", &target];
        let mut command = python::command("terminal.py", &[&chat, arguments].concat())?;
        command.env_clear().env("SOCKLAB_LANG", "en").env("TERM", "xterm");
        let program = Program::start_with_open_input(&mut command);
        let (peer, _) = listener.accept().unwrap();
        peer.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
        Some(Self { program, peer: BufReader::new(peer) })
    }

    fn waits_for_a_line(&self) {
        self.shows("> ");
    }

    fn types(&mut self, keys: &str) {
        self.program.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until something is shown. What moves the cursor does not count.
    fn shows(&self, text: &str) {
        self.program.stdout.wait_for(text, |shown| without_sequences(shown).contains(text).then_some(()));
    }

    fn says(&mut self, line: &str) {
        self.peer.get_mut().write_all(line.as_bytes()).unwrap();
    }

    fn hears(&mut self) -> String {
        let mut line = String::new();
        self.peer.read_line(&mut line).unwrap();
        line
    }

    fn hears_bytes(&mut self, count: usize) -> String {
        let mut bytes = vec![0; count];
        self.peer.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

/// What is shown, without the sequences that move the cursor and the like: ESC [ … letter.
fn without_sequences(shown: &[u8]) -> String {
    let shown = String::from_utf8_lossy(shown);
    let mut parts = shown.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |it| it.1)
    })
}

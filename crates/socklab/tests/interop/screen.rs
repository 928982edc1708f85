//! `--tui` at a terminal: what is seen there, and how the terminal is left.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use scope::model::{Protocol, archive};
use scope::testing::Story;
use tempfile::{TempDir, tempdir};

use crate::support::program::Program;
use crate::support::python;

/// How the terminal should be when the program has ended.
const AS_BEFORE: &str = ", line by line, with echo]";
const CTRL_C: &str = "\x03";
const SHIFT_TAB: &str = "\x1b[Z";

/// socklab at a terminal.
struct Terminal {
    program: Program,
}

#[test]
fn a_recording_is_leafed_through_and_the_terminal_is_left_as_it_was() {
    for ends in ["q", CTRL_C] {
        let (_kept, recording) = recording();
        let Some(mut terminal) = Terminal::open(&["replay", "--tui", recording.to_str().unwrap()]) else {
            return;
        };
        terminal.shows("socket(AF_INET");

        terminal.types("?");
        terminal.shows("Any key closes this");
        terminal.types(" \t");
        terminal.types(ends);

        terminal.ends_with(0);
    }
}

#[test]
fn a_signal_ends_it_and_leaves_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let (_kept, recording) = recording();
        let Some(terminal) = Terminal::open(&["replay", "--tui", recording.to_str().unwrap()]) else {
            return;
        };
        terminal.shows("socket(AF_INET");

        terminal.gets(signal);

        terminal.ends_with(-signal.as_raw());
    }
}

#[test]
fn what_programs_write_does_not_tear_the_screen_and_what_is_typed_is_theirs() {
    let script = "import socket; socket.socket(); print('hola', input('nombre? '))";
    let Some(mut terminal) = Terminal::open(&["trace", "--tui", "--", "python3", "-c", script]) else {
        return;
    };
    terminal.shows("recording");
    terminal.types(SHIFT_TAB);
    terminal.shows("nombre? ");

    terminal.types("ana\r");
    terminal.shows("hola ana");
    terminal.types(CTRL_C);

    terminal.ends_with(0);
    // When the screen has been given back, it stands there as a program's own line.
    terminal.program.stdout.wait_for_line("hola ana");
}

#[test]
fn who_quits_ends_the_programs() {
    let script = "import socket, time; s = socket.socket(); s.bind(('', 0)); s.listen(); s.accept()";
    let Some(mut terminal) = Terminal::open(&["trace", "--tui", "--", "python3", "-c", script]) else {
        return;
    };
    terminal.shows("accept");

    terminal.types("q");

    terminal.ends_with(128 + Signal::TERM.as_raw());
}

impl Terminal {
    fn open(arguments: &[&str]) -> Option<Self> {
        let socklab = [env!("CARGO_BIN_EXE_socklab")];
        let mut command = python::command("terminal.py", &[&socklab, arguments].concat())?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("SOCKLAB_LANG", "en").env("TERM", "xterm").env("PATH", path);
        Some(Self { program: Program::start_with_open_input(&mut command) })
    }

    fn types(&mut self, keys: &str) {
        self.program.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Sends a signal to socklab, which is the child of its terminal.
    fn gets(&self, signal: Signal) {
        let terminal = self.program.pid().as_raw_nonzero();
        let children = fs::read_to_string(format!("/proc/{terminal}/task/{terminal}/children")).unwrap();
        let child = children.split_whitespace().next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(child).unwrap(), signal).unwrap();
    }

    /// Waits until something is shown. What moves the cursor does not count, and blanks do not either: where there was one, none is
    /// written.
    fn shows(&self, text: &str) {
        let letters: String = text.split_whitespace().collect();
        self.program.stdout.wait_for(text, |shown| without_sequences(shown).contains(&letters).then_some(()));
    }

    fn ends_with(&self, status: i32) {
        self.program.stdout.wait_for_line(&format!("[ended {status}{AS_BEFORE}"));
    }
}

fn recording() -> (TempDir, PathBuf) {
    let mut story = Story::new(&["client"]);
    let client = story.pid(0);
    let socket = story.at_us(100).socket(client, 3, Protocol::Udp);
    story.send(socket, b"hola", Some("127.0.0.1:3500"));
    let directory = tempdir().unwrap();
    let path = directory.path().join("run.jsonl");
    let mut file = File::create(&path).unwrap();
    for observation in story.finish() {
        archive::write(&mut file, &observation).unwrap();
    }
    (directory, path)
}

/// What is shown, without blanks and the sequences that move the cursor and the like: ESC [ … letter.
fn without_sequences(shown: &[u8]) -> String {
    let shown = String::from_utf8_lossy(shown);
    let mut parts = shown.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| {
        text + part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |it| it.1)
    });
    text.split_whitespace().collect()
}

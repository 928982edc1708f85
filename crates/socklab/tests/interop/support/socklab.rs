//! The program under test.

use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::Value;

use super::payload::assert_equal;
use super::program::{Finished, Program, complete_lines};

/// `socklab echo --json` or `socklab serve --json`, which listens.
pub(crate) struct Server {
    pub(crate) program: Program,
    pub(crate) port: u16,
}

/// Returns the command that runs the binary, in English and with nothing else in its environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.env_clear().env("SOCKLAB_LANG", "en").args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts `echo` with these arguments, on a port that the kernel chooses unless they say one.
pub(crate) fn echo(arguments: &[&str]) -> Server {
    start("echo", arguments)
}

/// Starts `serve` likewise.
pub(crate) fn receive(arguments: &[&str]) -> Server {
    start("serve", arguments)
}

fn start(verb: &str, arguments: &[&str]) -> Server {
    let port: &[&str] = if arguments.contains(&"--port") { &[] } else { &["--port", "0"] };
    let program = Program::start(&mut command(&[&[verb, "--json"], port, arguments].concat()));
    let local = program.stdout.wait_for("listening event", |bytes| {
        // All of its sockets listen before the first one is told.
        events_in(bytes).into_iter().find(|event| event["event"] == "listening")
    });
    let port = local["local"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    Server { program, port }
}

/// Runs `ask` with a message on its standard input. It is patient unless the arguments say otherwise.
pub(crate) fn ask(arguments: &[&str], message: &[u8]) -> Finished {
    let patience: &[&str] = if arguments.contains(&"--timeout") { &[] } else { &["--timeout", "60s"] };
    let mut command = command(&[&["ask"], arguments, patience].concat());
    Program::start_with_input(&mut command, message).finish()
}

/// Asks with each of the messages, and wants each back as it was.
pub(crate) fn assert_echoed(arguments: &[&str], messages: &[&[u8]]) {
    for message in messages {
        let asked = ask(arguments, message).succeeded();
        assert_equal(&asked.stdout, message, &format!("{arguments:?}"));
    }
}

/// Runs `ask --json` with a message on its standard input, and returns how it exited and its verdict.
pub(crate) fn verdict(arguments: &[&str], message: &[u8]) -> (Option<i32>, Value) {
    let finished = ask(&[arguments, &["--json"]].concat(), message);
    let events = events_in(&finished.stdout);
    let verdict = events.iter().find(|event| event["event"] == "verdict").cloned();
    (finished.code(), verdict.unwrap_or_else(|| panic!("no verdict: {finished:?}")))
}

impl Server {
    /// Waits for an event.
    pub(crate) fn wait_for(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        self.program.stdout.wait_for(what, |bytes| events_in(bytes).into_iter().find(|event| is_it(event)))
    }

    /// Waits for an event of this name.
    pub(crate) fn wait_for_event(&self, name: &str) -> Value {
        self.wait_for(name, |event| event["event"] == name)
    }

    /// Whether it has told an event of this name.
    pub(crate) fn has_told(&self, name: &str) -> bool {
        self.program.stdout.look(|bytes| events_in(bytes).iter().any(|event| event["event"] == name))
    }

    /// Stops it in order, and returns all that it told.
    pub(crate) fn stop(self) -> Vec<Value> {
        self.program.signal(Signal::TERM);
        let finished = self.program.finish();
        assert_eq!(finished.signal(), Some(Signal::TERM.as_raw()), "{finished:?}");
        events_in(&finished.stdout)
    }
}

/// The last of the events that a server told.
pub(crate) fn summary(events: &[Value]) -> &Value {
    let last = events.last().unwrap();
    assert_eq!(last["event"], "summary");
    last
}

/// The events in the complete lines of an output.
pub(crate) fn events_in(bytes: &[u8]) -> Vec<Value> {
    complete_lines(bytes).map(|line| serde_json::from_str(line).unwrap()).collect()
}

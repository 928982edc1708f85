//! Programs that are traced, and what is told of them.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use kernel::clock;
use scope::model::{Call, Note, Observation, Pid, ProcessChange, Time, What};
use scope::source::calls::{self, Calls, Config, Ended, Start, When};
use scope::source::sink::{Reader, sink};
use scope::source::state::Eye;

/// Receives for ever.
pub(crate) const RECEIVE: &str = "import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.recv(10)";

/// A recording that is over.
pub(crate) struct Recording {
    pub(crate) observations: Vec<Observation>,
    pub(crate) ended: Ended,
}

impl Recording {
    pub(crate) fn calls(&self) -> Vec<(&Time, &Call)> {
        let calls = self.observations.iter();
        calls
            .filter_map(
                |told| if let What::Call(call) = &told.what { Some((&told.time, call)) } else { None },
            )
            .collect()
    }

    pub(crate) fn named(&self, name: &str) -> Vec<Call> {
        self.calls()
            .into_iter()
            .filter(|(_, call)| call.call.name() == name)
            .map(|(_, call)| call.clone())
            .collect()
    }

    pub(crate) fn on_sockets(&self) -> Vec<&Call> {
        let on_socket = |call: &&Call| call.on.is_some_and(|on| on.socket.is_some());
        self.calls().into_iter().map(|(_, call)| call).filter(on_socket).collect()
    }

    pub(crate) fn changes(&self) -> Vec<(Pid, ProcessChange)> {
        let told = self.observations.iter();
        told.filter_map(|told| match &told.what {
            What::Process(process) => Some((process.pid, process.change.clone())),
            _ => None,
        })
        .collect()
    }

    pub(crate) fn started(&self, program: usize) -> Time {
        let is_start = |told: &&Observation| matches!(&told.what, What::Process(process) if process.change == ProcessChange::Started { program });
        self.observations.iter().find(is_start).unwrap().time
    }

    pub(crate) fn notes(&self) -> Vec<Note> {
        let told = self.observations.iter();
        told.filter_map(|told| if let What::Note(note) = &told.what { Some(note.clone()) } else { None })
            .collect()
    }
}

/// A recording that goes on.
pub(crate) struct Running {
    pub(crate) calls: Calls,
    pub(crate) reader: Reader,
    pub(crate) observations: Vec<Observation>,
}

impl Running {
    /// Reads until what is told now fulfils a condition.
    pub(crate) fn until(&mut self, is_so: impl Fn(&[Observation]) -> bool) {
        loop {
            self.calls.tell_waiting();
            let told = self.reader.take();
            let done = is_so(&told);
            self.observations.extend(told);
            if done {
                return;
            }
            assert!(!self.calls.is_over(), "{:#?}", self.observations);
            thread::yield_now();
        }
    }

    pub(crate) fn until_waiting(&mut self, name: &str) -> Call {
        let waits = |told: &Observation| match &told.what {
            What::Waiting(call) if call.call.name() == name => Some(call.clone()),
            _ => None,
        };
        self.until(|told| told.iter().any(|told| waits(told).is_some()));
        self.observations.iter().rev().find_map(waits).unwrap()
    }

    pub(crate) fn until_not_executed(&self, pid: Pid) {
        while self.calls.not_executed(pid).is_none() {
            thread::yield_now();
        }
    }

    pub(crate) fn end(mut self) -> Recording {
        let ended = self.calls.join();
        self.observations.extend(self.reader.take());
        Recording { observations: self.observations, ended }
    }
}

pub(crate) fn begin(config: Config) -> Running {
    let (sink, reader) = sink(clock::monotonic_ns());
    let calls = calls::start(config, sink.clone(), Eye::new(sink)).unwrap();
    Running { calls, reader, observations: Vec::new() }
}

pub(crate) fn run(config: Config) -> Recording {
    begin(config).end()
}

pub(crate) fn trace(scripts: &[&str]) -> Recording {
    run(config(scripts.iter().map(|script| python(script)).collect()))
}

pub(crate) fn config(programs: Vec<Start>) -> Config {
    Config {
        programs,
        attach: Vec::new(),
        strings_bytes: 256,
        refuse_io_uring: false,
        keep_privileges: false,
        output_to_error: false,
        terminal: None,
        cpu: None,
    }
}

pub(crate) fn program(command: &[&str]) -> Start {
    Start {
        command: command.iter().map(OsString::from).collect(),
        environment: Vec::new(),
        when: When::AtOnce,
        guest: None,
    }
}

pub(crate) fn python(script: &str) -> Start {
    program(&[interpreter(), "-c", script])
}

/// One that is no script that starts another one.
pub(crate) fn interpreter() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}

pub(crate) fn kill(signal: &str, pid: Pid) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

pub(crate) fn stop_and_continue(pid: Pid) {
    kill("-STOP", pid);
    let is_stopped =
        || std::fs::read_to_string(format!("/proc/{pid}/wchan")).is_ok_and(|place| place.contains("stop"));
    while !is_stopped() {
        thread::yield_now();
    }
    kill("-CONT", pid);
}

pub(crate) fn expect(output: &mut impl Read, text: &str) {
    let mut bytes = vec![0; text.len()];
    output.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, text.as_bytes());
}

/// A static program of this source, if there is a compiler and this is its machine.
pub(crate) fn compiled(source: &str) -> Option<tempfile::TempPath> {
    let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let cc = Command::new("cc").args(["-static", "-xc", "-", "-o"]).arg(&*path).stdin(Stdio::piped()).spawn();
    let Ok(mut cc) = cc else {
        println!("SKIP: no cc");
        return None;
    };
    cc.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    if !cc.wait().unwrap().success() || cfg!(not(target_arch = "x86_64")) {
        println!("SKIP: cc makes no static program here");
        return None;
    }
    Some(path)
}

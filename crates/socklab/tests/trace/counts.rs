//! Every call is told, as often as it was made: counted beside `strace(1)`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use wire::names::{Machine, Syscall};

use crate::support::Counts;
use crate::support::program::Program;
use crate::support::tool::tool;
use crate::support::{Lab, PORT, arguments, programs, wait_until};

#[test]
fn the_practicals_udp_pair() {
    python_pair("practical_udp_server.py", "practical_udp_client.py", Some("recvfrom"));
}

#[test]
fn the_practicals_tcp_pair() {
    python_pair("practical_tcp_server.py", "practical_tcp_client.py", Some("accept4"));
}

#[test]
fn a_conversation_by_turns() {
    python_pair("turns_server.py", "turns_client.py", None);
}

#[test]
fn datagrams_with_rests() {
    python_pair("sleepy_server.py", "sleepy_client.py", None);
}

#[test]
fn a_pair_for_node() {
    let lab = Lab::new();
    if tool("node").is_some() {
        pair(&lab, "node", ["echo_server.js", "echo_client.js"], None);
    }
}

#[test]
fn a_pair_for_java() {
    let lab = Lab::new();
    // The compiler says that sources can be run; a runtime alone cannot.
    if tool("javac").is_some() {
        pair(&lab, "java", ["EchoServer.java", "EchoClient.java"], None);
    }
}

#[test]
fn a_static_program_with_threads_and_processes() {
    let lab = Lab::new();
    let Some(program) = lab.compiled("threads") else { return };
    let Some(strace) = Strace::of(&lab, "threads", &program) else { return };

    let counted = strace.counts();
    let traced = lab.trace(&arguments(&[], &[&program])).succeeded();

    assert_eq!(traced.recording.network_calls(), [counted]);
    assert_eq!(traced.recording.summary().processes, 5);
}

fn python_pair(server: &str, client: &str, last_call: Option<&str>) {
    let lab = Lab::new();
    if let Some(python) = programs::python() {
        pair(&lab, python, [server, client], last_call);
    }
}

/// Runs a server and its client under strace, and then under ours. A server that serves for ever ends in its last call.
fn pair(lab: &Lab, interpreter: &str, names: [&str; 2], last_call: Option<&str>) {
    let [server, client] = names.map(|name| lab.interpreted(interpreter, name, &[&lab.host, PORT]));
    let Some(strace) = Strace::of(lab, "server", &server) else { return };
    strace.program.stdout.wait_for("line", |bytes| bytes.contains(&b'\n').then_some(()));
    let expected_client = Strace::of(lab, "client", &client).unwrap().counts();
    if let Some(call) = last_call {
        strace.end_in(call);
    }
    let expected_server = strace.counts();

    let traced = lab.trace(&arguments(&[], &[&server, &client])).succeeded();

    assert_eq!(traced.recording.network_calls(), [expected_server, expected_client], "{:?}", traced.finished);
}

/// A program under strace, which counts its network calls.
struct Strace {
    program: Program,
    log: PathBuf,
}

impl Strace {
    /// Starts it, if this machine has strace.
    fn of(lab: &Lab, name: &str, line: &[String]) -> Option<Self> {
        let mut command = tool("strace")?;
        let log = lab.path(&format!("{name}.strace"));
        command
            .args(["-f", "-qq", "-e", "trace=network", "-e", "signal=none", "-o"])
            .arg(&log)
            .arg("--")
            .args(line);
        Some(Self { program: Program::start(&mut command), log })
    }

    /// Waits for its end.
    fn counts(self) -> Counts {
        self.program.finish();
        count(&self.log)
    }

    /// Ends the program as soon as it waits in this call.
    fn end_in(&self, call: &str) {
        let strace = self.program.pid().as_raw_nonzero();
        let children = fs::read_to_string(format!("/proc/{strace}/task/{strace}/children")).unwrap();
        let child = children.trim().parse().unwrap();
        wait_until(call, || {
            // The number of the call, or `running` (proc_pid_syscall(5)).
            let now = fs::read_to_string(format!("/proc/{child}/syscall")).unwrap();
            let number = now.split(' ').next().unwrap().parse().ok()?;
            (Syscall::from_number(Machine::HERE?, number)?.name() == call).then_some(())
        });
        kill_process(Pid::from_raw(child).unwrap(), Signal::TERM).unwrap();
    }
}

/// Counts the lines that begin a call: `1234 socket(AF_INET, …`. Those that go on with one say `1234 <... socket resumed>`, and one
/// that a signal has interrupted without the program's knowledge is shown again when it goes on, which makes no other call of it.
fn count(log: &Path) -> Counts {
    let (mut counts, mut interrupted) = (Counts::new(), BTreeSet::new());
    for line in fs::read_to_string(log).unwrap().lines() {
        let (thread, call) = line.split_once(char::is_whitespace).unwrap();
        let call = call.trim_start();
        if let Some((name, _)) = call.split_once('(').filter(|_| !call.starts_with('<'))
            && !interrupted.remove(&(thread, name.to_owned()))
        {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        if call.contains("= ? ERESTART") {
            let name: String =
                call.trim_start_matches("<... ").chars().take_while(|it| it.is_alphanumeric()).collect();
            interrupted.insert((thread, name));
        }
    }
    counts
}

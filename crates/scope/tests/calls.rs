//! Real programs under the tracer: what they do is told, once and as it was.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping, in its helpers too")]
#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use kernel::clock;
use scope::model::{Args, Call, Note, Observation, Outcome, Pid, ProcessChange, Time, What};
use scope::source::calls::{self, Calls, CallsError, Config, Ended, Order, Start, When};
use scope::source::sink::{Reader, sink};
use scope::source::state::Eye;

const EINTR: i32 = 4;

#[test]
fn the_calls_of_a_program_are_told_once_and_in_order() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.sendto(b'hola', a.getsockname())
a.recvfrom(10)
a.close()"]);

    let calls = recording.on_sockets();
    let names: Vec<_> = calls.iter().map(|call| call.call.name()).collect();
    assert_eq!(names, ["socket", "bind", "getsockname", "sendto", "recvfrom", "close"]);
    let socket = calls[0].on.unwrap().socket;
    assert!(calls.iter().all(|call| call.on.unwrap().socket == socket), "{calls:#?}");
    assert_eq!(calls[4].outcome, Some(Outcome::Returned(4)));
    let Args::Receive { messages, .. } = &calls[4].args else { panic!("{:?}", calls[4]) };
    assert_eq!(messages[0].data.bytes.0, b"hola");
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn every_call_ends_after_it_began_and_before_the_next_of_its_thread() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
for n in range(200):
    a.sendto(b'hola', a.getsockname())
    a.recv(10)"]);

    let mut last = Time(0);
    for (began, call) in recording.calls() {
        let ended = call.until.unwrap();
        assert!(last <= *began && *began <= ended, "{call:#?}");
        last = ended;
    }
    assert_eq!(recording.named("sendto").len(), 200);
    assert_eq!(recording.named("recvfrom").len(), 200);
    assert_eq!(recording.ended.calls, recording.calls().len() as u64);
}

#[test]
fn a_call_that_fails_is_told_with_its_error() {
    let recording = trace(&["import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.connect(('127.0.0.1', 1))
a.settimeout(0)
for attempt in (a.recv, socket.socket(socket.AF_INET, socket.SOCK_STREAM).recv):
    try: attempt(1)
    except OSError: pass"]);

    let outcomes: Vec<_> = recording.named("recvfrom").iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Failed(11)), Some(Outcome::Failed(107))]);
}

#[test]
fn a_call_that_waits_is_an_interval() {
    let recording = trace(&["import socket, struct
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 60000))
try: a.recv(1)
except OSError: pass"]);

    let (began, call) =
        recording.calls().into_iter().find(|(_, call)| call.call.name() == "recvfrom").unwrap();
    assert!(call.until.unwrap().since(*began) >= Duration::from_millis(60), "{call:#?}");
}

#[test]
fn every_thread_is_traced() {
    let recording = trace(&["import socket, threading
def work():
    a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    a.bind(('127.0.0.1', 0))
    for n in range(50): a.sendto(b'x', a.getsockname())
threads = [threading.Thread(target=work) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()"]);

    let sent = recording.named("sendto");
    assert_eq!(sent.len(), 400);
    assert_eq!(sent.iter().map(|call| call.tid).collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(sent.iter().map(|call| call.pid).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(recording.ended.processes, 1);
}

#[test]
fn a_thousand_processes_are_told_with_their_ends() {
    let script = "i=0; while [ $i -lt 1000 ]; do (exit 3); i=$((i+1)); done";
    let recording = run(config(vec![program(&["/bin/sh", "-c", script])]));

    let changes = recording.changes();
    let forked = changes.iter().filter(|(_, change)| matches!(change, ProcessChange::Forked { .. })).count();
    let ended: Vec<_> = changes
        .iter()
        .filter(|(_, change)| *change == ProcessChange::Ended { wait_status: 3 << 8 })
        .collect();
    assert_eq!((forked, ended.len()), (1000, 1000));
    assert_eq!(recording.ended.processes, 1001);
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn a_child_has_the_sockets_of_its_parent() {
    let recording = trace(&["import os, socket
a, b = socket.socketpair()
if os.fork() == 0:
    os.write(b.fileno(), b'hola')
    os._exit(0)
os.read(a.fileno(), 10)
os.wait()"]);

    let (pair, write, read) =
        (recording.named("socketpair"), recording.named("write"), recording.named("read"));
    let Args::Socket { pair, .. } = &pair[0].args else { panic!("{pair:?}") };
    assert_eq!((write[0].on.unwrap().socket, read[0].on.unwrap().socket), (pair[1].socket, pair[0].socket));
    assert_ne!(write[0].pid, read[0].pid);
}

#[test]
fn what_takes_the_place_of_a_socket_is_none() {
    let recording = trace(&["import os, socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.connect(('127.0.0.1', 9))
other = os.open('/dev/null', os.O_WRONLY)
os.write(other, b'to a file')
os.dup2(a.fileno(), other)
os.write(other, b'to a socket')
os.dup2(os.open('/dev/null', os.O_WRONLY), other)
os.write(other, b'to a file again')
a.detach()"]);

    let written = recording.named("write");
    assert_eq!(written.len(), 1, "{written:#?}");
    let Args::Send { messages, .. } = &written[0].args else { panic!() };
    assert_eq!(messages[0].data.bytes.0, b"to a socket");
    assert_eq!(recording.named("dup2").len() + recording.named("dup3").len(), 2);
}

#[test]
fn a_socket_that_another_process_has_sent_is_known() {
    let recording = trace(&["import array, os, socket
a, b = socket.socketpair()
sent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent.connect(('127.0.0.1', 9))
socket.send_fds(a, [b'x'], [sent.fileno()])
sent.close()
_, got, _, _ = socket.recv_fds(b, 1, 1)
os.write(got[0], b'hola')"]);

    let socket = recording.named("connect")[0].on.unwrap().socket;
    assert_eq!(recording.named("write")[0].on.unwrap().socket, socket);
    assert!(socket.is_some());
}

#[test]
fn a_program_that_is_not_there_is_an_error_and_nothing_is_started() {
    for (file, errno) in [("nonexistent-socklab", 2), ("/etc/passwd", 13)] {
        let path = ("PATH".into(), "/usr/bin:/bin".into());
        let missing = Start { environment: vec![path], ..program(&[file]) };
        let config = config(vec![program(&["/bin/true"]), missing]);
        let (sink, mut reader) = sink(clock::monotonic_ns());

        let error = calls::start(config, sink.clone(), Eye::new(sink)).unwrap_err();

        assert!(
            matches!(&error, CallsError::Execute { cause, .. } if cause.raw_os_error() == Some(errno)),
            "{error}"
        );
        assert_eq!(reader.take(), []);
    }
}

#[test]
fn a_program_that_the_kernel_does_not_execute_is_told_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broken");
    let path = path.to_str().unwrap();
    // Not written here: a process that another test forks meanwhile would keep it open, and it would be busy.
    let write = Command::new("sh").args(["-c", "echo no program >$0; chmod 755 $0", path]).status().unwrap();
    assert!(write.success());

    let recording = run(config(vec![program(&[path])]));

    assert_eq!(recording.ended.not_executed, [(0, 8)]);
    assert_eq!(recording.ended.wait_statuses, [None]);
    assert_eq!(recording.changes(), []);
}

#[test]
fn a_call_in_which_its_program_is_killed_has_ended_with_it() {
    let mut running = begin(config(vec![python(RECEIVE)]));

    running.until_waiting("recvfrom");
    running.calls.signal(Order::End);

    let recording = running.end();
    let received = recording.named("recvfrom");
    assert_eq!(received.iter().map(|call| call.outcome).collect::<Vec<_>>(), [Some(Outcome::Ended)]);
    assert_eq!(recording.ended.wait_statuses, [Some(9)]);
}

#[test]
fn a_sleep_that_is_stopped_and_continued_is_one_call() {
    let mut running = begin(config(vec![python("import time\ntime.sleep(0.3)")]));

    let call = running.until_waiting("clock_nanosleep");
    stop_and_continue(call.pid);

    let recording = running.end();
    let sleeps = recording.named("clock_nanosleep");
    assert_eq!(sleeps.iter().map(|call| call.outcome).collect::<Vec<_>>(), [Some(Outcome::Returned(0))]);
    assert_eq!(recording.named("restart_syscall").len(), 0);
}

#[test]
fn a_receive_that_is_stopped_and_continued_is_one_call() {
    let script = format!(
        "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: a.sendto(b'x', a.getsockname()))\n{RECEIVE}"
    );
    let mut running = begin(config(vec![python(&script)]));

    let call = running.until_waiting("recvfrom");
    stop_and_continue(call.pid);
    kill("-USR1", call.pid);

    let recording = running.end();
    let outcomes: Vec<_> = recording.named("recvfrom").iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Failed(EINTR)), Some(Outcome::Returned(1))]);
}

#[test]
fn a_call_that_a_handler_restarts_is_told_as_such() {
    let script = format!(
        "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: 0)\nsignal.siginterrupt(signal.SIGUSR1, False)\n{RECEIVE}"
    );
    let mut running = begin(config(vec![python(&script)]));

    let call = running.until_waiting("recvfrom");
    kill("-USR1", call.pid);
    running.until_waiting("recvfrom");
    running.calls.signal(Order::End);

    let outcomes: Vec<_> = running.end().named("recvfrom").iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Restarted), Some(Outcome::Ended)]);
}

#[test]
fn a_program_that_waits_for_a_listener_starts_after_it() {
    let client = Start { when: When::Listening(0), ..program(&["/bin/true"]) };
    let mut running = begin(config(vec![python(RECEIVE), client]));

    running.until(|recording| {
        recording.iter().any(|told| {
            matches!(&told.what, What::Process(process) if process.change == ProcessChange::Started { program: 1 })
        })
    });
    running.calls.signal(Order::Terminate);

    let recording = running.end();
    let bound = recording.named("bind")[0].until.unwrap();
    let started = recording.started(1);
    assert!(bound <= started);
}

#[test]
fn a_program_starts_when_another_one_has_ended_or_when_its_time_has_come() {
    let after =
        Start { when: When::After(Duration::from_millis(1)), ..program(&["/bin/sh", "-c", "exit 1"]) };
    let last = Start { when: When::Ended(0), ..program(&["/bin/sh", "-c", "exit 2"]) };

    let recording = run(config(vec![after, last]));

    assert_eq!(recording.ended.wait_statuses, [Some(1 << 8), Some(2 << 8)]);
    assert!(recording.started(0) < recording.started(1));
}

#[test]
fn programs_that_wait_for_each_other_are_not_started() {
    let one = Start { when: When::Ended(1), ..program(&["/bin/true"]) };
    let other = Start { when: When::Ended(0), ..program(&["/bin/true"]) };
    let third = program(&["/bin/true"]);

    let recording = run(config(vec![one, other, third]));

    assert_eq!(recording.ended.wait_statuses, [None, None, Some(0)]);
    assert_eq!(recording.ended.not_executed, []);
}

#[test]
fn a_thread_that_executes_a_program_becomes_the_process() {
    let recording = trace(&["import os, threading
def leave(): os.execv('/bin/sh', ['sh', '-c', 'exit 5'])
threading.Thread(target=leave).start()
threading.Event().wait()"]);

    assert_eq!(recording.ended.wait_statuses, [Some(5 << 8)]);
    assert_eq!(recording.ended.processes, 1);
    let last = recording.changes().into_iter().rev().find_map(|(_, change)| match change {
        ProcessChange::Executed { arguments, .. } => Some(arguments),
        _ => None,
    });
    assert_eq!(last.unwrap(), ["sh", "-c", "exit 5"]);
}

#[test]
fn a_mark_tells_the_line_of_the_next_call_and_is_no_call() {
    let recording = trace(&["import ctypes, os, socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
address = a.getsockname()
def tell(mark):
    try: os.write(-1, mark)
    except OSError: pass
slot = ctypes.c_uint64(1)
tell(b'\\0SLT%d' % ctypes.addressof(slot))
tell(b'\\0SLP1 7 f\\0/x.py')
a.sendto(b'1', address)
slot.value = 0
a.sendto(b'2', address)"]);

    let places: Vec<_> = recording.named("sendto").into_iter().map(|call| call.place).collect();
    let place = places[0].as_ref().unwrap();
    assert_eq!((place.file.as_str(), place.line, place.function.as_str()), ("/x.py", 7, "f"));
    assert_eq!(places[1], None);
    assert_eq!(recording.named("write").len(), 0);
}

#[test]
fn io_uring_is_noted_or_refused() {
    let script = "import ctypes
ctypes.CDLL(None, use_errno=True).syscall(425, 0, None)
import sys
sys.exit(ctypes.get_errno())";
    let refused = run(Config { refuse_io_uring: true, ..config(vec![python(script)]) });
    let allowed = trace(&[script]);

    assert_eq!(refused.ended.wait_statuses, [Some(38 << 8)]);
    assert_eq!(refused.notes(), []);
    assert!(matches!(allowed.notes()[..], [Note::IoUring { .. }]), "{:?}", allowed.notes());
    assert_eq!(allowed.named("io_uring_setup").len(), 1);
}

#[test]
fn calls_for_another_machine_are_noted_once() {
    let source = "int main(void) { int r; for (int i = 0; i < 3; i++)
        __asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(20)); return r <= 0; }";
    let Some(file) = compiled(source) else { return };

    let recording = run(config(vec![program(&[file.to_str().unwrap()])]));

    assert!(matches!(recording.notes()[..], [Note::ForeignCalls { .. }]), "{:?}", recording.notes());
    assert_eq!(recording.ended.wait_statuses, [Some(0)]);
}

#[test]
fn the_calls_of_a_program_without_a_library_are_seen() {
    let source = "#include <sys/socket.h>
int main(void) { int s = socket(AF_INET, SOCK_DGRAM, 0); return send(s, \"hola\", 4, 0) != -1; }";
    let Some(file) = compiled(source) else { return };

    let recording = run(config(vec![program(&[file.to_str().unwrap()])]));

    let calls: Vec<_> = recording.on_sockets().iter().map(|call| (call.call.name(), call.outcome)).collect();
    let made = recording.named("socket")[0].outcome;
    assert_eq!(calls, [("socket", made), ("sendto", Some(Outcome::Failed(89)))]);
}

#[test]
fn a_process_that_runs_is_attached_to_and_goes_on_when_it_is_released() {
    let script = "import socket, sys
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
print('ready', flush=True)
for line in sys.stdin:
    a.sendto(line.encode(), a.getsockname())
    print(a.recv(100).decode(), end='', flush=True)";
    let mut child = Command::new(interpreter())
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    expect(&mut output, "ready\n");
    let running = begin(Config { attach: vec![Pid(child.id())], ..config(vec![]) });

    input.write_all(b"one\n").unwrap();
    expect(&mut output, "one\n");
    running.calls.release();
    let recording = running.end();
    input.write_all(b"two\n").unwrap();
    expect(&mut output, "two\n");
    drop(input);

    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(recording.named("sendto").len(), 1);
    assert_eq!(recording.changes().last().unwrap().1, ProcessChange::Released {});
    assert_eq!(recording.ended.wait_statuses, [None]);
}

#[test]
fn a_process_that_is_traced_is_not_attached_to() {
    let mut running = begin(config(vec![python(RECEIVE)]));
    let pid = running.until_waiting("recvfrom").pid;
    let (sink, _reader) = sink(clock::monotonic_ns());

    let error = calls::start(Config { attach: vec![pid], ..config(vec![]) }, sink.clone(), Eye::new(sink));

    assert!(matches!(error, Err(CallsError::Traced { pid: of, .. }) if of == pid));
    running.calls.signal(Order::Terminate);
    assert_eq!(running.end().ended.wait_statuses, [Some(15)]);
}

#[test]
fn all_that_a_program_made_ends_with_it() {
    let mut running = begin(config(vec![program(&["/bin/sh", "-c", "sleep 1000 & exit 0"])]));

    running.until_waiting("clock_nanosleep");
    running.calls.signal(Order::End);

    assert_eq!(running.end().ended.processes, 2);
}

/// Receives for ever.
const RECEIVE: &str = "import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(('127.0.0.1', 0))
a.recv(10)";

/// A recording that is over.
struct Recording {
    observations: Vec<Observation>,
    ended: Ended,
}

impl Recording {
    fn calls(&self) -> Vec<(&Time, &Call)> {
        let calls = self.observations.iter();
        calls
            .filter_map(
                |told| if let What::Call(call) = &told.what { Some((&told.time, call)) } else { None },
            )
            .collect()
    }

    fn named(&self, name: &str) -> Vec<Call> {
        self.calls()
            .into_iter()
            .filter(|(_, call)| call.call.name() == name)
            .map(|(_, call)| call.clone())
            .collect()
    }

    fn on_sockets(&self) -> Vec<&Call> {
        let on_socket = |call: &&Call| call.on.is_some_and(|on| on.socket.is_some());
        self.calls().into_iter().map(|(_, call)| call).filter(on_socket).collect()
    }

    fn changes(&self) -> Vec<(Pid, ProcessChange)> {
        let told = self.observations.iter();
        told.filter_map(|told| match &told.what {
            What::Process(process) => Some((process.pid, process.change.clone())),
            _ => None,
        })
        .collect()
    }

    fn started(&self, program: usize) -> Time {
        let is_start = |told: &&Observation| matches!(&told.what, What::Process(process) if process.change == ProcessChange::Started { program });
        self.observations.iter().find(is_start).unwrap().time
    }

    fn notes(&self) -> Vec<Note> {
        let told = self.observations.iter();
        told.filter_map(|told| if let What::Note(note) = &told.what { Some(note.clone()) } else { None })
            .collect()
    }
}

/// A recording that goes on.
struct Running {
    calls: Calls,
    reader: Reader,
    observations: Vec<Observation>,
}

impl Running {
    /// Reads until what is told now fulfils a condition.
    fn until(&mut self, is_so: impl Fn(&[Observation]) -> bool) {
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

    fn until_waiting(&mut self, name: &str) -> Call {
        let waits = |told: &Observation| match &told.what {
            What::Waiting(call) if call.call.name() == name => Some(call.clone()),
            _ => None,
        };
        self.until(|told| told.iter().any(|told| waits(told).is_some()));
        self.observations.iter().rev().find_map(waits).unwrap()
    }

    fn end(mut self) -> Recording {
        let ended = self.calls.join();
        self.observations.extend(self.reader.take());
        Recording { observations: self.observations, ended }
    }
}

fn begin(config: Config) -> Running {
    let (sink, reader) = sink(clock::monotonic_ns());
    let calls = calls::start(config, sink.clone(), Eye::new(sink)).unwrap();
    Running { calls, reader, observations: Vec::new() }
}

fn run(config: Config) -> Recording {
    begin(config).end()
}

fn trace(scripts: &[&str]) -> Recording {
    run(config(scripts.iter().map(|script| python(script)).collect()))
}

fn config(programs: Vec<Start>) -> Config {
    Config {
        programs,
        attach: Vec::new(),
        strings_bytes: 256,
        terminal: None,
        refuse_io_uring: false,
        keep_privileges: false,
        output_to_error: false,
        cpu: None,
    }
}

fn program(command: &[&str]) -> Start {
    Start {
        command: command.iter().map(OsString::from).collect(),
        environment: Vec::new(),
        when: When::AtOnce,
    }
}

fn python(script: &str) -> Start {
    program(&[interpreter(), "-c", script])
}

/// One that is no script that starts another one.
fn interpreter() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}

fn kill(signal: &str, pid: Pid) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

fn stop_and_continue(pid: Pid) {
    kill("-STOP", pid);
    let is_stopped =
        || std::fs::read_to_string(format!("/proc/{pid}/wchan")).is_ok_and(|place| place.contains("stop"));
    while !is_stopped() {
        thread::yield_now();
    }
    kill("-CONT", pid);
}

fn expect(output: &mut impl Read, text: &str) {
    let mut bytes = vec![0; text.len()];
    output.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, text.as_bytes());
}

/// A static program of this source, if there is a compiler and this is its machine.
fn compiled(source: &str) -> Option<tempfile::TempPath> {
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

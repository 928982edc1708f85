//! Which programs are started when, and how they end.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use kernel::clock;
use scope::model::{Pid, ProcessChange, What};
use scope::source::calls::{self, CallsError, Config, Order, Start, When};
use scope::source::sink::sink;
use scope::source::state::Eye;

use crate::support::{RECEIVE, begin, config, expect, interpreter, program, python, run};

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

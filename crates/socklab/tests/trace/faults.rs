//! Whatever happens to the programs, the tracer or the disk: nothing hangs, and whoever looks is told.

use std::env;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use scope::model::{Direction, Note, Outcome, ProcessChange};
use serde_json::Value;

use crate::support::program::Program;
use crate::support::{
    BINARY, Lab, PORT, Recording, Traced, arguments, binary, processes_in, programs, wait_until,
};

/// Runs a command, and writes how much memory it had at most, in KiB (`getrusage(2)`).
const PEAK: &str = "import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)";

/// How much memory a recording of 400,000 packets may take.
const PEAK_KIB_MAX: u64 = 512 * 1024;

#[test]
fn programs_end_with_a_tracer_that_is_killed() {
    let lab = Lab::new();
    let Some(waits) = lab.python("waits.py", &[]) else { return };
    let running = lab.start(&arguments(&["--quiet"], &[&waits]));
    running.stdout.wait_for_line("ready");
    let group = running.pid();

    running.signal(Signal::KILL);

    // The pipes that are read to their end are the program's, too.
    assert_eq!(running.finish().signal(), Some(9));
    wait_until("end of the program", || (processes_in(group) == 0).then_some(()));
}

#[test]
fn a_program_that_is_killed_is_told_with_the_call_that_it_was_in() {
    let lab = Lab::new();
    let Some(waits) = lab.python("waits.py", &[]) else { return };
    let running = lab.start(&arguments(&[], &[&waits]));
    running.stdout.wait_for_line("ready");
    running.stderr.wait_for("call", |bytes| bytes.windows(8).any(|part| part == b"recvfrom").then_some(()));

    kill_process(child_of(&running), Signal::KILL).unwrap();

    let traced = lab.finish(running);
    assert_eq!(traced.finished.code(), Some(137));
    assert!(traced.finished.stderr.contains("ended by SIGKILL"), "{:?}", traced.finished);
    let outcomes: Vec<_> = traced.recording.named("recvfrom").map(|(_, call)| call.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Ended)]);
    assert_eq!(traced.recording.summary().wait_statuses, [Some(9)]);
}

#[test]
fn an_interrupt_ends_programs_and_recording_in_order() {
    let lab = Lab::new();
    let Some(waits) = lab.python("waits.py", &[]) else { return };
    let running = lab.start(&arguments(&[], &[&waits]));
    running.stdout.wait_for_line("ready");

    // As a terminal does it.
    kill_process_group(running.pid(), Signal::INT).unwrap();

    let traced = lab.finish(running);
    assert_eq!(traced.finished.signal(), Some(2), "{:?}", traced.finished);
    // By the signal itself, or by the one that follows if it takes its time.
    assert!(matches!(traced.recording.summary().wait_statuses[..], [Some(2 | 15)]), "{:?}", traced.finished);
    assert!(traced.finished.stderr.contains("ended by SIG"), "{:?}", traced.finished);
}

#[test]
fn a_time_limit_ends_all() {
    let lab = Lab::new();
    let Some(waits) = lab.python("waits.py", &[]) else { return };

    let traced = lab.trace(&arguments(&["--for", "300ms"], &[&waits]));

    assert_eq!(traced.finished.code(), Some(143), "{:?}", traced.finished);
    assert_eq!(traced.recording.summary().wait_statuses, [Some(15)]);
    assert!(traced.recording.summary().interrupted);
}

#[test]
fn servers_end_when_their_clients_have_and_do_not_decide_how_it_went() {
    let lab = Lab::new();
    let Some(server) = lab.python("waits.py", &[]) else { return };
    let client = ["sh", "-c", "exit 5"].map(str::to_owned);

    let traced = lab.trace(&arguments(&[], &[&server, &client]));

    assert_eq!(traced.finished.code(), Some(5), "{:?}", traced.finished);
    assert_eq!(traced.recording.summary().wait_statuses, [Some(15), Some(5 << 8)]);
    assert!(!traced.recording.summary().interrupted);
}

#[test]
fn a_full_disk_is_told_once_and_the_programs_go_on() {
    let lab = Lab::new();
    let Some(program) = lab.python("exchanges.py", &["20"]) else { return };
    let mut command = Command::new(binary());
    command.args(["--lang", "en", "trace", "-o", "/dev/full"]).args(arguments(&[], &[&program]));

    let finished = Program::start(command.stdout(Stdio::piped()).stderr(Stdio::piped())).finish();

    assert_eq!(finished.code(), Some(2), "{finished:?}");
    assert_eq!(finished.stderr.matches("ENOSPC").count(), 1, "{finished:?}");
    assert!(finished.stderr.contains("exit status 0"), "{finished:?}");
}

#[test]
fn a_program_that_is_not_there_is_an_error_of_usage_with_a_hint() {
    let lab = Lab::new();

    let finished = Program::start(&mut lab.command("run.jsonl", &["--", "no-such-program"])).finish();

    assert_eq!(finished.code(), Some(2));
    assert!(
        finished.stderr.contains("no-such-program") && finished.stderr.lines().count() >= 2,
        "{finished:?}"
    );
}

#[test]
fn calls_for_another_machine_are_told() {
    let lab = Lab::new();
    let Some(program) = lab.compiled("other_machine").filter(|_| cfg!(target_arch = "x86_64")) else {
        return;
    };

    let traced = lab.trace(&arguments(&[], &[&program])).succeeded();

    assert!(matches!(traced.recording.notes()[..], [Note::ForeignCalls { .. }]), "{:?}", traced.finished);
    assert_eq!(traced.recording.named("socket").count(), 1);
    assert!(traced.finished.stderr.contains("32-bit"), "{:?}", traced.finished);
}

#[test]
fn io_uring_is_told_or_refused() {
    let lab = Lab::new();
    let Some(program) = lab.compiled("ring") else { return };

    let told = lab.trace(&arguments(&[], &[&program]));
    let refused = lab.trace(&arguments(&["--no-io-uring"], &[&program]));

    assert!(matches!(told.recording.notes()[..], [Note::IoUring { .. }]), "{:?}", told.finished);
    assert!(told.finished.stderr.contains("io_uring"), "{:?}", told.finished);
    assert_ne!(told.finished.code(), Some(38));
    assert_eq!(refused.finished.code(), Some(38), "{:?}", refused.finished);
}

#[test]
fn a_thousand_processes_are_counted() {
    let lab = Lab::new();
    let Some(program) = lab.compiled("thousand") else { return };

    let Traced { recording, .. } = lab.trace(&arguments(&[], &[&program])).succeeded();

    assert_eq!(recording.named("socket").count(), 1000);
    assert_eq!(recording.summary().processes, 1001);
    let ended =
        recording.changes().filter(|(_, change)| matches!(change, ProcessChange::Ended { wait_status: 0 }));
    assert_eq!(ended.count(), 1001);
}

#[test]
fn a_flood_is_counted_and_takes_no_more_memory_than_it_may() {
    if env::var_os(BINARY).is_some() {
        // Once is enough: it is the tracer's memory and its time, which are the same for every user.
        return;
    }
    let lab = Lab::new();
    let (Some(program), Some(python)) = (lab.compiled("flood"), programs::python()) else { return };
    let trace = lab.command("run.jsonl", &arguments(&["--quiet"], &[&program]));
    let mut command = Command::new(python);
    command.args(["-c", PEAK]).arg(lab.path("peak")).arg(trace.get_program()).args(trace.get_args());

    let traced =
        lab.finish(Program::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))).succeeded();

    let peak_kib: u64 = fs::read_to_string(lab.path("peak")).unwrap().parse().unwrap();
    assert!(peak_kib < PEAK_KIB_MAX, "{peak_kib}");
    assert_eq!(traced.recording.named("sendmmsg").count(), 4000);
    let summary = traced.recording.summary();
    let packets =
        [Direction::Out, Direction::In].map(|direction| traced.recording.packets(direction).count() as u64);
    assert_eq!(packets[0] + packets[1], summary.packets);
    assert_eq!(summary.packets + summary.packets_lost, 2 * 200_000);
    let told: u64 = traced
        .recording
        .notes()
        .iter()
        .map(|note| if let Note::PacketsLost { packets } = note { *packets } else { 0 })
        .sum();
    assert_eq!(told, summary.packets_lost);
}

#[test]
fn a_process_that_runs_is_attached_to_and_goes_on_afterwards() {
    let lab = Lab::new();
    let Some(line) = lab.python("by_line.py", &[]) else { return };
    let mut watched = Program::start_with_open_input(&mut programs::command(&line));
    watched.stdout.wait_for_line("ready");
    let pid = watched.pid().as_raw_nonzero().to_string();
    let mut command = Command::new(binary());
    command.args(["trace", "--json", "--pid", &pid]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = Program::start(&mut command);
    running.stdout.wait_for_line("\"change\":\"executed\"");

    say(&mut watched, "one");
    running.stdout.wait_for_line("\"recvfrom\"");
    running.signal(Signal::INT);
    let finished = running.finish();
    say(&mut watched, "two");

    assert_eq!(watched.finish().code(), Some(0));
    let events: Vec<Value> =
        finished.stdout_text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.iter().filter(|event| event["call"] == "sendto").count(), 1, "{finished:?}");
    assert_eq!(events.last().unwrap()["wait_statuses"], serde_json::json!([null]));
}

#[test]
fn a_second_recording_joins_the_network_of_the_first() {
    let lab = Lab::new();
    let arguments_of = [lab.host.as_str(), PORT];
    let Some(server) = lab.python("turns_server.py", &arguments_of) else { return };
    let Some(client) = lab.python("turns_client.py", &arguments_of) else { return };
    let mut first = lab.command("first.jsonl", &arguments(&[], &[&server]));
    let first = Program::start(&mut first);
    first.stdout.wait_for_line("listening");
    let join = format!("--join={}", first.pid().as_raw_nonzero());

    let second = lab.trace(&arguments(&[&join], &[&client])).succeeded();

    assert_eq!(first.finish().code(), Some(0));
    let first = Recording::read(&lab.path("first.jsonl"));
    assert_eq!(second.recording.named("connect").count(), 1);
    assert_eq!(first.named("accept4").count(), 1);
    assert_eq!(first.summary().packets, second.recording.summary().packets);
}

/// Gives a line to the program `by_line.py`, and waits until it has come back.
fn say(program: &mut Program, line: &str) {
    writeln!(program.stdin.as_mut().unwrap(), "{line}").unwrap();
    program.stdout.wait_for_line(line);
}

/// The program that a recording has started.
fn child_of(running: &Program) -> Pid {
    let running = running.pid().as_raw_nonzero();
    let tasks = fs::read_dir(format!("/proc/{running}/task")).unwrap();
    let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap());
    Pid::from_raw(children.collect::<String>().trim().parse().unwrap()).unwrap()
}

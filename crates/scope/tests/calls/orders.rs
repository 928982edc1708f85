//! Programs that start when somebody asks for them.

use std::process::Command;

use kernel::process::Handle;
use scope::model::{Pid, ProcessChange, What};
use scope::source::calls::{CallsError, Config, Order, Start, When};

use crate::support::{RECEIVE, Running, begin, config, program, python};

#[test]
fn a_program_starts_each_time_that_it_is_asked_for() {
    let mut running = begin(asked(python(RECEIVE)));

    let first = running.calls.launch(0, None).unwrap();
    running.until_waiting("recvfrom");
    Handle::open(first.0).unwrap().order(Order::End).unwrap();
    until_ended(&mut running, first);
    let second = running.calls.launch(0, None).unwrap();
    running.until_waiting("recvfrom");

    assert!(!running.calls.is_over());
    running.calls.signal(Order::End);
    running.calls.release();
    let recording = running.end();
    let started = ProcessChange::Started { program: 0 };
    let started: Vec<_> = recording.changes().into_iter().filter(|told| told.1 == started).collect();
    assert_eq!(started.iter().map(|told| told.0).collect::<Vec<_>>(), [first, second]);
    assert_eq!(recording.ended.wait_statuses, [Some(9)]);
}

#[test]
fn what_the_kernel_does_not_execute_is_told_by_its_process() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broken");
    let path = path.to_str().unwrap();
    let write = Command::new("sh").args(["-c", "echo no program >$0; chmod 755 $0", path]).status().unwrap();
    assert!(write.success());
    let running = begin(asked(program(&[path])));

    let broken = running.calls.launch(0, None).unwrap();
    running.until_not_executed(broken);

    assert_eq!(running.calls.not_executed(broken), Some(8));
    assert!(matches!(running.calls.launch(1, None), Err(CallsError::Command { program: 1 })));
    running.calls.release();
    assert_eq!(running.end().ended.not_executed, [(0, 8)]);
}

#[test]
fn nothing_can_be_asked_for_when_all_is_over() {
    let running = begin(asked(program(&["/bin/true"])));

    running.calls.release();

    assert!(matches!(running.calls.launch(0, None), Err(CallsError::Over { program: 0 })));
    assert_eq!(running.end().ended.processes, 0);
}

fn until_ended(running: &mut Running, pid: Pid) {
    running.until(|told| {
        told.iter().any(|told| {
            matches!(&told.what, What::Process(process)
                if process.pid == pid && matches!(process.change, ProcessChange::Ended { .. }))
        })
    });
}

fn asked(start: Start) -> Config {
    let start = Start { when: When::Asked, ..start };
    config(vec![start])
}

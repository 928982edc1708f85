//! Calls that a signal interrupts.

use scope::model::Outcome;
use scope::source::calls::Order;

use crate::support::{RECEIVE, begin, config, kill, python, stop_and_continue};

const EINTR: i32 = 4;

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

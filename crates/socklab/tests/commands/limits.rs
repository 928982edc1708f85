//! Time and output have an end.

use std::time::Duration;

use endpoints::messages::exec::Limits;
use wire::message::{How, Why};

use crate::support::{WIDE, finish, line, program, run_with, shell, start};

const LITTLE_TIME: Limits = Limits { time: Duration::from_millis(200), output_bytes: WIDE.output_bytes };

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_and_what_it_wrote_is_told() {
    let finished = run_with(&shell("echo begun; exec sleep 1000"), b"", LITTLE_TIME).await;

    assert_eq!((finished.ended.how, finished.ended.why), (How::Signal(9), Why::TimeLimit));
    assert_eq!((finished.ended.wait, finished.text()), (9, "begun\n"));
}

#[tokio::test]
async fn a_flood_is_cut_at_the_limit_exactly() {
    for limit in [0, 1, 1_000_000] {
        let finished = run_with(&program(&["yes"]), b"", Limits { output_bytes: limit, ..WIDE }).await;

        assert_eq!((finished.ended.why, finished.ended.out), (Why::OutputLimit, limit));
        assert_eq!(finished.out.len() as u64, limit);
    }
}

#[tokio::test]
async fn both_outputs_count_together() {
    let limits = Limits { output_bytes: 100_000, ..WIDE };

    let finished = run_with(&shell("yes & yes >&2"), b"", limits).await;

    assert_eq!(finished.ended.why, Why::OutputLimit);
    assert_eq!(finished.ended.out + finished.ended.err, 100_000);
    assert_eq!(finished.out.len() + finished.err.len(), 100_000);
}

#[tokio::test]
async fn as_much_as_the_limit_is_not_too_much_and_one_byte_more_is() {
    let limits = Limits { output_bytes: 100_000, ..WIDE };

    let most = run_with(&program(&["head", "-c", "100000", "/dev/zero"]), b"", limits).await;
    let more = run_with(&program(&["head", "-c", "100001", "/dev/zero"]), b"", limits).await;

    assert_eq!((most.ended.why, most.ended.how, most.ended.out), (Why::Itself, How::Exited(0), 100_000));
    assert_eq!((more.ended.why, more.out.len()), (Why::OutputLimit, 100_000));
}

#[tokio::test]
async fn the_first_reason_to_end_a_command_is_the_one_that_is_told() {
    for why in [Why::Cancelled, Why::Stopping] {
        let mut running = start(&shell("echo begun; exec sleep 1000")).await;
        assert_eq!(line(&mut running).await, "begun");

        running.end(why);
        running.end(Why::OutputLimit);

        let ended = finish(running).await.ended;
        assert_eq!((ended.how, ended.why), (How::Signal(9), why));
    }
}

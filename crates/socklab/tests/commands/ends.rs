//! How a command ended.

use wire::message::{How, Why};
use wire::wait_status::WaitStatus;

use crate::support::{WIDE, finish, process, program, run, run_with, shell, start};

#[tokio::test]
async fn an_exit_status_comes_as_it_is() {
    for (status, wait) in [(0, 0), (1, 256), (7, 1792), (127, 32512), (255, 65280)] {
        let ended = run(&shell(&format!("exit {status}"))).await.ended;

        assert_eq!((ended.how, ended.why), (How::Exited(status), Why::Itself));
        assert_eq!((ended.wait, ended.core), (wait, false));
    }
}

#[tokio::test]
async fn true_and_false_are_told_apart() {
    assert_eq!(run(&program(&["true"])).await.ended.how, How::Exited(0));
    assert_eq!(run(&program(&["false"])).await.ended.how, How::Exited(1));
}

#[tokio::test]
async fn a_signal_comes_as_it_is() {
    for (name, signal) in [("KILL", 9), ("TERM", 15), ("PIPE", 13), ("USR1", 10)] {
        let ended = run(&shell(&format!("kill -{name} $$"))).await.ended;

        assert_eq!((ended.how, ended.why), (How::Signal(signal), Why::Itself), "{name}");
        assert_eq!((ended.wait, ended.core), (signal, false), "{name}");
    }
}

#[tokio::test]
async fn a_core_dump_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("cd {} && ulimit -c unlimited && kill -ABRT $$", folder.path().display());

    let ended = run(&shell(&line)).await.ended;

    if ended.how == How::Exited(2) {
        println!("SKIP: this machine allows no core dumps");
        return;
    }
    assert_eq!((ended.how, ended.core, ended.wait), (How::Signal(6), true, 0x86));
    assert_ne!(ended.wait, WaitStatus::exited(6).0);
}

#[tokio::test]
async fn a_stopped_command_has_not_ended() {
    let mut running = start(&shell("echo $$; kill -STOP $$; exit 4")).await;
    let command = process(&mut running).await;
    while command.status("State") != "T (stopped)" {
        tokio::task::yield_now().await;
    }

    rustix::process::kill_process(pid(command.id), rustix::process::Signal::CONT).unwrap();

    assert_eq!(finish(running).await.ended.how, How::Exited(4));
}

#[tokio::test]
async fn a_command_that_closes_everything_goes_on_and_its_status_comes() {
    let line = "exec <&- >&- 2>&-; i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done; exit 3";

    let finished = run_with(&shell(line), &vec![b'x'; 1 << 20], WIDE).await;

    assert_eq!(finished.ended.how, How::Exited(3));
    assert_eq!((finished.ended.out, finished.ended.err), (0, 0));
}

fn pid(id: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(id.cast_signed()).unwrap()
}

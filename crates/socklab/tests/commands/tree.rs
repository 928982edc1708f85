//! Nothing of a command is left behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use endpoints::messages::exec::{Limits, Lost};
use wire::message::{How, Why};

use crate::support::{Process, WIDE, finish, process, processes_with, run_with, shell, start};

/// A grandchild that has left its session, its terminal, its pipes and its parent, and cannot be asked to end. It says its
/// process id on a pipe of its own first.
const RUNAWAY: &str =
    "(trap '' TERM HUP INT; setsid sh -c 'echo $$; exec sleep 1000 <&- >&- 2>&-' & ) & wait";

/// By which a server that is to be killed knows that it is one.
const SERVER: &str = "SOCKLAB_TEST_SERVER";

#[tokio::test]
async fn what_is_left_in_the_background_ends_with_the_command() {
    let mut running = start(&shell(&format!("{RUNAWAY}; read line; exit 7"))).await;
    let runaway = process(&mut running).await;
    assert!(!runaway.has_ended());

    let ended = finish(running).await.ended;

    assert_eq!((ended.how, ended.why), (How::Exited(7), Why::Itself));
    assert!(runaway.has_ended());
}

#[tokio::test]
async fn a_background_process_that_keeps_the_pipes_does_not_keep_the_command() {
    let mut running = start(&shell("sleep 1000 & echo $!")).await;
    let sleeper = process(&mut running).await;

    let ended = finish(running).await.ended;

    assert_eq!((ended.how, ended.why), (How::Exited(0), Why::Itself));
    assert!(sleeper.has_ended());
}

#[tokio::test]
async fn a_limit_ends_what_ignores_signals_and_runs_away() {
    let limits = Limits { time: Duration::from_secs(1), ..WIDE };
    let line = format!("trap '' TERM HUP INT QUIT; {RUNAWAY}; sleep 1000; sleep 1000");

    let finished = run_with(&shell(&line), b"", limits).await;

    assert_eq!((finished.ended.how, finished.ended.why), (How::Signal(9), Why::TimeLimit));
    let runaway = finished.text().trim();
    let is_there = std::path::Path::new(&format!("/proc/{runaway}")).exists();
    assert!(runaway.parse::<u32>().is_ok() && !is_there, "{runaway:?}");
}

#[tokio::test]
async fn who_drops_a_command_ends_it() {
    let mut running = start(&shell(&format!("{RUNAWAY}; exec sleep 1000"))).await;
    let (command, runaway) = (Process::of(running.id()), process(&mut running).await);

    drop(running);

    command.assert_ends();
    runaway.assert_ends();
}

#[tokio::test]
async fn a_storm_of_forks_is_ended() {
    let mark = format!("storm-{}", std::process::id());
    // Twenty that start others without end, and one that runs away from its number again and again.
    let line = format!(
        ": {mark}; hop() {{ hop & exit; }}; (hop) & i=0; while [ $i -lt 20 ]; do \
         (setsid sh -c ': {mark}; while :; do (sleep 0.01; :) & sleep 0.01; done' &) ; i=$((i+1)); done; \
         echo $$; exec sleep 1000"
    );
    let mut running = start(&shell(&line)).await;
    process(&mut running).await;
    assert!(processes_with(&mark).len() > 10);

    running.end(Why::Cancelled);

    assert_eq!(finish(running).await.ended.how, How::Signal(9));
    assert!(processes_with(&mark).is_empty());
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_nothing() {
    let mut server = Command::new(std::env::current_exe().unwrap());
    server.args(["--exact", "tree::a_server_to_be_killed", "--nocapture"]).env(SERVER, "1");
    let mut server = server.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let mut told = lines.map_while(Result::ok).filter_map(|line| line.parse().ok().map(Process::of));
    let (command, runaway) = (told.next().unwrap(), told.next().unwrap());

    server.kill().unwrap();
    server.wait().unwrap();

    command.assert_ends();
    runaway.assert_ends();
}

/// Not a test by itself: the server of the test above.
#[tokio::test]
async fn a_server_to_be_killed() {
    if std::env::var_os(SERVER).is_none() {
        return;
    }
    let mut running = start(&shell(&format!("{RUNAWAY}; exec sleep 1000"))).await;
    println!("\n{}", running.id());
    println!("{}", process(&mut running).await.id);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_signal_to_the_supervisor_that_can_be_ignored_is_ignored() {
    let mut running =
        start(&shell("for s in TERM HUP INT QUIT USR1 PIPE ALRM CHLD; do kill -$s $PPID; done; exit 6"))
            .await;
    drop(running.take_input());

    assert_eq!(finish(running).await.ended.how, How::Exited(6));
}

#[tokio::test]
async fn a_command_whose_supervisor_is_killed_ends_and_is_lost() {
    let mut running = start(&shell("echo $$; read line; kill -KILL $PPID; exec sleep 1000")).await;
    let command = process(&mut running).await;
    drop(running.take_input());

    let lost = loop {
        match running.next(&mut [0; 99]).await {
            Ok(_) => {}
            Err(lost) => break lost,
        }
    };

    assert!(matches!(lost, Lost::Gone), "{lost}");
    command.assert_ends();
}

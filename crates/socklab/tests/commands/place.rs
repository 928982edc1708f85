//! What a command finds around it.

use std::fs;

use endpoints::messages::exec::{ExecConfig, Executor, Running};
use rustix::process::geteuid;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe::Sender;

use crate::support::{Process, WIDE, config, finish, line, process, program, run, shell, start};

#[tokio::test]
async fn the_environment_is_five_variables_and_nothing_of_the_server() {
    let finished = run(&program(&["env"])).await;

    let (name, home) = account();
    let expected = format!(
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOME={home}\nUSER={name}\nLOGNAME={name}\nLANG=C.UTF-8\n"
    );
    assert_eq!(finished.text(), expected);
}

#[tokio::test]
async fn it_has_three_descriptors() {
    let (running, command, input) = cat().await;

    let descriptors = fs::read_dir(format!("/proc/{}/fd", command.id)).unwrap();
    let mut numbers: Vec<_> = descriptors.map(|it| it.unwrap().file_name()).collect();
    numbers.sort();

    assert_eq!(numbers, ["0", "1", "2"]);
    drop(input);
    finish(running).await;
}

#[tokio::test]
async fn its_signals_are_as_a_program_expects_them() {
    let (running, command, input) = cat().await;

    for mask in ["SigBlk", "SigIgn", "SigCgt"] {
        assert_eq!(command.status(mask), "0000000000000000", "{mask}");
    }
    drop(input);
    finish(running).await;
}

#[tokio::test]
async fn it_leads_a_session_without_a_terminal_and_gains_no_rights() {
    let (running, command, input) = cat().await;

    let id = command.id.to_string();
    let [group, session, terminal] = [5, 6, 7].map(|number| command.stat(number));
    assert_eq!((group, session, terminal), (id.clone(), id, "0".to_owned()));
    assert_eq!(command.status("NoNewPrivs"), "1");
    assert_eq!(command.status("CapAmb"), "0000000000000000");
    drop(input);
    finish(running).await;
}

#[tokio::test]
async fn files_that_it_makes_are_its_users_alone() {
    assert_eq!(run(&shell("umask")).await.text(), "0077\n");
}

#[tokio::test]
async fn its_limit_of_open_files_is_that_of_linux() {
    let hard: u64 = run(&shell("ulimit -Hn")).await.text().trim().parse().unwrap_or(u64::MAX);

    assert_eq!(run(&shell("ulimit -Sn")).await.text(), format!("{}\n", hard.min(1024)));
}

#[tokio::test]
async fn it_starts_at_home_or_where_the_server_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let there = Executor::new(ExecConfig { directory: Some(folder.clone()), ..config() });

    let mut running = there.start(&program(&["pwd"]), WIDE).await.unwrap();

    assert_eq!(line(&mut running).await, folder.to_str().unwrap());
    let (_, home) = account();
    let home = fs::read_dir(&home).map_or("/".to_owned(), |_| home);
    assert_eq!(run(&program(&["pwd"])).await.text(), format!("{home}\n"));
}

#[tokio::test]
async fn it_is_not_a_child_of_the_server() {
    let (running, command, input) = cat().await;

    let supervisor: u32 = command.stat(4).parse().unwrap();

    assert_ne!(supervisor, std::process::id());
    assert_eq!(Process::of(supervisor).stat(4), std::process::id().to_string());
    drop(input);
    finish(running).await;
}

/// A command that has come so far as to answer, and waits for the end of its input while it is looked at.
async fn cat() -> (Running, Process, Sender) {
    let mut running = start(&shell("echo $$; exec cat")).await;
    let command = process(&mut running).await;
    let mut input = running.take_input().unwrap();
    input.write_all(b"here\n").await.unwrap();
    assert_eq!(line(&mut running).await, "here");
    (running, command, input)
}

/// The name and the home of this user, as `getent` says.
fn account() -> (String, String) {
    let user = geteuid().as_raw().to_string();
    let output = std::process::Command::new("getent").args(["passwd", &user]).output().unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    let fields: Vec<_> = line.trim().split(':').collect();
    (fields[0].to_owned(), fields[5].to_owned())
}

//! Stages that hang or die: the check ends in time, says that it could not tell, and leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::Value;

/// A server that has taken its port, has a child, and waits.
const SERVER: &str = "
import os, socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 3500))
os.fork()
time.sleep(1000)
";

#[test]
fn a_stage_that_dies_is_an_error_of_ours_and_nothing_is_left_of_it() {
    let said = after("KILL");

    assert_eq!(said, ["error the stage ended early"; 1]);
}

#[test]
fn a_stage_that_hangs_is_ended_with_all_that_it_made() {
    let said = after("STOP");

    assert_eq!(said, ["error the stage hangs"; 1]);
}

/// Sends a signal to the first stage of a check, and tells what the check says of what ran on it.
fn after(signal: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("server.py"), SERVER).unwrap();
    let check = Command::new(env!("CARGO_BIN_EXE_socklab"))
        .args(["check", "1.3", "--format", "json", "--", "python3", "server.py"])
        .current_dir(directory.path())
        .env("SOCKLAB_LANG", "en")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (stage, guest) = stage_with_guest(&check);
    let sent = Command::new("kill").args([format!("-{signal}"), stage.to_string()]).status().unwrap();
    assert!(sent.success());

    let done = check.wait_with_output().unwrap();

    assert_eq!(done.status.code(), Some(3));
    assert!(!Path::new(&format!("/proc/{stage}")).exists());
    // The kernel ends it, and whoever adopts it may take a moment to notice.
    while is_server(guest) {
        thread::yield_now();
    }
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap().iter();
    let errors = checks.filter(|check| check["state"] == "error");
    errors.map(said).collect()
}

fn said(check: &Value) -> String {
    let why = check["why"]["broken"].as_str().unwrap();
    format!("error {}", why.rsplit_once(": ").unwrap().1)
}

/// Waits until the server runs on a stage of the check; tells the processes of both.
fn stage_with_guest(check: &Child) -> (u32, u32) {
    loop {
        for stage in children(check.id()) {
            let all = descendants(stage);
            if let Some(guest) = all.into_iter().find(|pid| is_server(*pid)) {
                return (stage, guest);
            }
        }
        thread::yield_now();
    }
}

/// Whether a process is the server; it sees its directory under a name of its own.
fn is_server(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"python3\0server.py"))
}

fn descendants(pid: u32) -> Vec<u32> {
    children(pid).into_iter().flat_map(|child| [vec![child], descendants(child)].concat()).collect()
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let of = |thread: std::io::Result<fs::DirEntry>| {
        let children = fs::read_to_string(thread.ok()?.path().join("children")).ok()?;
        Some(children.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<u32>>())
    };
    threads.filter_map(of).flatten().collect()
}

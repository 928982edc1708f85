//! A server that is killed in the middle.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use endpoints::messages::inbox::{Begin, Inbox, Quotas};

use crate::support::{PARTIALS, Sent, hash, names, pattern};

/// Names the inbox for the run of this test that is killed.
const INBOX: &str = "SOCKLAB_TEST_KILLED_INBOX";

/// What the one that is killed says when it is in the middle.
const IN_THE_MIDDLE: &str = "in the middle";

#[test]
fn a_server_that_is_killed_leaves_whole_files_and_parts_that_go_on() {
    if let Some(inbox) = env::var_os(INBOX) {
        return write_until_killed(Path::new(&inbox));
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox");
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::a_server_that_is_killed_leaves_whole_files_and_parts_that_go_on",
            "--nocapture",
        ])
        .env(INBOX, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let seen = lines.into_iter().find(|line| line.ends_with(IN_THE_MIDDLE));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(seen.is_some());

    assert_eq!(names(&path), [PARTIALS, "whole"]);
    assert_eq!(fs::read(path.join("whole")).unwrap(), pattern(1, 1000));
    let inbox = Inbox::open(&path, Quotas::default()).unwrap();
    let content = pattern(2, 1 << 20);
    let Ok(Begin::Have { offset, kept }) = Sent::new("part", &content).begin(&inbox) else {
        panic!("a part is there")
    };
    assert!((60_000..content.len() as u64).contains(&offset), "{offset}");
    let have = usize::try_from(offset).unwrap();
    let (offset_agreed, mut incoming) = kept.resume_from(offset, hash(&content[..have])).unwrap();
    assert_eq!(offset_agreed, offset);
    incoming.write(&content[have..]).unwrap();
    incoming.finish(hash(&content)).unwrap();
    assert_eq!(fs::read(path.join("part")).unwrap(), content);
}

/// Stores a file, begins another and goes on with it byte by byte, saying so, as long as it lives.
fn write_until_killed(path: &Path) {
    let inbox = Inbox::open(path, Quotas::default()).unwrap();
    Sent::new("whole", &pattern(1, 1000)).send(&inbox).unwrap();
    let content = pattern(2, 1 << 20);
    let sent = Sent::new("part", &content);
    let mut incoming = sent.go_on(&inbox).unwrap();
    sent.write(&mut incoming, 60_000).unwrap();
    io::stdout().write_all(format!("\n{IN_THE_MIDDLE}\n").as_bytes()).unwrap();
    for byte in &content[60_000..content.len() - 1] {
        incoming.write(&[*byte]).unwrap();
    }
    loop {
        std::thread::park();
    }
}

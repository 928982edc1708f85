//! What is started, and what is not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use endpoints::messages::exec::{ExecConfig, Executor, Lost, StartError};
use wire::errno;
use wire::message::{How, Why};

use crate::support::{WIDE, config, finish, program, run, shell, try_start};

#[tokio::test]
async fn what_cannot_be_executed_is_not_started_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, mode| {
        let path = folder.path().join(name);
        fs::write(&path, "echo hi\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let missing = folder.path().join("missing").to_str().unwrap().to_owned();
    let in_a_file = format!("{}/x", file("file", 0o644));
    for (name, expected) in [
        ("no-such-command", errno::ENOENT),
        (&missing, errno::ENOENT),
        (&in_a_file, errno::ENOENT),
        (&file("plain", 0o644), errno::EACCES),
        (folder.path().to_str().unwrap(), errno::EACCES),
        (&file("no-program", 0o755), errno::ENOEXEC),
    ] {
        let error = try_start(&program(&[name])).await.unwrap_err();

        assert!(matches!(error, StartError::NotStarted(errno) if errno.0 == expected), "{name}: {error}");
    }
}

#[tokio::test]
async fn an_exit_with_127_is_no_missing_command() {
    let finished = run(&shell("no-such-command")).await;

    assert_eq!(finished.ended.how, How::Exited(127));
    assert!(!finished.err.is_empty());
}

#[tokio::test]
async fn no_shell_reads_the_arguments() {
    let finished = run(&program(&["printf", "%s|", "a b", "$HOME", "*", ";", ""])).await;

    assert_eq!(finished.text(), "a b|$HOME|*|;||");
}

#[tokio::test]
async fn a_line_for_the_shell_may_begin_with_a_dash() {
    let finished = run(&shell("-x 2>/dev/null; echo $0 $#")).await;

    assert_eq!(finished.text(), "sh 0\n");
}

#[tokio::test]
async fn a_script_runs_by_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\necho \"$1\"\n").unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();

    let finished = run(&program(&[script.to_str().unwrap(), "one"])).await;

    assert_eq!(finished.text(), "one\n");
}

#[tokio::test]
async fn one_command_more_than_may_run_at_once_is_refused() {
    let executor = Executor::new(ExecConfig { commands: 1, ..config() });
    let first = executor.start(&program(&["cat"]), WIDE).await.unwrap();

    let second = executor.clone().start(&program(&["true"]), WIDE).await;
    assert!(matches!(second, Err(StartError::Busy)), "{second:?}");

    assert_eq!(finish(first).await.ended.why, Why::Itself);
    while matches!(executor.start(&program(&["true"]), WIDE).await, Err(StartError::Busy)) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_command_that_is_too_long_is_refused() {
    let error = try_start(&program(&["echo", &"x".repeat(131_072)])).await.unwrap_err();

    assert!(matches!(error, StartError::TooLong), "{error}");
}

#[tokio::test]
async fn a_directory_that_cannot_be_entered_is_told_as_such() {
    let executor = Executor::new(ExecConfig { directory: Some("/no/such".into()), ..config() });

    let error = executor.start(&program(&["true"]), WIDE).await.unwrap_err();

    assert_eq!(error.to_string(), "chdir: ENOENT");
}

#[tokio::test]
async fn a_supervisor_that_is_none_is_told_as_such() {
    let missing = Executor::new(ExecConfig::new("/no/such", &[]));
    let error = missing.start(&program(&["true"]), WIDE).await.unwrap_err();
    assert_eq!(error.to_string(), "execve: ENOENT");

    assert!(Path::new("/bin/false").exists());
    let wrong = Executor::new(ExecConfig::new("/bin/false", &[]));
    let error = wrong.start(&program(&["true"]), WIDE).await.unwrap_err();
    assert!(
        matches!(error, StartError::Lost(Lost::Gone) | StartError::System { call: "sendmsg", .. }),
        "{error}"
    );
}

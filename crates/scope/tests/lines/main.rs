//! The hook of Python programs, with the Python that is here.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scope::source::lines::Hook;

/// How the tests run Python: `SOCKLAB_PYTHON` names another one.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("SOCKLAB_PYTHON").unwrap_or_else(|| "python3".into());
    let answer = Command::new(&python).args(["-c", "import sys; print(sys.version_info >= (3, 8))"]).output();
    if answer.is_ok_and(|answer| answer.stdout == b"True\n") {
        return Some(python.into());
    }
    let _ = writeln!(io::stderr(), "SKIP: no python3, 3.8 or later");
    None
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lines/programs").join(name)
}

/// Runs Python with these arguments, with a hook or without.
fn run(python: &Path, hook: Option<&Hook>, path: Option<&OsStr>, arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(python);
    command.args(arguments).env_remove("PYTHONPATH").env("PYTHONHASHSEED", "0");
    if let Some(path) = path {
        command.env("PYTHONPATH", path);
    }
    if let Some(hook) = hook {
        let (name, value) = hook.environment(path);
        command.env(name, value);
    }
    command.output().expect("python runs")
}

/// Asserts that a run is the same with the hook as without, and returns it.
fn assert_same(path: Option<&OsStr>, arguments: &[&OsStr]) -> Option<Output> {
    let python = python()?;
    let hook = Hook::write().expect("a directory");
    let without = run(&python, None, path, arguments);
    let with = run(&python, Some(&hook), path, arguments);
    let text = |output: &Output| {
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        format!("{}\n{out}\n{err}", output.status)
    };
    assert_eq!(text(&with), text(&without));
    Some(with)
}

/// What a program prints with the hook, if there is Python.
fn printed(name: &str) -> Option<String> {
    let hook = Hook::write().expect("a directory");
    let output = run(&python()?, Some(&hook), None, &[program(name).as_os_str()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_line_that_goes_into_the_kernel_is_told() {
    let Some(printed) = printed("places.py") else { return };

    let functions = "['client', 'datagrams', 'do_GET', 'streams', 'web']";
    assert_eq!(printed, format!("missing []\nfunctions {functions}\n"));
}

#[test]
fn a_slot_holds_a_place_only_as_long_as_the_call_lasts() {
    let Some(printed) = printed("slot.py") else { return };

    assert_eq!(printed, "[0, 0, 0]\n");
}

#[test]
fn a_program_sees_of_the_hook_only_its_environment() {
    let Some(output) = assert_same(None, &[program("ordinary.py").as_os_str(), OsStr::new("argument")])
    else {
        return;
    };

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn exceptions_and_exit_codes_are_the_programs_own() {
    let Some(output) = assert_same(None, &[program("refused.py").as_os_str()]) else { return };
    assert_eq!(output.status.code(), Some(1));

    let exits = ["-c", "raise SystemExit(3)"].map(OsStr::new);
    assert_eq!(assert_same(None, &exits).and_then(|output| output.status.code()), Some(3));
}

#[test]
fn a_python_that_ignores_its_environment_runs_as_ever() {
    for flag in ["-I", "-E", "-s", "-O"] {
        assert_same(None, &[flag, "-c", "import sys, socket; print(sys.flags, sys.path)"].map(OsStr::new));
    }
    // Without `site` nobody takes the directory of the hook out of the path again.
    assert_same(None, &["-S", "-c", "import sys, socket; print(sys.flags)"].map(OsStr::new));
}

#[test]
fn the_hook_that_was_there_runs_too() {
    let others = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| fs::write(others.path().join(name), text).expect("a file");
    let path = Some(others.path().as_os_str());
    let ask =
        ["-c", "import sitecustomize; print(sitecustomize.__file__, sitecustomize.mine)"].map(OsStr::new);

    write("sitecustomize.py", "import sys\nprint('hello from', __name__, sys.path)\nmine = 1\n");
    write("usercustomize.py", "print('hello from', __name__)\n");
    assert_same(path, &ask);

    write("sitecustomize.py", "raise ValueError('it is broken')\n");
    let Some(broken) = assert_same(path, &["-c", "print(1)"].map(OsStr::new)) else { return };
    assert!(String::from_utf8_lossy(&broken.stderr).contains("it is broken"));
}

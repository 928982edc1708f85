//! The Python programs beside this suite.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::program::{Finished, Program};
use super::tool::tool;

/// A Python server that listens.
pub(crate) struct PythonServer {
    pub(crate) program: Program,
    pub(crate) port: u16,
}

/// The command that runs one of the programs, if this machine has Python.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Option<Command> {
    let python = interpreter()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/programs").join(program);
    let mut command = Command::new(python);
    // Alone: no user's packages, no variables, and output without delay.
    command.args(["-I", "-S", "-u"]).arg(path).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command)
}

/// The command that runs one of the programs that need a package, if this machine has both.
pub(crate) fn command_with_packages(program: &str, arguments: &[&str], package: &str) -> Option<Command> {
    let python = interpreter()?;
    let import = format!("import {package}");
    let has_package =
        Command::new(python).args(["-I", "-c", &import]).stderr(Stdio::null()).status().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/programs").join(program);
    let mut command = Command::new(python);
    // Without the compiled modules that would be left among the sources.
    command.args(["-I", "-B", "-u"]).arg(path).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    has_package.success().then_some(command)
}

/// Runs a client to its end.
pub(crate) fn run(program: &str, host: &str, port: u16, arguments: &[&str]) -> Option<Finished> {
    let port = port.to_string();
    let mut command = command(program, &[&[host, &port], arguments].concat())?;
    Some(Program::start(&mut command).finish())
}

/// Starts a server on a port that the kernel chooses.
pub(crate) fn serve(program: &str, host: &str, arguments: &[&str]) -> Option<PythonServer> {
    serve_at(program, host, 0, arguments)
}

/// Starts a server, and waits until it listens.
pub(crate) fn serve_at(program: &str, host: &str, port: u16, arguments: &[&str]) -> Option<PythonServer> {
    let port = port.to_string();
    let mut command = command(program, &[&[host, &port], arguments].concat())?;
    let program = Program::start(&mut command);
    let line = program.stdout.wait_for_line("listening ");
    let port = line["listening ".len()..].parse().unwrap();
    Some(PythonServer { program, port })
}

/// The interpreter itself: the one on the path may be a script that looks for it anew each time.
fn interpreter() -> Option<&'static Path> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    let mut python = tool("python3")?;
    let ask = move || {
        let output = python.args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().into()
    };
    Some(FOUND.get_or_init(ask))
}

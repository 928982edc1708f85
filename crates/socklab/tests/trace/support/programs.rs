//! The programs, written where they can be run by any user.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Lab;
use super::tool::{skip, tool};

macro_rules! programs {
    ($($path:literal)*) => { [$(($path, include_str!(concat!("../", $path)))),*] };
}

const PROGRAMS: [(&str, &str); 21] = programs![
    "../interop/programs/practical_tcp_client.py"
    "../interop/programs/practical_tcp_server.py"
    "../interop/programs/practical_udp_client.py"
    "../interop/programs/practical_udp_server.py"
    "programs/EchoClient.java"
    "programs/EchoServer.java"
    "programs/by_line.py"
    "programs/echo_client.js"
    "programs/echo_server.js"
    "programs/exchanges.py"
    "programs/flood.c"
    "programs/other_machine.c"
    "programs/privileged.c"
    "programs/ring.c"
    "programs/sleepy_client.py"
    "programs/sleepy_server.py"
    "programs/thousand.c"
    "programs/threads.c"
    "programs/turns_client.py"
    "programs/turns_server.py"
    "programs/waits.py"
];

/// Writes all of them into a directory.
pub(super) fn write(directory: &Path) {
    for (path, text) in PROGRAMS {
        let name = path.rsplit('/').next().unwrap();
        fs::write(directory.join(name), text).unwrap();
    }
}

/// The interpreter of Python, if there is one: the system's, since another one may be a script that starts it.
pub(crate) fn python() -> Option<&'static str> {
    if Path::new("/usr/bin/python3").exists() {
        return Some("/usr/bin/python3");
    }
    tool("python3").map(|_| "python3")
}

impl Lab {
    /// The command line of a Python program.
    pub(crate) fn python(&self, name: &str, arguments: &[&str]) -> Option<Vec<String>> {
        Some(self.interpreted(python()?, name, arguments))
    }

    /// The command line of a program for an interpreter.
    pub(crate) fn interpreted(&self, interpreter: &str, name: &str, arguments: &[&str]) -> Vec<String> {
        let words = [interpreter.to_owned(), self.argument(name)];
        words.into_iter().chain(arguments.iter().map(|word| (*word).to_owned())).collect()
    }

    /// The command line of a program in C, compiled without shared libraries.
    pub(crate) fn compiled(&self, name: &str) -> Option<Vec<String>> {
        let mut cc = tool("cc")?;
        let (source, program) = (self.path(&format!("{name}.c")), self.argument(name));
        cc.args(["-O1", "-static", "-pthread", "-o", &program]).arg(source).stderr(Stdio::piped());
        let made = cc.output().unwrap();
        if !made.status.success() {
            skip(name, &String::from_utf8_lossy(&made.stderr));
            return None;
        }
        Some(vec![program])
    }
}

/// One command of a command line.
pub(crate) fn command(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

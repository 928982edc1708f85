//! A message server as a process, with keys in a directory that ends with it, and clients that run there.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdout, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

use crate::support::{Run, assert_no_english, command};

/// A directory with keys and a list of them.
pub(crate) struct KeyDir(TempDir);

/// A server in such a directory, on a port that the kernel chose.
pub(crate) struct MessageServer {
    directory: KeyDir,
    lang: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
    said: String,
    port: String,
}

impl KeyDir {
    /// Makes keys, each by the arguments of `socklab key new`.
    pub(crate) fn with(keys: &[&[&str]]) -> Self {
        let directory = Self(tempdir().unwrap());
        for key in keys {
            let run = directory.run("en", &[&["key", "new"], *key].concat());
            assert_eq!(run.code, Some(0), "{}", run.stderr);
        }
        directory
    }

    /// Starts a server for these keys and for sessions without one, and waits until it is ready.
    pub(crate) fn serve(self, lang: &str) -> MessageServer {
        let arguments = ["serve", "--keys", "socklab.keys", "--plain", "--port", "0", "-4"];
        let mut command = command(&arguments);
        command.env("SOCKLAB_LANG", lang).env("PATH", "/usr/bin:/bin").current_dir(self.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.lines().any(|line| line.starts_with("Ready") || line.starts_with("Listo")) {
            assert!(stdout.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let port = said.split_once("127.0.0.1:").unwrap().1.split(' ').next().unwrap().to_owned();
        MessageServer { directory: self, lang: lang.to_owned(), child, stdout, said, port }
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        self.write_with_mode(name, content, 0o600);
    }

    /// Writes a file.
    pub(crate) fn write_with_mode(&self, name: &str, content: &[u8], mode: u32) {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Runs the binary there.
    pub(crate) fn run(&self, lang: &str, arguments: &[&str]) -> Run {
        let mut command = command(arguments);
        let output = command.env("SOCKLAB_LANG", lang).current_dir(self.0.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl MessageServer {
    /// Runs a verb of a client against it: the target goes before the flags.
    pub(crate) fn run(&self, lang: &str, arguments: &[&str]) -> Run {
        let target = format!("127.0.0.1:{}", self.port);
        let run = self.directory.run(lang, &[&[arguments[0], &target], &arguments[1..]].concat());
        let without_port = |text: String| text.replace(&self.port, "[PORT]");
        Run { code: run.code, stdout: without_port(run.stdout), stderr: without_port(run.stderr) }
    }

    /// The directory that it works in.
    pub(crate) fn directory(&self) -> &KeyDir {
        &self.directory
    }

    /// Stops it if nobody has, and returns what it said, without what differs each time.
    pub(crate) fn end(mut self) -> String {
        let _ = kill_process(Pid::from_child(&self.child), Signal::INT);
        self.stdout.read_to_string(&mut self.said).unwrap();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        self.child.wait().unwrap();
        let said = without_numbers(&(self.said + &stderr).replace(&self.port, "[PORT]"));
        // How many sessions are open by then depends on how fast the last clients went, and the warning to root on who runs this.
        let depends = |line: &str| {
            ["stopping:", "terminando:"].iter().any(|start| line.starts_with(start)) || line.contains("root")
        };
        let said: String = said.split_inclusive('\n').filter(|line| !depends(line)).collect();
        if self.lang == "es" {
            assert_no_english(&said);
        }
        said
    }
}

/// What a run said, and how it ended.
pub(crate) fn told(run: &Run) -> String {
    format!("{}{}exit {}\n", run.stdout, run.stderr, run.code.unwrap())
}

/// Takes the ports of clients and the numbers of processes away.
fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, number, after)) = next_number(rest) {
        shown += before;
        shown += number;
        rest = after;
    }
    shown + rest
}

/// The next number that differs each time: what is before it, what to write for it, and what follows.
fn next_number(text: &str) -> Option<(&str, &'static str, &str)> {
    let marks = [("127.0.0.1:", "[PORT]"), ("(pid ", "[PID]")];
    let found = marks.iter().filter_map(|(mark, name)| Some((text.find(mark)? + mark.len(), *name)));
    let (at, name) = found.min()?;
    let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        Some((&text[..at], "", &text[at..]))
    } else {
        Some((&text[..at], name, &text[at + digits..]))
    }
}

//! A directory with keys, a message server and its clients, all of whose output is searched for secrets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use super::program::{Finished, Program};
use super::socklab::{Server, command, events_in};

/// Where the server of a lab takes files to.
pub(crate) const INBOX: &str = "inbox";

/// A directory in which programs run, which ends with the test.
pub(crate) struct Lab {
    directory: TempDir,
    /// Each secret in every form in which it could be printed.
    secrets: Mutex<Vec<String>>,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), secrets: Mutex::default() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, and returns its path as an argument.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.path(name), content).unwrap();
        self.argument(name)
    }

    /// A path in this directory as an argument.
    pub(crate) fn argument(&self, name: &str) -> String {
        self.path(name).into_os_string().into_string().unwrap()
    }

    /// Makes a key with all grants; the server that is started next knows it.
    pub(crate) fn key(&self, name: &str) -> String {
        self.key_with(name, &["--may", "text,file,chat,stop,exec", "--commands", "*", "--shell"])
    }

    /// Makes a key, and returns the path of the client's file.
    pub(crate) fn key_with(&self, name: &str, arguments: &[&str]) -> String {
        self.run(&[&["key", "new", name], arguments].concat()).succeeded();
        self.watch_secret(&format!("{name}.key"));
        self.argument(&format!("{name}.key"))
    }

    /// Has the secret of a client's key file searched for in everything that is printed from now on.
    pub(crate) fn watch_secret(&self, file: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let base64 = text.split_whitespace().last().unwrap();
        self.secrets.lock().unwrap().extend(forms(base64));
    }

    /// The command of the binary, in this directory.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        // What the server runs is looked for there.
        command.current_dir(self.directory.path()).env("PATH", "/usr/bin:/bin");
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with_input(arguments, b"")
    }

    /// Runs the binary to its end, with something on its standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Finished {
        self.finish(Program::start_with_input(&mut self.command(arguments), input))
    }

    /// Starts the binary.
    pub(crate) fn start(&self, arguments: &[&str]) -> Program {
        Program::start(&mut self.command(arguments))
    }

    /// Starts a message server with the keys of this lab, over IPv4.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        let port: &[&str] = if arguments.contains(&"--port") { &[] } else { &["--port", "0"] };
        let keys: &[&str] =
            if self.path("socklab.keys").exists() { &["--keys", "socklab.keys"] } else { &[] };
        let program = self.start(&[&["serve", "--json", "-4"], port, keys, arguments].concat());
        let server = Server { program, port: 0 };
        server.wait_for_event("serving");
        let listening = server.wait_for("listening tcp", |event| event["transport"] == "tcp");
        let port = listening["local"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        Server { port, ..server }
    }

    /// Starts a message server that knows a key with all grants, which is returned, and serves sessions without one.
    pub(crate) fn serve_with_key(&self) -> (Server, String) {
        let key = self.key("ana");
        (self.serve(&["--plain"]), key)
    }

    /// Waits until a program ends; what it printed has no secret.
    pub(crate) fn finish(&self, program: Program) -> Finished {
        let finished = program.finish();
        self.assert_keeps_secrets(&finished.stdout);
        self.assert_keeps_secrets(finished.stderr.as_bytes());
        finished
    }

    /// Stops a server in order, and returns all that it told.
    pub(crate) fn stop(&self, server: Server) -> Vec<Value> {
        server.program.signal(Signal::TERM);
        self.ended(server)
    }

    /// Waits until a server that somebody stopped has ended, and returns all that it told.
    pub(crate) fn ended(&self, server: Server) -> Vec<Value> {
        let finished = self.finish(server.program);
        let events = events_in(&finished.stdout);
        assert_eq!(events.last().unwrap()["event"], "summary", "{finished:?}");
        events
    }

    /// What is in the inbox, by name, without what is not there to be seen.
    pub(crate) fn inbox(&self) -> BTreeMap<String, Vec<u8>> {
        let read = |name: String| (name.clone(), fs::read(self.path(INBOX).join(&name)).unwrap());
        visible(&self.path(INBOX)).into_iter().map(read).collect()
    }

    fn assert_keeps_secrets(&self, printed: &[u8]) {
        let printed = String::from_utf8_lossy(printed).to_lowercase();
        for secret in self.secrets.lock().unwrap().iter() {
            assert!(!printed.contains(&secret.to_lowercase()), "a secret was printed: {printed}");
        }
    }
}

/// The names in a directory that `ls` shows.
pub(crate) fn visible(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with('.')).collect()
}

/// A secret as it is written in key files, in the other alphabet of base64, and in hexadecimal.
fn forms(base64: &str) -> [String; 3] {
    let bytes = decode(base64);
    assert_eq!(bytes.len(), 32);
    let other = base64.replace('-', "+").replace('_', "/");
    [base64.to_owned(), other, wire::message::Hash(bytes.try_into().unwrap()).to_string()]
}

/// Base64url without padding (RFC 4648, section 5).
fn decode(base64: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |digit| u32::try_from(ALPHABET.find(digit).unwrap()).unwrap();
    let decode_group = |group: &[char]| {
        let bits = group.iter().fold(0, |bits, &next| bits << 6 | digit(next)) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    };
    base64.chars().collect::<Vec<_>>().chunks(4).flat_map(decode_group).collect()
}

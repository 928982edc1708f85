//! Who watches, and how each is started.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use serde::{Serialize, Serializer};

use crate::peer::Program;

/// Stands for the file of a watcher's output in the arguments of [`WATCHERS`].
const OUT: &str = "OUT";

/// Somebody who watches a program, or nobody.
pub(super) struct Watcher {
    /// Name in tables and for `--server`.
    pub(super) name: &'static str,
    program: Option<Program>,
    arguments: &'static str,
    pub(super) kind: Kind,
}

/// What a watcher is told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not of this project.
    Other,
    /// Of this project, and leaves no archive.
    Shows,
    /// Likewise, and leaves one in the file of its output.
    Records,
}

/// The one that the first ratios refer to, and the one that the second do.
pub(super) const STRACE: &str = "strace";
pub(super) const STRACE_YY: &str = "strace --seccomp-bpf -yy";

/// Every watcher, in the order of the tables. Arguments are separated by blanks; the watched command follows them.
pub(super) const WATCHERS: [Watcher; 6] = [
    Watcher { name: "nobody", program: None, arguments: "", kind: Kind::Other },
    Watcher {
        name: STRACE,
        program: Some(Program::Installed("strace")),
        arguments: "-f -e trace=network -o OUT",
        kind: Kind::Other,
    },
    Watcher {
        name: STRACE_YY,
        program: Some(Program::Installed("strace")),
        arguments: "--seccomp-bpf -f -yy -e trace=network,desc -o OUT",
        kind: Kind::Other,
    },
    Watcher {
        name: "socklab trace -o",
        program: Some(Program::Socklab),
        arguments: "--quiet trace -o OUT --",
        kind: Kind::Records,
    },
    Watcher {
        name: "socklab trace -o --no-lines",
        program: Some(Program::Socklab),
        arguments: "--quiet trace --no-lines -o OUT --",
        kind: Kind::Records,
    },
    Watcher {
        name: "socklab trace, text",
        program: Some(Program::Socklab),
        arguments: "trace --",
        kind: Kind::Shows,
    },
];

impl Watcher {
    /// Its name, as a part of a file's.
    pub(super) fn file_name(&self) -> String {
        self.name.replace([' ', ','], "-")
    }

    /// The command that has `watched` watched, and what is seen written to `out`.
    ///
    /// # Errors
    /// A sentence for the table: the watcher is not installed or not built.
    pub(super) fn command(&self, watched: &[&str], socklab: &Path, out: &str) -> Result<Command, String> {
        let mut command = match &self.program {
            None => Command::new(watched[0]),
            Some(program) => {
                let mut command = Command::new(program.locate(socklab)?);
                command.args(self.arguments.split(' ').map(|argument| argument.replace(OUT, out)));
                command.arg(watched[0]);
                command
            }
        };
        command.args(&watched[1..]).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(command)
    }

    /// Whether it is bound to the CPU by whoever starts it; socklab binds what it watches by itself.
    pub(super) fn is_bound(&self) -> bool {
        self.kind == Kind::Other
    }
}

/// A watcher is written as its name.
impl Serialize for Watcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// The watchers called `names`, or all when there are none.
///
/// # Errors
/// When a name is unknown.
pub(super) fn select(names: &[String]) -> io::Result<Vec<&'static Watcher>> {
    let known: Vec<&str> = WATCHERS.iter().map(|watcher| watcher.name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let message = format!("nobody who watches is called {unknown:?}; there are {}", known.join(", "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let is_wanted = |watcher: &&Watcher| names.is_empty() || names.iter().any(|name| name == watcher.name);
    Ok(WATCHERS.iter().filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_watchers_can_be_selected() {
        assert_eq!(select(&[]).map(|all| all.len()).ok(), Some(WATCHERS.len()));
        assert_eq!(select(&[STRACE.into()]).map(|all| all[0].name).ok(), Some(STRACE));
        assert!(select(&["gdb".into()]).is_err());
    }

    #[test]
    fn the_watched_command_follows_the_watcher() {
        let command = WATCHERS[0].command(&["python3", "x.py"], Path::new("no/such"), "out").unwrap();
        assert_eq!(command.get_program(), "python3");

        let why = WATCHERS[3].command(&["python3"], Path::new("no/such"), "out").err();
        assert_eq!(why.as_deref(), Some("socklab is not built"));
    }
}

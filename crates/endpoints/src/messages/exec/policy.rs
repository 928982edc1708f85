//! What a key may run, decided before anything is started (`docs/protocol.md`, section 2).
//!
//! The list is a guard against mistakes and for single tasks: whoever may run a program that runs others (`sh`, `env`, `find`,
//! an editor) may run them all. A file that is listed by its path is the one that is there when it is started; whoever may
//! replace it says what runs.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use thiserror::Error;
use wire::key::{Commands, Named};

/// Where a command's name is looked up, and what it has as its `PATH`: the server's own does not count.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The shell that `EXEC` may ask for.
const SHELL: &str = "/bin/sh";

/// What may be started: nothing else makes one but [`allowed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The files to try in turn.
    candidates: Vec<CString>,
    /// The arguments, with the program's name first.
    arguments: Vec<CString>,
}

impl Invocation {
    /// The files to try in turn.
    pub(super) fn candidates(&self) -> &[CString] {
        &self.candidates
    }

    /// The arguments, with the program's name first.
    pub(super) fn arguments(&self) -> &[CString] {
        &self.arguments
    }
}

/// Why a command is not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// The key's list does not have it.
    #[error("the key may not run this command")]
    Command,
    /// The key may not use a shell.
    #[error("the key may not use a shell")]
    Shell,
    /// No arguments, an empty name, a zero byte, or for a shell not exactly one line: no request at all.
    #[error("the request is no command")]
    Malformed,
}

/// Decides whether a key with these commands may run this, and says which files are meant.
///
/// A name without `/` must be listed as such, and is looked up in [`PATH`] alone. One with `/` must be listed letter by letter
/// as an absolute path; where any program may be named, a relative one is taken from the directory of the command.
/// Of a shell's line there is one, and only the word `shell` allows it, however many programs may be named.
///
/// # Errors
/// See [`Denied`].
pub fn allowed(commands: &Commands, arguments: &[&[u8]], shell: bool) -> Result<Invocation, Denied> {
    if shell { shell_line(commands, arguments) } else { program(commands, arguments) }
}

fn shell_line(commands: &Commands, arguments: &[&[u8]]) -> Result<Invocation, Denied> {
    let [line] = arguments else { return Err(Denied::Malformed) };
    if !commands.shell {
        return Err(Denied::Shell);
    }
    // After `--` a line that begins with a dash is no option.
    let arguments = strings(&[b"sh", b"-c", b"--", line])?;
    Ok(Invocation { candidates: strings(&[SHELL.as_bytes()])?, arguments })
}

fn program(commands: &Commands, arguments: &[&[u8]]) -> Result<Invocation, Denied> {
    let name = *arguments.first().filter(|name| !name.is_empty()).ok_or(Denied::Malformed)?;
    let arguments = strings(arguments)?;
    let is_path = name.contains(&b'/');
    let is_any = commands.named == Named::Any;
    // Where a relative path would lead is not the list's to say.
    let is_fixed = !is_path || name.starts_with(b"/");
    if !commands.named.allows(name) || !(is_any || is_fixed) {
        return Err(Denied::Command);
    }
    let candidates = if is_path { strings(&[name])? } else { in_path(name)? };
    Ok(Invocation { candidates, arguments })
}

/// The files that a name may stand for.
fn in_path(name: &[u8]) -> Result<Vec<CString>, Denied> {
    let file = |folder| Path::new(folder).join(OsStr::from_bytes(name)).into_os_string();
    let files: Vec<_> = PATH.split(':').map(file).collect();
    let files: Vec<_> = files.iter().map(|file| file.as_bytes()).collect();
    strings(&files)
}

fn strings(bytes: &[&[u8]]) -> Result<Vec<CString>, Denied> {
    bytes.iter().map(|bytes| CString::new(*bytes).map_err(|_| Denied::Malformed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_name_is_looked_up_in_the_fixed_path_only() {
        let invocation = allowed(&list(&["date", "uptime"]), &[b"date", b"-u"], false).unwrap();

        let files: Vec<_> = invocation.candidates.iter().map(|file| file.to_str().unwrap()).collect();
        assert_eq!(
            files,
            [
                "/usr/local/sbin/date",
                "/usr/local/bin/date",
                "/usr/sbin/date",
                "/usr/bin/date",
                "/sbin/date",
                "/bin/date"
            ]
        );
        assert_eq!(invocation.arguments, [c"date".to_owned(), c"-u".to_owned()]);
    }

    #[test]
    fn a_listed_path_is_meant_letter_by_letter() {
        let commands = list(&["/usr/bin/date", "tools/x"]);

        let invocation = allowed(&commands, &[b"/usr/bin/date"], false).unwrap();
        assert_eq!(invocation.candidates, [c"/usr/bin/date".to_owned()]);
        for other in [
            &b"date"[..],
            b"/usr/bin/../bin/date",
            b"//usr/bin/date",
            b"/usr/bin/date/",
            b"/bin/date",
            b"tools/x",
        ] {
            assert_eq!(allowed(&commands, &[other], false), Err(Denied::Command), "{other:?}");
        }
    }

    #[test]
    fn a_listed_name_allows_no_path_that_ends_in_it() {
        for path in [&b"/tmp/date"[..], b"./date", b"../date", b"/usr/bin/date"] {
            assert_eq!(allowed(&list(&["date"]), &[path], false), Err(Denied::Command), "{path:?}");
        }
    }

    #[test]
    fn where_any_program_may_be_named_a_path_is_itself() {
        let any = Commands { named: Named::Any, shell: false };

        for path in [&b"./tool"[..], b"/opt/tool", b"\xff/tool"] {
            let invocation = allowed(&any, &[path], false).unwrap();
            assert_eq!(invocation.candidates, [CString::new(path).unwrap()]);
        }
        assert_eq!(allowed(&any, &[b"tool"], false).unwrap().candidates.len(), 6);
    }

    #[test]
    fn a_shell_needs_its_own_word() {
        let any = Commands { named: Named::Any, shell: false };
        let shell = Commands { named: Named::None, shell: true };

        assert_eq!(allowed(&any, &[b"echo hi"], true), Err(Denied::Shell));
        let invocation = allowed(&shell, &[b"-x; echo hi"], true).unwrap();
        assert_eq!(invocation.candidates, [c"/bin/sh".to_owned()]);
        assert_eq!(invocation.arguments.last(), Some(&c"-x; echo hi".to_owned()));
        assert_eq!(allowed(&shell, &[b"echo"], false), Err(Denied::Command));
    }

    #[test]
    fn what_is_no_command_is_malformed_whatever_the_key_may() {
        let all = Commands { named: Named::Any, shell: true };

        assert_eq!(allowed(&all, &[], false), Err(Denied::Malformed));
        assert_eq!(allowed(&all, &[b""], false), Err(Denied::Malformed));
        assert_eq!(allowed(&all, &[b"true", b"a\0b"], false), Err(Denied::Malformed));
        assert_eq!(allowed(&all, &[], true), Err(Denied::Malformed));
        assert_eq!(allowed(&all, &[b"echo", b"hi"], true), Err(Denied::Malformed));
        assert_eq!(allowed(&all, &[b"a\0b"], true), Err(Denied::Malformed));
    }

    fn list(names: &[&str]) -> Commands {
        let names = names.iter().map(ToString::to_string).collect();
        Commands { named: Named::List(names), shell: false }
    }
}

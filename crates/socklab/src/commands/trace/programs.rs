//! Which programs a command line names: the first by the flags, the others by what stands between them.
//!
//! Everything behind the first `--` is a program's own, but for the exact words `--as NAME --` and `--as NAME --after WHEN --`, which
//! begin the next one. What looks like them and is not is told, since a program would get it as arguments.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::value::{After, ValueError, program_name};

pub(super) use scope::session::PROGRAMS_MAX;

const AS: &str = "--as";
const AFTER: &str = "--after";
const END: &str = "--";

/// A program that is to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    /// What it is called.
    pub(super) name: String,
    /// When it starts; without it, at once.
    pub(super) after: Option<After>,
    /// The file and the arguments.
    pub(super) command: Vec<OsString>,
}

/// What is wrong with the programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake {
    /// Between two `--` there is no command.
    NoCommand {
        /// Of this program, if it has a name.
        name: Option<String>,
    },
    /// A flag's value is none.
    Value {
        /// Which flag.
        flag: &'static str,
        /// What was given.
        value: String,
        /// Why it is none.
        error: ValueError,
    },
    /// `--after WHEN --` without `--as NAME` before it.
    AfterWithoutAs,
    /// `--after WHEN` before `--as NAME`, or a value behind an equals sign.
    Order,
    /// The first program waits for the one before it.
    FirstWaits,
    /// Two have the same name.
    NameTwice(String),
    /// There are more than [`PROGRAMS_MAX`].
    TooMany,
}

/// Tells the programs of a command line apart: the flags of the first one, and all that stands behind the first `--`.
///
/// # Errors
///
/// The first [`Mistake`].
pub(super) fn programs(
    name: Option<&str>,
    after: Option<After>,
    words: &[OsString],
) -> Result<Vec<Program>, Mistake> {
    if matches!(after, Some(After::Listening | After::Ended)) {
        return Err(Mistake::FirstWaits);
    }
    let mut programs = Vec::new();
    let (mut name, mut after, mut from) = (name.map(str::to_owned), after, 0);
    for (at, word) in words.iter().enumerate() {
        if word != END {
            continue;
        }
        let Some(separator) = separator(&words[from..at])? else { continue };
        let command = &words[from..at - separator.words];
        programs.push(program(name.take(), after, command)?);
        (name, after, from) = (Some(separator.name), Some(separator.after), at + 1);
    }
    programs.push(program(name, after, &words[from..])?);
    check(&programs)?;
    Ok(programs)
}

/// What begins another program.
struct Separator {
    name: String,
    after: After,
    /// How many words it has, without its `--`.
    words: usize,
}

/// Reads the end of the words before a `--`; `None` if they are a program's own.
fn separator(before: &[OsString]) -> Result<Option<Separator>, Mistake> {
    let words: Vec<&str> = before.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    match words[..] {
        [.., AS, name, AFTER, after] => {
            let after = after.parse().map_err(|error| wrong(AFTER, after, error))?;
            Ok(Some(Separator { name: named(name)?, after, words: 4 }))
        }
        [.., AFTER, _, AS, _] => Err(Mistake::Order),
        [.., AS, name] => Ok(Some(Separator { name: named(name)?, after: After::Listening, words: 2 })),
        [.., AFTER, _] => Err(Mistake::AfterWithoutAs),
        [.., last] if [AS, AFTER].iter().any(|flag| is_joined(last, flag)) => Err(Mistake::Order),
        _ => Ok(None),
    }
}

/// Whether a word is a flag with its value behind an equals sign.
fn is_joined(word: &str, flag: &str) -> bool {
    word.strip_prefix(flag).is_some_and(|rest| rest.starts_with('='))
}

fn named(name: &str) -> Result<String, Mistake> {
    program_name(name).map_err(|error| wrong(AS, name, error))
}

fn wrong(flag: &'static str, value: &str, error: ValueError) -> Mistake {
    Mistake::Value { flag, value: value.to_owned(), error }
}

fn program(name: Option<String>, after: Option<After>, command: &[OsString]) -> Result<Program, Mistake> {
    let Some((file, arguments)) = command.split_first() else { return Err(Mistake::NoCommand { name }) };
    let name = name.unwrap_or_else(|| name_of(file, arguments));
    Ok(Program { name, after, command: command.to_vec() })
}

/// Programs that run others, whose file says more than they do.
const INTERPRETERS: [&str; 9] = ["python", "pypy", "node", "ruby", "perl", "bash", "sh", "java", "php"];

/// What a program without a name is called: as the script that an interpreter runs, else as its own file.
fn name_of(file: &OsStr, arguments: &[OsString]) -> String {
    let file = file_name(file);
    let is_version = |rest: &str| rest.chars().all(|char| char.is_ascii_digit() || char == '.');
    let is_interpreter = INTERPRETERS.iter().any(|it| file.strip_prefix(it).is_some_and(is_version));
    // Only the first argument: what follows a flag may be the flag's value, or a program of one line.
    let script = arguments.first().filter(|it| is_interpreter && !it.as_encoded_bytes().starts_with(b"-"));
    script.map_or(file, |script| file_name(script))
}

/// The name of a file without its directories.
fn file_name(path: &OsStr) -> String {
    Path::new(path).file_name().unwrap_or(path).to_string_lossy().into_owned()
}

fn check(programs: &[Program]) -> Result<(), Mistake> {
    if programs.len() > PROGRAMS_MAX {
        return Err(Mistake::TooMany);
    }
    for (at, program) in programs.iter().enumerate() {
        if programs[..at].iter().any(|earlier| earlier.name == program.name) {
            return Err(Mistake::NameTwice(program.name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_program_has_the_name_of_its_script_or_of_its_file() {
        for (line, name) in [
            ("/usr/bin/python3 dir/s.py -v", "s.py"),
            ("python3.11 s.py", "s.py"),
            ("python3 -c pass", "python3"),
            ("/usr/bin/nc localhost 3500", "nc"),
            ("shred x", "shred"),
        ] {
            assert_eq!(programs(None, None, &words(line)).unwrap(), [of(name, None, line)]);
        }
    }

    #[test]
    fn the_next_program_begins_behind_its_name() {
        let line = "python3 s.py --as client -- python3 c.py -- x --as b --after 2s -- ./b --as";

        let programs = programs(Some("server"), None, &words(line)).unwrap();

        let expected = [
            of("server", None, "python3 s.py"),
            of("client", Some(After::Listening), "python3 c.py -- x"),
            of("b", Some(After::Time(Duration::from_secs(2))), "./b --as"),
        ];
        assert_eq!(programs, expected);
    }

    #[test]
    fn what_looks_like_another_program_and_is_none_is_told() {
        for (line, mistake) in [
            ("a --after ended -- b", Mistake::AfterWithoutAs),
            ("a --after ended --as b -- b", Mistake::Order),
            ("a --as=b -- b", Mistake::Order),
            ("a --as b --after=2s -- b", Mistake::Order),
            ("a --as b --", Mistake::NoCommand { name: Some("b".to_owned()) }),
            ("--as b -- b", Mistake::NoCommand { name: None }),
            ("a --as a -- b", Mistake::NameTwice("a".to_owned())),
            ("a --as -b -- b", wrong("--as", "-b", ValueError::ProgramName)),
            ("a --as b --after later -- b", wrong("--after", "later", ValueError::After)),
        ] {
            assert_eq!(programs(None, None, &words(line)), Err(mistake), "{line}");
        }
        assert_eq!(programs(None, Some(After::Ended), &words("a")), Err(Mistake::FirstWaits));
    }

    #[test]
    fn there_is_a_limit_to_programs() {
        let line = |count: usize| {
            let others = (1..count).map(|number| format!(" --as p{number} -- x"));
            words(&format!("x{}", others.collect::<String>()))
        };

        assert_eq!(programs(None, None, &line(PROGRAMS_MAX)).unwrap().len(), PROGRAMS_MAX);
        assert_eq!(programs(None, None, &line(PROGRAMS_MAX + 1)), Err(Mistake::TooMany));
    }

    fn of(name: &str, after: Option<After>, command: &str) -> Program {
        Program { name: name.to_owned(), after, command: words(command) }
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }
}

//! What a person sees and types, at a terminal.

use std::env;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command};

use kernel::terminal::{Size, pair};

use crate::support::binary;

/// The screen of a person, who is as wide as most.
const SIZE: Size = Size { columns: 100, rows: 40 };

/// A command at a terminal.
struct Person {
    screen: File,
    shown: String,
    running: Child,
}

impl Person {
    fn runs(directory: &str, arguments: &[&str]) -> Self {
        let (screen, terminal) = pair(SIZE).unwrap();
        let copy = || terminal.try_clone().unwrap();
        let mut command = Command::new(binary());
        command
            .args(["--lang", "en"])
            .args(arguments)
            .env("NO_COLOR", "1")
            .current_dir(directory)
            .stdin(copy())
            .stdout(copy())
            .stderr(copy());
        Self { screen: screen.into(), shown: String::new(), running: command.spawn().unwrap() }
    }

    /// Reads until this has been shown so many times.
    fn sees(&mut self, text: &str, times: usize) {
        while self.shown.matches(text).count() < times {
            assert!(self.reads(), "{text:?} is not shown {times} times:\n{}", self.shown);
        }
    }

    fn types(&mut self, line: &str) {
        self.screen.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Reads to the end; tells the exit code and all that was shown, with one space between words.
    fn ends(mut self) -> (Option<i32>, String) {
        while self.reads() {}
        let status = self.running.wait().unwrap();
        (status.code(), self.shown.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A screen whose terminal nobody has any more cannot be read (`EIO`, `pty(7)`).
    fn reads(&mut self) -> bool {
        let mut piece = [0; 4096];
        match self.screen.read(&mut piece) {
            Ok(length) => {
                self.shown.push_str(&String::from_utf8_lossy(&piece[..length]));
                length > 0
            }
            Err(error) => error.kind() == ErrorKind::Interrupted,
        }
    }
}

const QUESTION: &str = "Your prediction, 1 to 2";

#[test]
fn a_person_is_asked_until_there_is_an_answer_and_told_whether_it_came_true() {
    for answer in ["1", "2"] {
        let mut person = Person::runs("/", &["lab", "run", "1.4", "--pause", "100ms"]);
        person.sees(QUESTION, 1);
        for (number, no_answer) in ["7", "lost"].iter().enumerate() {
            person.types(no_answer);
            person.sees(QUESTION, number + 2);
        }
        person.types(answer);

        let (code, shown) = person.ends();
        assert_eq!(code, Some(0), "{shown}");
        // Where the client was kept from a processor until the server had slept, nothing waited.
        let is_true = (answer == "1") != shown.contains("Here no datagram was seen to wait");
        assert!(shown.contains(if is_true { "so it was" } else { "what happened:" }), "{shown}");
    }
}

#[test]
fn whoever_enters_nothing_or_says_yes_before_is_told_the_answer_only() {
    let mut asked = Person::runs("/", &["lab", "run", "1.4", "--pause", "100ms"]);
    asked.sees(QUESTION, 1);
    asked.types("");
    let unasked = Person::runs("/", &["lab", "run", "1.4", "--pause", "100ms", "--yes"]);

    for (person, questions) in [(asked, 1), (unasked, 0)] {
        let (code, shown) = person.ends();
        assert_eq!((code, shown.matches(QUESTION).count()), (Some(0), questions), "{shown}");
        assert!(shown.contains("Answer") && !shown.contains("so it was"), "{shown}");
    }
}

#[test]
fn a_check_tells_what_came_of_each_requirement_when_it_is_known_and_not_again() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(env::var_os("SOCKLAB_REQUIRE_TOOLS").is_none(), "python3 is missing");
        println!("SKIP: python3 is missing");
        return;
    }
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/programs/echo_udp/good");
    let person =
        Person::runs(programs, &["check", "1.3", "--only", "echoes", "--", "python3", "wildcard.py"]);
    let (code, shown) = person.ends();

    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(
        ["pass starts", "pass echoes", "2 of 2"].map(|it| shown.matches(it).count()),
        [1; 3],
        "{shown}"
    );
}

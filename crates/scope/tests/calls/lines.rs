//! The lines of Python programs, as the tracer tells them beside each call.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use scope::model::{Args, Call, Place};
use scope::source::calls::{Config, Order, Start};
use scope::source::lines::Hook;

use crate::support::{RECEIVE, Recording, begin, config, interpreter, program, run};

/// How a program ends that the hook has told the lines of.
const HOOKED: u32 = 7 << 8;

#[test]
fn every_call_has_the_line_of_the_program_that_made_it() {
    let hook = Hook::write().unwrap();
    let recording = traced(&walked(), hook.directory());

    let status = if reads_frames() { 0 } else { HOOKED };
    assert_eq!(recording.ended.wait_statuses, [Some(status)]);
    let told: BTreeSet<u32> = own(&recording).into_iter().map(|(_, place)| place.line).collect();
    assert_eq!(marked().difference(&told).collect::<Vec<_>>(), Vec::<&u32>::new());
}

#[test]
fn frames_and_the_hook_tell_the_same_lines() {
    let hook = Hook::write().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::copy(hook.directory().join("_socklab_lines.py"), other.path().join("_socklab_lines.py")).unwrap();
    let start = "import _socklab_lines\n_socklab_lines.start()\n";
    fs::write(other.path().join("sitecustomize.py"), start).unwrap();

    let [frames, hooked] = [hook.directory(), other.path()].map(|hook| places(&traced(&walked(), hook)));

    assert!(hooked.len() > marked().len());
    assert_eq!(hooked.difference(&frames).collect::<Vec<_>>(), Vec::<&(&str, u32, String)>::new());
}

#[test]
fn code_that_takes_the_place_of_other_code_has_its_own_lines() {
    let hook = Hook::write().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("changes.py");
    fs::write(
        &file,
        "import pathlib, socket, sys
sys.dont_write_bytecode = True
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for line in range(1, 40):
    exec('\\n' * (line - 1) + 'one.getsockname()')
other = pathlib.Path(__file__).with_name('other.py')
for line in range(1, 40):
    other.write_text('\\n' * (line - 1) + 'def ask(one): one.getsockname()\\nif one: ask(one)')
    exec(compile(other.read_text(), str(other), 'exec'))
one.close()
",
    )
    .unwrap();

    let recording = traced(&file, hook.directory());

    let asked = recording.named("getsockname").into_iter().filter_map(|call| call.place);
    let lines: Vec<u32> = asked.map(|place| place.line).collect();
    assert_eq!(lines, (1..40).chain(1..40).collect::<Vec<_>>());
}

#[test]
fn a_call_that_waits_has_its_line_at_once() {
    let hook = Hook::write().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("receive.py");
    fs::write(&file, RECEIVE).unwrap();

    let mut running = begin(of(&file, hook.directory()));
    let call = running.until_waiting("recvfrom");
    running.calls.signal(Order::End);
    running.end();

    assert_eq!(call.place.map(|place| place.line), Some(4));
}

/// How a program ends that finds no way to make another interpreter.
const NO_INTERPRETERS: u32 = 77 << 8;

#[test]
fn several_interpreters_have_right_lines_or_none() {
    let hook = Hook::write().unwrap();
    let file = file("interpreters.py");

    let recording = traced(&file, hook.directory());

    if recording.ended.wait_statuses == [Some(NO_INTERPRETERS)] {
        return println!("SKIP: this Python makes no interpreters");
    }
    let told = said(&recording);
    assert_eq!(told.iter().filter(|(said, ..)| said == "inner").count(), 18);
    let wrong = |(said, line, place): &&(String, u32, Option<Place>)| {
        place
            .as_ref()
            .is_some_and(|place| place.line != *line || (Path::new(&place.file) == file) != (said == "own"))
    };
    assert_eq!(told.iter().filter(wrong).collect::<Vec<_>>(), Vec::<&(String, u32, Option<Place>)>::new());
    // With one interpreter, before and after, all is as ever.
    assert!(told.first().is_some_and(|(.., place)| place.is_some()));
    assert!(told.last().is_some_and(|(.., place)| place.is_some()));
}

#[test]
fn a_program_that_becomes_another_one_has_its_own_lines() {
    let hook = Hook::write().unwrap();
    let file = file("becomes.py");
    for other in pythons() {
        let command = [python().as_str(), file.to_str().unwrap(), "first", "-1", &other].map(OsString::from);
        let environment = vec![("PYTHONPATH".into(), hook.directory().into())];

        let recording = run(config(vec![Start { command: command.to_vec(), environment, ..program(&[]) }]));

        let told = said(&recording);
        let hows: Vec<_> = told.iter().map(|(how, ..)| how.as_str()).collect();
        assert_eq!(hows, ["first", "first", "second", "second", "isolated", "isolated"]);
        for (how, line, place) in told {
            // One that ignores its environment tells nothing, and is not asked.
            let expected = (how != "isolated").then_some(line);
            assert_eq!(place.map(|place| place.line), expected, "{how} {other}");
        }
    }
}

/// What a program says of itself by what it writes, with the line where it is and what is told of that.
fn said(recording: &Recording) -> Vec<(String, u32, Option<Place>)> {
    let writes = recording.named("write").into_iter();
    let said = writes.filter_map(|call| {
        let Args::Send { messages, .. } = &call.args else { return None };
        let text = String::from_utf8(messages.first()?.data.bytes.0.clone()).ok()?;
        let (who, line) = text.split_once(' ')?;
        Some((who.to_owned(), line.parse().ok()?, call.place.as_deref().cloned()))
    });
    said.collect()
}

/// The Python of the tests, and others that there may be, of which each version knows its lines in its own way.
fn pythons() -> Vec<String> {
    let others = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"].map(|version| {
        let ask = Command::new(format!("python{version}"))
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        ask.ok().filter(|answer| answer.status.success()).and_then(|it| String::from_utf8(it.stdout).ok())
    });
    let others = others.into_iter().flatten().map(|path| path.trim().to_owned());
    [python()].into_iter().chain(others).collect()
}

/// Which calls were made from which places of the program.
fn places(recording: &Recording) -> BTreeSet<(&'static str, u32, String)> {
    let own = own(recording).into_iter();
    own.map(|(call, place)| (call.call.name(), place.line, place.function)).collect()
}

/// The calls from lines of the program.
fn own(recording: &Recording) -> Vec<(Call, Place)> {
    let calls = recording
        .calls()
        .into_iter()
        .filter_map(|(_, call)| Some((call.clone(), call.place.as_deref().cloned()?)));
    calls.filter(|(_, place)| Path::new(&place.file) == walked()).collect()
}

fn walked() -> PathBuf {
    file("walked.py")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lines/programs").join(name)
}

/// The lines of the program that go into the kernel.
fn marked() -> BTreeSet<u32> {
    let text = fs::read_to_string(walked()).unwrap();
    (1..).zip(text.lines()).filter(|(_, line)| line.ends_with("  #!")).map(|(number, _)| number).collect()
}

/// Traces a Python program that has a directory of modules.
fn traced(file: &Path, modules: &Path) -> Recording {
    run(of(file, modules))
}

fn of(file: &Path, modules: &Path) -> Config {
    let command = [OsString::from(python()), file.into()];
    let environment = vec![("PYTHONPATH".into(), modules.into())];
    config(vec![Start { command: command.to_vec(), environment, ..program(&[]) }])
}

/// How the tests run Python: `SOCKLAB_PYTHON` names another one.
fn python() -> String {
    std::env::var("SOCKLAB_PYTHON").unwrap_or_else(|_| interpreter().to_owned())
}

/// Whether this Python's frames are understood.
fn reads_frames() -> bool {
    let ask = "import sys; print((3, 11) <= sys.version_info < (3, 14))";
    Command::new(python()).args(["-c", ask]).output().unwrap().stdout == b"True\n"
}

//! The lines of Python programs, as the tracer tells them beside each call.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use scope::model::{Call, Place};
use scope::source::calls::Start;
use scope::source::lines::Hook;

use crate::support::{Recording, config, interpreter, program, run};

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

/// Which calls were made from which places of the program.
fn places(recording: &Recording) -> BTreeSet<(&'static str, u32, String)> {
    let own = own(recording).into_iter();
    own.map(|(call, place)| (call.call.name(), place.line, place.function)).collect()
}

/// The calls from lines of the program.
fn own(recording: &Recording) -> Vec<(Call, Place)> {
    let calls =
        recording.calls().into_iter().filter_map(|(_, call)| Some((call.clone(), call.place.clone()?)));
    calls.filter(|(_, place)| Path::new(&place.file) == walked()).collect()
}

fn walked() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lines/programs/walked.py")
}

/// The lines of the program that go into the kernel.
fn marked() -> BTreeSet<u32> {
    let text = fs::read_to_string(walked()).unwrap();
    (1..).zip(text.lines()).filter(|(_, line)| line.ends_with("  #!")).map(|(number, _)| number).collect()
}

/// Traces a Python program that has a directory of modules.
fn traced(file: &Path, modules: &Path) -> Recording {
    let command = [OsString::from(python()), file.into()];
    let environment = vec![("PYTHONPATH".into(), modules.into())];
    run(config(vec![Start { command: command.to_vec(), environment, ..program(&[]) }]))
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

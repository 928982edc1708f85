//! The flags of every verb: the language, JSON, colours, and where the output goes.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::{LANGS, command, mistakes, socklab};

#[test]
fn the_language_comes_from_the_flag_then_from_the_environment() {
    let spanish = "socklab: falta una orden\n";
    for (arguments, environment) in [
        (&["--quiet", "--lang", "es"][..], ("SOCKLAB_LANG", "en")),
        (&["--quiet"], ("SOCKLAB_LANG", "es")),
        (&["--quiet"], ("LC_ALL", "es_AR.UTF-8")),
        (&["--quiet"], ("LANG", "es_AR.UTF-8")),
    ] {
        let (name, value) = environment;
        let output = command(arguments).env(name, value).output().unwrap();

        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with(spanish), "{arguments:?} {environment:?}: {stderr}");
    }
}

#[test]
fn with_json_a_failure_is_an_event_too() {
    let run = socklab("en", &["echo", "--port", "x", "--json"]);

    let event: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.code, Some(2));
    assert_eq!(event["v"], 1);
    assert_eq!(event["event"], "error");
    assert_eq!(event["exit"], 2);
    assert_eq!(event["kind"], "usage");
    assert!(event["t"].is_f64());
    assert_eq!(
        format!("socklab: {}", event["message"].as_str().unwrap()),
        run.stderr.lines().next().unwrap()
    );
    assert_eq!(event["hints"].as_array().unwrap().len(), 1);
}

#[test]
fn colours_are_shown_when_asked_for_and_not_into_a_pipe() {
    assert!(socklab("en", &["--help", "--color", "always"]).stdout.contains('\u{1b}'));
    assert!(!socklab("en", &["--help"]).stdout.contains('\u{1b}'));
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child =
        command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());

    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(stderr, "");
}

#[test]
fn a_standard_output_that_is_full_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();

    let output = command(&["--lang=es", "man"]).stdout(full).output().unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "socklab: write la salida estándar: ENOSPC - no queda espacio en el dispositivo\n"
    );
}

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    let lines: &[&[&str]] = &[
        &[],
        &["ecoh"],
        &["--lang", "fr", "echo"],
        &["--color", "sometimes", "echo"],
        &["--json=yes", "echo"],
        &["echo", "--lang"],
        &["help", "ecoh"],
    ];
    for lang in LANGS {
        assert_snapshot!(format!("global_mistakes_{lang}"), mistakes(lang, "--quiet", lines));
    }
}

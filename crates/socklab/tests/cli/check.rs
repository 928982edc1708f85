//! `socklab check`, as far as nothing has to be run for it.

use std::fs;

use insta::assert_snapshot;
use tempfile::tempdir;

use crate::support::{LANGS, assert_no_english, command, mistakes};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["9.9"],
    &["1.3"],
    &["1.3", "--hints", "4"],
    &["1.3", "--seed", "x"],
    &["1.3", "--format", "xml"],
    &["1.3", "--server", "python3 'server.py"],
    &["1.3", "--server", "a", "--", "b"],
    &["1.3", "--init", "--", "b"],
    &["1.3", "--manifest", "/nowhere/socklab.toml", "--", "b"],
];

/// Manifests with a mistake each.
const MANIFESTS: &[&str] = &[
    "schema = 2",
    "exercise = \"9\"",
    "timeout_scale = 99",
    "[server]\nprot = 1",
    "[zebra]",
    "[server]\nport = \"3500\"",
    "[server]\nrun = [\"x\", \"{puerto}\"]",
    "[server]\nrun = []",
    "[server]\nhost = \"here\"",
    "[server]\nready = {}",
    "[server]\noutput = \"../x\"",
    "[client]\nstdin = \"file\"",
    "[protocol]\nshutdown_hex = \"xyz\"",
    "[protocol]\nshutdown = \"\"",
    "[protocol]\nencoding = \"ascii\"\nshutdown = \"ñ\"",
    "[protocol]\ncommand = \"CMD\"",
    "[protocol]\nstatus = \"[0-9]+\"",
    "[protocol]\nstatus = \"(\"",
    "[protocol]\nframing = \"lines\"",
    "[grade]\npoints = { \"x\" = -1 }",
    "not = toml = at all",
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("check_mistakes_{lang}"), mistakes(lang, "check", MISTAKES));
    }
}

#[test]
fn each_mistake_of_a_manifest_names_its_line_and_what_to_write() {
    for lang in LANGS {
        let mut told = String::new();
        for manifest in MANIFESTS {
            let place = tempdir().unwrap();
            fs::write(place.path().join("socklab.toml"), manifest).unwrap();
            let mut run = command(&["check", "1.3", "--", "x"]);
            let run = run.env("SOCKLAB_LANG", lang).current_dir(place.path()).output().unwrap();
            assert_eq!((run.status.code(), run.stdout.len()), (Some(2), 0), "{manifest}");
            told = format!("{told}{manifest}\n{}\n", String::from_utf8_lossy(&run.stderr));
        }
        assert_snapshot!(format!("check_manifests_{lang}"), told);
    }
}

#[test]
fn a_manifest_is_written_over_no_other_one() {
    let place = tempdir().unwrap();
    let init = |arguments: &[&str]| {
        let arguments = [&["check", "1.5.6", "--init"], arguments].concat();
        command(&arguments).env("SOCKLAB_LANG", "es").current_dir(place.path()).output().unwrap()
    };
    let first = init(&[]);
    assert_eq!(first.status.code(), Some(0));
    assert_no_english(&String::from_utf8_lossy(&first.stderr));
    let written = fs::read(place.path().join("socklab.toml")).unwrap();

    assert_eq!(init(&[]).status.code(), Some(2));
    assert_eq!(init(&["--output", "-"]).stdout, written);
    assert_eq!(init(&["--output", "other.toml"]).status.code(), Some(0));
    assert_eq!(fs::read(place.path().join("other.toml")).unwrap(), written);
}

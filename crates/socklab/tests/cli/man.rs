//! `socklab man`.

use std::fs;

use insta::assert_snapshot;
use tempfile::tempdir;

use crate::support::{LANGS, socklab};

/// The pages, a command each.
const PAGES: [&str; 29] = [
    "socklab-ask.1",
    "socklab-bench-merge.1",
    "socklab-bench.1",
    "socklab-chat.1",
    "socklab-check.1",
    "socklab-completions.1",
    "socklab-dissector.1",
    "socklab-doctor.1",
    "socklab-echo.1",
    "socklab-exec.1",
    "socklab-extcap.1",
    "socklab-grade-merge.1",
    "socklab-grade.1",
    "socklab-help.1",
    "socklab-key-new.1",
    "socklab-key-show.1",
    "socklab-key.1",
    "socklab-lab-list.1",
    "socklab-lab-run.1",
    "socklab-lab-show.1",
    "socklab-lab.1",
    "socklab-man.1",
    "socklab-replay.1",
    "socklab-send.1",
    "socklab-serve.1",
    "socklab-sockets.1",
    "socklab-stop.1",
    "socklab-trace.1",
    "socklab.1",
];

#[test]
fn the_main_page_goes_to_standard_output() {
    for lang in LANGS {
        let run = socklab(lang, &["man"]);

        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        let page = run.stdout.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        assert_snapshot!(format!("man_{lang}"), page);
    }
}

#[test]
fn a_directory_gets_one_page_for_each_command() {
    let dir = tempdir().unwrap();

    let run = socklab("es", &["man", "--dir", dir.path().to_str().unwrap()]);

    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let mut pages: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert_eq!(pages, PAGES);
    let page = fs::read_to_string(dir.path().join("socklab-echo.1")).unwrap();
    let page = page.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    assert_snapshot!("man_echo_es", page);
    let page = fs::read_to_string(dir.path().join("socklab-key-new.1")).unwrap();
    assert!(page.contains("EJEMPLOS") && page.contains("socklab key new ana"), "{page}");
}

#[test]
fn a_directory_that_does_not_exist_is_a_failure_with_its_errno() {
    let run = socklab("es", &["man", "--dir", "/nowhere"]);

    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.stderr,
        "socklab: write /nowhere/socklab.1: ENOENT - no existe\n\
         sugerencia: el directorio debe existir y admitir escritura\n"
    );
}

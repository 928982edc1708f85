//! `socklab lab`: its lists and its mistakes. What experiments find is tested in the suite `lab`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes, socklab};

const MISTAKES: &[&[&str]] = &[
    &["play"],
    &["show"],
    &["show", "all"],
    &["show", "1.6"],
    &["run"],
    &["run", "1.6"],
    &["run", "1.3", "--backlog", "3"],
    &["run", "1.3", "--predict", "three"],
    &["run", "1.3", "--pause", "soon"],
    &["run", "1.3", "--mtu", "1"],
    &["run", "1.3", "--sysctl", "kernel.pid_max=1"],
    &["run", "1.3", "--report", "/dev/null/out"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("lab_mistakes_{lang}"), mistakes(lang, "lab", MISTAKES));
    }
}

#[test]
fn an_experiment_is_shown_without_its_answer() {
    for lang in LANGS {
        let run = socklab(lang, &["lab", "show", "1.4"]);

        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert_snapshot!(format!("lab_show_{lang}"), run.stdout);
    }
}

//! `socklab supervise`, which is for servers and not for people.

use crate::support::{LANGS, assert_no_english, socklab};

#[test]
fn who_types_it_is_told_that_it_is_not_to_be_typed() {
    for lang in LANGS {
        let run = socklab(lang, &["supervise"]);

        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{lang}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.starts_with("socklab: supervise "), "{}", run.stderr);
    }
    assert_no_english(&socklab("es", &["supervise"]).stderr);
}

#[test]
fn nothing_that_is_offered_has_it() {
    for arguments in [&["--help"][..], &["man"], &["completions", "bash"], &["completions", "zsh"]] {
        assert!(!socklab("en", arguments).stdout.contains("supervise"), "{arguments:?}");
    }
}

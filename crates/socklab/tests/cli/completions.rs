//! `socklab completions`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes, socklab};

#[test]
fn each_shell_gets_a_script_that_knows_the_verbs_and_their_flags() {
    for lang in LANGS {
        for shell in ["bash", "zsh", "fish"] {
            let run = socklab(lang, &["completions", shell]);

            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{shell}");
            for known in ["echo", "sockets", "backlog", "parallel"] {
                assert!(run.stdout.contains(known), "{known} for {shell}");
            }
        }
    }
}

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        let said = mistakes(lang, "completions", &[&[], &["bsh"], &["bash", "zsh"]]);
        assert_snapshot!(format!("completions_mistakes_{lang}"), said);
    }
}

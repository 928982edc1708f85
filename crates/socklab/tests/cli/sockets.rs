//! `socklab sockets`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &["tcp"],
    &["--port", "http"],
    &["--pid", "0"],
    &["--state", "lsten"],
    &["--state", ""],
    &["--listening", "--state", "listen"],
    &["--watch=0s"],
    &["--watch", "2s"],
    &["-4", "-6"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("sockets_mistakes_{lang}"), mistakes(lang, "sockets", MISTAKES));
    }
}

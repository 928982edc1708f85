//! `socklab echo`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &["sctp"],
    &["udp", "tcp"],
    &["--bind", "10.0.0.0/8"],
    &["--bind", ":3500"],
    &["--bind", "localhost:65536"],
    &["--bind", "localhost", "--any"],
    &["--port", "65536"],
    &["--port", "-1"],
    &["--port"],
    &["--port", "1", "--port", "2"],
    &["-4", "-6"],
    &["--bind", "::1", "-4"],
    &["--bind", "127.0.0.1", "-6"],
    &["--allow", "10.0.0.0/33"],
    &["--allow", "300.0.0.1"],
    &["--deny", "::/129"],
    &["--allow-file", ""],
    &["--max-conns", "0"],
    &["--idle-timeout", "0"],
    &["--idle-timeout", "25h"],
    &["--idle-timeout", "1d"],
    &["--backlog", "x"],
    &["--buffer", "0"],
    &["--buffer", "64k"],
    &["--recv-size", "2G"],
    &["--send-size", "1025M"],
    &["--pause", "recv"],
    &["--pause", "connect=1s"],
    &["--pause", "recv=soon"],
    &["--workers", "0"],
    &["--steer", "sometimes"],
    &["--spin", "5us"],
    &["--bakclog", "1"],
    &["--any=yes"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("echo_mistakes_{lang}"), mistakes(lang, "echo", MISTAKES));
    }
}

//! `socklab ask`.

use insta::assert_snapshot;

use crate::support::{LANGS, mistakes};

const MISTAKES: &[&[&str]] = &[
    &[],
    &["utp"],
    &["udp", "localhost", "hello"],
    &["udp", "localhost:0"],
    &["udp", "localhost:65536", "hello"],
    &["udp", "hello", "--empty"],
    &["udp", ":1", "hello", "--message", "hello"],
    &["udp", "--message", "hello", "--file", "-"],
    &["udp", ":1", "hello", "goodbye"],
    &["udp", "-x"],
    &["udp", "--timeout", "2 s"],
    &["udp", "--timeout", "1s", "--no-timeout"],
    &["udp", "--tries", "101"],
    &["udp", "--send-size", "0"],
    &["udp", "--buffer", "1M"],
    &["tcp", "--count", "0"],
    &["tcp", "--parallel", "10001"],
    &["tcp", "--hold=0"],
    &["tcp", "--source", "localhost"],
    &["tcp", "--pause", "accept=1s"],
    &["tcp", "-4", "-6"],
    &["tcp", "--as-tought"],
];

#[test]
fn each_mistake_gets_one_line_and_a_hint() {
    for lang in LANGS {
        assert_snapshot!(format!("ask_mistakes_{lang}"), mistakes(lang, "ask", MISTAKES));
    }
}
